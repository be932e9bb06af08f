package stream

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Two readers of one name over one store: the second takes over while the first is in the middle of a commit.
func TestSecondReaderFencesTheFirst(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	publish(t, c, outgoing(3000))
	store := newTaken()
	entered, release := make(chan Claim, 1), make(chan struct{})
	var once sync.Once
	var after atomic.Int64 // claims of the first reader after it was deposed
	var deposed atomic.Bool
	first := &splitSink{taken: store, commit: func(cl Claim) error {
		if deposed.Load() {
			after.Add(1)
		}
		if cl.First > 500 {
			once.Do(func() {
				entered <- cl
				<-release
			})
		}
		return nil
	}}
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", MaxMessages: 250}, first))
	stuck := <-entered

	second := &splitSink{taken: store}
	y := start(t, b.connect().NewReader(ReaderConfig{Name: "chain", MaxMessages: 400}, second))
	eventually(t, "the second has gone past the first", func() bool { return y.Progress().Written > stuck.Last })
	deposed.Store(true)
	close(release)
	if err := x.end(t); !errors.Is(err, ErrFenced) {
		t.Errorf("the first ends with %v", err)
	}
	if err := x.Health(); !errors.Is(err, ErrFenced) {
		t.Errorf("the health of the first is %v", err)
	}
	eventually(t, "all took effect", func() bool { return y.Progress().Written == 3000 })
	publish(t, c, outgoingFrom(3000, 500, 100))
	eventually(t, "the second reads on", func() bool { return y.Progress().Written == 3500 })
	y.halt(t)
	store.contiguous(t, 3500)
	if n := after.Load(); n != 0 {
		t.Errorf("the first began %d commits after it was deposed", n)
	}
}

func TestIdleReaderLearnsThatItIsFenced(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	x := start(t, c.NewReader(ReaderConfig{Name: "chain"}, newTaken()))
	eventually(t, "the first is healthy", func() bool { return x.Health() == nil })
	y := start(t, b.connect().NewReader(ReaderConfig{Name: "chain"}, newTaken()))
	if err := x.end(t); !errors.Is(err, ErrFenced) {
		t.Errorf("the first ends with %v", err)
	}
	eventually(t, "the second is healthy", func() bool { return y.Health() == nil })
}

