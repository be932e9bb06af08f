package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// document is a file in the format dcsa-tnt, and what is to become of it.
type document struct {
	file    string
	events  int            // that it makes; of a wrong one, those of its sound part
	faults  []string       // POINTER CODE each; none: it is taken
	flags   []string       // on its events, all together
	lookups map[string]int // number → its events in the chains of the number
}

// TestDocuments brings Track & Trace documents, right and wrong ones, in by the three ways: offline, over
// HTTP as a subscriber is pushed, and over NATS.
func TestDocuments(t *testing.T) {
	d := up(t, t.TempDir(), nil)
	t.Run("our own", func(t *testing.T) { bring(t, d, "own", own()) })
	t.Run("those of the corpus", func(t *testing.T) { bring(t, d, "corpus", corpus(t)) })
}

func own() []document {
	file := func(name string) string { return filepath.Join("testdata", "tnt", name) }
	return []document{
		{
			file: file("journey.json"), events: 5,
			lookups: map[string]int{"MSKU9070323": 5, "QZHSIN2609114": 5, "BKG4410093": 5},
		},
		// Values that only look wrong: a check digit, a place that no table has.
		{
			file: file("looks-wrong.json"), events: 1, flags: []string{"identifier_invalid", "unknown_place"},
			lookups: map[string]int{"SITU9070321": 1, "ZZZSIN2609118": 1},
		},
		{
			file: file("wrong.json"), events: 3, faults: []string{"/3/transportEventTypeCode mistyped", "/4/eventDateTime time_malformed"},
			lookups: map[string]int{"QZHSIN2609115": 0, "BKG4410094": 0},
		},
		{file: file("booking.json"), faults: []string{"/ not_an_event_document"}},
		{file: file("cut-off.json"), faults: []string{"/ json_syntax"}},
		{file: file("version-3.json"), faults: []string{"/events/0/eventClassification/eventTypeCode missing", "/events/0/eventClassification/eventClassifierCode missing"}},
	}
}

// corpus lists the DCSA messages of the corpus, which is no part of the project.
func corpus(t *testing.T) []document {
	t.Helper()
	root := os.Getenv("ONEORDER_CORPUS")
	if root == "" {
		const why = "ONEORDER_CORPUS is not set: real DCSA messages were NOT brought in"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	folder := filepath.Join(root, "dcsa", "conformance-messages")
	all := map[string]document{
		"tnt-220-response.json": {
			events:  7,
			lookups: map[string]int{"APZU4812090": 8, "RESERVEDHHL123": 6, "reserved-HHL123": 8, "ABC123123123": 8}, // one is of two chains
		},
		"tnt-220-response-wrong-attribute-values.json": {events: 3, flags: []string{"identifier_invalid", "unknown_place"}},
		"tnt-300-request-equipment.json":               {events: 1},
		"tnt-300-request-shipment.json":                {events: 1},
		"tnt-300-request-transport.json":               {events: 1},
		"tnt-220-response-wrong-event-ids.json":        {events: 5, faults: []string{"/0/eventID mistyped", "/1/eventID uuid_malformed"}},
	}
	names := slices.Sorted(maps.Keys(all))
	var documents []document
	for _, name := range names {
		doc := all[name]
		doc.file = filepath.Join(folder, "tnt", name)
		documents = append(documents, doc)
	}
	for pattern, fault := range map[string]string{
		"tnt/tnt-*.json": "", "*/*error-message.json": "/ not_an_event_document",
		"booking/*-regular.json": "/ not_an_event_document", "ebl/*-straight-bl.json": "/ not_an_event_document",
	} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("the corpus has no %s in %s (%v)", pattern, folder, err)
		}
		for _, file := range files {
			if _, listed := all[filepath.Base(file)]; fault == "" && !listed {
				t.Errorf("%s has no verdict yet: add it", file)
			}
			if fault != "" {
				documents = append(documents, document{file: file, faults: []string{fault}})
			}
		}
	}
	return documents
}

