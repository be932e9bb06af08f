package conformance

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// The verdicts.
const (
	converted = "converted"
	flagged   = "flagged"
	refused   = "refused"
	declined  = "declined"
)

// Options are those that documents of the corpus are converted with.
var Options = standard.Options{Org: "corpus", Received: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

// Corpus gives the folder of the corpus. Without one the test is skipped, and in CI it fails.
func Corpus(t *testing.T) string {
	t.Helper()
	corpus := os.Getenv("ONEORDER_CORPUS")
	if corpus == "" {
		const why = "ONEORDER_CORPUS is not set: the verdicts on real documents were NOT tested"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return corpus
}

// Check converts every document of the format's table, testdata/<format>.verdicts, and holds the outcome against
// its line. Every event must be sound, and the same after a reader has read it.
func Check(t *testing.T, format standard.Format) {
	t.Helper()
	corpus := Corpus(t)
	table, err := Read(filepath.Join("testdata", format.Name+".verdicts"))
	if err != nil {
		t.Fatal(err)
	}
	unlisted, err := table.missing(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range unlisted {
		t.Errorf("%s has no verdict; this version gives: %s", file, judge(t, format, corpus, Line{File: file}))
	}
	for _, want := range table.Lines {
		t.Run(want.File, func(t *testing.T) {
			got := judge(t, format, corpus, want)
			if n := len(want.Told); n > 0 && want.Told[n-1] == "…" && len(got.Told) >= n {
				got.Told = append(slices.Clone(got.Told[:n-1]), "…")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s\nthis version gives: %s", diff, got)
			}
		})
	}
}

// String writes the line as it stands in a table, its file without folder.
func (l Line) String() string {
	return strings.Join([]string{
		l.File[strings.LastIndex(l.File, "/")+1:], l.Is, l.Verdict, strconv.Itoa(l.Events), strings.Join(l.Told, "; "), l.Why,
	}, " | ")
}

// judge converts a document and says what became of it.
func judge(t *testing.T, format standard.Format, corpus string, line Line) Line {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, filepath.FromSlash(line.File))) //nolint:gosec // the table names files of the corpus
	if err != nil {
		t.Fatal(err)
	}
	events, err := format.Convert(data, Options)
	line.Verdict, line.Events, line.Told = converted, len(events), nil
	var flags trade.Flags
	for _, e := range events {
		flags |= e.Flags
		CheckEvent(t, format, e)
	}
	if flags != 0 {
		line.Verdict, line.Told = flagged, flags.Names()
	}
	if err == nil {
		FirstStands(t, format, string(data))
		return line
	}
	var faults trade.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("error is %T, want trade.Faults: %v", err, err)
	}
	line.Verdict, line.Told = refused, nil
	if len(faults) == 1 && faults[0].Code == "not_an_event_document" {
		line.Verdict = declined
	}
	for _, f := range faults {
		if f.Message == "" {
			t.Errorf("fault without a message: %+v", f)
		}
		line.Told = append(line.Told, strings.TrimSpace(f.Pointer+" "+f.Code))
	}
	return line
}

// FirstStands checks that a document makes the same events at any moment of a day, and on a later day the same, but for
// what takes the day of receipt as its time: that is below the event of the first day.
func FirstStands(t *testing.T, format standard.Format, document string) {
	t.Helper()
	on := func(received time.Time) []*trade.Event {
		o := Options
		o.Received = received
		events, err := format.Convert([]byte(document), o)
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	first, same, later := on(Options.Received), on(Options.Received.Add(20*time.Hour)), on(Options.Received.AddDate(0, 0, 3))
	if len(same) != len(first) || len(later) != len(first) {
		t.Fatalf("%d events, later the same day %d, another day %d", len(first), len(same), len(later))
	}
	for i, e := range first {
		text := string(wire.Append(nil, e))
		if diff := cmp.Diff(text, string(wire.Append(nil, same[i]))); diff != "" {
			t.Errorf("event %s, and later the same day (-first +second):\n%s", e.ID, diff)
		}
		if l := later[i]; string(wire.Append(nil, l)) != text && (l.ID != e.ID || l.Revision >= e.Revision) {
			t.Errorf("event %s revision %d is another three days later: %s revision %d", e.ID, e.Revision, l.ID, l.Revision)
		}
	}
}

// CheckEvent checks what holds for every event that an adapter makes: it is sound and of a type that the format
// declares, a reader takes it as it was written, and reading changes nothing about it.
func CheckEvent(t testing.TB, format standard.Format, e *trade.Event) {
	t.Helper()
	if faults := trade.Validate(e); faults != nil {
		t.Errorf("event %s is not sound: %v", e.ID, faults)
	}
	if !slices.Contains(format.Types, e.Type) {
		t.Errorf("event %s is a %s, which is not among the types of %s", e.ID, e.Type, format.Name)
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

// CheckAny converts any bytes and checks what holds whatever they are: the bytes stay as they were, every event is
// sound, every fault says what would be right, and a second time gives the same. Fuzz targets call it.
func CheckAny(t testing.TB, format standard.Format, data []byte, o standard.Options) {
	t.Helper()
	before := slices.Clone(data)
	events, err := format.Convert(data, o)
	if !slices.Equal(before, data) {
		t.Fatal("the document was changed")
	}
	var faults trade.Faults
	if err != nil && (!errors.As(err, &faults) || len(faults) == 0) {
		t.Fatalf("an error without a fault: %v", err)
	}
	for _, f := range faults {
		if f.Code == "" || f.Message == "" {
			t.Errorf("fault without a word: %+v", f)
		}
	}
	again, _ := format.Convert(data, o)
	if len(again) != len(events) {
		t.Fatalf("%d events, then %d", len(events), len(again))
	}
	for i, e := range events {
		CheckEvent(t, format, e)
		if !slices.Equal(wire.Append(nil, e), wire.Append(nil, again[i])) {
			t.Fatalf("event %d is another the second time", i)
		}
	}
}
