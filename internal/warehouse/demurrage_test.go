package warehouse

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// Each container is billed once, by the days that its tariff counts beyond the free ones.
func TestDemurrageAndDetention(t *testing.T) {
	w := migrated(t)
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, time.UTC) }
	chains := NewChains()
	add := func(id, carrier string, delivered bool, boxes ...trade.Box) {
		c := journey(id, 200, 30)
		c.Legs[1].Carrier, c.Boxes = carrier, boxes
		if !delivered {
			c.Milestones[trade.Delivered] = time.Time{}
		}
		chains.Append(c)
	}
	shared := trade.Box{Number: "SHARED", ISOType: "45G1", Terminal: "SGSIN", Discharged: day(10, 23), GatedOut: day(14, 1), Returned: day(20, 12)}
	add(chainA, "COSU", true, shared)
	add(chainB, "COSU", true, shared)
	add("0C1B2C3D4E5F6G7H", "SITC", true,
		trade.Box{Number: "COMBINED", Terminal: "SGSIN", Discharged: day(1, 1), GatedOut: day(5, 1), Returned: day(12, 1)},
		trade.Box{Number: "ONTHEWAY", Returned: day(2, 1)})
	add("0D1B2C3D4E5F6G7H", "COSU", true,
		trade.Box{Number: "NEXTDAY", Terminal: "DEDUI", Discharged: day(10, 1), GatedOut: day(16, 1), Returned: day(17, 1)},
		trade.Box{Number: "SILENT", Terminal: "DEDUI", Discharged: day(10, 1)})
	now := time.Now().UTC()
	add("0E1B2C3D4E5F6G7H", "COSU", false,
		trade.Box{Number: "STILLIN", Terminal: "SGSIN", Discharged: now.AddDate(0, 0, -9)},
		trade.Box{Number: "STILLOUT", Terminal: "SGSIN", Discharged: now.AddDate(0, 0, -9), GatedOut: now.AddDate(0, 0, -8)})
	insert(t, w, "boxes", chains)

	read := func() []string {
		return all[string](t, w, "SELECT concat(container, ' ', state, ' ', toString(length(chains)), ': ', ifNull(toString(terminal_hours), '-'), '+', ifNull(toString(outside_hours), '-'), ' h, ', "+
			"ifNull(toString(terminal_days), '-'), '+', ifNull(toString(outside_days), '-'), '=', ifNull(toString(total_days), '-'), ' d, beyond ', "+
			"ifNull(toString(demurrage_days), '-'), ' ', ifNull(toString(detention_days), '-'), ' ', ifNull(toString(combined_days), '-'), ' ', toString(rule)) FROM demurrage_detention ORDER BY container")
	}
	if got := read(); len(got) != 6 || got[0] != "COMBINED returned 1: 96+168 h, 5+8=12 d, beyond - - - 0" {
		t.Errorf("without a tariff: %q", got)
	}
	if _, err := w.PutReference(t.Context(), reference("tariff"), founded); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"COMBINED returned 1: 96+168 h, 5+8=12 d, beyond - - 3 1",
		"NEXTDAY returned 1: 144+24 h, 6+1=7 d, beyond 1 0 - 3",
		"SHARED returned 2: 74+155 h, 5+7=11 d, beyond 3 4 - 2",
		"SILENT unknown 1: -+- h, -+-=- d, beyond - - - 3",
		"STILLIN terminal 1: -+- h, 10+-=10 d, beyond 8 - - 2",
		"STILLOUT outside 1: 24+- h, 2+9=10 d, beyond 0 6 - 2",
	}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	containers := want
	// The summary counts what is over; of what is still there it says how many there are.
	refresh(t, w)
	const summary = "SELECT concat(unlocode, ' ', carrier, ' ', containers, ' ', in_terminal, ' ', outside, ': ', demurrage_days, ' of ', demurrage_containers, ', ', detention_days, ' of ', detention_containers, ', ', combined_days, ' of ', combined_containers, '; ', " +
		"toString(round(ifNull(terminal_p50_hours, 0), -1))) FROM demurrage_summary ORDER BY ALL"
	want = []string{
		"DEDUI COSU 2 0 0: 1 of 1, 0 of 0, 0 of 0; 140", "SGSIN COSU 1 0 0: 3 of 1, 4 of 1, 0 of 0; 70", "SGSIN COSU 2 1 1: 0 of 0, 0 of 0, 0 of 0; 20", "SGSIN SITC 1 0 0: 0 of 0, 0 of 0, 3 of 1; 100",
	}
	if diff := cmp.Diff(want, all[string](t, w, summary)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(0) AS chains"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, all[string](t, w, summary)); diff != "" {
		t.Errorf("summary from the rollup (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(containers, read()); diff != "" {
		t.Errorf("from what is stored (-want +got):\n%s", diff)
	}
	if shared := all[string](t, w, "SELECT DISTINCT container FROM import_boxes_stored WHERE shared"); !slices.Equal(shared, []string{"SHARED"}) {
		t.Errorf("%q are brought together when they are asked for, want that of two chains", shared)
	}
}

