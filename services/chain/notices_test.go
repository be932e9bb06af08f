package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// heard reads the stream of notices as those do whom it is for. It is a stream.Sink.
type heard struct {
	mu    sync.Mutex
	all   []stream.Notice
	stray []string
	last  uint64
}

func (h *heard) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	return pos.Written, nil, nil
}

func (h *heard) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range b.Messages {
		h.last = b.Messages[i].Sequence
		if n, ok := b.Messages[i].Notice(); ok {
			h.all = append(h.all, n)
		} else {
			h.stray = append(h.stray, b.Messages[i].Subject)
		}
	}
	return h, nil
}

func (h *heard) Commit(context.Context, stream.Claim) error { return nil }

// listen hears all notices, until the test ends.
func listen(t *testing.T, conn *stream.Conn) *heard {
	t.Helper()
	h := &heard{}
	reader := conn.NewReader(stream.ReaderConfig{Name: "listener", Stream: stream.Chains}, h)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- reader.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return h
}

// caughtUp waits until everything that is in the stream of notices was heard, and gives it: "org tells chain", sorted.
func (h *heard) caughtUp(r *running) []string {
	r.t.Helper()
	h.caught(r)
	h.mu.Lock()
	defer h.mu.Unlock()
	got := []string{}
	for _, n := range h.all {
		got = append(got, fmt.Sprintf("%s %s %s", n.Org, n.Tells, n.Chain))
	}
	if len(h.stray) > 0 {
		r.t.Errorf("no notices: %q", h.stray)
	}
	h.all = nil
	slices.Sort(got)
	return got
}

// caught waits until everything that is in the stream of notices was heard.
func (h *heard) caught(r *running) {
	r.t.Helper()
	infos, err := r.conn.Streams(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	last := infos[slices.IndexFunc(infos, func(i stream.StreamInfo) bool { return i.Name == stream.Chains })].Last
	r.until("notices heard", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.last >= last
	})
}

func (h *heard) want(r *running, when string, want ...string) {
	r.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(append([]string{}, want...), h.caughtUp(r)); diff != "" {
		r.t.Errorf("notices %s (-want +got):\n%s", when, diff)
	}
}

// of is the event as another organisation's.
func of(org string, e *trade.Event) *trade.Event {
	e.Source = trade.SourcePrefix + org
	return e
}

func TestNoticesGoToThoseWhoAskedAndTakePart(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]bool{"sitc": true}
	r := begin(t)
	r.restart(func() {
		r.config.Notices = func() map[string]bool {
			mu.Lock()
			defer mu.Unlock()
			return asked
		}
	})
	h := listen(t, r.conn)
	other := trade.Reference{Kind: trade.BL, Value: "COSU0000001", Issuer: "COSU"}
	invoice := ref(trade.Invoice, "I1")

	r.tell(event("issued", trade.TitleIssued, bill), of("cosco", event("second", trade.TitleIssued, other)))
	one := r.idOf(bill.Value)
	h.want(r, "of the first events", "sitc changed "+one)

	// Several events of one chain in one batch are told once; what another wrote of my chain is told to me, and not to the other,
	// who did not ask.
	r.tell(of("psa", event("loaded", trade.EquipmentLoaded, bill)), of("psa", event("gated", trade.EquipmentGatedIn, bill)))
	h.want(r, "of what psa wrote", "sitc changed "+one)

	// What does not change a chain is not told.
	r.tell(event("issued", trade.TitleIssued, bill))
	h.want(r, "of a repeat")

	mu.Lock()
	asked = map[string]bool{"psa": true, "cosco": true, stream.AllOrgs: true}
	mu.Unlock()
	r.tell(of("dbs", event("invoiced", trade.InvoiceIssued, invoice)))
	loose := r.idOf("I1")
	h.want(r, "of a chain of nobody who asked", "all changed "+loose)

	// Two chains become one: who took part in both hears of the one, and that the other is gone.
	r.tell(of("psa", event("paid", trade.DocumentPresented, invoice)))
	h.want(r, "of the second", "psa changed "+loose, "all changed "+loose)
	r.tell(of("dbs", event("tied", trade.DocumentPresented, invoice, bill)))
	kept := r.idOf(bill.Value)
	lost := loose
	if kept == loose {
		lost = one
	}
	h.want(r, "of a union", "psa changed "+kept, "psa gone "+lost, "all changed "+kept, "all gone "+lost)

	// What an organisation takes back, so that it has nothing there any more, ends its part.
	for _, id := range []string{"loaded", "gated", "paid"} {
		r.tell(of("psa", retraction(id, 1)))
	}
	if got := h.caughtUp(r); !slices.Contains(got, "psa gone "+kept) {
		t.Errorf("who left was not told: %q", got)
	}
	r.tell(event("ordered", trade.OrderPlaced, bill))
	h.want(r, "after psa has left", "all changed "+kept)
}

