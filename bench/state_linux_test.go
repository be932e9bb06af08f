package bench

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
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
// simulated consignments, so that a chain has about ten, and then the same again and again under other numbers. One event in twenty is
// held back: nine in ten of these come when some 400,000 others have come since, as a payment does, the tenth at any time in
// as many events as the state begins with, so that its consignment may be as old as any.
type copies struct {
	template  []*trade.Event
	held      [variants][]class // of the template's events; copies differ in which are held back
	at        place
	sequence  uint64
	late, old pool
	dice      *rand.Rand
	inputs    []linkage.Input
}

const (
	variants = 8
	mostLate = 18_000 // then one comes for each that is held back: after 400,000 events
)

// class says when an event comes: in its turn, late, or very late.
type class byte

const (
	inTurn class = iota
	isLate
	isOld
)

// place is an event: one of the template, in one of its copies.
type place struct{ copy, at int32 }

// pool is what was held back. Of more than most, one comes, whichever.
type pool struct {
	places []place
	most   int
}

// swap holds back an event and says which comes instead, if one does.
func (h *pool) swap(p place, dice *rand.Rand) (place, bool) {
	h.places = append(h.places, p)
	last := len(h.places) - 1
	if last < h.most {
		return p, false
	}
	i := dice.IntN(len(h.places))
	p, h.places[i] = h.places[i], h.places[last]
	h.places = h.places[:last]
	return p, true
}

// newCopies gives the traffic from its first event on.
func newCopies(tb testing.TB) *copies {
	tb.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains, cfg.Repeats = 1, 600, 0
	sim, err := simulator.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	c := &copies{dice: rand.New(rand.NewPCG(1, 2)), late: pool{most: mostLate}, old: pool{most: mostLate / 9}}
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
	for v := range c.held {
		c.held[v] = make([]class, len(c.template))
		for i := range c.held[v] {
			switch c.dice.IntN(200) {
			case 0:
				c.held[v][i] = isOld
			case 1, 2, 3, 4, 5, 6, 7, 8, 9:
				c.held[v][i] = isLate
			}
		}
	}
	return c
}

// next gives the next n events. They are good until the next call.
func (c *copies) next(n int) []linkage.Input {
	c.inputs = c.inputs[:0]
	for len(c.inputs) < n {
		p, come := c.at, true
		if c.at.at++; int(c.at.at) == len(c.template) {
			c.at = place{copy: c.at.copy + 1}
		}
		switch c.held[p.copy%variants][p.at] {
		case inTurn:
		case isLate:
			p, come = c.late.swap(p, c.dice)
		case isOld:
			p, come = c.old.swap(p, c.dice)
		}
		if come {
			c.sequence++
			c.inputs = append(c.inputs, input(c.event(p, mark(p.copy)), c.sequence))
		}
	}
	return c.inputs
}

func input(e trade.Event, sequence uint64) linkage.Input {
	return linkage.Input{Event: &e, Sequence: sequence, Received: e.Time, Digest: sha256.Sum256([]byte(e.ID))}
}

// mark is what tells the numbers of a copy from those of the others. All marks are of one length, in the order of the copies.
func mark(of int32) string {
	s := strings.ToUpper(strconv.FormatInt(int64(of), 36))
	return "0000"[len(s):] + s
}

// event makes an event of a copy.
func (c *copies) event(p place, mark string) trade.Event {
	of := c.template[p.at]
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

// forgetPeak has peak count from now on.
func forgetPeak(b *testing.B) {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		b.Fatal(err)
	}
}

// peak gives the most memory that the process had resident, in MB.
func peak(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(after, "kB")
	kb, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		b.Fatal(err)
	}
	return kb >> 10
}

func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

const (
	batch       = 5000      // events
	save        = 8         // batches until the state is saved
	warm        = 500_000   // events that a state joins before it is compared; by then as many are late as will be
	compared    = 400_000   // events that each state joins while it is
	linkerBytes = 96 << 20  // as services/chain
	memoryLimit = 700 << 20 // as cmd/oneorder
)

var stateFolder = flag.String("state.dir", "", "keep the state that BenchmarkState begins with in this folder, and take the one that is in it")

