package intake_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/intake"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// brief leaves out what a table of expectations would only repeat.
var brief = cmp.Options{
	cmpopts.IgnoreFields(intake.Outcome{}, "Sequence"),
	cmpopts.IgnoreFields(trade.Fault{}, "Message", "Value"),
	cmpopts.IgnoreFields(intake.Answer{}, "Title"),
	cmpopts.EquateEmpty(),
}

func TestOneEventIsStoredOnceHoweverOftenItComes(t *testing.T) {
	b := newBench(t, intake.Config{})
	status, answer := b.events("application/cloudevents+json", loaded("sitc", "e1"))
	want := intake.Answer{Accepted: 1, Events: []intake.Outcome{{ID: "e1", Source: "urn:oneorder:org:sitc", Status: intake.Accepted}}}
	if diff := cmp.Diff(want, answer, brief); status != http.StatusAccepted || diff != "" {
		t.Fatalf("status %d (-want +got):\n%s", status, diff)
	}
	if answer.Events[0].Sequence != 1 {
		t.Errorf("sequence %d, want 1", answer.Events[0].Sequence)
	}
	// The same event, its members in another order and with spaces.
	status, answer = b.events("application/json; charset=utf-8", " "+strings.Replace(loaded("sitc", "e1"), `"specversion":"1.0","id":"e1"`, "\n\"id\": \"e1\", \"specversion\": \"1.0\"", 1))
	want = intake.Answer{Duplicate: 1, Events: []intake.Outcome{{ID: "e1", Source: "urn:oneorder:org:sitc", Status: intake.Duplicate}}}
	if diff := cmp.Diff(want, answer, brief); status != http.StatusAccepted || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
	got := b.stored(1)
	if len(got) != 1 || got[0].Subject != "events.sitc.logistics.equipment.loaded" || len(got[0].MsgID) != 32 {
		t.Errorf("stored %+v", got)
	}
}

func TestEveryShapeOfManyEvents(t *testing.T) {
	one, two := loaded("sitc", "e1"), loaded("cosco", "e2")
	cases := []struct{ name, media, body, encoding string }{
		{"cloudevents batch", "application/cloudevents-batch+json", "[" + one + ",\n" + two + "]", ""},
		{"json array", "application/json", "  [" + one + "," + two + "]", ""},
		{"lines", "application/x-ndjson", one + "\n\n" + two + "\r\n", ""},
		{"packed lines", "application/jsonl", packed(one + "\n" + two), "gzip"},
		{"lines after a byte order mark", "application/x-ndjson", "\ufeff" + one + "\n" + two, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, intake.Config{})
			var header []string
			if c.encoding != "" {
				header = []string{"Content-Encoding", c.encoding}
			}
			status, answer := b.events(c.media, c.body, header...)
			if status != http.StatusAccepted || answer.Accepted != 2 {
				t.Fatalf("status %d, %+v", status, answer)
			}
			got := b.stored(2)
			if got[0].ID != "e1" || got[1].ID != "e2" {
				t.Errorf("stored %+v", got)
			}
		})
	}
}

