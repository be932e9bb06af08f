package chain

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/refdata"
	"oneorder/internal/simulator"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// running is the service on a real broker and a real engine.
type running struct {
	t         *testing.T
	http      string // of the engine
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
	publisher *stream.Publisher
	config    Config
	service   *Service
	stop      context.CancelFunc
	ended     chan error
	last      uint64 // published
}

func begin(t *testing.T) *running {
	t.Helper()
	native, http := embeddedtest.Engine(t)
	return beginOn(t, native, http)
}

func beginOn(t *testing.T, native, http string) *running {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{}); err != nil {
		t.Fatal(err)
	}
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
	r := &running{
		t: t, http: http, conn: conn, warehouse: w, publisher: conn.Publisher(stream.PublisherConfig{}), ended: make(chan error, 1),
		config: Config{Stream: conn, Warehouse: w, Tables: tables, Data: t.TempDir(), LinkerBytes: 1 << 16, RecordBytes: 40_000},
	}
	r.run()
	t.Cleanup(func() {
		r.stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *running) run() {
	r.t.Helper()
	s, err := New(r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	r.service, r.stop = s, stop
	go func() { r.ended <- s.Run(ctx) }()
}

// restart stops the service, does something while it is down, and starts another in its place.
func (r *running) restart(meanwhile func()) {
	r.t.Helper()
	r.stop()
	err := <-r.ended
	r.ended <- nil // for the cleanup, should what follows fail
	if err != nil {
		r.t.Fatal(err)
	}
	meanwhile()
	if err := <-r.ended; err != nil {
		r.t.Fatal(err)
	}
	r.run()
}

func (r *running) until(what string, holds func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			r.t.Fatalf("%s: not in time; %+v, health %v", what, r.service.Progress(), r.service.Health())
		case err := <-r.ended:
			r.ended <- err
			r.t.Fatalf("%s: the service has ended: %v", what, err)
		case <-tick.C:
		}
	}
}

func (r *running) publish(messages ...stream.Outgoing) {
	r.t.Helper()
	receipts, err := r.publisher.Publish(r.t.Context(), messages)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, receipt := range receipts {
		if receipt.Err != nil {
			r.t.Fatal(receipt.Err)
		}
		r.last = max(r.last, receipt.Sequence)
	}
}

// tell publishes events as one batch and waits until the chains have them.
func (r *running) tell(events ...*trade.Event) {
	r.t.Helper()
	messages := make([]stream.Outgoing, len(events))
	for i, e := range events {
		messages[i] = stream.Outgoing{Subject: stream.EventSubject(e.Org(), e.Type), Data: wire.Append(nil, e)}
	}
	r.publish(messages...)
	r.written()
}

func (r *running) written() {
	r.t.Helper()
	r.until("written", func() bool { return r.service.Progress().Written >= r.last })
}

func (r *running) rows(query string) []map[string]any {
	r.t.Helper()
	return embeddedtest.Rows(r.t, r.http, "oneorder", query)
}

// groups gives the chains that stand as sorted lists of event names; a name is the end of the event's id.
func (r *running) groups() []string {
	r.t.Helper()
	names := make(map[string]string)
	for _, id := range ids {
		names[trade.KeyOf("urn:oneorder:org:sitc", id).String()] = id
	}
	var groups []string
	for _, row := range r.rows("SELECT c.chain_id AS chain, groupArray(toString(e.event_key)) AS events FROM chain AS c " +
		"LEFT JOIN (SELECT * FROM chain_members) AS e ON e.chain_id = c.chain_id AND e.founded_on = c.founded_on GROUP BY chain") {
		var group []string
		for _, key := range row["events"].([]any) {
			group = append(group, names[key.(string)])
		}
		slices.Sort(group)
		groups = append(groups, strings.Join(group, " "))
	}
	slices.Sort(groups)
	// What is in chain_events is in a chain.
	if stray := r.rows("SELECT count() AS n FROM chain_members WHERE (founded_on, chain_id) NOT IN (SELECT founded_on, chain_id FROM chains FINAL)"); stray[0]["n"] != "0" {
		r.t.Errorf("%v attributions to chains that are not there", stray[0]["n"])
	}
	return groups
}

// ids are the names that the tests of this file give to events.
var ids = []string{"booked", "issued", "second", "invoiced", "declared", "paid", "gated", "loaded", "tied", "ordered", "bond", "rate", "drawn", "granted"}

