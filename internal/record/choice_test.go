package record_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/record"
	"oneorder/internal/refdata"
	"oneorder/internal/trade"
)

// voice is a kind of report: a type of event, of customs with its direction.
type voice struct {
	typ       trade.Type
	direction string
}

func voices(types ...trade.Type) (list []voice) {
	for _, typ := range types {
		list = append(list, voice{typ: typ})
	}
	return list
}

func declared(direction string) []voice {
	return []voice{{trade.DeclarationLodged, direction}, {trade.DeclarationAccepted, direction}, {trade.DeclarationAmended, direction}}
}

// says makes the report's event: everything in it is the n-th of its kind.
func (v voice) says(n int) *trade.Event {
	money := trade.Money{Amount: trade.Decimal(fmt.Sprint(n)), Currency: "USD"}
	letters := string([]byte{'A' + byte(n/26), 'A' + byte(n%26), 'Z'})
	e := event(fmt.Sprint(n), "a", v.typ, fmt.Sprintf("09-%02d 01:00", n), trade.Data{
		References: refs(bill), Amount: money, Customs: trade.Customs{Territory: "CN", Direction: v.direction}, Place: trade.Place{UNLOCODE: "CNHRS"},
		Goods:     []trade.Goods{{HS: fmt.Sprint(870300 + n), Packages: uint32(n), GrossKG: trade.Decimal(fmt.Sprint(n)), Value: money}},
		Transport: trade.Transport{From: "CN" + letters, To: "SG" + letters},
	})
	e.Recorded = at("10-01 00:00")
	return e
}

