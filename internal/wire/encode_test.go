package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Flags are remarks on what was read, not part of what was said.
var sameEvent = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(trade.Event{}, "Flags")}

func TestCanonicalBytes(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"members are sorted and empty ones left out": {
			`{"type":"logistics.equipment.loaded","specversion":"1.0","source":"urn:oneorder:org:sitc","id":"1","revision":0,"retracted":false,
			  "time":"2026-09-11T16:15:00.120+08:00","data":{"replaces":[],"covers":[],"place":{},"transport":null,"classifier":"ACT",
			  "equipment":[{"state":"laden","seal":"","number":"SITU9070320","kind":"container","iso_type":"45G1"}],
			  "references":[{"value":"SITGCKSG026001","kind":"bl","issuer":"SITC"}]}}`,
			`{"data":{"classifier":"ACT","equipment":[{"iso_type":"45G1","kind":"container","number":"SITU9070320","state":"laden"}],` +
				`"references":[{"issuer":"SITC","kind":"bl","value":"SITGCKSG026001"}]},"id":"1","source":"urn:oneorder:org:sitc",` +
				`"specversion":"1.0","time":"2026-09-11T08:15:00.12Z","type":"logistics.equipment.loaded"}`,
		},
		"numbers are in normal form, placeholders dropped": {
			event(`"references":[{"kind":"bl","value":" sitg-cksg/026.001 ","issuer":"sitc"},{"kind":"invoice","value":"N/A"},{"kind":"invoice","value":"ｉｎｖ-1"}],` +
				`"equipment":[{"kind":"container","number":"situ 907032-0"},{"kind":"container","number":"TBA"}]`),
			`{"data":{"equipment":[{"kind":"container","number":"SITU9070320"}],"references":[{"issuer":"SITC","kind":"bl","value":"SITGCKSG026001"},` +
				`{"kind":"invoice","value":"INV-1"}]},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"a retraction without data": {
			`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","revision":2,"retracted":true}`,
			`{"id":"1","retracted":true,"revision":2,"source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"extension attributes are no part of what was said": {
			`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","partitionkey":"a","sampledrate":3,"urgent":true,"data":{}}`,
			`{"data":{},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"every member": {everyMember, everyMember},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(wire.Append(nil, decode(t, test.text)))); diff != "" {
				t.Errorf("canonical bytes (-want +got):\n%s", diff)
			}
		})
	}
}

// everyMember is canonical and leaves nothing out.
const everyMember = `{"data":{"amount":{"amount":"125000.50","currency":"USD"},"classifier":"ACT","covers":[{"issuer":"ACME","kind":"invoice","value":"I-1"}],` +
	`"credit":{"expiry":"2026-10-22","latest_shipment":"2026-10-01","presentation_days":21,"tolerance_pct":"5"},` +
	`"customs":{"code":"09","direction":"export","office":"8001","procedure":"0110","territory":"CN"},` +
	`"detail":{"a":[1,{"b":null}],"z":"é"},` +
	`"document":{"beneficiary":{"kind":"lei","value":"5493006MHB84DD0ZWV18"},"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000",` +
	`"holder":{"kind":"lei","value":"HWUPKR0MPOU8FGXBT394"},"kind":"bl","number":"SITGCKSG026001","platform":"P","status":"ISSUED"},` +
	`"equipment":[{"iso_type":"45G1","kind":"container","number":"SITU9070320","seal":"CN1","state":"laden"}],` +
	`"finance":{"financier":{"kind":"lei","value":"7ZW8QJWVPR4P1J1KQY45"},"green":true,"instrument":"letter_of_credit","rail":"SWIFT","share":"0.80"},` +
	`"goods":[{"basis":"FOB","description":"cars","gross_kg":"21500.0","hs":"870323","net_kg":"20100.0","origin":"CN","package_kind":"CT","packages":40,"value":{"amount":"1","currency":"USD"}}],` +
	`"parties":[{"country":"CN","id":{"kind":"uscc","value":"91330106673959654P"},"name":"N","role":"shipper"}],` +
	`"place":{"facility":"CNQZHQZP","lat":21.73,"lon":108.6,"name":"Qinzhou Port","unlocode":"CNQZH"},"precision":"second",` +
	`"references":[{"issuer":"SITC","kind":"bl","value":"SITGCKSG026001"}],"replaces":[{"issuer":"SITC","kind":"bl","value":"SITGCKSG026000"}],` +
	`"temperature_c":"-18.4","terms":{"freight":{"amount":"2","currency":"USD"},"incoterm":"FOB","insurance":{"amount":"3","currency":"USD"}},` +
	`"transfer":{"from":["SITU9070320"],"to":["MSKU1234565"]},` +
	`"transport":{"carrier":"SITC","conveyance":"9793911","from":"CNQZH","mode":"sea","name":"SITC MINHE","to":"SGSIN","voyage":"2617S"}},` +
	`"datacontenttype":"application/json","dataschema":"https://example.org/s","id":"1","recorded":"2026-09-11T08:20:11Z","retracted":true,"revision":1,` +
	`"source":"urn:oneorder:org:sitc","specversion":"1.0","subject":"SITU9070320","time":"2026-09-11T08:15:00Z","traceparent":"00-1","type":"trade.title.issued"}`

// The numbers are those of RFC 8785, appendix B, and their neighbours.
func TestNumbersAreCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "-0e7": "0", "1": "1", "1.0": "1", "-1.50": "-1.5", "100": "100", "1E2": "100", "1e+2": "100",
		"5e-324": "5e-324", "-5e-324": "-5e-324", "1.7976931348623157e308": "1.7976931348623157e+308",
		"9007199254740992": "9007199254740992", "-9007199254740992": "-9007199254740992", "9007199254740993": "9007199254740992",
		"295147905179352825856": "295147905179352830000", "9.999999999999997e22": "9.999999999999997e+22", "1e23": "1e+23",
		"1.0000000000000001e23": "1.0000000000000001e+23", "999999999999999700000": "999999999999999700000",
		"999999999999999900000": "999999999999999900000", "1e21": "1e+21", "0.000001": "0.000001", "0.0000001": "1e-7",
		"1e-10": "1e-10", "333333333.33333329": "333333333.3333333", "0.00000000000000000000000000000000001": "1e-35",
		"1424953923781206.2": "1424953923781206.2", "4.50": "4.5", "2e-3": "0.002", "1e100": "1e+100",
	} {
		where := map[string]string{`"detail":{"n":` + text + `}`: `"detail":{"n":` + want + `}`}
		if n, _ := strconv.ParseFloat(text, 64); math.Abs(n) <= 90 {
			where[`"place":{"lat":`+text+`}`] = `"place":{"lat":` + want + `}`
		}
		for member, where := range where {
			if got := string(wire.Append(nil, decode(t, event(member)))); !strings.Contains(got, where) {
				t.Errorf("%s is written in %s, want %s", member, got, where)
			}
		}
	}
}

func TestStringsAreCanonical(t *testing.T) {
	for text, want := range map[string]string{
		`"\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\/"`: "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"", // RFC 8785, 3.2.2
		`"\b\t\n\f\r\u0001\u001F\u007f"`:                  "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"",
		`"\ud83d\ude00"`:                                  `"😀"`,
		`"\u2028\u2029"`:                                  "\"\u2028\u2029\"",
		`"<>&"`:                                           `"<>&"`,
	} {
		for member, where := range map[string]string{
			`"detail":{"s":` + text + `}`:            `"detail":{"s":` + want + `}`,
			`"goods":[{"description":` + text + `}]`: `"description":` + want,
		} {
			if got := string(wire.Append(nil, decode(t, event(member)))); !strings.Contains(got, where) {
				t.Errorf("%s is written in %s, want %s", member, got, where)
			}
		}
	}
}

// RFC 8785, 3.2.3: names in the order of their UTF-16 code units, at every depth, arrays as they are.
func TestDetailIsSorted(t *testing.T) {
	text := event(`"detail":{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",` +
		`"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","x":[3,1,{"b":1,"a":2}]}`)
	want := `{"\r":"Carriage Return","1":"One","x":[3,1,{"a":2,"b":1}],"` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis",` +
		`"€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`
	if got := string(wire.Append(nil, decode(t, text))); !strings.Contains(got, want) {
		t.Errorf("detail is written in\n%s\nwant\n%s", got, want)
	}
}

func TestDigestIsOfTheCanonicalBytes(t *testing.T) {
	e := decode(t, loaded)
	if want := sha256.Sum256(wire.Append(nil, e)); wire.Digest(e) != want {
		t.Error("Digest is another")
	}
	spaced := decode(t, strings.ReplaceAll(loaded, ",", ", "))
	if wire.Digest(e) != wire.Digest(spaced) {
		t.Error("spaces change the digest")
	}
	if other := decode(t, strings.Replace(loaded, "CN123456", "CN123457", 1)); wire.Digest(e) == wire.Digest(other) {
		t.Error("another seal, the same digest")
	}
}

// What is written is read as it was, and written again as it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		text := wire.Append(nil, e)
		if !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		back, err := wire.Decode(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(e, back, sameEvent); diff != "" {
			t.Fatalf("decoded (-want +got):\n%s\n%s", diff, text)
		}
		if again := wire.Append(nil, back); !bytes.Equal(text, again) {
			t.Fatalf("written again:\n%s\n%s", text, again)
		}
	})
}

