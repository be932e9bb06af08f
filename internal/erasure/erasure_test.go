package erasure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneorder/internal/trade"
)

func listOf(t testing.TB, texts ...string) *List {
	t.Helper()
	l := New()
	for _, text := range texts {
		if err := l.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestATextIsFoundWhereverItStands(t *testing.T) {
	l := listOf(t, "Tan Wei Ming", "张三", "S1234567D", "wm.tan@example.sg", "Li")
	for in, want := range map[string]string{
		"Tan Wei Ming":               "[erased]",
		" TAN  wei\tMing ":           "[erased]",
		"Mr. Tan Wei Ming, Joo":      "Mr. [erased], Joo",
		"收货人张三先生":                    "收货人[erased]先生",
		"NRIC S1234567D":             "NRIC [erased]",
		"write to wm.tan@example.sg": "write to [erased]",
		"Lianyungang":                "Lianyungang",
		"Ali":                        "Ali",
		"Li":                         "[erased]",
		"Li Li":                      "[erased] [erased]",
		"S1234567DX":                 "S1234567DX",
		"Tan Wei Mingh":              "Tan Wei Mingh",
		"":                           "",
		"\xff张三\xff":                 "\xff[erased]\xff",
	} {
		got, found := l.Text(in)
		if got != want || found != (in != want) {
			t.Errorf("%q: got %q, %v, want %q", in, got, found, want)
		}
	}
	for _, text := range []string{"", "x", " x ", "--", strings.Repeat("x", 201)} {
		if l.Add(text) == nil {
			t.Errorf("%q was put on the list", text)
		}
	}
}

func TestAnEventKeepsWhatIsNoPersonalData(t *testing.T) {
	l := listOf(t, "Tan Wei Ming", "S1234567D", "+65 9123 4567")
	e := &trade.Event{ID: "S1234567D", Subject: "for Tan Wei Ming", Data: &trade.Data{
		References: []trade.Reference{{Kind: trade.BL, Value: "S1234567D"}},
		Parties: []trade.Party{
			{Role: "consignee", Name: "TAN WEI MING", Country: "SG"},
			{Role: "notify", ID: trade.PartyID{Kind: "other", Value: "S1234567D"}, Name: "W. M. Tan", Country: "SG"},
			{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors", Country: "CN"},
		},
		Document: trade.Document{Number: "7", Holder: trade.PartyID{Kind: "other", Value: "S1234567D"}},
		Goods:    []trade.Goods{{HS: "870323", Description: "household goods of Tan Wei Ming"}},
		Detail:   json.RawMessage(`{"contact":{"phone":"+65 9123 4567","n":[1,"x\"y"]},"Tan Wei Ming":"kept as a name","said":"Tan Wei \u004ding"}`),
	}}
	if !l.Event(e) {
		t.Error("nothing was found")
	}
	want := &trade.Event{ID: "S1234567D", Subject: "for [erased]", Data: &trade.Data{
		References: []trade.Reference{{Kind: trade.BL, Value: "S1234567D"}},
		Parties: []trade.Party{
			{Role: "consignee", Name: "[erased]", Country: "SG"},
			{Role: "notify", Name: "[erased]", Country: "SG"},
			{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors", Country: "CN"},
		},
		Document: trade.Document{Number: "7"},
		Goods:    []trade.Goods{{HS: "870323", Description: "household goods of [erased]"}},
		Detail:   json.RawMessage(`{"contact":{"phone":"[erased]","n":[1,"x\"y"]},"Tan Wei Ming":"kept as a name","said":"[erased]"}`),
	}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if l.Event(e) {
		t.Error("something was found a second time")
	}
}

func TestAListSurvivesAndHoldsNoText(t *testing.T) {
	l := listOf(t, "Tan Wei Ming", "张三")
	text := l.Marshal()
	if strings.Contains(strings.ToLower(string(text)), "tan") || strings.Contains(string(text), "张") {
		t.Errorf("the list shows its texts: %s", text)
	}
	read, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if read.Digest() != l.Digest() || read.Len() != 2 {
		t.Errorf("%d texts, digest %s, want %s", read.Len(), read.Digest(), l.Digest())
	}
	if got, _ := read.Text("to 张三"); got != "to [erased]" {
		t.Errorf("got %q", got)
	}
	more := listOf(t, "Lim")
	if more.Merge(l) == nil {
		t.Error("a list of another key was merged")
	}
	if err := read.Add("Lim Ah Kow"); err != nil {
		t.Fatal(err)
	}
	if err := l.Merge(read); err != nil || l.Digest() != read.Digest() {
		t.Errorf("merged: %v", err)
	}
	var none *List
	if text, found := none.Text("Lim"); none.Event(&trade.Event{}) || found || text != "Lim" || none.Digest() != "" || none.Marshal() != nil {
		t.Error("no list did something")
	}
	for _, bad := range []string{"x", `{"key":"00"}`, `{"key":"` + strings.Repeat("00", 32) + `","entries":[{"digest":"00"}]}`} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s was taken for a list", bad)
		}
	}
}

func TestMessagesOfAnyFormat(t *testing.T) {
	l := listOf(t, "Tan Wei Ming")
	for in, want := range map[string]string{
		`{"name":"Tan Wei Ming"}`:        `{"name":"[erased]"}`,
		`<name>Tan Wei Ming</name>`:      `<name>[erased]</name>`,
		`{"name":"Tan Wei Ming`:          `{"name":"[erased]`,
		`{"name":"Lim"}`:                 `{"name":"Lim"}`,
		`["Tan Wei Ming", "Tan", 1, {}]`: `["[erased]", "Tan", 1, {}]`,
	} {
		if got, found := l.Bytes([]byte(in)); string(got) != want || found != (in != want) {
			t.Errorf("%s: got %s, %v", in, got, found)
		}
	}
}

// Whatever stands around a text, and however it is written, nothing of it is left; what has none of it stays as it is.
func TestNothingOfATextIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zÀ-ÿ]{2,8}`), 1, 4).Draw(t, "words")
		l := New()
		if err := l.Add(strings.Join(words, " ")); err != nil {
			t.Fatal(err)
		}
		around := rapid.StringMatching(`[0-9,;:. ]{0,5}`)
		before, after := around.Draw(t, "before"), around.Draw(t, "after")
		if before != "" && before[len(before)-1] >= '0' && before[len(before)-1] <= '9' {
			before += " "
		}
		if after != "" && after[0] >= '0' && after[0] <= '9' {
			after = " " + after
		}
		text := before + strings.ToUpper(strings.Join(words, "  ")) + after
		if got, found := l.Text(text); !found || strings.Contains(strings.ToLower(got), strings.ToLower(words[0])+" ") && len(words) > 1 || !strings.Contains(got, Marker) {
			t.Fatalf("%q became %q", text, got)
		}
		if other := rapid.StringMatching(`[0-9 ]{0,20}`).Draw(t, "other"); other != "" {
			if got, found := l.Text(other); found || got != other {
				t.Fatalf("%q became %q", other, got)
			}
		}
		quoted, _ := json.Marshal(map[string]string{"a": text})
		if got, found := l.Bytes(quoted); !found || !json.Valid(got) {
			t.Fatalf("%s became %s", quoted, got)
		}
	})
}