// A reader that was stopped still has a request open when it is deposed, or asks before it has learned of that: what it gets
// nobody else would be sent.
func TestWhatADeposedReaderGetsIsReadAgain(t *testing.T) {
	b := startBroker(t)
	c, deposed := b.connect(), b.connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "chain"}, sink))
	eventually(t, "the first took effect", func() bool { return sink.count() == 100 })
	request := func() {
		t.Helper()
		s, err := deposed.openSession(t.Context(), 1, Events, "chain", uint64(sink.count()+1), 1000, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ask(1000, 0); err != nil {
			t.Fatal(err)
		}
		if err := deposed.nc.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	request()
	for n := range 2 { // the broker gives to each request in turn
		publish(t, c, outgoingFrom(100+n, 1, 100))
		eventually(t, "what went elsewhere took effect", func() bool { return sink.count() == 101+n })
	}
	x.halt(t)

	request()
	publish(t, c, outgoingFrom(102, 50, 100))
	x = start(t, c.NewReader(ReaderConfig{Name: "chain"}, sink))
	eventually(t, "what went elsewhere before a takeover took effect", func() bool { return sink.count() == 152 })
	x.halt(t)
	sink.contiguous(t, 152)
}

// Many readers of one name, each taking over from the one before at a random moment.
func TestTakeoversLoseNothing(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	store := newTaken()
	var ends []*running
	const n = 4000
	for i := range 5 {
		publish(t, c, outgoingFrom(i*n/5, n/5, 100))
		ends = append(ends, start(t, b.connect().NewReader(ReaderConfig{Name: "chain", MaxMessages: 60}, &splitSink{taken: store})))
		eventually(t, "some took effect", func() bool { return store.count() > i*n/5+n/10 })
	}
	last := ends[len(ends)-1]
	eventually(t, "all took effect", func() bool { return last.Progress().Written == n })
	for _, x := range ends[:len(ends)-1] {
		if err := x.end(t); !errors.Is(err, ErrFenced) {
			t.Errorf("a deposed reader ends with %v", err)
		}
	}
	last.halt(t)
	store.contiguous(t, n)
}

// splitSink is one of several sinks over one store.
type splitSink struct {
	*taken
	commit func(c Claim) error
}

func (s *splitSink) Prepare(ctx context.Context, b Batch) (Pending, error) {
	p, err := s.taken.Prepare(ctx, b)
	if err != nil || s.commit == nil {
		return p, err
	}
	return &splitBatch{p, s.commit}, nil
}

type splitBatch struct {
	Pending
	before func(c Claim) error
}

func (b *splitBatch) Commit(ctx context.Context, c Claim) error {
	if err := b.before(c); err != nil {
		return err
	}
	return b.Pending.Commit(ctx, c)
}

// stateful is a sink with a state and an outbox of its own, as chain has: Prepare applies, Commit emits.
type stateful struct {
	applied uint64
	emitted map[uint64]int // by sequence, how often
	ranges  [][2]uint64
	crash   func() error
	mu      sync.Mutex
}

func (s *stateful) Start(_ context.Context, pos Position) (uint64, Pending, error) {
	if s.applied > pos.Written {
		return s.applied, &emission{s, pos.Written + 1, s.applied}, nil
	}
	return s.applied, nil, nil
}

func (s *stateful) Prepare(_ context.Context, b Batch) (Pending, error) {
	if b.First != s.applied+1 {
		return nil, errors.New("batch does not follow the state")
	}
	s.applied = b.Last
	return &emission{s, b.First, b.Last}, nil
}

type emission struct {
	s           *stateful
	first, last uint64
}

func (e *emission) Commit(_ context.Context, c Claim) error {
	if c.First != e.first || c.Last != e.last {
		return fatal(errors.New("claim is not the batch"))
	}
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	e.s.ranges = append(e.s.ranges, [2]uint64{e.first, e.last})
	for seq := e.first; seq <= e.last; seq++ {
		e.s.emitted[seq]++
	}
	if e.s.crash != nil {
		return e.s.crash()
	}
	return nil
}

func TestSinkAheadOfTheRecordEmitsFirst(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(1000))
	s := &stateful{emitted: map[uint64]int{}}
	s.crash = func() error { return fatal(errCrash) }
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", MaxMessages: 100}, s))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	ahead := s.applied
	if ahead == 0 {
		t.Fatal("the state has applied nothing")
	}
	s.crash, s.ranges = nil, nil
	x = start(t, c.NewReader(ReaderConfig{Name: "chain", MaxMessages: 100}, s))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 1000 })
	x.halt(t)
	if s.ranges[0] != [2]uint64{1, ahead} {
		t.Errorf("first emitted %v, want 1-%d", s.ranges[0], ahead)
	}
	for seq := uint64(1); seq <= 1000; seq++ {
		if s.emitted[seq] == 0 {
			t.Fatalf("message %d was never emitted", seq)
		}
	}
}

func TestSinkBehindTheRecordIsReplayed(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(1000))
	s := &stateful{emitted: map[uint64]int{}}
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", MaxMessages: 130}, s))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 1000 })
	x.halt(t)
	publish(t, c, outgoingFrom(1000, 200, 100))
	// The state is lost, or restored from an older copy.
	for _, applied := range []uint64{0, 777, 1000} {
		s := &stateful{emitted: map[uint64]int{}, applied: applied}
		cfg := ReaderConfig{Name: "chain", MaxMessages: 130}
		s.crash = func() error { return fatal(errCrash) } // the record stays where it is
		x := start(t, c.NewReader(cfg, s))
		if err := x.end(t); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		if s.applied < 1001 {
			t.Errorf("from %d the state came to %d", applied, s.applied)
		}
		for seq := range s.emitted {
			if seq <= 1000 {
				t.Errorf("from %d, message %d was emitted again", applied, seq)
			}
		}
		if s.ranges[0][0] != 1001 {
			t.Errorf("from %d, first emitted %v", applied, s.ranges[0])
		}
	}
}

func TestSinkAheadOfTheStreamIsRefused(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(10))
	s := &stateful{emitted: map[uint64]int{}, applied: 500}
	x := start(t, c.NewReader(ReaderConfig{Name: "chain"}, s))
	if err := x.end(t); !errors.Is(err, ErrFork) {
		t.Errorf("Run ends with %v", err)
	}
}

func TestRunIsRefusedTwiceAtOnce(t *testing.T) {
	c := startBroker(t).connect()
	x := start(t, c.NewReader(ReaderConfig{Name: "chain"}, newTaken()))
	eventually(t, "the reader is healthy", func() bool { return x.Health() == nil })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := x.Run(ctx); err == nil {
		t.Error("a reader runs twice at once")
	}
	x.halt(t)
}
