package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// reading is a call of Inbox under way.
func reading(t *testing.T, c *Conn, cfg InboxConfig, handle InboxHandler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Inbox(ctx, cfg, handle) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Inbox: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func documents(n int) []Outgoing {
	list := make([]Outgoing, n)
	for i := range list {
		list[i] = Outgoing{Subject: InboxSubject("sitc", "dcsa-tnt"), Header: map[string]string{"Content-Type": "application/json"}, Data: fmt.Append(nil, i)}
	}
	return list
}

func TestInboxHandlesEveryDocument(t *testing.T) {
	c := startBroker(t).connect()
	var healthy atomic.Int64
	var mu sync.Mutex
	seen := map[string]InboxMessage{}
	publish(t, c, documents(50))
	publish(t, c, []Outgoing{{Subject: InboxSubject("sitc", "ubl"), Data: []byte("not ours")}})
	stop := reading(t, c, InboxConfig{Name: "logistics", Subjects: []string{InboxSubject("*", "dcsa-tnt")}, OnHealth: func(err error) {
		if err == nil {
			healthy.Add(1)
		}
	}}, func(_ context.Context, m InboxMessage) error {
		mu.Lock()
		defer mu.Unlock()
		seen[string(m.Data)] = m
		return nil
	})
	publish(t, c, documents(100)[50:])
	eventually(t, "all are handled", func() bool { mu.Lock(); defer mu.Unlock(); return len(seen) == 100 })
	stop()
	m := seen["7"]
	if m.Org != "sitc" || m.Format != "dcsa-tnt" || m.Sequence == 0 || m.Deliveries != 1 || m.Header.Value("Content-Type") != "application/json" || time.Since(m.Time) > time.Minute {
		t.Errorf("a document comes as %+v", m)
	}
	if healthy.Load() == 0 {
		t.Error("the inbox never said that it is healthy")
	}
}

func TestInboxDocumentComesAgainUntilHandled(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, documents(3))
	var tries, others atomic.Int64
	handled := make(chan uint64, 1)
	reading(t, c, InboxConfig{Name: "logistics", Subjects: []string{"inbox.>"}, MaxWait: 5 * time.Millisecond, Workers: 1}, func(_ context.Context, m InboxMessage) error {
		if string(m.Data) != "1" {
			others.Add(1)
			return nil
		}
		if tries.Add(1) < 40 { // beyond any delivery limit that one would set
			return errors.New("broker away")
		}
		handled <- m.Deliveries
		return nil
	})
	if got := <-handled; got != 40 {
		t.Errorf("handled at delivery %d", got)
	}
	if others.Load() != 2 {
		t.Errorf("%d others were handled: one that fails must not hold them up", others.Load())
	}
	eventually(t, "nothing is left to acknowledge", func() bool {
		consumer, err := c.js.Consumer(t.Context(), Inbox, "logistics")
		return err == nil && consumer.CachedInfo().NumAckPending == 0 && consumer.CachedInfo().AckFloor.Stream == 3
	})
}

func TestInboxAcknowledgesOnlyAfterSuccess(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, documents(1))
	entered := make(chan struct{})
	stop := reading(t, c, InboxConfig{Name: "logistics", Subjects: []string{"inbox.>"}}, func(ctx context.Context, _ InboxMessage) error {
		close(entered)
		<-ctx.Done() // stopped in the middle
		return ctx.Err()
	})
	<-entered
	stop()
	again := make(chan uint64, 1)
	reading(t, c, InboxConfig{Name: "logistics", Subjects: []string{"inbox.>"}}, func(_ context.Context, m InboxMessage) error {
		again <- m.Deliveries
		return nil
	})
	if got := <-again; got < 2 {
		t.Errorf("delivery %d after an interrupted one", got)
	}
}

func TestInboxSurvivesABrokerRestart(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	var n atomic.Int64
	reading(t, c, InboxConfig{Name: "logistics", Subjects: []string{"inbox.>"}, AckWait: time.Second}, func(context.Context, InboxMessage) error {
		n.Add(1)
		return nil
	})
	publish(t, c, documents(10))
	eventually(t, "the first are handled", func() bool { return n.Load() >= 10 })
	b.stop()
	b.start()
	publish(t, c, documents(10))
	eventually(t, "the others are handled", func() bool { return n.Load() >= 20 })
}

func TestInboxRefusesABadConfiguration(t *testing.T) {
	c := startBroker(t).connect()
	for _, cfg := range []InboxConfig{
		{Name: "a.b", Subjects: []string{"inbox.>"}},
		{Name: "logistics"},
		{Name: "logistics", Subjects: []string{"inbox.*.ubl", "inbox.>"}}, // overlap
	} {
		if err := c.Inbox(t.Context(), cfg, nil); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
}
