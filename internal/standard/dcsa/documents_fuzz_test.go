package dcsa_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"oneorder/internal/standard/conformance"
)

// fuzz puts any bytes to a format, beginning with its messages in testdata.
func fuzz(f *testing.F, name string) {
	for _, file := range files {
		if file.format == name {
			f.Add(message(f, file.name))
		}
	}
	for _, seed := range []string{
		`{}`, `[]`, `[{"specversion":"1.0","data":{}}]`, `"a.b.c"`, `{"events":[{"isRetracted":true}]}`, `{"surrenderRequestReference":""}`,
		`{"responseCode":"RECE","lastEnvelopeTransferChainEntrySignedContentChecksum":""}`,
	} {
		f.Add([]byte(seed))
	}
	adapter := format(f, name)
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, adapter, data, received) })
}

func FuzzBooking(f *testing.F)  { fuzz(f, "dcsa-booking") }
func FuzzBill(f *testing.F)     { fuzz(f, "dcsa-ebl") }
func FuzzTransfer(f *testing.F) { fuzz(f, "dcsa-pint") }
func FuzzEvents3(f *testing.F)  { fuzz(f, "dcsa-tnt") }

// FuzzSigned puts any payload into a signed text of an envelope.
func FuzzSigned(f *testing.F) {
	var envelope struct{ EnvelopeTransferChain []string }
	whole := message(f, "envelope")
	if err := json.Unmarshal(whole, &envelope); err != nil {
		f.Fatal(err)
	}
	last := envelope.EnvelopeTransferChain[len(envelope.EnvelopeTransferChain)-1]
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(last, ".")[1])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(payload)
	f.Add([]byte(`{"transactions":[{"actionCode":"x","actionDateTime":"2026-09-18T03:00Z"}]}`))
	adapter := format(f, "dcsa-pint")
	f.Fuzz(func(t *testing.T, payload []byte) {
		signed := "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"
		conformance.CheckAny(t, adapter, bytes.ReplaceAll(whole, []byte(last), []byte(signed)), received)
	})
}

func BenchmarkDocuments(b *testing.B) {
	for _, file := range files {
		switch file.name {
		case "booking-confirmed", "bill", "issuance", "envelope", "surrender", "events3":
		default:
			continue
		}
		b.Run(file.name, func(b *testing.B) {
			var compact bytes.Buffer
			if err := json.Compact(&compact, message(b, file.name)); err != nil {
				b.Fatal(err)
			}
			adapter := format(b, file.format)
			b.SetBytes(int64(compact.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if events, err := adapter.Convert(compact.Bytes(), received); err != nil || len(events) == 0 {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(compact.Len()), "input-B")
		})
	}
}
