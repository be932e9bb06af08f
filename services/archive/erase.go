package archive

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"oneorder/internal/erasure"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// Trace says what a place has of what is on an erasure list.
type Trace struct {
	Place string `json:"place"` // a table, with the columns that can have any
	Rows  uint64 `json:"rows"`  // that were looked at
	Found uint64 `json:"found"` // of them have something that is on the list
}

// flushEvery bounds what is held of what is to be rewritten.
const flushEvery = 5000

// Erase rewrites what archive stored, and the history of the chains, without what is on the list of the configuration, and says what
// it found. Nobody may write meanwhile: it takes the record from whoever runs as archive, and chain must not run.
// Said is told from time to time how many events it has looked at.
func Erase(ctx context.Context, c Config, said func(events uint64)) ([]Trace, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return nil, err
	}
	for _, reader := range []string{c.Reader, c.Reader + "-rejections"} {
		if err := c.Stream.Interrupt(ctx, reader); err != nil {
			return nil, err
		}
	}
	rewriting, err := c.Warehouse.Rewrite(ctx)
	if err != nil {
		return nil, err
	}
	e := &eraser{Config: c, rewriting: rewriting, sink: newSink(c, newMetrics()), said: said}
	traces, err := e.look(ctx)
	if err == nil {
		err = rewriting.Flush(ctx)
	}
	if err == nil {
		err = rewriting.End(ctx)
	}
	return traces, err
}

// Traces looks for what is on the list of the configuration in everything that is stored, and changes nothing.
func Traces(ctx context.Context, c Config, said func(events uint64)) ([]Trace, error) {
	c = c.withDefaults()
	return (&eraser{Config: c, said: said}).look(ctx)
}

// eraser looks at everything that is stored, and with a rewriting has what it finds rewritten.
type eraser struct {
	Config
	rewriting *warehouse.Rewriting // nil: only look
	sink      *sink
	said      func(events uint64)
	pending   int // of what is found, not yet written
}

func (e *eraser) look(ctx context.Context) ([]Trace, error) {
	var traces []Trace
	for _, at := range []struct {
		place string
		look  func(context.Context, *Trace) error
	}{
		{"events_all", e.events},
		{"rejected_events", e.rejections},
		{"chains, chain_changes (parties, title)", e.parties},
		{"findings", e.findings},
	} {
		t := Trace{Place: at.place}
		if err := at.look(ctx, &t); err != nil {
			return nil, fmt.Errorf("look through %s: %w", at.place, err)
		}
		traces = append(traces, t)
	}
	return traces, nil
}

// found notes that something is to be rewritten.
func (e *eraser) found(ctx context.Context, t *Trace, rewrite func()) error {
	t.Found++
	if e.rewriting == nil {
		return nil
	}
	rewrite()
	if e.pending++; e.pending < flushEvery {
		return nil
	}
	e.pending = 0
	return e.rewriting.Flush(ctx)
}

func (e *eraser) events(ctx context.Context, t *Trace) error {
	var (
		decoder wire.Decoder
		event   trade.Event
		payload []byte
	)
	return e.Warehouse.EventCopies(ctx, func(stored *warehouse.StoredEvent) error {
		if t.Rows++; t.Rows%10_000 == 0 {
			e.said(t.Rows)
		}
		payload = append(payload[:0], stored.Payload...) // the event aliases it
		if err := decoder.Decode(payload, &event); err != nil {
			return fmt.Errorf("message %d: %w", stored.Sequence, err)
		}
		key, revision, digest := event.Key(), event.Revision, sha256.Sum256(stored.Payload)
		if !e.Erasures.Event(&event) {
			return nil
		}
		return e.found(ctx, t, func() {
			e.rewriting.Go(key, revision, &digest)
			e.sink.row(&event, stored.Org, stored.Recorded, stored.Version(), e.rewriting.Events, e.rewriting.Heads)
		})
	})
}

func (e *eraser) rejections(ctx context.Context, t *Trace) error {
	return e.Warehouse.Rejections(ctx, func(row *warehouse.RejectedRow) error {
		t.Rows++
		payload, inPayload := e.Erasures.Bytes(row.Payload)
		inFaults := e.Erasures.Faults(row.Faults)
		if !inPayload && !inFaults {
			return nil
		}
		row.Payload = payload
		return e.found(ctx, t, func() { e.rewriting.Rejected.Append(row) })
	})
}

func (e *eraser) parties(ctx context.Context, t *Trace) error {
	return e.Warehouse.Parties(ctx, func(id, name string, times uint64) error {
		t.Rows += times
		if !e.has(id, name) {
			return nil
		}
		t.Found += times - 1
		return e.found(ctx, t, func() { e.rewriting.GoParty(id, name) })
	})
}

// findings only looks: chain makes its findings anew, from the events as they are then.
func (e *eraser) findings(ctx context.Context, t *Trace) error {
	return e.Warehouse.FindingTexts(ctx, func(texts ...string) error {
		t.Rows++
		if e.has(texts...) {
			t.Found++
		}
		return nil
	})
}

func (e *eraser) has(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { _, found := e.Erasures.Text(text); return found })
}

// erased is a message without what is on the list: one that is refused is kept as well.
func erased(l *erasure.List, m *stream.Message, faults trade.Faults) *stream.Message {
	inFaults := l.Faults(faults)
	data, inData := l.Bytes(m.Data)
	if !inData && !inFaults {
		return m
	}
	kept := *m
	kept.Data = data
	return &kept
}
