package record_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneorder/internal/record"
	"oneorder/internal/trade"
)

// anyEvent draws an event out of few values, so that reports meet in every field.
func anyEvent(t *rapid.T, i int) *trade.Event {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	code := func(name string) string {
		return pick(name, "", "CNCKG", "CNQZH", "SGSIN", "CNHRS", "DEDUI", "CNCHQ", "CNSGH", "MYPKG", "XXXXX")
	}
	ref := func() trade.Reference {
		return trade.Reference{
			Kind:   trade.Kind(pick("kind", "bl", "house_bl", "master_bl", "invoice", "booking", "consignment_note", "declaration", "letter_of_credit", "payment", "loan", "certificate_of_origin", "one_order", "odd")),
			Value:  pick("value", "A", "B", "C"),
			Issuer: pick("issuer", "", "X"),
		}
	}
	list := func(name string, most int) []trade.Reference {
		var l []trade.Reference
		for range rapid.IntRange(0, most).Draw(t, name) {
			l = append(l, ref())
		}
		return l
	}
	money := func() trade.Money {
		if rapid.Bool().Draw(t, "no money") {
			return trade.Money{}
		}
		return trade.Money{Amount: trade.Decimal(strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "amount"))), Currency: pick("currency", "USD", "CNY")}
	}
	party := func(name string) trade.PartyID {
		return trade.PartyID{Kind: pick(name+" kind", "lei", "other"), Value: pick(name, "", "1", "2")}
	}
	when := func(name string) time.Time {
		return time.Date(2026, 9, 1, rapid.IntRange(0, 12).Draw(t, name), 0, 0, 0, time.UTC)
	}
	d := &trade.Data{
		Classifier: trade.Classifier(pick("classifier", "ACT", "ACT", "EST", "PLN", "")),
		References: list("references", 3), Covers: list("covers", 1), Replaces: list("replaces", 1),
		Place:     trade.Place{UNLOCODE: code("place"), Facility: pick("facility", "", "", "MOHAN", "CNCHQGUO")},
		Transport: trade.Transport{Mode: pick("mode", "", "rail", "sea", "multimodal"), Carrier: pick("carrier", "", "K", "L"), Conveyance: pick("conveyance", "", "V1", "V2"), From: code("from"), To: code("to")},
		Customs:   trade.Customs{Territory: pick("territory", "", "CN", "SG", "EU"), Direction: pick("direction", "", "import", "export", "transit")},
		Document:  trade.Document{Kind: pick("document", "bl", "invoice"), Number: pick("number", "", "A", "B"), Digest: pick("digest", "", "sha256:a", "sha256:b"), Status: pick("status", "", "SREJ", "AREQ"), Holder: party("holder"), Beneficiary: party("beneficiary"), Platform: pick("platform", "", "P", "Q")},
		Finance:   trade.Finance{Financier: trade.PartyID{Kind: "lei", Value: pick("financier", "", "1", "2")}},
		Credit:    trade.Credit{LatestShipment: pick("latest", "", "2026-08-31"), Expiry: pick("expiry", "", "2026-08-31"), PresentationDays: uint32(rapid.IntRange(0, 1).Draw(t, "days"))},
		Terms:     trade.Terms{Incoterm: pick("incoterm", "", "FOB", "CIF"), Freight: money(), Insurance: money()},
		Amount:    money(), TemperatureC: trade.Decimal(pick("temperature", "", "-18", "-10", "4")),
	}
	for range rapid.IntRange(0, 2).Draw(t, "equipment") {
		d.Equipment = append(d.Equipment, trade.Equipment{Kind: trade.Container, Number: pick("container", "C1", "C2", "C3"), Seal: pick("seal", "", "S1", "S2")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "goods") {
		d.Goods = append(d.Goods, trade.Goods{
			HS: pick("hs", "", "870323", "8708.99", "12"), Packages: uint32(rapid.IntRange(0, 3).Draw(t, "packages")),
			GrossKG: trade.Decimal(pick("gross", "", "1.5", "2")), Value: money(), Basis: pick("basis", "", "FOB", "CIF"), Origin: pick("origin", "", "CN", "VN"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "parties") {
		d.Parties = append(d.Parties, trade.Party{
			Role: pick("role", "shipper", "buyer", "actor"), Name: pick("name", "", "N", "M"), Country: pick("country", "", "CN"),
			ID: trade.PartyID{Kind: "lei", Value: pick("identity", "", "1", "2")},
		})
	}
	return &trade.Event{
		SpecVersion: "1.0", ID: strconv.Itoa(i), Source: trade.SourcePrefix + pick("org", "org-a", "org-b"),
		Type: rapid.SampledFrom(trade.Types()).Draw(t, "type"), Time: when("time"), Recorded: when("recorded"), Data: d,
	}
}

func anyEvents(t *rapid.T) []*trade.Event {
	n := rapid.IntRange(0, 14).Draw(t, "events")
	events := make([]*trade.Event, n)
	for i := range events {
		events[i] = anyEvent(t, i)
	}
	return events
}

// Any order, any repeats and any looks at the record on the way give the record of the set.
func TestFoldIsOrderFreeAndIdempotent(t *testing.T) {
	tb := tables(t)
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents(t)
		want := record.Fold(events, tb)

		again := rapid.Permutation(append(append([]*trade.Event(nil), events...), sampled(t, events)...)).Draw(t, "order")
		if diff := cmp.Diff(want, record.Fold(again, tb)); diff != "" {
			t.Fatalf("fold in another order with repeats (-want +got)\n%s", diff)
		}
		b := record.NewBuilder(tb)
		for _, e := range again {
			if !b.Add(e) {
				t.Fatalf("event %s is refused", e.ID)
			}
			if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
				b.Chain()
			}
		}
		if diff := cmp.Diff(want, b.Chain()); diff != "" {
			t.Fatalf("builder (-want +got)\n%s", diff)
		}
		straight := record.NewBuilder(tb)
		for _, e := range events {
			straight.Add(e)
		}
		straight.Chain()
		if diff := cmp.Diff(straight.Findings(), b.Findings(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("findings with both sides (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(straight.Sources(), b.Sources()); diff != "" {
			t.Fatalf("events that the fields are from (-want +got)\n%s", diff)
		}
	})
}

// What a scratch builder held before does not show.
func TestScratchGivesTheSame(t *testing.T) {
	tb := tables(t)
	scratch := record.NewScratch(tb)
	rapid.Check(t, func(t *rapid.T) {
		for range 2 {
			events := anyEvents(t)
			scratch.Reset()
			for _, e := range events {
				if !scratch.Add(e) {
					t.Fatalf("event %s is refused", e.ID)
				}
			}
			if diff := cmp.Diff(record.Fold(events, tb), scratch.Chain(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
		}
	})
}

// Revisions and retractions in any order are the set of the current events.
func TestFoldTakesTheCurrentRevisions(t *testing.T) {
	tb := tables(t)
	rapid.Check(t, func(t *rapid.T) {
		var all, current []*trade.Event
		for i, e := range anyEvents(t) {
			all = append(all, e)
			switch rapid.IntRange(0, 3).Draw(t, "fate") {
			case 0:
				next := anyEvent(t, i)
				next.Source, next.Revision = e.Source, 1
				all, current = append(all, next), append(current, next)
			case 1:
				all = append(all, &trade.Event{SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Time: e.Time, Revision: 2, Retracted: true})
			default:
				current = append(current, e)
			}
		}
		want := record.Fold(current, tb)
		if diff := cmp.Diff(want, record.Fold(rapid.Permutation(all).Draw(t, "order"), tb)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func sampled(t *rapid.T, events []*trade.Event) []*trade.Event {
	if len(events) == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.SampledFrom(events), 0, 5).Draw(t, "repeats")
}
