package warehouse

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// now is a time of the server's clock after all that chain_changes has.
func now(t *testing.T, w *Warehouse) string {
	t.Helper()
	for one[bool](t, w, "SELECT ifNull(max(written_at) >= now64(3), false) FROM chain_changes") {
	}
	return one[string](t, w, "SELECT toString(now64(3, 'UTC'))")
}

// seen is the corridor and version of the chain at a time, or nothing.
func seen(t *testing.T, w *Warehouse, chain, at string) []string {
	t.Helper()
	return all[string](t, w, fmt.Sprintf("SELECT concat(corridor, ' ', version) FROM chain_as_of(chain_id = '%s', at = '%s')", chain, at))
}

func version(t *testing.T, w *Warehouse, token, chain, corridor string, version uint64) {
	t.Helper()
	b := NewChains()
	if corridor == "" {
		b.Delete(chain, founded, version)
	} else {
		b.Append(&trade.Chain{ID: chain, FoundedOn: founded, Version: version, Corridor: corridor})
	}
	insert(t, w, token, b)
}

func TestAChainCanBeSeenAsItWas(t *testing.T) {
	w := migrated(t)
	before := now(t, w)
	version(t, w, "1", chainA, "other", 1)
	first := now(t, w)
	version(t, w, "2", chainA, "land-sea", 5)
	second := now(t, w)
	// Batches that are done again, under the same token and under others, move nothing.
	version(t, w, "2", chainA, "land-sea", 5)
	version(t, w, "3", chainA, "other", 1)
	version(t, w, "4", chainA, "land-sea", 5)
	again := now(t, w)
	version(t, w, "5", chainA, "", 9)
	end := now(t, w)
	check := func() {
		t.Helper()
		for _, c := range []struct {
			at   string
			want []string
		}{
			{before, nil}, {first, []string{"other 1"}}, {second, []string{"land-sea 5"}}, {again, []string{"land-sea 5"}}, {end, nil},
		} {
			if diff := cmp.Diff(c.want, seen(t, w, chainA, c.at)); diff != "" {
				t.Errorf("at %s (-want +got):\n%s", c.at, diff)
			}
		}
	}
	check()
	for _, table := range []string{"chains", "chain_changes"} {
		if err := w.Exec(t.Context(), "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
			t.Fatal(err)
		}
	}
	check()
	if got := one[uint64](t, w, "SELECT count() FROM chain_changes"); got != 3 {
		t.Errorf("chain_changes has %d rows of three versions", got)
	}
}

func TestARebuildKeepsWhatCouldBeSeen(t *testing.T) {
	w := migrated(t)
	version(t, w, "1", chainA, "other", 7)
	version(t, w, "2", chainB, "air", 8)
	if err := w.CreateShadow(t.Context(), "next"); err != nil {
		t.Fatal(err)
	}
	b := NewChains()
	b.Shadow("next")
	b.Append(whole(chainA)) // its version is higher
	b.Append(&trade.Chain{ID: "0C1B2C3D4E5F6G7H", FoundedOn: founded, Version: 2, Corridor: "yangtze"})
	insert(t, w, "next", b)
	old := now(t, w)
	if err := w.ExchangeShadow(t.Context(), "next"); err != nil {
		t.Fatal(err)
	}
	now := now(t, w)
	for _, c := range []struct {
		chain, at string
		want      []string
	}{
		{chainA, old, []string{"other 7"}},
		{chainA, now, []string{"land-sea " + fmt.Sprint(whole(chainA).Version)}},
		{chainB, old, []string{"air 8"}},
		{chainB, now, nil},
		{"0C1B2C3D4E5F6G7H", now, []string{"yangtze 2"}},
	} {
		if diff := cmp.Diff(c.want, seen(t, w, c.chain, c.at)); diff != "" {
			t.Errorf("%s at %s (-want +got):\n%s", c.chain, c.at, diff)
		}
	}
	// What comes after belongs to the new history, though its version is lower than one of the old.
	version(t, w, "3", "0C1B2C3D4E5F6G7H", "europe-rail", 3)
	if diff := cmp.Diff([]string{"europe-rail 3"}, seen(t, w, "0C1B2C3D4E5F6G7H", one[string](t, w, "SELECT toString(now64(3, 'UTC'))"))); diff != "" {
		t.Errorf("after the rebuild (-want +got):\n%s", diff)
	}
}

