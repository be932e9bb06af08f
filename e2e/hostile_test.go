package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/intake"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire/wiretest"
)

// Whatever is sent, whichever way, is answered with the fault that it has, and stands in nobody's way.
func TestHostileInput(t *testing.T) {
	d := up(t, t.TempDir(), nil)
	texts := append(wiretest.HostileTexts(), wiretest.SmallHostileTexts()...)
	file := filepath.Join(t.TempDir(), "hostile.ndjson")
	lines := []string{wiretest.Sound}
	for _, hostile := range texts {
		lines = append(lines, hostile.Text)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	since := time.Now()

	// told checks the first code of each line.
	told := func(way string, codes map[int]string) {
		t.Helper()
		if len(codes) != len(texts) || codes[1] != "" {
			t.Errorf("%s: %d lines are at fault, want %d, all but the first", way, len(codes), len(texts))
		}
		for i, hostile := range texts {
			if codes[i+2] != hostile.Code {
				t.Errorf("%s: %s: %q, want %s", way, hostile.Name, codes[i+2], hostile.Code)
			}
		}
	}
	validated := d.run("validate", "--json", file)
	codes := make(map[int]string)
	for line := range strings.Lines(validated.stdout) {
		var fault struct {
			Line int
			Code string
		}
		if err := json.Unmarshal([]byte(line), &fault); err != nil {
			t.Fatal(err)
		}
		if codes[fault.Line] == "" {
			codes[fault.Line] = fault.Code
		}
	}
	told("validate", codes)

	published := d.run("publish", "--json", file)
	var outcome struct {
		Published, Rejected int
		Faults              []struct {
			Line   int
			Faults trade.Faults
		}
	}
	if err := json.Unmarshal([]byte(published.stdout), &outcome); err != nil {
		t.Fatal(err)
	}
	codes = make(map[int]string)
	for _, line := range outcome.Faults {
		codes[line.Line] = line.Faults[0].Code
	}
	told("publish", codes)
	if validated.code != 1 || published.code != 1 || outcome.Published != 1 || outcome.Rejected != len(texts) {
		t.Errorf("validate ended with %d, publish with %d: %.300s", validated.code, published.code, published.stderr)
	}

	kept := make(map[string]int) // of those that were judged, by their texts
	for _, hostile := range texts {
		if d.hostileOverHTTP(hostile) {
			kept[hostile.Text]++
		}
	}
	for r, err := range d.conn.Rejected(t.Context(), "*", since) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stage != intake.StageIntake || kept[string(r.Data)] == 0 {
			t.Errorf("REJECTED has %d bytes of %s with %s, which nobody sent over HTTP", len(r.Data), r.Stage, r.Code)
		}
		kept[string(r.Data)]--
	}
	for text, count := range kept {
		if count != 0 {
			t.Errorf("HTTP: REJECTED lacks %.100s", text)
		}
	}
	d.hostileOverNATS(texts, since)
	if status, answer := call(t, http.MethodPost, d.addresses["http"]+"/events", "", "application/cloudevents+json", []byte(wiretest.Sound)); status != http.StatusAccepted {
		t.Errorf("a sound event afterwards: %d %s", status, answer)
	}
}

// hostileOverHTTP posts the text, and says whether it was judged as an event.
func (d *deployment) hostileOverHTTP(hostile wiretest.Hostile) bool {
	d.t.Helper()
	status, answer := call(d.t, http.MethodPost, d.addresses["http"]+"/events", "", "application/cloudevents+json", []byte(hostile.Text))
	var told struct {
		Faults trade.Faults // of the request
		Events []struct{ Faults trade.Faults }
	}
	if err := json.Unmarshal([]byte(answer), &told); err != nil {
		d.t.Fatalf("%s: %v: %.300s", hostile.Name, err, answer)
	}
	want := http.StatusBadRequest
	if len(hostile.Text) > 8<<20 {
		want = http.StatusRequestEntityTooLarge
	} else if len(told.Events) == 1 {
		told.Faults = told.Events[0].Faults
	}
	if status != want || len(told.Faults) == 0 || told.Faults[0].Code != hostile.Code {
		d.t.Errorf("HTTP: %s: %d %.300s, want %d %s", hostile.Name, status, answer, want, hostile.Code)
	}
	return len(told.Events) == 1
}

// hostileOverNATS publishes the texts as a client that checks nothing. What is larger than a message may be the broker
// does not take; all else comes back, and stands in the table.
func (d *deployment) hostileOverNATS(texts []wiretest.Hostile, since time.Time) {
	t := d.t
	t.Helper()
	publisher := d.conn.Publisher(stream.PublisherConfig{})
	sent := make(map[uint64]wiretest.Hostile)
	for _, hostile := range texts {
		receipts, err := publisher.Publish(t.Context(), []stream.Outgoing{{Subject: "events.local.trade.title.issued", Data: []byte(hostile.Text)}})
		if err != nil {
			t.Fatal(err)
		}
		if large := int64(len(hostile.Text)) > d.conn.MaxPayload(); large != errors.Is(receipts[0].Err, stream.ErrTooLarge) || !large && receipts[0].Err != nil {
			t.Errorf("NATS: %s: %d bytes: %v", hostile.Name, len(hostile.Text), receipts[0].Err)
		} else if !large {
			sent[receipts[0].Sequence] = hostile
		}
	}
	d.settle()
	count := 0
	for r, err := range d.conn.Rejected(t.Context(), "local", since) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stage == intake.StageIntake {
			continue
		}
		hostile, ok := sent[r.Sequence]
		if count++; !ok || r.Code != hostile.Code || r.Message == "" || !bytes.Equal(r.Data, []byte(hostile.Text)) {
			t.Errorf("NATS: %s: %s %s, %d bytes, want %s", hostile.Name, r.Code, r.Message, len(r.Data), hostile.Code)
		}
	}
	if count != len(sent) {
		t.Errorf("NATS: %d came back, want %d", count, len(sent))
	}
	codes := make(map[string]string) // by sequence
	for line := range strings.Lines(d.query("SELECT stream_seq, faults[1].code FROM rejected_events FINAL WHERE stage = 'archive' FORMAT TSV")) {
		sequence, code, _ := strings.Cut(strings.TrimSpace(line), "\t")
		codes[sequence] = code
	}
	if len(codes) != len(sent) {
		t.Errorf("rejected_events has %d of %d", len(codes), len(sent))
	}
	for sequence, hostile := range sent {
		if code := codes[strconv.FormatUint(sequence, 10)]; code != hostile.Code {
			t.Errorf("rejected_events: %s: %q, want %s", hostile.Name, code, hostile.Code)
		}
	}
}