func TestANoticeSaysWhatEveryoneOfTheChainMayKnow(t *testing.T) {
	r := begin(t)
	r.restart(func() { r.config.Notices = func() map[string]bool { return map[string]bool{"sitc": true} } })
	h := listen(t, r.conn)
	lent := of("dbs", event("paid", trade.FinancingGranted, bill))
	lent.Data.Amount = trade.Money{Amount: "125000.50", Currency: "USD"}
	lent.Data.Parties = []trade.Party{{Role: "financier", Name: "A bank"}}
	loaded := event("loaded", trade.EquipmentLoaded, bill)
	loaded.Data.Equipment = []trade.Equipment{{Kind: trade.Container, Number: "CSQU3054383"}}
	r.tell(lent, loaded, event("issued", trade.TitleIssued, bill))
	r.until("a notice", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return len(h.all) > 0 })
	h.mu.Lock()
	n := h.all[0]
	h.mu.Unlock()
	var s Summary
	if err := json.Unmarshal(n.Body, &s); err != nil {
		t.Fatal(err)
	}
	if s.Chain != r.idOf(bill.Value) || s.Chain != n.Chain || s.Version != n.Version || s.Version == 0 || s.Events != 3 || s.Status == "" ||
		!slices.Equal(s.Documents, []trade.Reference{bill}) || !slices.Equal(s.Containers, []string{"CSQU3054383"}) || s.Milestones["title_issued"].IsZero() {
		t.Errorf("%+v of %s", s, n.Body)
	}
	for _, secret := range []string{"125000", "A bank"} {
		if strings.Contains(string(n.Body), secret) {
			t.Errorf("it tells what another wrote: %s", n.Body)
		}
	}
	// It is there by the time of the notice, at the version that the notice names, or a higher one.
	if rows := r.rows(fmt.Sprintf("SELECT count() AS n FROM chains FINAL WHERE chain_id = '%s' AND version >= %d", n.Chain, n.Version)); rows[0]["n"] != "1" {
		t.Errorf("the chain of a notice: %v", rows)
	}
}

// A death between the writing of the rows and the telling tells when the batch is done again; told twice, it is stored once.
func TestNoticesAreToldAgainAfterADeath(t *testing.T) {
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{}); err != nil {
		t.Fatal(err)
	}
	count := func() uint64 {
		infos, err := conn.Streams(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return infos[slices.IndexFunc(infos, func(i stream.StreamInfo) bool { return i.Name == stream.Chains })].Messages
	}
	rig := newRig(t)
	open := func() {
		rig.open()
		rig.sink.config.Notices = func() map[string]bool { return map[string]bool{"sitc": true} }
		rig.sink.publisher = conn.Publisher(stream.PublisherConfig{})
	}
	open()
	if _, _, err := rig.sink.Start(t.Context(), stream.Position{Epoch: 1, Generation: 1}); err != nil {
		t.Fatal(err)
	}
	b := rig.batch(event("booked", trade.BookingConfirmed, booking), event("issued", trade.TitleIssued, bill, booking))
	rig.prepare(b)
	rig.sink.claims.put(b.Last)
	if err := rig.sink.leave(); err != nil { // as after a claim: the state has the batch, the warehouse has not
		t.Fatal(err)
	}
	rig.sink.known = b.Last
	if err := rig.sink.save(); err != nil {
		t.Fatal(err)
	}
	rig.die()
	if n := count(); n != 0 {
		t.Fatalf("%d notices before anything was written", n)
	}
	open()
	defer rig.die()
	applied, pending, err := rig.sink.Start(t.Context(), stream.Position{Epoch: 1, Generation: 1})
	if err != nil || pending == nil {
		t.Fatalf("the state is ahead by nothing: %d, %v", applied, err)
	}
	for range 2 { // an answer that is lost is asked for again
		rig.commit(pending, 1, applied)
		if n := count(); n != 1 {
			t.Errorf("%d notices of one chain", n)
		}
	}
}
