package intake

import (
	"bytes"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Address gives a rejected event that came over HTTP the subject that it has as it is now: that of its type. Without a
// type that there is it keeps the one it had, which may be none. All others are under the subject that they came under.
func Address(r *stream.Rejection) {
	if r.Stage != StageIntake {
		return
	}
	var e trade.Event
	_ = new(wire.Decoder).Decode(bytes.Clone(r.Data), &e) // what else is wrong with it is for Arrives
	if e.Type.Known() {
		r.Subject = stream.EventSubject(r.Org, e.Type)
	}
}

// Arrives says what a rejected event would be refused for again if it was sent as it is now, and gives it the subject that it
// would be sent under. It says nothing of a document, which its domain's service knows.
func Arrives(r *stream.Rejection) error {
	Address(r)
	org, typ, ok := stream.ParseEventSubject(r.Subject)
	if !ok && r.Stage == StageIntake {
		return new(wire.Decoder).Decode(bytes.Clone(r.Data), new(trade.Event))
	}
	if !ok {
		return nil
	}
	header := make(map[string][]string, len(r.Header))
	for name, value := range r.Header {
		header[name] = []string{value}
	}
	return new(wire.Decoder).DecodeArrival(wire.Arrival{Org: org, Type: typ, Header: header, Payload: bytes.Clone(r.Data)}, new(trade.Event))
}
