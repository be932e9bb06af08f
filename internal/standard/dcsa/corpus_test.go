package dcsa_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// corpusDir gives the folder of real messages that ONEORDER_CORPUS names. They are not part of the project.
func corpusDir(t *testing.T) string {
	t.Helper()
	root := os.Getenv("ONEORDER_CORPUS")
	if root == "" {
		const why = "ONEORDER_CORPUS is not set: the verdicts on real DCSA messages were NOT tested"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return filepath.Join(root, "dcsa")
}

var options = standard.Options{Org: "carrier"}

// faultsOf gives the faults as "POINTER CODE", and fails on any other error.
func faultsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	faults, ok := err.(trade.Faults) //nolint:errorlint // Faults come unwrapped, by contract
	if !ok {
		t.Fatalf("error is %T, want trade.Faults: %v", err, err)
	}
	var got []string
	for _, f := range faults {
		if f.Message == "" {
			t.Errorf("fault without a message: %+v", f)
		}
		got = append(got, f.Pointer+" "+f.Code)
	}
	return got
}

func TestEachCorpusMessageHasItsVerdict(t *testing.T) {
	dir := corpusDir(t)
	type verdict struct {
		events int
		flags  trade.Flags // of all events together
		faults []string
		why    string
	}
	foreign := verdict{faults: []string{" not_an_event_document"}, why: "no message of Track & Trace"}
	version3 := verdict{faults: []string{" unsupported_version"}, why: "Track & Trace 3.0"}
	verdicts := map[string]verdict{
		"tnt/tnt-220-response.json": {
			events: 7, why: "sound",
		},
		"tnt/tnt-220-response-wrong-attribute-values.json": {
			events: 3, flags: trade.FlagIdentifierInvalid,
			why: "IMO number 1234567 and container APZU2134567 fail their check digits; codes like XYABC are for the place table; no eventID is allowed",
		},
		"tnt/tnt-220-response-wrong-event-ids.json": {
			events: 5, faults: []string{"/0/eventID mistyped", "/1/eventID uuid_malformed"},
			why: "one eventID is a number, one is no UUID; repeated eventIDs with one content are one event",
		},
		"tnt/tnt-300-request-equipment.json": version3,
		"tnt/tnt-300-request-shipment.json":  version3,
		"tnt/tnt-300-request-transport.json": version3,
	}
	var files []string
	for _, pattern := range []string{"tnt/*.json", "*/*error-message.json", "booking/*.json", "ebl/*.json", "pint/*.json"} {
		found, err := filepath.Glob(filepath.Join(dir, "conformance-messages", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	if len(files) < len(verdicts) {
		t.Fatalf("found %d messages below %s, want at least %d", len(files), dir, len(verdicts))
	}
	for _, file := range files {
		name, _ := filepath.Rel(filepath.Join(dir, "conformance-messages"), file)
		name = filepath.ToSlash(name)
		t.Run(name, func(t *testing.T) {
			want, listed := verdicts[name]
			if !listed {
				if strings.HasPrefix(name, "tnt/") {
					t.Fatal("this message has no verdict yet: add it")
				}
				want = foreign
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			events, err := dcsa.TrackAndTrace(data, options)
			got := verdict{events: len(events), faults: faultsOf(t, err), why: want.why}
			for _, e := range events {
				got.flags |= e.Flags
				checkEvent(t, e)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(verdict{})); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

// checkEvent checks what must hold for every event that an adapter makes: it is sound, a reader takes it as it
// was written, and reading changes nothing about it.
func checkEvent(t *testing.T, e *trade.Event) {
	t.Helper()
	if faults := trade.Validate(e); faults != nil {
		t.Errorf("event %s is not sound: %v", e.ID, faults)
	}
	written := wire.Append(nil, e)
	read, err := wire.Decode(written)
	if err != nil {
		t.Errorf("no reader takes event %s: %v\n%s", e.ID, err, written)
		return
	}
	if diff := cmp.Diff(string(written), string(wire.Append(nil, read))); diff != "" {
		t.Errorf("event %s (-written +read):\n%s", e.ID, diff)
	}
}
