package wire

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// Arrival is an event as it came over the broker: under whose subject, as which type.
type Arrival struct {
	Org     string // the subject's token
	Type    trade.Type
	Header  map[string][]string
	Payload []byte
}

// DecodeArrival decodes an event in structured or, when it has ce- headers, in binary mode (CloudEvents
// NATS binding 1.0, 3), and checks that it is what its subject says: of that organisation, of that type.
func (d *Decoder) DecodeArrival(a Arrival, e *trade.Event) error {
	payload := a.Payload
	if binaryMode(a.Header) {
		payload = structured(a.Header, payload)
	}
	if err := d.Decode(payload, e); err != nil {
		return err
	}
	var faults trade.Faults
	if org := e.Org(); org != a.Org {
		faults = append(faults, trade.Fault{
			Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
			Message: "the source of the organisation whose subject it came on: " + trade.SourcePrefix + a.Org,
		})
	}
	if e.Type != a.Type {
		faults = append(faults, trade.Fault{
			Code: "type_mismatch", Pointer: "/type", Value: trade.Quote(string(e.Type)),
			Message: "the type that the subject names: " + string(a.Type),
		})
	}
	if faults != nil {
		return faults
	}
	return nil
}

const headerPrefix = "ce-"

func binaryMode(header map[string][]string) bool {
	for name := range header {
		if len(name) > 3 && strings.EqualFold(name[:3], headerPrefix) {
			return true
		}
	}
	return false
}

// structured writes an event of binary mode in structured mode. Attributes that are not strings in JSON
// get their own form; a body that is not JSON becomes data_base64, which the decoder then names as a fault.
func structured(header map[string][]string, body []byte) []byte {
	w := writer{}
	w.open()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if len(name) <= 3 || !strings.EqualFold(name[:3], headerPrefix) || len(header[name]) == 0 {
			continue
		}
		attribute, value := strings.ToLower(name[3:]), header[name][0]
		w.comma()
		w.b = append(appendString(w.b, attribute), ':')
		if attribute == "revision" || attribute == "retracted" {
			if json.Valid([]byte(value)) {
				w.b = append(w.b, value...)
				continue
			}
		}
		w.b = appendString(w.b, value)
	}
	switch {
	case len(body) == 0:
	case json.Valid(body):
		w.key("data")
		w.b = append(w.b, body...)
	default:
		w.text("data_base64", base64.StdEncoding.EncodeToString(body))
	}
	w.close()
	return w.b
}
