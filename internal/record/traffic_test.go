package record_test

import (
	"slices"
	"testing"

	"oneorder/internal/record"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
)

// Simulated traffic of all corridors, out of order and repeated: every consignment's record is on a corridor, has
// goods and value, and its legs follow one another from its origin to its destination.
func TestTrafficOfAllCorridors(t *testing.T) {
	config := simulator.Defaults()
	config.Chains = 400
	s, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	tb := tables(t)
	builders := make(map[string]*record.Builder)
	for {
		e := new(trade.Event)
		chains, ok := s.Next(e)
		if !ok {
			break
		}
		for _, name := range chains {
			if builders[name] == nil {
				builders[name] = record.NewBuilder(tb)
			}
			builders[name].Add(e)
		}
	}
	seen := make(map[string]int)
	for name, b := range builders {
		c := b.Chain()
		seen[c.Corridor]++
		if !slices.Contains(tb.Corridors(), c.Corridor) {
			t.Errorf("%s: the corridor is %s: %+v", name, c.Corridor, c.Legs)
		}
		if len(c.HS) == 0 || c.Packages == 0 || c.GrossKG == "" || c.ValueUSD == "" {
			t.Errorf("%s: goods are missing: HS %v, %d packages, %s kg, %s USD", name, c.HS, c.Packages, c.GrossKG, c.ValueUSD)
		}
		if len(c.Legs) == 0 || c.Legs[0].From != c.Origin || c.Legs[len(c.Legs)-1].To != c.Destination {
			t.Errorf("%s: from %s to %s by %+v", name, c.Origin, c.Destination, c.Legs)
		}
		for _, m := range []trade.Milestone{trade.Departed, trade.Arrived, trade.ImportCleared, trade.Delivered, trade.Paid} {
			if c.Milestones[m].IsZero() {
				t.Errorf("%s: %s is not reached", name, m)
			}
		}
	}
	for _, id := range tb.Corridors() {
		if seen[id] == 0 {
			t.Errorf("no consignment is on %s", id)
		}
	}
}
