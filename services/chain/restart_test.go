package chain

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/refdata"
	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench of a sink over a real engine, fed by hand, so that a test decides where it dies.
type rig struct {
	t          *testing.T
	folder     string
	http       string // of the engine
	warehouse  *warehouse.Warehouse
	tables     *refdata.Tables
	store      *state.Store
	sink       *sink
	sequence   uint64
	epoch      uint64 // of the stream; 1 where a test does not say
	generation uint64 // likewise
	safe       uint64 // as the record has it
}

func newRig(t *testing.T) *rig {
	t.Helper()
	native, http := embeddedtest.Engine(t)
	w, err := warehouse.Open(t.Context(), warehouse.Config{Addr: native})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t: t, folder: t.TempDir(), http: http, warehouse: w, tables: tables, epoch: 1, generation: 1}
}

// open opens the state, as a process does.
func (r *rig) open() {
	r.t.Helper()
	var err error
	if r.store, err = state.Open(r.folder, state.Options{}); err != nil {
		r.t.Fatal(err)
	}
	r.sink = newSink(Config{Warehouse: r.warehouse, Tables: r.tables, Data: r.folder}.withDefaults(), r.store, newMetrics(), slog.New(slog.DiscardHandler))
}

// start opens the state, and writes what it is ahead of the record.
func (r *rig) start(written uint64) {
	r.t.Helper()
	r.open()
	applied, pending, err := r.sink.Start(r.t.Context(), stream.Position{Epoch: r.epoch, Written: written, Generation: r.generation, Safe: r.safe})
	if err != nil {
		r.t.Fatal(err)
	}
	if pending != nil {
		r.commit(pending, written+1, applied)
	}
}

