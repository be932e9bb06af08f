package chain

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

const minhe = "9793911" // a ship's IMO number

// at sets the day of an event, and the ship that it speaks of.
func at(e *trade.Event, day int, ship string) *trade.Event {
	e.Time = time.Date(2026, 9, day, 8, 0, 0, 0, time.UTC)
	e.Data.Transport = trade.Transport{Mode: trade.Sea, Conveyance: ship, From: "CNQZH", To: "SGSIN"}
	return e
}

func voyage() (loads, ship, discharges []*trade.Event) {
	other := bill
	other.Value = "SITGCKSG026002"
	boxed := func(e *trade.Event, number string) *trade.Event {
		e.Data.Equipment = []trade.Equipment{{Kind: trade.Container, Number: number}}
		return e
	}
	arrival, eta := event("arrived", trade.ConveyanceArrived), event("eta", trade.ScheduleChanged)
	eta.Data.Classifier = trade.Estimated
	arrival.Data.Place.UNLOCODE = "SGSIN"
	loads = []*trade.Event{
		boxed(at(event("loaded", trade.EquipmentLoaded, bill), 2, minhe), "CSQU3054383"),
		boxed(at(event("second", trade.EquipmentLoaded, other), 9, minhe), "SITU9070320"),
	}
	ship = []*trade.Event{at(arrival, 7, minhe), at(eta, 4, minhe), at(event("position", trade.PositionRead), 8, minhe), at(event("later", trade.PositionRead), 20, minhe)}
	discharges = []*trade.Event{boxed(at(event("discharged", trade.EquipmentDischarged), 8, ""), "CSQU3054383")}
	return loads, ship, discharges
}

// TestArrivalOfAShipIsOfWhoeverIsAboard: what happens to the ship is stored once and shown in the chain that was aboard; only the
// actual arrival enters its record. A death between the state and the warehouse changes nothing of it.
func TestArrivalOfAShipIsOfWhoeverIsAboard(t *testing.T) {
	r := newRig(t)
	loads, ship, discharges := voyage()
	r.start(0)
	first := r.batch(slices.Concat(ship, loads)...) // the ship's events come first, and go on the ship
	r.commit(r.prepare(first), first.First, first.Last)
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	moved := event("loaded", trade.EquipmentLoaded, bill) // loaded a day later, after all
	moved.Revision, moved.Data.Equipment = 1, loads[0].Data.Equipment
	at(moved, 3, minhe)
	again := at(event("eta", trade.ScheduleChanged), 5, "9839272") // of another ship, after all
	again.Revision = 1
	last := r.batch(append(discharges, moved, again)...)
	r.prepare(last) // its rows never reach the warehouse
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	r.die()
	r.start(first.Last)

	got := r.chains(bill.Value)
	want := map[string]string{
		"loaded":     "reference bl:SITGCKSG026001@SITC",
		"arrived":    "conveyance vessel:9793911",
		"position":   "conveyance vessel:9793911",
		"discharged": "container container:CSQU3054383",
	}
	if diff := cmp.Diff(want, byName(got[only(t, got)])); diff != "" {
		t.Errorf("the chain that was aboard (-want +got):\n%s", diff)
	}
	got = r.chains("SITGCKSG026002")
	if diff := cmp.Diff(map[string]string{"second": "reference bl:SITGCKSG026002@SITC", "later": "conveyance vessel:9793911"}, byName(got[only(t, got)])); diff != "" {
		t.Errorf("the chain that came aboard later (-want +got):\n%s", diff)
	}
	views, err := r.warehouse.Lookup(t.Context(), bill.Value)
	if err != nil {
		t.Fatal(err)
	}
	if arrived := views[0].Milestones[trade.Arrived]; !arrived.Equal(ship[0].Time) || views[0].Events != 3 {
		t.Errorf("the record is of %d events, arrived %s: want 3, %s", views[0].Events, arrived, ship[0].Time)
	}
	counts, err := r.warehouse.Counts(t.Context())
	if err != nil || counts.Unattributed != 0 {
		t.Errorf("%d events wait, %v", counts.Unattributed, err)
	}
	r.die()
}

func byName(events map[string]string) map[string]string {
	out := make(map[string]string)
	for _, name := range []string{"loaded", "second", "arrived", "eta", "position", "later", "discharged"} {
		if why, ok := events[trade.KeyOf("urn:oneorder:org:sitc", name).String()]; ok {
			out[name] = why
		}
	}
	return out
}

