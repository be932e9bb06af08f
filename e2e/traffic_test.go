package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// name names an event: its source and id.
type name struct{ source, id string }

// traffic is a run of `oneorder simulate`.
type traffic struct {
	file    string
	chains  int
	events  []*trade.Event    // in order of arrival, repeats included
	truth   map[name][]string // event → the chains that it belongs to
	members map[string][]name // chain → its events
}

// simulate makes traffic, in files, by the verb.
func simulate(t testing.TB, seed uint64, chains int, more ...string) *traffic {
	t.Helper()
	folder := t.TempDir()
	tr := &traffic{file: filepath.Join(folder, "events.ndjson"), chains: chains, truth: make(map[name][]string), members: make(map[string][]name)}
	truth := filepath.Join(folder, "truth.ndjson")
	mustRun(t, nil, append([]string{"simulate", "--seed", strconv.FormatUint(seed, 10), "--chains", strconv.Itoa(chains), "--out", tr.file, "--truth", truth}, more...)...)
	text, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		e, err := wire.Decode(bytes.TrimSpace(line))
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		tr.events = append(tr.events, e)
	}
	file, err := os.Open(truth)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	err = simulator.ReadTruth(file, func(line simulator.Truth) error {
		event := name{line.Source, line.ID}
		tr.truth[event] = slices.Clone(line.Chains)
		for _, chain := range line.Chains {
			tr.members[chain] = append(tr.members[chain], event)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.members) != chains {
		t.Fatalf("the truth has %d chains, want %d", len(tr.members), chains)
	}
	if len(tr.events) <= len(tr.truth) {
		t.Fatalf("%d events arrive, of which %d are different: nothing is repeated", len(tr.events), len(tr.truth))
	}
	return tr
}

// attributions reads which event is in which chain.
func attributions(t testing.TB, w *warehouse.Warehouse) []warehouse.Attribution {
	t.Helper()
	var all []warehouse.Attribution
	for a, err := range w.Attributions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// check holds what ClickHouse has against the truth: every event once, in exactly the chains it belongs to.
func (tr *traffic) check(t testing.TB, w *warehouse.Warehouse) {
	t.Helper()
	counts, err := w.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, chains := range tr.truth {
		pairs += len(chains)
	}
	want := warehouse.Counts{
		Stored: uint64(len(tr.truth)), Current: uint64(len(tr.truth)), Chains: uint64(tr.chains),
		Attributions: uint64(pairs), Attributed: uint64(len(tr.truth)),
	}
	for _, chains := range tr.truth {
		if len(chains) == 0 {
			want.Attributed--
			want.Unattributed++
		}
	}
	if counts != want {
		t.Errorf("counts: got %+v, want %+v", counts, want)
	}
	var scorer simulator.Scorer
	for event, chains := range tr.truth {
		scorer.Truth(simulator.Truth{Source: event.source, ID: event.id, Chains: chains})
	}
	joined := make(map[name][]string)
	for _, a := range attributions(t, w) {
		event := name{a.Source, a.ID}
		chains := joined[event]
		if a.Chain != "" {
			chains = append(chains, a.Chain)
		}
		joined[event] = chains
	}
	for event, chains := range joined {
		scorer.Joined(simulator.Truth{Source: event.source, ID: event.id, Chains: chains})
	}
	if score := scorer.Score(); !score.Exact {
		t.Errorf("the chains are not those of the truth: %s\n%+v", score, score.Differences)
	}
}
