package archive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

func (r *running) rejections() []stream.Rejection {
	r.t.Helper()
	var all []stream.Rejection
	for rejection, err := range r.conn.Rejected(r.t.Context(), "*", time.Time{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, rejection)
	}
	return all
}

// Every fault, the bytes as they came, and where they came from: in the table and in the message.
func TestRejectionTellsEverything(t *testing.T) {
	r := start(t)
	bad := []byte(`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued","time":"2026-09-02T08:00:00Z",` +
		"\"data\":{\"classifier\":\"REQ\",\n\"precision\":\"hour\"}}")
	r.publish(message("sitc", issued("sound")), stream.Outgoing{Subject: "events.sitc.trade.title.issued", Data: bad})
	got := r.rejections()
	if len(got) != 1 {
		t.Fatalf("%d rejections", len(got))
	}
	rejection := got[0]
	rejection.ID, rejection.Time = 0, time.Time{}
	want := stream.Rejection{
		Org: "sitc", Stage: "archive", Code: "not_in_list", Pointer: "/data/classifier",
		Message: `one of PLN, EST, ACT (found "REQ")`,
		Faults: trade.Faults{
			{Code: "not_in_list", Pointer: "/data/classifier", Value: `"REQ"`, Message: "one of PLN, EST, ACT"},
			{Code: "not_in_list", Pointer: "/data/precision", Value: `"hour"`, Message: "one of second, day"},
		},
		Subject: "events.sitc.trade.title.issued", Sequence: 2, Data: bad,
	}
	if diff := cmp.Diff(want, rejection); diff != "" {
		t.Errorf("REJECTED (-want +got):\n%s", diff)
	}
	row := r.rows("SELECT org, stage, subject, stream_seq, faults, payload, version, received_at > now() - 60 AS recent FROM rejected_events FINAL")
	if diff := cmp.Diff([]map[string]any{{
		"org": "sitc", "stage": "archive", "subject": "events.sitc.trade.title.issued", "stream_seq": "2", "payload": string(bad), "recent": 1.0,
		"version": fmt.Sprint(stream.Version(1, 2)),
		"faults": []any{
			map[string]any{"code": "not_in_list", "pointer": "/data/classifier", "value": `"REQ"`, "message": "one of PLN, EST, ACT"},
			map[string]any{"code": "not_in_list", "pointer": "/data/precision", "value": `"hour"`, "message": "one of second, day"},
		},
	}}, row); diff != "" {
		t.Errorf("rejected_events (-want +got):\n%s", diff)
	}
}

// Whatever is published, the archive goes on: nothing that is refused may stand in the way of what is sound.
func TestNothingStandsInTheWay(t *testing.T) {
	r := start(t)
	const largest = 4 << 20 // what the broker takes, headers included
	subject := stream.EventSubject("sitc", trade.TitleIssued)
	var faulty strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&faulty, `"m%d":%d,`, i, i)
	}
	hostile := []stream.Outgoing{
		{Subject: subject, Data: bytes.Repeat([]byte("["), largest-200)},
		{Subject: subject, Data: bytes.Repeat([]byte("x"), largest)},
		{Subject: subject, Data: []byte(`{"id":"` + strings.Repeat("x", 900<<10) + `","` + strings.Repeat("y", 100<<10) + `":1}`)},
		{Subject: subject, Data: []byte(`{"data":{` + faulty.String() + `"x":1}}`)},
		{Subject: subject, Data: []byte("{\"\\u0000\\r\\n\":1}")},
		{Subject: subject, Data: nil},
		{Subject: subject, Data: []byte("\xff\xfe\x00")},
		{Subject: subject, Header: map[string]string{"ce-id": "\xff\xfe", "ce-x": strings.Repeat("h", 60<<10)}, Data: []byte("{}")},
		{Subject: "events.sitc.trade.title", Data: []byte("{}")},
		{Subject: "events.SITC.trade.title.issued", Data: []byte("{}")},
		{Subject: "events.sitc.trade.title.issued.more", Data: []byte("{}")},
		{Subject: "events.x", Data: []byte("{}")},
		{Subject: "events.sitc.trade.title.lost", Data: []byte("{}")},
	}
	r.publish(hostile...)
	r.publish(message("sitc", issued("sound")))
	if c := r.counts(); c.Stored != 1 || c.Rejected != uint64(len(hostile)) {
		t.Errorf("counts %+v, want 1 stored and %d rejected", c, len(hostile))
	}
	got := make(map[uint64]stream.Rejection)
	for _, rejection := range r.rejections() {
		got[rejection.Sequence] = rejection
	}
	for i, m := range hostile {
		rejection, ok := got[uint64(i+1)]
		if !ok || rejection.Code == "" || rejection.Message == "" || rejection.Subject != m.Subject {
			t.Errorf("message %d on %s: rejection %t %q %.100q", i+1, m.Subject, ok, rejection.Code, rejection.Message)
		}
		if whole := bytes.Equal(rejection.Data, m.Data); !whole && len(m.Data) < largest-64<<10 {
			t.Errorf("message %d: %d bytes came back, %d went in", i+1, len(rejection.Data), len(m.Data))
		}
	}
	if err := r.service.Health(); err != nil {
		t.Error(err)
	}
}
