package xmldoc_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

const limit = 1 << 20

func read(t testing.TB, document string) xmldoc.Element {
	t.Helper()
	root, fault := xmldoc.Read([]byte(document), limit)
	if fault != nil {
		t.Fatalf("read %.80s: %v", document, fault)
	}
	return root
}

func utf16Of(text string, bigEndian, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	var b bytes.Buffer
	for _, u := range units {
		if bigEndian {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func TestTextIsReadInTheEncodingThatItIsIn(t *testing.T) {
	const word = "Małaszewicze 重庆 😀"
	plain := "<a>" + word + "</a>"
	declare := func(encoding, rest string) string { return `<?xml version="1.0" encoding="` + encoding + `"?>` + rest }
	for fact, c := range map[string]struct{ document, want string }{
		"UTF-8, not declared":           {plain, word},
		"UTF-8, declared":               {declare("utf-8", plain), word},
		"UTF-8 with its mark":           {"\ufeff" + declare("UTF-8", plain), word},
		"a mark over the declaration":   {"\ufeff" + declare("ISO-8859-1", plain), word},
		"UTF-16, big endian":            {utf16Of(declare("UTF-16", plain), true, true), word},
		"UTF-16, little endian":         {utf16Of(declare("UTF-16", plain), false, true), word},
		"UTF-16BE without a mark":       {utf16Of(declare("UTF-16BE", plain), true, false), word},
		"UTF-16LE without a mark":       {utf16Of(declare("UTF-16LE", plain), false, false), word},
		"ISO 8859-1":                    {declare("ISO-8859-1", "<a>Z\xfcrich</a>"), "Zürich"},
		"ISO 8859-15, single quotes":    {"<?xml version='1.0' encoding='iso-8859-15' ?><a>\xa4 5</a>", "€ 5"},
		"Windows code page":             {declare("windows-1252", "<a>\x80 5</a>"), "€ 5"},
		"GB 18030":                      {declare("GB18030", "<a>\xd6\xd8\xc7\xec</a>"), "重庆"},
		"CDATA, entities and a comment": {"<a> &lt;&#x41;<![CDATA[<b>&amp;]]><!-- not -->&gt; </a>", "<A<b>&amp;>"},
		"white space before the start":  {"\r\n  " + declare("UTF-8", "<a>x</a>"), "x"},
	} {
		root, fault := xmldoc.Read([]byte(c.document), limit)
		if fault != nil {
			t.Errorf("%s: %v", fact, fault)
			continue
		}
		if got := root.Text(); got != c.want {
			t.Errorf("%s: got %q, want %q", fact, got, c.want)
		}
	}
}

func TestReadRefusesWhatCannotBeTrusted(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	var attributes, names, bindings strings.Builder
	for i := range xmldoc.MaxAttributes + 1 {
		attributes.WriteString(` a` + strconv.Itoa(i) + `=""`)
	}
	for i := range xmldoc.MaxNames + 1 {
		names.WriteString(`<n` + strconv.Itoa(i) + `/>`)
	}
	for i := range 60 {
		bindings.WriteString(` xmlns:p` + strconv.Itoa(i) + `="u"`)
	}
	level := "<a" + bindings.String() + ">"
	cases := []struct{ fact, document, code, pointer string }{
		{"nothing", "", "not_an_event_document", ""},
		{"JSON", `{"a":1}`, "not_an_event_document", ""},
		{"only a declaration", `<?xml version="1.0"?>`, "xml_syntax", ""},
		{"a document type", "<!DOCTYPE a><a/>", "dtd_forbidden", ""},
		{"an entity bomb", `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>`, "dtd_forbidden", ""},
		{"an external entity", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, "dtd_forbidden", ""},
		{"an undefined entity", "<a><b>&nbsp;</b></a>", "xml_syntax", "/a/b"},
		{"a tag that another closes", "<a><b/><b>x</a>", "xml_syntax", "/a/b[2]"},
		{"a tag that nothing closes", "<a><b>x</b>", "xml_syntax", "/a"},
		{"two roots", "<a/><b/>", "xml_syntax", ""},
		{"text behind the root", "<a/>x", "xml_syntax", ""},
		{"a prefix that nothing declares", "<a><p:b/></a>", "xml_syntax", "/a"},
		{"an attribute twice", `<a b="1" b="2"/>`, "xml_syntax", "/a"},
		{"an attribute twice by its namespace", `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, "xml_syntax", "/a"},
		{"a comment with two hyphens", "<a><!-- x ->\n<!-- y --></a>", "xml_syntax", "/a"},
		{"a control character", "<a>\x01</a>", "xml_syntax", "/a"},
		{"XML 1.1", `<?xml version="1.1"?><a/>`, "xml_syntax", ""},
		{"one level too many", nested(xmldoc.MaxDepth + 1), "too_deep", strings.Repeat("/a", xmldoc.MaxDepth)},
		{"too many attributes", "<a" + attributes.String() + "/>", "too_many", ""},
		{"too many names", "<a>" + names.String() + "</a>", "too_many", "/a"},
		{"too many namespaces in force", strings.Repeat(level, 5), "too_many", "/a/a/a/a"},
		{"too long a name", "<" + strings.Repeat("a", 300) + "/>", "too_long", ""},
		{"too long an attribute", `<a b="` + strings.Repeat("x", trade.MaxStringBytes+1) + `"/>`, "too_long", "/a"},
		{"one byte too many", "<a>" + strings.Repeat(" ", limit) + "</a>", "too_large", ""},
		{"a byte that is no UTF-8", "<a>ab\xffc</a>", "not_utf8", ""},
		{"an encoding that nobody has", `<?xml version="1.0" encoding="KLINGON"?><a/>`, "encoding_unknown", ""},
		{"UTF-16 that is none", `<?xml version="1.0" encoding="UTF-16"?><a/>`, "encoding_mismatch", ""},
		{"half a character of UTF-16", "\xff\xfe<\x00a\x00>\x00\x3d\xd8<\x00/\x00a\x00>\x00", "encoding_mismatch", ""},
		{"as deep as may be", nested(xmldoc.MaxDepth), "", ""},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			_, fault := xmldoc.Read([]byte(c.document), limit)
			if fault == nil {
				fault = &trade.Fault{}
			} else if fault.Message == "" {
				t.Error("a fault without a word")
			}
			if fault.Code != c.code || fault.Pointer != c.pointer {
				t.Errorf("got %q at %q, want %q at %q", fault.Code, fault.Pointer, c.code, c.pointer)
			}
		})
	}
}

func TestASyntaxFaultTellsLineAndColumn(t *testing.T) {
	_, fault := xmldoc.Read([]byte("<a>\n  <b>\n  </c>\n</a>"), limit)
	if want := "line 3, column 7"; fault == nil || fault.Value != want {
		t.Errorf("got %+v, want it at %s", fault, want)
	}
}

const sample = `<p:m xmlns:p="urn:p" xmlns="urn:d" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x">
	<a c="1">x</a><b/><a>y</a><p:a>z</p:a>
	<group><in>1</in><in> 2 </in></group><group><in/></group>
	<mixed>one<i>two</i>three</mixed>
</p:m>`

func TestElementsKnowTheirNamesTextsAndPlaces(t *testing.T) {
	root := read(t, sample)
	if root.Name() != "m" || root.Space() != "urn:p" {
		t.Errorf("root is {%s}%s", root.Space(), root.Name())
	}
	var got []string
	for a := range root.Each("a") {
		got = append(got, a.Path()+" {"+a.Space()+"} "+a.Text()+a.Attr("c"))
	}
	for c := range root.Child("group").Children {
		got = append(got, c.Path()+" "+c.Text())
	}
	want := []string{"/m/a[1] {urn:d} x1", "/m/a[2] {urn:d} y", "/m/a[3] {urn:p} z", "/m/group[1]/in[1] 1", "/m/group[1]/in[2] 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none := root.Child("group", "nowhere", "deeper")
	if none.Exists() || none.Text() != "" || none.Path() != "" || none.HasChildren() || none.Attr("c") != "" || string(none.Rest(nil)) != "" {
		t.Error("an element that is not there says something")
	}
	none.Take()
}

func TestRestIsWhatWasNotTaken(t *testing.T) {
	const all = `{"a":[{"@c":"1","#text":"x"},"y","z"],"group":{"in":["1","2"]},"mixed":{"#text":"onethree","i":"two"}}`
	long := strings.Repeat("x", trade.MaxStringBytes+1)
	cases := []struct {
		fact, document string
		take           func(xmldoc.Element)
		want           string
	}{
		{"nothing was touched", sample, func(xmldoc.Element) {}, strings.Replace(all, `"group":{"in":["1","2"]}`, `"group":[{"in":["1","2"]}]`, 1)},
		{"one of several was taken", sample, func(e xmldoc.Element) {
			e.Child("a").Take()
			e.Child("group").Take()
			e.Child("mixed").Take()
		}, `{"a":["y","z"]}`},
		{"all of several were taken", `<m><a>1</a><b>2</b><a>3</a></m>`, func(e xmldoc.Element) {
			for a := range e.Each("a") {
				a.Take()
			}
		}, `{"b":"2"}`},
		{"all within was taken", `<m><g><a>1</a></g><b>"\</b></m>`, func(e xmldoc.Element) { e.Child("g", "a").Take() }, `{"b":"\"\\"}`},
		{"two attributes of one local name", `<m xmlns:p="urn:p"><a b="1" p:b="2"/></m>`, func(xmldoc.Element) {}, `{"a":{"@b":"1","@{urn:p}b":"2"}}`},
		{"nothing is said", `<m><a/><b> </b><c><d/></c></m>`, func(xmldoc.Element) {}, `{}`},
		{
			"a text is too long", `<m><a>` + long + `</a></m>`, func(xmldoc.Element) {},
			`{"a":{"bytes":65537,"sha256":"d63b0d3ae1c5f1ce7ce4f8a6d8ff2df3c0e7b5f2cd0ff2ac63d53e9ad6cb3fb6"}}`,
		},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			root := read(t, c.document)
			c.take(root)
			got := string(root.Rest([]byte{'{'})) + "}"
			if !json.Valid([]byte(got)) {
				t.Fatalf("no JSON: %s", got)
			}
			if i := strings.Index(got, `"sha256":"`); i > 0 {
				got, c.want = got[:i], c.want[:strings.Index(c.want, `"sha256":"`)]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecimalsAreThoseOfTheSchema(t *testing.T) {
	for text, want := range map[string]trade.Decimal{
		"10": "10", "+1.50": "1.50", "-2": "-2", ".5": "0.5", "5.": "5", "007": "007",
		"": "", ".": "", "1,5": "", "1e3": "", "--1": "", "1 000": "", "123456789012345": "", "٣": "",
	} {
		if got, ok := xmldoc.Decimal(text); got != want && ok || ok != (want != "") {
			t.Errorf("%q: got %q, %v", text, got, ok)
		}
	}
}

func TestTimesAreThoseOfTheSchema(t *testing.T) {
	for text, want := range map[string]string{
		"2026-09-11T08:15:00Z": "2026-09-11T08:15:00Z", "2026-09-11T08:15:00.5+08:00": "2026-09-11T00:15:00.5Z",
		"2026-09-11T08:15:00": "2026-09-11T08:15:00Z local", "2026-09-11": "", "2026-09-11 08:15:00Z": "", "2026-13-11T08:15:00Z": "", "soon": "",
	} {
		at, local, ok := xmldoc.Instant(text)
		got := ""
		if ok {
			got = at.Format(time.RFC3339Nano)
		}
		if local {
			got += " local"
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"2026-09-11": true, "2026-09-11Z": true, "2026-09-11+08:00": true, "2026-02-30": false, "11.09.2026": false, "2026-09-11x": false} {
		if _, ok := xmldoc.Day(text); ok != want {
			t.Errorf("%q: got %v", text, ok)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		sample, `<a/>`, `<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "\xfc" + `</a>`, "\xff\xfe<\x00a\x00/\x00>\x00", `<a b="1"><![CDATA[x]]><c>&#10;</c></a>`,
		`<a xmlns="u"><b xmlns=""><c xmlns:p="v" p:d="e"/></b></a>`, `<!DOCTYPE a><a/>`, `<a><a><a></a></a></a>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, fault := xmldoc.Read(data, limit)
		if fault != nil {
			if fault.Code == "" || fault.Message == "" {
				t.Fatalf("fault without a word: %+v", fault)
			}
			return
		}
		rest := append(root.Rest([]byte{'{'}), '}')
		if !json.Valid(rest) {
			t.Fatalf("no JSON: %s", rest)
		}
		var walk func(xmldoc.Element)
		walk = func(e xmldoc.Element) {
			if e.Name() == "" || !strings.HasSuffix(strings.TrimRight(e.Path(), "0123456789[]"), strings.TrimRight(e.Name(), "0123456789[]")) {
				t.Fatalf("%q stands at %q", e.Name(), e.Path())
			}
			for c := range e.Children {
				walk(c)
			}
			e.Take()
		}
		walk(root)
		for c := range root.Children {
			c.Take()
		}
	})
}
