package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
)

func TestReaderHandsOnEveryMessageOnce(t *testing.T) {
	c := startBroker(t).connect()
	list := outgoing(5000)
	list[17].Header = map[string]string{"Oneorder-Test": "seventeen"}
	publish(t, c, list)
	sink := newTaken()
	var bad atomic.Int64
	sink.prepare = func(b Batch) error {
		if len(b.Messages) > 700 || b.First != b.Messages[0].Sequence || b.Last != b.Messages[len(b.Messages)-1].Sequence || b.Epoch != 1 || b.Generation != 1 {
			bad.Add(1)
		}
		for _, m := range b.Messages {
			want := list[m.Sequence-1]
			if string(m.Data) != string(want.Data) || m.Subject != want.Subject || m.Header.Value(headerMsgID) != want.MsgID ||
				m.Header.Value("Oneorder-Test") != want.Header["Oneorder-Test"] || time.Since(m.Time) > time.Minute || time.Since(m.Time) < 0 {
				bad.Add(1)
			}
		}
		return nil
	}
	r := c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 700}, sink)
	if err := r.Health(); !errors.Is(err, ErrNotRunning) {
		t.Errorf("health before Run is %v", err)
	}
	x := start(t, r)
	eventually(t, "all took effect", func() bool { return sink.count() >= 5000 })
	eventually(t, "the reader is healthy", func() bool { return x.Health() == nil })
	x.halt(t)
	sink.contiguous(t, 5000)
	if bad.Load() != 0 {
		t.Errorf("%d batches or messages are not as published", bad.Load())
	}
	want := []ReaderInfo{{Name: "archive", Stream: Events, Epoch: 1, Generation: 1, Written: 5000, Safe: 5000}}
	got, err := c.Readers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 1 {
		got[0].Owner, got[0].Updated = "", time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestReaderClosesBatchesByBytes(t *testing.T) {
	c := startBroker(t).connect()
	list := outgoingFrom(0, 60, 100<<10)
	list[30].Data = make([]byte, 1<<20) // more than a whole batch
	publish(t, c, list)
	sink := newTaken()
	var most, large int
	sink.prepare = func(b Batch) error {
		n := 0
		for _, m := range b.Messages {
			n += len(m.Data)
		}
		if n >= 1<<20 {
			large += len(b.Messages)
		} else {
			most = max(most, n)
		}
		return nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxBytes: 512 << 10}, sink))
	eventually(t, "all took effect", func() bool { return sink.count() >= 60 })
	x.halt(t)
	sink.contiguous(t, 60)
	if most > 512<<10 || most < 256<<10 || large != 1 {
		t.Errorf("largest batch has %d bytes, the large message goes with %d others", most, large-1)
	}
}

func TestLoneEventDoesNotWait(t *testing.T) {
	c := startBroker(t).connect()
	sink := newTaken()
	took := make(chan time.Time, 1)
	sink.after = func(Claim) error { took <- time.Now(); return nil }
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	eventually(t, "the reader is healthy", func() bool { return x.Health() == nil })
	// A busy machine may delay some; the reader must not.
	fast := 0
	var times []time.Duration
	for i := range 21 {
		began := time.Now()
		publish(t, c, outgoingFrom(i, 1, 600))
		took := (<-took).Sub(began)
		times = append(times, took)
		if took <= 50*time.Millisecond {
			fast++
		}
	}
	if fast < len(times)/2 {
		t.Errorf("only %d of %d lone events took effect within 50 ms: %v", fast, len(times), times)
	}
}

