package simulator_test

import (
	"slices"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// The linker moves no event to another chain but those that the rules themselves put there: of every event that arrives, the
// earlier ones that it moves are those that Spec has in other chains with it than without it.
func TestNoEventMovesThatNeedNot(t *testing.T) {
	cfg := troubled(7, 40)
	cfg.PerDay, cfg.Wide = 20, 0 // close together, and a code needs 200 consignments to be wide
	cfg.Late, cfg.Revisions = 10*24*time.Hour, 0.1
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	linker := linkage.New(linkage.Memory{}, 0)
	var messages []linkage.Input
	had := map[trade.EventKey][]string{}
	moved, most := 0, 0
	var e trade.Event
	for len(messages) < 500 {
		if _, ok := s.Next(&e); !ok {
			break
		}
		read, err := wire.Decode(wire.Append(nil, &e))
		if err != nil {
			t.Fatal(err)
		}
		in := linkage.Input{Event: read, Sequence: uint64(len(messages) + 1), Received: s.Arrived(), Digest: wire.Digest(read)} // a count
		messages = append(messages, in)
		changes, err := linker.Apply([]linkage.Input{in})
		if err != nil {
			t.Fatal(err)
		}
		has := map[trade.EventKey][]string{}
		for _, a := range linkage.Spec(messages).Placed {
			has[a.Event] = append(has[a.Event], a.Chain) // sorted by chain
		}
		least := 0
		for key := range has {
			if _, before := had[key]; !before && key != read.Key() {
				had[key] = nil // it waited
			}
		}
		for key, chains := range had {
			if key != read.Key() && !slices.Equal(chains, has[key]) {
				least++
			}
		}
		if changes.Work.Moved != least {
			t.Fatalf("event %d, %s: the linker moves %d events, the rules require %d", len(messages), read.Type, changes.Work.Moved, least)
		}
		moved, most, had = moved+least, max(most, least), has
	}
	t.Logf("%d events moved others %d times, at most %d at once", len(messages), moved, most)
	if moved < 200 || most < 10 {
		t.Error("too little moved for this to show anything")
	}
}
