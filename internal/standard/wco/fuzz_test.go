package wco_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/wire"
)

func FuzzDeclaration(f *testing.F) { fuzz(f, "wco-declaration") }

func FuzzResponse(f *testing.F) { fuzz(f, "wco-response") }

func fuzz(f *testing.F, name string) {
	files, _ := filepath.Glob("testdata/*.xml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	of := format(f, name)
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, of, data, options) })
}

func TestALargeDocumentIsConverted(t *testing.T) {
	data := conformance.Bulk(t, fixture(t, "responses"), "<Response>", "</Response>", standard.MaxDocumentBytes-8<<10)
	events := convert(t, format(t, "wco-response"), string(data))
	if want := bytes.Count(data, []byte("<Response>")); len(events) != want {
		t.Errorf("%d events, want %d", len(events), want)
	}
	data = conformance.Bulk(t, fixture(t, "import"), "<GovernmentAgencyGoodsItem>", "</GovernmentAgencyGoodsItem>", 1<<20)
	events = convert(t, format(t, "wco-declaration"), string(data))
	if n := len(wire.Append(nil, events[0])); n > 1<<20 {
		t.Errorf("an event of %d bytes", n)
	}
}

func BenchmarkDeclaration(b *testing.B) {
	bench(b, "wco-declaration", conformance.Bulk(b, fixture(b, "import"), "<GovernmentAgencyGoodsItem>", "</GovernmentAgencyGoodsItem>", 512<<10))
}

func BenchmarkResponse(b *testing.B) {
	bench(b, "wco-response", conformance.Bulk(b, fixture(b, "responses"), "<Response>", "</Response>", 4<<20))
}

func bench(b *testing.B, name string, data []byte) {
	f := format(b, name)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if events, err := f.Convert(data, options); err != nil || len(events) == 0 {
			b.Fatal(err)
		}
	}
}