// Crashes at random points, with random limits: what took effect is the stream, once and in order, and what was
// under way is claimed again as it was.
func TestStatelessSinkCrashesAtRandom(t *testing.T) {
	c := startBroker(t).connect()
	const n = 6000
	publish(t, c, outgoing(n))
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			sink := newTaken()
			name := fmt.Sprintf("crash-%d", seed)
			for runs := 0; sink.count() < n; runs++ {
				if runs > 500 {
					t.Fatal("no progress")
				}
				left := 1 + rng.IntN(4)
				where := rng.IntN(3)
				var x *running
				crash := func() error {
					if left--; left > 0 {
						return nil
					}
					x.stop()
					return fatal(errCrash)
				}
				sink.commit, sink.after, sink.prepare = nil, nil, nil
				switch where {
				case 0:
					sink.commit = func(context.Context, Claim) error { return crash() }
				case 1:
					sink.after = func(Claim) error { return crash() }
				case 2:
					sink.prepare = func(Batch) error { return crash() }
				}
				ctx, cancel := context.WithCancel(t.Context())
				x = &running{stop: cancel, done: make(chan error, 1)}
				r := c.NewReader(ReaderConfig{Name: name, MaxMessages: 50 + rng.IntN(500), Grace: time.Second}, sink)
				go func() { x.done <- r.Run(ctx) }()
				eventually(t, "the run has ended or is through", func() bool { return len(x.done) > 0 || sink.count() >= n })
				cancel()
				if err := x.end(t); err != nil && !errors.Is(err, errCrash) {
					t.Fatal(err)
				}
			}
			sink.commit, sink.after, sink.prepare = nil, nil, nil
			last := start(t, c.NewReader(ReaderConfig{Name: name}, sink))
			eventually(t, "the record says all is written", func() bool { return last.Progress().Written == n })
			last.halt(t)
			sink.contiguous(t, n)
		})
	}
}

func TestInFlightRangeIsRedoneExactly(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(1000))
	sink := newTaken()
	const few = 20 // a broker that is slow gives less than asked for
	var first Claim
	sink.after = func(cl Claim) error {
		if cl.First > 1 && cl.Last-cl.First >= few {
			first = cl
			return fatal(errCrash) // took effect, nobody knows
		}
		return nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 300}, sink))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	publish(t, c, outgoingFrom(1000, 1000, 100))
	var again []Claim
	sink.after = func(cl Claim) error {
		cl.Safe = first.Safe // which moves on
		again = append(again, cl)
		return nil
	}
	// Other limits must not change what is redone.
	x = start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: few, MaxBytes: 10 << 10}, sink))
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 2000 })
	x.halt(t)
	if again[0] != first {
		t.Errorf("claim %+v came again as %+v", first, again[0])
	}
	sink.contiguous(t, 2000)
	if got := sink.starts[1]; got.Written != first.First-1 || got.First != first.First || got.Last != first.Last {
		t.Errorf("the second start was told %+v", got)
	}
}

func TestChangedFingerprintRaisesTheGeneration(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	sink.after = func(Claim) error { return fatal(errCrash) }
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", Fingerprint: "mapper 1"}, sink))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	got := make(chan Claim, 10)
	sink.after = func(cl Claim) error { got <- cl; return nil }
	start(t, c.NewReader(ReaderConfig{Name: "archive", Fingerprint: "mapper 2"}, sink))
	if cl := <-got; cl.Generation != 2 || cl.First != 1 || cl.Last != sink.claims[0].Last {
		t.Errorf("redone as %+v", cl)
	}
}

func TestFailingCommitKeepsItsPlace(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(2000))
	sink := newTaken()
	var tries, prepared atomic.Int64
	var mended atomic.Bool
	var claims []Claim
	sink.prepare = func(Batch) error { prepared.Add(1); return nil }
	sink.commit = func(_ context.Context, cl Claim) error {
		if !mended.Load() {
			claims = append(claims, cl)
			tries.Add(1)
			return errors.New("warehouse away")
		}
		return nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 100}, sink))
	eventually(t, "some tries have failed", func() bool { return tries.Load() >= 4 })
	if err := x.Health(); err == nil {
		t.Error("the reader is healthy though nothing takes effect")
	}
	if got := prepared.Load(); got > 2 {
		t.Errorf("%d batches are prepared while the first does not get through", got)
	}
	consumer, err := c.js.Consumer(t.Context(), Events, "archive")
	if err != nil {
		t.Fatal(err)
	}
	if got := consumer.CachedInfo().NumAckPending; got > 3*100 {
		t.Errorf("%d messages are read ahead, more than three batches", got)
	}
	mended.Store(true)
	eventually(t, "all took effect", func() bool { return sink.count() >= 2000 })
	eventually(t, "the reader is healthy", func() bool { return x.Health() == nil })
	x.halt(t)
	sink.contiguous(t, 2000)
	for _, cl := range claims {
		if cl != claims[0] {
			t.Errorf("tried %+v and %+v", claims[0], cl)
		}
	}
}

