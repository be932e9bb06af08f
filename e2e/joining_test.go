package e2e

import (
	"crypto/sha256"
	"testing"

	"oneorder/internal/linkage"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// TestJoiningEqualsTruth links the simulator's traffic in memory, in batches, and compares the chains with
// the truth. The size of the batches must not matter.
func TestJoiningEqualsTruth(t *testing.T) {
	for seed, batch := range map[uint64]int{1: 997, 2: 50, 3: 10_000} {
		score := join(t, seed, 400, batch)
		if !score.Exact {
			t.Errorf("seed %d, batches of %d: %s\n%+v", seed, batch, score, score.Differences)
		}
	}
}

func join(t *testing.T, seed uint64, chains, batch int) simulator.Score {
	t.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains = seed, chains
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	j := joiner{store: linkage.Memory{}, names: make(map[trade.EventKey]trade.Event), in: make(map[trade.EventKey]map[string]bool)}
	j.linker = linkage.New(j.store, 0)
	var scorer simulator.Scorer
	var sequence uint64
	for {
		var e trade.Event
		truth, ok := sim.Next(&e)
		if !ok {
			break
		}
		sequence++
		scorer.Truth(simulator.Truth{Source: e.Source, ID: e.ID, Chains: append([]string(nil), truth...)})
		line := wire.Append(nil, &e)
		decoded, err := wire.Decode(line)
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		j.names[decoded.Key()] = *decoded
		j.inputs = append(j.inputs, linkage.Input{Event: decoded, Sequence: sequence, Received: sim.Arrived(), Digest: sha256.Sum256(line)})
		if len(j.inputs) == batch {
			j.apply(t)
		}
	}
	j.apply(t)
	for key, e := range j.names {
		joined := simulator.Truth{Source: e.Source, ID: e.ID}
		for chain := range j.in[key] {
			joined.Chains = append(joined.Chains, chain)
		}
		scorer.Joined(joined)
	}
	t.Logf("seed %d: %d events, %d chains", seed, len(j.names), j.chains())
	return scorer.Score()
}

// joiner follows the linker's changes.
type joiner struct {
	store  linkage.Memory
	linker *linkage.Linker
	inputs []linkage.Input
	names  map[trade.EventKey]trade.Event
	in     map[trade.EventKey]map[string]bool
}

func (j *joiner) apply(t *testing.T) {
	t.Helper()
	changes, err := j.linker.Apply(j.inputs)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.linker.Flush(j.store); err != nil {
		t.Fatal(err)
	}
	for _, w := range changes.Withdrawn {
		delete(j.in[w.Event], w.Chain)
	}
	for _, p := range changes.Placed {
		if j.in[p.Event] == nil {
			j.in[p.Event] = make(map[string]bool)
		}
		j.in[p.Event][p.Chain] = true
	}
	j.inputs = j.inputs[:0]
}

func (j *joiner) chains() int {
	distinct := make(map[string]bool)
	for _, chains := range j.in {
		for chain := range chains {
			distinct[chain] = true
		}
	}
	return len(distinct)
}
