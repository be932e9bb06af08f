package refdata

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// HS 2022 has 1,228 headings in 96 chapters; chapter 77 is reserved. WCO, Amendments of the HS 2022.
func TestTheHarmonizedSystemIsWhole(t *testing.T) {
	tb := tables(t)
	list := tb.HS()
	if !slices.IsSortedFunc(list, func(x, y HS) int { return strings.Compare(x.Code, y.Code) }) {
		t.Error("the codes are not in order")
	}
	headings := make(map[string]int) // of each chapter
	seen := make(map[string]bool)
	for _, c := range list {
		if seen[c.Code] {
			t.Errorf("%s is there twice", c.Code)
		}
		seen[c.Code] = true
		if n := len(strings.Fields(c.Name)); n == 0 || n > 8 || c.Name != strings.TrimSpace(c.Name) {
			t.Errorf("%s is called %q, want up to eight words", c.Code, c.Name)
		}
		switch len(c.Code) {
		case 2:
			headings[c.Code] = 0
		case 4:
			if !seen[c.Code[:2]] {
				t.Errorf("the chapter of %s is not there before it", c.Code)
			}
			headings[c.Code[:2]]++
		default:
			t.Errorf("%s is neither chapter nor heading", c.Code)
		}
	}
	total := 0
	for n := 1; n <= 97; n++ {
		of, ok := headings[fmt.Sprintf("%02d", n)]
		if !ok || (of == 0) != (n == 77) {
			t.Errorf("chapter %02d: %v, with %d headings", n, ok, of)
		}
		total += of
	}
	if len(headings) != 97 || total != 1228 || len(list) != 97+1228 {
		t.Errorf("%d chapters and %d headings among %d codes, want 97 and 1228", len(headings), total, len(list))
	}
	// What the editions of 2007 to 2022 took away, and what that of 2022 brought.
	for _, gone := range []string{"0503", "1519", "2527", "2838", "2848", "2851", "4815", "6908", "7803", "8107", "8469", "8520", "8803", "9009", "9203"} {
		if tb.KnowsHS(gone) {
			t.Errorf("%s is there", gone)
		}
	}
	for _, came := range []string{"0309", "2404", "3827", "8485", "8524", "8549", "8806", "8807"} {
		if !tb.KnowsHS(came) {
			t.Errorf("%s is not there", came)
		}
	}
	size := tb.Size()
	if size.HSChapters != 96 || size.HSHeadings != 1228 || size.HSCodes != 97+1228 {
		t.Errorf("size %+v", size)
	}
}

func TestCodesOfTheHarmonizedSystem(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct {
		fact, code string
		known      bool
		name       string
	}{
		{"a chapter", "87", true, "road vehicles"},
		{"a heading", "8703", true, "motor cars and other passenger vehicles"},
		{"a subheading has the name of its heading", "870323", true, "motor cars and other passenger vehicles"},
		{"what a country divides further has it too", "8703231110", true, "motor cars and other passenger vehicles"},
		{"a heading that is none has the name of its chapter", "8799", false, "road vehicles"},
		{"the reserved chapter is none", "77", false, "reserved for future use"},
		{"nor is a heading of it", "770110", false, "reserved for future use"},
		{"a chapter of the countries' own is not judged", "98040065", true, ""},
		{"letters are no code", "87O3", false, "road vehicles"},
		{"nothing is no code", "", false, ""},
	} {
		if got := tb.KnowsHS(c.code); got != c.known {
			t.Errorf("%s: %s is known: %v", c.fact, c.code, got)
		}
		if got := tb.HSName(c.code); got != c.name {
			t.Errorf("%s: %s is called %q, want %q", c.fact, c.code, got, c.name)
		}
	}
}

// Goods of a heading that is none are remarked, whatever else is said of the event.
func TestGoodsOfNoHeadingAreRemarked(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct {
		fact  string
		codes []string
		place string
		want  trade.Flags
	}{
		{"goods of headings", []string{"870323", "1001"}, "CNQZH", 0},
		{"goods without a code", []string{""}, "CNQZH", 0},
		{"one of several is of none", []string{"870323", "770110"}, "CNQZH", trade.FlagUnknownHS},
		{"at a place that is unknown as well", []string{"8803"}, "CNZZ9", trade.FlagUnknownHS | trade.FlagUnknownPlace},
	} {
		e := &trade.Event{Data: &trade.Data{Place: trade.Place{UNLOCODE: c.place}}}
		for _, code := range c.codes {
			e.Data.Goods = append(e.Data.Goods, trade.Goods{HS: code})
		}
		if got := tb.Enrich(e).Flags; got != c.want {
			t.Errorf("%s: %v, want %v", c.fact, got.Names(), c.want.Names())
		}
		if n := testing.AllocsPerRun(100, func() { tb.Enrich(e) }); n != 0 {
			t.Errorf("%s: it allocates %v times", c.fact, n)
		}
	}
}

// A list of the operator adds headings and divisions, and names what it has; what it has not stays.
func TestAListOfTheHarmonizedSystemStandsBesideTheBuiltIn(t *testing.T) {
	var list HSList
	for name, content := range map[string]string{
		"edition": "\ufeffCODE;x,Code,Description\n0,8703,cars\n0,87 99,vehicles of a later edition\n",
		"own":     "name,hs,unit\n\"cars, electric\",8703.80,u\nown regime,9804,\n",
	} {
		if err := list.Add(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := OpenFolder(t.TempDir() + "/refdata")
	if err != nil {
		t.Fatal(err)
	}
	folder.PutHS(&list)
	if err := folder.Save(); err != nil {
		t.Fatal(err)
	}
	tb, err := LoadFolder(folder.path)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, code := range []string{"870380", "870323", "8799", "98040065", "8704"} {
		if got[code] = tb.HSName(code); !tb.KnowsHS(code) {
			t.Errorf("%s is not known", code)
		}
	}
	want := map[string]string{
		"870380": "cars, electric", "870323": "cars", "8799": "vehicles of a later edition", "98040065": "own regime", "8704": "goods vehicles",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if size := tb.Size(); size.HSHeadings != 1230 || size.HSCodes != 97+1228+3 || list.Codes() != 4 {
		t.Errorf("%d codes, size %+v", list.Codes(), size)
	}
	if tb.Digest() == tables(t).Digest() {
		t.Error("the digest is that of the built-in tables")
	}
}