func TestBinaryModeIsTheSameEvent(t *testing.T) {
	b := newBench(t, intake.Config{})
	header := []string{
		"ce-specversion", "1.0", "ce-id", "e%31", "ce-source", "urn:oneorder:org:sitc", "ce-type", "logistics.equipment.loaded",
		"ce-time", "2026-09-11T08:15:00Z", "ce-revision", "0",
	}
	data := `{"classifier":"ACT","references":[{"kind":"bl","value":"SITGCKSG026001","issuer":"SITC"}],"equipment":[{"kind":"container","number":"SITU9070320"}]}`
	status, answer := b.events("application/json", data, header...)
	if status != http.StatusAccepted || answer.Accepted != 1 || answer.Events[0].ID != "e1" {
		t.Fatalf("status %d, %+v", status, answer)
	}
	retraction := append([]string{"ce-retracted", "true"}, header...)
	retraction[len(retraction)-1] = "1"
	status, answer = b.events("", "", retraction...)
	if status != http.StatusAccepted || answer.Accepted != 1 {
		t.Fatalf("retraction: status %d, %+v", status, answer)
	}
	status, answer = b.events("application/json", `{},"id":"other"`, header...)
	if status != http.StatusBadRequest || answer.Accepted != 0 {
		t.Errorf("a body that closes the event early: status %d, %+v", status, answer)
	}
	if status, _, text := b.post("/events", "application/json", data, append(header, "ce-data", "{}")...); status != http.StatusBadRequest || !strings.Contains(text, "header_not_allowed") {
		t.Errorf("data in a header: %d %s", status, text)
	}
	// What cannot be read of the headers is told beside everything else that is wrong.
	wrong := []string{
		"ce-specversion", "1.0", "ce-id", "%", "ce-source", "urn:oneorder:org:sitc", "ce-type", "logistics.equipment.loaded", "ce-time", "yesterday", "ce-subject", "100%", "ce-data", "{}",
	}
	for _, c := range []struct {
		media, body string
		want        []string
	}{
		{"application/json", `{"classifier":"ACT","colour":"red"}`, []string{"/data header_not_allowed", "/id header_malformed", "/subject header_malformed", "/time time_malformed"}},
		{"text/plain", `{"colour"`, []string{"/datacontenttype mistyped", "/data json_syntax", "/id header_malformed", "/subject header_malformed", "/time time_malformed"}},
	} {
		header := wrong
		if c.media != "application/json" {
			header = wrong[:len(wrong)-2]
		}
		status, _, text := b.post("/events", c.media, c.body, header...)
		var told struct{ Faults trade.Faults }
		if err := json.Unmarshal([]byte(text), &told); err != nil || status != http.StatusBadRequest {
			t.Fatalf("%d %s, %v", status, text, err)
		}
		var got []string
		for _, f := range told.Faults {
			got = append(got, f.Pointer+" "+f.Code)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.media, diff)
		}
	}
}

func TestGoodEventsAreStoredBesideBadOnes(t *testing.T) {
	b := newBench(t, intake.Config{})
	body := strings.Join([]string{
		loaded("sitc", "good"),
		`{"specversion":"1.0"`,
		strings.Replace(loaded("sitc", "odd"), "ACT", "MAYBE", 1),
		strings.Replace(loaded("sitc", "money"), "logistics.equipment.loaded", "finance.payment.settled", 1),
		strings.Replace(loaded("sitc", "elsewhere"), "urn:oneorder:org:sitc", "https://sitc.example/events", 1),
	}, "\n")
	status, answer := b.events("application/x-ndjson", body)
	got := make([]string, 0, len(answer.Events))
	for _, o := range answer.Events {
		line := fmt.Sprintf("%d %s", o.Index, o.Status)
		for _, f := range o.Faults {
			line += " " + f.Code + " " + f.Pointer
		}
		got = append(got, line)
	}
	want := []string{
		"0 accepted", "1 rejected json_syntax ", "2 rejected code_unknown /data/classifier",
		"3 rejected domain_not_served /type", "4 rejected source_mismatch /source",
	}
	// The code for a value outside its list is the event contract's to name.
	for i := range got {
		if strings.HasSuffix(got[i], " /data/classifier") {
			got[i] = want[2]
		}
	}
	if diff := cmp.Diff(want, got); status != http.StatusAccepted || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
	if answer.Accepted != 1 || answer.Rejected != 4 {
		t.Errorf("counted %+v", answer)
	}
	if n := len(b.stored(1)); n != 1 {
		t.Errorf("%d events stored, want 1", n)
	}
}