// A container that several chains share is stored as one, also if the second chain comes between the two readings of them.
func TestASharedContainerIsStoredAsOne(t *testing.T) {
	w := migrated(t)
	const pairs = 60
	half := func(which string, i int) {
		c := journey(fmt.Sprintf("%s%015X", which, i), 200, 30)
		c.Boxes = []trade.Box{{Number: fmt.Sprintf("SHARED%d", i), Terminal: "SGSIN", Discharged: founded}}
		chains := NewChains()
		chains.Append(c)
		insert(t, w, fmt.Sprint("pair ", i, which), chains)
	}
	for i := range pairs {
		half("A", i)
	}
	fill := one[string](t, w, "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'import_boxes_refresh'")
	if err := w.Exec(t.Context(), "CREATE TABLE slowly AS import_boxes_stored"); err != nil {
		t.Fatal(err)
	}
	filled := make(chan error, 1)
	go func() {
		filled <- w.Exec(t.Context(), "INSERT INTO slowly "+fill+", merge_tree_storage_snapshot_sleep_ms = 1000") // before it notes what parts it reads
	}()
	for i := range pairs { // for as long as it reads
		half("B", i)
		time.Sleep(20 * time.Millisecond)
	}
	if err := <-filled; err != nil {
		t.Fatal(err)
	}
	if apart := all[string](t, w, "SELECT container FROM slowly GROUP BY container HAVING min(shared) != (count() > 1)"); len(apart) > 0 {
		t.Errorf("%q were read at two moments", apart)
	}
	if n := one[uint64](t, w, "SELECT count() FROM slowly"); n <= pairs || n >= 2*pairs {
		t.Errorf("%d rows: it was not filled while chains came", n)
	}
}

// Steps of a time release study, and legs against their plans, with the stay before them.
func TestTimeReleaseAndLegs(t *testing.T) {
	w := migrated(t)
	chains := NewChains()
	for i, hours := range []int{200, 224, 300} {
		c := journey([]string{chainA, chainB, "0C1B2C3D4E5F6G7H"}[i], hours, 30)
		arrived := c.Milestones[trade.Arrived]
		c.Milestones[trade.DischargedAt], c.Milestones[trade.GatedOut] = arrived.Add(6*time.Hour), arrived.Add(40*time.Hour)
		chains.Append(c)
	}
	insert(t, w, "release", chains)
	want := []string{
		"arrived-discharged 3 6 6", "arrived-gated_out 3 40 40", "arrived-lodged 3 10 10", "discharged-gated_out 3 34 34", "lodged-released 3 12 12", "released-gated_out 3 18 18",
	}
	const steps = "SELECT concat(step, ' ', chains, ' ', toString(round(mean_hours)), ' ', toString(round(p90_hours))) FROM time_release WHERE corridor = 'land-sea' AND country = 'SG' ORDER BY step"
	const legs = "SELECT concat(origin, ' ', destination, ' ', mode, ' ', legs, ' ', toString(round(transit_p50_hours)), '; ', planned, ' ', ifNull(toString(round(on_time_share, 2)), '-'), ' ', ifNull(toString(round(arrival_delay_p50_hours)), '-'), '; ', " +
		"first_planned, ' ', ifNull(toString(round(first_on_time_share, 2)), '-'), ' ', ifNull(toString(round(first_arrival_delay_p50_hours)), '-'), ' ', ifNull(toString(round(arrival_slip_p90_hours)), '-'), '; ', stays, ' ', ifNull(toString(round(dwell_p50_hours)), '-')) FROM leg_transit ORDER BY ALL"
	wantLegs := []string{"CNCKG CNQZH rail 3 40; 0 - -; 0 - - -; 0 -", "CNQZH SGSIN sea 3 160; 3 0.67 24; 3 0.33 28 4; 3 24"}
	refresh(t, w)
	for _, from := range []string{"counted", "from the rollup"} {
		if diff := cmp.Diff(want, all[string](t, w, steps)); diff != "" {
			t.Errorf("steps, %s (-want +got):\n%s", from, diff)
		}
		if diff := cmp.Diff(wantLegs, all[string](t, w, legs)); diff != "" {
			t.Errorf("legs, %s (-want +got):\n%s", from, diff)
		}
		if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(0) AS chains"); err != nil {
			t.Fatal(err)
		}
	}
}