// bring brings each document in by each way, as an organisation of its own, and looks at what has become
// of it.
func bring(t *testing.T, d *deployment, prefix string, documents []document) {
	began := time.Now().Add(-time.Minute) // the broker's clock is not ours
	made := make([][]*trade.Event, len(documents))
	over := func(way string, i int) string { return fmt.Sprintf("%s-%s-%d", way, prefix, i) }
	for i, doc := range documents {
		made[i] = doc.convert(t)
		doc.push(t, d, over("http", i))
		doc.publish(t, d, over("nats", i))
	}
	d.settle()
	for i, doc := range documents {
		for _, way := range []string{"http", "nats"} {
			doc.stored(t, d, over(way, i), made[i])
		}
		doc.rejected(t, d, began, over("http", i), over("nats", i))
		doc.lookedUp(t, d, over("http", i), over("nats", i))
	}
}

var faultLine = regexp.MustCompile(`(?m)^(\S*) ([a-z_]+)(:| ) ?\S`)

// convert converts the document offline and gives its events.
func (doc document) convert(t *testing.T) []*trade.Event {
	t.Helper()
	o := run(t, nil, "convert", "--format", "dcsa-tnt", doc.file)
	if (o.code == 0) != (doc.faults == nil) || o.code > 1 {
		t.Errorf("convert %s: exit code %d: %s", doc.file, o.code, o.stderr)
	}
	var faults []string
	for _, m := range faultLine.FindAllStringSubmatch(strings.ReplaceAll(o.stderr, doc.file+": ", ""), -1) {
		faults = append(faults, m[1]+" "+m[2])
	}
	if diff := cmp.Diff(doc.faults, faults); diff != "" {
		t.Errorf("convert %s: faults (-want +got):\n%s\n%s", doc.file, diff, o.stderr)
	}
	if doc.faults != nil {
		if o.stdout != "" {
			t.Errorf("convert %s prints events of a wrong document: %s", doc.file, o.stdout)
		}
		o = run(t, nil, "convert", "--partial", "--format", "dcsa-tnt", doc.file)
		if o.code != 1 {
			t.Errorf("convert --partial %s: exit code %d", doc.file, o.code)
		}
	}
	var events []*trade.Event
	for line := range strings.Lines(o.stdout) {
		e, err := wire.Decode([]byte(strings.TrimSpace(line)))
		if err != nil {
			t.Fatalf("convert %s: %v\n%s", doc.file, err, line)
		}
		events = append(events, e)
	}
	if len(events) != doc.events {
		t.Errorf("convert %s: %d events, want %d", doc.file, len(events), doc.events)
	}
	return events
}

// push sends the document as a publisher pushes it to a subscriber, twice.
func (doc document) push(t *testing.T, d *deployment, org string) {
	t.Helper()
	body, err := os.ReadFile(doc.file)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		status, text := call(t, http.MethodPost, d.addresses["http"]+"/dcsa/tnt/v2/events?org="+org, "", "application/json", body)
		if doc.faults == nil {
			if status != http.StatusNoContent || text != "" {
				t.Errorf("push %s: status %d: %s", doc.file, status, text)
			}
			continue
		}
		var problem struct {
			Faults trade.Faults `json:"faults"`
		}
		if err := json.Unmarshal([]byte(text), &problem); err != nil || status != http.StatusBadRequest {
			t.Errorf("push %s: status %d, %v: %s", doc.file, status, err, text)
			continue
		}
		var faults []string
		for _, f := range problem.Faults {
			if f.Message == "" {
				t.Errorf("push %s: %s %s says nothing of what would be right", doc.file, f.Pointer, f.Code)
			}
			faults = append(faults, place(f.Pointer)+" "+f.Code)
		}
		if diff := cmp.Diff(doc.faults, faults); diff != "" {
			t.Errorf("push %s: faults (-want +got):\n%s", doc.file, diff)
		}
	}
}

// place is how a pointer to the whole document is shown.
func place(pointer string) string {
	if pointer == "" {
		return "/"
	}
	return pointer
}

