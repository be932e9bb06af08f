package warehouse

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"oneorder/internal/trade"
)

const blockRows = 20_000

type sample struct {
	event trade.Event
	row   EventRow
}

// samples are a block of events as a stream brings them: consignments interleaved, times over two months, 600
// bytes of JSON each.
func samples(seed uint64) []sample {
	r := rand.New(rand.NewPCG(seed, 1))
	types := trade.Types()
	all := make([]sample, blockRows)
	for i := range all {
		chain := r.IntN(blockRows / 10)
		org := fmt.Sprintf("org-%d", r.IntN(60))
		number := fmt.Sprintf("SITGCKSG%07d", int(seed)*10_000+chain)
		container := fmt.Sprintf("SITU%07d", 9_000_000+chain)
		happened := at("2026-06-01T00:00:00Z").Add(time.Duration(r.IntN(60*24*60*60)) * time.Second)
		e := trade.Event{
			SpecVersion: trade.SpecVersion, ID: fmt.Sprintf("%08x-%04x-%04x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<16)),
			Source: trade.SourcePrefix + org, Type: types[r.IntN(len(types))], Time: happened, Recorded: happened.Add(5 * time.Minute),
			Data: &trade.Data{
				Classifier: trade.Actual,
				References: []trade.Reference{{Kind: trade.BL, Value: number, Issuer: "SITC"}, {Kind: trade.Booking, Value: "BK" + number[8:], Issuer: "SITC"}},
				Equipment:  []trade.Equipment{{Kind: trade.Container, Number: container}},
				Transport:  trade.Transport{Mode: trade.Sea, Carrier: "SITC", Conveyance: fmt.Sprint(9_793_000 + r.IntN(300)), Voyage: fmt.Sprintf("26%02dS", r.IntN(50))},
				Place:      trade.Place{UNLOCODE: []string{"CNCKG", "CNQZH", "SGSIN", "CNSHA"}[r.IntN(4)]},
			},
		}
		if e.Type.Domain() == trade.DomainFinance {
			e.Data.Amount = trade.Money{Amount: trade.DecimalOf(r.Int64N(1e10)), Currency: "USD"}
		}
		payload := fmt.Appendf(nil, `{"data":{"classifier":"ACT","equipment":[{"iso_type":"45G1","kind":"container","number":%q,"seal":"CN%06d","state":"laden"}],`+
			`"parties":[{"country":"CN","id":{"kind":"uscc","value":"91500000MA%08d"},"name":"Chongqing Trading %d","role":"shipper"}],`+
			`"place":{"facility":"%sQZP","name":"Port","unlocode":%q},"references":[{"issuer":"SITC","kind":"bl","value":%q},{"issuer":"SITC","kind":"booking","value":"BK%s"}],`+
			`"transport":{"carrier":"SITC","conveyance":%q,"from":"CNQZH","mode":"sea","to":"SGSIN","voyage":%q}},"id":%q,"recorded":%q,"source":%q,"specversion":"1.0","time":%q,"type":%q}`,
			container, r.IntN(1e6), r.IntN(1e8), r.IntN(500), e.Data.Place.UNLOCODE, e.Data.Place.UNLOCODE, number, number[8:], e.Data.Transport.Conveyance,
			e.Data.Transport.Voyage, e.ID, e.Recorded.Format(time.RFC3339), e.Source, e.Time.Format(time.RFC3339), e.Type)
		all[i] = sample{e, EventRow{
			Key: e.Key(), Digest: sha256.Sum256(payload), Org: org, Country: e.Data.Place.UNLOCODE[:2], Payload: payload,
			Version: seed<<20 | uint64(i),
		}}
	}
	return all
}

// perRow runs the benchmark's body and reports rows a second and, since wall time depends on what else runs,
// the processor time that this process spent on a row.
func perRow(b *testing.B, rows int, body func()) {
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		body()
		n++
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(spent)/float64(rows)/float64(n), "cpu-ns/row")
	b.ReportMetric(float64(rows)*float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkAppendEvents(b *testing.B) {
	all := samples(1)
	block := NewEvents()
	b.ReportAllocs()
	perRow(b, blockRows, func() {
		block.Reset()
		for i := range all {
			block.Append(&all[i].event, &all[i].row)
		}
	})
}

func BenchmarkAppendBare(b *testing.B) {
	all := samples(1)
	block := NewBare()
	b.ReportAllocs()
	perRow(b, blockRows, func() {
		block.Reset()
		for i := range all {
			block.Append(&all[i].event, &all[i].row)
		}
	})
}

func BenchmarkAppendChains(b *testing.B) {
	c := whole(chainA)
	block := NewChains()
	b.ReportAllocs()
	perRow(b, blockRows, func() {
		block.Reset()
		for range blockRows {
			block.Append(c)
		}
	})
}

// benchmarkInsert inserts different blocks in turn, each under a token of its own.
func benchmarkInsert(b *testing.B, w *Warehouse, rows int, blocks []Block) {
	n := 0
	perRow(b, rows, func() {
		if err := w.Insert(b.Context(), fmt.Sprint(n), blocks[n%len(blocks)]); err != nil {
			b.Fatal(err)
		}
		n++
	})
}

func BenchmarkInsertEvents(b *testing.B) {
	w := migrated(b)
	var blocks []Block
	for seed := range uint64(4) {
		block := NewEvents()
		for _, s := range samples(seed + 1) {
			block.Append(&s.event, &s.row)
		}
		blocks = append(blocks, block)
	}
	benchmarkInsert(b, w, blockRows, blocks)
}

// BenchmarkInsertFew is the latency of an insert of a hundred rows, which batches at a low rate have.
func BenchmarkInsertFew(b *testing.B) {
	w := migrated(b)
	var blocks []Block
	for i := range 16 {
		blocks = append(blocks, eventsOf(i*100, 100))
	}
	benchmarkInsert(b, w, 100, blocks)
}

func BenchmarkInsertBare(b *testing.B) {
	w := migrated(b)
	if err := w.CreateBare(b.Context()); err != nil {
		b.Fatal(err)
	}
	var blocks []Block
	for seed := range uint64(4) {
		block := NewBare()
		for _, s := range samples(seed + 1) {
			block.Append(&s.event, &s.row)
		}
		blocks = append(blocks, block)
	}
	benchmarkInsert(b, w, blockRows, blocks)
}

// chainBlocks are what a batch of events changes: chains, their events and numbers, in the proportions of the
// usual traffic: 30 events and 10 numbers a chain, and of each chain a few events a batch.
func chainBlocks(version uint64) (chains *Chains, members *ChainEvents, numbers *ChainReferences) {
	chains, members, numbers = NewChains(), NewChainEvents(), NewChainReferences()
	const each = 5
	for i := range blockRows / each {
		c := whole(fmt.Sprintf("%016X", i))
		c.Version = version
		chains.Append(c)
		for j := range each {
			key := trade.KeyOf(c.ID, fmt.Sprint(version, j))
			members.Append(&ChainEventRow{
				Attribution: trade.Attribution{Event: key, Chain: c.ID, Rule: trade.ByReference, Via: "bl:SITGCKSG026001@SITC", By: key},
				FoundedOn:   c.FoundedOn, Type: trade.Types()[j], OccurredAt: c.LastEvent, Version: version,
			})
		}
		numbers.Append(&ChainReferenceRow{
			Reference: trade.Reference{Kind: trade.BL, Value: fmt.Sprintf("SITG%09d", i), Issuer: "SITC"}, Chain: c.ID, FoundedOn: c.FoundedOn, Version: version,
		})
	}
	return chains, members, numbers
}

func BenchmarkInsertChains(b *testing.B) {
	for name, pick := range map[string]func(*Chains, *ChainEvents, *ChainReferences) Block{
		"chains":           func(c *Chains, _ *ChainEvents, _ *ChainReferences) Block { return c },
		"chain_events":     func(_ *Chains, m *ChainEvents, _ *ChainReferences) Block { return m },
		"chain_references": func(_ *Chains, _ *ChainEvents, n *ChainReferences) Block { return n },
	} {
		b.Run(name, func(b *testing.B) {
			w := migrated(b)
			var blocks []Block
			rows := 0
			for version := range uint64(4) {
				block := pick(chainBlocks(version))
				rows = block.Len()
				blocks = append(blocks, block)
			}
			benchmarkInsert(b, w, rows, blocks)
		})
	}
}
