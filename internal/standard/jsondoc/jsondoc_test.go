package jsondoc_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

const limit = 1 << 20

func read(t *testing.T, document string) jsondoc.Value {
	t.Helper()
	v, fault := jsondoc.Read([]byte(document), limit)
	if fault != nil {
		t.Fatalf("read %s: %v", document, fault)
	}
	return v
}

func TestReadRefusesWhatCannotBeTrusted(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	cases := []struct{ fact, document, code, value string }{
		{"nothing", "", "json_syntax", "line 1, byte 0"},
		{"an open string on the third line", "{\n\"a\":\n\"b", "json_syntax", "line 3, byte 9"},
		{"two values", "{} {}", "json_syntax", "line 1, byte 4"},
		{"a trailing comma", "[1,]", "json_syntax", "line 1, byte 4"},
		{"a byte that is no UTF-8", "[\"ab\xffc\"]", "not_utf8", "byte 4"},
		{"one level too many", deep(trade.MaxDepth + 1), "too_deep", "byte 32"},
		{"one byte too many", "[" + strings.Repeat(" ", limit) + "]", "too_large", strconv.Itoa(limit+2) + " bytes"},
		{"as deep as may be", deep(trade.MaxDepth), "", ""},
		{"brackets in a string", `["` + strings.Repeat(`[\"`, 40) + `"]`, "", ""},
		{"a byte order mark", "\ufeff{}", "", ""},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			_, fault := jsondoc.Read([]byte(c.document), limit)
			if fault == nil {
				fault = &trade.Fault{}
			}
			if fault.Code != c.code || fault.Value != c.value {
				t.Errorf("got %q at %q, want %q at %q", fault.Code, fault.Value, c.code, c.value)
			}
		})
	}
}

