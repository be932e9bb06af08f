package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/record"
	"oneorder/internal/refdata"
	"oneorder/internal/standard"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// document is a file of the corpus and its format.
type document struct{ format, file string }

// consignments are those that the page shows: the documents that tell of them, and a number of each.
var consignments = []struct {
	title, number string
	received      string // by whoever converted the documents: the time of those that have none
	documents     []document
}{
	{"A bill of lading with its voyage (DCSA PINT 3.0)", "TRANSPORT_DOCUMENT_REFERENCE_PLACEHOLDER", "2023-12-19T12:00:00Z", []document{
		{"dcsa-pint", "dcsa/conformance-messages/pint/pint-3.0.0-transport-document.json"},
	}},
	{"An export declaration and what customs answered (WCO Data Model 3.6)", "24GB0YUZI38FK68A00", "2024-01-25T09:30:00Z", []document{
		{"wco-declaration", "wco-dm-hmrc/TT_EX026a/TT_EX026a.xml"},
		{"wco-response", "wco-dm-hmrc/TT_EX026a/Example_Notifications/01_DMSRCV.xml"},
		{"wco-response", "wco-dm-hmrc/TT_EX026a/Example_Notifications/03_DMSRES.xml"},
		{"wco-response", "wco-dm-hmrc/TT_EX026a/Example_Notifications/04_DMSCLE.xml"},
		{"wco-response", "wco-dm-hmrc/TT_EX026a/Example_Notifications/05_DMSEOG.xml"},
	}},
}

// The page shows what the record makes of documents of the corpus, with the event behind each field.
func TestRecordPage(t *testing.T) {
	root := os.Getenv("ONEORDER_CORPUS")
	if root == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("ONEORDER_CORPUS is not set")
		}
		t.Skip("ONEORDER_CORPUS is not set: docs/record.md is not held against real documents")
	}
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	for _, c := range consignments {
		var events []*trade.Event
		fmt.Fprintf(&page, "\n### %s\n\n", c.title)
		for _, d := range c.documents {
			made := eventsOf(t, d.format, filepath.Join(root, d.file), c.received)
			fmt.Fprintf(&page, "- `%s`: %d event(s)\n", d.file, len(made))
			events = append(events, made...)
		}
		fmt.Fprintf(&page, "\nThe chain that holds %s:\n\n", code(c.number))
		writeFields(t, &page, tables, events, c.number)
	}
	part{
		page: "../../docs/record.md", start: "<!-- consignments: written by `go test ./cmd/oneorder -run RecordPage -update` -->\n",
		end: "<!-- end of consignments -->\n", command: "go test ./cmd/oneorder -run RecordPage -update",
	}.holds(t, page.String())
}

func eventsOf(t *testing.T, format, file, received string) []*trade.Event {
	t.Helper()
	at, err := time.Parse(time.RFC3339, received)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range formats() {
		if f.Name != format {
			continue
		}
		events, err := f.Convert(data, standard.Options{Org: "carrier", Received: at})
		if err != nil {
			t.Fatal(err)
		}
		// As they are after their way through the broker.
		for i, e := range events {
			var read trade.Event
			if err := new(wire.Decoder).Decode(wire.Append(nil, e), &read); err != nil {
				t.Fatal(err)
			}
			events[i] = &read
		}
		return events
	}
	t.Fatalf("no format %s", format)
	return nil
}

// writeFields writes the fields of the chain that holds the number.
func writeFields(t *testing.T, page *strings.Builder, tables *refdata.Tables, events []*trade.Event, number string) {
	t.Helper()
	linker := linkage.New(linkage.Memory{}, 0)
	inputs := make([]linkage.Input, len(events))
	said := make(map[trade.EventKey]string)
	for i, e := range events {
		inputs[i] = linkage.Input{Event: e, Sequence: uint64(i) + 1, Received: e.Time} // few
		said[e.Key()] = fmt.Sprintf("%d. `%s`", i+1, e.Type)
	}
	changes, err := linker.Apply(inputs)
	if err != nil {
		t.Fatal(err)
	}
	var chain string
	in := make(map[trade.EventKey]string)
	for i := range changes.Placed {
		p := &changes.Placed[i]
		in[p.Event] += " " + p.Chain
		if strings.Contains(p.Via, number) && chain == "" {
			chain = p.Chain
		}
	}
	b := record.NewBuilder(tables)
	for i, e := range events {
		if strings.Contains(in[e.Key()], chain) && chain != "" {
			b.Add(e)
			fmt.Fprintf(page, "%d. `%s` of %s%s\n", i+1, e.Type, e.Time.Format("2006-01-02 15:04"), classified(e))
		}
	}
	c := b.Chain()
	if c.Events == 0 {
		t.Fatalf("no chain holds %s", number)
	}
	page.WriteString("\n| field | value | from |\n|---|---|---|\n")
	for _, s := range b.Sources() {
		from := "derived"
		if s.Source != "" {
			from = said[trade.KeyOf(s.Source, s.ID)]
		}
		fmt.Fprintf(page, "| %s | %s | %s |\n", s.Field, strings.ReplaceAll(s.Value, "|", "\\|"), from)
	}
	fmt.Fprintf(page, "\nFindings: %s.\n", strings.Join(append(c.Findings, []string{"none"}[min(len(c.Findings), 1):]...), ", "))
}

func classified(e *trade.Event) string {
	if c := e.Data.Classifier; c != "" && c != trade.Actual {
		return ", " + string(c)
	}
	return ""
}
