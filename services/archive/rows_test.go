package archive

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func (r *running) rows(query string) []map[string]any {
	r.t.Helper()
	return embeddedtest.Rows(r.t, r.http, "oneorder", query)
}

// everything is an event that says something in every column.
func everything() *trade.Event {
	e := issued("one")
	e.Type, e.Time = trade.CargoTransferred, time.Date(2026, 9, 11, 8, 15, 0, 123_456_789, time.UTC)
	e.Recorded = time.Date(2026, 9, 11, 8, 20, 11, 0, time.UTC)
	e.Data = &trade.Data{
		Classifier: trade.Actual,
		References: []trade.Reference{{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}, {Kind: "customer_code", Value: "7"}},
		Equipment:  []trade.Equipment{{Kind: trade.Container, Number: "CSQU3054383"}, {Kind: trade.Wagon, Number: "W1"}},
		Transfer:   trade.Transfer{From: []string{"MSKU1234565"}, To: []string{"CSQU3054383"}},
		Transport:  trade.Transport{Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", Name: "SITC MINHE", Voyage: "2617S", From: "CNQZH", To: "SGSIN"},
		Place:      trade.Place{UNLOCODE: "CNQZH"},
		Customs:    trade.Customs{Territory: "CN", Direction: "export"},
		Amount:     trade.Money{Amount: "-125000.50", Currency: "USD"},
	}
	return e
}

func TestColumns(t *testing.T) {
	r := start(t)
	e := everything()
	retraction := issued("none")
	retraction.Revision, retraction.Retracted, retraction.Data = 3, true, nil
	r.publish(message("sitc", e), message("sitc", retraction))
	payload := wire.Append(nil, e)
	digest := wire.Digest(e)
	want := map[string]any{
		"event_key": e.Key().String(), "source": "urn:oneorder:org:sitc", "id": "one", "revision": 0.0, "org": "sitc", "domain": "logistics",
		"type": "logistics.cargo.transferred", "classifier": "ACT", "occurred_at": "2026-09-11 08:15:00.123", "recorded_at": "2026-09-11 08:20:11.000",
		"references": []any{
			map[string]any{"kind": "bl", "value": "SITGCKSG026001", "issuer": "SITC"}, map[string]any{"kind": "customer_code", "value": "7", "issuer": ""},
		},
		"containers": []any{"CSQU3054383", "MSKU1234565", "CSQU3054383"},
		"unlocode":   "CNQZH", "country": "CN", "mode": "sea", "carrier": "SITC", "conveyance": "9793911", "voyage": "2617S", "territory": "CN",
		"direction": "export", "amount": "-125000.5", "currency": "USD", "flags": []any{"unknown_kind"}, "payload": string(payload),
		"stream_seq": "1", "version": fmt.Sprint(stream.Version(1, 1)),
	}
	if diff := cmp.Diff([]map[string]any{want}, r.rows("SELECT * FROM events")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	stored := r.rows("SELECT id, retracted, revision, hex(digest) AS digest, version, amount, currency, classifier, references, containers, flags, payload FROM events_all ORDER BY id")
	if diff := cmp.Diff([]map[string]any{
		{
			"id": "none", "retracted": true, "revision": 3.0, "digest": hexOf(retraction), "version": fmt.Sprint(stream.Version(1, 2)), "amount": nil, "currency": "",
			"classifier": "", "references": []any{}, "containers": []any{}, "flags": []any{}, "payload": string(wire.Append(nil, retraction)),
		},
		{
			"id": "one", "retracted": false, "revision": 0.0, "digest": strings.ToUpper(hex.EncodeToString(digest[:8])), "version": fmt.Sprint(stream.Version(1, 1)),
			"amount": "-125000.5", "currency": "USD", "classifier": "ACT", "references": want["references"], "containers": want["containers"],
			"flags": want["flags"], "payload": string(payload),
		},
	}, stored); diff != "" {
		t.Errorf("events_all (-want +got):\n%s", diff)
	}
}

func hexOf(e *trade.Event) string {
	digest := wire.Digest(e)
	return strings.ToUpper(strings.TrimLeft(hex.EncodeToString(digest[:8]), "0"))
}

// What a publisher leaves out: recorded is when the broker had it, and a place that nobody knows is flagged.
func TestColumnsOfWhatIsLeftOut(t *testing.T) {
	r := start(t)
	e := issued("one")
	e.Data.Place.UNLOCODE = "ZZZZZ"
	began := time.Now().Add(-time.Second)
	r.publish(message("sitc", e))
	got := r.rows("SELECT toUnixTimestamp64Milli(recorded_at) AS recorded, country, flags, amount FROM events")
	if len(got) != 1 {
		t.Fatalf("%d rows", len(got))
	}
	text, _ := got[0]["recorded"].(string)
	var millis int64
	if _, err := fmt.Sscan(text, &millis); err != nil {
		t.Fatal(err)
	}
	if at := time.UnixMilli(millis); at.Before(began) || at.After(time.Now()) {
		t.Errorf("recorded at %s", at)
	}
	delete(got[0], "recorded")
	if diff := cmp.Diff(map[string]any{"country": "", "flags": []any{"unknown_place"}, "amount": nil}, got[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever the order in which they come, and whether in one batch or in several: the highest revision stands, of
// two contents at one revision the one of the smaller digest is stored beside the other, and a retraction stands
// even if it arrives first.
func TestRevisionsInAnyOrder(t *testing.T) {
	content := func(id string, revision uint32, precision string) *trade.Event {
		e := issued(id)
		e.Revision, e.Data.Precision = revision, precision
		return e
	}
	retraction := func(id string, revision uint32) *trade.Event {
		e := issued(id)
		e.Revision, e.Retracted, e.Data = revision, true, nil
		return e
	}
	// In the same places of time and type, and in others.
	moved := content("moved", 1, "second")
	moved.Time, moved.Type = moved.Time.AddDate(2, 0, 0), trade.TitleAmended
	r := start(t)
	r.publish(
		message("sitc", content("late", 2, "day")), message("sitc", content("late", 0, "")), message("sitc", content("late", 1, "second")),
		message("sitc", retraction("first", 1)), message("sitc", moved),
	)
	r.publish(message("sitc", content("first", 0, "day")), message("sitc", content("moved", 0, "day")), message("sitc", content("back", 0, "day")))
	r.publish(message("sitc", retraction("back", 1)))
	r.publish(message("sitc", content("back", 2, "second")))
	want := []map[string]any{
		{"id": "back", "revision": 2.0, "type": "trade.title.issued", "p": "second"},
		{"id": "late", "revision": 2.0, "type": "trade.title.issued", "p": "day"},
		{"id": "moved", "revision": 1.0, "type": "trade.title.amended", "p": "second"},
	}
	const query = "SELECT id, revision, type, JSONExtractString(payload, 'data', 'precision') AS p FROM events ORDER BY id, revision"
	if diff := cmp.Diff(want, r.rows(query)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if err := r.warehouse.Exec(t.Context(), "OPTIMIZE TABLE events_all FINAL"); err != nil {
		t.Fatal(err)
	}
	if err := r.warehouse.Exec(t.Context(), "OPTIMIZE TABLE event_heads FINAL"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, r.rows(query)); diff != "" {
		t.Errorf("events when all is merged (-want +got):\n%s", diff)
	}
}

// A revision never shows beside what it takes the place of, however closely one looks.
func TestSupersededNeverShows(t *testing.T) {
	r := start(t)
	r.publish(message("sitc", issued("one")))
	done := make(chan error, 1)
	go func() {
		for revision := uint32(1); revision <= 30; revision++ {
			e := issued("one")
			e.Revision = revision
			receipts, err := r.publisher.Publish(t.Context(), []stream.Outgoing{message("sitc", e)})
			if err == nil {
				err = receipts[0].Err
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	last := 0.0
	for looking := true; looking; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			looking = false
		default:
		}
		got := r.rows("SELECT revision FROM events")
		if len(got) > 1 {
			t.Fatalf("%d revisions show at once: %v", len(got), got)
		}
		if len(got) == 1 {
			revision, _ := got[0]["revision"].(float64)
			if revision < last {
				t.Fatalf("revision %v shows after %v", revision, last)
			}
			last = revision
		}
	}
}
