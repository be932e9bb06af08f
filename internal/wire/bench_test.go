package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// BenchmarkDecode reads, checks and normalises a usual event.
func BenchmarkDecode(b *testing.B) {
	var d wire.Decoder
	var e trade.Event
	text := []byte(loaded)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(text, &e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodePlain is the same event with encoding/json, unchecked: what Decode is measured against.
func BenchmarkDecodePlain(b *testing.B) {
	text := []byte(loaded)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var e trade.Event
		if err := json.Unmarshal(text, &e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeToPlain decodes the event both ways by turns, so that what else the machine does falls on both, and
// gives the ratio of their times.
func BenchmarkDecodeToPlain(b *testing.B) {
	const turn = 50
	var d wire.Decoder
	var e trade.Event
	text := []byte(loaded)
	var ours, plain time.Duration
	for b.Loop() {
		began := time.Now()
		for range turn {
			if err := d.Decode(text, &e); err != nil {
				b.Fatal(err)
			}
		}
		between := time.Now()
		for range turn {
			var e trade.Event
			if err := json.Unmarshal(text, &e); err != nil {
				b.Fatal(err)
			}
		}
		ours += between.Sub(began)
		plain += time.Since(between)
	}
	b.ReportMetric(float64(ours)/float64(plain), "ratio")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N)/turn, "decode-ns")
	b.ReportMetric(float64(plain.Nanoseconds())/float64(b.N)/turn, "plain-ns")
}

// BenchmarkDecodeExtended reads an event with an extension attribute, which goes the long way.
func BenchmarkDecodeExtended(b *testing.B) {
	var d wire.Decoder
	var e trade.Event
	text := []byte(`{"partitionkey":"a",` + loaded[1:])
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(text, &e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend writes a usual event in canonical form.
func BenchmarkAppend(b *testing.B) {
	e := decode(b, loaded)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = wire.Append(buf[:0], e)
	}
	b.SetBytes(int64(len(buf)))
}
