package wire_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// FuzzPack holds of any event: packed and unpacked it is the same, whatever the unpacker read before.
func FuzzPack(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), []byte(everyMember))
	}
	f.Fuzz(func(t *testing.T, text, before []byte) {
		e, err := wire.Decode(text)
		if err != nil {
			return
		}
		var u wire.Unpacker
		var got trade.Event
		if other, err := wire.Decode(before); err == nil {
			if err := u.Unpack(wire.Pack(nil, other), &got); err != nil {
				t.Fatal(err)
			}
		}
		packed := wire.Pack(nil, e)
		if err := u.Unpack(packed, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, &got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("packed and unpacked (-before +after):\n%s", diff)
		}
		if want, have := wire.Append(nil, e), wire.Append(nil, &got); !bytes.Equal(want, have) {
			t.Fatalf("canonical bytes:\n%s\n%s", want, have)
		}
	})
}

// FuzzUnpack holds of any bytes: they are an event, whose packed form is read as the same, or are refused.
func FuzzUnpack(f *testing.F) {
	for _, s := range seeds() {
		if e, err := wire.Decode([]byte(s)); err == nil {
			f.Add(wire.Pack(nil, e))
		}
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var e, again trade.Event
		if new(wire.Unpacker).Unpack(b, &e) != nil {
			return
		}
		if err := new(wire.Unpacker).Unpack(wire.Pack(nil, &e), &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&e, &again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-before +after):\n%s", diff)
		}
	})
}

var update = flag.Bool("update", false, "write the golden files")

// Stored events name words and types by their place, so the form must not change.
func TestPackedFormIsFixed(t *testing.T) {
	const golden = "testdata/every_member.packed.hex"
	got := hex.EncodeToString(wire.Pack(nil, decode(t, everyMember))) + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("packed form (-want +got):\n%s", diff)
	}
}

func TestPackedIsShort(t *testing.T) {
	e := decode(t, loaded)
	if packed, canonical := len(wire.Pack(nil, e)), len(wire.Append(nil, e)); packed*2 > canonical {
		t.Errorf("packed takes %d bytes of %d", packed, canonical)
	}
}

// BenchmarkPack writes a usual event in packed form.
func BenchmarkPack(b *testing.B) {
	e := decode(b, loaded)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = wire.Pack(buf[:0], e)
	}
	b.SetBytes(int64(len(buf)))
}

// BenchmarkUnpack reads a usual event in packed form.
func BenchmarkUnpack(b *testing.B) {
	packed := wire.Pack(nil, decode(b, loaded))
	var u wire.Unpacker
	var e trade.Event
	b.SetBytes(int64(len(packed)))
	b.ReportAllocs()
	for b.Loop() {
		if err := u.Unpack(packed, &e); err != nil {
			b.Fatal(err)
		}
	}
}
