package refdata

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/deploy"
	"oneorder/internal/trade"
)

func tables(t testing.TB) *Tables {
	t.Helper()
	tables, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestDigestNamesTheContent(t *testing.T) {
	a, b := tables(t), tables(t)
	if a.Digest() != b.Digest() || len(a.Digest()) != 64 {
		t.Errorf("digests of the same tables: %q and %q", a.Digest(), b.Digest())
	}
	c, err := LoadWith(append([]byte("# changed\n"), deploy.Corridors...))
	if err != nil {
		t.Fatal(err)
	}
	if c.Digest() == a.Digest() {
		t.Error("other corridors have the same digest")
	}
}

func TestPlaces(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct {
		name, code, want, country string
	}{
		{"Qinzhou is there", "CNQZH", "CNQZH", "CN"},
		{"the location part alone is Chongqing", "CQI", "CNCQI", "CN"},
		{"the river port is there", "CNCHQ", "CNCHQ", "CN"},
		{"an older code leads to the present one", "CNXGG", "CNTXG", "CN"},
		{"Malaszewicze is there", "PLMAA", "PLMAA", "PL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := tb.Place(c.code)
			if !ok || p.UNLOCODE != c.want || p.Country != c.country || p.Lat == 0 || p.Name == "" {
				t.Errorf("Place(%q) = %+v, %v, want %s in %s", c.code, p, ok, c.want, c.country)
			}
		})
	}
	if p, ok := tb.Place("XXXXX"); ok {
		t.Errorf("Place of a code that is none = %+v", p)
	}
}

func TestLocate(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct {
		name, unlocode, facility, want, country string
	}{
		{"a UN/LOCODE is its own code", "SGSIN", "SGSINTUA", "SGSIN", "SG"},
		{"Guoyuan has no code of its own and is at Chongqing's river port", "", "CNCHQGUO", "CNCHQ", "CN"},
		{"an unknown facility is where its code begins", "", "SGSINXYZ", "SGSIN", "SG"},
		{"Mohan is a facility without UN/LOCODE", "", "MOHAN", "MOHAN", "CN"},
		{"an unknown UN/LOCODE stays, in its country", "CNZZ2", "", "CNZZ2", "CN"},
		{"nothing is nowhere", "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := tb.Locate(c.unlocode, c.facility)
			if got != c.want || tb.Country(got) != c.country {
				t.Errorf("got %q in %q, want %q in %q", got, tb.Country(got), c.want, c.country)
			}
		})
	}
}

func TestTerritory(t *testing.T) {
	tb := tables(t)
	for country, want := range map[string]string{"DE": "EU", "PL": "EU", "CN": "CN", "SG": "SG", "EU": "EU", "GB": "GB", "": ""} {
		if got := tb.Territory(country); got != want {
			t.Errorf("Territory(%q) = %q, want %q", country, got, want)
		}
	}
}

func TestEnrich(t *testing.T) {
	tb := tables(t)
	at := func(p trade.Place) *trade.Event { return &trade.Event{Data: &trade.Data{Place: p}} }
	for _, c := range []struct {
		name  string
		event *trade.Event
		want  Enriched
	}{
		{"a known place", at(trade.Place{UNLOCODE: "CNQZH"}), Enriched{UNLOCODE: "CNQZH", Name: "Qinzhou", Country: "CN", Node: "Qinzhou", Lat: 21.75, Lon: 108.6, Located: true}},
		{"a facility at a place", at(trade.Place{Facility: "CNCHQGUO"}), Enriched{UNLOCODE: "CNCHQ", Name: "Guoyuan Port", Country: "CN", Node: "Chongqing", Lat: 29.615, Lon: 106.74, Located: true}},
		{"an unknown place of a known country", at(trade.Place{UNLOCODE: "KZZZ9", Name: "Somewhere"}), Enriched{UNLOCODE: "KZZZ9", Name: "Somewhere", Country: "KZ", Node: "Kazakhstan", Flags: trade.FlagUnknownPlace}},
		{"customs without a place", &trade.Event{Data: &trade.Data{Customs: trade.Customs{Territory: "SG"}}}, Enriched{Country: "SG"}},
		{"a retraction", &trade.Event{}, Enriched{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, tb.Enrich(c.event)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if n := testing.AllocsPerRun(100, func() { tb.Enrich(c.event) }); n != 0 {
				t.Errorf("it allocates %v times", n)
			}
		})
	}
}

