package stream

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func firstOf(t *testing.T, c *Conn) uint64 {
	t.Helper()
	infos, err := c.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return infos[1].First
}

// A full stream with one reader that is slow: it is trimmed up to where the slow one stands and no further, and takes
// events again when that one has read on.
func TestTrimmerNeverPassesAReaderNorTheWindow(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	const size = 100
	list := outgoing(2000)
	publish(t, c, list)
	full := Settings{EventsBytes: streamBytes(t, c) + 10*size}
	if err := c.Ensure(t.Context(), full); err != nil {
		t.Fatal(err)
	}
	more := outgoingFrom(2000, 200, size)
	receipts, err := c.Publisher(PublisherConfig{}).Publish(t.Context(), more)
	if err != nil || !errors.Is(receipts[199].Err, ErrStreamFull) {
		t.Fatalf("a full stream answers %v, %v", receipts[199].Err, err)
	}

	trim := func(window time.Duration, want uint64) {
		t.Helper()
		last, err := c.NewTrimmer(TrimmerConfig{Readers: []string{"archive", "chain"}, Window: window}).Trim(t.Context())
		if err != nil || last != want {
			t.Errorf("trimmed up to %d, %v; want %d", last, err, want)
		}
	}
	trim(time.Nanosecond, 0) // no reader has a record
	fast := start(t, c.NewReader(ReaderConfig{Name: "archive"}, newTaken()))
	eventually(t, "the fast reader is through", func() bool { return fast.Progress().Written >= 2000 })
	trim(time.Nanosecond, 0) // the other has none
	slow := newTaken()
	release := make(chan struct{})
	var waits atomic.Uint64 // what it has written when it waits: 700, or more if it was given less than it asked for
	slow.commit = func(ctx context.Context, cl Claim) error {
		if cl.First <= 700 {
			return nil
		}
		waits.CompareAndSwap(0, cl.First-1)
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", MaxMessages: 100}, slow))
	eventually(t, "the slow reader waits", func() bool { return waits.Load() > 0 && x.Progress().Written == waits.Load() })
	written := waits.Load()
	trim(time.Hour, 0) // all are young
	eventually(t, "the records say what both have written", func() bool {
		infos, err := c.Readers(t.Context())
		return err == nil && infos[0].Written >= 2000 && infos[1].Written == written
	})
	trim(time.Nanosecond, written)
	if first := firstOf(t, c); first != written+1 {
		t.Errorf("the stream begins with %d", first)
	}
	trim(time.Nanosecond, 0) // there is no more
	publish(t, c, outgoingFrom(2000, 200, size))
	close(release)
	eventually(t, "the slow reader is through", func() bool { return x.Progress().Written >= 2200 })
	slow.contiguous(t, int(x.Progress().Written))
}

func streamBytes(t *testing.T, c *Conn) int64 {
	t.Helper()
	infos, err := c.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int64(infos[1].Bytes)
}

func TestTrimmerRuns(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	publish(t, c, outgoing(100))
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, newTaken()))
	trimmer := c.NewTrimmer(TrimmerConfig{Readers: []string{"archive"}, Window: time.Nanosecond, Every: 5 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- trimmer.Run(ctx) }()
	eventually(t, "all is trimmed", func() bool { return firstOf(t, c) == 101 && x.Progress().Written == 100 })
	b.stop()
	eventually(t, "the trimmer is unhealthy", func() bool { return trimmer.Health() != nil })
	b.start()
	eventually(t, "the trimmer is healthy", func() bool { return trimmer.Health() == nil })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Streams that would drop what is unread are refused, each with its reason.
func TestCheckRefusesStreamsThatDrop(t *testing.T) {
	c := startBroker(t).connect()
	if err := c.Check(t.Context(), Settings{}); err != nil {
		t.Fatalf("our own streams: %v", err)
	}
	st, err := c.js.Stream(t.Context(), Events)
	if err != nil {
		t.Fatal(err)
	}
	cfg := st.CachedInfo().Config
	cfg.MaxAge, cfg.MaxMsgs, cfg.Discard = time.Hour, 1000, jetstream.DiscardOld
	if _, err := c.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	err = c.Check(t.Context(), Settings{Replicas: 3})
	for _, reason := range []string{"max_age 1h0m0s", "max_msgs 1000", "discards DiscardOld", "has 1 replicas, want 3"} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%v does not say %q", err, reason)
		}
	}
	// Ensure mends what it may.
	if err := c.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Check(t.Context(), Settings{}); err == nil || strings.Contains(err.Error(), "discards") {
		t.Errorf("after Ensure: %v", err)
	}
}

func TestClocksApart(t *testing.T) {
	now := time.Date(2026, 9, 11, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		want time.Duration
	}{
		{now.Add(time.Millisecond), 0},
		{now.Add(-time.Minute), time.Minute},
		{now.Add(time.Minute + time.Second), time.Minute},
		{time.Time{}, 0},
	} {
		if got := apart(c.at, now, now.Add(time.Second)); got != c.want {
			t.Errorf("%s is %s apart, want %s", c.at, got, c.want)
		}
	}
}

// A sink that waits for ever on something that never comes: the watchdog begins again.
func TestWatchdogBeginsAgain(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	stuck := true
	sink.commit = func(ctx context.Context, _ Claim) error {
		if !stuck {
			return nil
		}
		stuck = false
		<-ctx.Done()
		return ctx.Err()
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", StallAfter: 50 * time.Millisecond, Grace: time.Millisecond}, sink))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 100 })
	x.halt(t)
	sink.contiguous(t, 100)
	if len(sink.starts) < 2 {
		t.Error("the reader did not begin again")
	}
}
