package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// hostileEvents are texts that are made to cost more than they weigh, and the code of the fault that answers each.
func hostileEvents() []hostileEvent {
	const most = trade.MaxEventBytes
	fill := func(unit string) string { return strings.Repeat(unit, (most-400)/len(unit)) }
	list := func(unit string) string { return strings.TrimSuffix(fill(unit+","), ",") }
	at := func(time string) string { return strings.Replace(loaded, "2026-09-11T08:15:00Z", time, 1) }
	return []hostileEvent{
		{"10 MB of brackets", strings.Repeat("[", 10<<20), "too_large"},
		{"a string of 10 MB", `{"id":"` + strings.Repeat("x", 10<<20) + `"}`, "too_large"},
		{"1 MB of brackets", fill("["), "too_deep"},
		{"an id of 1 MB", strings.Replace(event(""), `"id":"1"`, `"id":"`+fill("x")+`"`, 1), "too_long"},
		{"one member again and again", event(`"detail":{` + list(`"a":1`) + `}`), "duplicate_member"},
		{"two ids", `{"id":"2",` + loaded[1:], "duplicate_member"},
		{"1 MB of NULs", fill("\x00"), "json_syntax"},
		{"an escaped NUL", event(`"place":{"name":"` + fill("x") + `\u0000"}`), "control_character"},
		{"invalid UTF-8 at the end of 1 MB", event(`"place":{"name":"` + fill("x") + "\xff" + `"}`), "not_utf8"},
		{"1e400", event(`"place":{"name":"` + fill("x") + `","lat":1e400}`), "out_of_range"},
		{"a latitude of 1 MB", event(`"place":{"lat":` + fill("9") + `}`), "too_long"},
		{"a fraction of 1 MB", event(`"detail":{"n":0.` + fill("3") + `}`), "too_long"},
		{"an exponent of 1 MB", event(`"detail":{"n":1e` + fill("9") + `}`), "too_long"},
		{"a count of 1 MB", event(`"goods":[{"packages":` + fill("9") + `}]`), "mistyped"},
		{"an amount of 1 MB", event(`"amount":{"amount":"` + fill("9") + `","currency":"SGD"}`), "decimal_malformed"},
		{"the year 0", at("0000-09-11T08:15:00Z"), "time_implausible"},
		{"the year 10000", at("10000-09-11T08:15:00Z"), "time_malformed"},
		{"100,000 references", event(`"references":[` + strings.TrimSuffix(strings.Repeat("{},", 100_000), ",") + `]`), "too_many"},
	}
}

type hostileEvent struct{ name, text, code string }

// What a hostile text takes is held against its own size and not against a clock, so that no machine is too slow for
// the test: refusing may allocate no more than twice what there is to read, and a little for the telling.
func TestHostileTextIsRefusedInTwiceItsMemory(t *testing.T) {
	for _, hostile := range hostileEvents() {
		t.Run(hostile.name, func(t *testing.T) {
			text := []byte(hostile.text)
			var d wire.Decoder
			var e trade.Event
			var err error
			took := allocated(func() { err = d.Decode(text, &e) })
			t.Logf("%d bytes: %d allocated; %.100v", len(text), took, err)
			var faults trade.Faults
			if !errors.As(err, &faults) || faults[0].Code != hostile.code {
				t.Errorf("want %s, got %.200v", hostile.code, err)
			}
			const telling = 64 << 10
			if most := uint64(2*len(text) + telling); took > most {
				t.Errorf("%d bytes allocated for a text of %d, want at most %d", took, len(text), most)
			}
		})
	}
}

// allocated gives how many bytes f allocates. The test must not be parallel.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// BenchmarkHostile refuses each hostile text, and by turns reads as many bytes with json.Valid: the same, or, of a text
// that is no JSON and that it would not read to its end, sound ones. The ratio of the two is what refusing costs.
func BenchmarkHostile(b *testing.B) {
	for _, hostile := range hostileEvents() {
		b.Run(hostile.name, func(b *testing.B) {
			text := []byte(hostile.text)
			sound := text
			if !json.Valid(text) {
				sound = bytes.Repeat([]byte(loaded+"\n,"), len(text)/len(loaded)+1)
				sound = append(append([]byte("["), bytes.TrimSuffix(sound, []byte(","))...), ']')
			}
			var ours, plain time.Duration
			var d wire.Decoder
			var e trade.Event
			for b.Loop() {
				began := time.Now()
				if d.Decode(text, &e) == nil {
					b.Fatal("taken")
				}
				between := time.Now()
				if !json.Valid(sound) {
					b.Fatal("the text to compare with is not sound")
				}
				ours += between.Sub(began)
				plain += time.Since(between)
			}
			b.ReportAllocs()
			b.ReportMetric(float64(ours)/float64(plain), "ratio")
		})
	}
}