func TestPermanentCommitErrorStops(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(10))
	sink := newTaken()
	sink.commit = func(context.Context, Claim) error { return fmt.Errorf("insert: %w", fatal(errCrash)) }
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Errorf("Run ends with %v", err)
	}
	if err := x.Health(); !errors.Is(err, errCrash) {
		t.Errorf("health is %v", err)
	}
}

func TestStopLetsTheCommitUnderWayFinish(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(10))
	sink := newTaken()
	entered, release := make(chan struct{}), make(chan struct{})
	sink.commit = func(ctx context.Context, _ Claim) error {
		close(entered)
		<-release
		return ctx.Err()
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", Grace: 30 * time.Second}, sink))
	<-entered
	x.stop()
	close(release)
	if err := x.end(t); err != nil {
		t.Fatal(err)
	}
	infos, err := c.Readers(t.Context())
	if err != nil || len(infos) != 1 || infos[0].Written != uint64(sink.count()) || infos[0].Last != 0 {
		t.Errorf("after a clean stop the record is %+v, %v", infos, err)
	}
}

func TestPurgedUnreadMessagesStopTheReader(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(500))
	sink := newTaken()
	var claim Claim
	sink.after = func(cl Claim) error {
		if cl.Last >= 200 {
			claim = cl
			return fatal(errCrash)
		}
		return nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 100}, sink))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	purge(t, c, 301)
	x = start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 100}, sink))
	var gap *GapError
	if err := x.end(t); !errors.As(err, &gap) || !errors.Is(err, ErrGap) {
		t.Fatalf("Run ends with %v", err)
	}
	if gap.First != claim.First || gap.Last != 300 {
		t.Errorf("the gap after the claim of %d is said to be %d-%d", claim.First, gap.First, gap.Last)
	}
	sink.contiguous(t, int(claim.Last))
}

func TestGapInTheMiddleStopsTheReader(t *testing.T) {
	c := startBroker(t).connect()
	if _, err := c.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "LOOSE", Subjects: []string{"loose.>"}, AllowDirect: true, AllowAtomicPublish: true}); err != nil {
		t.Fatal(err)
	}
	list := outgoing(300)
	for i := range list {
		list[i].Subject = "loose.x"
	}
	publish(t, c, list)
	st, err := c.js.Stream(t.Context(), "LOOSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, seq := range []uint64{150, 151} {
		if err := st.DeleteMsg(t.Context(), seq); err != nil {
			t.Fatal(err)
		}
	}
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "loose", Stream: "LOOSE"}, sink))
	var gap *GapError
	if err := x.end(t); !errors.As(err, &gap) || gap.First != 150 || gap.Last != 151 {
		t.Fatalf("Run ends with %v", err)
	}
	sink.mu.Lock()
	defer sink.mu.Unlock()
	for _, seq := range sink.seqs {
		if seq >= 150 {
			t.Errorf("message %d took effect behind a gap", seq)
		}
	}
}

func TestReaderSurvivesBrokerRestarts(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 200}, sink))
	const rounds, each = 4, 2000
	for n := range rounds {
		publish(t, c, outgoingFrom(n*each, each, 100))
		eventually(t, "some took effect", func() bool { return sink.count() > n*each+each/4 })
		b.stop()
		eventually(t, "the reader is unhealthy", func() bool { return x.Health() != nil })
		b.start()
	}
	eventually(t, "all took effect", func() bool { return sink.count() >= rounds*each })
	eventually(t, "the reader is healthy", func() bool { return x.Health() == nil })
	x.halt(t)
	sink.contiguous(t, rounds*each)
}

func TestReaderOutlivesItsConsumer(t *testing.T) {
	c := startBroker(t).connect()
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	publish(t, c, outgoing(100))
	eventually(t, "the first took effect", func() bool { return sink.count() >= 100 })
	if err := c.js.DeleteConsumer(t.Context(), Events, "archive"); err != nil {
		t.Fatal(err)
	}
	publish(t, c, outgoingFrom(100, 100, 100))
	eventually(t, "all took effect", func() bool { return sink.count() >= 200 })
	x.halt(t)
	sink.contiguous(t, 200)
}
