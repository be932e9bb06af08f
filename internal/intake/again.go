package intake

import (
	"bytes"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Arrives says what a rejected event would be refused for again if it was sent as it is now. It says nothing of a document, which its
// domain's service knows.
func Arrives(r *stream.Rejection) error {
	org, typ, ok := stream.ParseEventSubject(r.Subject)
	if !ok {
		return nil
	}
	header := make(map[string][]string, len(r.Header))
	for name, value := range r.Header {
		header[name] = []string{value}
	}
	return new(wire.Decoder).DecodeArrival(wire.Arrival{Org: org, Type: typ, Header: header, Payload: bytes.Clone(r.Data)}, new(trade.Event))
}
