package warehouse

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// refresh counts every rollup anew.
func refresh(t testing.TB, w *Warehouse) {
	t.Helper()
	for _, view := range all[string](t, w, "SELECT view FROM system.view_refreshes WHERE database = currentDatabase()") {
		for _, statement := range []string{"SYSTEM REFRESH VIEW " + view, "SYSTEM WAIT VIEW " + view} {
			if err := w.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// rolledUp are the views that show a rollup where chains are many, with what makes a row of them.
var rolledUp = map[string]string{
	"corridor_summary": "corridor", "corridor_transit": "corridor, origin, destination, mode_path", "customs_clearance": "corridor, country, direction",
	"title_turnaround": "corridor", "finance_cycle": "corridor", "node_dwell": "corridor, unlocode, from_mode, to_mode",
	"origin_preference": "corridor, origin_country, destination_country, hs_chapter", "publisher_quality": "org", "cold_chain": "chain_id",
	"open_chains": "chain_id", "overdue": "chain_id, milestone", "stuck_chains": "chain_id", "discrepancies": "chain_id, finding",
	"leg_transit": "corridor, origin, destination, mode, carrier", "leg_emissions": "corridor, origin, destination, mode, carrier, factors", "time_release": "corridor, country, step", "demurrage_summary": "corridor, unlocode, carrier, month",
	"demurrage_detention": "container, unlocode, chains", "demurrage_detention_export": "container, unlocode, chains", "demurrage_summary_export": "corridor, unlocode, carrier, month",
	"corridor_compare(left = 'land-sea', right = 'yangtze', since = '2026-01-01', until = '2026-12-31')": "measure",
}

// From the rollups every count and sum is what it is when it is counted, and every quantile within half a percent of the span at its rank.
func TestTheRollupsShowWhatTheChainsShow(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	if _, err := w.PutReference(t.Context(), reference("tariff"), founded); err != nil {
		t.Fatal(err)
	}
	chains := NewChains()
	for i := range 400 {
		c := journey(fmt.Sprintf("%016X", 0xB000+i), 100+3*i, 10+i%90)
		c.Corridor, c.Containers, c.Version = []string{"land-sea", "yangtze"}[i%2], []string{fmt.Sprintf("BOX%d", i)}, 2
		c.Emissions = []trade.Emission{{KM: "1000", TTW: "20", WTW: "22", Factors: "f1"}, {KM: "2000"}}
		c.CO2e, c.CO2eTTW = "55", "50"
		if i%7 == 0 {
			c.Status = "in_transit"
		}
		c.Legs[1].FirstArrival = time.Time{} // a quarter has no first plan, the others slip by 40 to -35 hours
		if i < 300 {
			c.Legs[1].FirstArrival = c.Legs[1].PlannedArrival.Add(time.Duration(i/4-40) * time.Hour)
		}
		landed := c.Milestones[trade.Arrived]
		out := landed.Add(time.Duration(6*(i/2%20)) * time.Hour)
		c.Boxes = []trade.Box{{Number: c.Containers[0], Terminal: "SGSIN", Discharged: landed, GatedOut: out, Returned: out.Add(time.Duration(60+6*(i/40)) * time.Hour)}}
		c.Milestones[trade.DischargedAt], c.Milestones[trade.GatedOut] = landed, c.Boxes[0].GatedOut
		left := c.Milestones[trade.Departed]
		c.ExportBoxes = []trade.ExportBox{{
			Number: c.Containers[0], Terminal: "CNCKG", PickedUp: left.Add(-time.Duration(90+i%50) * time.Hour), GatedIn: left.Add(-time.Duration(20+i%60) * time.Hour), Loaded: left,
		}}
		if i%10 < 2 { // groupage: the goods of five chains of a corridor in one container
			c.Boxes = append(c.Boxes, trade.Box{Number: fmt.Sprintf("GROUPAGE%d", i/50), Terminal: "SGSIN", Discharged: founded, GatedOut: founded.Add(time.Duration(50+i%2) * time.Hour)})
			c.ExportBoxes = append(c.ExportBoxes, trade.ExportBox{Number: fmt.Sprintf("GROUPAGE%d", i/50), Terminal: "CNCKG", PickedUp: founded, GatedIn: founded.Add(time.Duration(30+i%2) * time.Hour)})
		}
		if i%5 == 0 {
			c.Milestones[trade.Paid], c.Milestones[trade.Arrived], c.Findings = c.Milestones[trade.Booked], c.Milestones[trade.Booked], nil
		}
		chains.Append(c)
	}
	insert(t, w, "many", chains)
	refresh(t, w)

	read := func() map[string]map[string]any {
		rows := make(map[string]map[string]any)
		for view, key := range rolledUp {
			name, _, _ := strings.Cut(view, "(")
			for _, line := range all[string](t, w, "SELECT formatRow('JSONEachRow', *) FROM (SELECT concat('"+name+" ', toString(tuple("+key+"))) AS row_key, * FROM "+view+") SETTINGS output_format_json_quote_denormals = 1") {
				var row map[string]any
				if err := json.Unmarshal([]byte(line), &row); err != nil {
					t.Fatal(err)
				}
				key, _ := row["row_key"].(string)
				rows[key] = row
			}
		}
		return rows
	}
	overviews := func() map[string]Overview {
		all, err := w.Overviews(t.Context(), 4)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]Overview{}
		for _, o := range all {
			by[o.ID] = o
		}
		return by
	}
	live := read()
	liveOverviews, liveTotals := overviews(), totals(t, w)
	if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(0) AS chains"); err != nil {
		t.Fatal(err)
	}
	kept := read()
	sameOverviews(t, liveOverviews, overviews())
	keptTotals := totals(t, w)
	if keptTotals.AsOf.IsZero() || !liveTotals.AsOf.IsZero() {
		t.Errorf("totals counted at %v, stored at %v", liveTotals.AsOf, keptTotals.AsOf)
	}
	liveTotals.AsOf = keptTotals.AsOf
	if diff := cmp.Diff(liveTotals, keptTotals); diff != "" || keptTotals.Chains != 403 || keptTotals.Events == 0 {
		t.Errorf("totals (-counted +stored):\n%s%+v", diff, keptTotals)
	}
	if len(live) < 30 || len(kept) != len(live) {
		t.Errorf("%d rows counted, %d stored", len(live), len(kept))
	}
	for key, counted := range live {
		row := kept[key]
		if row == nil {
			t.Errorf("%s is counted and not stored", key)
			continue
		}
		for column, want := range counted {
			got := row[column]
			if column == "as_of" {
				if got == want || got == "1970-01-01 00:00:00.000" {
					t.Errorf("%s: as of %v, counted at %v", key, got, want)
				}
				continue
			}
			if fmt.Sprint(got) != fmt.Sprint(want) && !near(column, got, want) {
				t.Errorf("%s: %s: stored %v, counted %v", key, column, got, want)
			}
		}
	}
	// What is withdrawn is gone with the next refresh.
	gone := NewChains()
	gone.Delete(chainA, founded, 99)
	insert(t, w, "gone", gone)
	refresh(t, w)
	if kept := totals(t, w); kept.Chains != 402 {
		t.Errorf("%d chains after one of 403 was withdrawn", kept.Chains)
	}
	if n := one[uint64](t, w, "SELECT sum(chains) FROM corridor_summary"); n != 402 {
		t.Errorf("%d chains after one of 403 was withdrawn", n)
	}
	if left := all[string](t, w, "SELECT toString(chain_id) FROM cold_chain"); slices.Contains(left, chainA) && one[uint64](t, w, "SELECT count() FROM chain_events FINAL WHERE chain_id = '"+chainA+"'") == 0 {
		t.Errorf("cold_chain shows %v", left)
	}
}

func totals(t *testing.T, w *Warehouse) Totals {
	t.Helper()
	all, err := w.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameOverviews holds the overviews of the rollups against those that were counted: as near as views may be, see near.
func sameOverviews(t *testing.T, counted, stored map[string]Overview) {
	t.Helper()
	if len(counted) < 2 || len(stored) != len(counted) {
		t.Errorf("%d corridors counted, %d stored", len(counted), len(stored))
	}
	for id, want := range counted {
		got := stored[id]
		if got.AsOf.IsZero() || !want.AsOf.IsZero() {
			t.Errorf("%s: counted at %v, stored at %v", id, want.AsOf, got.AsOf)
		}
		for name, pair := range map[string][2]time.Duration{
			"half arrive": {got.TransitP50, want.TransitP50}, "nine of ten arrive": {got.TransitP90, want.TransitP90},
			"half are cleared": {got.ClearP50, want.ClearP50}, "nine of ten are cleared": {got.ClearP90, want.ClearP90},
		} {
			if !near("x_hours", pair[0].Hours(), pair[1].Hours()) || pair[1] > 0 && pair[0] == 0 {
				t.Errorf("%s: %s: stored %v, counted %v", id, name, pair[0], pair[1])
			}
		}
		if !near("containers", float64(got.Containers), float64(want.Containers)) || math.Abs(got.Complete-want.Complete) > 1e-6 {
			t.Errorf("%s: stored %d containers, completeness %v; counted %d, %v", id, got.Containers, got.Complete, want.Containers, want.Complete)
		}
		got.AsOf, got.TransitP50, got.TransitP90, got.ClearP50, got.ClearP90 = want.AsOf, want.TransitP50, want.TransitP90, want.ClearP50, want.ClearP90
		got.Containers, got.Complete = want.Containers, want.Complete
		if diff := cmp.Diff(want, got); diff != "" || want.Moving == 0 || len(want.Findings) == 0 {
			t.Errorf("%s (-counted +stored):\n%s", id, diff)
		}
	}
}

// A chain counts once for each chapter, party, end, way, zone and day that it has, so a dimension of one value each has every chain once.
func TestMeasuresByDimension(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	party := NewChains()
	c := journey("0D1B2C3D4E5F6G7H", 400, 60)
	c.Corridor, c.HS, c.Parties = "yangtze", []string{"870323", "870899"}, []trade.Party{
		{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors"}, {Role: "consignee", Name: "no identifier"},
	}
	c.Zones = []string{"cn-chongqing-hub", "sg-tuas"}
	c.Milestones[trade.Departed] = c.Milestones[trade.Departed].AddDate(0, 0, 1)
	party.Append(c)
	again := journey(chainA, 200, 30) // a later version, which names a zone
	again.Zones, again.Version = []string{"sg-tuas"}, 2
	again.Emissions, again.CO2e = []trade.Emission{{KM: "1000", TTW: "20", WTW: "22"}, {KM: "2000", TTW: "30", WTW: "33"}}, "55"
	again.Milestones[trade.GatedOut] = again.Milestones[trade.ImportReleased].Add(31 * time.Hour)
	again.Findings = []string{string(trade.FoundTemperatureBreach)}
	again.Recognition = []trade.Recognition{{At: founded, Act: "presented", Kind: "origin", Number: "CO1"}, {At: founded, Act: "recognised", Kind: "origin", Number: "CO1"}, {At: founded, Act: "presented", Kind: "origin", Number: "CO2"}}
	party.Append(again)
	insert(t, w, "party", party)
	refresh(t, w)
	got := all[string](t, w, "SELECT concat(dimension, ' ', value, ' ', corridor, ' ', chains, ' ', value_usd, ' ', ifNull(toString(transit_p50_hours), '-'), ' ', contradicted) FROM corridor_measures ORDER BY ALL")
	want := []string{
		"departed_on 2026-03-01 land-sea 3 3000 224 3",
		"departed_on 2026-03-02 yangtze 1 1000 376 1",
		"destination SGSIN land-sea 3 3000 224 3",
		"destination SGSIN yangtze 1 1000 376 1",
		"hs_chapter 85 land-sea 3 3000 224 3",
		"hs_chapter 87 land-sea 3 3000 224 3",
		"hs_chapter 87 yangtze 1 1000 376 1",
		"mode_path rail>sea land-sea 3 3000 224 3",
		"mode_path rail>sea yangtze 1 1000 376 1",
		"origin CNCKG land-sea 3 3000 224 3",
		"origin CNCKG yangtze 1 1000 376 1",
		"party shipper uscc:91500000MA5U0X1234 yangtze 1 1000 376 1",
		"zone cn-chongqing-hub yangtze 1 1000 376 1",
		"zone sg-tuas land-sea 1 1000 200 1",
		"zone sg-tuas yangtze 1 1000 376 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := one[string](t, w, "SELECT concat(presented, ' ', recognised_share, ' ', breached, ' ', gated_out_after_release_p99_hours, ' ', round(co2e_g_per_tkm, 2)) FROM corridor_measures WHERE value = 'sg-tuas' AND corridor = 'land-sea'"); got != "2 0.5 1 31 18.33" {
		t.Errorf("of one chain in a zone: %s", got)
	}
	const plans = "SELECT concat(dimension, ' ', value, ' ', on_time_share, ' ', round(first_on_time_share, 2), ' ', slip_p50_hours, ' ', slip_p90_hours) FROM corridor_measures WHERE corridor = 'land-sea' AND dimension IN ('zone', 'departed_on') ORDER BY ALL"
	if diff := cmp.Diff([]string{"departed_on 2026-03-01 0.6666666666666666 0.33 4 4", "zone sg-tuas 1 1 4 4"}, all[string](t, w, plans)); diff != "" {
		t.Errorf("by the plan that was known last and by the first (-want +got):\n%s", diff)
	}
	// A measure means the same as in the views of the corridors: here all chains of one corridor go one way.
	const transit = "transit_p50_hours, transit_p90_hours, transit_p99_hours, lead_p50_hours, lead_p90_hours, lead_p99_hours, on_time_share, first_on_time_share, slip_p50_hours, slip_p90_hours, slip_p99_hours"
	const imports = "lodged_after_arrival_p50_hours, lodged_after_arrival_p90_hours, lodged_after_arrival_p99_hours, released_after_lodging_p50_hours, released_after_lodging_p90_hours, released_after_lodging_p99_hours, "
	const title = "draft_p50_hours, surrender_p50_hours, surrender_p90_hours, surrender_p99_hours"
	const money = "outstanding_p50_days, outstanding_p90_days, outstanding_p99_days, financing_p50_days, financing_p90_days, financing_p99_days"
	const counts = "chains, delivered, gross_kg, value_usd, presented, recognised_share, co2e_g_per_tkm, "
	for _, same := range []struct{ measures, columns, view string }{
		{transit, transit, "corridor_transit WHERE corridor = '%s'"},
		{
			imports + "clearance_p50_hours, clearance_p90_hours, clearance_p99_hours", imports + "cleared_after_lodging_p50_hours, cleared_after_lodging_p90_hours, cleared_after_lodging_p99_hours",
			"customs_clearance WHERE direction = 'import' AND corridor = '%s'",
		},
		{
			"gated_out_after_release_p50_hours, gated_out_after_release_p90_hours, gated_out_after_release_p99_hours", "max(p50_hours), max(p90_hours), max(p99_hours)",
			"time_release WHERE step = 'released-gated_out' AND corridor = '%s'",
		},
		{title, title, "title_turnaround WHERE corridor = '%s'"},
		{money, money, "finance_cycle WHERE corridor = '%s'"},
		{counts + "contradicted / chains, complete / chains", counts + "contradicted_share, complete_share", "corridor_summary WHERE corridor = '%s'"},
	} {
		for _, corridor := range []string{"land-sea", "yangtze"} {
			got := one[string](t, w, "SELECT toString(tuple("+same.measures+")) FROM corridor_measures WHERE dimension = 'mode_path' AND corridor = '"+corridor+"'")
			want := one[string](t, w, "SELECT toString(tuple("+same.columns+")) FROM "+fmt.Sprintf(same.view, corridor))
			if got != want || strings.Contains(got, "nan") {
				t.Errorf("%s: %s: %s, of the corridor %s", corridor, same.measures, got, want)
			}
		}
	}
	const preference = "SELECT concat(corridor, ' ', hs_chapter, ' ', sum(chains), ' ', sum(certified)) FROM origin_preference GROUP BY corridor, hs_chapter ORDER BY ALL"
	used := all[string](t, w, "SELECT concat(corridor, ' ', value, ' ', rcep, ' ', rcep_certified) FROM corridor_measures WHERE dimension = 'hs_chapter' ORDER BY ALL")
	if diff := cmp.Diff(all[string](t, w, preference), used); diff != "" || !slices.Contains(used, "land-sea 87 3 1") {
		t.Errorf("use of the preference by chapter (-origin_preference +corridor_measures):\n%s%q", diff, used)
	}
	for _, total := range all[string](t, w, "SELECT concat(dimension, ' ', sum(chains), ' ', sum(value_usd)) FROM corridor_measures WHERE dimension IN ('origin', 'destination', 'mode_path', 'departed_on') GROUP BY dimension") {
		if !strings.HasSuffix(total, " 4 4000") {
			t.Errorf("total by %s, want 4 chains of 4000", total)
		}
	}
}

// near says that a stored value is what it may be beside a counted one: exact, but for a quantile, which may be that of the chain one
// rank away and half a percent off. The chains of this test are 6 hours or 1 day apart.
func near(column string, got, want any) bool {
	x, ok := got.(float64)
	y, too := want.(float64)
	apart := 1e-9 * math.Abs(y)
	switch {
	case strings.Contains(column, "_p") && strings.HasSuffix(column, "_days"):
		apart = 0.005*math.Abs(y) + 1
	case strings.HasSuffix(column, "_hours") || column == "left" || column == "right":
		apart = 0.005*math.Abs(y) + 6
	case column == "difference":
		apart = 2 * (0.005*1300 + 6) // of two that may be off, each at most 1,300 hours
	case column == "ratio":
		apart = 0.05
	case column == "containers":
		apart = 0.01 * y
	}
	return ok && too && math.Abs(x-y) <= apart
}
