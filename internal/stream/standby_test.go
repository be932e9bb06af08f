package stream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// followed is a sink with a state, over a store that several share: it notes what it applied, and refuses to be taken
// beyond what is written.
type followed struct {
	*taken
	mu      sync.Mutex
	applied uint64
	written uint64
	beyond  uint64 // messages that it was given as a standby and should not have been
	follows int
}

func (s *followed) Start(_ context.Context, pos Position) (uint64, Pending, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = min(s.applied, pos.Written) // as a state that was saved up to there
	s.written = 0
	return s.applied, nil, nil
}

func (s *followed) Prepare(ctx context.Context, b Batch) (Pending, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.First != s.applied+1 {
		return nil, errors.New("a batch does not follow the state")
	}
	if s.written != 0 && b.Last > s.written {
		s.beyond += b.Last - s.written
	}
	s.applied = b.Last
	return s.taken.Prepare(ctx, b)
}

func (s *followed) Follow(written, _ uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = written
	s.follows++
	return nil
}

func (s *followed) state() (applied, beyond uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied, s.beyond
}

// The one that works is cut off in the middle of its work, as a stopped process is, and comes back: it finds that another
// works, and follows that one. Then the other dies, and it takes over again. Nothing is left out or done twice.
func TestStandbyTakesOverAndBack(t *testing.T) {
	b := startBroker(t)
	direct := b.connect()
	p := startProxy(t, b)
	cut, err := Connect(t.Context(), Config{URL: p.url()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cut.Close)
	publish(t, direct, outgoing(2000))
	store := newTaken()
	first, second := &followed{taken: store}, &followed{taken: store}
	x := start(t, cut.NewReader(ReaderConfig{Name: "chain", Member: "a", MaxMessages: 150}, first))
	eventually(t, "the first works", func() bool { return x.Progress().Written >= 2000 })
	y := start(t, b.connect().NewReader(ReaderConfig{Name: "chain", Member: "b", MaxMessages: 400}, second))
	eventually(t, "the second follows", func() bool {
		applied, _ := second.state()
		return applied == 2000 && y.Progress().Standby && y.Health() == nil
	})
	eventually(t, "operations see who works and who stands by", func() bool {
		infos, err := direct.Readers(t.Context())
		return err == nil && len(infos) == 1 && infos[0].Holder == "a" && !infos[0].Renewed.IsZero() && slices.Equal(infos[0].Standbys, []string{"b"})
	})

	p.mute.Store(true)
	publish(t, direct, outgoingFrom(2000, 2000, 100))
	eventually(t, "the second has taken over", func() bool { return y.Progress().Written >= 4000 })
	p.mute.Store(false)
	p.cut()
	eventually(t, "the first stands by", func() bool { return x.Progress().Standby && x.Health() == nil })
	publish(t, direct, outgoingFrom(4000, 1000, 100))
	eventually(t, "the first follows", func() bool { applied, _ := first.state(); return applied == 5000 })

	y.halt(t)
	publish(t, direct, outgoingFrom(5000, 1000, 100))
	eventually(t, "the first works again", func() bool { return x.Progress().Written == 6000 && !x.Progress().Standby })
	x.halt(t)
	store.contiguous(t, 6000)
	for i, s := range []*followed{first, second} {
		if _, beyond := s.state(); beyond != 0 {
			t.Errorf("standby %d was given %d messages that the other had not written", i, beyond)
		}
	}
	infos, err := direct.Readers(t.Context())
	if err != nil || len(infos) != 1 || infos[0].Written != 6000 {
		t.Errorf("records %+v, %v", infos, err)
	}
}

// A member that was killed left its lease behind; when it comes back it does not wait for that to run out.
func TestRestartedMemberTakesItsOwnLease(t *testing.T) {
	c := startBroker(t).connect()
	l := &lease{conn: c, key: leasePrefix + "chain", member: "a"}
	if _, taken, err := l.take(t.Context(), sight{}, true); err != nil || !taken {
		t.Fatalf("a free lease is not taken: %v", err)
	}
	again := &lease{conn: c, key: l.key, member: "a"}
	if _, taken, err := again.take(t.Context(), sight{}, true); err != nil || !taken {
		t.Errorf("its own lease is not taken at a start: %v", err)
	}
	if _, taken, err := again.take(t.Context(), sight{}, false); err != nil || taken {
		t.Errorf("a lease is taken that was renewed a moment ago: %v", err)
	}
	other := &lease{conn: c, key: l.key, member: "b"}
	if _, taken, err := other.take(t.Context(), sight{}, true); err != nil || taken {
		t.Errorf("another's lease is taken: %v", err)
	}
	if err := l.renew(t.Context()); err != nil {
		t.Errorf("a lease of the same member: %v", err)
	}
	other.rev = l.rev
	if err := other.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.renew(t.Context()); !errors.Is(err, ErrFenced) {
		t.Errorf("a lost lease is renewed: %v", err)
	}
}

// A standby whose next message is no longer in the stream would be none when it is needed.
func TestStandbyThatCannotFollowSaysSo(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	publish(t, c, outgoing(1000))
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", Member: "a"}, &followed{taken: newTaken()}))
	eventually(t, "the first works", func() bool { return x.Progress().Written == 1000 })
	purge(t, c, 501)
	y := start(t, b.connect().NewReader(ReaderConfig{Name: "chain", Member: "b"}, &followed{taken: newTaken()}))
	var gap *GapError
	if err := y.end(t); !errors.As(err, &gap) || gap.First != 1 || gap.Last != 500 {
		t.Errorf("Run ends with %v", err)
	}
}

func TestReaderWithoutAStateStandsBy(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	store := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", Member: "a"}, &splitSink{taken: store}))
	publish(t, c, outgoing(100))
	eventually(t, "the first works", func() bool { return x.Progress().Written == 100 })
	y := start(t, b.connect().NewReader(ReaderConfig{Name: "archive", Member: "b"}, &splitSink{taken: store}))
	eventually(t, "the second stands by", func() bool { return y.Progress().Standby && y.Health() == nil })
	x.halt(t)
	publish(t, c, outgoingFrom(100, 100, 100))
	eventually(t, "the second works", func() bool { return y.Progress().Written == 200 })
	y.halt(t)
	store.contiguous(t, 200)
}
