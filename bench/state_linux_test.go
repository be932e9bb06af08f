package bench

import (
	"crypto/sha256"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/state"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// copies gives traffic without end that takes no time worth the name to make: three quarters of the events of some
// simulated consignments, so that a chain has about ten, and then the same again and again under other numbers. One event in twenty comes
// late, when some 400,000 others have come since, as a payment does: it finds its consignment on the disk.
type copies struct {
	template []*trade.Event
	chains   int // that the template makes
	at, copy int
	sequence uint64
	held     []trade.Event // the late ones
	dice     *rand.Rand
	inputs   []linkage.Input
}

const mostHeld = 20_000

func newCopies(tb testing.TB) *copies {
	tb.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains, cfg.Repeats = 1, 600, 0
	sim, err := simulator.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	c := &copies{dice: rand.New(rand.NewPCG(1, 2))}
	var e trade.Event
	for i := 0; ; i++ {
		if _, ok := sim.Next(&e); !ok {
			break
		}
		if i%4 == 0 {
			continue
		}
		decoded, err := wire.Decode(wire.Append(nil, &e))
		if err != nil {
			tb.Fatal(err)
		}
		d := decoded.Data
		d.Parties, d.Goods, d.Detail = nil, nil, nil // joining asks for none of that
		c.template = append(c.template, decoded)
	}
	linker := linkage.New(linkage.Memory{}, 0)
	ids := make(map[string]bool)
	inputs := c.next(len(c.template))
	changes, err := linker.Apply(inputs)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range changes.Chains {
		ids[changes.Chains[i].ID] = true
	}
	return &copies{template: c.template, chains: len(ids), dice: c.dice}
}

// next gives the next n events. They are good until the next call.
func (c *copies) next(n int) []linkage.Input {
	c.inputs = c.inputs[:0]
	for len(c.inputs) < n {
		e := c.event()
		if c.dice.IntN(20) == 0 {
			c.held = append(c.held, e)
			if len(c.held) <= mostHeld {
				continue
			}
			i := c.dice.IntN(len(c.held))
			e, c.held[i] = c.held[i], c.held[len(c.held)-1]
			c.held = c.held[:len(c.held)-1]
		}
		c.sequence++
		c.inputs = append(c.inputs, linkage.Input{
			Event: &e, Sequence: c.sequence, Received: e.Time, Digest: sha256.Sum256([]byte(e.ID)),
		})
	}
	return c.inputs
}

// event gives the next event of the copy at hand.
func (c *copies) event() trade.Event {
	if c.at == len(c.template) {
		c.at, c.copy = 0, c.copy+1
	}
	of := c.template[c.at]
	c.at++
	mark := strconv.FormatInt(int64(c.copy), 36)
	e, d := *of, *of.Data
	e.ID += mark
	d.References, d.Covers, d.Replaces = marked(d.References, mark), marked(d.Covers, mark), marked(d.Replaces, mark)
	d.Equipment = slices.Clone(d.Equipment)
	for i := range d.Equipment {
		d.Equipment[i].Number += mark
	}
	move := func(list []string) []string {
		out := make([]string, len(list))
		for i := range list {
			out[i] = list[i] + mark
		}
		return out
	}
	d.Transfer.From, d.Transfer.To = move(d.Transfer.From), move(d.Transfer.To)
	if d.Transport.Conveyance != "" {
		d.Transport.Conveyance += mark
	}
	e.Data = &d
	return e
}

func marked(list []trade.Reference, mark string) []trade.Reference {
	out := slices.Clone(list)
	for i := range out {
		out[i].Value += mark
	}
	return out
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

// BenchmarkState joins b.N events with the state in Pebble, ten of them a consignment, and says whether that gets slower as
// the state grows, what memory it takes and how fast it starts again. The memory is that of the process, held to what a chain in
// a process of its own is.
//
//	CGO_ENABLED=0 go test -run - -bench State -benchtime 10000000x -timeout 2h ./bench
func BenchmarkState(b *testing.B) {
	const batch, save = 5000, 8   // events in a batch, batches until the state is saved
	const linkerBytes = 96 << 20  // as services/chain
	const memoryLimit = 700 << 20 // as cmd/oneorder
	if b.N < 20*batch {
		return // the testing package tries with one event first
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	folder := b.TempDir()
	store, err := state.Open(folder, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	traffic := newCopies(b)
	linker := linkage.New(store, linkerBytes)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var tenths [10]struct{ thread, process time.Duration }
	events := 0
	each := b.N / 10 / batch
	for i := range tenths {
		whole, _ := process()
		for n := range each {
			inputs := traffic.next(batch)
			from := cpu()
			if _, err := linker.Apply(inputs); err != nil {
				b.Fatal(err)
			}
			if (i*each+n)%save == save-1 {
				saveState(b, store, linker, traffic.sequence)
			}
			tenths[i].thread += cpu() - from
			events += batch
		}
		now, rss := process()
		tenths[i].process = now - whole
		b.Logf("%d events: joining %.1f µs an event, the whole process %.1f; %d MB live, %d MB resident at most",
			events, perEvent(tenths[i].thread, each*batch), perEvent(tenths[i].process, each*batch), live()>>20, rss>>20)
	}
	saveState(b, store, linker, traffic.sequence)
	_, rss := process()
	first, last := tenths[0], tenths[len(tenths)-1]
	b.ReportMetric(perEvent(first.thread, each*batch), "first-µs/event")
	b.ReportMetric(perEvent(last.thread, each*batch), "last-µs/event")
	b.ReportMetric(float64(first.thread)/float64(last.thread), "last/first-rate")
	b.ReportMetric(perEvent(first.process, each*batch), "first-process-µs/event")
	b.ReportMetric(perEvent(last.process, each*batch), "last-process-µs/event")
	b.ReportMetric(float64(rss>>20), "MB")
	b.ReportMetric(float64(traffic.chains*traffic.copy), "chains")
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	opening := time.Now()
	store, err = state.Open(folder, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	linker = linkage.New(store, linkerBytes)
	if _, err := linker.Apply(traffic.next(100)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(opening).Milliseconds()), "restart-ms")
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
}

func saveState(b *testing.B, store *state.Store, linker *linkage.Linker, sequence uint64) {
	b.Helper()
	w := store.Begin()
	if err := linker.Flush(w); err != nil {
		b.Fatal(err)
	}
	if err := w.Commit(sequence, 1); err != nil {
		b.Fatal(err)
	}
}

func perEvent(spent time.Duration, events int) float64 {
	return float64(spent.Nanoseconds()) / 1e3 / float64(events)
}
