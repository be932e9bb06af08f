package dcsa_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/wire"
)

func FuzzTrackAndTrace(f *testing.F) {
	f.Add([]byte(shipment))
	f.Add([]byte("[" + transport + "," + equipment + "]"))
	for _, message := range full {
		f.Add([]byte(message))
	}
	files, _ := filepath.Glob("testdata/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		events, err := dcsa.TrackAndTrace(data, options)
		if !bytes.Equal(before, data) {
			t.Fatal("the document was changed")
		}
		if err != nil {
			if faults := faultsOf(t, err); len(faults) == 0 {
				t.Fatal("an error without a fault")
			}
		}
		var first [][]byte
		for _, e := range events {
			checkEvent(t, e)
			first = append(first, wire.Append(nil, e))
		}
		again, _ := dcsa.TrackAndTrace(data, options)
		if len(again) != len(first) {
			t.Fatalf("%d events, then %d", len(first), len(again))
		}
		for i, e := range again {
			if !bytes.Equal(first[i], wire.Append(nil, e)) {
				t.Fatalf("event %d is another the second time", i)
			}
		}
	})
}

// FuzzOneValue puts any text in the place of one value of a sound message: most of what is wrong with real
// messages is wrong with one value.
func FuzzOneValue(f *testing.F) {
	messages := []string{shipment, transport, equipment, full["SHIPMENT"], full["TRANSPORT"], full["EQUIPMENT"]}
	var spans [][][2]int
	for i, message := range messages {
		spans = append(spans, valuesOf(f, message))
		for j := range spans[i] {
			for _, text := range []string{"null", "0", `""`, "{}", "[]", "[1]", "true", `"\u0000"`, `"2026-09-11T08:20:60+25:00"`, "1e999"} {
				f.Add(uint(i), uint(j), text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i, j uint, text string) {
		i %= uint(len(messages))
		span := spans[i][j%uint(len(spans[i]))]
		message := messages[i][:span[0]] + text + messages[i][span[1]:]
		events, err := dcsa.TrackAndTrace([]byte(message), options)
		faults := faultsOf(t, err)
		if len(events)+len(faults) == 0 || len(events) > 0 && len(faults) > 0 {
			t.Fatalf("%d events and faults %q of %s", len(events), faults, message)
		}
		for _, e := range events {
			checkEvent(t, e)
		}
	})
}

// valuesOf gives where the values of a message begin and end, but for the message itself.
func valuesOf(f *testing.F, message string) [][2]int {
	f.Helper()
	var spans [][2]int
	v, fault := jsondoc.Read([]byte(message), len(message))
	if fault != nil {
		f.Fatal(fault)
	}
	var walk func(jsondoc.Value)
	walk = func(v jsondoc.Value) {
		each := func(child jsondoc.Value) {
			at := strings.Index(message, string(child))
			if n := strings.Count(message, string(child)); n > 1 {
				at = -1 // its place is not known
			}
			if at >= 0 {
				spans = append(spans, [2]int{at, at + len(child)})
			}
			walk(child)
		}
		switch v.Kind() {
		case jsondoc.Structure:
			for _, child := range v.Open(nil).Names {
				each(child)
			}
		case jsondoc.Array:
			for _, child := range v.Elements {
				each(child)
			}
		case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
		}
	}
	walk(v)
	return spans
}

// bulk is a document near the size limit: the events of testdata/journey.json over and over, compact as carriers
// send them.
func bulk(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "journey.json"))
	if err != nil {
		tb.Fatal(err)
	}
	body := bytes.TrimSpace(data)
	body = body[1 : len(body)-1]
	var b bytes.Buffer
	b.WriteByte('[')
	for i := 0; b.Len() < standard.MaxDocumentBytes-2*len(body); i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(string(body), "64a0", strconv.FormatInt(int64(0x1000+i%0xe000), 16)))
	}
	b.WriteByte(']')
	return b.Bytes()
}

func TestADocumentOfTheLargestSizeIsConverted(t *testing.T) {
	data := bulk(t)
	events, err := dcsa.TrackAndTrace(data, options)
	if err != nil {
		t.Fatal(err)
	}
	if want := bytes.Count(data, []byte(`"eventType"`)); len(events) != want {
		t.Errorf("%d events, want %d", len(events), want)
	}
}

func BenchmarkTrackAndTrace(b *testing.B) {
	data := bulk(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		events, err := dcsa.TrackAndTrace(data, options)
		if err != nil || len(events) == 0 {
			b.Fatal(err)
		}
	}
}