// What chain_as_of shows of now is what chain shows, in every column.
func TestTheHistoryHasTheWholeRecord(t *testing.T) {
	w := migrated(t)
	b := NewChains()
	b.Append(whole(chainA))
	insert(t, w, "whole", b)
	check := func() {
		t.Helper()
		columns := one[string](t, w, "SELECT arrayStringConcat(groupArray(concat('`', name, '`')), ', ') FROM (SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'chain' ORDER BY position)")
		record := func(from string) string {
			return one[string](t, w, "SELECT toString(tuple("+columns+")) FROM "+from)
		}
		if diff := cmp.Diff(record("chain"), record(fmt.Sprintf("chain_as_of(chain_id = '%s', at = '%s')", chainA, now(t, w)))); diff != "" {
			t.Errorf("chain_as_of (-chain +as of now):\n%s", diff)
		}
	}
	check()
	for range 2 { // to a shadow and back
		if err := w.CreateShadow(t.Context(), "same"); err != nil {
			t.Fatal(err)
		}
		if err := w.Exec(t.Context(), "INSERT INTO chains__same SELECT * FROM chains"); err != nil {
			t.Fatal(err)
		}
		if err := w.ExchangeShadow(t.Context(), "same"); err != nil {
			t.Fatal(err)
		}
		check()
	}
}

func TestTwoCorridorsAreCompared(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	b := NewChains()
	other := journey("0D1B2C3D4E5F6G7H", 448, 80)
	other.Corridor, other.Findings = "yangtze", nil
	late := journey("0E1B2C3D4E5F6G7H", 999, 99)
	late.Corridor = "yangtze"
	late.Milestones[trade.Departed] = late.Milestones[trade.Departed].Add(90 * 24 * time.Hour)
	b.Append(other)
	b.Append(late) // departed on another day
	bare := journey("0F1B2C3D4E5F6G7H", 100, 10)
	bare.Legs = nil
	bare.Corridor, bare.Milestones = "air", [trade.MilestoneCount]time.Time{trade.Departed: bare.Milestones[trade.Departed]}
	b.Append(bare)
	insert(t, w, "compared", b)
	got := all[string](t, w, "SELECT concat(measure, ': ', ifNull(toString(left), '-'), ' ', ifNull(toString(right), '-'), ' ', ifNull(toString(difference), '-'), ' ', ifNull(toString(ratio), '-')) "+
		"FROM corridor_compare(left = 'land-sea', right = 'yangtze', since = '2026-03-01', until = '2026-03-01')")
	want := []string{
		"chains: 3 1 -2 0.3333333333333333",
		"delivered: 1 1 0 1",
		"gross weight: 3 1 -2 0.3333333333333333",
		"value: 3000 1000 -2000 0.3333333333333333",
		"transit, median: 224 448 224 2",
		"transit, nine of ten within: 284.8 448 163.2 1.5730337078651684",
		"lead time, median: 374 598 224 1.5989304812834224",
		"on time against the plan: 0.6666666666666666 0 -0.6666666666666666 0",
		"on time against the first plan: 0.3333333333333333 0 -0.3333333333333333 0",
		"slip of the plan, mean: 4 4 0 1",
		"import clearance, median: 20 20 0 1",
		"import clearance, nine of ten within: 20 20 0 1",
		"issue to surrender of the title, median: 174 398 224 2.2873563218390807",
		"invoice to payment, median: 40 80 40 2",
		"chains with a finding: 1 0 -1 0",
		"completeness of the four legs, mean: 0 0 0 -",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Where no chain tells, nothing is said.
	refresh(t, w)
	for _, from := range []string{"counted", "from the rollup"} {
		got := all[string](t, w, "SELECT concat(measure, ': ', toString(right)) FROM corridor_compare(left = 'land-sea', right = 'air', since = '2026-03-01', until = '2026-03-01') WHERE isNotNull(right) AND unit IN ('hours', 'days')")
		if len(got) > 0 {
			t.Errorf("%s, of a chain that only departed: %q", from, got)
		}
		if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(0) AS chains"); err != nil {
			t.Fatal(err)
		}
	}
}
