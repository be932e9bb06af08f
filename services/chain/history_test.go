package chain

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// The stream loses its tail, and other messages take the place of what is gone. The state had all of it, and some of it
// was not yet written: that is written in the new epoch, and what stands under the old sequences stays apart from
// what comes under the same ones.
func TestStreamThatLostItsTail(t *testing.T) {
	r := newRig(t)
	r.start(0)
	b := r.batch(event("booked", trade.BookingConfirmed, booking), event("issued", trade.TitleIssued, bill, booking))
	r.commit(r.prepare(b), b.First, b.Last)
	lost := r.batch(event("surrendered", trade.TitleSurrendered, bill))
	r.prepare(lost) // its rows never reach the warehouse
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	r.die()

	r.epoch, r.sequence = 2, b.Last
	invoice := trade.Reference{Kind: trade.Invoice, Value: "INV-1", Issuer: "ACME"}
	r.start(b.Last)
	next := r.batch(event("invoiced", trade.InvoiceIssued, bill, invoice))
	if next.First != lost.First {
		t.Fatalf("the new message has sequence %d, the lost one had %d", next.First, lost.First)
	}
	r.commit(r.prepare(next), next.First, next.Last)
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	before := r.chains(bill.Value)
	id := only(t, before)
	if len(before[id]) != 4 {
		t.Errorf("events of the chain: %v", before[id])
	}
	if applied, epoch := r.store.Applied(); applied != next.Last || epoch != 2 {
		t.Errorf("applied %d of epoch %d", applied, epoch)
	}
	for name, e := range map[string]*trade.Event{"surrendered": event("surrendered", trade.TitleSurrendered, bill), "invoiced": event("invoiced", trade.InvoiceIssued, bill, invoice)} {
		payload, _, err := r.store.Payload(r.sink.linker.Sequence(e.Key()))
		if err != nil || len(payload) == 0 {
			t.Errorf("the bytes of %s are gone: %v", name, err)
		}
	}
	// A revision of what was lost replaces it.
	revised := event("surrendered", trade.TitleSurrendered, bill)
	revised.Revision, revised.Retracted, revised.Data = 1, true, nil
	last := r.batch(revised)
	r.commit(r.prepare(last), last.First, last.Last)
	if got := r.chains(bill.Value); len(got[only(t, got)]) != 3 {
		t.Errorf("after it was taken back: %v", got)
	}
	r.die()
}

// A state of a later epoch than the record's belongs to another stream.
func TestStateOfAnotherStream(t *testing.T) {
	r := newRig(t)
	r.epoch = 3
	r.start(0)
	b := r.batch(event("issued", trade.TitleIssued, bill))
	r.commit(r.prepare(b), b.First, b.Last)
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.sink.Start(t.Context(), stream.Position{Epoch: 2, Written: b.Last, Generation: 1}); err == nil || !strings.Contains(err.Error(), r.folder) {
		t.Errorf("started with %v", err)
	}
	r.die()
}

// A warehouse that was restored from an older copy lacks what the state no longer knows to have changed.
func TestWarehouseThatIsOlderThanTheRecord(t *testing.T) {
	r := newRig(t)
	r.start(0)
	b := r.batch(event("issued", trade.TitleIssued, bill))
	r.commit(r.prepare(b), b.First, b.Last)
	if holds, err := r.sink.Holds(t.Context(), stream.Position{Epoch: 1, Written: b.Last}); err != nil || holds.Last != b.Last || holds.Booted.IsZero() {
		t.Errorf("it holds %+v, %v", holds, err)
	}
	_, err := r.sink.Holds(t.Context(), stream.Position{Epoch: 1, Written: b.Last + 5})
	var stops outdatedError
	if !errors.As(err, &stops) || !stops.Permanent() || !strings.Contains(err.Error(), "oneorder rebuild") {
		t.Errorf("of an older copy it says %v", err)
	}
	r.die()
}

// The warehouse loses what it took within the last minutes, as in a power cut: the state has all that changed since then, and
// writes it again. What it no longer has cannot be asked for.
func TestWhatThePowerCutTook(t *testing.T) {
	r := newRig(t)
	r.start(0)
	steps := [][]*trade.Event{
		{event("booked", trade.BookingConfirmed, booking)},
		{event("issued", trade.TitleIssued, bill, booking), event("waits", trade.PaymentSettled)},
		{event("surrendered", trade.TitleSurrendered, bill)},
	}
	var batches []stream.Batch
	for _, events := range steps {
		b := r.batch(events...)
		p := r.prepare(b)
		r.safe = 1 // the first batch, and no more
		r.commit(p, b.First, b.Last)
		if err := r.sink.save(); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, b)
	}
	want := r.standing()
	if held, err := r.sink.Holds(t.Context(), stream.Position{Epoch: 1, Written: 9}); err != nil || held.Last != r.sequence {
		t.Errorf("of a warehouse that has %d of 9 messages it is said that it holds %+v, %v", r.sequence, held, err)
	}
	r.die()
	for _, table := range []string{"chains", "chain_events", "chain_references", "unattributed_events", "findings"} {
		if err := r.warehouse.Exec(t.Context(), "ALTER TABLE "+table+" DELETE WHERE version > 1 SETTINGS mutations_sync = 2"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, r.standing()); diff == "" {
		t.Fatal("nothing is missing")
	}

	r.generation = 2
	r.start(batches[0].Last)
	if diff := cmp.Diff(want, r.standing()); diff != "" {
		t.Errorf("(-before the power cut +after it):\n%s", diff)
	}
	r.die()

	r.open()
	var outdated outdatedError
	if _, _, err := r.sink.Start(t.Context(), stream.Position{Epoch: 1, Written: 0, Generation: 3}); !errors.As(err, &outdated) || !strings.Contains(err.Error(), "oneorder rebuild") {
		t.Errorf("asked for what it no longer has: %v", err)
	}
	r.die()
}

// standing gives what stands in each table of chains, without versions.
func (r *rig) standing() map[string][]map[string]any {
	r.t.Helper()
	all := make(map[string][]map[string]any)
	for _, table := range []string{"chains", "chain_events", "chain_references", "unattributed_events", "findings"} {
		all[table] = embeddedtest.Rows(r.t, r.http, "oneorder", "SELECT * EXCEPT version FROM "+table+" FINAL ORDER BY ALL")
	}
	return all
}

// One folder has one name, whichever process asks.
func TestMember(t *testing.T) {
	folder := t.TempDir()
	store, err := state.Open(folder, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := member(folder)
	if err != nil || first == "" {
		t.Fatalf("%q, %v", first, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if again, err := member(folder); err != nil || again != first {
		t.Errorf("%q, then %q, %v", first, again, err)
	}
	if other, err := member(t.TempDir()); err != nil || other == first {
		t.Errorf("two folders are %q, %v", other, err)
	}
}
