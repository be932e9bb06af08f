package archive

import (
	"errors"
	"strings"

	"oneorder/internal/failure"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// Split implements stream.Divisible: the messages are read again, as two batches. The codec is one of its own, since
// the sink's is at work on the batch after this one.
func (p *pending) Split(mid uint64) (left, right stream.Pending, err error) {
	b := p.batch
	at := int(mid - b.First + 1)
	first, second := b, b
	first.Last, first.Messages = mid, b.Messages[:at]
	second.First, second.Messages = mid+1, b.Messages[at:]
	own := p.sink.twin()
	if left, err = own.prepare(first); err != nil {
		return nil, nil, err
	}
	right, err = own.prepare(second)
	return left, right, err
}

// Refuse implements stream.Divisible.
func (p *pending) Refuse(reason error) (stream.Pending, error) {
	m := &p.batch.Messages[0]
	org, _, ok := stream.ParseEventSubject(m.Subject)
	if !ok {
		org = "unknown"
	}
	own := p.sink.twin().take()
	own.batch = p.batch
	own.reject(m, org, trade.Faults{{Code: "not_storable", Message: said(reason)}}, p.batch.Version(m.Sequence))
	return own, nil
}

// said is what ClickHouse said, without what we were doing.
func said(reason error) string {
	var cause *failure.Error
	if errors.As(reason, &cause) {
		return short(cause.Err.Error())
	}
	return short(reason.Error())
}

// twin is a sink for the same tables, with a codec and blocks of its own.
func (s *sink) twin() *sink {
	return &sink{history: s.history, tables: s.tables, erasures: s.erasures, metrics: s.metrics, publisher: s.publisher, trace: s.trace, free: make(chan *pending, 1)}
}

// short keeps what a server says, which may repeat a whole query, to what a person reads.
func short(s string) string {
	const most = 1024
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