func (r *running) wantGroups(when string, want ...string) {
	r.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, r.groups()); diff != "" {
		r.t.Errorf("chains %s (-want +got):\n%s", when, diff)
	}
}

func (r *running) wantWaiting(when string, want ...string) {
	r.t.Helper()
	waiting := make(map[string]bool)
	for _, row := range r.rows("SELECT toString(event_key) AS event FROM unattributed_events FINAL") {
		waiting[row["event"].(string)] = true
	}
	var got []string
	for _, id := range ids {
		if waiting[trade.KeyOf("urn:oneorder:org:sitc", id).String()] {
			got = append(got, id)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("waiting %s (-want +got):\n%s", when, diff)
	}
}

func ref(kind trade.Kind, value string) trade.Reference {
	return trade.Reference{Kind: kind, Value: value, Issuer: "ACME"}
}

func retraction(id string, revision uint32) *trade.Event {
	e := event(id, trade.TitleIssued)
	e.Revision, e.Retracted, e.Data = revision, true, nil
	return e
}

// idOf gives the id of the one chain that a number leads to.
func (r *running) idOf(number string) string {
	r.t.Helper()
	views, err := r.warehouse.Lookup(r.t.Context(), number)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(views) != 1 {
		r.t.Fatalf("%s leads to %d chains", number, len(views))
	}
	return views[0].ID
}

func TestBillTakesOverTheBookingsChain(t *testing.T) {
	r := begin(t)
	r.tell(event("booked", trade.BookingConfirmed, booking))
	r.wantGroups("of a booking alone", "booked")
	before := r.idOf(booking.Value)
	r.tell(event("issued", trade.TitleIssued, bill, booking))
	r.wantGroups("when there is a bill", "booked issued")
	if after := r.idOf(bill.Value); after != before {
		t.Errorf("the chain was %s and is %s", before, after)
	}
	if n := r.rows("SELECT count() AS n FROM chains FINAL"); n[0]["n"] != "1" {
		t.Errorf("%v chains", n)
	}
}

func TestWaitingEvents(t *testing.T) {
	r := begin(t)
	box := trade.Equipment{Kind: trade.Container, Number: "CSQU3054383"}
	gated := event("gated", trade.EquipmentGatedIn)
	gated.Data.Equipment = []trade.Equipment{box}
	paid := event("paid", trade.PaymentInstructed, ref(trade.Payment, "P1"))
	paid.Data.Covers = []trade.Reference{ref(trade.Invoice, "I1")}
	r.tell(gated, paid)
	r.wantGroups("while nobody knows the numbers")
	r.wantWaiting("at first", "gated", "paid")
	row := r.rows("SELECT type, toString(occurred_at) AS at, org, since > now() - 60 AS recent FROM unattributed_events FINAL WHERE type LIKE 'logistics%'")
	if diff := cmp.Diff([]map[string]any{{"type": "logistics.equipment.gated_in", "at": "2026-09-02 08:00:00.000", "org": "sitc", "recent": 1.0}}, row); diff != "" {
		t.Errorf("the row of what waits (-want +got):\n%s", diff)
	}

	loaded := event("loaded", trade.EquipmentLoaded, bill)
	loaded.Data.Equipment = []trade.Equipment{box}
	loaded.Time = loaded.Time.Add(time.Hour)
	r.tell(loaded)
	r.wantGroups("when the box has a bill", "gated loaded")
	r.wantWaiting("when the box has a bill", "paid")
	r.tell(event("invoiced", trade.InvoiceIssued, ref(trade.Invoice, "I1"), bill))
	r.wantGroups("when the invoice is known", "gated invoiced loaded paid")
	r.wantWaiting("in the end")

	r.tell(retraction("loaded", 1))
	r.wantGroups("without the loading", "invoiced paid")
	r.wantWaiting("without the loading", "gated")
	r.tell(retraction("gated", 1))
	r.wantWaiting("when it is taken back itself")
}

// Facts of the corridor are stored and counted, and wait for nothing; one that was told as something else before waits no more.
func TestFactsOfTheCorridorWaitForNoConsignment(t *testing.T) {
	r := begin(t)
	bond, rate := event("bond", trade.BondPriced), event("rate", trade.RateFixed)
	bond.Data.Amount = trade.Money{Amount: "500000000", Currency: "CNY"}
	r.tell(bond, rate, event("drawn", trade.PaymentInstructed, ref(trade.Loan, "L1")))
	r.wantWaiting("at first", "drawn")
	again := event("drawn", trade.LoanDrawn, ref(trade.Loan, "L1"))
	again.Data.Amount = trade.Money{Amount: "1000000", Currency: "CNY"}
	again.Revision = 1
	r.tell(again)
	r.wantWaiting("when it is a drawing of the loan")
	counts, err := r.warehouse.Counts(t.Context())
	if err != nil || counts.Unattributed != 0 {
		t.Errorf("%d events wait, %v", counts.Unattributed, err)
	}
	r.tell(event("granted", trade.FinancingGranted, bill, ref(trade.Loan, "L1")))
	r.wantGroups("when the loan is on a bill", "drawn granted")
}

// A waiting event that is revised, or taken back, waits no more.
func TestWaitingEventIsRevised(t *testing.T) {
	r := begin(t)
	r.tell(event("paid", trade.PaymentInstructed, ref(trade.Payment, "P1")), event("declared", trade.TitleIssued))
	r.wantWaiting("at first", "declared", "paid")
	revised := event("paid", trade.PaymentInstructed, bill)
	revised.Revision = 1
	r.tell(revised, retraction("declared", 1))
	r.wantWaiting("afterwards")
	r.wantGroups("afterwards", "paid")
}

func TestSplitAndUnion(t *testing.T) {
	r := begin(t)
	invoice := ref(trade.Invoice, "I1")
	r.tell(event("invoiced", trade.InvoiceIssued, invoice))
	invoiceChain := r.idOf("I1")
	r.tell(event("issued", trade.TitleIssued, bill))
	billChain := r.idOf(bill.Value)
	r.wantGroups("apart", "invoiced", "issued")

	r.tell(event("tied", trade.DocumentPresented, invoice, bill))
	r.wantGroups("tied", "invoiced issued tied")
	one := r.idOf(bill.Value)
	// The chain has the id of the earliest number that it holds; the other id leads to it.
	if one != invoiceChain {
		t.Errorf("chain %s, want that of the earlier number, %s", one, invoiceChain)
	}
	if got := r.idOf(billChain); got != one {
		t.Errorf("the id %s leads to %s, want %s", billChain, got, one)
	}
	r.tell(event("declared", trade.DeclarationLodged, bill, ref(trade.Declaration, "D1")))
	if got := r.idOf(billChain); got != one {
		t.Errorf("later, the id %s leads to %s, want %s", billChain, got, one)
	}

	r.tell(retraction("tied", 1))
	r.wantGroups("when what tied them is taken back", "invoiced", "declared issued")
	if invoiceChain != r.idOf("I1") || billChain != r.idOf(bill.Value) {
		t.Errorf("chains %s and %s, want %s and %s", r.idOf("I1"), r.idOf(bill.Value), invoiceChain, billChain)
	}
	if references := r.rows("SELECT value FROM chain_references FINAL WHERE chain_id = '" + invoiceChain + "' AND kind = 'bl'"); len(references) != 0 {
		t.Errorf("the bill still leads to the invoice's chain: %v", references)
	}
	r.tell(retraction("issued", 1), retraction("declared", 1), retraction("invoiced", 1))
	r.wantGroups("when all is taken back")
	for _, table := range []string{"chains", "chain_events", "chain_references", "chain_aliases", "apart_events", "chain_stays", "unattributed_events"} {
		if left := r.rows("SELECT count() AS n FROM " + table + " FINAL"); left[0]["n"] != "0" {
			t.Errorf("%v rows are left in %s", left[0]["n"], table)
		}
	}
}

func TestColumns(t *testing.T) {
	r := begin(t)
	booked := event("booked", trade.BookingConfirmed, booking)
	booked.Data.Transport = trade.Transport{Mode: trade.Sea, Carrier: "SITC", From: "CNQZH", To: "SGSIN"}
	issued := event("issued", trade.TitleIssued, bill, booking)
	issued.Time = issued.Time.Add(48 * time.Hour)
	issued.Data.Equipment = []trade.Equipment{{Kind: trade.Container, Number: "CSQU3054383"}}
	issued.Data.Goods = []trade.Goods{{HS: "870323", Packages: 40, GrossKG: "21500.5", Value: trade.Money{Amount: "125000.50", Currency: "USD"}, Origin: "CN"}}
	issued.Data.Parties = []trade.Party{{Role: "shipper", ID: trade.PartyID{Kind: "other", Value: "U1"}, Name: "ACME", Country: "CN"}}
	r.tell(booked)
	r.tell(issued)
	id := r.idOf(bill.Value)
	got := r.rows("SELECT toString(chain_id) AS id, toString(founded_on) = toString(toDate(now('UTC'))) AS today, version, corridor, status, title, orgs, hs, containers, " +
		"packages, gross_kg, booked_at, title_issued_at, departed_at, events, last_event_at, parties FROM chain")
	want := []map[string]any{{
		"id": id, "today": 1.0, "version": fmt.Sprint(stream.Version(1, 2)), "corridor": "other", "status": "open", "title": "issued", "orgs": []any{"sitc"},
		"hs": []any{"870323"}, "containers": []any{"CSQU3054383"}, "packages": 40.0, "gross_kg": "21500.5", "booked_at": "2026-09-02 08:00:00.000",
		"title_issued_at": "2026-09-04 08:00:00.000", "departed_at": nil, "events": 2.0, "last_event_at": "2026-09-04 08:00:00.000",
		"parties": []any{map[string]any{"role": "shipper", "id_kind": "other", "id": "U1", "name": "ACME", "country": "CN"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	evidence := r.rows("SELECT toString(chain_id) AS chain, toString(event_key) AS event, rule, via, steps, toString(by) AS by, type, toString(occurred_at) AS at, version FROM chain_events FINAL ORDER BY at")
	if diff := cmp.Diff([]map[string]any{
		{
			"chain": id, "event": booked.Key().String(), "rule": "bundle", "via": "booking:BK7700123@SITC", "steps": 1.0, "by": issued.Key().String(),
			"type": "logistics.booking.confirmed", "at": "2026-09-02 08:00:00.000", "version": fmt.Sprint(stream.Version(1, 2)),
		},
		{
			"chain": id, "event": issued.Key().String(), "rule": "reference", "via": "bl:SITGCKSG026001@SITC", "steps": 0.0, "by": issued.Key().String(),
			"type": "trade.title.issued", "at": "2026-09-04 08:00:00.000", "version": fmt.Sprint(stream.Version(1, 2)),
		},
	}, evidence); diff != "" {
		t.Errorf("chain_events (-want +got):\n%s", diff)
	}
	references := r.rows("SELECT kind, value, issuer FROM chain_references FINAL WHERE kind != 'chain' ORDER BY value")
	if diff := cmp.Diff([]map[string]any{
		{"kind": "booking", "value": "BK7700123", "issuer": "SITC"},
		{"kind": "container", "value": "CSQU3054383", "issuer": ""},
		{"kind": "bl", "value": "SITGCKSG026001", "issuer": "SITC"},
	}, references); diff != "" {
		t.Errorf("chain_references (-want +got):\n%s", diff)
	}
	timeline := r.rows("SELECT type, rule FROM chain_timeline(chain_id = '" + id + "')")
	if len(timeline) != 2 {
		t.Errorf("timeline %v", timeline)
	}
}

// What is no event is archive's to refuse: here it changes nothing and stops nothing.
func TestWhatIsNoEventIsPassedOver(t *testing.T) {
	r := begin(t)
	r.publish(
		stream.Outgoing{Subject: "events.sitc.trade.title.issued", Data: []byte("PARTY LIST")},
		stream.Outgoing{Subject: "events.maersk.trade.title.issued", Data: wire.Append(nil, event("issued", trade.TitleIssued, bill))},
		stream.Outgoing{Subject: "events.sitc.trade.title.voided", Data: wire.Append(nil, event("issued", trade.TitleIssued, bill))},
		stream.Outgoing{Subject: "events.no-subject", Data: nil},
	)
	r.written()
	r.wantGroups("of nothing")
	r.tell(event("issued", trade.TitleIssued, bill))
	r.wantGroups("of the one that is sound", "issued")
}

// The state is of use, not of need: without it everything is joined again from the stream, to the same chains.
func TestStateFolderIsLost(t *testing.T) {
	r := begin(t)
	messages, _ := traffic(t, 40)
	r.publish(messages...)
	r.written()
	const query = "SELECT toString(chain_id) AS chain, toString(founded_on) AS founded, toString(event_key) AS event, rule, via, steps, toString(by) AS by FROM chain_events FINAL ORDER BY chain, event"
	const chains = "SELECT * EXCEPT version FROM chain ORDER BY chain_id"
	before, chainsBefore := r.rows(query), r.rows(chains)
	if len(before) < 1000 {
		t.Fatalf("%d attributions only", len(before))
	}
	r.restart(func() {
		if err := os.RemoveAll(r.config.Data); err != nil {
			t.Fatal(err)
		}
	})
	// One event more shows that it has come to the end.
	r.tell(event("issued", trade.TitleIssued, bill))
	r.tell(retraction("issued", 1))
	if diff := cmp.Diff(before, r.rows(query)); diff != "" {
		t.Errorf("attributions (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(chainsBefore, r.rows(chains)); diff != "" {
		t.Errorf("chains (-before +after):\n%s", diff)
	}
}

// With the engine away, nothing is lost, and the lag goes by itself when it is back.
func TestEngineAway(t *testing.T) {
	cfg := embedded.EngineConfig{Dir: t.TempDir(), Executable: embeddedtest.Binary(t)}
	engine, err := embedded.StartEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.NativeAddr, cfg.HTTPAddr = engine.NativeAddr(), engine.HTTPAddr()
	r := beginOn(t, cfg.NativeAddr, cfg.HTTPAddr)
	messages, score := traffic(t, 40)
	half := len(messages) / 2
	r.publish(messages[:half]...)
	r.until("at work", func() bool { return r.service.Progress().Written > 0 })
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.publish(messages[half:]...)
	r.until("unhealthy", func() bool { return r.service.Health() != nil && r.service.Progress().Retries > 1 })
	// Also a restart meanwhile loses nothing.
	r.restart(func() {})
	r.until("unhealthy again", func() bool { return r.service.Health() != nil })
	embeddedtest.StartEngine(t, cfg)
	r.written()
	r.until("healthy", func() bool { return r.service.Health() == nil })
	score(r)
}

// traffic gives simulated events as messages, shuffled, and how to compare what became of them with the truth.
func traffic(t *testing.T, chains int) ([]stream.Outgoing, func(r *running)) {
	t.Helper()
	cfg := simulator.Defaults()
	cfg.Seed, cfg.Chains, cfg.Repeats = 7, chains, 0.05
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var messages []stream.Outgoing
	var truths []simulator.Truth
	var e trade.Event
	names := make(map[string]simulator.Truth)
	for {
		truth, ok := s.Next(&e)
		if !ok {
			break
		}
		messages = append(messages, stream.Outgoing{Subject: stream.EventSubject(e.Org(), e.Type), Data: wire.Append(nil, &e)})
		one := simulator.Truth{Source: e.Source, ID: e.ID, Chains: slices.Clone(truth)}
		truths = append(truths, one)
		names[e.Key().String()] = one
	}
	random := rand.New(rand.NewPCG(3, 4))
	random.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	return messages, func(r *running) {
		r.t.Helper()
		var scorer simulator.Scorer
		for _, truth := range truths {
			scorer.Truth(truth)
		}
		for _, row := range r.rows("SELECT toString(event_key) AS event, groupUniqArray(toString(chain_id)) AS chains FROM chain_members GROUP BY event") {
			event := names[row["event"].(string)]
			joined := simulator.Truth{Source: event.Source, ID: event.ID}
			for _, chain := range row["chains"].([]any) {
				joined.Chains = append(joined.Chains, chain.(string))
			}
			scorer.Joined(joined)
		}
		if score := scorer.Score(); !score.Exact || score.Missing > 0 {
			r.t.Errorf("joined otherwise than in truth: %s\n%+v", score, score.Differences)
		}
	}
}

// A hundred consignments' events in any order, in small batches, with a service that is stopped again and again, are
// joined as they are in truth.
func TestShuffledTrafficEqualsTruth(t *testing.T) {
	r := begin(t)
	messages, score := traffic(t, 100)
	published := make(chan error, 1)
	go func() {
		for i := 0; i < len(messages); i += 100 {
			if _, err := r.publisher.Publish(t.Context(), messages[i:min(i+100, len(messages))]); err != nil {
				published <- err
				return
			}
		}
		published <- nil
	}()
	for round := range uint64(5) {
		r.until("some more is written", func() bool { return r.service.Progress().Written >= round*uint64(len(messages))/5 })
		r.restart(func() {})
	}
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	r.last = uint64(len(messages))
	r.written()
	score(r)
	counts, err := r.warehouse.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d messages: %+v", len(messages), counts)
	// The record of every chain counts the events that are attributed to it.
	if off := r.rows("SELECT c.chain_id, c.events, n FROM chain AS c LEFT JOIN (SELECT chain_id, count() AS n FROM chain_members GROUP BY chain_id) AS e " +
		"ON e.chain_id = c.chain_id WHERE c.events != n"); len(off) != 0 {
		t.Errorf("chains that count other events than are theirs: %v", off)
	}
}
