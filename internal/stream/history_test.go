package stream

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// recreate makes EVENTS anew, empty.
func recreate(t *testing.T, c *Conn) {
	t.Helper()
	if err := c.js.DeleteStream(t.Context(), Events); err != nil {
		t.Fatal(err)
	}
	if err := c.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
}

// effects gives what took effect after the first n effects, by epoch.
func (s *taken) effects(n int) (seqs []uint64, last Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.claims) > 0 {
		last = s.claims[len(s.claims)-1]
	}
	return slices.Clone(s.seqs[n:]), last
}

func ascending(t *testing.T, seqs []uint64, first, last uint64) {
	t.Helper()
	if uint64(len(seqs)) != last-first+1 {
		t.Fatalf("%d messages took effect, want %d to %d", len(seqs), first, last)
	}
	for i, seq := range seqs {
		if seq != first+uint64(i) {
			t.Fatalf("effect %d is of message %d", i, seq)
		}
	}
}

func TestRecreatedStreamIsANewEpoch(t *testing.T) {
	c := startBroker(t).connect()
	for name, again := range map[string]int{"shorter": 50, "longer": 150} {
		t.Run(name, func(t *testing.T) {
			recreate(t, c)
			publish(t, c, outgoing(100))
			sink := newTaken()
			x := start(t, c.NewReader(ReaderConfig{Name: name}, sink))
			eventually(t, "all took effect", func() bool { return sink.count() >= 100 })
			x.halt(t)
			recreate(t, c)
			publish(t, c, outgoingFrom(1000, again, 100))
			x = start(t, c.NewReader(ReaderConfig{Name: name}, sink))
			eventually(t, "all of the new stream took effect", func() bool { return sink.count() >= 100+again && x.Health() == nil })
			x.halt(t)
			seqs, last := sink.effects(100)
			ascending(t, seqs, 1, uint64(again))
			if last.Epoch != 2 || sink.starts[1].Epoch != 2 || sink.starts[1].Written != 0 {
				t.Errorf("it is read in epoch %d, started from %+v", last.Epoch, sink.starts[1])
			}
		})
	}
}

// The stream is made anew under a reader that is reading.
func TestStreamRecreatedUnderTheReader(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "all took effect", func() bool { return sink.count() >= 100 })
	recreate(t, c)
	publish(t, c, outgoingFrom(1000, 60, 100))
	eventually(t, "the new stream took effect", func() bool { return sink.count() >= 160 && x.Progress().Epoch == 2 })
	x.halt(t)
	seqs, _ := sink.effects(100)
	ascending(t, seqs, 1, 60)
}

// The broker's disk loses the end of the stream, as in a power cut, and others come in its place.
func TestLostTailIsANewEpoch(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	publish(t, c, outgoing(300))
	eventually(t, "the first took effect", func() bool { return x.Progress().Written == 300 })
	x.halt(t)
	files := filepath.Join(b.opts.StoreDir, "jetstream", "$G", "streams", Events)
	older := filepath.Join(t.TempDir(), "older")
	b.stop()
	if err := os.CopyFS(older, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	b.start()
	x = start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	publish(t, c, outgoingFrom(300, 200, 100))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 500 })
	b.stop()
	if err := os.RemoveAll(files); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(files, os.DirFS(older)); err != nil {
		t.Fatal(err)
	}
	b.start()
	publish(t, c, outgoingFrom(9000, 400, 100)) // 301 to 700 are others now
	eventually(t, "the other history took effect", func() bool { return x.Progress().Written == 700 && x.Progress().Epoch == 2 })
	x.halt(t)
	seqs, last := sink.effects(500)
	if seqs[0] > 301 {
		t.Errorf("the new epoch begins with message %d: 301 to %d are missing", seqs[0], seqs[0]-1)
	}
	ascending(t, seqs, seqs[0], 700)
	if last.Epoch != 2 {
		t.Errorf("epoch %d", last.Epoch)
	}
}

// holding is a sink over a store that may lose what it had.
type holding struct {
	*taken
	holds  func(pos Position) (uint64, error)
	epoch  uint64
	booted atomic.Int64 // seconds since 1970; 0: it cannot tell
}

func (s *holding) Holds(_ context.Context, pos Position) (held Held, err error) {
	if at := s.booted.Load(); at != 0 {
		held.Booted = time.Unix(at, 0)
	}
	held.Last, err = s.holds(pos)
	return held, err
}

func (s *holding) LastEpoch(context.Context) (uint64, error) { return s.epoch, nil }

func TestStoreRestoredFromAnOlderCopy(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(500))
	sink := &holding{taken: newTaken(), holds: func(pos Position) (uint64, error) { return pos.Written, nil }}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 500 })
	x.halt(t)
	tries := 0
	sink.holds = func(pos Position) (uint64, error) {
		if tries++; tries < 3 {
			return 0, errors.New("the store is away")
		}
		return min(pos.Written, 220), nil
	}
	x = start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "what it lost took effect again", func() bool { return sink.count() == 780 })
	x.halt(t)
	seqs, last := sink.effects(500)
	ascending(t, seqs, 221, 500)
	if last.Generation != 2 || last.Epoch != 1 {
		t.Errorf("written again as %+v", last)
	}
}

// The store goes away under the reader, and comes back older.
func TestStoreComesBackOlder(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(500))
	lost := uint64(0)
	sink := &holding{taken: newTaken()}
	sink.holds = func(pos Position) (uint64, error) {
		if lost != 0 && pos.Generation == 1 {
			return lost, nil
		}
		return pos.Written, nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 500 })
	failed := false
	sink.mu.Lock()
	sink.commit = func(context.Context, Claim) error {
		if !failed {
			failed, lost = true, 100
			return errors.New("the store is away")
		}
		return nil
	}
	sink.mu.Unlock()
	publish(t, c, outgoingFrom(500, 10, 100))
	eventually(t, "all took effect again", func() bool { return x.Progress().Generation == 2 && x.Progress().Written == 510 })
	x.halt(t)
	seqs, _ := sink.effects(500)
	ascending(t, seqs, 101, 510)
}

