package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Config says how to reach the broker.
type Config struct {
	URL  string // nats://host:port, or several with commas between
	Name string // of this client, as the broker shows it

	// One of these, if the broker asks for it.
	CredentialsFile string // JWT and seed, as nsc writes them
	User, Password  string
	Token           string

	// Org is the organisation whose user this may be. If it is, the connection reaches the streams only through what the
	// organisation's account imports (internal/authority), and its rejects through [Conn.ServeReview].
	Org string

	TLS         *tls.Config // nil: as the URL's scheme says, with the system's roots
	InboxPrefix string      // of reply subjects; "": _INBOX. A broker that fences users by subject needs one each

	Logger *slog.Logger // nil: silent
}

// Conn is a connection to the broker. It reconnects for ever; what runs over it waits or retries meanwhile.
// It is safe for concurrent use.
type Conn struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	org    string // whose account this is; "": one that sees the streams themselves
	denied denials
	log    *slog.Logger

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever the connection is lost or made again
	closed  chan struct{}
	once    sync.Once
}

// apiTimeout bounds one request to the broker; a slow answer is retried by whoever asked.
const apiTimeout = 5 * time.Second

// Connect connects to the broker and waits until that has worked or ctx ends. It does not retry what waiting
// does not cure: a wrong address, refused credentials.
func Connect(ctx context.Context, cfg Config) (*Conn, error) {
	for address := range strings.SplitSeq(cfg.URL, ",") {
		if _, err := url.Parse(strings.TrimSpace(address)); err != nil || address == "" {
			return nil, fmt.Errorf("broker address %q: want nats://host:port", address)
		}
	}
	c := &Conn{log: cfg.Logger, changed: make(chan struct{}), closed: make(chan struct{})}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	opts := c.options(cfg)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		nc, err := nats.Connect(cfg.URL, opts...)
		if err == nil {
			c.nc = nc
			break
		}
		if !errors.Is(err, nats.ErrNoServers) && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, io.EOF) && !isNetError(err) {
			return nil, fmt.Errorf("connect to the broker at %s: %w", cfg.URL, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connect to the broker at %s: %w (%w)", cfg.URL, err, ctx.Err())
		case <-time.After(wait):
		}
	}
	err := c.fence(ctx, cfg.Org)
	if err == nil {
		c.js, err = c.jetstream()
	}
	if err != nil {
		c.nc.Close()
		return nil, fmt.Errorf("connect to the broker at %s: %w", cfg.URL, err)
	}
	return c, nil
}

func (c *Conn) options(cfg Config) []nats.Option {
	opts := []nats.Option{
		nats.Name(cfg.Name),
		nats.Timeout(2 * time.Second),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, time.Second),
		// Nothing is kept for a broker that is away: whoever published retries, and knows what it retries.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			c.denied.forget()
			c.log.Info("broker reconnected", "url", nc.ConnectedUrlRedacted())
			c.change()
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.log.Warn("broker disconnected", "error", err)
			}
			c.change()
		}),
		nats.ClosedHandler(func(*nats.Conn) {
			c.once.Do(func() { close(c.closed) })
			c.change()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if c.denied.note(err) {
				return // whoever published it hears it
			}
			subject := ""
			if sub != nil {
				subject = sub.Subject
			}
			c.log.Warn("broker connection error", "subject", subject, "error", err)
		}),
	}
	switch {
	case cfg.CredentialsFile != "":
		opts = append(opts, nats.UserCredentials(cfg.CredentialsFile))
	case cfg.User != "":
		opts = append(opts, nats.UserInfo(cfg.User, cfg.Password))
	case cfg.Token != "":
		opts = append(opts, nats.Token(cfg.Token))
	}
	if cfg.TLS != nil {
		opts = append(opts, nats.Secure(cfg.TLS))
	}
	if cfg.InboxPrefix != "" {
		opts = append(opts, nats.CustomInboxPrefix(cfg.InboxPrefix))
	}
	return opts
}

// Close closes the connection at once and waits until it is. Readers and publishers that still use it get errors.
func (c *Conn) Close() {
	c.nc.Close()
	<-c.closed
}

// Health is nil while the connection stands.
func (c *Conn) Health() error {
	if s := c.nc.Status(); s != nats.CONNECTED {
		return fmt.Errorf("broker connection is %s", s)
	}
	return nil
}

// MaxPayload is the largest message, headers included, that the broker takes.
func (c *Conn) MaxPayload() int64 { return c.nc.MaxPayload() }

func (c *Conn) change() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
}

// session numbers the connections made: what was under way when it changes has lost its answer.
func (c *Conn) session() uint64 { return c.nc.Stats().Reconnects }

// changes is closed when the connection is next lost or made.
func (c *Conn) changes() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// attempt is a context for one exchange with the broker: it ends when the connection is lost, since the answer is lost
// with it and waiting for it only costs time.
func (c *Conn) attempt(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	changed := c.changes()
	over := make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-changed:
			cancel(errDisconnected)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-over
	}
}

func isNetError(err error) bool {
	var ne net.Error
	return errors.As(err, &ne)
}
