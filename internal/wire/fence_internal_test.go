package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"oneorder/internal/trade"
	"oneorder/internal/wire/wiretest"
)

// A collision would be found out to be none, but every event with both names would pay for that.
func TestOurNamesHaveDifferentHashes(t *testing.T) {
	seen := make(map[reflect.Type]bool)
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		var set names
		for name, field := range fieldsOf(typ).named {
			text := []byte(`{"` + name + `":0,                 `)
			if set.add(text, 2, 2+len(name)) {
				t.Errorf("%s: %s has the hash of another member", typ, name)
			}
			check(field.typ)
		}
	}
	check(reflect.TypeFor[envelope]())
	if !seen[reflect.TypeFor[trade.Goods]()] {
		t.Error("the walk over the event's members is short")
	}
}

// The hash must not depend on where in the text the name stands.
func TestHashOfANameIsTheSameAnywhere(t *testing.T) {
	for n := range 20 {
		name := "abcdefghijklmnopqrstuvwxyz"[:n]
		var set names
		for _, after := range []string{`"`, `":1}`, `":1,"abcdefgh`} {
			text := []byte(`{"` + name + after)
			if had := set.add(text, 2, 2+n); had != (after != `"`) {
				t.Errorf("%s before %s: had it: %s", name, after, strconv.FormatBool(had))
			}
		}
	}
}

func TestAttributesAreAllKnown(t *testing.T) {
	for name := range fieldsOf(reflect.TypeFor[attributes]()).named {
		if !attributeName(name) {
			t.Errorf("%s is an attribute of the struct alone", name)
		}
	}
}

// FuzzFence holds of any text: what passes is no deeper than it may be, as encoding/json counts, and what does not
// pass has the fault that is named.
func FuzzFence(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","data":{"detail":{"b":1,"a":[{"é":1e3}]}}}`, `{"a":1,"\u0061":2}`, `{"a":{"a":[1,2,{"a":null}]}}`, `{`, `"\ud800"`, "{\"\xff\":1}",
		strings.Repeat("[", 40), strings.Repeat("[", 33) + strings.Repeat("]", 33), `{"\\":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`,
	} {
		f.Add([]byte(s), uint(1000))
	}
	f.Fuzz(func(t *testing.T, text []byte, limit uint) {
		seen, faults := survey(text, int(limit%(2<<20)))
		if len(faults) > 1 {
			t.Fatalf("%d faults", len(faults))
		}
		if seen.odd {
			if f := (finder{text: text}); f.whole() != nil && f.fatal != nil {
				faults = trade.Faults{*f.fatal}
			}
		}
		code := ""
		if len(faults) == 1 {
			code = faults[0].Code
		}
		if large := len(text) > int(limit%(2<<20)); large != (code == "too_large") {
			t.Fatalf("%d bytes, at most %d: %q", len(text), limit%(2<<20), code)
		}
		if code == "too_large" {
			return
		}
		if valid := strings.ToValidUTF8(string(text), "") == string(text); valid == (code == "not_utf8") {
			t.Fatalf("UTF-8 %v: %q", valid, code)
		}
		if !json.Valid(text) || code == "not_utf8" || code == "too_many_members" {
			return
		}
		if deep := depth(text) > trade.MaxDepth; deep != (code == "too_deep") || !deep && code != "" {
			t.Fatalf("depth %d: %q", depth(text), code)
		}
	})
}

func depth(text []byte) int {
	d := json.NewDecoder(bytes.NewReader(text))
	now, most := 0, 0
	for {
		token, err := d.Token()
		if err != nil {
			return most
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			now++
			most = max(most, now)
		case json.Delim('}'), json.Delim(']'):
			now--
		}
	}
}

// BenchmarkSurvey is what looking before decoding costs.
func BenchmarkSurvey(b *testing.B) {
	text := []byte(wiretest.Sound)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if seen, faults := survey(text, trade.MaxEventBytes); seen.odd || faults != nil {
			b.Fatal(seen, faults)
		}
	}
}