// Before the export each container is counted once as well, by its times out of the depot and in the terminal of the first leg.
func TestDemurrageAndDetentionBeforeTheExport(t *testing.T) {
	w := migrated(t)
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, time.UTC) }
	chains := NewChains()
	add := func(id string, departed bool, boxes ...trade.ExportBox) {
		c := journey(id, 200, 30)
		c.Legs[0].Carrier, c.ExportBoxes = "CRCT", boxes
		if !departed {
			c.Milestones[trade.Departed] = time.Time{}
		}
		chains.Append(c)
	}
	shared := trade.ExportBox{Number: "SHARED", ISOType: "45G1", Terminal: "CNCKG", PickedUp: day(10, 23), GatedIn: day(14, 1), Loaded: day(17, 12)}
	add(chainA, true, shared, trade.ExportBox{Number: "ONTHEWAY", PickedUp: day(20, 1)})
	add(chainB, true, shared, trade.ExportBox{Number: "SILENT", Terminal: "CNCKG", GatedIn: day(10, 1), Loaded: day(11, 1)}, trade.ExportBox{Number: "UNSEEN", Terminal: "CNCKG", PickedUp: day(9, 1), GatedIn: day(10, 1)})
	now := time.Now().UTC()
	add("0E1B2C3D4E5F6G7H", false,
		trade.ExportBox{Number: "STILLIN", Terminal: "CNCKG", PickedUp: now.AddDate(0, 0, -9), GatedIn: now.AddDate(0, 0, -8)},
		trade.ExportBox{Number: "STILLOUT", PickedUp: now.AddDate(0, 0, -9)})
	insert(t, w, "boxes", chains)
	if _, err := w.PutReference(t.Context(), reference("tariff"), founded); err != nil {
		t.Fatal(err)
	}
	want := []string{ // one free day in the terminal and two outside, from the day after
		"SHARED CNCKG CRCT loaded 2: 74+83 h, 4+3 d, beyond 2 2 3",
		"SILENT CNCKG CRCT loaded 1: -+24 h, -+1 d, beyond - 0 3",
		"STILLIN CNCKG CRCT terminal 1: 24+- h, 1+8 d, beyond 0 7 3",
		"STILLOUT CNCKG CRCT outside 1: -+- h, 9+- d, beyond 7 - 3",
		"UNSEEN CNCKG CRCT unknown 1: 24+- h, 1+- d, beyond 0 - 3",
	}
	const containers = "SELECT concat(container, ' ', unlocode, ' ', carrier, ' ', state, ' ', toString(length(chains)), ': ', ifNull(toString(round(outside_hours)), '-'), '+', ifNull(toString(round(terminal_hours)), '-'), ' h, ', " +
		"ifNull(toString(outside_days), '-'), '+', ifNull(toString(terminal_days), '-'), ' d, beyond ', ifNull(toString(detention_days), '-'), ' ', ifNull(toString(demurrage_days), '-'), ' ', toString(rule)) FROM demurrage_detention_export ORDER BY container"
	if diff := cmp.Diff(want, all[string](t, w, containers)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantContainers := want
	// What is over is summed; of what is still there it is said how many there are.
	refresh(t, w)
	want = []string{
		"containers 5 0 0", "demurrage 2 2 1", "detention 3 2 1", "in_terminal 1 0 0", "outside 3 122 0", "outside_now 1 0 0", "terminal 2 107 0", "total 1 157 0",
	}
	got := all[string](t, w, "SELECT concat(span, ' ', sum(spans), ' ', round(sum(total), 1), ' ', sum(beyond)) FROM span_rollup WHERE slice = 'export' AND origin = 'CNCKG' AND carrier = 'CRCT' GROUP BY span ORDER BY span")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summed (-want +got):\n%s", diff)
	}
	if n := one[uint64](t, w, "SELECT count() FROM span_rollup WHERE slice = 'leg'"); n == 0 {
		t.Error("the legs are not counted any more")
	}
	const summary = "SELECT concat(unlocode, ' ', carrier, ' ', containers, ' ', outside, ' ', in_terminal, ': ', detention_days, ' of ', detention_containers, ', ', demurrage_days, ' of ', demurrage_containers) FROM demurrage_summary_export ORDER BY month"
	wantSummary := []string{"CNCKG CRCT 3 0 0: 2 of 1, 2 of 1", "CNCKG CRCT 2 1 1: 0 of 0, 0 of 0"}
	if diff := cmp.Diff(wantSummary, all[string](t, w, summary)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(0) AS chains"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantSummary, all[string](t, w, summary)); diff != "" {
		t.Errorf("summary from the rollup (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantContainers, all[string](t, w, containers)); diff != "" {
		t.Errorf("from what is stored (-want +got):\n%s", diff)
	}
}
