package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func trimmed(s string) string { return strings.TrimSpace(s) }

func deep(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

// Whatever is sent, an answer comes soon. The times are far above what is needed, and far below what a decoder
// takes that walks nested text once a level or looks a name up in a list.
func TestHostileTextIsRefusedSoon(t *testing.T) {
	const most = trade.MaxEventBytes
	fill := func(unit string) string { return strings.Repeat(unit, (most-400)/len(unit)) }
	list := func(unit string) string { return strings.TrimSuffix(fill(unit+","), ",") }
	nest := strings.Repeat(`{"a":[`, 13)
	unnest := strings.Repeat("]}", 13)
	tests := map[string]struct {
		text string
		code string // of the first fault; "" for an event that is sound
	}{
		"10 MB of brackets":              {strings.Repeat("[", 10<<20), "too_large"},
		"a string of 10 MB":              {`{"id":"` + strings.Repeat("x", 10<<20) + `"}`, "too_large"},
		"brackets":                       {fill("["), "too_deep"},
		"braces":                         {fill(`{"a":`), "too_deep"},
		"closing brackets":               {fill("]"), "json_syntax"},
		"quotes":                         {fill(`"`), "json_syntax"},
		"backslashes":                    {`{"id":"` + fill(`\\`) + `"}`, "specversion_unsupported"},
		"a string of backslashes, open":  {`{"id":"` + fill(`\"`), "json_syntax"},
		"a long number":                  {event(`"place":{"lat":` + fill("9") + `}`), "too_long"},
		"a long exponent":                {event(`"detail":{"n":1e` + fill("9") + `}`), "too_long"},
		"a long string":                  {event(`"place":{"name":"` + fill("x") + `"}`), ""},
		"a string of escapes":            {event(`"place":{"name":"` + fill(`\u0041`) + `"}`), ""},
		"NULs":                           {fill("\x00"), "json_syntax"},
		"references":                     {event(`"references":[` + list(`{"kind":"bl"}`) + `]`), "too_many"},
		"references of another type":     {event(`"references":[` + list("1") + `]`), "too_many"},
		"empty objects for numbers":      {event(`"goods":[` + strings.TrimSuffix(strings.Repeat(`{"packages":{}},`, trade.MaxGoods), ",") + `]`), "mistyped"},
		"goods":                          {event(`"goods":[` + list("{}") + `]`), "too_many"},
		"as many goods as may be":        {event(`"goods":[` + strings.TrimSuffix(strings.Repeat("{},", trade.MaxGoods), ",") + `]`), ""},
		"parties that are nothing":       {event(`"parties":[` + list("null") + `]`), "too_many"},
		"unknown members":                {event(members(900)), "unknown_member"},
		"very many unknown members":      {event(members(40_000)), "too_many_members"},
		"extension attributes":           {`{` + members(900) + `,` + loaded[1:], ""},
		"very many extension attributes": {`{` + members(40_000) + `,` + loaded[1:], "too_many_members"},
		"members of detail":              {event(`"detail":{"l":[` + list("{"+members(trade.MaxMembers)+"}") + `]}`), ""},
		"very many members of detail":    {event(`"detail":{` + members(40_000) + `}`), "too_many_members"},
		"one member again and again":     {event(`"detail":{` + list(`"a":1`) + `}`), "duplicate_member"},
		"the same members in 50 objects": {event(`"detail":{"l":[` + strings.TrimSuffix(strings.Repeat("{"+members(800)+"},", 50), ",") + `]}`), ""},
		"many small objects":             {event(`"detail":{` + members(900) + `,"l":[` + strings.TrimSuffix(strings.Repeat(`{"\u0061":{}},`, 60_000), ",") + `]}`), ""},
		"a twin deep down":               {event(`"detail":{"x":` + nest + list(`{"a":1,"a":2}`) + unnest + `}`), "duplicate_member"},
		"a fault after much nesting":     {event(`"detail":{"x":` + nest + list(`"y"`) + unnest + `},"precision":1`), "mistyped"},
		"much nesting":                   {event(`"detail":{"x":` + nest + list(`{"b":1,"a":[2]}`) + unnest + `}`), ""},
		"spaces":                         {event(fill(" ")), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := []byte(test.text)
			plain := measure(func() { _ = json.Unmarshal(text, new(any)) })
			var d wire.Decoder
			var e trade.Event
			var err error
			took := measure(func() { err = d.Decode(text, &e) })
			t.Logf("%d bytes in %v (encoding/json %v): %.100v", len(text), took, plain, err)
			faults, _ := err.(trade.Faults) //nolint:errorlint // nothing wraps it
			switch {
			case test.code == "" && err != nil:
				t.Errorf("refused: %.200v", err)
			case test.code != "" && (len(faults) == 0 || faults[0].Code != test.code):
				t.Errorf("want %s", test.code)
			}
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil && len(err.Error()) > 64<<10 {
				t.Errorf("the faults take %d bytes", len(err.Error()))
			}
			if err == nil {
				took := measure(func() { text = wire.Append(nil, &e) })
				t.Logf("written in %v", took)
				if took > 20*time.Second {
					t.Errorf("writing took %v", took)
				}
				if !json.Valid(text) || bytes.Contains(text, []byte("\n")) {
					t.Error("written as something else than a line of JSON")
				}
			}
		})
	}
}

func measure(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}