// TestAnEventOfManyChainsIsStoredOnce: a payment of 70 invoices is in 70 chains and has one row; the records stay as they are.
func TestAnEventOfManyChainsIsStoredOnce(t *testing.T) {
	r := newRig(t)
	r.start(0)
	paid := event("paid", trade.PaymentSettled, trade.Reference{Kind: trade.Payment, Value: "P1", Issuer: "DBS"})
	var events []*trade.Event
	for i := range 70 {
		invoice := trade.Reference{Kind: trade.Invoice, Value: fmt.Sprintf("I%d", i), Issuer: "ACME"}
		events = append(events, event(fmt.Sprintf("invoiced %d", i), trade.InvoiceIssued, invoice))
		paid.Data.Covers = append(paid.Data.Covers, invoice)
	}
	b := r.batch(append(events, paid)...)
	r.commit(r.prepare(b), b.First, b.Last)
	counts, err := r.warehouse.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts.Chains != 70 || counts.Attributions != 140 || counts.Attributed != 71 {
		t.Errorf("got %+v, want 70 chains, 140 attributions of 71 events", counts)
	}
	views, err := r.warehouse.Lookup(t.Context(), "I7")
	if err != nil || len(views) != 1 {
		t.Fatalf("got %d chains, %v", len(views), err)
	}
	if len(views[0].Timeline) != 2 || views[0].Events != 1 {
		t.Errorf("the chain shows %d events, its record is of %d: want 2 and 1", len(views[0].Timeline), views[0].Events)
	}
	// None of the records names the payment; the id that it makes leads to all of them.
	if chains := r.chains(linkage.ChainID(paid.Data.References[0])); len(chains) != 70 {
		t.Errorf("the id of the payment leads to %d chains, want 70", len(chains))
	}
	r.die()
}

// TestEveryNumberMakesAnAlias: the id of each number of a chain leads to it, also where it was that of a chain which went up in it.
func TestEveryNumberMakesAnAlias(t *testing.T) {
	r := newRig(t)
	r.start(0)
	apply := func(events ...*trade.Event) {
		t.Helper()
		b := r.batch(events...)
		r.commit(r.prepare(b), b.First, b.Last)
	}
	invoice := trade.Reference{Kind: trade.Invoice, Value: "I1", Issuer: "ACME"}
	declaration := trade.Reference{Kind: trade.Declaration, Value: "D1", Issuer: "SGCUS"}
	apply(event("invoiced", trade.InvoiceIssued, invoice))
	apply(event("declared", trade.DeclarationLodged, declaration))
	before := slices.Sorted(maps.Keys(r.chains(linkage.ChainID(declaration))))
	if diff := cmp.Diff([]string{linkage.ChainID(declaration)}, before); diff != "" {
		t.Errorf("chain of the declaration (-want +got):\n%s", diff)
	}
	apply(event("issued", trade.TitleIssued, bill, invoice), event("lodged", trade.DeclarationAmended, bill, declaration))
	one := linkage.ChainID(invoice)
	for _, r2 := range []trade.Reference{invoice, declaration, bill} {
		if diff := cmp.Diff([]string{one}, slices.Sorted(maps.Keys(r.chains(linkage.ChainID(r2))))); diff != "" {
			t.Errorf("chains of the id of %s (-want +got):\n%s", r2, diff)
		}
	}
	taken := event("lodged", trade.DeclarationAmended)
	taken.Revision, taken.Retracted, taken.Data = 1, true, nil
	apply(taken)
	if diff := cmp.Diff(before, slices.Sorted(maps.Keys(r.chains(linkage.ChainID(declaration))))); diff != "" {
		t.Errorf("chain of the declaration when it stands alone again (-want +got):\n%s", diff)
	}
	r.die()
}

// TestANumberThatNoneOfItsEventsNames: the id of a number leads to every chain that the number leads to, also where the one event
// that names the number is of another.
func TestANumberThatNoneOfItsEventsNames(t *testing.T) {
	r := newRig(t)
	r.start(0)
	apply := func(events ...*trade.Event) {
		t.Helper()
		b := r.batch(events...)
		r.commit(r.prepare(b), b.First, b.Last)
	}
	number := func(kind trade.Kind, value string) trade.Reference {
		return trade.Reference{Kind: kind, Value: value, Issuer: "ACME"}
	}
	first, second, invoice := number(trade.BL, "B1"), number(trade.BL, "B2"), number(trade.Invoice, "I1")
	certificate, permit := number(trade.Certificate, "C1"), number(trade.Permit, "P1")
	apply(event("first", trade.TitleIssued, first, invoice), event("second", trade.TitleIssued, second, invoice))
	apply(event("certified", trade.CertificateIssued, first, certificate))
	both := slices.Sorted(maps.Keys(r.chains(linkage.ChainID(invoice))))
	if len(both) != 2 {
		t.Fatalf("the invoice leads to chains %v, want two", both)
	}
	leads := func(when string, want []string) {
		t.Helper()
		got := slices.Sorted(maps.Keys(r.chains(linkage.ChainID(permit))))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("chains of the id of the permit %s (-want +got):\n%s", when, diff)
		}
	}
	// The certificate says that it is about the first; the invoice, that the permit may be about both.
	permitted := event("permitted", trade.PermitGranted, permit, invoice, certificate)
	apply(permitted)
	if of := r.chains(linkage.ChainID(certificate)); len(of) != 1 {
		t.Fatalf("the certificate leads to chains %v, want one", of)
	}
	for id, events := range r.chains(linkage.ChainID(invoice)) {
		if _, has := events[permitted.Key().String()]; has != (len(events) == 3) {
			t.Errorf("chain %s has the events %v", id, events)
		}
	}
	leads("that one event names", both)
	apply(event("seen", trade.GoodsReleased, second, permit))
	leads("that an event of the second names, too", both)
	for _, id := range []string{"seen", "permitted"} {
		taken := event(id, trade.PermitGranted)
		taken.Revision, taken.Retracted, taken.Data = 1, true, nil
		apply(taken)
		if id == "seen" {
			leads("that one event names again", both)
		}
	}
	leads("that nothing names any more", nil)
	r.die()
}
