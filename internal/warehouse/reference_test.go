package warehouse

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func reference(digest string) *Reference {
	return &Reference{
		Digest: digest,
		Places: []PlaceRow{
			{Code: "CNQZH", Name: "Qinzhou", Country: "CN", CountryName: "China", Functions: "123", Node: "Qinzhou", Lat: 21.75, Lon: 108.6},
			{Code: "SGSIN", Name: "Singapore", Country: "SG", CountryName: "Singapore", Functions: "134"},
		},
		Corridors: []CorridorRow{{
			ID: "land-sea", Name: "New International Land-Sea Trade Corridor", Nodes: []string{"Chongqing", "Qinzhou", "Singapore"}, Modes: []string{"rail", "sea"},
			Expected: []string{"departed"}, LegHours: []int{48, 144}, DwellHours: []int{0, 48, 48},
		}},
		FreeTimes: []FreeTimeRow{
			{Tariff: "own", Carrier: "SITC", Corridor: "land-sea", Countries: []string{"SG"}, Demurrage: -1, Detention: -1, Combined: 9, ExportDemurrage: -1, ExportDetention: -1},
			{Tariff: "own", Places: []string{"SGSIN"}, Demurrage: 2, Detention: 3, Combined: -1, ExportDemurrage: -1, ExportDetention: -1},
			{Tariff: "own", Demurrage: 5, Detention: 7, Combined: -1, NextDay: true, ExportDemurrage: 1, ExportDetention: 2},
		},
		HS: []HSRow{{"87", "vehicles"}, {"8703", "motor cars"}},
	}
}

// What was written last is in force; a version is written once, and takes the place of the one before.
func TestReferenceDataIsInForce(t *testing.T) {
	w := migrated(t)
	put := func(of *Reference, when string, wrote bool) {
		t.Helper()
		if got, err := w.PutReference(t.Context(), of, at(when)); err != nil || got != wrote {
			t.Fatalf("wrote %v, %v; want %v", got, err, wrote)
		}
	}
	first, second := reference("first"), reference("second")
	second.Places = second.Places[:1]
	second.Places[0].Name = "Qinzhou Port"
	put(first, "2026-09-10T00:00:00Z", true)
	put(first, "2026-09-10T01:00:00Z", false)
	if got := all[string](t, w, "SELECT concat(code, ' ', name, ' ', digest) FROM reference_places ORDER BY code"); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if !one[bool](t, w, "SELECT isNull(dictGet('places', 'latitude', 'SGSIN')) = 1") {
		t.Error("a place without coordinates has some")
	}
	names := one[string](t, w, "SELECT concat(dictGet('places', 'name', 'CNQZH'), ', ', dictGet('places', 'node', 'CNQZH'), ', ', toString(dictGet('places', 'longitude', 'CNQZH')), ', ', dictGet('corridors', 'name', 'land-sea'), ', ', dictGet('corridors', 'nodes', 'land-sea')[2], ', ', dictGet('hs', 'name', '8703'), ', ', dictGet('hs', 'chapter', '8703'), dictGet('places', 'name', 'XXXXX'))")
	if want := "Qinzhou, Qinzhou, 108.6, New International Land-Sea Trade Corridor, Qinzhou, motor cars, 87"; names != want {
		t.Errorf("got %q, want %q", names, want)
	}
	put(second, "2026-09-11T00:00:00Z", true)
	if diff := cmp.Diff([]string{"CNQZH Qinzhou Port second"}, all[string](t, w, "SELECT concat(code, ' ', name, ' ', digest) FROM reference_places")); diff != "" {
		t.Errorf("after another version (-want +got):\n%s", diff)
	}
	if err := w.Exec(t.Context(), "SYSTEM RELOAD DICTIONARY places"); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, w, "SELECT concat(dictGet('places', 'name', 'CNQZH'), '|', dictGet('places', 'name', 'SGSIN'))"); got != "Qinzhou Port|" {
		t.Errorf("the dictionary says %q", got)
	}
	if n := one[uint64](t, w, "SELECT count() FROM reference_free_time WHERE digest = 'second'"); n != 3 {
		t.Errorf("%d rules of free time", n)
	}
	put(first, "2026-09-12T00:00:00Z", true) // one that was in force before
	if n := one[uint64](t, w, "SELECT count() FROM reference_places"); n != 2 {
		t.Errorf("%d places of the version that came again, want 2", n)
	}
}
