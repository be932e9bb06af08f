package warehouse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// Each corridor keeps its chains as long as its own retention says; what ends a chain stays.
func TestChainsGoByTheRetentionOfTheirCorridor(t *testing.T) {
	w := migrated(t)
	r := Retention{Default: 3650, Corridors: map[string]int{"air": 60, "land-sea": 36_500}, History: 400, Rejected: 30}
	for range 2 { // putting it in force again changes nothing
		if err := w.Retain(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	b := NewChains()
	long, refused := at("2012-01-01T00:00:00Z"), NewRejectedEvents()
	for id, corridor := range map[string]string{chainA: "air", chainB: "land-sea", "0C1B2C3D4E5F6G7H": "other"} {
		b.Append(&trade.Chain{ID: id, FoundedOn: long, Version: 1, Corridor: corridor, LastEvent: long.AddDate(0, 1, 0)})
	}
	b.Delete("0D1B2C3D4E5F6G7H", long, 1)
	refused.Append(&RejectedRow{Org: "sitc", Received: long, Stage: "archive", Sequence: 1, Version: 1})
	insert(t, w, "old", b, refused)
	for _, table := range []string{"chains", "rejected_events"} {
		if err := w.Exec(t.Context(), "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
			t.Fatal(err)
		}
	}
	got := all[string](t, w, "SELECT concat(toString(chain_id), ' ', is_deleted) FROM chains ORDER BY chain_id")
	if diff := cmp.Diff([]string{chainB + " 0", "0D1B2C3D4E5F6G7H 1"}, got); diff != "" {
		t.Errorf("chains (-want +got):\n%s", diff)
	}
	if n := one[uint64](t, w, "SELECT count() FROM rejected_events"); n != 0 {
		t.Errorf("%d refused messages are left", n)
	}
	// A second version of chain has the same.
	if err := w.CreateShadow(t.Context(), "next"); err != nil {
		t.Fatal(err)
	}
	if table := one[string](t, w, "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'chains__next'"); !strings.Contains(table, "transform(corridor, ['air', 'land-sea'], [60, 36500], 3650)") {
		t.Errorf("chains__next: %s", table)
	}
}

func TestARetentionThatMakesNoSenseIsRefused(t *testing.T) {
	known := func(id string) bool { return id == "air" }
	for name, r := range map[string]Retention{
		"nothing": {}, "a day": {Default: 1, History: 400, Rejected: 400}, "a thousand years": {Default: 400_000, History: 400, Rejected: 400},
		"an unknown corridor": {Default: 400, History: 400, Rejected: 400, Corridors: map[string]int{"moon": 400}},
	} {
		if r.Validate(known) == nil {
			t.Errorf("%s is taken for a retention", name)
		}
	}
	if err := (Retention{Default: 400, History: 400, Rejected: 400, Corridors: map[string]int{"air": 90}}).Validate(known); err != nil {
		t.Error(err)
	}
}
