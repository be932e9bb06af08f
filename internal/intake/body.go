package intake

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sort"
	"strings"
	"unicode/utf8"

	"oneorder/internal/service"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// readBody reads the request's body, unpacked, up to limit bytes either way.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *service.Problem) {
	tooLarge := &service.Problem{
		Status: http.StatusRequestEntityTooLarge, Title: "the body is too large",
		Detail: fmt.Sprintf("at most %d bytes, also when unpacked: send it in parts", limit),
		Faults: trade.Faults{{Code: "too_large", Message: fmt.Sprintf("at most %d bytes", limit)}},
	}
	if r.ContentLength > limit {
		// A caller that is still sending reads no answer: its connection would be reset. One that sends up to twice the limit gets it.
		_, _ = io.CopyN(io.Discard, r.Body, 2*limit)
		return nil, tooLarge
	}
	var body io.Reader = http.MaxBytesReader(w, r.Body, limit)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, unreadable(err, tooLarge)
		}
		body = io.LimitReader(unpacked, limit+1)
	default:
		return nil, &service.Problem{
			Status: http.StatusUnsupportedMediaType, Title: "unknown content encoding",
			Detail: fmt.Sprintf("%q: send gzip or none", encoding),
		}
	}
	// Room for all of it, where it is told how much that is.
	data := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	if _, err := data.ReadFrom(body); err != nil {
		return nil, unreadable(err, tooLarge)
	}
	if int64(data.Len()) > limit {
		return nil, tooLarge
	}
	return data.Bytes(), nil
}

func unreadable(err error, tooLarge *service.Problem) *service.Problem {
	if most := new(http.MaxBytesError); errors.As(err, &most) {
		return tooLarge
	}
	return &service.Problem{Status: http.StatusBadRequest, Title: "the body cannot be read", Detail: err.Error()}
}

// errTooMany says that a body holds more events than one request may.
var errTooMany = errors.New("too many events")

var byteOrderMark = []byte("\ufeff") // which some editors and systems begin a text with

// split gives the events of a request's body, each as the bytes of one event in structured mode. Faults
// are of the body as a whole; the events are not looked into.
func split(r *http.Request, body []byte, most int) ([][]byte, *service.Problem) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		media = "?"
	}
	body = bytes.TrimPrefix(body, byteOrderMark)
	var events [][]byte
	switch {
	case media == "application/cloudevents-batch+json":
		events, err = array(body, most)
	case media == "application/cloudevents+json":
		events = one(body)
	case media == "application/x-ndjson", media == "application/ndjson", media == "application/jsonl":
		events, err = lines(body, most)
	case binaryMode(r.Header):
		var event []byte
		event, err = structured(r.Header, media, body)
		events = [][]byte{event}
	case media == "application/json" && bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")):
		events, err = array(body, most)
	case media == "application/json":
		events = one(body)
	default:
		return nil, &service.Problem{
			Status: http.StatusUnsupportedMediaType, Title: "unknown content type",
			Detail: "send application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson, or ce- headers with application/json",
		}
	}
	var faults trade.Faults
	switch {
	case errors.Is(err, errTooMany):
		return nil, &service.Problem{
			Status: http.StatusRequestEntityTooLarge, Title: "too many events in one request",
			Detail: fmt.Sprintf("at most %d: send them in parts", most),
		}
	case errors.As(err, &faults):
		return nil, &service.Problem{Status: http.StatusBadRequest, Title: "the body is not what its content type says", Faults: faults}
	case len(events) == 0:
		return nil, &service.Problem{
			Status: http.StatusBadRequest, Title: "the body holds no event",
			Faults: trade.Faults{{Code: "empty", Message: "one event or more"}},
		}
	}
	return events, nil
}

// one gives the event that a body is, if it is not blank.
func one(body []byte) [][]byte {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	return [][]byte{body}
}

// array gives the elements of a JSON array, without copying them.
func array(body []byte, most int) ([][]byte, error) {
	elements, more, err := wire.Elements(body, most)
	switch {
	case err != nil:
		return nil, err
	case more:
		return nil, errTooMany
	}
	return elements, nil
}

// lines gives the lines that are not blank.
func lines(body []byte, most int) ([][]byte, error) {
	var events [][]byte
	for rest := body; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if len(events) == most {
			return nil, errTooMany
		}
		events = append(events, line)
	}
	return events, nil
}

// attributePrefix begins the headers of binary mode (CloudEvents HTTP protocol binding 1.0.2, §3.1.3.1).
const attributePrefix = "Ce-"

func binaryMode(h http.Header) bool { return h.Get("Ce-Specversion") != "" }

// structured writes an event of binary mode as the same event in structured mode. Values that are not what
// the attribute should be stay text, for the decoder to name. What cannot be read is told together with the other faults of the event.
func structured(h http.Header, media string, body []byte) ([]byte, error) {
	var faults trade.Faults
	body = bytes.TrimSpace(body)
	if len(body) > 0 { // a retraction needs no data
		if media != "application/json" && !strings.HasSuffix(media, "+json") {
			faults = append(faults, trade.Fault{Code: "mistyped", Pointer: "/datacontenttype", Value: trade.Quote(media), Message: "application/json"})
		}
		if !json.Valid(body) {
			faults = append(faults, trade.Fault{Code: "json_syntax", Pointer: "/data", Message: "a JSON object"})
			body = nil
		}
	}
	names := make([]string, 0, len(h))
	for header := range h {
		if name, ok := strings.CutPrefix(header, attributePrefix); ok {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	out := []byte{'{'}
	for _, header := range names {
		name := strings.ToLower(header)
		values := h[attributePrefix+header]
		if name == "data" || name == "datacontenttype" || name == "data_base64" || len(values) != 1 {
			faults = append(faults, trade.Fault{Code: "header_not_allowed", Pointer: "/" + name, Message: "each attribute once, data in the body and its type in Content-Type"})
			continue
		}
		value, err := wire.HeaderValue(values[0])
		if err != nil || !utf8.ValidString(value) {
			faults = append(faults, wire.HeaderMalformed(name, values[0]))
			continue
		}
		out = append(out, attribute(name, value)...)
		out = append(out, ',')
	}
	if len(body) > 0 {
		out = append(out, attribute("datacontenttype", media)...)
		out = append(out, `,"data":`...)
		out = append(out, body...)
	} else {
		out = bytes.TrimSuffix(out, []byte{','})
	}
	out = append(out, '}')
	if len(faults) == 0 {
		return out, nil
	}
	var others trade.Faults
	if _, err := wire.Decode(out); err != nil && !errors.As(err, &others) {
		return nil, err
	}
	return nil, wire.Together(faults, others)
}

// attribute writes one member. Headers carry text only: the two attributes that are no text are told by
// their names.
func attribute(name, value string) []byte {
	text, _ := json.Marshal(value) // a string always marshals
	switch {
	case name == "retracted" && (value == "true" || value == "false"):
		text = []byte(value)
	case name == "revision" && digits(value):
		text = []byte(value)
	}
	key, _ := json.Marshal(name) // a string always marshals
	return append(append(key, ':'), text...)
}

func digits(s string) bool {
	if s == "" || len(s) > 10 || len(s) > 1 && s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}
