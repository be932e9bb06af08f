package record_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/record"
	"oneorder/internal/trade"
)

func TestLandSeaConsignment(t *testing.T) {
	got := record.Fold(landSea(), tables(t))
	want := trade.Chain{
		References: refs(bill, note, export, permit, invoice, packingList, booking, order, credit, loan, policy, payment),
		Orgs:       []string{"cncustoms", "cqmotor", "crct", "dbs", "forward", "icbc", "lion", "picc", "psa", "sgcustoms", "sitc"},
		Parties:    []trade.Party{consignee, shipper},
		Corridor:   "land-sea",
		Origin:     "CNCKG", Destination: "SGSIN", ModePath: "rail>sea",
		Legs: []trade.Leg{
			{
				Mode: trade.Rail, Carrier: "CRCT", Conveyance: "X9571/2026-09-06", From: "CNCKG", To: "CNQZH",
				Departed: at("09-06 02:00"), Arrived: at("09-08 04:00"), PlannedDeparture: at("09-05 20:00"), FirstDeparture: at("09-05 20:00"),
			},
			{
				Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", From: "CNQZH", To: "SGSIN",
				Departed: at("09-10 22:00"), Arrived: at("09-16 14:00"), PlannedArrival: at("09-16 12:00"),
			},
		},
		HS:         []string{"870323", "870899"},
		Containers: []string{"SITU9070320", "SITU9070336"},
		Boxes: []trade.Box{
			{Number: "SITU9070320", ISOType: "45G1", Terminal: "SGSIN", Discharged: at("09-16 20:00"), GatedOut: at("09-17 15:00"), Returned: at("09-20 08:00")},
			{Number: "SITU9070336", ISOType: "45G1", Terminal: "SGSIN", Discharged: at("09-16 20:00"), GatedOut: at("09-18 02:00"), Returned: at("09-20 08:00")},
		},
		ExportBoxes: []trade.ExportBox{
			{Number: "SITU9070320", ISOType: "45G1", Terminal: "CNCKG", PickedUp: at("09-03 01:00"), Loaded: at("09-05 22:00")},
			{Number: "SITU9070336", ISOType: "45G1", Terminal: "CNCKG", PickedUp: at("09-03 01:00"), Loaded: at("09-05 22:00")},
		},
		Packages: 40, GrossKG: "20081",
		Value:    trade.Money{Amount: "880000.5", Currency: "CNY"},
		ValueUSD: "129874.037", // August takes the last known rate, 6.7758
		Title:    "accomplished",
		TitleSteps: []trade.TitleStep{
			{At: at("09-10 03:00"), Step: "issued", Number: bill.Value, Org: "sitc", Event: trade.KeyOf(trade.SourcePrefix+"sitc", "t1")},
			{At: at("09-13 03:00"), Step: "transferred", Org: "icbc", Event: trade.KeyOf(trade.SourcePrefix+"icbc", "t2")},
			{At: at("09-17 05:00"), Step: "surrendered", Org: "lion", Event: trade.KeyOf(trade.SourcePrefix+"lion", "t3")},
		},
		Complete:     1,
		ValueRate:    trade.Rate{PerUSD: 677580000, Of: "2026-06", Source: "H.10 monthly average"},
		Rails:        []string{},
		Zones:        []string{"cn-chongqing-hub", "cn-guangxi-ftz-qinzhou", "sg-pasir-panjang"},
		Completeness: [4]float32{1, 1, 1, 1},
		Findings:     []string{"package_mismatch"}, // 42 on the packing list, 40 declared
		Status:       record.Closed,
		Emissions: []trade.Emission{
			{KM: "1089", Distance: "great_circle", Tier: "default", Factors: "2026-1", TTW: "481.1006", WTW: "590.4416"},
			{KM: "2683.2", Distance: "great_circle", Tier: "default", Factors: "2026-1", TTW: "452.6032", WTW: "490.3202"},
		},
		CO2eTTW: "933.7038", CO2e: "1080.7618",
		Events:    37,
		LastEvent: at("10-02 08:00"),
	}
	for m, when := range map[trade.Milestone]string{
		trade.Ordered: "08-20 02:00", trade.Invoiced: "08-30 06:00", trade.Booked: "09-01 01:00",
		trade.TitleIssuedAt: "09-10 03:00", trade.TitleSurrenderedAt: "09-17 05:00",
		trade.ExportLodged: "09-04 01:00", trade.ExportCleared: "09-04 06:00",
		trade.Departed: "09-06 02:00", trade.Arrived: "09-16 14:00", trade.DischargedAt: "09-16 20:00", trade.GatedOut: "09-18 02:00",
		trade.ImportLodged: "09-15 01:00", trade.ImportReleased: "09-17 01:00", trade.ImportCleared: "09-17 02:00",
		trade.DutyPaidAt: "09-17 00:30", trade.Delivered: "09-18 08:00", trade.EmptyReturnedAt: "09-20 08:00",
		trade.CreditIssuedAt: "08-22 03:00", trade.Financed: "09-12 03:00", trade.Repaid: "10-02 08:00", trade.Paid: "09-25 08:00",
	} {
		want.Milestones[m] = at(when)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The record grows with the journey: what is known after each event that changes where the goods are.
func TestRecordAlongTheWay(t *testing.T) {
	b := record.NewBuilder(tables(t))
	type state struct{ Corridor, Destination, Title, Status string }
	want := map[string]state{
		"o1": {"other", "", "none", record.Open},
		"b1": {"other", "SGSIN", "none", record.Open},
		"r0": {"land-sea", "SGSIN", "none", record.Open},
		"r2": {"land-sea", "SGSIN", "none", record.InTransit},
		"r3": {"land-sea", "SGSIN", "none", record.InTransit},
		"t1": {"land-sea", "SGSIN", "issued", record.InTransit},
		"t2": {"land-sea", "SGSIN", "transferred", record.InTransit},
		"s3": {"land-sea", "SGSIN", "transferred", record.Arrived},
		"t3": {"land-sea", "SGSIN", "surrendered", record.Arrived},
		"d1": {"land-sea", "SGSIN", "accomplished", record.Delivered},
		"e3": {"land-sea", "SGSIN", "accomplished", record.Delivered},
		"p1": {"land-sea", "SGSIN", "accomplished", record.Closed},
	}
	for _, e := range landSea() {
		if !b.Add(e) {
			t.Fatalf("%s is refused", e.ID)
		}
		c := b.Chain()
		if w, ok := want[e.ID]; ok {
			if diff := cmp.Diff(w, state{c.Corridor, c.Destination, c.Title, c.Status}); diff != "" {
				t.Errorf("after %s (-want +got)\n%s", e.ID, diff)
			}
		}
	}
}

func TestBuilderOwnsItsMemory(t *testing.T) {
	want := record.Fold(landSea(), tables(t))
	b := record.NewBuilder(tables(t))
	for _, e := range landSea() {
		scratch := borrowed(e)
		b.Add(scratch.event)
		scratch.overwrite()
	}
	if diff := cmp.Diff(want, b.Chain()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each case says which of the reports of a fact the record keeps.
func TestRuleOfChoice(t *testing.T) {
	later := func(e *trade.Event, by time.Duration) *trade.Event {
		e.Recorded = e.Recorded.Add(by)
		return e
	}
	departed := func(id, org, when string, c trade.Classifier) *trade.Event {
		return event(id, org, trade.ConveyanceDeparted, when, trade.Data{Classifier: c, References: refs(note), Transport: train, Place: chongqing})
	}
	valued := func(id string, typ trade.Type, amount trade.Decimal, direction string) *trade.Event {
		return event(id, "a", typ, "09-01 01:00", trade.Data{
			References: refs(invoice), Customs: trade.Customs{Direction: direction},
			Goods: []trade.Goods{{HS: "870323", Packages: 1, GrossKG: "1", Value: trade.Money{Amount: amount, Currency: "USD"}}},
		})
	}
	for _, c := range []struct {
		name   string
		events []*trade.Event
		got    func(trade.Chain) any
		want   any
	}{
		{
			"an actual departure over a later estimate, which stays as the plan",
			[]*trade.Event{departed("1", "a", "09-06 02:00", trade.Actual), later(departed("2", "a", "09-06 09:00", trade.Estimated), 48*time.Hour), later(departed("3", "a", "09-06 08:00", trade.Planned), 96*time.Hour)},
			func(c trade.Chain) any { return []time.Time{c.Legs[0].Departed, c.Legs[0].PlannedDeparture} },
			[]time.Time{at("09-06 02:00"), at("09-06 09:00")},
		},
		{
			"a departure that is only planned reaches no milestone",
			[]*trade.Event{departed("1", "a", "09-06 02:00", trade.Planned)},
			func(c trade.Chain) any { return c.Milestones[trade.Departed].IsZero() && c.Status == record.Open },
			true,
		},
		{
			"of two actual reports the later recorded",
			[]*trade.Event{later(departed("1", "b", "09-06 03:00", trade.Actual), time.Hour), departed("2", "a", "09-06 02:00", trade.Actual)},
			func(c trade.Chain) any { return c.Milestones[trade.Departed] },
			at("09-06 03:00"),
		},
		{
			"recorded alike, the smaller source",
			[]*trade.Event{departed("2", "b", "09-06 02:00", trade.Actual), later(departed("3", "a", "09-06 01:00", trade.Actual), time.Hour)},
			func(c trade.Chain) any { return c.Milestones[trade.Departed] },
			at("09-06 01:00"),
		},
		{
			"and of one source the smaller id",
			[]*trade.Event{later(departed("2", "a", "09-06 01:00", trade.Actual), time.Hour), departed("1", "a", "09-06 02:00", trade.Actual)},
			func(c trade.Chain) any { return c.Milestones[trade.Departed] },
			at("09-06 02:00"),
		},
		{
			"an arrival over a later recorded discharge",
			[]*trade.Event{
				event("1", "a", trade.ConveyanceArrived, "09-16 01:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore}),
				event("2", "b", trade.EquipmentDischarged, "09-16 08:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore}),
			},
			func(c trade.Chain) any { return c.Milestones[trade.Arrived] },
			at("09-16 01:00"),
		},
		{
			"a discharge alone proves the arrival, a loading no departure",
			[]*trade.Event{
				event("1", "a", trade.EquipmentLoaded, "09-10 01:00", trade.Data{References: refs(bill), Transport: ship, Place: qinzhou}),
				event("2", "b", trade.EquipmentDischarged, "09-16 08:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore}),
			},
			func(c trade.Chain) any {
				return []time.Time{c.Milestones[trade.Departed], c.Milestones[trade.Arrived]}
			},
			[]time.Time{{}, at("09-16 08:00")},
		},
		{
			"an arrival at the hub is no arrival",
			[]*trade.Event{
				event("1", "a", trade.BookingConfirmed, "09-01 01:00", trade.Data{References: refs(booking), Transport: trade.Transport{Mode: trade.Multimodal, From: "CNCKG", To: "SGSIN"}}),
				event("2", "b", trade.ConveyanceArrived, "09-08 08:00", trade.Data{References: refs(booking), Transport: train, Place: qinzhou}),
			},
			func(c trade.Chain) any { return c.Milestones[trade.Arrived] },
			time.Time{},
		},
		{
			"value: the invoice over the declaration over the bill, import after export",
			[]*trade.Event{valued("1", trade.TitleIssued, "1", ""), valued("2", trade.DeclarationLodged, "2", "import"), valued("3", trade.DeclarationLodged, "3", "export"), valued("4", trade.InvoiceIssued, "4", "")},
			func(c trade.Chain) any { return c.Value.Amount },
			trade.Decimal("4"),
		},
		{
			"value: without an invoice, what is declared for export",
			[]*trade.Event{valued("1", trade.TitleIssued, "1", ""), valued("2", trade.DeclarationLodged, "2", "import"), valued("3", trade.DeclarationLodged, "3", "export")},
			func(c trade.Chain) any { return c.Value.Amount },
			trade.Decimal("3"),
		},
		{
			"value: a correction recorded later over the invoice",
			[]*trade.Event{valued("1", trade.InvoiceIssued, "1", ""), later(valued("2", trade.InvoiceCorrected, "2", ""), time.Hour)},
			func(c trade.Chain) any { return c.Value.Amount },
			trade.Decimal("2"),
		},
		{
			"value: items of two currencies have no sum",
			[]*trade.Event{event("1", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill), Goods: []trade.Goods{
				{Value: trade.Money{Amount: "1", Currency: "USD"}}, {Value: trade.Money{Amount: "1", Currency: "CNY"}},
			}})},
			func(c trade.Chain) any { return c.Value },
			trade.Money{},
		},
		{
			"goods: packages and weight by the bill, codes by customs, never added up",
			[]*trade.Event{
				event("1", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Goods: goods(10, "100", "", "870322")}),
				event("2", "a", trade.PackingListIssued, "09-02 01:00", trade.Data{References: refs(invoice), Goods: goods(11, "101", "", "870322")}),
				event("3", "a", trade.DeclarationLodged, "09-03 01:00", trade.Data{References: refs(export), Customs: exporting, Goods: goods(12, "102", "", "8703.23.42")}),
				event("4", "a", trade.TitleIssued, "09-04 01:00", trade.Data{References: refs(bill), Goods: goods(13, "103.5", "", "8703", "870322")}),
			},
			func(c trade.Chain) any { return []any{c.Packages, c.GrossKG, c.HS} },
			[]any{uint32(26), trade.Decimal("207"), []string{"870323"}},
		},
		{
			"an event of several consignments says nothing of the goods of one",
			[]*trade.Event{event("1", "a", trade.DeclarationLodged, "09-01 01:00", trade.Data{References: refs(export), Covers: refs(bill, invoice), Customs: exporting, Goods: goods(99, "99", "99", "010121")})},
			func(c trade.Chain) any { return []any{c.Packages, c.GrossKG, c.Value, c.HS} },
			[]any{uint32(0), trade.Decimal(""), trade.Money{}, []string(nil)},
		},
		{
			"of two bills in one event the one that is named alone elsewhere",
			[]*trade.Event{
				event("1", "a", trade.ManifestFiled, "09-01 01:00", trade.Data{References: refs(bill, trade.Reference{Kind: trade.BL, Value: "OTHER", Issuer: "SITC"})}),
				event("2", "a", trade.TitleIssued, "09-02 01:00", trade.Data{References: refs(bill)}),
			},
			func(c trade.Chain) any { return c.References },
			refs(bill),
		},
		{
			"of a list of containers without number, the one that is named with one",
			[]*trade.Event{
				event("1", "a", trade.EquipmentGatedIn, "09-01 01:00", trade.Data{Equipment: boxes("")}),
				event("2", "a", trade.EquipmentLoaded, "09-02 01:00", trade.Data{References: refs(bill), Equipment: boxes("")[:1]}),
			},
			func(c trade.Chain) any { return c.Containers },
			[]string{"SITU9070320"},
		},
		{
			"a party with identity over the same one without, and its name from who gives one",
			[]*trade.Event{
				event("1", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Parties: []trade.Party{shipper, {Role: "buyer", Name: "Lion"}}}),
				event("2", "b", trade.TitleIssued, "09-02 01:00", trade.Data{References: refs(bill), Parties: []trade.Party{{Role: "shipper", ID: shipper.ID}, {Role: "shipper", Name: shipper.Name}}}),
			},
			func(c trade.Chain) any { return c.Parties },
			[]trade.Party{{Role: "buyer", Name: "Lion"}, shipper},
		},
		{
			"customs: neither the transit country's nor a transit",
			[]*trade.Event{
				departed("1", "a", "09-06 02:00", trade.Actual),
				event("2", "a", trade.DeclarationLodged, "09-01 01:00", trade.Data{References: refs(export), Customs: trade.Customs{Territory: "MY", Direction: "export"}}),
				event("3", "a", trade.DeclarationLodged, "09-02 01:00", trade.Data{References: refs(export), Customs: trade.Customs{Territory: "CN", Direction: "transit"}}),
				event("4", "a", trade.DeclarationAccepted, "09-03 01:00", trade.Data{References: refs(export), Customs: exporting}),
				event("5", "a", trade.GoodsExited, "09-04 01:00", trade.Data{References: refs(export), Customs: exporting}),
			},
			func(c trade.Chain) any {
				return []time.Time{c.Milestones[trade.ExportLodged], c.Milestones[trade.ExportCleared]}
			},
			[]time.Time{at("09-03 01:00"), at("09-04 01:00")},
		},
		{
			"customs: import into Germany is cleared in Poland, both of the EU",
			[]*trade.Event{
				event("1", "a", trade.ConveyanceDeparted, "09-01 01:00", trade.Data{References: refs(note), Transport: trade.Transport{Mode: trade.Rail, From: "CNCKG", To: "DEDUI"}}),
				event("2", "a", trade.GoodsCleared, "09-12 01:00", trade.Data{References: refs(permit), Customs: trade.Customs{Territory: "PL"}}),
			},
			func(c trade.Chain) any { return c.Milestones[trade.ImportCleared] },
			at("09-12 01:00"),
		},
		{
			"title: a refused surrender leaves it as it was",
			[]*trade.Event{
				event("1", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill)}),
				event("2", "a", trade.TitleEndorsed, "09-02 01:00", trade.Data{References: refs(bill)}),
				event("3", "a", trade.TitleSurrendered, "09-03 01:00", trade.Data{References: refs(bill)}),
				event("4", "a", trade.TitleSurrenderAnswered, "09-04 01:00", trade.Data{References: refs(bill), Document: trade.Document{Status: "SREJ"}}),
			},
			func(c trade.Chain) any { return c.Title },
			"transferred",
		},
		{
			"title: void after all",
			[]*trade.Event{
				event("1", "a", trade.TitleVoided, "09-05 01:00", trade.Data{References: refs(bill)}),
				event("2", "a", trade.TitleAmended, "09-04 01:00", trade.Data{References: refs(bill)}),
				event("3", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill)}),
			},
			func(c trade.Chain) any { return c.Title },
			"void",
		},
		{
			"orgs: whoever has an event that stands, and nobody whose only event is taken back",
			[]*trade.Event{departed("1", "sitc", "09-06 02:00", trade.Actual), departed("2", "crct", "09-06 02:00", trade.Planned), {ID: "3", Source: trade.SourcePrefix + "gone", Type: trade.ConveyanceDeparted, Time: at("09-06 02:00"), Revision: 1, Retracted: true}},
			func(c trade.Chain) any { return c.Orgs },
			[]string{"crct", "sitc"},
		},
		{
			"value_usd: by the month of the event that the value is from, not of a later one",
			[]*trade.Event{
				event("1", "a", trade.InvoiceIssued, "06-15 01:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "6775.8", Currency: "CNY"}}),
				event("2", "a", trade.OrderPlaced, "01-15 01:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "1", Currency: "CNY"}}),
			},
			func(c trade.Chain) any { return c.ValueUSD },
			trade.Decimal("1000"),
		},
		{
			"milestones: an order over a contract that was recorded later, a surrender over a release",
			[]*trade.Event{
				event("1", "a", trade.OrderPlaced, "08-01 01:00", trade.Data{References: refs(order)}),
				event("2", "a", trade.ContractSigned, "08-09 01:00", trade.Data{References: refs(order)}),
				event("3", "a", trade.TitleSurrendered, "09-01 01:00", trade.Data{References: refs(bill)}),
				event("4", "a", trade.ReleaseAuthorised, "09-02 01:00", trade.Data{References: refs(bill)}),
			},
			func(c trade.Chain) any {
				return []time.Time{c.Milestones[trade.Ordered], c.Milestones[trade.TitleSurrenderedAt]}
			},
			[]time.Time{at("08-01 01:00"), at("09-01 01:00")},
		},
		{
			"origin: what a document says, where the first leg departs from a hub; destination: where the last leg ends",
			[]*trade.Event{
				event("1", "a", trade.BookingConfirmed, "09-01 01:00", trade.Data{References: refs(booking), Transport: trade.Transport{Mode: trade.Multimodal, From: "CNCKG", To: "MYPKG"}}),
				event("2", "b", trade.ConveyanceDeparted, "09-08 08:00", trade.Data{References: refs(booking), Transport: ship, Place: qinzhou}),
				event("3", "b", trade.ConveyanceArrived, "09-12 08:00", trade.Data{References: refs(booking), Transport: ship, Place: singapore}),
			},
			func(c trade.Chain) any { return []string{c.Origin, c.Destination} },
			[]string{"CNCKG", "SGSIN"},
		},
		{
			"emissions: by the chosen weight, and no sum where a leg's are not known",
			[]*trade.Event{
				departed("1", "a", "09-06 02:00", trade.Actual),
				event("2", "a", trade.ConveyanceArrived, "09-08 02:00", trade.Data{References: refs(note), Transport: train, Place: qinzhou}),
				event("3", "a", trade.ConveyanceDeparted, "09-09 02:00", trade.Data{References: refs(note), Transport: trade.Transport{Mode: trade.Sea, From: "CNQZH", To: "SGZZZ"}, Place: qinzhou}),
				event("4", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Goods: goods(1, "5", "", "870322")}),
				event("5", "a", trade.TitleIssued, "09-04 01:00", trade.Data{References: refs(bill), Goods: goods(1, "1000", "", "870322")}),
			},
			func(c trade.Chain) any {
				return []any{c.Emissions[0].KM, c.Emissions[0].WTW, c.Emissions[1], c.CO2e}
			},
			[]any{trade.Decimal("1089"), trade.Decimal("29.403"), trade.Emission{}, trade.Decimal("")},
		},
		{
			"due: what follows what is reached",
			[]*trade.Event{departed("1", "a", "09-06 02:00", trade.Actual), event("2", "a", trade.TitleIssued, "09-06 05:00", trade.Data{References: refs(bill), Transport: trade.Transport{From: "CNCKG", To: "SGSIN"}})},
			func(c trade.Chain) any { return c.Due },
			[]trade.Due{{Milestone: trade.Arrived, At: at("09-16 02:00")}},
		},
		{
			"the first of several borders",
			[]*trade.Event{
				event("1", "a", trade.BorderCrossed, "09-12 01:00", trade.Data{References: refs(note), Place: trade.Place{UNLOCODE: "PLMAA"}}),
				event("2", "a", trade.BorderCrossed, "09-05 01:00", trade.Data{References: refs(note), Place: trade.Place{UNLOCODE: "CNHRS"}}),
				later(event("3", "b", trade.ConveyanceHandedOver, "09-04 01:00", trade.Data{References: refs(note), Place: trade.Place{UNLOCODE: "CNHRS"}}), 24*time.Hour),
			},
			func(c trade.Chain) any { return c.Milestones[trade.AtBorder] },
			at("09-05 01:00"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := tables(t)
			if diff := cmp.Diff(c.want, c.got(record.Fold(c.events, tb))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			r := rand.New(rand.NewPCG(1, 1))
			for range 20 {
				r.Shuffle(len(c.events), func(i, j int) { c.events[i], c.events[j] = c.events[j], c.events[i] })
				if diff := cmp.Diff(c.want, c.got(record.Fold(c.events, tb))); diff != "" {
					t.Fatalf("in another order (-want +got)\n%s", diff)
				}
			}
		})
	}
}

func TestJourneys(t *testing.T) {
	type call struct {
		typ                         trade.Type
		when, mode, place, from, to string
		conveyance                  string
	}
	dep, arr := trade.ConveyanceDeparted, trade.ConveyanceArrived
	for _, c := range []struct {
		name     string
		calls    []call
		legs     string
		corridor string
		ends     string
	}{
		{
			"calls without from and to are paired by conveyance",
			[]call{{dep, "09-01 01:00", "sea", "CNSHA", "", "", "V1"}, {arr, "09-05 01:00", "sea", "SGSIN", "", "", "V1"}, {dep, "09-06 01:00", "sea", "SGSIN", "", "", "V2"}, {arr, "09-20 01:00", "sea", "NLRTM", "", "", "V2"}},
			"sea CNSHA SGSIN, sea SGSIN NLRTM", "other", "CNSHA NLRTM",
		},
		{
			"two trains over the gauge breaks",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNHRS", "T1"},
				{arr, "09-05 01:00", "rail", "CNHRS", "CNCKG", "CNHRS", "T1"},
				{dep, "09-06 01:00", "rail", "KZZRK", "KZZRK", "BYBQT", "T2"},
				{arr, "09-12 01:00", "rail", "BYBQT", "KZZRK", "BYBQT", "T2"},
				{dep, "09-13 01:00", "rail", "PLMAA", "PLMAA", "DEDUI", "T3"},
				{arr, "09-15 01:00", "rail", "DEDUI", "PLMAA", "DEDUI", "T3"},
			},
			"rail CNCKG CNHRS, rail KZZRK BYBQT, rail PLMAA DEDUI", "europe-rail", "CNCKG DEDUI",
		},
		{
			"a ship that calls on the way is one leg",
			[]call{
				{dep, "09-01 01:00", "sea", "CNQZH", "CNQZH", "SGSIN", "V1"},
				{arr, "09-03 01:00", "sea", "HKHKG", "CNQZH", "SGSIN", "V1"},
				{dep, "09-04 01:00", "sea", "HKHKG", "", "", "V1"},
				{arr, "09-09 01:00", "sea", "SGSIN", "CNQZH", "SGSIN", "V1"},
			},
			"sea CNQZH SGSIN", "other", "CNQZH SGSIN",
		},
		{
			"one ship twice, but the goods were ashore between",
			[]call{
				{dep, "09-01 01:00", "sea", "CNQZH", "CNQZH", "SGSIN", "V1"},
				{arr, "09-06 01:00", "sea", "SGSIN", "CNQZH", "SGSIN", "V1"},
				{trade.EquipmentDischarged, "09-06 09:00", "sea", "SGSIN", "CNQZH", "SGSIN", "V1"},
				{dep, "09-09 01:00", "sea", "SGSIN", "SGSIN", "THLCH", "V1"},
				{arr, "09-12 01:00", "sea", "THLCH", "SGSIN", "THLCH", "V1"},
			},
			"sea CNQZH SGSIN, sea SGSIN THLCH", "other", "CNQZH THLCH",
		},
		{
			"beyond a border without UN/LOCODE the road begins where the last truck came",
			[]call{
				{dep, "09-01 01:00", "road", "CNCKG", "CNCKG", "", "Y1"},
				{arr, "09-02 01:00", "road", "@MOHAN", "CNCKG", "", "Y1"},
				{arr, "09-04 01:00", "road", "THBKK", "", "THBKK", "T2"},
			},
			"road CNCKG MOHAN, road MOHAN THBKK", "asean-road", "CNCKG THBKK",
		},
		{
			"only the arrival was reported",
			[]call{{arr, "09-09 01:00", "sea", "SGSIN", "CNQZH", "SGSIN", "V1"}},
			"sea CNQZH SGSIN", "other", "CNQZH SGSIN",
		},
		{
			"a barge and a ship from Guoyuan, only its facility named",
			[]call{
				{dep, "09-01 01:00", "barge", "@CNCHQGUO", "", "CNSGH", "B1"},
				{arr, "09-10 01:00", "barge", "@CNSGHYSH", "CNCHQ", "", "B1"},
				{dep, "09-12 01:00", "sea", "CNSGH", "CNSGH", "SGSIN", "V1"},
			},
			"barge CNCHQ CNSGH, sea CNSGH SGSIN", "yangtze", "CNCHQ SGSIN",
		},
		{
			"planned along its corridor, and on it until it leaves",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNQZH", "T1"},
				{arr, "09-03 01:00", "rail", "CNQZH", "CNCKG", "CNQZH", "T1"},
				{"PLN " + dep, "09-05 01:00", "sea", "CNQZH", "CNQZH", "SGSIN", "V1"},
				{"PLN " + arr, "09-11 01:00", "sea", "SGSIN", "CNQZH", "SGSIN", "V1"},
			},
			"rail CNCKG CNQZH, sea CNQZH SGSIN", "land-sea", "CNCKG SGSIN",
		},
		{
			"a chain that leaves its corridor for another port is on none",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNQZH", "T1"},
				{arr, "09-03 01:00", "rail", "CNQZH", "CNCKG", "CNQZH", "T1"},
				{dep, "09-05 01:00", "road", "CNQZH", "CNQZH", "CNYTN", "Y1"},
				{arr, "09-06 01:00", "road", "CNYTN", "CNQZH", "CNYTN", "Y1"},
				{dep, "09-08 01:00", "sea", "CNYTN", "CNYTN", "SGSIN", "V1"},
				{arr, "09-13 01:00", "sea", "SGSIN", "CNYTN", "SGSIN", "V1"},
			},
			"rail CNCKG CNQZH, road CNQZH CNYTN, sea CNYTN SGSIN", "other", "CNCKG SGSIN",
		},
		{
			"a chain that leaves its corridor for another mode is on none",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNQZH", "T1"},
				{arr, "09-03 01:00", "rail", "CNQZH", "CNCKG", "CNQZH", "T1"},
				{dep, "09-05 01:00", "air", "CNQZH", "CNQZH", "SGSIN", "A1"},
				{arr, "09-05 06:00", "air", "SGSIN", "CNQZH", "SGSIN", "A1"},
			},
			"rail CNCKG CNQZH, air CNQZH SGSIN", "other", "CNCKG SGSIN",
		},
		{
			"an arrival that says no more ends the last open leg of its mode",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "", "", ""},
				{dep, "09-05 01:00", "sea", "CNQZH", "", "", ""},
				{arr, "09-11 01:00", "sea", "SGSIN", "", "", ""},
			},
			"rail CNCKG CNQZH, sea CNQZH SGSIN", "land-sea", "CNCKG SGSIN",
		},
		{
			"one train through a hub is two legs",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNQZH", "T1"},
				{arr, "09-03 01:00", "rail", "CNQZH", "CNCKG", "CNQZH", "T1"},
				{dep, "09-04 01:00", "rail", "CNQZH", "CNQZH", "CNPIN", "T1"},
				{arr, "09-05 01:00", "rail", "CNPIN", "CNQZH", "CNPIN", "T1"},
			},
			"rail CNCKG CNQZH, rail CNQZH CNPIN", "other", "CNCKG CNPIN",
		},
		{
			"the plan of a later leg is older than the delay of the first",
			[]call{
				{dep, "09-01 01:00", "rail", "CNCKG", "CNCKG", "CNQZH", "T1"},
				{arr, "09-09 01:00", "rail", "CNQZH", "CNCKG", "CNQZH", "T1"},
				{"PLN " + dep, "09-03 01:00", "sea", "CNQZH", "CNQZH", "SGSIN", "V1"},
			},
			"rail CNCKG CNQZH, sea CNQZH SGSIN", "land-sea", "CNCKG SGSIN",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var events []*trade.Event
			for i, k := range c.calls {
				d := trade.Data{References: refs(bill), Transport: trade.Transport{Mode: k.mode, From: k.from, To: k.to, Conveyance: k.conveyance}}
				if k.typ[0] == 'P' {
					k.typ, d.Classifier = k.typ[4:], trade.Planned
				}
				if d.Place.UNLOCODE = k.place; k.place[0] == '@' {
					d.Place = trade.Place{Facility: k.place[1:]}
				}
				events = append(events, event(string(rune('a'+i)), "a", k.typ, k.when, d))
			}
			got := record.Fold(events, tables(t))
			legs := ""
			for i, l := range got.Legs {
				if i > 0 {
					legs += ", "
				}
				legs += l.Mode + " " + l.From + " " + l.To
			}
			if diff := cmp.Diff([]string{c.legs, c.corridor, c.ends}, []string{legs, got.Corridor, got.Origin + " " + got.Destination}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRevisions(t *testing.T) {
	tb := tables(t)
	first := event("1", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "1", Currency: "USD"}})
	second := event("1", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "2", Currency: "USD"}})
	second.Revision = 1
	gone := &trade.Event{SpecVersion: "1.0", ID: "1", Source: first.Source, Type: first.Type, Time: first.Time, Revision: 2, Retracted: true}

	if c := record.Fold([]*trade.Event{second, first}, tb); c.Value.Amount != "2" || c.Events != 1 {
		t.Errorf("with the first revision late: %s in %d events", c.Value.Amount, c.Events)
	}
	if diff := cmp.Diff(record.Fold(nil, tb), record.Fold([]*trade.Event{gone, second, first}, tb)); diff != "" {
		t.Errorf("retracted (-want +got)\n%s", diff)
	}
	b := record.NewBuilder(tb)
	for range 2 {
		if !b.Add(first) {
			t.Error("a first revision or a repeat of it is refused")
		}
	}
	if b.Add(second) || b.Add(gone) {
		t.Error("a higher revision is taken, whose forerunner can't be taken out")
	}
	b = record.NewBuilder(tb)
	if !b.Add(gone) || !b.Add(first) || b.Chain().Events != 0 || len(b.Chain().Orgs) != 0 {
		t.Error("a retraction that came first does not stand")
	}
}
