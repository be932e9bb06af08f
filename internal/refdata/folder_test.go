package refdata

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneorder/internal/trade"
)

func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// A folder adds places, aliases and rates, and takes the place of other files; the digest tells it from the built-in tables.
func TestAFolderStandsBesideTheBuiltIn(t *testing.T) {
	built := tables(t)
	none, err := LoadFolder(filepath.Join(t.TempDir(), "none"))
	if err != nil || none.Digest() != built.Digest() {
		t.Fatalf("no folder: %v, digest %s, want %s", err, none.Digest(), built.Digest())
	}
	factors, err := builtin.ReadFile("data/" + emissionsFile)
	if err != nil {
		t.Fatal(err)
	}
	tb, err := LoadFolder(folderOf(t, map[string]string{
		placesFile:    "unlocode,name,country,lat,lon,functions\nCNQZH,Qinzhou,CN,,,1\nCNZZ9,Anywhere,CN,29.5,106.5,23\nXZANT,Antarctica,XZ,,,\nMYPKL,Pelabuhan Klang,MY,3.0,101.4,1\n",
		aliasesFile:   "code,unlocode,why\nCNOLD,CNZZ9,superseded\nCNQZH,CNZZ9,not while it has a place\n",
		ratesFile:     "currency,month,per_usd,source\nCNY,2026-06,7,operator\nCNY,2026-07,8,operator\nCNY,2026-07-03,9,fixing\nXPF,2026-01,110,operator\nXPF,2026-02-03,111,fixing\n",
		emissionsFile: strings.ReplaceAll(string(factors), "2026-1", "own-1"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if tb.Digest() == built.Digest() {
		t.Error("the digest is that of the built-in tables")
	}
	if p, _ := tb.Place("CNQZH"); p.Lat == 0 || p.Name != "Qinzhou" {
		t.Errorf("what the list does not say of a place that is built in is lost: %+v", p)
	}
	if p, ok := tb.Place("CNOLD"); !ok || p.UNLOCODE != "CNZZ9" || tb.Locate("CNOLD", "") != "CNZZ9" {
		t.Errorf("a superseded code leads to %+v", p)
	}
	if p, _ := tb.Place("MYPKL"); p.Name != "Pelabuhan Klang" {
		t.Errorf("a code that the list has a place for leads to %+v", p)
	}
	if _, ok := tb.Place("XZANT"); ok {
		t.Error("a place of no country is there")
	}
	if tb.Corridor([]string{"CNZZ9", "CNQZH", "SGSIN"}, []string{"rail", "sea"}) != Other {
		t.Error("a place of no node is on a corridor")
	}
	if tb.Size().Factors != "own-1" {
		t.Errorf("factors are %s", tb.Size().Factors)
	}
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		currency, at string
		want         trade.Rate
	}{
		{"CNY", "2026-05-31 23:59:59", mustRate(t, built, "CNY", day("2026-05-31 00:00:00"))},
		{"CNY", "2026-06-30 23:59:59", trade.Rate{PerUSD: 7_0000_0000, Of: "2026-06", Source: "operator"}},
		{"CNY", "2026-07-02 00:00:00", trade.Rate{PerUSD: 8_0000_0000, Of: "2026-07", Source: "operator"}},
		{"CNY", "2026-07-03 15:00:00", trade.Rate{PerUSD: 9_0000_0000, Of: "2026-07-03", Source: "fixing"}},
		{"CNY", "2026-09-01 00:00:00", trade.Rate{PerUSD: 8_0000_0000, Of: "2026-07", Source: "operator"}},
		{"XPF", "2026-02-03 01:00:00", trade.Rate{PerUSD: 111_0000_0000, Of: "2026-02-03", Source: "fixing"}},
		{"XPF", "2026-02-04 01:00:00", trade.Rate{PerUSD: 110_0000_0000, Of: "2026-01", Source: "operator"}},
	} {
		if got, ok := tb.Rate(c.currency, day(c.at)); !ok || got != c.want {
			t.Errorf("%s at %s: %+v %v, want %+v", c.currency, c.at, got, ok, c.want)
		}
	}
	if got, ok := tb.USD(18_0000, "CNY", day("2026-07-03 15:00:00")); !ok || got != 2_0000 {
		t.Errorf("18 CNY by the rate of the day are %d", got)
	}
}

func mustRate(t *testing.T, tb *Tables, currency string, at time.Time) trade.Rate {
	t.Helper()
	r, ok := tb.Rate(currency, at)
	if !ok {
		t.Fatalf("no rate of %s", currency)
	}
	return r
}

// Everything that is wrong with a folder is told with its file and line.
func TestFaultsOfAFolder(t *testing.T) {
	for name, want := range map[string]string{
		placesFile + "|unlocode,name,country,lat,lon,functions\nCN1,A,CN,,,1\n":                        "folder/places.csv:2:1: \"CN1\" is not a UN/LOCODE",
		placesFile + "|unlocode,name,country,lat,lon,functions\nCNABC,A,SG,,,1\n":                      "the country of CNABC is \"SG\"",
		placesFile + "|unlocode,name,country,lat,lon,functions\nCNABC,A,CN,91,0,1\n":                   "\"91\" is not a number of degrees",
		aliasesFile + "|code,unlocode,why\nABC,CNZZZ,gone\n":                                           "CNZZZ is no place of the tables",
		ratesFile + "|currency,month,per_usd,source\nCNY,June,7,a\n":                                   "\"June\" is not a month",
		ratesFile + "|currency,month,per_usd,source\nUSD,2026-06,1,a\n":                                "or the US dollar itself",
		ratesFile + "|currency,month,per_usd,source\nCNY,2030-06,7,a\n":                                "CNY 2030-06: the month before is not known",
		ratesFile + "|currency,month,per_usd,source\nCNY,2001-06,7,a\n":                                "before the first month that is known",
		ratesFile + "|currency,rate\n":                                                                 "the header is",
		tolerancesFile + "|weight_pct: 200\n":                                                          "weight_pct is 200",
		rcepFile + "|country,since,why\nQQ,2022-01-01,x\n":                                             "\"QQ\" is not in countries.csv",
		corridorsFile + "|corridors: []\n":                                                             "it has 0 corridors",
		emissionsFile + "|mode,ttw_g_per_tkm,wtw_g_per_tkm,detour,version,source\nsea,9,8,1,1,x\n":     "well-to-wheel is less than tank-to-wheel",
		zonesFile + "|code,name,kind,unlocode,country,facilities,names,source\nX Y,A,bonded,,CN,,,x\n": "zones.csv:2:1: \"X Y\" is not a letter and",
		hsFile + "|code,name\n87,cars\n870,cars\n":                                                     "folder/hs.csv:3:1: \"870\" is not digits of the Harmonized System",
		hsFile + "|code,name\n8703,\n":                                                                 "8703 has no name",
	} {
		file, content, _ := strings.Cut(name, "|")
		if _, err := LoadFolder(folderOf(t, map[string]string{file: content})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// The whole list has 116,000 locations; it must neither be slow to load nor break the built-in corridors.
func TestAListAsLargeAsThatOfUNECE(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var part strings.Builder
	for _, country := range []string{"CN", "SG", "DE", "US", "FR", "IT"} {
		for i := range 17_576 {
			code := string([]byte{letters[i/676], letters[i/26%26], letters[i%26]})
			fmt.Fprintf(&part, ",%q,%q,%q,%q,\"X\",\"12-4----\",\"AI\",\"0601\",,\"0117N 10351E\",\n", country, code, "Place "+code, "Place "+code)
		}
	}
	var list List
	if err := list.Add("part", []byte(part.String())); err != nil {
		t.Fatal(err)
	}
	folder, err := OpenFolder(filepath.Join(t.TempDir(), "refdata"))
	if err != nil {
		t.Fatal(err)
	}
	folder.PutUNLOCODE(&list)
	if err := folder.Save(); err != nil {
		t.Fatal(err)
	}
	tb, err := LoadFolder(folder.path)
	if err != nil {
		t.Fatal(err)
	}
	if n := tb.Size().Places; n < 6*17_576 {
		t.Errorf("%d places", n)
	}
	if got := tb.Corridor([]string{"CNCKG", "CNQZH", "SGSIN"}, []string{"rail", "sea"}); got != "land-sea" {
		t.Errorf("the corridor is %s", got)
	}
	if p, ok := tb.Place("CKG"); !ok || p.UNLOCODE != "CNCKG" {
		t.Errorf("the location part alone leads to %+v", p)
	}
}

// The list is read in the coding that UNECE gives it, and in UTF-8, with the columns of functions and status either way round.
func TestLinesOfTheList(t *testing.T) {
	var list List
	if err := list.Add("latin1", []byte("\"|\",\"SE\",\"GOT\",\"G\xf6teborg\",\"\",\"O\",\"1--45---\",\"AI\",\"0207\",\"XWL\",\"5742N 01156E\",\n")); err != nil {
		t.Fatal(err)
	}
	if err := list.Add("utf8", []byte("\ufeffChange,Country,Location,Name,NameWoDiacritics,Subdivision,Status,Function,Date,IATA,Coordinates,Remarks\n,AR,USH,Ushuaia,Ushuaia,V,AI,1--4----,0601,,5448S 06818W,\n")); err != nil {
		t.Fatal(err)
	}
	want := map[string]listed{
		"SEGOT": {name: "Göteborg", functions: "145", lat: "57.7000", lon: "11.9333"},
		"ARUSH": {name: "Ushuaia", functions: "14", lat: "-54.8000", lon: "-68.3000"},
	}
	for code, p := range want {
		if list.places[code] != p {
			t.Errorf("%s: %+v, want %+v", code, list.places[code], p)
		}
	}
}