func TestUSD(t *testing.T) {
	tb := tables(t)
	day := func(y int, m time.Month) time.Time { return time.Date(y, m, 15, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name     string
		scaled   int64
		currency string
		at       time.Time
		want     int64
		ok       bool
	}{
		{"dollars are dollars", 1234, "USD", day(1990, 1), 1234, true},
		{"yuan at 6.7758 of June 2026", 67_758_0000, "CNY", day(2026, 6), 10_000_0000, true},
		{"a later month takes the last known rate", 67_758_0000, "CNY", day(2027, 6), 10_000_0000, true},
		{"pounds at 0.7497", 7497, "GBP", day(2026, 6), 10_000, true},
		{"a debit stays negative", -7497, "GBP", day(2026, 6), -10_000, true},
		{"a month before the first", 1, "CNY", day(1999, 1), 0, false},
		{"a currency that is not there", 1, "XXX", day(2026, 6), 0, false},
		{"a result that does not fit", 900_000_000_000_000_000, "GBP", day(2026, 6), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := tb.USD(c.scaled, c.currency, c.at)
			if got != c.want || ok != c.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, c.want, c.ok)
			}
		})
	}
	for _, currency := range strings.Fields("CNY SGD EUR HKD JPY THB VND MYR LAK KZT RUB PLN GBP IDR") {
		if usd, ok := tb.USD(1_000_000_0000, currency, day(2026, 3)); !ok || usd <= 0 {
			t.Errorf("%s of March 2026: %d, %v", currency, usd, ok)
		}
	}
}

