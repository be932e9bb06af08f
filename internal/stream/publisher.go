package stream

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Outgoing is one message to publish.
type Outgoing struct {
	Subject string
	// MsgID lets the broker drop a repeat within its window (Settings.Duplicates). Without one, a message
	// whose acknowledgement is lost is stored twice.
	MsgID  string
	Header map[string]string // beside MsgID; may be nil
	Data   []byte
}

// Receipt is what became of one message.
type Receipt struct {
	Sequence uint64 // in its stream, if stored
	// Duplicate: the stream had a message of this MsgID already. That may be this very message, where the answer to
	// an earlier attempt of the same call was lost.
	Duplicate bool
	// Err says why the message is not stored: errors.Is finds ErrStreamFull, ErrTooLarge, ErrRefused or ErrUnsettled.
	Err error
}

// PublisherConfig tunes a Publisher. The zero value is right.
type PublisherConfig struct {
	BatchMessages int           // of one atomic batch; default and most: 1000
	BatchBytes    int           // of one atomic batch; default 4 MiB
	Window        int           // batches under way at once; default 4
	AckWait       time.Duration // after which an unanswered batch is sent again; default 5 s
	Logger        *slog.Logger  // default: the connection's
	Metrics       *Metrics      // nil: none
}

// Publisher publishes many messages at once, in atomic batches or one by one, whichever this broker takes faster. It is safe for concurrent use, and needs no closing.
type Publisher struct {
	conn *Conn
	cfg  PublisherConfig
	acks acks
	pace pace
}

// Publisher makes a publisher. It does nothing until the first Publish.
func (c *Conn) Publisher(cfg PublisherConfig) *Publisher {
	if cfg.BatchMessages <= 0 || cfg.BatchMessages > 1000 {
		cfg.BatchMessages = 1000
	}
	if cfg.BatchBytes <= 0 {
		cfg.BatchBytes = 4 << 20
	}
	if cfg.Window <= 0 {
		cfg.Window = 4
	}
	if cfg.AckWait <= 0 {
		cfg.AckWait = apiTimeout
	}
	if cfg.Logger == nil {
		cfg.Logger = c.log
	}
	return &Publisher{conn: c, cfg: cfg, acks: acks{conn: c}}
}

// Publish stores the messages and waits until the fate of each is known: stored, a duplicate, or refused for
// good. While the broker is away it waits, and sends again under the same MsgID. Messages of one stream
// are stored in their order, but for those that had to be sent again.
//
// There is a receipt for each message. The error is nil unless ctx ended or the connection was closed before all were
// settled; the receipts of those that were not say ErrUnsettled. A refusal is in its receipt alone.
func (p *Publisher) Publish(ctx context.Context, messages []Outgoing) ([]Receipt, error) {
	call := &publishing{p: p, ctx: ctx, messages: messages, receipts: make([]Receipt, len(messages))}
	err := call.run()
	p.cfg.Metrics.published(call.receipts)
	return call.receipts, err
}

func (c *publishing) run() error {
	const least, most = 20 * time.Millisecond, 2 * time.Second
	wait := least
	open := c.check()
	for len(open) > 0 {
		before := c.count(open)
		left, hold := c.round(open)
		if open = c.withoutDenied(left); len(open) == 0 {
			return nil
		}
		c.p.cfg.Metrics.publishRetry()
		if !hold {
			continue // refused together, each to be sent on its own
		}
		if c.count(open) < before {
			wait = least
		}
		if err := c.p.conn.pause(c.ctx, wait); err != nil {
			c.unsettled(open, err)
			return fmt.Errorf("publish %d messages: %d unsettled: %w", len(c.messages), c.count(open), err)
		}
		wait = min(2*wait, most)
	}
	return nil
}

// withoutDenied settles what the broker's user may not publish: the broker tells the connection, and gives the message no
// answer.
func (c *publishing) withoutDenied(open []chunk) []chunk {
	var left []chunk
	for _, ch := range open {
		var index []int
		for _, i := range ch.index {
			if subject := c.messages[i].Subject; c.p.conn.denied.has(subject) {
				c.receipts[i].Err = fmt.Errorf("%w: this user may not publish to %s", ErrRefused, subject)
				continue
			}
			index = append(index, i)
		}
		if ch.index = index; len(index) > 0 {
			left = append(left, ch)
		}
	}
	return left
}

