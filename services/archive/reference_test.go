package archive

import (
	"testing"
	"time"
)

// The reference data that is in force is in ClickHouse soon after the service has started, and is written once.
func TestReferenceDataIsWrittenAtTheStart(t *testing.T) {
	r := start(t)
	of := referenceOf(r.config.Tables)
	deadline := time.Now().Add(30 * time.Second)
	for len(r.rows("SELECT 1 AS one FROM reference_corridors WHERE digest = '"+of.Digest+"' LIMIT 1")) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("it is not there")
		}
	}
	for table, want := range map[string]int{
		"reference_places": len(of.Places), "reference_hs": len(of.HS), "reference_free_time": len(of.FreeTimes), "reference_corridors": len(of.Corridors),
	} {
		if got := len(r.rows("SELECT * FROM " + table)); got != want || want == 0 {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	if wrote, err := r.warehouse.PutReference(t.Context(), of, time.Now()); err != nil || wrote {
		t.Errorf("it was written again: %v, %v", wrote, err)
	}
}