func TestCheckFindsDoubtfulContent(t *testing.T) {
	long := strings.Repeat("x", trade.MaxStringBytes+1)
	var many strings.Builder
	for i := range 100 {
		many.WriteString(`"m` + strconv.Itoa(i) + `":{"z":1},`)
	}
	cases := map[string][]string{
		`{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}`: nil,
		`{"a":1,"b":2,"\u0061":3}`:                  {"/a duplicate_member"},
		`[{"b":[0,{"a/b":1,"a/b":1,"~":1,"~":1}]}]`: {"/0/b/1/a~1b duplicate_member", "/0/b/1/~0 duplicate_member"},
		`{` + many.String() + `"m3":1,"m99":1}`:     {"/m3 duplicate_member", "/m99 duplicate_member"},
		`["\ud83d\ude00","\u00fc","\\ud83d","😀"]`:   nil,
		`["\ud83d",{"x":"\ude00"},"\ud83d\ud83d"]`:  {"/0 not_unicode", "/1/x not_unicode", "/2 not_unicode"},
		`{"n":["` + long + `"]}`:                    {"/n/0 too_long"},
		`{"` + long + `":1}`:                        {" too_long"},
	}
	for document, want := range cases {
		var log jsondoc.Log
		read(t, document).Check(&log, nil)
		var got []string
		for _, f := range log.Faults() {
			got = append(got, f.Pointer+" "+f.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.60s (-want +got):\n%s", document, diff)
		}
	}
}

func TestRestIsWhatWasNotTaken(t *testing.T) {
	const document = ` { "a" : 1.50 , "b" : { "c" : "x\/y" , "d" : [ ] } , "l" : [ { "e" : 1 } , 7 , { "f" : 2 , "g" : null } ] , "h" : { } } `
	cases := []struct {
		fact string
		take func(*jsondoc.Object)
		want string
	}{
		{"nothing was touched", func(*jsondoc.Object) {}, `{"a":1.50,"b":{"c":"x/y","d":[]},"l":[{"e":1},7,{"f":2,"g":null}],"h":{}}`},
		{"a member was taken", func(o *jsondoc.Object) { o.Take("a", "no such") }, `{"b":{"c":"x/y","d":[]},"l":[{"e":1},7,{"f":2,"g":null}],"h":{}}`},
		{"a part of an object was taken", func(o *jsondoc.Object) { o.Object("b").Take("c") }, `{"a":1.50,"b":{"d":[]},"l":[{"e":1},7,{"f":2,"g":null}],"h":{}}`},
		{"all of an object was taken", func(o *jsondoc.Object) { o.Object("b").Take("c", "d") }, `{"a":1.50,"l":[{"e":1},7,{"f":2,"g":null}],"h":{}}`},
		{"an element was taken", func(o *jsondoc.Object) { o.Objects("l")[0].Take("e") }, `{"a":1.50,"b":{"c":"x/y","d":[]},"l":[7,{"f":2,"g":null}],"h":{}}`},
		{"all was taken", func(o *jsondoc.Object) { o.Take("a", "b", "l", "h") }, `{}`},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			o := read(t, document).Open(nil)
			c.take(o)
			if diff := cmp.Diff(c.want, string(o.Rest([]byte{'{'}))+"}"); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnObjectThatIsNotThereHasNoMembers(t *testing.T) {
	var none *jsondoc.Object
	if none.Has("a") || none.Text("a") != "" || none.Object("a") != nil || none.Objects("a") != nil {
		t.Error("a nil Object has members")
	}
	o := read(t, `{"a":1,"b":"x"}`).Open(nil)
	if o.Object("a") != nil || o.Objects("b") != nil || o.Text("a") != "" || o.Text("b") != "x" {
		t.Error("a member is taken for what it is not")
	}
}

func TestIntegersAreWholeNumbers(t *testing.T) {
	for text, want := range map[string]bool{"2": true, "-7": true, "2.0": true, "2.5": false, `"2"`: false, "2e1": false, "null": false} {
		if got := read(t, text).Integer(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestCanonicalFormIsThatOfRFC8785(t *testing.T) {
	// The example of RFC 8785, 3.2, and numbers of its appendix B.
	for document, want := range map[string]string{
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Smiling","\u0080":"Control","\u00f6":"o"}`:                                  "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"o\",\"€\":\"Euro Sign\",\"😀\":\"Smiling\",\"\ufb33\":\"Hebrew\"}",
		`[-0.0, 12000.0, 6.28, 999999999999999900000, 1e21, 1e-7, -5e-324, 9007199254740993]`:                                                                                 `[0,12000,6.28,999999999999999900000,1e+21,1e-7,-5e-324,9007199254740992]`,
		`{"a":{"z":1,"b":[ ]},"":{ }}`: `{"":{},"a":{"b":[],"z":1}}`,
	} {
		if got := string(read(t, document).AppendCanonical(nil)); got != want {
			t.Errorf("%s\n got %s\nwant %s", document, got, want)
		}
	}
}

func TestCheckLeavesOneMemberAlone(t *testing.T) {
	long := `"` + strings.Repeat("x", trade.MaxStringBytes+1) + `"`
	var log jsondoc.Log
	read(t, `{"file":{"content":`+long+`},"other":`+long+`}`).CheckBut(&log, nil, "file")
	if faults := log.Faults(); len(faults) != 1 || faults[0].Pointer != "/other" || faults[0].Code != "too_long" {
		t.Errorf("faults %v", faults)
	}
}

func FuzzValue(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"a":[1,{"b":"c\"d"}],"e":null}`, ` [ 1 , -2.5e+3 , true , "\ud83d\ude00" ] `, `{"a":1,"a":2}`, `"\\"`, "\ufeff 0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, fault := jsondoc.Read(data, limit)
		if fault != nil {
			if fault.Code == "" || fault.Message == "" {
				t.Fatalf("fault without a word: %+v", fault)
			}
			return
		}
		var log jsondoc.Log
		v.Check(&log, nil)
		if log.Len() > 0 {
			return
		}
		// Without doubtful content, all three writings mean what the standard library reads.
		want := decoded(t, []byte(v))
		for _, written := range [][]byte{v.Append(nil), v.AppendSorted(nil)} {
			if diff := cmp.Diff(want, decoded(t, written)); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", written, diff)
			}
		}
		if v.Kind() == jsondoc.Structure {
			rest := append(v.Open(nil).Rest([]byte{'{'}), '}')
			if diff := cmp.Diff(want, decoded(t, rest)); diff != "" {
				t.Fatalf("rest %s (-want +got):\n%s", rest, diff)
			}
		}
	})
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return tree
}
