package linkage

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// linked applies the events as one batch, the first as message first, and writes what changed.
func linked(t *testing.T, l *Linker, store Memory, first int, events ...*trade.Event) Changes {
	t.Helper()
	var inputs []Input
	for i, e := range events {
		inputs = append(inputs, Input{Event: e, Sequence: uint64(first + i), Received: e.Time, Digest: wire.Digest(e)})
	}
	changes, err := l.Apply(inputs)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Flush(store); err != nil {
		t.Fatal(err)
	}
	return changes
}

// heldOf counts the nodes that are held of the events, their numbers and boxes, and of the consignment.
func (l *Linker) heldOf(root string, events []*trade.Event) int {
	n := 0
	for _, g := range [...]*generation{&l.young, &l.old} {
		if g.consignments[root] != nil {
			n++
		}
		for _, e := range events {
			if g.facts[e.Key()] != nil {
				n++
			}
			for _, r := range e.Data.References {
				if g.numbers[numberKey(groupOf(r.Kind), r.Value, r.Issuer)] != nil || g.values[string(appendValueKey(nil, ref{r.Kind, r.Value, r.Issuer}))] != nil {
					n++
				}
			}
			for _, q := range e.Data.Equipment {
				if g.containers[q.Number] != nil {
					n++
				}
			}
		}
	}
	return n
}

// A consignment that is over is named by nobody: while others are, it leaves memory. Named again, be it after a year and by a
// number that only one event put beside it, it is what it was.
func TestWhatIsOverLeavesMemoryAndComesBackWhole(t *testing.T) {
	s := &story{t: t}
	s.tell("booked", trade.BookingConfirmed, 0, "booking:BK1@SITC")
	s.tell("picked", trade.EmptyPickedUp, 1, "booking:BK1@SITC", "box=C1")
	s.tell("lodged", trade.DeclarationLodged, 2, "declaration:D1", "bl:B1@SITC", "invoice:I1@ACME")
	s.tell("cleared", trade.GoodsCleared, 3, "declaration:D1")
	s.tell("loaded", trade.EquipmentLoaded, 4, "bl:B1@SITC", "booking:BK1@SITC", "box=C1")
	s.tell("delivered", trade.CargoDelivered, 12, "bl:B1@SITC")
	s.tell("returned", trade.EmptyReturned, 14, "box=C1")
	s.tell("paid", trade.PaymentSettled, 20, "payment:P1@DBS", "covers=invoice:I1@ACME")
	over := s.published()
	store := Memory{}
	const most = 100_000
	l := New(store, most)
	root := numberKey(trade.BL, "B1", "SITC")
	changes := linked(t, l, store, 1, over...)
	if len(changes.Chains) != 1 {
		t.Fatalf("%d chains", len(changes.Chains))
	}
	id := changes.Chains[0].ID
	tell := func() map[string]Told {
		told := make(map[string]Told)
		for _, e := range over {
			told[e.ID], _ = l.Tell(e.Key())
		}
		return told
	}
	before := tell()
	if held := l.heldOf(root, over); held < len(over) {
		t.Fatalf("%d nodes are held of a consignment that moves", held)
	}
	at := len(over) + 1
	for i := range 400 {
		n := fmt.Sprint(i)
		other := &story{t: t}
		other.tell("o"+n, trade.EquipmentLoaded, 180, "bl:O"+n+"@SITC", "booking:K"+n+"@SITC", "box=X"+n)
		other.tell("d"+n, trade.DeclarationLodged, 180, "bl:O"+n+"@SITC", "declaration:E"+n)
		linked(t, l, store, at, other.published()...)
		at += 2
		if bytes := l.Held(); bytes > most+20_000 { // a batch more
			t.Fatalf("%d bytes are held, of %d at most", bytes, most)
		}
	}
	if held := l.heldOf(root, over); held != 0 {
		t.Errorf("%d nodes are held of what is over", held)
	}

	late := &story{t: t}
	late.tell("corrected", trade.InvoiceCorrected, 400, "invoice:I1@ACME")
	late.tell("again", trade.EmptyPickedUp, 400, "box=C1", "booking:BK2@SITC")
	changes = linked(t, l, store, at, late.published()...)
	var placed []string
	for _, p := range changes.Placed {
		if p.Chain == id {
			placed = append(placed, fmt.Sprint(p.Rule, " ", p.Via))
		}
	}
	if diff := cmp.Diff([]string{"reference invoice:I1@ACME"}, placed); diff != "" {
		t.Errorf("what came to the chain a year later (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, tell()); diff != "" {
		t.Errorf("what was in it, told again (-before +after):\n%s", diff)
	}
	var all []string
	for _, key := range l.Events(root) {
		told, _ := l.Tell(key)
		all = append(all, told.ID)
	}
	if len(all) != len(over)+1 {
		t.Errorf("the chain has the events %v", all)
	}
	aliases := 0
	for _, key := range l.consignment(root).numbers {
		if chainID(key) != id {
			aliases++
		}
	}
	if aliases != 4 { // bill, declaration, invoice, payment; the id is the booking's
		t.Errorf("%d ids lead to the chain beside its own", aliases)
	}
}
