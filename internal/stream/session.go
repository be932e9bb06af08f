package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	pullExpires   = 60 * time.Second
	pullHeartbeat = 2 * time.Second
	silence       = 3 * pullHeartbeat // after which a session is taken for dead
)

// session is one stretch of pulling from the reader's consumer: from its reset to a sequence until anything goes
// wrong. At most one pull request is open at a time, and what it asks for is all that
// can arrive, so memory is bounded by what was asked.
type session struct {
	id   int
	conn *Conn
	made uint64 // the connection it was made on
	sub  *nats.Subscription
	in   chan *nats.Msg
	pull string // subject of pull requests

	inbox    string
	request  int    // number of the open or last request
	reply    string // its reply subject
	messages int    // that it may still bring; 0: none is open
	bytes    int    // likewise; no limit if it was opened with none
	limited  bool
}

var (
	errSilent    = errors.New("broker is silent")
	errContended = errors.New("messages are missing or come again")
	errReset     = errors.New("connection was made anew")
)

func consumerConfig(reader string) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       reader,
		Description:   "Ordered batches of reader " + reader + ". Its place is in bucket " + Readers + ", not here.",
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy:     jetstream.AckAllPolicy,
		// The reader asks for what it wants; nothing is to come again by itself, however long a commit takes.
		AckWait:       7 * day,
		MaxDeliver:    -1,
		MaxAckPending: -1,
		MaxWaiting:    64,
	}
}

// openSession begins a session whose first message is next. Afresh removes the consumer first, and with it every
// request that another reader may have open there.
func (c *Conn) openSession(ctx context.Context, id int, stream, reader string, next uint64, most int, afresh bool) (*session, error) {
	made := c.session()
	if afresh {
		if err := c.js.DeleteConsumer(ctx, stream, reader); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, fmt.Errorf("remove consumer %s: %w", reader, err)
		}
	}
	_, err := c.js.CreateOrUpdateConsumer(ctx, stream, consumerConfig(reader))
	if err != nil && !away(err) && !afresh {
		// One of this name that cannot be brought up to date. It holds nothing that the record does not have.
		return c.openSession(ctx, id, stream, reader, next, most, true)
	}
	if err != nil {
		return nil, fmt.Errorf("make consumer %s: %w", reader, err)
	}
	s := &session{
		id: id, conn: c, made: made,
		// All that one request may bring, its heartbeats until it expires, and the ends of a few requests before it.
		in:    make(chan *nats.Msg, most+128),
		pull:  "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + reader,
		inbox: c.nc.NewInbox(),
	}
	sub, err := c.nc.ChanSubscribe(s.inbox+".*", s.in)
	if err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	s.sub = sub
	if _, err := c.js.ResetConsumerToSequence(ctx, stream, reader, next); err != nil {
		s.close()
		return nil, fmt.Errorf("reset consumer %s to %d: %w", reader, next, err)
	}
	return s, nil
}

// close ends the session. What the broker still has on the way is dropped.
func (s *session) close() {
	_ = s.sub.Unsubscribe() // fails only with the connection, and then the subscription is gone too
}

// ask opens a pull request for at most n messages and b bytes, or without limit of bytes if b is 0.
func (s *session) ask(n, b int) error {
	s.request++
	s.reply = fmt.Sprintf("%s.%d", s.inbox, s.request)
	s.messages, s.bytes, s.limited = n, b, b > 0
	data, err := json.Marshal(struct {
		Batch     int           `json:"batch"`
		MaxBytes  int           `json:"max_bytes,omitempty"`
		Expires   time.Duration `json:"expires"`
		Heartbeat time.Duration `json:"idle_heartbeat"`
	}{n, b, pullExpires, pullHeartbeat})
	if err != nil {
		return err
	}
	return s.conn.nc.PublishRequest(s.pull, s.reply, data)
}

// open says whether messages may still come without asking.
func (s *session) open() bool { return s.messages > 0 }

// took accounts for a message of the open request the way the broker does.
func (s *session) took(m *nats.Msg) {
	if m.Subject == "" {
		return
	}
	s.messages--
	if s.limited {
		if s.bytes -= m.Size(); s.bytes <= 0 {
			s.messages = 0
		}
	}
}

// ended is what a status message means.
type ended int

const (
	endedNot   ended = iota // the request stays open, or another is
	endedAsked              // ask again
	endedLarge              // the next message does not fit into what was asked
)

// status reads a message that is no delivery.
func (s *session) status(m *nats.Msg) (ended, error) {
	status, description := m.Header.Get(headerStatus), m.Header.Get(headerDescription)
	if status == "100" || m.Subject != s.reply {
		return endedNot, nil // a heartbeat, or about a request that is over
	}
	switch {
	case status == "404", status == "408":
		s.messages = 0
		return endedAsked, nil
	case status == "409" && strings.Contains(description, "Batch Completed"):
		s.messages = 0
		return endedAsked, nil
	case status == "409" && strings.Contains(description, "Message Size Exceeds MaxBytes"):
		s.messages = 0
		return endedLarge, nil
	default:
		return endedNot, fmt.Errorf("pull request: %s %s", status, description)
	}
}

// broken says why the session cannot go on although nothing came of it, or nil.
func (s *session) broken() error {
	if !s.conn.nc.IsConnected() {
		return nats.ErrDisconnected
	}
	if s.conn.session() != s.made {
		return errReset
	}
	return nil
}
