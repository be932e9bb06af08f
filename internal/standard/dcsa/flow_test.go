package dcsa_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/linkage"
	"oneorder/internal/record"
	"oneorder/internal/refdata"
	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// received is when the messages without a time of their own came in.
var received = standard.Options{Org: "carrier", Received: time.Date(2026, 9, 20, 7, 8, 9, 0, time.UTC)}

func format(t testing.TB, name string) standard.Format {
	t.Helper()
	all := dcsa.Formats()
	i := slices.IndexFunc(all, func(f standard.Format) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("there is no format %s", name)
	}
	return all[i]
}

// message reads a file of testdata.
func message(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// converted gives the events of a message, which must be sound.
func converted(t testing.TB, formatName, name string) []*trade.Event {
	t.Helper()
	f := format(t, formatName)
	events, err := f.Convert(message(t, name), received)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, e := range events {
		conformance.CheckEvent(t, f, e)
	}
	return events
}

// files of testdata by format, in the order in which they happen.
var files = []struct{ format, name string }{
	{"dcsa-booking", "booking-request"},
	{"dcsa-booking", "booking-received"},
	{"dcsa-booking", "booking-confirmed"},
	{"dcsa-ebl", "instructions"},
	{"dcsa-ebl", "bill"},
	{"dcsa-ebl", "issuance"},
	{"dcsa-ebl", "issuance-response"},
	{"dcsa-pint", "envelope-first"},
	{"dcsa-pint", "envelope-started"},
	{"dcsa-pint", "envelope"},
	{"dcsa-pint", "envelope-answer"},
	{"dcsa-ebl", "surrender"},
	{"dcsa-ebl", "surrender-answer"},
	{"dcsa-ebl", "endorsements"},
	{"dcsa-ebl", "issuance-switched"},
	{"dcsa-tnt", "events3"},
}

func TestDocumentsBecomeTheEventsOfTheirGoldenFile(t *testing.T) {
	for _, file := range files {
		t.Run(file.name, func(t *testing.T) {
			var got bytes.Buffer
			for _, e := range converted(t, file.format, file.name) {
				if err := json.Indent(&got, wire.Append(nil, e), "", " "); err != nil {
					t.Fatal(err)
				}
				got.WriteString("\nflags: " + strings.Join(e.Flags.Names(), " ") + "\n\n")
			}
			golden := filepath.Join("testdata", file.name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// joined links the events and gives the chain of each.
func joined(t *testing.T, events []*trade.Event) map[trade.EventKey][]string {
	t.Helper()
	store := linkage.Memory{}
	l := linkage.New(store, 0)
	var batch []linkage.Input
	for i, e := range events {
		batch = append(batch, linkage.Input{Event: e, Sequence: uint64(i + 1), Received: time.Unix(0, 0), Digest: wire.Digest(e)})
	}
	if _, err := l.Apply(batch); err != nil {
		t.Fatal(err)
	}
	chains := map[trade.EventKey][]string{}
	for _, e := range events {
		told, _ := l.Tell(e.Key())
		chains[e.Key()] = nil // an event may be told twice
		for _, a := range told.Attributions {
			chains[e.Key()] = append(chains[e.Key()], a.Chain)
		}
	}
	return chains
}

func TestABillFromItsBookingToItsSurrenderIsOneChain(t *testing.T) {
	var events []*trade.Event
	for _, file := range files {
		switch file.name {
		case "booking-request": // it has no number yet
		case "booking-received": // the number of a request is a booking of its own for the joining
		case "issuance-switched", "events3": // what happens to the bill otherwise
		default:
			events = append(events, converted(t, file.format, file.name)...)
		}
	}
	chains := joined(t, events)
	for _, e := range events {
		if got := chains[e.Key()]; len(got) != 1 || got[0] != chains[events[0].Key()][0] {
			t.Errorf("%s %s: chains %q", e.Type, e.ID, got)
		}
	}
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	for last, want := range map[string]string{
		"instructions": "drafted", "issuance": "issued", "envelope": "transferred", "surrender": "surrendered", "surrender-answer": "accomplished",
	} {
		if got := record.Fold(until(t, last), tables).Title; got != want {
			t.Errorf("title after %s: %s, want %s", last, got, want)
		}
	}
}

// until gives the events of the messages up to one.
func until(t *testing.T, last string) []*trade.Event {
	var events []*trade.Event
	for _, file := range files {
		events = append(events, converted(t, file.format, file.name)...)
		if file.name == last {
			break
		}
	}
	return events
}

// TestTheHolderIsWhomTheChainLeavesItWith follows the bill by the times of its title events.
func TestTheHolderIsWhomTheChainLeavesItWith(t *testing.T) {
	events := append(converted(t, "dcsa-ebl", "issuance"), converted(t, "dcsa-pint", "envelope")...)
	events = append(events, converted(t, "dcsa-ebl", "surrender")...)
	slices.SortStableFunc(events, func(a, b *trade.Event) int { return a.Time.Compare(b.Time) })
	var got []string
	for _, e := range events {
		if d := e.Data.Document; d.Holder.Value != "" {
			got = append(got, strings.TrimPrefix(string(e.Type), "trade.title.")+" "+d.Status+": "+d.Holder.Value[13:18]+" on "+d.Platform+", for "+(d.Beneficiary.Value + strings.Repeat("-", 18))[13:18])
		}
	}
	want := []string{
		"issued ISSUED: 00001 on WAVE, for 00003",
		"issued ISSUE: 00001 on WAVE, for 00003",
		"issued ISSUE: 00001 on WAVE, for -----",
		"transferred TRANSFER: 00003 on BOLE, for -----",
		"endorsed ENDORSE: 00003 on BOLE, for 00002",
		"endorsed ENDORSE: 00003 on BOLE, for 00002",
		"transferred TRANSFER: 00002 on BOLE, for -----",
		"surrendered SREQ: 00004 on BOLE, for -----",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}
}

func TestALaterEnvelopeMakesTheEventsOfTheFirstAgain(t *testing.T) {
	first, later := converted(t, "dcsa-pint", "envelope-first"), converted(t, "dcsa-pint", "envelope")
	made := map[string]string{}
	for _, e := range later {
		made[e.ID] = string(wire.Append(nil, e))
	}
	for _, e := range first {
		if !strings.HasPrefix(e.ID, "pint-") {
			continue // the envelope's own arrival
		}
		if diff := cmp.Diff(string(wire.Append(nil, e)), made[e.ID]); diff != "" {
			t.Errorf("%s (-first +later):\n%s", e.ID, diff)
		}
	}
}

func TestTheDigestOfABillIsTheSameInEveryMessageThatHasIt(t *testing.T) {
	digests := map[string][]string{}
	for _, file := range files[:12] {
		for _, e := range converted(t, file.format, file.name) {
			if d := e.Data.Document; d.Kind == "bl" && d.Digest != "" {
				digests[d.Digest] = append(digests[d.Digest], file.name)
			}
		}
	}
	if len(digests) != 1 {
		t.Errorf("digests: %v", digests)
	}
}

func TestASwitchedBillTakesThePlaceOfTheOld(t *testing.T) {
	events := append(converted(t, "dcsa-ebl", "bill"), converted(t, "dcsa-ebl", "issuance-switched")...)
	i := slices.IndexFunc(events, func(e *trade.Event) bool { return e.Type == trade.TitleSwitched })
	if i < 0 {
		t.Fatal("no title.switched")
	}
	if diff := cmp.Diff([]trade.Reference{{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}}, events[i].Data.Replaces); diff != "" {
		t.Errorf("replaces (-want +got):\n%s", diff)
	}
	chains := joined(t, events)
	for _, e := range events {
		if diff := cmp.Diff(chains[events[0].Key()], chains[e.Key()]); diff != "" || len(chains[e.Key()]) != 1 {
			t.Errorf("%s is in another chain: %q", e.Type, chains[e.Key()])
		}
	}
}

func TestARetractionOfTrackAndTrace3StandsOverTheEvent(t *testing.T) {
	events := converted(t, "dcsa-tnt", "events3")
	var told, back *trade.Event
	for _, e := range events {
		if e.ID == "e-2" && e.Retracted {
			back = e
		} else if e.ID == "e-2" {
			told = e
		}
	}
	if told == nil || back == nil || back.Revision <= told.Revision {
		t.Fatalf("event %+v, retraction %+v", told, back)
	}
}

func TestTheNamesOfOtherDraftsOfTrackAndTrace3AreRead(t *testing.T) {
	const event = `{"events":[{"eventID":"e-9","eventDateTime":"2026-09-11T08:15:00Z",` +
		`"eventRouting":{"originatingParties":[{"partyFunction":"FW","partyCode":"X","codeListProvider":"ZZZ"},{"partyFunction":"CA","partyCode":"SITC","codeListProvider":"NMFTA"}]},` +
		`"eventClassification":{"eventTypeCode":"REEFER","eventClassifierCode":"ACT","reeferEventTypeCode":"MEAS"},` +
		`"documentReference":{"typeCode":"TRD","reference":"SITGCKSG026001"},"equipmentDetails":{"equipmentReference":"SITU9070325","transportPhase":"EXPORT"},` +
		`"reeferDetails":{"temperatureUnit":"CEL","supplyAirTemperatureMeasurement":{"measuredTemperatureValue":-20.5},"returnAirTemperatureMeasurement":{"measuredTemperatureValue":-18.4}}}]}`
	events, err := format(t, "dcsa-tnt").Convert([]byte(event), received)
	if err != nil {
		t.Fatal(err)
	}
	e := events[0]
	if diff := cmp.Diff([]trade.Reference{{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}}, e.Data.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	if e.Data.TemperatureC != "-18.4" || !strings.Contains(string(e.Data.Detail), `"transportPhase":"EXPORT"`) {
		t.Errorf("%s in %s", e.Data.TemperatureC, e.Data.Detail)
	}
}