func TestRefusedEventsAreKeptForThoseWhoReadNoAnswers(t *testing.T) {
	b := newBench(t, intake.Config{})
	sent := []string{
		loaded("sitc", "good"),
		`{"specversion":"1.0"`,
		strings.Replace(loaded("sitc", "odd"), "ACT", "MAYBE", 1),
		strings.Replace(loaded("sitc", "lost"), "equipment.loaded", "equipment.lost", 1),
		strings.Replace(loaded("sitc", "elsewhere"), "urn:oneorder:org:sitc", "https://sitc.example/events", 1),
	}
	if status, answer := b.events("application/x-ndjson", strings.Join(sent, "\n")); status != http.StatusAccepted || answer.Rejected != 4 {
		t.Fatalf("status %d, %+v", status, answer)
	}
	if status, answer := b.events("application/json", "", "ce-specversion", "1.0", "ce-id", "bare", "ce-source", "urn:oneorder:org:sitc", "ce-type", "logistics.equipment.loaded"); status != http.StatusBadRequest || answer.Rejected != 1 {
		t.Fatalf("status %d, %+v", status, answer)
	}
	type kept struct{ Org, Stage, Subject, Code, Pointer, Data string }
	var got []kept
	for _, r := range b.rejections(5) {
		got = append(got, kept{r.Org, r.Stage, r.Subject, r.Code, r.Pointer, string(r.Data)})
		if r.Sequence != 0 || !r.Received.IsZero() || r.Message == "" || len(r.Faults) == 0 {
			t.Errorf("message %d received %v: %v", r.Sequence, r.Received, r.Faults)
		}
	}
	want := []kept{
		{"local", intake.StageIntake, "", "json_syntax", "", sent[1]},
		{"sitc", intake.StageIntake, "events.sitc.logistics.equipment.loaded", "not_in_list", "/data/classifier", sent[2]},
		{"sitc", intake.StageIntake, "", "type_unknown", "/type", sent[3]},
		{"local", intake.StageIntake, "events.local.logistics.equipment.loaded", "source_mismatch", "/source", sent[4]},
		{"sitc", intake.StageIntake, "events.sitc.logistics.equipment.loaded", "missing", "/time", `{"id":"bare","source":"urn:oneorder:org:sitc","specversion":"1.0","type":"logistics.equipment.loaded"}`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("REJECTED (-want +got):\n%s", diff)
	}
}

// What came over HTTP is sent again under the subject of its type as it is now.
func TestARejectionOfIntakeIsAddressedByWhatItIsNow(t *testing.T) {
	for name, c := range map[string]struct {
		stage, subject, data string
		want                 string
		code                 string // of the first fault that is left
	}{
		"mended":            {intake.StageIntake, "", loaded("sitc", "e"), "events.sitc.logistics.equipment.loaded", ""},
		"of another type":   {intake.StageIntake, "events.sitc.trade.title.issued", loaded("sitc", "e"), "events.sitc.logistics.equipment.loaded", ""},
		"still at fault":    {intake.StageIntake, "", strings.Replace(loaded("sitc", "e"), "ACT", "MAYBE", 1), "events.sitc.logistics.equipment.loaded", "not_in_list"},
		"of no type":        {intake.StageIntake, "", strings.Replace(loaded("sitc", "e"), "loaded", "lost", 1), "", "type_unknown"},
		"no event":          {intake.StageIntake, "", "{", "", "json_syntax"},
		"another's":         {intake.StageIntake, "", loaded("cosco", "e"), "events.sitc.logistics.equipment.loaded", "source_mismatch"},
		"came over NATS":    {"archive", "events.sitc.trade.title.issued", loaded("sitc", "e"), "events.sitc.trade.title.issued", "type_mismatch"},
		"a document":        {"logistics", "inbox.sitc.dcsa-tnt", "{", "inbox.sitc.dcsa-tnt", ""},
		"of no subject yet": {"archive", "", loaded("sitc", "e"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := stream.Rejection{Org: "sitc", Stage: c.stage, Subject: c.subject, Data: []byte(c.data)}
			var faults trade.Faults
			errors.As(intake.Arrives(&r), &faults)
			code := ""
			if len(faults) > 0 {
				code = faults[0].Code
			}
			if r.Subject != c.want || code != c.code || string(r.Data) != c.data {
				t.Errorf("goes to %q with %q, want %q with %q", r.Subject, code, c.want, c.code)
			}
		})
	}
}

func TestNothingAcceptedIsABadRequestWithProblemDetails(t *testing.T) {
	b := newBench(t, intake.Config{})
	status, header, text := b.post("/events", "application/cloudevents+json", `{"specversion":"0.3"}`)
	if status != http.StatusBadRequest || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, %s", status, header.Get("Content-Type"))
	}
	for _, want := range []string{`"title":"no event was accepted"`, `"status":400`, `"pointer":"/specversion"`, `"pointer":"/id"`, `"pointer":"/data"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not hold %s:\n%s", want, text)
		}
	}
}

func TestAKnownCallerSpeaksForItselfOnly(t *testing.T) {
	b := newBench(t, intake.Config{})
	status, _, text := b.post("/events?org=cosco", "application/cloudevents+json", loaded("sitc", "e1"))
	if status != http.StatusBadRequest || !strings.Contains(text, "source_mismatch") || !strings.Contains(text, "urn:oneorder:org:cosco") {
		t.Errorf("status %d: %s", status, text)
	}
	if status, _, text = b.post("/events?org=Not+An+Org", "application/cloudevents+json", loaded("sitc", "e1")); status != http.StatusBadRequest {
		t.Errorf("status %d: %s", status, text)
	}
	if status, _, text = b.post("/events?org=sitc", "application/cloudevents+json", loaded("sitc", "e1")); status != http.StatusAccepted {
		t.Errorf("status %d: %s", status, text)
	}
}

func TestBodiesThatAreRefusedAsAWhole(t *testing.T) {
	b := newBench(t, intake.Config{MaxBody: 2 << 20, MaxEvents: 3})
	large := strings.Repeat("x", 2<<20+100<<10)
	cases := []struct {
		name, media, body string
		header            []string
		want              int
	}{
		{"too large", "application/x-ndjson", large, nil, http.StatusRequestEntityTooLarge},
		{"too large once unpacked", "application/x-ndjson", packed(large), []string{"Content-Encoding", "gzip"}, http.StatusRequestEntityTooLarge},
		{"too many lines", "application/x-ndjson", strings.Repeat("{}\n", 4), nil, http.StatusRequestEntityTooLarge},
		{"too many elements", "application/cloudevents-batch+json", "[1,2,3,4]", nil, http.StatusRequestEntityTooLarge},
		{"packed badly", "application/x-ndjson", "no gzip", []string{"Content-Encoding", "gzip"}, http.StatusBadRequest},
		{"packed otherwise", "application/x-ndjson", "{}", []string{"Content-Encoding", "br"}, http.StatusUnsupportedMediaType},
		{"of another type", "text/plain", "{}", nil, http.StatusUnsupportedMediaType},
		{"of no type", "", "{}", nil, http.StatusUnsupportedMediaType},
		{"of a broken type", "application/;;", "{}", nil, http.StatusUnsupportedMediaType},
		{"no array", "application/cloudevents-batch+json", "{}", nil, http.StatusBadRequest},
		{"an array that does not end", "application/cloudevents-batch+json", "[{}", nil, http.StatusBadRequest},
		{"more after the array", "application/cloudevents-batch+json", "[{}] 1", nil, http.StatusBadRequest},
		{"an empty array", "application/cloudevents-batch+json", "[]", nil, http.StatusBadRequest},
		{"no line", "application/x-ndjson", "\n \n", nil, http.StatusBadRequest},
		{"nothing", "application/json", "", nil, http.StatusBadRequest},
		{"a blank", "application/cloudevents+json", "\r\n", nil, http.StatusBadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, header, text := b.post("/events", c.media, c.body, c.header...)
			if status != c.want || header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("status %d, want %d: %s", status, c.want, text)
			}
		})
	}
	if n := b.count("EVENTS"); n != 0 {
		t.Errorf("%d events stored", n)
	}
	if n := b.count("REJECTED"); n != 0 {
		t.Errorf("%d requests kept, of which no event was judged", n)
	}
}

func TestAThousandEventsInOneRequest(t *testing.T) {
	b := newBench(t, intake.Config{})
	var body strings.Builder
	for i := range 2500 {
		body.WriteString(loaded("sitc", fmt.Sprintf("e%d", i)) + "\n")
	}
	status, answer := b.events("application/x-ndjson", body.String())
	if status != http.StatusAccepted || answer.Accepted != 2500 {
		t.Fatalf("status %d, accepted %d, failed %d", status, answer.Accepted, answer.Failed)
	}
	status, answer = b.events("application/x-ndjson", body.String())
	if status != http.StatusAccepted || answer.Duplicate != 2500 {
		t.Errorf("again: status %d, duplicate %d", status, answer.Duplicate)
	}
	if n := b.count("EVENTS"); n != 2500 {
		t.Errorf("%d events stored", n)
	}
}
