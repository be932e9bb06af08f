package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// seeds are texts that say something of everything.
func seeds() []string {
	return []string{
		loaded, everyMember, event(""), event(`"detail":{"b":1,"a":[{"é":1e3}]}`), `{"ext":1.5,` + loaded[1:],
		`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","revision":1,"retracted":true}`,
		event(`"references":[{"kind":"bl","value":" sitg-1/ｘ "},{"kind":"odd","value":"N/A"}],"covers":[null]`),
		event(`"references":[],"references":[]`), event(`"det\u0061il":{"a":1,"\u0061":2}`), event(`"place":{"lat":-0.0,"lon":1E+2}`),
		`{`, `[]`, `null`, `"\ud800"`, `{"a":{"a":[1,2,{"a":null}]}}`, "{\"\xff\":1}", strings.Repeat("[", 40), `{"a":"\\\"","b":"\\"}`,
	}
}

// FuzzDecode holds of any text: Decode agrees with itself and with encoding/json.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), []byte(loaded))
	}
	f.Fuzz(func(t *testing.T, text, before []byte) {
		var reused wire.Decoder
		var e, other trade.Event
		// What a decoder has behind it must not show.
		_ = reused.Decode(before, &other)
		err := reused.Decode(text, &e)
		fresh, freshErr := wire.Decode(text)
		if diff := cmp.Diff(freshErr, err); diff != "" {
			t.Fatalf("errors (-fresh +reused):\n%s", diff)
		}
		if err != nil {
			var faults trade.Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("%v is no trade.Faults", err)
			}
			// What is said of a text's JSON must be so, whatever else is wrong with it.
			fenced := slices.Contains([]string{"too_large", "not_utf8", "too_deep", "too_many_members"}, faults[0].Code)
			if unreadable := faults[0].Code == "json_syntax"; !fenced && unreadable == json.Valid(text) {
				t.Fatalf("JSON %v: %v", json.Valid(text), err)
			}
			if !fenced && json.Valid(text) && twice(text) && !told(faults, "duplicate_member") {
				t.Fatalf("a member stands twice: %v", err)
			}
			return
		}
		if diff := cmp.Diff(fresh, &e, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-fresh +reused):\n%s", diff)
		}
		if !json.Valid(text) {
			t.Fatal("taken, and no JSON")
		}
		if twice(text) {
			t.Fatal("taken, with a member that stands twice in its object")
		}
		canonical := wire.Append(nil, &e)
		again, err := wire.Decode(canonical)
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, canonical)
		}
		// Numbers and detail are written in canonical form, which the bytes below compare.
		numbers := cmpopts.IgnoreFields(trade.Data{}, "Detail", "Place.Lat", "Place.Lon")
		if diff := cmp.Diff(&e, again, sameEvent, numbers); diff != "" {
			t.Fatalf("written and read (-before +after):\n%s", diff)
		}
		if written := wire.Append(nil, again); !bytes.Equal(canonical, written) {
			t.Fatalf("written twice:\n%s\n%s", canonical, written)
		}
	})
}

// told says whether the code is among the faults, or may be among those that are not told.
func told(faults trade.Faults, code string) bool {
	return len(faults) > trade.MaxFaults || faults.Has(code)
}

// twice says whether a member stands twice in one object, as encoding/json reads the text.
func twice(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var walk func() bool
	walk = func() bool {
		token, err := d.Token()
		if err != nil {
			return false
		}
		names := make(map[string]bool)
		switch token {
		case json.Delim('{'):
			for d.More() {
				name, err := d.Token()
				if err != nil {
					return false
				}
				text, _ := name.(string)
				if names[text] || walk() {
					return true
				}
				names[text] = true
			}
		case json.Delim('['):
			for d.More() {
				if walk() {
					return true
				}
			}
		default:
			return false
		}
		_, err = d.Token()
		return err != nil && !errors.Is(err, io.EOF)
	}
	return walk()
}