// Of two reports of a fact that were recorded whenever, that of the higher standing is kept; of one standing, the later recorded.
func TestStandings(t *testing.T) {
	invoices := voices(trade.InvoiceIssued, trade.InvoiceCorrected)
	bills := voices(trade.TitleIssued, trade.TitleSwitched, trade.TitleAmended)
	reached := func(m trade.Milestone) func(trade.Chain) any {
		return func(c trade.Chain) any { return c.Milestones[m] }
	}
	measured := [][]voice{
		bills, append(declared("export"), voices(trade.GoodsReleased, trade.GoodsCleared)...), voices(trade.PackingListIssued), invoices,
		voices(trade.TitleDrafted, trade.OriginCertified, trade.CertificateIssued, trade.DeliveryOrderIssued, trade.WarehouseReceived),
		voices(trade.OrderPlaced, trade.OrderChanged, trade.ContractSigned, trade.BookingRequested, trade.BookingConfirmed, trade.EquipmentStuffed, trade.CargoDelivered),
	}
	for _, c := range []struct {
		name   string
		groups [][]voice // the highest standing first
		got    func(trade.Chain) any
	}{
		{"hs: by the standing of the document", [][]voice{
			declared("export"), voices(trade.GoodsReleased, trade.GoodsCleared), voices(trade.OriginCertified), invoices, bills,
			voices(trade.PackingListIssued, trade.TitleDrafted, trade.CertificateIssued),
			voices(trade.OrderPlaced, trade.OrderChanged, trade.ContractSigned, trade.DeliveryOrderIssued, trade.WarehouseReceived, trade.BookingRequested, trade.BookingConfirmed, trade.EquipmentStuffed),
		}, func(c trade.Chain) any { return c.HS }},
		{"packages: by the standing of the document", measured, func(c trade.Chain) any { return c.Packages }},
		{"gross_kg: by the standing of the document", measured, func(c trade.Chain) any { return c.GrossKG }},
		{"value: by the standing of the document", [][]voice{
			invoices, declared("export"), declared("import"), bills, voices(trade.PackingListIssued, trade.TitleDrafted, trade.OriginCertified),
			voices(trade.OrderPlaced, trade.OrderChanged), voices(trade.ContractSigned, trade.BookingRequested, trade.BookingConfirmed),
		}, func(c trade.Chain) any { return c.Value }},
		{"origin, destination: by the standing of the document", [][]voice{
			bills, voices(trade.BookingConfirmed), voices(trade.TitleDrafted), append(voices(trade.PackingListIssued, trade.BookingRequested), invoices...),
			voices(trade.OrderPlaced, trade.OrderChanged, trade.ContractSigned),
		}, func(c trade.Chain) any { return c.Origin + " " + c.Destination }},
		{"ordered_at: an order over a contract", [][]voice{voices(trade.OrderPlaced), voices(trade.ContractSigned)}, reached(trade.Ordered)},
		{"invoiced_at: the invoice over its correction", [][]voice{voices(trade.InvoiceIssued), voices(trade.InvoiceCorrected)}, reached(trade.Invoiced)},
		{"title_issued_at: an issue over a switch", [][]voice{voices(trade.TitleIssued), voices(trade.TitleSwitched)}, reached(trade.TitleIssuedAt)},
		{"title_surrendered_at: a surrender over a release", [][]voice{voices(trade.TitleSurrendered), voices(trade.ReleaseAuthorised)}, reached(trade.TitleSurrenderedAt)},
		{"credit_issued_at: the issue over its advice", [][]voice{voices(trade.CreditIssued), voices(trade.CreditAdvised)}, reached(trade.CreditIssuedAt)},
		{"border_crossed_at: a crossing over a handing over", [][]voice{voices(trade.BorderCrossed), voices(trade.ConveyanceHandedOver)}, reached(trade.AtBorder)},
		{"export_lodged_at: a lodging over an acceptance", [][]voice{{{trade.DeclarationLodged, "export"}}, {{trade.DeclarationAccepted, "export"}}}, reached(trade.ExportLodged)},
		{"export_cleared_at: a clearance over a release over an exit", [][]voice{{{trade.GoodsCleared, "export"}}, {{trade.GoodsReleased, "export"}}, {{trade.GoodsExited, "export"}}}, reached(trade.ExportCleared)},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := tables(t)
			// Customs' milestones are of the country of origin.
			beside := event("journey", "z", trade.ConveyanceDeparted, "09-01 00:30", trade.Data{References: refs(note), Transport: train, Place: chongqing})
			fold := func(events ...*trade.Event) any {
				if c.groups[0][0].direction == "export" {
					events = append(events, beside)
				}
				return c.got(record.Fold(events, tb))
			}
			var events []*trade.Event
			var group []int
			for i, g := range c.groups {
				for _, v := range g {
					events, group = append(events, v.says(len(events)+1)), append(group, i)
				}
			}
			for i, x := range events {
				for j, y := range events {
					if i == j {
						continue
					}
					// The other was recorded later, so that only its standing, or that, can decide.
					was := y.Recorded
					y.Recorded = was.Add(time.Hour)
					want := x
					if group[j] <= group[i] {
						want = y
					}
					alone := fold(want)
					for _, order := range [][]*trade.Event{{x, y}, {y, x}} {
						if diff := cmp.Diff(alone, fold(order...)); diff != "" {
							t.Errorf("%s and, recorded later, %s (-want +got):\n%s", x.Type, y.Type, diff)
						}
					}
					y.Recorded = was
				}
			}
		})
	}
}