func TestCorridor(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct {
		name, journey, want string
	}{
		{"rail to Qinzhou and on to Singapore", "CNCKG rail CNQZH sea SGSIN", "land-sea"},
		{"the same from Singapore", "SGSIN sea CNQZH rail CNCKG", "land-sea"},
		{"as far as it is known", "CNCKG rail CNQZH", "land-sea"},
		{"a document knows the origin only", "CNCKG ? CNQZH sea SGSIN", "land-sea"},
		{"brought to the station by truck", "CNZZ2 road CNCKG rail CNQZH sea SGSIN road MYJHB", "land-sea"},
		{"on from Singapore to Jakarta", "CNCKG rail CNQZH sea SGSIN sea IDJKT", "land-sea"},
		{"past Singapore to Ho Chi Minh City", "CNCKG rail CNQZH sea VNSGN", "land-sea"},
		{"by truck to Qinzhou it has left the corridor", "CNCKG road CNQZH sea SGSIN", "other"},
		{"through Shenzhen it has left the corridor", "CNCKG rail CNYTN sea SGSIN", "other"},
		{"through Alashankou, all nodes", "CNCKG rail CNAKL rail KZDOS rail RUVRS rail BYBQT rail PLMAA rail DEDUI", "europe-rail"},
		{"through Khorgos, only the gauge breaks", "CNCKG rail CNHRS rail BYBQT rail PLMAA rail DEDUI", "europe-rail"},
		{"a through train", "CNCKG rail DEDUI", "europe-rail"},
		{"a place of Kazakhstan that the tables don't know", "CNCKG rail CNHRS rail KZZZ9 rail PLMAA", "europe-rail"},
		{"back and forth is no journey", "CNCKG rail CNAKL rail CNCKG rail CNAKL", "other"},
		{"the Yangtze", "CNCHQ barge CNSGH sea SGSIN", "yangtze"},
		{"Shanghai to Singapore is not the Yangtze", "CNSGH sea SGSIN", "other"},
		{"by air", "CNCKG air SGSIN", "air"},
		{"through Pingxiang to Hanoi", "CNCKG road CNPIN road VNHAN", "asean-road"},
		{"through Mohan to Bangkok", "CNCKG road MOHAN road LABTN road THNOK road THBKK", "asean-road"},
		{"all the way to Singapore", "CNCKG road SGSIN", "asean-road"},
		{"by ship from Chongqing, which no corridor does", "CNCKG sea SGSIN", "other"},
		{"no mode and no hub is known", "CNCKG ? SGSIN", "other"},
		{"elsewhere", "NLRTM sea USNYC", "other"},
		{"nowhere", "", "other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var places, modes []string
			for i, word := range strings.Fields(c.journey) {
				switch {
				case i%2 == 0:
					places = append(places, word)
				case word == "?":
					modes = append(modes, "")
				default:
					modes = append(modes, word)
				}
			}
			if got := tb.Corridor(places, modes); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestNormalTime(t *testing.T) {
	tb := tables(t)
	if got, ok := tb.Normal("land-sea", "CNCKG", "SGSIN"); !ok || got != (48+48+144)*time.Hour {
		t.Errorf("Chongqing to Singapore takes %v, %v", got, ok)
	}
	if got, ok := tb.Normal("land-sea", "SGSIN", "CNQZH"); !ok || got != 144*time.Hour {
		t.Errorf("Singapore to Qinzhou takes %v, %v", got, ok)
	}
	if _, ok := tb.Normal("land-sea", "CNCKG", "DEDUI"); ok {
		t.Error("Duisburg is on land-sea")
	}
}

func TestHubsAndExpectations(t *testing.T) {
	tb := tables(t)
	if !tb.Hub("CNQZH") || tb.Hub("SGSIN") || tb.Hub("CNCKG") || tb.Hub("THLCH") || tb.Hub("") {
		t.Error("Qinzhou is a hub; Singapore, Chongqing and nowhere are not")
	}
	if diff := cmp.Diff([]string{"land-sea", "europe-rail", "yangtze", "air", "asean-road"}, tb.Corridors()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if tb.Expected("air")&(1<<trade.EmptyReturnedAt) != 0 || tb.Expected("land-sea")&(1<<trade.TitleSurrenderedAt) == 0 {
		t.Error("no empty comes back from a flight; a bill of lading is surrendered")
	}
	if tb.Expected("elsewhere") != tb.Expected(Other) {
		t.Error("an unknown corridor is not other")
	}
}

// The next milestones are those whose time has begun, and that nothing after them shows to be over.
func TestDue(t *testing.T) {
	tb := tables(t)
	begin := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	of := func(reached map[trade.Milestone]int) (got []string) {
		c := trade.Chain{Corridor: "land-sea", Origin: "CNCKG", Destination: "SGSIN"}
		for m, hours := range reached {
			c.Milestones[m] = begin.Add(time.Duration(hours) * time.Hour)
		}
		for _, d := range tb.Due(&c, nil) {
			got = append(got, fmt.Sprintf("%s %v", d.Milestone, d.At.Sub(begin)))
		}
		return got
	}
	for _, c := range []struct {
		name    string
		reached map[trade.Milestone]int
		want    []string
	}{
		{"nothing yet", nil, nil},
		{"ordered", map[trade.Milestone]int{trade.Ordered: 0}, []string{"invoiced 720h0m0s", "booked 720h0m0s"}},
		{"under way, by the corridor's time", map[trade.Milestone]int{trade.Departed: 10, trade.TitleIssuedAt: 20}, []string{"arrived 250h0m0s"}},
		{"delivered, though nobody said that it arrived", map[trade.Milestone]int{trade.Departed: 10, trade.TitleIssuedAt: 20, trade.Delivered: 300}, []string{"empty_returned 540h0m0s"}},
	} {
		if diff := cmp.Diff(c.want, of(c.reached)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestEmissions(t *testing.T) {
	tb := tables(t)
	got, ok := tb.Emissions(trade.Sea, "CNQZH", "SGSIN", 20_000_0000)
	// 20 t over 2683.2 km: the great circle and 15 %; 8.4 and 9.1 grams a tonne-kilometre.
	want := trade.Emission{KM: "2683.2", Distance: GreatCircle, Tier: DefaultData, Factors: "2026-1", TTW: "450.7776", WTW: "488.3424"}
	if !ok || got != want {
		t.Errorf("got %+v, %v, want %+v", got, ok, want)
	}
	for _, c := range [][3]string{{"camel", "CNQZH", "SGSIN"}, {trade.Sea, "", "SGSIN"}, {trade.Sea, "CNQZH", "SGZZZ"}} {
		if got, ok := tb.Emissions(c[0], c[1], c[2], 1); ok {
			t.Errorf("%v emits %+v", c, got)
		}
	}
}

func TestRCEPIsInForceByDate(t *testing.T) {
	tb := tables(t)
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		country, on string
		want        bool
	}{{"SG", "2021-12-31", false}, {"SG", "2022-01-01", true}, {"ID", "2022-06-01", false}, {"ID", "2023-01-02", true}, {"DE", "2026-01-01", false}, {"", "2026-01-01", false}} {
		if got := tb.RCEP(c.country, day(c.on)); got != c.want {
			t.Errorf("%q on %s: %v", c.country, c.on, got)
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	contents := func() map[string][]byte {
		m := make(map[string][]byte)
		for _, name := range files {
			m[name], _ = builtin.ReadFile("data/" + name)
		}
		m[corridorsFile], m[tolerancesFile] = deploy.Corridors, deploy.Tolerances
		return m
	}()
	for _, c := range []struct {
		name, file, from, to, want string
	}{
		{"a header that is another", placesFile, "unlocode,name", "code,name", `places.csv:1: the header is "code,name,country,lat,lon,functions", want "unlocode,`},
		{"a place of another country", placesFile, "CNQZH,Qinzhou,CN", "CNQZH,Qinzhou,SG", `the country of CNQZH is "SG", want CN`},
		{"a latitude beyond the pole", placesFile, "CNQZH,Qinzhou,CN,21.7500", "CNQZH,Qinzhou,CN,121.7500", `"121.7500" is not a number of degrees from -90 to 90`},
		{"a place twice", placesFile, "CNCQI,Chongqing", "CNCKG,Chongqing", "CNCKG is there twice"},
		{"an alias of nothing", aliasesFile, "CQI,CNCQI", "CQI,CNCQX", "aliases.csv:3:5: CNCQX is not in places.csv"},
		{"a facility nowhere", facilitiesFile, "CNCHQGUO,Guoyuan Port,CNCHQ", "CNCHQGUO,Guoyuan Port,CNCHX", "CNCHX is not in places.csv"},
		{"a territory that is none", countriesFile, "SG,Singapore,SG", "SG,Singapore,MY", `the customs territory of SG is "MY", want SG or EU`},
		{"a month left out", ratesFile, "CNY,2026-05", "CNY,2026-07", "CNY follows the month before with 2026-07, want 2026-05"},
		{"a rate of nothing", ratesFile, "CNY,2026-06,6.7758", "CNY,2026-06,0", `"0" is not units for one US dollar`},
		{"a day that is none", rcepFile, "CN,2022-01-01", "CN,2022-01", `"2022-01" is not a date`},
		{"a tolerance of everything", tolerancesFile, "value_pct: 1 ", "value_pct: 100 ", "value_pct is 100, want 0 to below 100"},
		{"a tolerance that nothing asks for", tolerancesFile, "value_pct: 1 ", "worth_pct: 1 ", "field worth_pct not found"},
		{"a factor of nothing", emissionsFile, "road,62,75", "road,62,x", `"x" is not a number from 0 to 10000`},
		{"a whole that is less than its part", emissionsFile, "road,62,75", "road,62,60", "well-to-wheel is less than tank-to-wheel"},
		{"two versions of factors", emissionsFile, "2026-1", "2026-2", `the version is "2026-1", want one for all rows`},
		{"a zone of no kind", zonesFile, "kz-khorgos,Khorgos-Eastern Gates Special Economic Zone,special_economic", "kz-khorgos,Khorgos-Eastern Gates Special Economic Zone,special", `the kind is "special", want one of [bonded free_trade special_economic logistics_park]`},
		{"a zone at a facility that is none", zonesFile, "SGSINTUA", "SGSINTUX", "SGSINTUX is not in facilities.csv"},
		{"a zone twice", zonesFile, "sg-tuas,", "sg-keppel,", "sg-keppel is there twice"},
		{"a zone elsewhere", zonesFile, "sg-tuas,Tuas Port Free Trade Zone,free_trade,SGSIN", "sg-tuas,Tuas Port Free Trade Zone,free_trade,SGXXX", "SGXXX is no place of the tables"},
		{"a heading twice", hsFile, "8704,", "8703,", "8703 is there twice"},
		{"a heading without a chapter", hsFile, "77,reserved for future use\n78,", "77,reserved for future use\n79,", "hs.csv:985:1: the chapter of 7801 is not there"},
		{"a subheading among the headings", hsFile, "8704,", "870400,", "\"870400\" is no chapter or heading"},
		{"a milestone that is due after none", corridorsFile, "{milestone: paid, after: invoiced,", "{milestone: paid, after: billed,", `"paid" after "billed": one of them is not a milestone`},
		{"a milestone that is due without a time", corridorsFile, "after: invoiced, hours: 2880", "after: invoiced", "only arrived after departed is without hours"},
		{"milestones that wait for each other", corridorsFile, "{milestone: booked, after: ordered,", "{milestone: booked, after: departed,", "after itself by way of others"},
		{"a member that is unknown", corridorsFile, "hub: true, dwell_hours: 48}", "hubb: true}", "field hubb not found"},
		{"a place that is unknown", corridorsFile, "places: [CNQZH]", "places: [CNQZX]", `corridors[0] land-sea: nodes[1] Qinzhou: place "CNQZX" is not in the tables`},
		{"a place at two nodes", corridorsFile, "places: [CNQZH]", "places: [CNQZH, CNCKG]", `place "CNCKG" is at another node of the corridor too`},
		{"a mode that is none", corridorsFile, "mode: rail, hours: 48", "mode: train, hours: 48", `the mode is "train"`},
		{"a leg without its time", corridorsFile, "mode: rail, hours: 48, ", "mode: rail, ", "hours is 0, want more than 0"},
		{"a feeder that is a way between nodes", corridorsFile, "feeders: [road]", "feeders: [rail]", "rail is a feeder of the corridor"},
		{"a hub nowhere", corridorsFile, "places: [MYPGB], ", "", "a hub is its places and facilities, and there are none"},
		{"an id twice", corridorsFile, "id: yangtze", "id: land-sea", "the id is there twice"},
		{"a milestone that is none", corridorsFile, "logistics: [booked, departed, arrived, delivered, empty_returned]", "logistics: [bookt]", `"bookt" is not a milestone`},
		{"a milestone of another domain", corridorsFile, "finance: [paid]", "finance: [booked]", "booked is a milestone of logistics, not of finance"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := maps.Clone(contents)
			if !strings.Contains(string(broken[c.file]), c.from) {
				t.Fatalf("%s does not have %q", c.file, c.from)
			}
			broken[c.file] = []byte(strings.Replace(string(broken[c.file]), c.from, c.to, 1))
			_, err := load(broken)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func BenchmarkEnrich(b *testing.B) {
	tb := tables(b)
	e := &trade.Event{Data: &trade.Data{Place: trade.Place{UNLOCODE: "CNQZH", Facility: "CNQZHQZP"}}}
	b.ReportAllocs()
	for b.Loop() {
		tb.Enrich(e)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		tables(b)
	}
}
