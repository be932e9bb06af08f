package chain

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// weighs is an event that states a gross weight.
func weighs(id string, typ trade.Type, revision uint32, kg trade.Decimal, refs ...trade.Reference) *trade.Event {
	e := event(id, typ, refs...)
	e.Revision, e.Data.Goods, e.Data.Customs = revision, []trade.Goods{{GrossKG: kg}}, trade.Customs{Direction: "export"}
	return e
}

// found gives the findings of the bill's chain.
func (r *rig) found() []warehouse.FoundRow {
	r.t.Helper()
	views, err := r.warehouse.Lookup(r.t.Context(), bill.Value)
	if err != nil || len(views) != 1 {
		r.t.Fatalf("%d chains, %v", len(views), err)
	}
	return views[0].Found
}

// A finding is opened when the broker had the second of the two that contradict each other and cleared when it had the
// correction, with both sides; also where the process dies between the state and the warehouse.
func TestFindingsAreOpenedAndCleared(t *testing.T) {
	r := newRig(t)
	declaration := trade.Reference{Kind: trade.Declaration, Value: "800120260000012345", Issuer: "CN"}
	issued := weighs("issued", trade.TitleIssued, 0, "1000", bill)
	lodged := func(revision uint32, kg trade.Decimal) *trade.Event {
		return weighs("lodged", trade.DeclarationLodged, revision, kg, declaration, bill)
	}
	second := func(n int) time.Time { return time.Date(2026, 9, 1, 0, 0, n, 0, time.UTC) }
	want := []warehouse.FoundRow{{
		Code: trade.FoundWeightMismatch, Severity: trade.Warning,
		Sides: [2]warehouse.FoundSide{
			{Says: "1000 kg on the bill", Value: "1000", Unit: "kg", Event: issued.Key()},
			{Says: "1060 kg on the export declaration", Value: "1060", Unit: "kg", Event: lodged(0, "").Key()},
		},
		Events: []trade.EventKey{issued.Key(), lodged(0, "").Key()}, Opened: second(2),
	}}

	r.start(0)
	b := r.batch(issued, lodged(0, "1060"))
	r.prepare(b) // its rows never reach the warehouse
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	r.die()
	r.start(0) // the outbox has them
	views, err := r.warehouse.Lookup(t.Context(), bill.Value)
	if err != nil || len(views) != 1 {
		t.Fatalf("%d chains, %v", len(views), err)
	}
	want[0].Chain = views[0].ID
	if diff := cmp.Diff(want, views[0].Found); diff != "" {
		t.Fatalf("opened (-want +got):\n%s", diff)
	}

	next := r.batch(event("other", trade.InvoiceIssued, bill), lodged(1, "1010"))
	r.prepare(next) // likewise
	if err := r.sink.save(); err != nil {
		t.Fatal(err)
	}
	r.die()
	r.start(b.Last)
	want[0].Closed = second(4)
	if diff := cmp.Diff(want, r.found()); diff != "" {
		t.Fatalf("cleared (-want +got):\n%s", diff)
	}

	again := r.batch(lodged(2, "1070"))
	r.commit(r.prepare(again), again.First, again.Last)
	want[0].Closed, want[0].Opened = time.Time{}, second(5)
	want[0].Sides[1].Says, want[0].Sides[1].Value = "1070 kg on the export declaration", "1070"
	if diff := cmp.Diff(want, r.found()); diff != "" {
		t.Fatalf("opened again (-want +got):\n%s", diff)
	}

	// The bill is taken back, and what is left of the chain contradicts nothing.
	taken := event("issued", trade.TitleIssued)
	taken.Revision, taken.Retracted, taken.Data = 1, true, nil
	last := r.batch(taken)
	r.commit(r.prepare(last), last.First, last.Last)
	want[0].Closed = second(6)
	if diff := cmp.Diff(want, r.found()); diff != "" {
		t.Fatalf("cleared by a retraction (-want +got):\n%s", diff)
	}
	r.die()
}

// A chain that is no more has no findings either.
func TestFindingsGoWithTheirChain(t *testing.T) {
	r := begin(t)
	issued := weighs("issued", trade.TitleIssued, 0, "1000", bill)
	declared := weighs("declared", trade.DeclarationLodged, 0, "1060", trade.Reference{Kind: trade.Declaration, Value: "D1", Issuer: "CN"}, bill)
	const standing = "SELECT toString(code) AS code FROM findings FINAL WHERE closed_at IS NULL"
	r.tell(issued, declared)
	if diff := cmp.Diff([]map[string]any{{"code": "weight_mismatch"}}, r.rows(standing)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, e := range []*trade.Event{issued, declared} {
		e.Revision, e.Retracted, e.Data = 1, true, nil
	}
	r.tell(issued, declared)
	if rows := r.rows(standing); len(rows) > 0 {
		t.Errorf("findings of no chain: %v", rows)
	}
}
