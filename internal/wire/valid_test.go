package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"oneorder/internal/trade"
)

// FuzzValid holds valid, and what undoes a name's escapes, equal to encoding/json.
func FuzzValid(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e+7,true,false,null,"x"],"b":{}}`, `[]`, ` {} `, `"\u00e9\ud83d\ude00\ud800\"\\\/\b\f\n\r\t"`, `"\ud800\ud800\udc00\u0041"`,
		`[1,]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `[1}`, `01`, `-`, `1.`, `1e`, `.5`, `+1`, `tru`, `nul`, `"\x"`, `"\u12"`, "\"\x01\"", "\"12345678\x1f\"", `""x`, ``,
		strings.Repeat("1", 40), `"` + strings.Repeat(`x`, 40) + `\u0041` + strings.Repeat("é", 9) + `"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		seen, faults := survey(text, trade.MaxEventBytes)
		if faults != nil {
			return
		}
		if got, want := valid(text), json.Valid(text); !seen.odd && got != want {
			t.Fatalf("valid: %v, want %v", got, want)
		}
		f := finder{text: text}
		if got, want := f.whole() == nil, json.Valid(text); f.fatal == nil && got != want {
			t.Fatalf("found to be JSON: %v, want %v", got, want)
		}
		var want string
		if trimmed := trimSpace(text); json.Unmarshal(trimmed, &want) == nil && trimmed[0] == '"' {
			if got := string(nameIn(trimmed, stringAt(trimmed, 0), nil)); got != want || !utf8.ValidString(got) {
				t.Fatalf("unescaped: %q, want %q", got, want)
			}
		}
	})
}