// A milestone that one kind of report tells of is reached by it, and not by what comes before.
func TestMilestonesOfOneReport(t *testing.T) {
	customs := func(direction string) trade.Data {
		return trade.Data{References: refs(bill), Customs: trade.Customs{Territory: "CN", Direction: direction}}
	}
	for _, c := range []struct {
		name    string
		of      trade.Milestone
		by, not []trade.Type
		data    trade.Data
		reaches bool
	}{
		{"booked_at: by a confirmation, not by a request", trade.Booked, []trade.Type{trade.BookingConfirmed}, []trade.Type{trade.BookingRequested, trade.BookingDeclined}, trade.Data{References: refs(bill)}, true},
		{"delivered_at: by the delivery, not by the gate", trade.Delivered, []trade.Type{trade.CargoDelivered}, []trade.Type{trade.EquipmentGatedOut}, trade.Data{References: refs(bill)}, true},
		{"empty_returned_at: by the return, not by the stripping", trade.EmptyReturnedAt, []trade.Type{trade.EmptyReturned}, []trade.Type{trade.EquipmentStripped}, trade.Data{References: refs(bill)}, true},
		{"financed_at: by the grant, not by the request", trade.Financed, []trade.Type{trade.FinancingGranted}, []trade.Type{trade.FinancingRequested}, trade.Data{References: refs(bill)}, true},
		{"repaid_at: by the repayment", trade.Repaid, []trade.Type{trade.FinancingRepaid}, []trade.Type{trade.FinancingGranted}, trade.Data{References: refs(bill)}, true},
		{"paid_at: by a settled payment or credit or a paid collection", trade.Paid, []trade.Type{trade.PaymentSettled, trade.CreditSettled, trade.CollectionPaid}, []trade.Type{trade.PaymentInstructed, trade.CollectionAccepted}, trade.Data{References: refs(bill)}, true},
		{"duty_paid_at: by duty paid", trade.DutyPaidAt, []trade.Type{trade.DutyPaid}, []trade.Type{trade.DutyAssessed}, customs("import"), true},
		{"duty_paid_at: not by duty on an export", trade.DutyPaidAt, []trade.Type{trade.DutyPaid}, nil, customs("export"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			reached := func(typ trade.Type) bool {
				folded := record.Fold([]*trade.Event{event("1", "a", typ, "09-10 01:00", c.data)}, tables(t))
				return !folded.Milestones[c.of].IsZero()
			}
			for _, typ := range c.by {
				if reached(typ) != c.reaches {
					t.Errorf("%s reaches %s: %v", typ, c.of, !c.reaches)
				}
			}
			for _, typ := range c.not {
				if reached(typ) {
					t.Errorf("%s reaches %s", typ, c.of)
				}
			}
		})
	}
}

