package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

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
	var unread trade.Faults // of the headers
	if binaryMode(a.Header) {
		payload, unread = structured(a.Header, payload)
	}
	err := d.Decode(payload, e)
	var faults trade.Faults
	if err != nil && !errors.As(err, &faults) {
		return err
	}
	faults = Together(unread, faults)
	// Of an event that is at fault as much is known as could be read.
	var apart trade.Faults
	if org := e.Org(); org != a.Org && e.Source != "" {
		apart = append(apart, trade.Fault{
			Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
			Message: "the source of the organisation whose subject it came on: " + trade.SourcePrefix + a.Org,
		})
	}
	if e.Type != a.Type && e.Type != "" {
		apart = append(apart, trade.Fault{
			Code: "type_mismatch", Pointer: "/type", Value: trade.Quote(string(e.Type)),
			Message: "the type that the subject names: " + string(a.Type),
		})
	}
	if faults = Together(faults, apart); faults != nil {
		return faults
	}
	return nil
}

const headerPrefix = "ce-"

// binaryMode says whether the attributes are in the headers: there are such, and the body is not said to be a whole event.
func binaryMode(header map[string][]string) bool {
	binary := false
	for name, values := range header {
		switch {
		case len(name) > 3 && strings.EqualFold(name[:3], headerPrefix):
			binary = true
		case strings.EqualFold(name, "content-type") && len(values) > 0 && strings.HasPrefix(strings.ToLower(values[0]), "application/cloudevents"):
			return false
		}
	}
	return binary
}

// HeaderValue reads an attribute's value in a header of binary mode: without the quotes of a quoted string, and with
// percent-encoding undone once (CloudEvents NATS binding 1.0.3 and HTTP binding 1.0.2, both 3.1.3.2).
func HeaderValue(s string) (string, error) {
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		s = unquoted(s[1 : n-1])
	}
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	value, err := url.PathUnescape(s)
	if err == nil && !utf8.ValidString(value) {
		err = errHeader
	}
	return value, err
}

var errHeader = errors.New("no UTF-8")

// unquoted undoes the escapes of a quoted string (RFC 9110, 5.6.4).
func unquoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// HeaderMalformed is the fault of an attribute whose header HeaderValue cannot read.
func HeaderMalformed(attribute, value string) trade.Fault {
	return trade.Fault{Code: "header_malformed", Pointer: "/" + attribute, Value: trade.Quote(value), Message: "percent-encoded UTF-8"}
}

// structured writes an event of binary mode in structured mode. Attributes that are not strings in JSON
// get their own form; a body that is not JSON becomes data_base64, which the decoder then names as a fault. What cannot be
// read of the headers is left out.
func structured(header map[string][]string, body []byte) (text []byte, faults trade.Faults) {
	w := writer{}
	w.open()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if len(name) <= 3 || !strings.EqualFold(name[:3], headerPrefix) || len(header[name]) == 0 {
			continue
		}
		attribute := strings.ToLower(name[3:])
		value, err := HeaderValue(header[name][0])
		if err != nil {
			faults = faults.With(HeaderMalformed(attribute, header[name][0]))
			continue
		}
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
	return w.b, faults
}