// The store's machine booted: what it took shortly before takes effect again, under a new generation, and what it took
// earlier does not.
func TestMachineOfTheStoreBooted(t *testing.T) {
	c := startBroker(t).connect()
	sink := &holding{taken: newTaken(), holds: func(pos Position) (uint64, error) { return pos.Written, nil }}
	sink.booted.Store(1_000_000)
	cfg := ReaderConfig{Name: "archive", SafeAfter: 2 * time.Second}
	x := start(t, c.NewReader(cfg, sink))
	publish(t, c, outgoing(100))
	safe := func() uint64 {
		readers, err := c.Readers(t.Context())
		if err != nil || len(readers) > 1 {
			t.Fatalf("%v, %v", readers, err)
		}
		if len(readers) == 0 {
			return 0 // it has not begun
		}
		return readers[0].Safe
	}
	eventually(t, "the first are safe, with nothing to read", func() bool { return safe() == 100 })
	publish(t, c, outgoingFrom(100, 50, 100))
	eventually(t, "the others took effect", func() bool { return x.Progress().Written == 150 })
	x.halt(t)
	if got := safe(); got != 100 {
		t.Errorf("up to %d it is safe, want 100", got)
	}
	sink.booted.Store(1_000_030) // the same, as the server tells it now
	x = start(t, c.NewReader(cfg, sink))
	eventually(t, "it runs", func() bool { return x.Health() == nil })
	if n := sink.count(); n != 150 {
		t.Errorf("%d took effect", n)
	}

	failed := false
	sink.mu.Lock()
	sink.commit = func(context.Context, Claim) error {
		if !failed {
			failed = true
			sink.booted.Store(2_000_000)
			return errors.New("the store is away")
		}
		return nil
	}
	sink.mu.Unlock()
	publish(t, c, outgoingFrom(150, 10, 100))
	eventually(t, "all took effect again", func() bool { return x.Progress().Written == 160 && x.Progress().Generation == 2 })
	x.halt(t)
	seqs, _ := sink.effects(150)
	ascending(t, seqs, 101, 160)

	sink.booted.Store(0) // it cannot tell any more
	x = start(t, c.NewReader(cfg, sink))
	eventually(t, "it runs", func() bool { return x.Health() == nil })
	x.halt(t)
	sink.booted.Store(3_000_000) // while no reader ran
	x = start(t, c.NewReader(cfg, sink))
	eventually(t, "it is of a third generation", func() bool { return x.Progress().Generation == 3 && x.Progress().Written == 160 })
	x.halt(t)
}

func TestNewBrokerBesideAnOldStore(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(10))
	sink := &holding{taken: newTaken(), epoch: 3, holds: func(pos Position) (uint64, error) { return pos.Written, nil }}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "all took effect", func() bool { return sink.count() == 10 })
	x.halt(t)
	if _, last := sink.effects(0); last.Epoch != 4 {
		t.Errorf("it is read in epoch %d, want the one after the store's", last.Epoch)
	}
}

func TestAcceptedGap(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "the first took effect", func() bool { return x.Progress().Written == 100 })
	x.halt(t)
	publish(t, c, outgoingFrom(100, 200, 100))
	purge(t, c, 201)
	for _, wrong := range [][2]uint64{{100, 200}, {101, 201}, {101, 100}} {
		if err := c.AcceptGap(t.Context(), "archive", wrong[0], wrong[1]); err == nil {
			t.Errorf("a gap %d-%d is accepted", wrong[0], wrong[1])
		}
	}
	if err := c.AcceptGap(t.Context(), "archive", 101, 200); err != nil {
		t.Fatal(err)
	}
	x = start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "the rest took effect", func() bool { return x.Progress().Written == 300 })
	x.halt(t)
	seqs, last := sink.effects(100)
	ascending(t, seqs, 201, 300)
	if last.Generation != 2 {
		t.Errorf("generation %d after an accepted gap", last.Generation)
	}
}

// A record that an earlier version of the program wrote knows nothing of the store's machine, nor where the reader stood before: what
// is written counts as safe, and from then on both are kept.
func TestRecordOfAnEarlierVersion(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	kv, err := c.js.KeyValue(t.Context(), Readers)
	if err != nil {
		t.Fatal(err)
	}
	const before = `{"stream":"EVENTS","owner":"x","epoch":1,"generation":3,"written":40,"first":41,"last":60,"fingerprint":"","mark":{"sequence":0,"nanos":0}}`
	if _, err := kv.Create(t.Context(), "archive", []byte(before)); err != nil {
		t.Fatal(err)
	}
	sink := &holding{taken: newTaken(), holds: func(pos Position) (uint64, error) { return pos.Written, nil }}
	sink.booted.Store(1_000_000)
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "the rest took effect", func() bool { return x.Progress().Written == 100 })
	x.halt(t)
	seqs, last := sink.effects(0)
	ascending(t, seqs, 41, 100)
	if first := sink.claims[0]; first.Last != 60 || last.Generation != 3 || last.Safe != 40 {
		t.Errorf("claims %+v to %+v", first, last)
	}
	if rec, err := c.recordOf(t.Context(), "archive"); err != nil || rec.Booted != 1_000_000 || len(rec.Past) == 0 {
		t.Errorf("record %+v, %v", rec, err)
	}
}