// Text that says the same in another way has the same canonical bytes: members in another order, spaces, escapes, and
// empty members said or not.
func TestCanonicalBytesDoNotDependOnHowItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := wire.Append(nil, anyEvent(t))
		var tree any
		numbers := json.NewDecoder(bytes.NewReader(text))
		numbers.UseNumber()
		if err := numbers.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		other := scramble(t, tree)
		e, err := wire.Decode(other)
		if err != nil {
			t.Fatalf("%v\n%s", err, other)
		}
		if got := wire.Append(nil, e); !bytes.Equal(text, got) {
			t.Fatalf("%s\nis read as\n%s\nwant\n%s", other, got, text)
		}
	})
}

// scramble writes the same value in another way.
func scramble(t *rapid.T, v any) []byte {
	space := rapid.SampledFrom([]string{"", "", " ", "\n\t", "\r\n"})
	switch v := v.(type) {
	case map[string]any:
		if _, envelope := v["specversion"]; envelope {
			for name, empty := range map[string]any{"revision": json.Number("0"), "retracted": false, "subject": "", "dataschema": nil} {
				if _, said := v[name]; !said {
					v[name] = empty
				}
			}
		}
		b := []byte("{" + space.Draw(t, "space"))
		for i, name := range rapid.Permutation(slices.Sorted(maps.Keys(v))).Draw(t, "order") {
			if i > 0 {
				b = append(b, ","+space.Draw(t, "space")...)
			}
			b = append(append(b, escapeSome(t, name)...), ":"+space.Draw(t, "space")...)
			b = append(b, scramble(t, v[name])...)
		}
		return append(b, '}')
	case []any:
		b := []byte("[")
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, scramble(t, x)...)
		}
		return append(b, "]"+space.Draw(t, "space")...)
	case string:
		return escapeSome(t, v)
	default:
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// escapeSome writes the text with escapes that it does not need.
func escapeSome(t *rapid.T, s string) []byte {
	if rapid.IntRange(0, 3).Draw(t, "escape") > 0 {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		return bytes.TrimSpace(b.Bytes())
	}
	const hex = "0123456789abcdef"
	b := []byte{'"'}
	for _, c := range s {
		for _, u := range utf16Of(c) {
			b = append(b, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
		}
	}
	return append(b, '"')
}

func utf16Of(c rune) []uint16 {
	if c < 0x10000 {
		return []uint16{uint16(c)}
	}
	c -= 0x10000
	return []uint16{uint16(0xd800 + c>>10), uint16(0xdc00 + c&0x3ff)}
}
