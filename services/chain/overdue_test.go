package chain

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// told gives the notices that something is overdue which were heard so far: "org milestone chain", sorted.
func (h *heard) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := []string{}
	for _, n := range h.all {
		if n.Tells == stream.NoticeOverdue {
			var s Summary
			if err := json.Unmarshal(n.Body, &s); err != nil || s.Overdue == nil {
				got = append(got, "unreadable "+string(n.Body))
				continue
			}
			got = append(got, fmt.Sprintf("%s %s %s", n.Org, s.Overdue.Milestone, n.Chain))
		}
	}
	slices.Sort(got)
	return got
}

func (h *heard) wantTold(r *running, when string, want ...string) {
	r.t.Helper()
	slices.Sort(want)
	r.until("notices "+when, func() bool { return len(h.told()) >= len(want) })
	if diff := cmp.Diff(want, h.told()); diff != "" {
		r.t.Errorf("what is overdue %s (-want +got):\n%s", when, diff)
	}
}

// watched is the service with those who asked, and a look at what is overdue each time that the returned count grows.
func watched(r *running, looks *atomic.Int64, asked ...string) {
	r.restart(func() {
		r.config.OverdueEvery = 10 * time.Millisecond
		r.config.Notices = func() map[string]bool {
			looks.Add(1)
			all := make(map[string]bool)
			for _, org := range asked {
				all[org] = true
			}
			return all
		}
	})
}

// looked waits until what is overdue was looked for from the beginning to the end since now.
func looked(r *running, looks *atomic.Int64) {
	r.t.Helper()
	from := looks.Load()
	r.until("looked", func() bool { return looks.Load() > from+3 })
}

// A milestone that is past its normal time is told once to those who asked and take part, and not again after a restart, or when the
// state is made anew from the stream.
func TestOverdueIsToldOnce(t *testing.T) {
	r := begin(t)
	var looks atomic.Int64
	watched(r, &looks, "sitc", "cosco", stream.AllOrgs)
	h := listen(t, r.conn)
	departed := event("loaded", trade.ConveyanceDeparted, bill) // in 2026: the bill and the arrival were due long ago
	departed.Data.Transport = trade.Transport{Mode: trade.Sea, From: "CNQZH", To: "SGSIN"}
	departed.Data.Place = trade.Place{UNLOCODE: "CNQZH"}
	departed.Time = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	r.tell(departed)
	id := r.idOf(bill.Value)
	h.wantTold(r, "at first", "sitc title_issued "+id, "all title_issued "+id)
	r.until("noted", func() bool { // after it is told, so that a death between the two tells again
		return fmt.Sprint(r.rows("SELECT milestone, arraySort(orgs) AS orgs FROM overdue_notices FINAL")) == "[map[milestone:title_issued orgs:[all sitc]]]"
	})
	h.mu.Lock()
	var s Summary
	if err := json.Unmarshal(h.all[slices.IndexFunc(h.all, func(n stream.Notice) bool { return n.Tells == stream.NoticeOverdue })].Body, &s); err != nil {
		t.Fatal(err)
	}
	h.mu.Unlock()
	if want := (Awaited{"title_issued", time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), "the issuer of the bill"}); *s.Overdue != want || s.Chain != id || s.Status != "in_transit" {
		t.Errorf("body %+v, overdue %+v, want %+v", s, s.Overdue, want)
	}

	// The chain changes, and still waits.
	r.tell(event("gated", trade.EquipmentGatedIn, bill))
	looked(r, &looks)
	// Another process, with the state that this one left, and one with none.
	watched(r, &looks, "sitc", "cosco", stream.AllOrgs)
	looked(r, &looks)
	r.restart(func() {
		r.config.Data = t.TempDir()
	})
	r.written()
	looked(r, &looks)
	h.wantTold(r, "in the end", "sitc title_issued "+id, "all title_issued "+id)

	// Another milestone becomes due.
	arrived := event("declared", trade.DeclarationLodged, bill)
	arrived.Data.Customs = trade.Customs{Territory: "SG", Direction: "import"}
	arrived.Time = time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	r.tell(arrived)
	r.until("the next", func() bool { return len(h.told()) > 2 })
	looked(r, &looks)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.all {
		if n.Org == "cosco" {
			t.Errorf("who takes no part was told of %s", n.Chain)
		}
	}
}

