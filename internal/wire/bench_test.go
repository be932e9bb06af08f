package wire_test

import (
	"encoding/json"
	"testing"

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

// BenchmarkFence is what looking before decoding costs.
func BenchmarkFence(b *testing.B) {
	text := []byte(loaded)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if faults := wire.Fence(text, trade.MaxEventBytes); faults != nil {
			b.Fatal(faults)
		}
	}
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
