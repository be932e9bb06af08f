package chain

import (
	"fmt"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

// readings is the state, with what is read of it.
type readings struct {
	linkage.Store
	read map[string]bool
}

func (w readings) Load(key []byte) ([]byte, error) {
	w.read[string(key)] = true
	return w.Store.Load(key)
}

// A chain that is over (delivered, cleared, paid, its box back, 180 days quiet) is held by nobody while others move: neither its
// record nor anything that joining knows of it. Memory stays within what is configured. An event of a year later reads it
// back and finds it whole, its record of all events, and the ids that its numbers make lead to it all the while.
func TestAClosedChainLeavesMemoryAndComesBackWhole(t *testing.T) {
	r := newRig(t)
	r.start(0)
	defer func() { r.die() }()
	const linkerBytes, recordBytes = 100_000, 10_000
	state := readings{r.sink.store, make(map[string]bool)}
	limit := func() {
		state.Store = r.sink.store
		r.sink.linker, r.sink.records.most = linkage.New(state, linkerBytes), recordBytes
	}
	limit()
	apply := func(events ...*trade.Event) {
		t.Helper()
		b := r.batch(events...)
		r.commit(r.prepare(b), b.First, b.Last)
		if err := r.sink.save(); err != nil {
			t.Fatal(err)
		}
	}
	at := func(day int, e *trade.Event) *trade.Event {
		e.Time = e.Time.AddDate(0, 0, day)
		return e
	}
	boxed := func(e *trade.Event) *trade.Event {
		e.Data.Equipment = []trade.Equipment{{Kind: trade.Container, Number: "SITU9070320"}}
		return e
	}
	invoice := trade.Reference{Kind: trade.Invoice, Value: "I1", Issuer: "ACME"}
	paid := at(30, event("paid", trade.PaymentSettled, trade.Reference{Kind: trade.Payment, Value: "P1"}))
	paid.Data.Covers = []trade.Reference{invoice}
	over := []*trade.Event{
		event("booked", trade.BookingConfirmed, booking), boxed(at(1, event("picked", trade.EmptyPickedUp, booking))),
		boxed(at(2, event("loaded", trade.EquipmentLoaded, bill, booking))), at(3, event("invoiced", trade.InvoiceIssued, bill, invoice)),
		at(9, event("cleared", trade.GoodsCleared, bill)), at(10, event("delivered", trade.CargoDelivered, bill)),
		boxed(at(12, event("returned", trade.EmptyReturned))), paid,
	}
	apply(over[:4]...)
	apply(over[4:]...)
	id := linkage.ChainID(booking)
	held := func() bool { return r.sink.records.young[id] != nil || r.sink.records.old[id] != nil }
	if !held() {
		t.Fatal("a chain that moves is not held")
	}
	leads := func(when string) {
		t.Helper()
		for _, number := range []string{bill.Value, invoice.Value, "SITU9070320", linkage.ChainID(bill), linkage.ChainID(invoice), linkage.ChainID(paid.Data.References[0])} {
			if chains := r.chains(number); len(chains) != 1 || len(chains[id]) != len(over) {
				t.Errorf("%s %s leads to %d chains, %d events", when, number, len(chains), len(chains[id]))
			}
		}
	}
	leads("while it moves,")
	for i := range 120 {
		other := trade.Reference{Kind: trade.BL, Value: fmt.Sprint("OTHER", i), Issuer: "SITC"}
		apply(at(200, event(fmt.Sprint("other", i), trade.TitleIssued, other)), at(210, event(fmt.Sprint("cleared", i), trade.GoodsCleared, other)))
		if bytes := r.sink.linker.Held(); bytes > linkerBytes+10_000 { // a batch more
			t.Fatalf("joining holds %d bytes, of %d at most", bytes, linkerBytes)
		}
		if bytes := r.sink.records.bytes + r.sink.records.kept; bytes > 3*recordBytes {
			t.Fatalf("records of %d bytes are held, of about twice %d at most", bytes, recordBytes)
		}
	}
	if held() {
		t.Error("the record of a chain that is over is held still")
	}
	leads("while nobody holds it,")

	clear(state.read)
	late := at(365, event("corrected", trade.InvoiceCorrected, invoice))
	apply(late)
	for _, e := range over {
		key := e.Key()
		if !state.read["f"+string(key[:])] {
			t.Errorf("event %s was not read back: joining held it", e.ID)
		}
	}
	for _, key := range []string{"nbl\x00" + bill.Value + "\x00" + bill.Issuer + "\x00", "ninvoice\x00I1\x00ACME"} {
		if !state.read[key] {
			t.Errorf("%q was not read back: joining held it", key)
		}
	}
	whole := func(events int, until time.Time) {
		t.Helper()
		views, err := r.warehouse.Lookup(t.Context(), invoice.Value)
		if err != nil || len(views) != 1 {
			t.Fatalf("the invoice leads to %d chains, %v", len(views), err)
		}
		if v := views[0]; v.ID != id || v.Events != uint32(events) || len(v.Timeline) != events || !v.LastEvent.Equal(until) {
			t.Errorf("chain %s has a record of %d events until %s, and shows %d; want %s of %d until %s", v.ID, v.Events, v.LastEvent, len(v.Timeline), id, events, until)
		}
	}
	whole(len(over)+1, late.Time)

	// After a restart, too, when nothing is in memory.
	r.die()
	r.start(r.sequence)
	limit()
	claimed := at(370, event("claimed", trade.InsuranceClaimed, bill))
	apply(claimed)
	whole(len(over)+2, claimed.Time)
}
