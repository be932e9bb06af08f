package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"oneorder/internal/erasure"
	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// stage names this service in rejections.
const stage = "archive"

// sink turns batches of messages into blocks of rows.
type sink struct {
	history
	publisher *stream.Publisher
	tables    *refdata.Tables
	erasures  *erasure.List
	metrics   *metrics
	decoder   wire.Decoder
	event     trade.Event
	payload   []byte
	trace     *tracer       // nil: nothing is said
	free      chan *pending // blocks to use again
}

func newSink(c Config, m *metrics) *sink {
	return &sink{
		history: history{c.Reader, c.Warehouse}, tables: c.Tables, erasures: c.Erasures, metrics: m,
		free: make(chan *pending, 3),
	}
}

// Prepare implements stream.Sink.
func (s *sink) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	p, err := s.prepare(b)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (s *sink) prepare(b stream.Batch) (*pending, error) {
	p := s.take()
	p.batch = b
	for i := range b.Messages {
		m := &b.Messages[i]
		version := b.Version(m.Sequence)
		org, typ, ok := stream.ParseEventSubject(m.Subject)
		if !ok {
			p.reject(m, "unknown", trade.Faults{{Code: "subject_malformed", Value: trade.Quote(m.Subject), Message: "events.<org>.<domain>.<noun>.<verb>"}}, version)
			continue
		}
		err := s.decoder.DecodeArrival(wire.Arrival{Org: org, Type: typ, Header: m.Header, Payload: m.Data}, &s.event)
		if err != nil {
			var faults trade.Faults
			if !errors.As(err, &faults) {
				return nil, fmt.Errorf("decode message %d: %w", m.Sequence, err)
			}
			p.reject(m, org, faults, version)
			continue
		}
		s.erasures.Event(&s.event)
		s.row(&s.event, org, m.Time, version, p.events, p.heads)
		if s.trace.all() {
			if parent := wire.TraceParent(m.Header, m.Data); parent != "" {
				p.stored = append(p.stored, traced{m.Subject, m.Sequence, parent})
			}
		}
	}
	return p, nil
}

// row appends the row of an event as archive stores it, and its head where it has one.
func (s *sink) row(e *trade.Event, org string, received time.Time, version uint64, events *warehouse.Events, heads *warehouse.EventHeads) {
	s.payload = wire.Append(s.payload[:0], e)
	enriched := s.tables.Enrich(e)
	row := warehouse.EventRow{
		Key: e.Key(), Digest: sha256.Sum256(s.payload), Org: org, Country: enriched.Country, Flags: enriched.Flags,
		Payload: s.payload, Received: received, Version: version,
	}
	events.Append(e, &row)
	if e.Revision > 0 {
		heads.Append(row.Key, e.Revision, &row.Digest, version)
	}
}

func (s *sink) take() *pending {
	select {
	case p := <-s.free:
		return p
	default:
		return &pending{
			sink: s, events: warehouse.NewEvents(), heads: warehouse.NewEventHeads(), rejected: warehouse.NewRejectedEvents(),
		}
	}
}

// pending is a batch as blocks.
type pending struct {
	sink     *sink
	batch    stream.Batch // kept until it has taken effect, in case that one of its messages cannot be stored
	events   *warehouse.Events
	heads    *warehouse.EventHeads
	rejected *warehouse.RejectedEvents
	notices  []stream.Rejection
	refused  []traced // beside the notices
	stored   []traced // where each stored event is said
}

// reject keeps a message that is no event, with every reason.
func (p *pending) reject(m *stream.Message, org string, faults trade.Faults, version uint64) {
	p.refused = append(p.refused, traced{m.Subject, m.Sequence, wire.TraceParent(m.Header, m.Data)})
	m = erased(p.sink.erasures, m, faults)
	p.rejected.Append(&warehouse.RejectedRow{
		Org: org, Stage: stage, Subject: m.Subject, Sequence: m.Sequence, Received: m.Time, Faults: faults,
		Payload: m.Data, Version: version,
	})
	p.notices = append(p.notices, stream.Reject(org, stage, faults, stream.Refused{
		Subject: m.Subject, Sequence: m.Sequence, Received: m.Time, Header: m.Header, Data: m.Data,
	}))
}

// Commit implements stream.Pending. The heads go before the events, so that a superseded revision never
// shows.
func (p *pending) Commit(ctx context.Context, c stream.Claim) error {
	if err := p.sink.publisher.Reject(ctx, p.notices); err != nil {
		return err
	}
	// One that fails does not cut the other short: the batch is done again as a whole, and what has arrived stays.
	var group errgroup.Group
	group.Go(func() error { return p.sink.insertPosition(ctx, c) })
	group.Go(func() error { return p.sink.insert(ctx, c, p.rejected, p.heads, p.events) })
	if err := group.Wait(); err != nil {
		return err
	}
	p.sink.metrics.events.WithLabelValues("stored").Add(float64(p.events.Len()))
	p.sink.metrics.events.WithLabelValues("rejected").Add(float64(p.rejected.Len()))
	p.sink.trace.said(p)
	p.release()
	return nil
}

// release gives the blocks back, emptied.
func (p *pending) release() {
	p.events.Reset()
	p.heads.Reset()
	p.rejected.Reset()
	p.notices, p.refused, p.stored = p.notices[:0], p.refused[:0], p.stored[:0]
	p.batch = stream.Batch{}
	select {
	case p.sink.free <- p:
	default:
	}
}
