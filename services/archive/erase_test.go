package archive

import (
	"crypto/sha256"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/erasure"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// addressed is an event with a natural person as its consignee.
func addressed(id string, revision uint32) *trade.Event {
	e := issued(id)
	e.Revision = revision
	e.Data.Parties = []trade.Party{{Role: "consignee", Name: "Tan Wei Ming", Country: "SG"}, {Role: "shipper", Name: "Chongqing Motors"}}
	return e
}

func erasing(t *testing.T) *erasure.List {
	t.Helper()
	l := erasure.New()
	if err := l.Add("tan wei ming"); err != nil {
		t.Fatal(err)
	}
	return l
}

func (r *running) erase(l *erasure.List) []Trace {
	r.t.Helper()
	r.config.Erasures = l
	traces, err := Erase(r.t.Context(), r.config, func(uint64) {})
	if err != nil {
		r.t.Fatal(err)
	}
	return traces
}

func (r *running) left(l *erasure.List) (found uint64) {
	r.t.Helper()
	r.config.Erasures = l
	traces, err := Traces(r.t.Context(), r.config, func(uint64) {})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, trace := range traces {
		found += trace.Found
	}
	return found
}

const standing = "SELECT id, revision, position(payload, 'consignee') > 0 AS addressed, position(payload, 'Tan') > 0 AS named FROM events ORDER BY id, payload"

// What is stored stands as it did: the same events in the same revisions, none twice; only the person is gone.
func TestErasedEventsStandAsTheyDid(t *testing.T) {
	r := start(t)
	again := []stream.Outgoing{
		message("sitc", addressed("once", 0)), message("sitc", addressed("revised", 0)), message("sitc", addressed("revised", 3)), message("sitc", issued("plain")),
		{Subject: stream.EventSubject("sitc", trade.TitleIssued), Data: []byte(`{"id":"bad","data":{"parties":[{"name":"Tan Wei Ming"}]}}`)},
	}
	gone := addressed("gone", 2)
	gone.Retracted = true
	again = append(again, message("sitc", gone))
	r.publish(again...)
	want := []map[string]any{
		{"id": "once", "revision": float64(0), "addressed": float64(1), "named": float64(0)},
		{"id": "plain", "revision": float64(0), "addressed": float64(0), "named": float64(0)},
		{"id": "revised", "revision": float64(3), "addressed": float64(1), "named": float64(0)},
	}
	l := erasing(t)
	// One that was cut short, after it had noted something, changes nothing that the next does not bring to its end.
	cut, err := r.warehouse.Rewrite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := addressed("once", 0)
	before := sha256.Sum256(wire.Append(nil, e))
	cut.Go(e.Key(), 0, &before)
	l.Event(e)
	newSink(Config{Stream: r.conn, Warehouse: r.warehouse, Tables: r.config.Tables}, newMetrics()).row(e, "sitc", e.Time, stream.Version(1, 1), cut.Events, cut.Heads)
	if err := cut.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	traces := r.erase(l)
	if events, refused := traces[0], traces[1]; events.Found != 3 || refused.Found != 1 {
		t.Errorf("found %+v", traces)
	}
	if n := r.left(l); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if diff := cmp.Diff(want, r.rows(standing)); diff != "" {
		t.Errorf("what stands (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]map[string]any{{"n": "1"}}, r.rows("SELECT count() AS n FROM rejected_events WHERE position(payload, '[erased]') > 0")); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}

	// The archive that ran finds its record taken; the one that follows reads with the list.
	if err := <-r.ended; err == nil {
		t.Error("the archive went on with the list it had")
	}
	s, err := New(r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.run(s)
	r.publish(again...)
	if n := r.left(l); n != 0 {
		t.Errorf("%d rows came back", n)
	}
	if diff := cmp.Diff(want, r.rows(standing)); diff != "" {
		t.Errorf("after the same came again (-want +got):\n%s", diff)
	}
	if rows := r.rows("SELECT count() AS n FROM events_all FINAL"); rows[0]["n"] != "5" {
		t.Errorf("%v contents are stored, want 5", rows[0]["n"])
	}
}
