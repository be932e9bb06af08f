package conformance

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Golden holds events against a golden file, or writes it anew.
func Golden(t *testing.T, file string, update bool, events []*trade.Event) {
	t.Helper()
	var got bytes.Buffer
	for _, e := range events {
		if err := json.Indent(&got, wire.Append(nil, e), "", " "); err != nil {
			t.Fatal(err)
		}
		got.WriteString("\nflags: " + strings.Join(e.Flags.Names(), " ") + "\n\n")
	}
	if update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // a golden file of this project
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Told gives the faults of a conversion as "POINTER CODE VALUE", and fails on any other error.
func Told(t testing.TB, err error) []string {
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
		got = append(got, strings.TrimSpace(f.Pointer+" "+f.Code+" "+f.Value))
	}
	return got
}

// Bulk repeats what stands between the first begin and the last end of a document until it has so many bytes.
func Bulk(t testing.TB, document, begin, end string, size int) []byte {
	t.Helper()
	first, last := strings.Index(document, begin), strings.LastIndex(document, end)+len(end)
	if first < 0 || last < first {
		t.Fatalf("no %s in the document", begin)
	}
	var b bytes.Buffer
	b.WriteString(document[:first])
	for b.Len() < size {
		b.WriteString(document[first:last])
	}
	b.WriteString(document[last:])
	return b.Bytes()
}
