package intake

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
	"oneorder/internal/wire/wiretest"
)

// FuzzSplit holds of any request: its body is taken apart as encoding/json would, into no more events than it may hold, or refused
// with faults; and whatever comes of it the decoder reads or refuses.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{wiretest.Sound, "[" + wiretest.Sound + "]", wiretest.Sound + "\r\n\n" + wiretest.Sound, "\ufeff[1,[2],{}]", "[[[", "[1,]", "{", "[1] 2", " ", ""} {
		for media := range medias {
			f.Add(byte(media), s, "load-1")
		}
	}
	f.Add(byte(0), "{}", `"%41\"%`)
	f.Fuzz(func(t *testing.T, media byte, body, attribute string) {
		r := &http.Request{Header: http.Header{}}
		r.Header.Set("Content-Type", medias[int(media)%len(medias)])
		if media >= 128 {
			r.Header["Ce-Specversion"] = []string{"1.0"}
			r.Header["Ce-Id"] = []string{attribute}
		}
		const most = 20
		events, problem := split(r, []byte(body), most)
		if (len(events) == 0) != (problem != nil) || len(events) > most {
			t.Fatalf("%d events, and %v", len(events), problem)
		}
		var want []json.RawMessage
		if r.Header.Get("Content-Type") == "application/cloudevents-batch+json" && problem == nil {
			if err := json.Unmarshal(bytes.TrimPrefix([]byte(body), byteOrderMark), &want); err != nil || len(want) != len(events) {
				t.Fatalf("%d events, encoding/json finds %d: %v", len(events), len(want), err)
			}
		}
		var decoder wire.Decoder
		for i, event := range events {
			if want != nil && !bytes.Equal(want[i], event) {
				t.Fatalf("event %d is %s, want %s", i, event, want[i])
			}
			_ = decoder.Decode(event, new(trade.Event))
		}
	})
}

var medias = []string{"application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "application/x-ndjson", "text/plain", ";"}
