package chain

import (
	"fmt"
	"testing"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

// A chain that is over is held by nobody while others move; an event of a year later finds it whole, its record of all events,
// and the ids that its numbers make lead to it.
func TestAClosedChainLeavesMemoryAndComesBackWhole(t *testing.T) {
	r := newRig(t)
	r.start(0)
	defer r.die()
	r.sink.records.most = 10_000
	apply := func(events ...*trade.Event) {
		t.Helper()
		b := r.batch(events...)
		r.commit(r.prepare(b), b.First, b.Last)
		if err := r.sink.save(); err != nil {
			t.Fatal(err)
		}
	}
	invoice := trade.Reference{Kind: trade.Invoice, Value: "I1", Issuer: "ACME"}
	apply(event("booked", trade.BookingConfirmed, booking), event("loaded", trade.EquipmentLoaded, bill, booking))
	apply(event("invoiced", trade.InvoiceIssued, bill, invoice), event("cleared", trade.GoodsCleared, bill), event("delivered", trade.CargoDelivered, bill))
	id := linkage.ChainID(booking)
	held := func() bool { return r.sink.records.young[id] != nil || r.sink.records.old[id] != nil }
	if !held() {
		t.Fatal("a chain that moves is not held")
	}
	for i := range 60 {
		apply(event(fmt.Sprint("other", i), trade.TitleIssued, trade.Reference{Kind: trade.BL, Value: fmt.Sprint("OTHER", i), Issuer: "SITC"}))
	}
	if held() {
		t.Error("a chain that is over is held still")
	}
	if bytes := r.sink.records.bytes + r.sink.records.kept; bytes > 30_000 {
		t.Errorf("records of %d bytes are held, of twice 10,000 at most", bytes)
	}
	for _, number := range []string{bill.Value, invoice.Value, linkage.ChainID(bill), linkage.ChainID(invoice)} {
		if chains := r.chains(number); len(chains) != 1 || len(chains[id]) != 5 {
			t.Errorf("%s leads to %d chains, %d events", number, len(chains), len(chains[id]))
		}
	}
	late := event("corrected", trade.InvoiceCorrected, invoice)
	late.Time = late.Time.AddDate(1, 0, 0)
	apply(late)
	views, err := r.warehouse.Lookup(t.Context(), invoice.Value)
	if err != nil || len(views) != 1 {
		t.Fatalf("the invoice leads to %d chains, %v", len(views), err)
	}
	if v := views[0]; v.ID != id || v.Events != 6 || len(v.Timeline) != 6 || !v.LastEvent.Equal(late.Time) {
		t.Errorf("chain %s has a record of %d events until %s, and shows %d; want %s of 6 until %s", v.ID, v.Events, v.LastEvent, len(v.Timeline), id, late.Time)
	}
}