// A death between telling and noting tells again, which the broker stores once; a death before the telling loses nothing.
func TestOverdueIsToldAgainAfterADeath(t *testing.T) {
	r := begin(t)
	h := listen(t, r.conn)
	departed := event("loaded", trade.ConveyanceDeparted, bill)
	departed.Data.Place, departed.Data.Transport = trade.Place{UNLOCODE: "CNQZH"}, trade.Transport{Mode: trade.Sea, To: "SGSIN"}
	r.tell(departed)
	id := r.idOf(bill.Value)
	asked := map[string]bool{"sitc": true}
	process := func() *overdue {
		return &overdue{
			warehouse: r.warehouse, publisher: r.conn.Publisher(stream.PublisherConfig{}), asked: func() map[string]bool { return asked },
			leads: func() bool { return true }, written: r.service.writtenVersion, now: func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) },
			metrics: newMetrics(), logger: slog.New(slog.DiscardHandler),
		}
	}
	first := process()
	list, err := r.warehouse.OverdueUntold(t.Context(), first.now(), warehouse.OverdueSeen{}, []string{"sitc"}, false, mostOverdue)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d untold, %v", len(list), err)
	}
	notices, _ := first.notices(list, asked)
	if err := first.publisher.Notify(t.Context(), notices); err != nil { // and here it dies
		t.Fatal(err)
	}
	for range 2 {
		if err := process().look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.wantTold(r, "after a death", "sitc title_issued "+id)
	infos, err := r.conn.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := infos[slices.IndexFunc(infos, func(i stream.StreamInfo) bool { return i.Name == stream.Chains })].Messages; n != 1 {
		t.Errorf("the stream has %d notices of one milestone", n)
	}
	if rows := r.rows("SELECT count() AS n FROM overdue_notices FINAL"); rows[0]["n"] != "1" {
		t.Errorf("noted: %v", rows)
	}

	// Who does not hold the lease tells nothing.
	standby := process()
	standby.leads = func() bool { return false }
	r.tell(of("psa", event("second", trade.ConveyanceDeparted, trade.Reference{Kind: trade.BL, Value: "COSU0000001", Issuer: "COSU"})))
	asked = map[string]bool{stream.AllOrgs: true}
	if err := standby.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := r.rows("SELECT count() AS n FROM overdue_notices FINAL"); rows[0]["n"] != "1" {
		t.Errorf("a standby told: %v", rows)
	}
}