// die closes the state without saving, as a killed process leaves it.
func (r *rig) die() {
	r.t.Helper()
	if err := r.store.Close(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) commit(p stream.Pending, first, last uint64) {
	r.t.Helper()
	if err := p.Commit(r.t.Context(), stream.Claim{Reader: "chain", Epoch: r.epoch, Generation: r.generation, First: first, Last: last, Safe: r.safe}); err != nil {
		r.t.Fatal(err)
	}
}

// batch makes the next messages of the stream.
func (r *rig) batch(events ...*trade.Event) stream.Batch {
	b := stream.Batch{First: r.sequence + 1, Epoch: r.epoch, Generation: r.generation}
	for _, e := range events {
		r.sequence++
		b.Messages = append(b.Messages, stream.Message{
			Sequence: r.sequence, Time: time.Date(2026, 9, 1, 0, 0, int(r.sequence), 0, time.UTC),
			Subject: stream.EventSubject("sitc", e.Type), Data: wire.Append(nil, e),
		})
	}
	b.Last = r.sequence
	return b
}

func (r *rig) prepare(b stream.Batch) stream.Pending {
	r.t.Helper()
	p, err := r.sink.Prepare(r.t.Context(), b)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// chains gives, for each chain that a number leads to, the names of its events and the rule for each.
func (r *rig) chains(number string) map[string]map[string]string {
	r.t.Helper()
	views, err := r.warehouse.Lookup(r.t.Context(), number)
	if err != nil {
		r.t.Fatal(err)
	}
	out := make(map[string]map[string]string)
	for i := range views {
		events := make(map[string]string)
		for _, row := range views[i].Timeline {
			events[row.Event.String()] = string(row.Rule) + " " + row.Via
		}
		out[views[i].ID] = events
	}
	return out
}

func event(id string, typ trade.Type, refs ...trade.Reference) *trade.Event {
	return &trade.Event{
		SpecVersion: "1.0", ID: id, Source: "urn:oneorder:org:sitc", Type: typ,
		Time: time.Date(2026, 9, 2, 8, 0, 0, 0, time.UTC),
		Data: &trade.Data{Classifier: trade.Actual, References: refs},
	}
}

var (
	bill    = trade.Reference{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}
	booking = trade.Reference{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"}
)

// TestRestart kills the sink at every place between the stream and the warehouse. Whatever dies, the
// warehouse ends with the same chains.
func TestRestart(t *testing.T) {
	r := newRig(t)
	first := []*trade.Event{event("booked", trade.BookingConfirmed, booking), event("issued", trade.TitleIssued, bill, booking)}
	second := []*trade.Event{event("surrendered", trade.TitleSurrendered, bill)}

	r.start(0)
	b := r.batch(first...)
	r.prepare(b) // its rows never reach the warehouse
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	r.die()

	r.start(0) // the outbox has them
	want := r.chains(bill.Value)
	if len(want) != 1 || len(want[only(t, want)]) != 2 {
		t.Fatalf("after the outbox was written: %v", want)
	}
	r.die() // before anything else was saved

	r.start(b.Last)
	next := r.batch(second...)
	pending := r.prepare(next)
	r.commit(pending, next.First, next.Last)
	r.die() // written, but never saved: the state is behind the warehouse

	r.start(next.Last)
	if applied, _ := r.store.Applied(); applied != b.Last {
		t.Fatalf("applied %d, want %d", applied, b.Last)
	}
	r.prepare(next) // replayed, not committed
	after := r.chains(bill.Value)
	id := only(t, after)
	if len(after[id]) != 3 {
		t.Errorf("events of the chain after the replay: %v", after[id])
	}
	if diff := cmp.Diff(only(t, want), id); diff != "" {
		t.Errorf("chain id (-before +after):\n%s", diff)
	}
	if got := r.chains(booking.Value); len(got) != 1 {
		t.Errorf("chains of the booking: %v", got)
	}
	r.die()
}

func only(t *testing.T, chains map[string]map[string]string) string {
	t.Helper()
	if len(chains) != 1 {
		t.Fatalf("expected one chain, got %v", chains)
	}
	for id := range chains {
		return id
	}
	return ""
}

// TestRepeatsAndRevisions: a repeat changes nothing, a revision replaces, a retraction takes the event out.
func TestRepeatsAndRevisions(t *testing.T) {
	r := newRig(t)
	r.start(0)
	apply := func(events ...*trade.Event) {
		t.Helper()
		b := r.batch(events...)
		r.commit(r.prepare(b), b.First, b.Last)
	}
	apply(event("issued", trade.TitleIssued, bill), event("invoiced", trade.InvoiceIssued, bill,
		trade.Reference{Kind: trade.Invoice, Value: "INV-1", Issuer: "ACME"}))
	before := r.chains(bill.Value)
	apply(event("issued", trade.TitleIssued, bill))
	if diff := cmp.Diff(before, r.chains(bill.Value)); diff != "" {
		t.Errorf("after a repeat (-want +got):\n%s", diff)
	}

	other := bill
	other.Value = "SITGCKSG026002"
	revised := event("issued", trade.TitleIssued, other)
	revised.Revision = 1
	apply(revised)
	if got := r.chains(other.Value); len(got) != 1 {
		t.Errorf("chains of the revised bill: %v", got)
	}
	if got := r.chains(bill.Value); len(got[only(t, got)]) != 1 {
		t.Errorf("the old bill keeps what names it: %v", got)
	}

	retracted := event("issued", trade.TitleIssued)
	retracted.Revision, retracted.Retracted, retracted.Data = 2, true, nil
	apply(retracted)
	if got := r.chains(other.Value); len(got) != 0 {
		t.Errorf("a chain without events is left: %v", got)
	}
	r.die()
}

// TestWaiting: an event whose numbers nobody knows waits, and is found when somebody does.
func TestWaiting(t *testing.T) {
	r := newRig(t)
	r.start(0)
	paid := event("paid", trade.PaymentInstructed, trade.Reference{Kind: trade.Payment, Value: "P1", Issuer: "DBS"})
	invoice := trade.Reference{Kind: trade.Invoice, Value: "INV-9", Issuer: "ACME"}
	paid.Data.Covers = []trade.Reference{invoice}
	for i, step := range []struct {
		events  []*trade.Event
		waiting uint64
	}{
		{[]*trade.Event{paid}, 1},
		{[]*trade.Event{event("issued", trade.TitleIssued, bill, invoice)}, 0},
	} {
		b := r.batch(step.events...)
		r.commit(r.prepare(b), b.First, b.Last)
		counts, err := r.warehouse.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if counts.Unattributed != step.waiting {
			t.Errorf("step %d: %d events wait, want %d", i, counts.Unattributed, step.waiting)
		}
	}
	got := r.chains(bill.Value)
	if rule := got[only(t, got)][paid.Key().String()]; rule != fmt.Sprintf("%s %s", trade.ByCovers, invoice) {
		t.Errorf("the payment is there by %q", rule)
	}
	r.die()
}
