package warehouse

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// journey is a chain by rail and sea that arrived so many hours after it departed, 24 of them at Qinzhou, and was paid
// so many days after its invoice.
func journey(id string, hours, days int) *trade.Chain {
	departed := at("2026-03-01T00:00:00Z")
	after := func(h int) time.Time { return departed.Add(time.Duration(h) * time.Hour) }
	c := &trade.Chain{
		ID: id, FoundedOn: founded, Version: 1, Corridor: "land-sea", Origin: "CNCKG", Destination: "SGSIN", ModePath: "rail>sea",
		HS: []string{"870323", "870899", "851713"}, Containers: []string{"SITU9070320"}, GrossKG: "1000", ValueUSD: "1000", Status: "delivered",
		Orgs: []string{"sitc"}, Findings: []string{"seal_changed"}, LastEvent: after(hours + 100),
		Legs: []trade.Leg{
			{Mode: trade.Rail, From: "CNCKG", To: "CNQZH", Departed: departed, Arrived: after(40)},
			{Mode: trade.Sea, From: "CNQZH", To: "SGSIN", Departed: after(64), Arrived: after(hours), PlannedArrival: after(200), FirstArrival: after(196)},
		},
	}
	c.Milestones[trade.Ordered], c.Milestones[trade.Invoiced] = after(-100), after(-50)
	c.Milestones[trade.ExportLodged], c.Milestones[trade.ExportCleared] = after(-10), after(-4)
	c.Milestones[trade.Departed], c.Milestones[trade.Arrived] = departed, after(hours)
	c.Milestones[trade.TitleIssuedAt], c.Milestones[trade.TitleSurrenderedAt] = after(70), after(hours+20)
	c.Milestones[trade.ImportLodged], c.Milestones[trade.ImportReleased], c.Milestones[trade.ImportCleared] = after(hours+10), after(hours+22), after(hours+30)
	c.Milestones[trade.Delivered] = after(hours + 50)
	c.Milestones[trade.Financed], c.Milestones[trade.Repaid] = after(100), after(100+48)
	c.Milestones[trade.Paid] = after(-50 + 24*days)
	return c
}

// measured puts three journeys and some events into the warehouse.
func measured(t *testing.T, w *Warehouse) {
	t.Helper()
	chains, members, events := NewChains(), NewChainEvents(), NewEvents()
	chains.Append(journey(chainA, 200, 30))
	chains.Append(journey(chainB, 224, 40))
	chains.Append(journey("0C1B2C3D4E5F6G7H", 300, 50))
	add := func(e *trade.Event, seq uint64) {
		events.Append(e, rowOf(e, payloadOf(e), seq))
		members.Append(&ChainEventRow{
			Attribution: trade.Attribution{Event: e.Key(), Chain: chainA, Rule: trade.ByReference, Via: "bl:A@SITC", By: e.Key()},
			FoundedOn:   founded, Type: e.Type, OccurredAt: e.Time, Version: seq,
		})
	}
	for i, celsius := range []trade.Decimal{"-18.5", "-20", "-12"} {
		e := loaded("reading-" + string(celsius))
		e.Type, e.Time, e.Data.TemperatureC = trade.TemperatureRead, at("2026-03-02T00:00:00Z").Add(time.Duration(i*i)*time.Hour), celsius
		add(e, uint64(i+1))
	}
	certified := loaded("certified")
	certified.Type = trade.OriginCertified
	add(certified, 10)
	bond := loaded("bond")
	bond.Type, bond.Data.Amount, bond.Data.Finance = trade.BondPriced, trade.Money{Amount: "500000000", Currency: "CNY"}, trade.Finance{Instrument: "bond", Green: true}
	add(bond, 11)
	insert(t, w, "measured", chains, members, events)
}

func payloadOf(e *trade.Event) string {
	if e.Type == trade.BondPriced {
		return `{"data":{"detail":{"corridor":"land-sea"},"finance":{"instrument":"bond","green":true},"parties":[{"country":"CN","id":{"kind":"uscc","value":"91500000MA5U0X1234"},"name":"Liangjiang Industry","role":"issuer"}]}}`
	}
	return `{"data":{"temperature_c":"` + string(e.Data.TemperatureC) + `"}}`
}

