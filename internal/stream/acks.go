package stream

import (
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// acks hands the broker's answers to those who wait for them, over one subscription.
type acks struct {
	conn *Conn

	mu      sync.Mutex
	sub     *nats.Subscription
	prefix  string
	next    uint64
	waiting map[uint64]*mailbox
}

// answer is the broker's answer to the request of this token.
type answer struct {
	token uint64
	msg   *nats.Msg
}

// mailbox collects the answers to one caller.
type mailbox struct {
	ready chan struct{} // holds one if there may be answers

	mu   sync.Mutex
	list []answer
}

func newMailbox() *mailbox { return &mailbox{ready: make(chan struct{}, 1)} }

func (m *mailbox) put(a answer) {
	m.mu.Lock()
	m.list = append(m.list, a)
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

func (m *mailbox) take() []answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.list
	m.list = nil
	return list
}

// expect makes a reply subject whose answer goes to m, until forget.
func (a *acks) expect(m *mailbox) (token uint64, reply string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sub == nil {
		prefix := a.conn.nc.NewInbox() + "."
		sub, err := a.conn.nc.Subscribe(prefix+"*", a.deliver)
		if err != nil {
			return 0, "", err
		}
		// Answers are small, and as many as were asked for: never drop one.
		if err := sub.SetPendingLimits(-1, -1); err != nil {
			return 0, "", err
		}
		a.sub, a.prefix, a.waiting = sub, prefix, make(map[uint64]*mailbox)
	}
	a.next++
	a.waiting[a.next] = m
	return a.next, a.prefix + strconv.FormatUint(a.next, 36), nil
}

func (a *acks) forget(token uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, token)
}

func (a *acks) deliver(msg *nats.Msg) {
	if len(msg.Subject) < len(a.prefix) {
		return
	}
	token, err := strconv.ParseUint(msg.Subject[len(a.prefix):], 36, 64)
	if err != nil {
		return
	}
	a.mu.Lock()
	m := a.waiting[token]
	delete(a.waiting, token)
	a.mu.Unlock()
	if m != nil {
		m.put(answer{token: token, msg: msg})
	}
}