// What is kept of the other fields when reports differ.
func TestChoices(t *testing.T) {
	finance := func(id string, c trade.Classifier, rail string, green bool) *trade.Event {
		return event(id, "bank", trade.PaymentSettled, "09-20 01:00", trade.Data{Classifier: c, References: refs(bill), Finance: trade.Finance{Rail: rail, Green: green}})
	}
	seen := func(id string, c trade.Classifier, p trade.Place) *trade.Event {
		return event(id, "yard", trade.EquipmentGatedIn, "09-05 01:00", trade.Data{Classifier: c, References: refs(bill), Place: p})
	}
	party := func(id, when string, p trade.Party) *trade.Event {
		return event(id, "a", trade.InvoiceIssued, when, trade.Data{References: refs(invoice), Parties: []trade.Party{p}})
	}
	// planned is an arrival in Singapore, or another fact there, as it was said when it was recorded.
	planned := func(id, org string, typ trade.Type, when, recorded string, c trade.Classifier) *trade.Event {
		e := event(id, org, typ, when, trade.Data{Classifier: c, References: refs(bill), Transport: ship, Place: singapore})
		e.Recorded = at(recorded)
		return e
	}
	firstArrival := func(c trade.Chain) any { return c.Legs[0].FirstArrival }
	left := func(id, when string, where trade.Transport, at trade.Place) *trade.Event {
		return event(id, "a", trade.ConveyanceDeparted, when, trade.Data{References: refs(bill), Transport: where, Place: at})
	}
	for _, c := range []struct {
		name   string
		events []*trade.Event
		got    func(trade.Chain) any
		want   any
	}{
		{
			"references: every number that an event names or replaces",
			[]*trade.Event{event("1", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill, booking), Replaces: refs(note)})},
			func(c trade.Chain) any { return len(c.References) },
			3,
		},
		{
			"parties: a report with a name, then one with a country, then the later recorded",
			[]*trade.Event{
				party("1", "09-01 01:00", trade.Party{Role: "shipper", ID: shipper.ID, Name: "Chongqing Motor Co"}),
				party("2", "09-02 01:00", trade.Party{Role: "shipper", ID: shipper.ID, Country: "CN"}),
				party("3", "09-03 01:00", trade.Party{Role: "consignee", ID: consignee.ID, Name: "Lion", Country: "SG"}),
				party("4", "09-04 01:00", trade.Party{Role: "consignee", ID: consignee.ID, Name: "Lion Import"}),
				party("5", "09-05 01:00", trade.Party{Role: "notify", ID: consignee.ID, Name: "Lion"}),
				party("6", "09-06 01:00", trade.Party{Role: "notify", ID: consignee.ID, Name: "Lion Import Pte Ltd"}),
			},
			func(c trade.Chain) any {
				var names []string
				for _, p := range c.Parties {
					names = append(names, p.Role+" "+p.Name+" "+p.Country)
				}
				return names
			},
			[]string{"consignee Lion SG", "notify Lion Import Pte Ltd ", "shipper Chongqing Motor Co "},
		},
		{
			"containers: every one that is named, and where its goods went on",
			[]*trade.Event{
				event("1", "a", trade.EquipmentLoaded, "09-01 01:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden)}),
				event("2", "a", trade.CargoTransferred, "09-03 01:00", trade.Data{References: refs(bill), Transfer: trade.Transfer{From: []string{"SITU9070320"}, To: []string{"CSQU3054383"}}}),
			},
			func(c trade.Chain) any { return c.Containers },
			[]string{"CSQU3054383", "SITU9070320", "SITU9070336"},
		},
		{
			"gross_kg: of a lower document where the bill gives packages alone",
			[]*trade.Event{
				event("1", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill), Goods: []trade.Goods{{Packages: 40}}}),
				event("2", "a", trade.PackingListIssued, "09-02 01:00", trade.Data{References: refs(bill), Goods: []trade.Goods{{Packages: 41, GrossKG: "900"}}}),
			},
			func(c trade.Chain) any { return fmt.Sprint(c.Packages, " ", c.GrossKG) },
			"40 900",
		},
		{
			"value: the total of an invoice over the sum of its items",
			[]*trade.Event{event("1", "a", trade.InvoiceIssued, "09-01 01:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "100", Currency: "USD"}, Goods: []trade.Goods{{Value: trade.Money{Amount: "90", Currency: "USD"}}}})},
			func(c trade.Chain) any { return c.Value.Amount },
			trade.Decimal("100"),
		},
		{
			"origin, destination: of a document where the legs stay within one country",
			[]*trade.Event{
				event("1", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill), Transport: trade.Transport{From: "CNCKG", To: "SGSIN"}}),
				left("2", "09-02 01:00", trade.Transport{Mode: trade.Road, From: "CNCKG", To: "CNZZ2", Conveyance: "Y1"}, chongqing),
			},
			func(c trade.Chain) any { return c.Origin + " " + c.Destination },
			"CNCKG SGSIN",
		},
		{
			"first plan: an arrival's over an earlier discharge's, and of these the one recorded first",
			[]*trade.Event{
				planned("1", "a", trade.EquipmentDischarged, "09-14 01:00", "09-01 01:00", trade.Planned),
				planned("2", "a", trade.ConveyanceArrived, "09-16 01:00", "09-03 01:00", trade.Planned),
				planned("3", "a", trade.ConveyanceArrived, "09-15 01:00", "09-02 01:00", trade.Planned),
				planned("4", "a", trade.ScheduleChanged, "09-17 01:00", "09-04 01:00", trade.Planned),
			},
			func(c trade.Chain) any { return []time.Time{c.Legs[0].FirstArrival, c.Legs[0].PlannedArrival} },
			[]time.Time{at("09-15 01:00"), at("09-17 01:00")},
		},
		{
			"first plan: recorded alike, the smaller source",
			[]*trade.Event{
				planned("1", "b", trade.ConveyanceArrived, "09-15 01:00", "09-02 01:00", trade.Planned),
				planned("2", "a", trade.ConveyanceArrived, "09-16 01:00", "09-02 01:00", trade.Planned),
			},
			firstArrival,
			at("09-16 01:00"),
		},
		{
			"first plan: of one source the smaller id",
			[]*trade.Event{
				planned("2", "a", trade.ConveyanceArrived, "09-15 01:00", "09-02 01:00", trade.Planned),
				planned("1", "a", trade.ConveyanceArrived, "09-16 01:00", "09-02 01:00", trade.Planned),
			},
			firstArrival,
			at("09-16 01:00"),
		},
		{
			"first plan: an estimate is none",
			[]*trade.Event{
				planned("1", "a", trade.ConveyanceArrived, "09-15 01:00", "09-02 01:00", trade.Estimated),
				planned("2", "a", trade.ConveyanceArrived, "09-16 01:00", "09-12 01:00", trade.Actual),
			},
			firstArrival,
			time.Time{},
		},
		{
			"departed_at: the first of all departures",
			[]*trade.Event{left("1", "09-08 01:00", ship, qinzhou), left("2", "09-02 01:00", train, chongqing)},
			func(c trade.Chain) any { return c.Milestones[trade.Departed] },
			at("09-02 01:00"),
		},
		{
			"rails, green: of all actual finance, of no plan",
			[]*trade.Event{finance("1", trade.Actual, "SWIFT", false), finance("2", trade.Actual, "CIPS", true), finance("3", trade.Planned, "FAST", false)},
			func(c trade.Chain) any { return fmt.Sprint(c.Rails, c.Green) },
			"[CIPS SWIFT] true",
		},
		{
			"zones: those of every facility and name of actual events, of no plan",
			[]*trade.Event{
				seen("1", trade.Actual, trade.Place{Facility: "CNCHQGUO"}), seen("2", trade.Actual, trade.Place{UNLOCODE: "CNCKG", Name: "Chongqing Xiyong Comprehensive Bonded Zone"}),
				seen("3", trade.Planned, trade.Place{Facility: "SGSINTUA"}), seen("4", trade.Actual, trade.Place{UNLOCODE: "SGSIN"}),
			},
			func(c trade.Chain) any { return strings.Join(c.Zones, " ") },
			"cn-chongqing-ftz-guoyuan cn-guoyuan-hub cn-xiyong",
		},
		{
			"status: delivered and paid, but a container is out",
			[]*trade.Event{
				event("1", "a", trade.CargoDelivered, "09-10 01:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden)}), finance("2", trade.Actual, "SWIFT", false),
			},
			func(c trade.Chain) any { return c.Status },
			record.Delivered,
		},
		{
			"status: delivered and paid, but one of two containers is out",
			[]*trade.Event{
				event("1", "a", trade.ConveyanceArrived, "09-08 01:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore}),
				event("2", "a", trade.EquipmentDischarged, "09-08 09:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden), Transport: ship, Place: singapore}),
				event("3", "a", trade.CargoDelivered, "09-10 01:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden)}), finance("4", trade.Actual, "SWIFT", false),
				event("5", "a", trade.EmptyReturned, "09-11 01:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Empty)[:1]}),
			},
			func(c trade.Chain) any { return c.Status },
			record.Delivered,
		},
		{
			"emissions: the sum where all legs' are known",
			[]*trade.Event{
				left("1", "09-02 01:00", train, chongqing), event("2", "a", trade.ConveyanceArrived, "09-04 01:00", trade.Data{References: refs(bill), Transport: train, Place: qinzhou}),
				event("3", "a", trade.TitleIssued, "09-01 01:00", trade.Data{References: refs(bill), Goods: goods(1, "1000", "", "870322")}),
			},
			func(c trade.Chain) any { return c.CO2e == c.Emissions[0].WTW && c.CO2e != "" },
			true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			for range 12 {
				if diff := cmp.Diff(c.want, c.got(record.Fold(c.events, tables(t)))); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
				r.Shuffle(len(c.events), func(i, j int) { c.events[i], c.events[j] = c.events[j], c.events[i] })
			}
		})
	}
}

// ratesOf are tables with two more rates: of a month after all that are built in, and of a day of it.
func ratesOf(t *testing.T) *refdata.Tables {
	t.Helper()
	folder, err := refdata.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var rows []refdata.RateRow
	for _, of := range []string{"2026-07", "2026-07-03"} {
		rows = append(rows, refdata.RateRow{Currency: "CNY", Of: of, PerUSD: map[bool]string{true: "8", false: "10"}[len(of) == 7], Source: "bank"})
	}
	folder.AddRates(rows)
	tables, err := folder.Check()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// value_usd, and the rate beside it, go by the event that the value is from.
func TestRateOfTheValue(t *testing.T) {
	for _, c := range []struct{ name, on, usd, of string }{
		{"value_usd: by the rate of the day where it is known", "07-03 15:00", "80", "2026-07-03"},
		{"value_usd: else by that of the month", "07-04 15:00", "100", "2026-07"},
		{"value_usd: else by the last that is known", "09-04 15:00", "100", "2026-07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := record.Fold([]*trade.Event{
				event("1", "a", trade.InvoiceIssued, c.on, trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "800", Currency: "CNY"}}),
			}, ratesOf(t))
			if string(got.ValueUSD) != c.usd || got.ValueRate.Of != c.of || got.ValueRate.Source != "bank" {
				t.Errorf("%s USD by the rate of %+v, want %s by that of %s", got.ValueUSD, got.ValueRate, c.usd, c.of)
			}
		})
	}
}