func TestMeasuresAreThoseOfTheirDefinition(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	for query, want := range map[string]string{
		// 224 is exactly a day late, and so on time; 300 is not.
		"SELECT concat(transit_p50_hours, ' ', lead_p50_hours, ' ', arrived, ' ', planned, ' ', round(on_time_share, 3)) FROM corridor_transit": "224 374 3 3 0.667",
		// By the first plan 220 hours are a day late already; the last plan is 4 hours later.
		"SELECT concat(first_planned, ' ', round(first_on_time_share, 3), ' ', slip_mean_hours, ' ', slip_p50_hours, ' ', slip_p90_hours) FROM corridor_transit":                                       "3 0.333 4 4 4",
		"SELECT concat(unlocode, ' ', from_mode, '>', to_mode, ' ', stays, ' ', dwell_p50_hours, ' ', longest_hours) FROM node_dwell":                                                                  "CNQZH rail>sea 3 24 24",
		"SELECT concat(country, ' ', lodged_after_arrival_p50_hours, ' ', released_after_lodging_p90_hours, ' ', delivered_after_release_p50_hours) FROM customs_clearance WHERE direction = 'import'": "SG 10 12 28",
		"SELECT concat(country, ' ', chains, ' ', cleared_after_lodging_p50_hours) FROM customs_clearance WHERE direction = 'export'":                                                                  "CN 3 6",
		"SELECT concat(issued, ' ', surrendered_late, ' ', issue_p50_hours, ' ', delivery_p50_hours) FROM title_turnaround":                                                                            "3 3 70 30",
		"SELECT concat(financed, ' ', paid, ' ', outstanding_p50_days, ' ', outstanding_weighted_days, ' ', financing_p50_days, ' ', unpaid_usd) FROM finance_cycle":                                   "3 3 40 40 2 0",
		"SELECT concat(count(), ' ', any(finding), ' ', sum(value_usd)) FROM discrepancies":                                                                                                            "3 seal_changed 3000",
		"SELECT concat(count(), ' ', any(reached), ' ', any(waits_for)) FROM stuck_chains":                                                                                                             "3 paid ",
		"SELECT concat(hs_chapter, ' ', chains, ' ', certified, ' ', certified_usd) FROM origin_preference WHERE hs_chapter = '87'":                                                                    "87 3 1 1000",
		"SELECT count() || '' FROM origin_preference": "2",
		"SELECT concat(readings, ' ', lowest_c, ' ', highest_c, ' ', median_c, ' ', longest_gap_hours) FROM cold_chain WHERE chain_id = '" + chainA + "'": "3 -20 -12 -18.5 3",
		"SELECT concat(type, ' ', toString(amount), ' ', currency, ' ', instrument, ' ', green) FROM corridor_finance":                                    "finance.bond.priced 500000000 CNY bond 1",
		"SELECT concat(corridor, ' ', party, ' ', arrayStringConcat(tupleToNameValuePairs(parties[1]).2, '/')) FROM corridor_finance":                     "land-sea Liangjiang Industry issuer/uscc/91500000MA5U0X1234/Liangjiang Industry/CN",
		"SELECT concat(events, ' ', rejected, ' ', unattributed) FROM publisher_quality":                                                                  "5 0 0",
	} {
		if got := one[string](t, w, query); got != want {
			t.Errorf("%s\n got %q\nwant %q", query, got, want)
		}
	}
}

func TestTheDayOfACorridorIsCountedAnew(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	const refreshed = "SYSTEM REFRESH VIEW corridor_daily_refresh"
	if err := w.Exec(t.Context(), refreshed); err != nil {
		t.Fatal(err)
	}
	if err := w.Exec(t.Context(), "SYSTEM WAIT VIEW corridor_daily_refresh"); err != nil {
		t.Fatal(err)
	}
	got := one[string](t, w, "SELECT concat(departed, ' ', departed_containers, ' ', departed_kg, ' ', departed_usd) FROM corridor_daily WHERE day = '2026-03-01'")
	if want := "3 3 3000 3000"; got != want {
		t.Errorf("the day of departure: got %q, want %q", got, want)
	}
	if got, want := one[uint64](t, w, "SELECT sum(delivered) FROM corridor_daily"), uint64(3); got != want {
		t.Errorf("%d delivered, want %d", got, want)
	}
}

// A withdrawn chain, a superseded version and a repeat are in no measure.
func TestNothingThatNoLongerStandsIsMeasured(t *testing.T) {
	w := migrated(t)
	measured(t, w)
	measure := func() []string {
		rows := all[string](t, w, "SELECT concat(transit_p50_hours, ' ', chains) FROM corridor_transit UNION ALL SELECT concat(finding, ' ', chain_id) FROM discrepancies UNION ALL "+
			"SELECT concat(readings, ' ', lowest_c) FROM cold_chain")
		slices.Sort(rows)
		return rows
	}
	again := NewChains()
	older := journey(chainA, 999, 30)
	older.Version = 0
	again.Append(older)
	before := measure()
	insert(t, w, "older", again)
	if diff := cmp.Diff(before, measure()); diff != "" {
		t.Errorf("after a superseded version (-before +after):\n%s", diff)
	}
	gone := NewChains()
	gone.Delete(chainB, founded, 9)
	insert(t, w, "gone", gone)
	for _, row := range measure() {
		if strings.Contains(row, chainB) || strings.HasSuffix(row, " 3") && !strings.HasPrefix(row, "3 ") {
			t.Errorf("%s: the chain is gone", row)
		}
	}
}

func TestTheQuestionsOfTheGuideAnswer(t *testing.T) {
	page, err := os.ReadFile("../../docs/analyst.md")
	if err != nil {
		t.Fatal(err)
	}
	w := migrated(t)
	measured(t, w)
	asked := 0
	for _, block := range strings.Split(string(page), "```sql\n")[1:] {
		query, _, _ := strings.Cut(block, "```")
		if strings.Contains(query, "chain_id = '") {
			query = strings.ReplaceAll(query, "3S2CZW3PQ4P2DNPW", chainA)
		}
		asked++
		if err := w.Exec(t.Context(), query); err != nil {
			t.Errorf("%s\n%v", query, err)
		}
	}
	if asked < 10 {
		t.Errorf("%d questions were found in docs/analyst.md", asked)
	}
}
