package bench

import (
	"crypto/sha256"
	"runtime"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/state"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// source gives simulated traffic batch by batch, so that it takes no memory worth the name.
type source struct {
	sim      *simulator.Simulator
	sequence uint64
	decoders []wire.Decoder
	events   []trade.Event
	lines    [][]byte
	inputs   []linkage.Input
}

func newSource(tb testing.TB, events, perDay int) *source {
	tb.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains = 1, min(events/20+100, simulator.MaxChains)
	cfg.PerDay = perDay
	sim, err := simulator.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return &source{sim: sim}
}

// next gives the next batch of n events. It is good until the next call.
func (s *source) next(tb testing.TB, n int) []linkage.Input {
	tb.Helper()
	for len(s.events) < n {
		s.events, s.decoders, s.lines = append(s.events, trade.Event{}), append(s.decoders, wire.Decoder{}), append(s.lines, nil)
	}
	s.inputs = s.inputs[:0]
	var e trade.Event
	for i := range n {
		if _, ok := s.sim.Next(&e); !ok {
			tb.Fatalf("the simulator ended after %d events", s.sequence)
		}
		s.sequence++
		s.lines[i] = wire.Append(s.lines[i][:0], &e)
		if err := s.decoders[i].Decode(s.lines[i], &s.events[i]); err != nil {
			tb.Fatal(err)
		}
		s.inputs = append(s.inputs, linkage.Input{
			Event: &s.events[i], Sequence: s.sequence, Received: s.sim.Arrived(), Digest: sha256.Sum256(s.lines[i]),
		})
	}
	return s.inputs
}

// cpu gives the CPU time that this thread has used.
func cpu() time.Duration {
	var u syscall.Rusage
	const thread = 1 // RUSAGE_THREAD
	if err := syscall.Getrusage(thread, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// process gives the CPU time that the process has used, and the most memory that it had resident.
func process() (time.Duration, int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10
}

func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// BenchmarkState joins b.N events with the state in Pebble, and says whether that gets slower as the state
// grows, what memory it takes and how fast it starts again.
//
//	go test -run - -bench State -benchtime 10000000x ./bench
func BenchmarkState(b *testing.B) {
	const batch, save = 5000, 8 // events in a batch, batches until the state is saved
	const begun = 170           // consignments that begin per day: some 10,000 are on their way
	if b.N < batch {
		return // the testing package tries with one event first
	}
	folder := b.TempDir()
	store, err := state.Open(folder, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	traffic := newSource(b, b.N, begun)
	linker := linkage.New(store, 0)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var spent []time.Duration // CPU of each batch, of this thread
	var apply, flush time.Duration
	placed := 0
	for done := 0; done+batch <= b.N; done += batch {
		inputs := traffic.next(b, batch)
		from := cpu()
		changes, err := linker.Apply(inputs)
		if err != nil {
			b.Fatal(err)
		}
		mid := cpu()
		placed += len(changes.Placed)
		if done/batch%save == save-1 {
			w := store.Begin()
			if err := linker.Flush(w); err != nil {
				b.Fatal(err)
			}
			if err := w.Commit(traffic.sequence, 1); err != nil {
				b.Fatal(err)
			}
		}
		to := cpu()
		apply += mid - from
		flush += to - mid
		spent = append(spent, to-from)
		if done/batch%40 == 39 {
			b.Logf("%d events: %.1f µs an event, %d MB live", done+batch, perEvent(spent[len(spent)-40:], batch), live()>>20)
		}
	}
	total, rss := process()
	tenth := max(1, len(spent)/10)
	first, last := spent[tenth:2*tenth], spent[len(spent)-tenth:]
	b.ReportMetric(perEvent(first, batch), "first-µs/event")
	b.ReportMetric(perEvent(last, batch), "last-µs/event")
	b.ReportMetric(float64(apply.Nanoseconds())/1e3/float64(b.N), "apply-µs/event")
	b.ReportMetric(float64(flush.Nanoseconds())/1e3/float64(b.N), "flush-µs/event")
	b.ReportMetric(float64(total.Nanoseconds())/1e3/float64(b.N), "process-µs/event")
	b.ReportMetric(float64(rss>>20), "MB")
	b.ReportMetric(float64(placed)/float64(b.N), "placed/event")
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	opening := time.Now()
	store, err = state.Open(folder, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	linker = linkage.New(store, 0)
	if _, err := linker.Apply(traffic.next(b, 100)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(opening).Milliseconds()), "restart-ms")
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
}

func perEvent(spent []time.Duration, batch int) float64 {
	total := time.Duration(0)
	for _, d := range spent {
		total += d
	}
	return float64(total.Nanoseconds()) / 1e3 / float64(len(spent)*batch)
}
