package simulator_test

import (
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Default traffic is what the rules of joining can decide: the linker finds the truth exactly, in whatever
// order the events arrive. A difference is a fault of one of the two.
func TestTrafficIsJoinedExactly(t *testing.T) {
	usual, wild, dense := simulator.Defaults(), simulator.Defaults(), simulator.Defaults()
	usual.Seed, usual.Chains = 1, 600
	wild.Seed, wild.Chains, wild.Disorder, wild.Late, wild.Repeats = 2, 300, 0.6, 40*24*time.Hour, 0.3
	dense.Seed, dense.Chains, dense.PerDay = 3, 300, 400
	for name, cfg := range map[string]simulator.Config{"usual": usual, "wild": wild, "dense": dense} {
		t.Run(name, func(t *testing.T) {
			score := join(t, cfg)
			t.Log(score)
			if !score.Exact || score.Missing > 0 || score.Precision != 1 || score.Recall != 1 {
				t.Errorf("differs: %+v", score.Differences)
			}
		})
	}
}

// troubled is traffic with everything that makes joining hard.
func troubled(seed uint64, chains int) simulator.Config {
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains, cfg.PerDay = seed, chains, 60
	cfg.Disorder, cfg.Late, cfg.Repeats, cfg.SharedInvoices = 0.3, 60*24*time.Hour, 0.1, 0.1
	cfg.Revisions, cfg.Retractions, cfg.MissingIssuers = 0.03, 0.2, 0.3
	cfg.Groupage, cfg.Splits, cfg.SilentDepots, cfg.QuickReuse, cfg.Wide = 0.1, 0.1, 0.3, 0.3, 0.6
	return cfg
}

func TestTroubledTrafficIsJoined(t *testing.T) {
	score := join(t, troubled(4, 350))
	t.Log(score)
	if score.Precision < 0.9999 || score.Recall < 0.999 {
		t.Errorf("differs: %+v", score.Differences)
	}
}

// Spec joins as Linker does.
func TestTroubledTrafficIsJoinedBySpec(t *testing.T) {
	s, err := simulator.New(troubled(4, 350))
	if err != nil {
		t.Fatal(err)
	}
	var scorer simulator.Scorer
	var messages []linkage.Input
	names := map[trade.EventKey]simulator.Truth{}
	var e trade.Event
	for {
		chains, ok := s.Next(&e)
		if !ok {
			break
		}
		read, err := wire.Decode(wire.Append(nil, &e))
		if err != nil {
			t.Fatal(err)
		}
		told := simulator.Truth{Source: e.Source, ID: e.ID, Chains: chains, Scenario: s.Scenario()}
		names[e.Key()] = told
		if s.Stands() {
			scorer.Truth(told)
		}
		messages = append(messages, linkage.Input{Event: read, Sequence: uint64(len(messages) + 1), Received: s.Arrived(), Digest: wire.Digest(read)}) // a count
	}
	chains := map[trade.EventKey][]string{}
	for _, a := range linkage.Spec(messages).Placed {
		chains[a.Event] = append(chains[a.Event], a.Chain)
	}
	for key, ids := range chains {
		scorer.Joined(simulator.Truth{Source: names[key].Source, ID: names[key].ID, Chains: ids})
	}
	score := scorer.Score()
	t.Logf("%v %+v", score, score.Scenarios)
	if score.Precision < 0.9999 || score.Recall < 0.999 {
		t.Errorf("differs: %+v", score.Differences)
	}
}

// join links the traffic of a run, as read back from its text, and scores what comes of it.
func join(t *testing.T, cfg simulator.Config) simulator.Score {
	t.Helper()
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var scorer simulator.Scorer
	store := linkage.Memory{}
	linker := linkage.New(store, 0)
	chains := map[trade.EventKey]map[string]bool{}
	events := map[trade.EventKey]simulator.Truth{}
	var batch []linkage.Input
	flush := func() {
		changes, err := linker.Apply(batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range changes.Withdrawn {
			delete(chains[w.Event], w.Chain)
		}
		for _, p := range changes.Placed {
			if chains[p.Event] == nil {
				chains[p.Event] = map[string]bool{}
			}
			chains[p.Event][p.Chain] = true
		}
		if err := linker.Flush(store); err != nil {
			t.Fatal(err)
		}
		batch = batch[:0]
	}
	var e trade.Event
	for sequence := uint64(1); ; sequence++ {
		names, ok := s.Next(&e)
		if !ok {
			break
		}
		read, err := wire.Decode(wire.Append(nil, &e))
		if err != nil {
			t.Fatal(err)
		}
		truth := simulator.Truth{Source: e.Source, ID: e.ID, Chains: names}
		if s.Stands() {
			scorer.Truth(truth)
		}
		events[e.Key()] = truth
		batch = append(batch, linkage.Input{Event: read, Sequence: sequence, Received: s.Arrived(), Digest: wire.Digest(read)})
		if len(batch) == 250 {
			flush()
		}
	}
	flush()
	for key, ids := range chains {
		if len(ids) == 0 {
			continue // taken back, or waiting
		}
		joined := simulator.Truth{Source: events[key].Source, ID: events[key].ID}
		for id := range ids {
			joined.Chains = append(joined.Chains, id)
		}
		scorer.Joined(joined)
	}
	return scorer.Score()
}
