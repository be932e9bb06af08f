package chain

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"oneorder/internal/erasure"
	"oneorder/internal/linkage"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// desk reads batches. Each event is decoded into the same memory, and leaves what joining asks of it in a slot
// and the whole of it, packed, on the pile: so little is touched twice.
type desk struct {
	erasures  *erasure.List
	decoder   wire.Decoder
	event     trade.Event
	canonical []byte

	slots      []slot
	inputs     []linkage.Input
	references []trade.Reference
	equipment  []trade.Equipment
	numbers    []string
}

// slot is an event as far as joining asks: without parties and goods. Its lists lie in the desk's, its texts in
// the messages of the batch.
type slot struct {
	event trade.Event
	data  trade.Data
}

// read fills inputs with the events of the batch. What is no event is left to archive, which rejects it.
func (d *desk) read(b stream.Batch, to *pile) error {
	for len(d.slots) < len(b.Messages) {
		d.slots = append(d.slots, slot{})
	}
	d.inputs, d.references, d.equipment, d.numbers = d.inputs[:0], d.references[:0], d.equipment[:0], d.numbers[:0]
	stack := to.begin(ordinal(b.Epoch, b.First), len(b.Messages))
	for i := range b.Messages {
		m := &b.Messages[i]
		start := len(stack.bytes)
		is, err := d.decode(m)
		if err != nil {
			return err
		}
		if is {
			d.take(m, ordinal(b.Epoch, m.Sequence), &d.slots[len(d.inputs)])
			stack.bytes = wire.Pack(stack.bytes, &d.event)
			to.events++
		}
		x := span{received: m.Time, start: start, end: len(stack.bytes)}
		if is {
			x.key = d.event.Key()
		}
		stack.spans = append(stack.spans, x)
	}
	to.bytes += len(stack.bytes)
	return nil
}

// decode decodes a message, and says whether it is an event.
func (d *desk) decode(m *stream.Message) (bool, error) {
	org, typ, ok := stream.ParseEventSubject(m.Subject)
	if !ok {
		return false, nil
	}
	err := d.decoder.DecodeArrival(wire.Arrival{Org: org, Type: typ, Header: m.Header, Payload: m.Data}, &d.event)
	var faults trade.Faults
	switch {
	case err == nil:
		d.erasures.Event(&d.event)
		return true, nil
	case errors.As(err, &faults):
		return false, nil
	default:
		return false, fmt.Errorf("decode message %d: %w", m.Sequence, err)
	}
}

// take makes the decoded event an input.
func (d *desk) take(m *stream.Message, sequence uint64, to *slot) {
	e := &d.event
	d.canonical = wire.Append(d.canonical[:0], e)
	digest := sha256.Sum256(d.canonical)
	if e.Recorded.IsZero() {
		e.Recorded = m.Time
	}
	to.event = *e
	if e.Data != nil {
		v := &to.data
		*v = *e.Data
		v.Parties, v.Goods, v.Detail = nil, nil, nil
		v.References = lie(&d.references, v.References)
		v.Covers = lie(&d.references, v.Covers)
		v.Replaces = lie(&d.references, v.Replaces)
		v.Equipment = lie(&d.equipment, v.Equipment)
		v.Transfer.From, v.Transfer.To = lie(&d.numbers, v.Transfer.From), lie(&d.numbers, v.Transfer.To)
		to.event.Data = v
	}
	d.inputs = append(d.inputs, linkage.Input{Event: &to.event, Sequence: sequence, Received: m.Time, Digest: digest})
}

// lie copies a list to the end of a longer one. If that grows into new memory, earlier copies stay in the old.
func lie[T any](in *[]T, list []T) []T {
	if len(list) == 0 {
		return nil
	}
	start := len(*in)
	*in = append(*in, list...)
	return (*in)[start:len(*in):len(*in)]
}