// chunk is a run of messages sent together. Its messages are named by index, since those that a first
// attempt settled are left out of the next.
type chunk struct {
	index  []int
	single bool  // each on its own; stays so once together they were refused
	cause  error // why it has to be sent again
}

// publishing is one call of Publish.
type publishing struct {
	p        *Publisher
	ctx      context.Context //nolint:containedctx // lives as long as the call that it came with
	messages []Outgoing
	receipts []Receipt
}

// check refuses what cannot be sent, and cuts the rest into chunks of one stream each.
func (c *publishing) check() []chunk {
	var chunks []chunk
	most := c.p.conn.nc.MaxPayload()
	bytes, root := 0, ""
	for i := range c.messages {
		m := &c.messages[i]
		size := m.size()
		if most > 0 && int64(size) > most {
			c.receipts[i].Err = fmt.Errorf("%w: %d bytes, the broker takes %d", ErrTooLarge, size, most)
			continue
		}
		if err := m.check(); err != nil {
			c.receipts[i].Err = fmt.Errorf("%w: %w", ErrRefused, err)
			continue
		}
		first, _, _ := strings.Cut(m.Subject, ".")
		n := len(chunks)
		if n == 0 || first != root || len(chunks[n-1].index) >= c.p.cfg.BatchMessages || bytes+size > c.p.cfg.BatchBytes {
			chunks = append(chunks, chunk{index: make([]int, 0, min(len(c.messages)-i, c.p.cfg.BatchMessages))})
			n, bytes, root = len(chunks), 0, first
		}
		chunks[n-1].index = append(chunks[n-1].index, i)
		bytes += size
	}
	return chunks
}

func (c *publishing) count(open []chunk) int {
	n := 0
	for _, ch := range open {
		n += len(ch.index)
	}
	return n
}

func (c *publishing) unsettled(open []chunk, err error) {
	for _, ch := range open {
		for _, i := range ch.index {
			if ch.cause != nil {
				c.receipts[i].Err = fmt.Errorf("%w: %w (last answer: %w)", ErrUnsettled, err, ch.cause)
			} else {
				c.receipts[i].Err = fmt.Errorf("%w: %w", ErrUnsettled, err)
			}
		}
	}
}

// size is what the message takes of the broker's largest payload, headers included.
func (m *Outgoing) size() int {
	n := len(m.Data)
	if m.MsgID != "" || len(m.Header) > 0 {
		n += len("NATS/1.0\r\n\r\n")
	}
	if m.MsgID != "" {
		n += len(headerMsgID) + len(": \r\n") + len(m.MsgID)
	}
	for k, v := range m.Header {
		n += len(k) + len(": \r\n") + len(v)
	}
	return n
}

func (m *Outgoing) check() error {
	s := m.Subject
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return fmt.Errorf("subject %q has an empty token", s)
	}
	if strings.ContainsAny(s, "*> \t\r\n") {
		return fmt.Errorf("subject %q holds a wildcard or a space", s)
	}
	return nil
}

func (m *Outgoing) message() *nats.Msg {
	h := make(nats.Header, len(m.Header)+4)
	for k, v := range m.Header {
		h[k] = []string{strings.NewReplacer("\r", " ", "\n", " ").Replace(v)}
	}
	if m.MsgID != "" {
		h[headerMsgID] = []string{m.MsgID}
	}
	return &nats.Msg{Subject: m.Subject, Header: h, Data: m.Data}
}

// pause waits for d, or until the connection has changed and stands; it returns early with why nothing is to be waited for.
func (c *Conn) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		changed := c.changes()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.closed:
			return nats.ErrConnectionClosed
		case <-changed:
			if c.nc.IsConnected() {
				return nil
			}
		case <-t.C:
			return nil
		}
	}
}