// BenchmarkState joins events with a state of b.N events in Pebble, ten of them a consignment, and says what memory that takes, how fast it
// starts again, and how much slower it is than with a state at its start: a second one, which has no more than the events that late
// ones are late by, joins the same traffic in turn with it, batch by batch. Until the second one is there, the memory is
// that of a chain in a process of its own.
//
//	CGO_ENABLED=0 go test -run - -bench State -benchtime 10000000x -timeout 2h ./bench -state.dir /somewhere
func BenchmarkState(b *testing.B) {
	if b.N < warm {
		return // the testing package tries with one event first
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	end := &joining{traffic: newCopies(b)}
	folder, chains := end.traffic.seed(b)
	b.ReportMetric(float64(chains), "chains")
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	forgetPeak(b)
	opening := time.Now()
	end.open(b, folder)
	if _, err := end.linker.Apply(end.traffic.next(100)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(opening).Milliseconds()), "restart-ms")
	end.join(b, warm/batch)
	b.ReportMetric(float64(peak(b)), "MB")
	b.Logf("a state of %d events: %.1f µs of the process an event; %d MB live", b.N, perEvent(end.whole, warm), live()>>20)

	debug.SetMemoryLimit(2 * memoryLimit)
	start := &joining{traffic: newCopies(b)}
	start.open(b, b.TempDir())
	start.join(b, warm/batch)
	b.Logf("a state at its start: %.1f µs of the process an event", perEvent(start.whole, warm))

	start.thread, end.thread = 0, 0
	for i := range compared / batch {
		start.join(b, 1)
		end.join(b, 1)
		if n := (i + 1) * batch; n%(compared/4) == 0 {
			b.Logf("%d events more: joining %.1f µs at the start, %.1f at the end", n, perEvent(start.thread, n), perEvent(end.thread, n))
		}
	}
	b.ReportMetric(perEvent(start.thread, compared), "start-µs/event")
	b.ReportMetric(perEvent(end.thread, compared), "end-µs/event")
	b.ReportMetric(float64(start.thread)/float64(end.thread), "end/start-rate")
	for _, j := range [...]*joining{start, end} {
		if err := j.store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// seed gives a folder with a state of b.N events, and how many chains that has. The traffic goes on from there. A copy is joined once for
// each variant, and what was stored is written again and again under other numbers.
func (c *copies) seed(b *testing.B) (folder string, chains int) {
	b.Helper()
	kept := *stateFolder
	if kept == "" {
		kept = b.TempDir()
	}
	store, err := state.Open(kept, state.Options{RecentBytes: 32 << 20})
	if err != nil {
		b.Fatal(err)
	}
	var moulds [variants]mould
	for v := range moulds {
		moulds[v] = c.mould(b, v)
	}
	have, _ := store.Applied()
	began := time.Now()
	for c.sequence < uint64(b.N) {
		p := &moulds[c.at.copy%variants]
		c.sequence += uint64(p.events)
		chains += len(p.founders)
		if c.sequence > have {
			w := store.Begin()
			if err := p.write(w, c, c.at.copy); err != nil {
				b.Fatal(err)
			}
			if err := w.Commit(c.sequence, 1); err != nil {
				b.Fatal(err)
			}
		}
		if c.at.copy++; c.at.copy%200 == 0 {
			b.Logf("%d events made, %v", c.sequence, time.Since(began).Round(time.Second))
		}
	}
	if have, _ := store.Applied(); have != c.sequence {
		b.Fatalf("the state in %s has %d events, not %d", kept, have, c.sequence)
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	c.holdBack()
	return copied(b, kept), chains
}

// holdBack fills the pools as they are after all the copies that the state has: it has none of what is held back. Of the late events those
// of long ago are there less and less likely, of the old all are.
func (c *copies) holdBack() {
	late := float64(mostLate) / 9 * 10 * 20 / float64(len(c.template)) // copies that they are late by
	for of := range c.at.copy {
		likely := math.Exp(-float64(c.at.copy-of) / late)
		for i, class := range c.held[of%variants] {
			p := place{of, int32(i)}
			switch {
			case class == isOld:
				c.old.places = append(c.old.places, p)
			case class == isLate && c.dice.Float64() < likely:
				c.late.places = append(c.late.places, p)
			}
		}
	}
	c.late.most, c.old.most = len(c.late.places), len(c.old.places)
}

// mould is what the state has of one copy, to be written under the numbers of others.
type mould struct {
	events   int
	founders []trade.Reference // the numbers that the ids of its chains are made of
	nodes    []node
}

type node struct{ key, value []part }

// part is bytes as they stand, and what follows them: it is another thing in each copy.
type part struct {
	plain string
	what  what
	of    int // which event or chain
}

type what byte

const (
	nothing what = iota
	theMark
	theKey    // of an event
	theDigest // of an event
	theChain
)

// placeholder stands for a mark.
const placeholder = "QZXJ"

// mould joins what the state is to have of a copy.
func (c *copies) mould(b *testing.B, variant int) mould {
	b.Helper()
	var p mould
	store := linkage.Memory{}
	linker := linkage.New(store, 0)
	find := map[string]part{placeholder: {what: theMark}}
	var inputs []linkage.Input
	for i := range c.template {
		if c.held[variant][i] != inTurn {
			continue
		}
		in := input(c.event(place{at: int32(i)}, placeholder), uint64(i)+1)
		key := in.Event.Key()
		find[string(key[:])] = part{what: theKey, of: i}
		find[string(in.Digest[:])] = part{what: theDigest, of: i}
		inputs = append(inputs, in)
	}
	changes, err := linker.Apply(inputs)
	if err == nil {
		err = linker.Flush(store)
	}
	if err != nil {
		b.Fatal(err)
	}
	ids := make(map[string]trade.Reference)
	for key := range store {
		if number := strings.Split(key[1:], "\x00"); key[0] == 'n' && len(number) == 3 {
			r := trade.Reference{Kind: trade.Kind(number[0]), Value: number[1], Issuer: number[2]}
			ids[linkage.ChainID(r)] = r
		}
	}
	for i := range changes.Chains {
		id := changes.Chains[i].ID
		find[id] = part{what: theChain, of: len(p.founders)}
		p.founders = append(p.founders, ids[id])
	}
	p.events = len(inputs)
	pieces := newPieces(find)
	for key, value := range store {
		p.nodes = append(p.nodes, node{pieces.cut(key), pieces.cut(string(value))})
	}
	return p
}

// pieces is what to look for in what is stored.
type pieces struct {
	find    map[string]part
	lengths []int
	begin   [1 << 16]bool // two bytes that one of them begins with
}

func newPieces(find map[string]part) *pieces {
	p := &pieces{find: find}
	for text := range find {
		p.begin[int(text[0])<<8|int(text[1])] = true
		if !slices.Contains(p.lengths, len(text)) {
			p.lengths = append(p.lengths, len(text))
		}
	}
	return p
}

// cut cuts a text before and after each piece.
func (p *pieces) cut(text string) []part {
	var parts []part
	from := 0
	for i := 0; i+1 < len(text); {
		next := i + 1
		if p.begin[int(text[i])<<8|int(text[i+1])] {
			for _, n := range p.lengths {
				if i+n > len(text) {
					continue
				}
				if found, ok := p.find[text[i:i+n]]; ok {
					found.plain = text[from:i]
					parts = append(parts, found)
					from, next = i+n, i+n
					break
				}
			}
		}
		i = next
	}
	return append(parts, part{plain: text[from:]})
}

// write writes what is stored of another copy.
func (p *mould) write(w *state.Batch, c *copies, of int32) error {
	m := mark(of)
	keys, digests := make([]trade.EventKey, len(c.template)), make([][32]byte, len(c.template))
	for i, e := range c.template {
		id := e.ID + m
		keys[i], digests[i] = trade.KeyOf(e.Source, id), sha256.Sum256([]byte(id))
	}
	ids := make([]string, len(p.founders))
	for i, r := range p.founders {
		r.Value = strings.TrimSuffix(r.Value, placeholder) + m
		ids[i] = linkage.ChainID(r)
	}
	fill := func(to []byte, parts []part) []byte {
		for i := 0; i < len(parts); i++ {
			x := &parts[i]
			to = append(to, x.plain...)
			switch x.what {
			case nothing:
			case theMark:
				to = append(to, m...)
			case theDigest:
				to = append(to, digests[x.of][:]...)
			case theChain:
				to = append(to, ids[x.of]...)
			case theKey:
				run := []trade.EventKey{keys[x.of]} // what stands side by side is sorted
				for ; parts[i+1].what == theKey && parts[i+1].plain == ""; i++ {
					run = append(run, keys[parts[i+1].of])
				}
				slices.SortFunc(run, func(a, b trade.EventKey) int { return bytes.Compare(a[:], b[:]) })
				for _, key := range run {
					to = append(to, key[:]...)
				}
			}
		}
		return to
	}
	var key, value []byte
	for _, n := range p.nodes {
		key, value = fill(key[:0], n.key), fill(value[:0], n.value)
		if err := w.Set(key, value); err != nil {
			return err
		}
	}
	return nil
}

// copied gives a folder with the same state. Its tables are never changed, so they are shared.
func copied(b *testing.B, kept string) string {
	b.Helper()
	folder := b.TempDir()
	entries, err := os.ReadDir(kept)
	if err != nil {
		b.Fatal(err)
	}
	for _, entry := range entries {
		from, to := filepath.Join(kept, entry.Name()), filepath.Join(folder, entry.Name())
		if filepath.Ext(from) == ".sst" && os.Link(from, to) == nil {
			continue
		}
		content, err := os.ReadFile(from)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(to, content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return folder
}

// joining is a state with the traffic that it joins.
type joining struct {
	traffic       *copies
	store         *state.Store
	linker        *linkage.Linker
	batches       int
	thread, whole time.Duration // processor time of the joining thread, and of the process
}

func (j *joining) open(b *testing.B, folder string) {
	b.Helper()
	var err error
	if j.store, err = state.Open(folder, state.Options{}); err != nil {
		b.Fatal(err)
	}
	j.linker = linkage.New(j.store, linkerBytes)
}

// join joins some batches more.
func (j *joining) join(b *testing.B, batches int) {
	b.Helper()
	whole, _ := process()
	for range batches {
		inputs := j.traffic.next(batch)
		from := cpu()
		if _, err := j.linker.Apply(inputs); err != nil {
			b.Fatal(err)
		}
		if j.batches++; j.batches%save == 0 {
			saveState(b, j.store, j.linker, j.traffic.sequence)
		}
		j.thread += cpu() - from
	}
	now, _ := process()
	j.whole += now - whole
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
