package record_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/record"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
)

// found folds the events in several orders and gives the findings, each as "code: side | side". Every order must give the
// same.
func found(t *testing.T, events ...*trade.Event) []string {
	t.Helper()
	var first []string
	for turn := range 6 {
		shuffled := slices.Clone(events)
		rand.New(rand.NewPCG(uint64(turn), 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		b := record.NewBuilder(tables(t))
		for _, e := range shuffled {
			b.Add(e)
		}
		c := b.Chain()
		var got, codes []string
		for _, f := range b.Findings() {
			got = append(got, fmt.Sprintf("%s %s: %s | %s", f.Severity, f.Code, f.Sides[0].Says, f.Sides[1].Says))
			codes = append(codes, string(f.Code))
		}
		if diff := cmp.Diff(slices.Compact(codes), c.Findings); diff != "" {
			t.Errorf("codes of the chain (-findings +chain):\n%s", diff)
		}
		if turn == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("another order of the same events (-first +now):\n%s", diff)
		}
	}
	return first
}

func carried(kg, hs string, packages uint32) []trade.Goods {
	return []trade.Goods{{GrossKG: trade.Decimal(kg), HS: hs, Packages: packages, Origin: "CN"}}
}

func box(number, seal string) []trade.Equipment {
	return []trade.Equipment{{Kind: trade.Container, Number: number, Seal: seal, State: trade.Laden}}
}

func titled(status, holder, platform string) trade.Document {
	return trade.Document{Kind: "bl", Number: bill.Value, Status: status, Holder: trade.PartyID{Kind: "lei", Value: holder}, Platform: platform}
}

func lent(loan trade.Reference, financier, amount string, on ...trade.Reference) trade.Data {
	d := trade.Data{References: append(refs(loan), on...), Finance: trade.Finance{Instrument: "loan", Financier: trade.PartyID{Kind: "lei", Value: financier}}}
	if amount != "" {
		d.Amount = trade.Money{Amount: trade.Decimal(amount), Currency: "USD"}
	}
	return d
}

func TestEachContradictionIsFound(t *testing.T) {
	issued := event("issue", "sitc", trade.TitleIssued, "09-11 08:00", trade.Data{References: refs(bill), Document: titled("ISSUED", "A", "registry-1"), Goods: carried("1000", "870323", 40), Equipment: box("SITU9070320", "")})
	second := trade.Reference{Kind: trade.Loan, Value: "L2", Issuer: "OCBC"}
	lodged := func(id, direction, kg, hs string, packages uint32, more ...trade.Equipment) *trade.Event {
		return event(id, "broker", trade.DeclarationLodged, "09-10 08:00", trade.Data{
			References: refs(trade.Reference{Kind: trade.Declaration, Value: "D-" + direction}, bill), Goods: carried(kg, hs, packages),
			Customs: trade.Customs{Direction: direction}, Equipment: more,
		})
	}
	surrender := event("surrender", "sitc", trade.TitleSurrendered, "09-20 08:00", trade.Data{References: refs(bill), Document: titled("SURRENDERED", "", "")})
	delivered := event("delivered", "haulier", trade.CargoDelivered, "09-21 08:00", trade.Data{References: refs(bill)})
	granted := event("g1", "icbc", trade.FinancingGranted, "09-12 08:00", lent(loan, "ICBC", "800", bill))
	lc := event("lc", "dbs", trade.CreditIssued, "08-01 08:00", trade.Data{References: refs(credit), Credit: trade.Credit{LatestShipment: "2026-09-10", Expiry: "2026-10-01", PresentationDays: 14}})
	shown := func(when string) *trade.Event {
		return event("shown", "dbs", trade.DocumentPresented, when, trade.Data{References: refs(credit, bill)})
	}
	departed := func(when string) *trade.Event {
		return event("dep", "sitc", trade.ConveyanceDeparted, when, trade.Data{References: refs(bill), Transport: trade.Transport{Mode: trade.Sea, Conveyance: "9793911", From: "CNQZH", To: "SGSIN"}, Place: trade.Place{UNLOCODE: "CNQZH"}})
	}
	invoiceOf := func(total, items trade.Decimal, packages uint32) *trade.Event {
		return event("inv", "seller", trade.InvoiceIssued, "09-01 08:00", trade.Data{
			References: refs(invoice), Amount: trade.Money{Amount: total, Currency: "USD"},
			Goods: []trade.Goods{{Packages: packages, Value: trade.Money{Amount: items, Currency: "USD"}, Basis: "FOB"}},
			Terms: trade.Terms{Incoterm: "FOB", Freight: trade.Money{Amount: "100", Currency: "USD"}, Insurance: trade.Money{Amount: "10", Currency: "USD"}},
		})
	}
	declared := func(id, number string, value trade.Decimal, currency, basis string, packages uint32) *trade.Event {
		return event(id, "broker", trade.DeclarationLodged, "09-10 08:00", trade.Data{
			References: refs(trade.Reference{Kind: trade.Declaration, Value: number}, invoice), Customs: exporting,
			Goods: []trade.Goods{{Packages: packages, Value: trade.Money{Amount: value, Currency: currency}, Basis: basis}},
		})
	}
	also := func(e *trade.Event, r trade.Reference) *trade.Event {
		e.Data.References = append(e.Data.References, r)
		return e
	}
	lent105 := event("lc", "dbs", trade.CreditIssued, "08-01 08:00", trade.Data{References: refs(credit), Amount: trade.Money{Amount: "100", Currency: "USD"}, Credit: trade.Credit{TolerancePct: "5"}})
	drawn := func(id, amount, number string) *trade.Event {
		return event(id, "dbs", trade.DocumentPresented, "09-12 08:00", trade.Data{
			References: refs(credit, trade.Reference{Kind: trade.Invoice, Value: number}), Amount: trade.Money{Amount: trade.Decimal(amount), Currency: "USD"},
		})
	}
	frozen := event("bk", "sitc", trade.BookingConfirmed, "09-01 08:00", trade.Data{References: refs(booking), TemperatureC: "-18"})
	read := func(id, when, celsius string) *trade.Event {
		return event(id, "sensor", trade.TemperatureRead, when, trade.Data{Equipment: box("SITU9070320", ""), References: refs(booking), TemperatureC: trade.Decimal(celsius)})
	}
	bare := func(e *trade.Event) *trade.Event {
		e.Data.Equipment = nil
		return e
	}
	for name, c := range map[string]struct {
		events []*trade.Event
		want   []string
	}{
		"nothing wrong": {[]*trade.Event{issued, surrender, delivered, granted, lodged("e", "export", "1049", "87032319", 40, box("SITU9070320", "")...)}, nil},
		"weights beyond five percent": {
			[]*trade.Event{issued, lodged("e", "export", "1060", "870323", 40)},
			[]string{"warning weight_mismatch: 1060 kg on the export declaration | 1000 kg on the bill"},
		},
		"other packages, codes and containers": {
			[]*trade.Event{issued, lodged("i", "import", "1000", "870899", 41, box("TCNU1234565", "")...)},
			[]string{
				"warning container_mismatch: TCNU1234565 on the import declaration | SITU9070320 on the bill",
				"warning hs_mismatch: HS 870899 on the import declaration | HS 870323 on the bill",
				"warning package_mismatch: 41 packages on the import declaration | 40 packages on the bill",
			},
		},
		"another origin than certified": {
			[]*trade.Event{
				event("coo", "ccpit", trade.OriginCertified, "09-09 08:00", trade.Data{References: refs(trade.Reference{Kind: trade.CertificateOfOrigin, Value: "R1"}, bill), Goods: []trade.Goods{{HS: "870323", Origin: "VN"}}}),
				lodged("i", "import", "1000", "870323", 40),
			},
			[]string{"warning origin_mismatch: origin CN on the import declaration | origin VN on the certificate of origin"},
		},
		"a seal that changed on the way": {
			[]*trade.Event{
				event("s1", "depot", trade.EquipmentStuffed, "09-08 08:00", trade.Data{Equipment: box("SITU9070320", "CN1"), References: refs(bill)}),
				event("s2", "psa", trade.EquipmentDischarged, "09-18 08:00", trade.Data{Equipment: box("SITU9070320", "XX9"), References: refs(bill)}),
			},
			[]string{"critical seal_changed: SITU9070320 with seal CN1 at 2026-09-08 08:00 | SITU9070320 with seal XX9 at 2026-09-18 08:00"},
		},
		"a seal that customs changed": {
			[]*trade.Event{
				event("s1", "depot", trade.EquipmentStuffed, "09-08 08:00", trade.Data{Equipment: box("SITU9070320", "CN1"), References: refs(bill)}),
				event("insp", "customs", trade.InspectionDone, "09-10 08:00", trade.Data{References: refs(bill)}),
				event("s2", "psa", trade.EquipmentDischarged, "09-18 08:00", trade.Data{Equipment: box("SITU9070320", "XX9"), References: refs(bill)}),
			},
			nil,
		},
		"one bill to two financiers": {
			[]*trade.Event{granted, event("g2", "ocbc", trade.FinancingGranted, "09-15 08:00", lent(second, "OCBC", "700", bill))},
			[]string{"critical double_financing: ICBC lent on bl SITGCKSG026001 on 2026-09-12 | OCBC lent on bl SITGCKSG026001 on 2026-09-15"},
		},
		"the bill here and the invoice there, asked for with the papers and granted by number": {
			[]*trade.Event{
				granted, event("r2", "seller", trade.FinancingRequested, "09-14 08:00", lent(second, "OCBC", "700", invoice)),
				event("g2", "ocbc", trade.FinancingGranted, "09-15 08:00", lent(second, "OCBC", "700")),
			},
			[]string{"critical double_financing: ICBC lent on the same goods on 2026-09-12 | OCBC lent on the same goods on 2026-09-15"},
		},
		"one paper by its digest": {
			[]*trade.Event{
				event("g1", "icbc", trade.FinancingGranted, "09-12 08:00", trade.Data{References: refs(loan), Document: trade.Document{Digest: "sha256:" + strings.Repeat("a", 64)}}),
				event("g2", "ocbc", trade.FinancingGranted, "09-15 08:00", trade.Data{References: refs(second), Document: trade.Document{Digest: "sha256:" + strings.Repeat("a", 64)}}),
			},
			[]string{"critical double_financing: urn:oneorder:org:icbc lent on digest sha256:" + strings.Repeat("a", 64) + " on 2026-09-12 | urn:oneorder:org:ocbc lent on digest sha256:" + strings.Repeat("a", 64) + " on 2026-09-15"},
		},
		"financed again after it was repaid": {
			[]*trade.Event{
				granted, event("repaid", "icbc", trade.FinancingRepaid, "09-14 08:00", lent(loan, "ICBC", "800")),
				event("g2", "ocbc", trade.FinancingGranted, "09-15 08:00", lent(second, "OCBC", "700", bill)),
			},
			nil,
		},
		"one financier, beyond the value": {
			[]*trade.Event{
				event("inv", "seller", trade.InvoiceIssued, "09-01 08:00", trade.Data{References: refs(invoice), Amount: trade.Money{Amount: "1000", Currency: "USD"}, Goods: []trade.Goods{{HS: "870323"}}}),
				granted, event("g2", "icbc", trade.FinancingGranted, "09-15 08:00", lent(second, "ICBC", "300", invoice)),
			},
			[]string{"critical double_financing: ICBC lent on the same goods, beyond their value on 2026-09-12 | ICBC lent on the same goods, beyond their value on 2026-09-15"},
		},
		"shipped after the latest date": {
			[]*trade.Event{lc, departed("09-12 08:00")},
			[]string{"warning late_shipment: shipment by 2026-09-10 | departed on 2026-09-12"},
		},
		"shown too late, and after the expiry": {
			[]*trade.Event{lc, issued, shown("10-02 08:00")},
			[]string{
				"warning credit_expired: expires on 2026-10-01 | documents presented on 2026-10-02",
				"warning late_presentation: documents within 14 days of shipment | presented on 2026-10-02, the bill is of 2026-09-11",
			},
		},
		"an amended credit": {
			[]*trade.Event{
				lc, event("am", "dbs", trade.CreditAmended, "08-20 08:00", trade.Data{References: refs(credit), Credit: trade.Credit{LatestShipment: "2026-09-20", Expiry: "2026-11-01", PresentationDays: 30}}),
				issued, departed("09-12 08:00"), shown("10-02 08:00"),
			},
			nil,
		},
		"passed on after it was surrendered": {
			[]*trade.Event{issued, surrender, event("t", "bolero", trade.TitleTransferred, "09-25 08:00", trade.Data{References: refs(bill), Document: titled("TRANSFERRED", "B", "")})},
			[]string{"critical title_conflict: transferred SITGCKSG026001 at 2026-09-25 08:00 | surrendered SITGCKSG026001 at 2026-09-20 08:00"},
		},
		"passed on after the surrender was refused": {
			[]*trade.Event{
				issued, surrender, event("no", "sitc", trade.TitleSurrenderAnswered, "09-22 08:00", trade.Data{References: refs(bill), Document: titled("SREJ", "", "")}),
				event("t", "bolero", trade.TitleTransferred, "09-25 08:00", trade.Data{References: refs(bill), Document: titled("TRANSFERRED", "B", "")}),
			},
			nil,
		},
		"issued on two platforms": {
			[]*trade.Event{issued, event("again", "sitc", trade.TitleIssued, "09-13 08:00", trade.Data{References: refs(bill), Document: titled("ISSUED", "B", "registry-2")})},
			[]string{"critical title_conflict: issued SITGCKSG026001 at 2026-09-13 08:00 | issued on registry-1 SITGCKSG026001 at 2026-09-11 08:00"},
		},
		"delivered without the bill": {
			[]*trade.Event{issued, departed("09-12 08:00"), delivered},
			[]string{"critical released_without_title: delivered at 2026-09-21 08:00 | bill SITGCKSG026001 issued at 2026-09-11 08:00, not surrendered by then"},
		},
		"delivered against a waybill": {
			[]*trade.Event{event("awb", "ca", trade.TitleIssued, "09-11 08:00", trade.Data{References: refs(trade.Reference{Kind: trade.AirWaybill, Value: "99912345675"}), Document: trade.Document{Kind: "air_waybill"}}), delivered},
			nil,
		},
		"delivered with the carrier's release": {
			[]*trade.Event{issued, event("telex", "sitc", trade.ReleaseAuthorised, "09-19 08:00", trade.Data{References: refs(bill)}), departed("09-12 08:00"), delivered},
			nil,
		},
		"a forwarder's bill over land": {[]*trade.Event{issued, delivered}, nil},
		"a forwarder's bill over land that was passed on": {
			[]*trade.Event{issued, event("t", "bolero", trade.TitleTransferred, "09-13 08:00", trade.Data{References: refs(bill), Document: titled("TRANSFERRED", "B", "")}), delivered},
			[]string{"critical released_without_title: delivered at 2026-09-21 08:00 | bill SITGCKSG026001 issued at 2026-09-11 08:00, not surrendered by then"},
		},
		"a transit that stayed open": {
			[]*trade.Event{event("t1", "kz", trade.TransitOpened, "09-11 08:00", trade.Data{References: refs(trade.Reference{Kind: trade.Declaration, Value: "T1"}), Customs: trade.Customs{Direction: "transit"}}), delivered},
			[]string{"warning transit_not_discharged: delivered at 2026-09-21 08:00 | transit T1 opened at 2026-09-11 08:00"},
		},
		"a part of an invoice declared": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "500", "USD", "FOB", 20)}, nil,
		},
		"less declared than invoiced for the same goods": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "900", "USD", "FOB", 40)},
			[]string{"warning value_mismatch: 900 USD FOB declared for export | 1000 USD FOB invoiced"},
		},
		"in two declarations that add up": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "495", "USD", "FOB", 20), declared("f", "D2", "500", "USD", "FOB", 20)}, nil,
		},
		"declared to a zone and then out of it": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "1000", "USD", "FOB", 40), declared("f", "D2", "1000", "USD", "FOB", 40)}, nil,
		},
		"a declaration that was cancelled and lodged anew": {
			[]*trade.Event{
				invoiceOf("1000", "1000", 40), declared("e", "D1", "900", "USD", "FOB", 40),
				event("x", "customs", trade.DeclarationCancelled, "09-11 08:00", trade.Data{References: refs(trade.Reference{Kind: trade.Declaration, Value: "D1"}), Customs: exporting}),
				declared("f", "D2", "1000", "USD", "FOB", 40),
			},
			nil,
		},
		"an invoice of other goods too": {
			[]*trade.Event{invoiceOf("3000", "1000", 40), declared("e", "D1", "900", "USD", "FOB", 40)}, nil,
		},
		"more declared than invoiced": {
			[]*trade.Event{invoiceOf("1000", "1000", 0), declared("e", "D1", "1020", "USD", "FOB", 40)},
			[]string{"warning value_mismatch: 1020 USD FOB declared for export | 1000 USD FOB invoiced"},
		},
		"more declared, and one of the invoices is not known": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), also(declared("e", "D1", "2000", "USD", "FOB", 80), trade.Reference{Kind: trade.Invoice, Value: "INV-2"})}, nil,
		},
		"another basis, and freight and insurance make it up": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "1110", "USD", "CIF", 40)}, nil,
		},
		"another basis, and they do not": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "1200", "USD", "CIF", 40)},
			[]string{"warning value_mismatch: 1200 USD CIF declared for export | 1000 USD FOB invoiced"},
		},
		"another basis that nothing leads to": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "1200", "USD", "DDP", 40)}, nil,
		},
		"another currency, by the rate of the month": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "6800", "CNY", "FOB", 40)}, nil,
		},
		"another currency, and less": {
			[]*trade.Event{invoiceOf("1000", "1000", 40), declared("e", "D1", "6000", "CNY", "FOB", 40)},
			[]string{"warning value_mismatch: 6000 CNY FOB declared for export | 1000 USD FOB invoiced"},
		},
		"two drawings that add up within the tolerance": {
			[]*trade.Event{lent105, drawn("d1", "60", "I1"), drawn("d2", "45", "I2")}, nil,
		},
		"two drawings beyond it": {
			[]*trade.Event{lent105, drawn("d1", "60", "I1"), drawn("d2", "46", "I2")},
			[]string{"warning value_mismatch: 106 USD drawn | 100 USD under the credit"},
		},
		"one drawing shown twice": {
			[]*trade.Event{lent105, drawn("d1", "60", "I1"), drawn("d2", "60", "I1")}, nil,
		},
		"one reading off, as when a door is opened": {
			[]*trade.Event{frozen, read("t1", "09-12 08:00", "-18"), read("t2", "09-12 09:00", "-9"), read("t3", "09-12 10:00", "-18")}, nil,
		},
		"two readings off": {
			[]*trade.Event{frozen, read("t1", "09-12 08:00", "-18"), read("t2", "09-12 09:00", "-9"), read("t3", "09-12 10:00", "-10")},
			[]string{"critical temperature_breach: -10 °C at 2026-09-12 10:00, for the second time | to be kept at -18 °C"},
		},
		"two readings off in no container, beside another finding": {
			[]*trade.Event{issued, lodged("e", "export", "1060", "870323", 40), frozen, bare(read("t2", "09-12 09:00", "-9")), bare(read("t3", "09-12 10:00", "-10"))},
			[]string{
				"critical temperature_breach: -10 °C at 2026-09-12 10:00, for the second time | to be kept at -18 °C",
				"warning weight_mismatch: 1060 kg on the export declaration | 1000 kg on the bill",
			},
		},
		"delivered before it departed": {
			[]*trade.Event{departed("09-22 08:00"), delivered},
			[]string{"notice sequence_anomaly: delivered at 2026-09-21 08:00 | departed at 2026-09-22 08:00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, found(t, c.events...)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A plan contradicts nothing: it is not what happened.
func TestPlansContradictNothing(t *testing.T) {
	planned := trade.Data{Classifier: trade.Planned, References: refs(bill)}
	issued := event("issue", "sitc", trade.TitleIssued, "09-11 08:00", trade.Data{References: refs(bill), Document: titled("ISSUED", "A", "")})
	if got := found(t, issued, event("plan", "haulier", trade.CargoDelivered, "09-12 08:00", planned)); got != nil {
		t.Errorf("a planned delivery: %q", got)
	}
}

// The simulator's traffic has no contradictions, so none may be found in it.
func TestNothingIsFoundWhereNothingIsWrong(t *testing.T) {
	config := simulator.Defaults()
	config.Chains = 2000
	s, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	builders := make(map[string]*record.Builder)
	tb := tables(t)
	for {
		e := new(trade.Event)
		chains, ok := s.Next(e)
		if !ok {
			break
		}
		for _, name := range chains {
			if builders[name] == nil {
				builders[name] = record.NewBuilder(tb)
			}
			builders[name].Add(e)
		}
	}
	told := 0
	for name, b := range builders {
		b.Chain()
		for _, f := range b.Findings() {
			if told++; told < 20 {
				t.Errorf("%s: %s: %+v", name, f.Code, f.Sides)
			}
		}
	}
	if told > 0 {
		t.Errorf("%d findings in all", told)
	}
}