// After the first look only what became due, or was written, since is looked at; who asks later hears of all, and each hour all is looked at again.
func TestOverdueIsLookedForSinceTheLastLook(t *testing.T) {
	r := begin(t)
	h := listen(t, r.conn)
	asked := map[string]bool{"sitc": true}
	now := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	o := &overdue{
		warehouse: r.warehouse, publisher: r.conn.Publisher(stream.PublisherConfig{}), asked: func() map[string]bool { return asked },
		leads: func() bool { return true }, written: r.service.writtenVersion, now: func() time.Time { return now }, metrics: newMetrics(), logger: slog.New(slog.DiscardHandler),
	}
	look := func() {
		t.Helper()
		if err := o.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	departs := func(id, bill string, on int) *trade.Event {
		e := event(id, trade.ConveyanceDeparted, trade.Reference{Kind: trade.BL, Value: bill, Issuer: "SITC"})
		e.Data.Place, e.Data.Transport = trade.Place{UNLOCODE: "CNQZH"}, trade.Transport{Mode: trade.Sea, To: "SGSIN"}
		e.Time = time.Date(2026, 9, on, 0, 0, 0, 0, time.UTC) // its bill is due ten days later
		return e
	}
	r.tell(departs("loaded", "SITGA", 1), departs("second", "SITGB", 28))
	a, b := r.idOf("SITGA"), r.idOf("SITGB")
	look()
	h.wantTold(r, "at first", "sitc title_issued "+a)
	if o.seen.Due != now || o.seen.Version == 0 {
		t.Errorf("seen up to %+v", o.seen)
	}
	// Nothing became due, nothing was written: nothing is found even if nobody noted what was told.
	run := func(query string) { embeddedtest.Rows(t, r.http, "oneorder", query) }
	run("ALTER TABLE overdue_notices DELETE WHERE 1 SETTINGS mutations_sync = 2")
	now = now.Add(time.Minute)
	look()
	if rows := r.rows("SELECT count() AS n FROM overdue_notices"); rows[0]["n"] != "0" {
		t.Errorf("what was seen was looked at again: %v", rows)
	}
	// A report that comes late, of what was due before the last look; and what becomes due.
	r.tell(departs("third", "SITGC", 2))
	c := r.idOf("SITGC")
	look()
	h.wantTold(r, "late", "sitc title_issued "+a, "sitc title_issued "+c)
	now = time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC).Add(time.Millisecond)
	o.whole = now // not the hour's look
	look()
	h.wantTold(r, "when it is due", "sitc title_issued "+a, "sitc title_issued "+c, "sitc title_issued "+b)
	// One more asks, and is told of all that is overdue.
	asked = map[string]bool{"sitc": true, stream.AllOrgs: true}
	run("ALTER TABLE overdue_notices DELETE WHERE 1 SETTINGS mutations_sync = 2")
	look()
	if rows := r.rows("SELECT count() AS n FROM overdue_notices FINAL"); rows[0]["n"] != "3" {
		t.Errorf("of all to one who asks later: %v", rows)
	}
	// An hour later all is looked at again.
	run("ALTER TABLE overdue_notices DELETE WHERE 1 SETTINGS mutations_sync = 2")
	now = now.Add(wholeEvery)
	look()
	if rows := r.rows("SELECT count() AS n FROM overdue_notices FINAL"); rows[0]["n"] != "3" {
		t.Errorf("an hour later: %v", rows)
	}
}

// A notice says which findings a batch raised, changed and cleared.
func TestNoticesTellWhatWasFound(t *testing.T) {
	r := begin(t)
	r.restart(func() { r.config.Notices = func() map[string]bool { return map[string]bool{"sitc": true} } })
	h := listen(t, r.conn)
	said := func() string {
		h.caught(r)
		h.mu.Lock()
		defer h.mu.Unlock()
		var all []string
		for _, n := range h.all {
			var s Summary
			if err := json.Unmarshal(n.Body, &s); err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("raised %v changed %v cleared %v", s.Raised, s.Changed, s.Cleared))
		}
		h.all = nil
		return strings.Join(all, "; ")
	}
	declaration := trade.Reference{Kind: trade.Declaration, Value: "D1", Issuer: "CN"}
	r.tell(weighs("issued", trade.TitleIssued, 0, "1000", bill), weighs("declared", trade.DeclarationLodged, 0, "1060", declaration, bill))
	if got, want := said(), "raised [weight_mismatch] changed [] cleared []"; got != want {
		t.Errorf("first: %s, want %s", got, want)
	}
	r.tell(weighs("declared", trade.DeclarationLodged, 1, "1070", declaration, bill))
	if got, want := said(), "raised [] changed [weight_mismatch] cleared []"; got != want {
		t.Errorf("another weight: %s, want %s", got, want)
	}
	r.tell(weighs("declared", trade.DeclarationLodged, 2, "1001", declaration, bill))
	if got, want := said(), "raised [] changed [] cleared [weight_mismatch]"; got != want {
		t.Errorf("corrected: %s, want %s", got, want)
	}
}

// After a death all that stands counts as raised, so that nothing is missed.
func TestWhatIsToldAgain(t *testing.T) {
	f := func(code trade.FindingCode) standing { return standing{Finding: trade.Finding{Code: code}} }
	closed := time.Unix(1, 0)
	got := newsAgain("C", []standing{f("a"), f("b")}, []outboxFinding{
		{chain: "C", finding: f("b"), closed: closed}, {chain: "C", finding: f("c"), closed: closed}, {chain: "D", finding: f("d"), closed: closed}, {chain: "C", finding: f("e")},
	})
	if diff := cmp.Diff(fmt.Sprint([]string{"a", "b"}, []string(nil), []string{"c"}), fmt.Sprint(got.raised, got.changed, got.cleared)); diff != "" {
		t.Error(diff)
	}
}