// A plan that was revised under its own id is known by its last revision alone, which was recorded later: another plan may be the first then.
func TestRevisedPlan(t *testing.T) {
	tb := tables(t)
	plan := func(id, when, recorded string, revision uint32) *trade.Event {
		e := event(id, "sitc", trade.ConveyanceArrived, when, trade.Data{Classifier: trade.Planned, References: refs(bill), Transport: ship, Place: singapore})
		e.Recorded, e.Revision = at(recorded), revision
		return e
	}
	other, revised := plan("2", "09-16 12:00", "09-02 00:00", 0), plan("1", "09-18 12:00", "09-03 00:00", 1)
	if got, want := record.Fold([]*trade.Event{plan("1", "09-15 12:00", "09-01 00:00", 0), other, revised}, tb).Legs[0].FirstArrival, at("09-16 12:00"); !got.Equal(want) {
		t.Errorf("of a revised plan and another the first is %v, want %v", got, want)
	}
	if got, want := record.Fold([]*trade.Event{revised}, tb).Legs[0].FirstArrival, at("09-18 12:00"); !got.Equal(want) {
		t.Errorf("of a revised plan alone the first is %v, want %v", got, want)
	}
}

// The first plan stays through estimates, other plans and what happens, goes with the leg that calls on the way, and says where it is from.
func TestFirstPlanAlongTheWay(t *testing.T) {
	b := record.NewBuilder(tables(t))
	add := func(id string, typ trade.Type, when, recorded string, c trade.Classifier, where trade.Place, by trade.Transport) trade.Leg {
		e := event(id, "sitc", typ, when, trade.Data{Classifier: c, References: refs(bill), Transport: by, Place: where})
		e.Recorded = at(recorded)
		if !b.Add(e) {
			t.Fatalf("%s is refused", id)
		}
		return b.Chain().Legs[0]
	}
	klang := trade.Place{UNLOCODE: "MYPKG"}
	before, after := ship, ship
	before.To, after.From = "MYPKG", "MYPKG"
	add("1", trade.ConveyanceDeparted, "09-10 22:00", "09-01 00:00", trade.Planned, qinzhou, before)
	add("2", trade.ConveyanceArrived, "09-14 00:00", "09-01 00:00", trade.Planned, klang, before)
	add("3", trade.ConveyanceDeparted, "09-14 12:00", "09-01 00:00", trade.Planned, klang, after)
	add("4", trade.ConveyanceArrived, "09-16 12:00", "09-01 00:00", trade.Planned, singapore, after)
	add("5", trade.ConveyanceArrived, "09-17 12:00", "09-08 00:00", trade.Planned, singapore, after)
	add("6", trade.ConveyanceArrived, "09-18 00:00", "09-12 00:00", trade.Estimated, singapore, after)
	add("7", trade.ConveyanceDeparted, "09-11 02:00", "09-11 03:00", trade.Actual, qinzhou, before)
	got := add("8", trade.ConveyanceArrived, "09-18 06:00", "09-18 07:00", trade.Actual, singapore, after)
	want := trade.Leg{
		Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", From: "CNQZH", To: "SGSIN", Departed: at("09-11 02:00"), Arrived: at("09-18 06:00"),
		PlannedDeparture: at("09-10 22:00"), PlannedArrival: at("09-18 00:00"), FirstDeparture: at("09-10 22:00"), FirstArrival: at("09-16 12:00"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	from := map[string]string{}
	for _, s := range b.Sources() {
		from[s.Field] = s.ID
	}
	if from["leg 1 first planned departure"] != "1" || from["leg 1 first planned arrival"] != "4" {
		t.Errorf("the first plans are from %q and %q, want 1 and 4", from["leg 1 first planned departure"], from["leg 1 first planned arrival"])
	}
}
