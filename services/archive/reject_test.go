package archive

import (
	"bytes"
	"fmt"
	"log/slog"
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
	if late := rejection.Time.Sub(rejection.Received); late < 0 || late > time.Minute {
		t.Errorf("received %s, rejected %s", rejection.Received, rejection.Time)
	}
	rejection.ID, rejection.Time, rejection.Received = 0, time.Time{}, time.Time{}
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

// refusedByLogistics are a document that the inbox had, and two that came over HTTP.
func refusedByLogistics(at time.Time) []stream.Rejection {
	faults := trade.Faults{{Code: "missing", Pointer: "/eventID", Message: "a UUID"}}
	refuse := func(sequence uint64, received time.Time, body string) stream.Rejection {
		return stream.Reject("sitc", "logistics", faults, stream.Refused{
			Subject: "inbox.sitc.dcsa-tnt", Sequence: sequence, Received: received, Data: []byte(body),
		})
	}
	return []stream.Rejection{refuse(7, at, "{}"), refuse(0, time.Time{}, "[]"), refuse(0, time.Time{}, "[ ]")}
}

// storedRejections waits until the service has read REJECTED to this message, and gives what the table has.
func (r *running) storedRejections(last uint64) []map[string]any {
	r.t.Helper()
	reader := r.service.rejections.reader
	for deadline := time.Now().Add(30 * time.Second); reader.Progress().Written < last; {
		if time.Now().After(deadline) {
			r.t.Fatalf("written %d, want %d: %v", reader.Progress().Written, last, reader.Health())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return r.rows("SELECT stage, stream_seq, payload, faults[1].code AS code FROM rejected_events FINAL ORDER BY payload")
}

// The table has what the domain services refuse, once each: also what one of them refused again since it died before it
// could acknowledge, and what came while nobody read.
func TestRefusalsOfDomainServicesAreStored(t *testing.T) {
	r := start(t)
	at := time.Date(2026, 9, 2, 8, 0, 0, 0, time.UTC)
	refused := refusedByLogistics(at)
	r.publish(stream.Outgoing{Subject: "events.sitc.trade.title.issued", Data: []byte("bad")}) // message 1 of REJECTED
	if err := r.publisher.Reject(t.Context(), refused[:2]); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"stage": "logistics", "stream_seq": "3", "payload": "[]", "code": "missing"},
		{"stage": "archive", "stream_seq": "1", "payload": "bad", "code": "json_syntax"},
		{"stage": "logistics", "stream_seq": "7", "payload": "{}", "code": "missing"},
	}
	if diff := cmp.Diff(want, r.storedRejections(3)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
	again := refused[0].Outgoing()
	again.MsgID = "after the broker has forgotten the first one"
	if _, err := r.publisher.Publish(t.Context(), []stream.Outgoing{again}); err != nil {
		t.Fatal(err)
	}
	if err := r.publisher.Reject(t.Context(), refused[2:]); err != nil {
		t.Fatal(err)
	}
	if err := r.conn.Resolve(t.Context(), "sitc", 2, stream.Resolution{}); err != nil {
		t.Fatal(err)
	}
	s, err := New(r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.run(s)
	want = append([]map[string]any{{"stage": "logistics", "stream_seq": "5", "payload": "[ ]", "code": "missing"}}, want...)
	if diff := cmp.Diff(want, r.storedRejections(6)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if err := r.service.Health(); err != nil {
		t.Error(err)
	}
}

// REJECTED drops its oldest when it is full. What is dropped unread is lost to the table, and no reason to stop.
func TestDroppedRejectionsStopNothing(t *testing.T) {
	r := start(t)
	refused := refusedByLogistics(time.Date(2026, 9, 2, 8, 0, 0, 0, time.UTC))
	if err := r.publisher.Reject(t.Context(), refused[:1]); err != nil {
		t.Fatal(err)
	}
	r.storedRejections(1)
	r.stop()
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
	large := refused[1]
	for i := range 20 {
		large.Data = bytes.Repeat([]byte{byte('a' + i)}, 100<<10)
		if err := r.publisher.Reject(t.Context(), []stream.Rejection{large}); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := r.conn.Ensure(t.Context(), stream.Settings{RejectedBytes: 1 << 20}); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := New(r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.run(s)
	if got := len(r.storedRejections(21)); got < 5 || got > 12 {
		t.Errorf("%d rows", got)
	}
	r.publish(message("sitc", issued("sound")))
}
