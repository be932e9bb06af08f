package dcsa_test

import (
	"maps"
	"strings"
	"testing"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

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
	for _, format := range dcsa.Formats() {
		t.Run(format.Name, func(t *testing.T) { conformance.Check(t, format) })
	}
}

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	documents := conformance.Fixtures(t, "*.json")
	maps.DeleteFunc(documents, func(name string, _ []byte) bool { return strings.HasPrefix(name, "envelope") }) // checksums tell any other text
	conformance.CheckOdd(t, dcsa.Formats(), documents)
}

func checkEvent(t *testing.T, e *trade.Event) {
	t.Helper()
	conformance.CheckEvent(t, dcsa.Formats()[0], e)
}
