package conformance

import (
	"slices"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Chains joins events, in this order and as a reader reads them, and gives the chains of each, sorted.
func Chains(t testing.TB, events []*trade.Event) [][]string {
	t.Helper()
	linker := linkage.New(linkage.Memory{}, 0)
	inputs := make([]linkage.Input, len(events))
	for i, e := range events {
		read, err := wire.Decode(wire.Append(nil, e))
		if err != nil {
			t.Fatal(err)
		}
		inputs[i] = linkage.Input{Event: read, Sequence: uint64(i + 1), Received: time.UnixMilli(int64(i + 1)), Digest: wire.Digest(read)}
	}
	changes, err := linker.Apply(inputs)
	if err != nil {
		t.Fatal(err)
	}
	of := make(map[trade.EventKey][]string)
	for _, p := range changes.Placed {
		of[p.Event] = append(of[p.Event], p.Chain)
	}
	chains := make([][]string, len(events))
	for i, e := range events {
		chains[i] = of[e.Key()]
		slices.Sort(chains[i])
	}
	return chains
}
