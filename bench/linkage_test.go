// Package bench holds the benchmarks of parts. `oneorder bench` measures the whole.
package bench

import (
	"crypto/sha256"
	"testing"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// traffic gives n events as the stream would bring them.
func traffic(tb testing.TB, n int) []linkage.Input {
	tb.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains = 1, n/20+100
	cfg.PerDay = max(cfg.PerDay, cfg.Chains/300)
	sim, err := simulator.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	inputs := make([]linkage.Input, 0, n)
	for len(inputs) < n {
		var e trade.Event
		if _, ok := sim.Next(&e); !ok {
			tb.Fatalf("the simulator ended after %d events", len(inputs))
		}
		line := wire.Append(nil, &e)
		decoded, err := wire.Decode(line)
		if err != nil {
			tb.Fatal(err)
		}
		inputs = append(inputs, linkage.Input{
			Event: decoded, Sequence: uint64(len(inputs) + 1), Received: sim.Arrived(), Digest: sha256.Sum256(line),
		})
	}
	return inputs
}

// BenchmarkLink is the cost of joining an event, in memory, in batches of 5,000.
func BenchmarkLink(b *testing.B) {
	const batch = 5000
	inputs := traffic(b, 200_000)
	b.ReportAllocs()
	b.ResetTimer()
	var linker *linkage.Linker
	var store linkage.Memory
	at, placed := 0, 0
	for done := 0; done < b.N; {
		if linker == nil || at+batch > len(inputs) {
			store = linkage.Memory{}
			linker, at = linkage.New(store, 0), 0
		}
		n := min(batch, b.N-done)
		changes, err := linker.Apply(inputs[at : at+n])
		if err != nil {
			b.Fatal(err)
		}
		if err := linker.Flush(store); err != nil {
			b.Fatal(err)
		}
		placed += len(changes.Placed)
		at, done = at+n, done+n
	}
	b.ReportMetric(float64(placed)/float64(b.N), "placed/event")
}
