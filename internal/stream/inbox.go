package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// InboxMessage is one document as it came.
type InboxMessage struct {
	Sequence    uint64 // in INBOX
	Time        time.Time
	Subject     string
	Org, Format string // from the subject; "" if it is not as ParseInboxSubject wants it
	Header      Header
	Data        []byte
	Deliveries  uint64 // 1 the first time
}

// InboxConfig says which documents to read.
type InboxConfig struct {
	Name     string   // of the durable consumer: letters, digits, '-', '_'. Those of one name share the work
	Subjects []string // such as "inbox.*.dcsa-tnt"

	Workers  int           // handlers at once; default 4
	MaxWait  time.Duration // before a document whose handler failed comes again, at most; default 30 s, doubling from 100 ms
	AckWait  time.Duration // after which a document of a dead reader goes to another; default 30 s
	Logger   *slog.Logger  // default: the connection's
	OnHealth func(error)   // told at each change: nil while documents can be read, else why not; may be nil
}

// InboxHandler handles one document. The document is acknowledged once the handler has returned nil, and comes
// again later when it returned an error, without limit: what is wrong with a document itself is for the
// handler to reject and then return nil. The same document may come twice, also after success.
type InboxHandler func(ctx context.Context, m InboxMessage) error

// Inbox reads documents, in no order that can be relied on, until ctx ends, and then returns nil once every handler under
// way has returned. It waits and retries while the broker or the stream is away. It returns an error
// only for a configuration that cannot work.
func (c *Conn) Inbox(ctx context.Context, cfg InboxConfig, handle InboxHandler) error {
	if !validName(cfg.Name) {
		return fmt.Errorf("inbox name %q: want 1 to 64 letters, digits, '-' or '_'", cfg.Name)
	}
	if len(cfg.Subjects) == 0 {
		return fmt.Errorf("inbox %s reads no subject", cfg.Name)
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 4
	}
	if cfg.MaxWait <= 0 {
		cfg.MaxWait = 30 * time.Second
	}
	if cfg.AckWait <= 0 {
		cfg.AckWait = 30 * time.Second
	}
	if cfg.Logger == nil {
		cfg.Logger = c.log
	}
	if cfg.OnHealth == nil {
		cfg.OnHealth = func(error) {}
	}
	in := &inbox{conn: c, cfg: cfg, handle: handle, slots: make(chan struct{}, cfg.Workers)}
	defer in.handlers.Wait()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		began := time.Now()
		err := in.read(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > 10*time.Second {
			wait = 50 * time.Millisecond
		}
		err = fmt.Errorf("inbox %s: %w", cfg.Name, err)
		if bad := (*jetstream.APIError)(nil); errors.As(err, &bad) && bad.Code == 400 {
			return err
		}
		cfg.OnHealth(err)
		if stop := c.pause(ctx, wait); stop != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("inbox %s: %w", cfg.Name, stop)
		}
	}
}

// inbox is one call of Inbox.
type inbox struct {
	conn     *Conn
	cfg      InboxConfig
	handle   InboxHandler
	slots    chan struct{} // one held per handler under way
	handlers sync.WaitGroup
}

// read reads until something goes wrong or ctx ends.
func (in *inbox) read(ctx context.Context) error {
	consumer, err := in.conn.js.CreateOrUpdateConsumer(ctx, Inbox, jetstream.ConsumerConfig{
		Durable:        in.cfg.Name,
		Description:    "Documents of " + in.cfg.Name + ".",
		FilterSubjects: in.cfg.Subjects,
		DeliverPolicy:  jetstream.DeliverAllPolicy,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        in.cfg.AckWait,
		MaxDeliver:     -1,
		MaxAckPending:  1000,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(2*in.cfg.Workers), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(2*time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	in.cfg.OnHealth(nil)
	for {
		// Wait for a free handler before taking a document, so that another reader can have what this one cannot.
		select {
		case in.slots <- struct{}{}:
		case <-ctx.Done():
			return in.leave(messages)
		}
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			<-in.slots
			if ctx.Err() != nil {
				return in.leave(messages)
			}
			return err
		}
		in.handlers.Go(func() {
			defer func() { <-in.slots }()
			in.one(ctx, m)
		})
	}
}

// leave gives back what was delivered and not begun.
func (in *inbox) leave(messages jetstream.MessagesContext) error {
	messages.Drain()
	for {
		m, err := messages.Next()
		if err != nil {
			return nil //nolint:nilerr // that it is closed is what is waited for
		}
		_ = m.Nak() // if it does not arrive, AckWait does the same later
	}
}

func (in *inbox) one(ctx context.Context, m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		in.cfg.Logger.Error("inbox delivery without metadata", "inbox", in.cfg.Name, "error", err)
		return
	}
	doc := InboxMessage{
		Sequence: meta.Sequence.Stream, Time: meta.Timestamp.UTC(), Subject: m.Subject(),
		Header: Header(m.Headers()), Data: m.Data(), Deliveries: meta.NumDelivered,
	}
	if org, format, ok := ParseInboxSubject(doc.Subject); ok {
		doc.Org, doc.Format = org, format
	}
	done := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() { in.keep(m, done) })
	err = in.handle(ctx, doc)
	close(done)
	busy.Wait()
	switch {
	case err == nil:
		_ = m.Ack() // if it does not arrive, the document comes again
		return
	case ctx.Err() != nil:
		_ = m.Nak()
	default:
		wait := backoff(doc.Deliveries, in.cfg.MaxWait)
		in.cfg.Logger.Warn("document not handled, it comes again", "inbox", in.cfg.Name, "sequence", doc.Sequence, "deliveries", doc.Deliveries, "wait", wait, "error", err)
		_ = m.NakWithDelay(wait)
	}
}

// keep tells the broker, until done, that the document is being handled.
func (in *inbox) keep(m jetstream.Msg, done <-chan struct{}) {
	t := time.NewTicker(in.cfg.AckWait / 3)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			_ = m.InProgress() // if it does not arrive, the document may go to two
		case <-done:
			return
		}
	}
}

// backoff is the wait after the given number of deliveries: 100 ms, doubling up to most.
func backoff(deliveries uint64, most time.Duration) time.Duration {
	wait := 100 * time.Millisecond
	for ; deliveries > 1 && wait < most; deliveries-- {
		wait *= 2
	}
	return min(wait, most)
}
