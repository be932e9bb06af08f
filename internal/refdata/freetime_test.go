package refdata

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/deploy"
)

func TestFreeTimeHasARuleForWhateverComes(t *testing.T) {
	rules := tables(t).FreeTimes()
	if n := len(rules); n < 2 || len(rules[n-1].Places)+len(rules[n-1].Countries)+len(rules[n-1].Corridor)+len(rules[n-1].Carrier) > 0 {
		t.Fatalf("the last rule asks something: %+v", rules)
	}
	if last := rules[len(rules)-1]; last.ExportDemurrage < 0 || last.ExportDetention < 0 {
		t.Errorf("the last rule has no free time before the export: %+v", last)
	}
	want := FreeTime{Tariff: "example", Corridor: "land-sea", Countries: []string{"SG"}, Demurrage: 3, Detention: 5, Combined: -1, ExportDemurrage: -1, ExportDetention: -1}
	if diff := cmp.Diff(want, rules[0]); diff != "" {
		t.Errorf("the first rule (-want +got):\n%s", diff)
	}
}

func TestFreeTimeThatIsWrongIsRefused(t *testing.T) {
	for _, c := range []struct{ name, rules, want string }{
		{"a corridor that there is not", "- {corridor: silk, demurrage_days: 1, detention_days: 1}", `no node "" of a corridor "silk"`},
		{"a node that the corridor has not", "- {corridor: land-sea, node: Duisburg, demurrage_days: 1, detention_days: 1}", `no node "Duisburg"`},
		{"a node of no corridor", "- {node: Singapore, demurrage_days: 1, detention_days: 1}", `no node "Singapore"`},
		{"a place that there is not", "- {place: SGZZZ, demurrage_days: 1, detention_days: 1}", `place "SGZZZ"`},
		{"a country that there is not", "- {country: ZZ, demurrage_days: 1, detention_days: 1}", `country "ZZ"`},
		{"both as one and apart", "- {demurrage_days: 1, detention_days: 1, combined_days: 2}", "or combined_days alone"},
		{"one of the two alone", "- {demurrage_days: 1}", "want demurrage_days and detention_days"},
		{"one of the two before the export alone", "- {combined_days: 1, export_demurrage_days: 1}", "want export_demurrage_days and export_detention_days"},
		{"less than no time before the export", "- {combined_days: 1, export_demurrage_days: -2, export_detention_days: 1}", "export_demurrage_days is -2"},
		{"nothing", "- {country: SG}", "or combined_days alone"},
		{"less than no time", "- {combined_days: -1}", "combined_days is -1, want 0 to 365"},
		{"another first day", "- {combined_days: 1, first_day: monday}", `first_day is "monday"`},
		{"a member that nothing asks for", "- {combined_days: 1, price: 3}", "field price not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := LoadFolder(folderOf(t, map[string]string{freeTimeFile: "tariff: own\nrules:\n" + c.rules + "\n"}))
			if err == nil || !strings.Contains(err.Error(), freeTimeFile) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := LoadFolder(folderOf(t, map[string]string{freeTimeFile: "rules: []\n"})); err == nil || !strings.Contains(err.Error(), "no name") {
		t.Errorf("a tariff without a name: %v", err)
	}
}

// The built-in example stands beside corridors of an operator's own, without the rules of those that are not there.
func TestTheExampleStandsBesideOtherCorridors(t *testing.T) {
	own := strings.ReplaceAll(string(deploy.Corridors), "id: land-sea", "id: own-sea")
	tb, err := LoadWith([]byte(own))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(tb.FreeTimes()), len(tables(t).FreeTimes())-1; got != want {
		t.Errorf("%d rules, want %d", got, want)
	}
}

func TestWhatIsListed(t *testing.T) {
	tb := tables(t)
	places := make(map[string]ListedPlace)
	for _, p := range tb.ListPlaces() {
		if _, twice := places[p.Code]; twice || p.Name == "" || p.CountryName == "" {
			t.Errorf("%+v", p)
		}
		places[p.Code] = p
	}
	if p := places["CNQZH"]; p.Name != "Qinzhou" || p.Country != "CN" || p.CountryName != "China" || p.Node != "Qinzhou" || p.Lat == 0 {
		t.Errorf("%+v", p)
	}
	if _, alias := places["CKG"]; alias {
		t.Error("an alias is a place of its own")
	}
	corridors := tb.ListCorridors()
	if len(corridors) != 6 || corridors[5].ID != Other {
		t.Fatalf("%+v", corridors)
	}
	want := ListedCorridor{
		ID: "air", Name: "Chongqing-Singapore by air", Nodes: []string{"Chongqing", "Singapore"}, Modes: []string{"air"}, Hours: []int{6}, Dwell: []int{0, 0},
		Expected: []string{"ordered", "invoiced", "booked", "export_lodged", "export_cleared", "departed", "arrived", "import_lodged", "import_released", "import_cleared", "duty_paid", "delivered", "paid"},
	}
	if diff := cmp.Diff(want, corridors[3]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