// publish sends the document to the inbox of its format.
func (doc document) publish(t *testing.T, d *deployment, org string) {
	t.Helper()
	o := d.run("publish", "--org", org, "--format", "dcsa-tnt", doc.file)
	if doc.faults == nil {
		if o.code != 0 || !strings.Contains(o.stderr, "1 published, 0 repeats, 0 rejected") {
			t.Errorf("publish %s: exit code %d: %s", doc.file, o.code, o.stderr)
		}
		return
	}
	if o.code != 1 || !strings.HasPrefix(o.stderr, "1 "+doc.faults[0]+" ") || !strings.Contains(o.stderr, "1 published, 0 repeats, 1 rejected") {
		t.Errorf("publish %s: exit code %d, want 1 with %s: %s", doc.file, o.code, doc.faults[0], o.stderr)
	}
}

// stored checks that the events of the document, and no others of this organisation, are in the warehouse.
func (doc document) stored(t *testing.T, d *deployment, org string, made []*trade.Event) {
	t.Helper()
	var want []string
	if doc.faults == nil {
		for _, e := range made {
			want = append(want, e.ID+" "+string(e.Type))
		}
	}
	got := strings.Split(strings.TrimSuffix(d.query("SELECT id || ' ' || type FROM events WHERE org = '"+org+"'"), "\n"), "\n")
	got = slices.DeleteFunc(got, func(s string) bool { return s == "" })
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got, cmp.Transformer("none", func(s []string) string { return strings.Join(s, "\n") })); diff != "" {
		t.Errorf("%s, stored as %s (-want +got):\n%s", doc.file, org, diff)
	}
	flags := strings.Fields(d.query("SELECT DISTINCT arrayJoin(flags) AS flag FROM events WHERE org = '" + org + "' ORDER BY flag"))
	if diff := cmp.Diff(strings.Join(doc.flags, " "), strings.Join(flags, " ")); diff != "" {
		t.Errorf("%s, flags of %s (-want +got):\n%s", doc.file, org, diff)
	}
}

// rejected checks that a wrong document went to REJECTED as it came, with the reason, whichever way it came.
func (doc document) rejected(t *testing.T, d *deployment, since time.Time, overHTTP, overNATS string) {
	t.Helper()
	body, err := os.ReadFile(doc.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range []string{overHTTP, overNATS} {
		var got []stream.Rejection
		for r, err := range d.conn.Rejected(t.Context(), org, since) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if doc.faults == nil {
			if got != nil {
				t.Errorf("%s was rejected: %+v", doc.file, got)
			}
			continue
		}
		if len(got) == 0 || org == overNATS && len(got) != 1 {
			t.Errorf("%s: %d rejections of %s", doc.file, len(got), org)
			continue
		}
		r := got[0]
		if r.Stage != "logistics" || place(r.Pointer)+" "+r.Code != doc.faults[0] || r.Message == "" || !bytes.Equal(r.Data, body) {
			t.Errorf("%s: rejected as %+v", doc.file, r)
		}
		if org == overNATS && (r.Subject != stream.InboxSubject(overNATS, "dcsa-tnt") || r.Sequence == 0) {
			t.Errorf("%s: rejected from %s, message %d", doc.file, r.Subject, r.Sequence)
		}
	}
}

// lookedUp looks the document's numbers up, and wants its events there by whichever way they came.
func (doc document) lookedUp(t *testing.T, d *deployment, organisations ...string) {
	t.Helper()
	for number, want := range doc.lookups {
		got := make(map[string]int)
		for _, chain := range lookup(t, d.variables(), number).Chains {
			for _, e := range chain.Timeline {
				got[strings.TrimPrefix(e.Source, trade.SourcePrefix)]++
			}
		}
		for _, org := range organisations {
			if got[org] != want {
				t.Errorf("lookup %s: %d events of %s as %s, want %d", number, got[org], doc.file, org, want)
			}
		}
		o := d.run("lookup", number)
		if (o.code == 0) != (want > 0) {
			t.Errorf("lookup %s: exit code %d: %s", number, o.code, o.stderr)
		}
		for _, org := range organisations {
			if n := strings.Count(o.stdout, "  "+org+"  "); n != want {
				t.Errorf("lookup %s shows %d events of %s, want %d:\n%s", number, n, org, want, o.stdout)
			}
		}
	}
}
