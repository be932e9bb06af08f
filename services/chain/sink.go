package chain

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// sink applies batches to the linker and turns what they changed into rows. What it holds in memory is
// written to the state from time to time, all at once, with the sequence it was applied up to.
type sink struct {
	config  Config
	store   *state.Store
	metrics *metrics
	logger  *slog.Logger
	linker  *linkage.Linker
	records *records
	slots   []slot // the events of the batch at hand
	inputs  []linkage.Input
	free    chan *blocks

	unsaved   unsaved
	committed atomic.Uint64 // last message of which the warehouse has everything
}

// slot is memory for one event, used again by every batch.
type slot struct {
	decoder  wire.Decoder
	event    trade.Event
	payload  []byte // canonical, in the arena
	received time.Time
}

func newSink(c Config, store *state.Store, m *metrics, logger *slog.Logger) *sink {
	return &sink{config: c, store: store, metrics: m, logger: logger, free: make(chan *blocks, 3)}
}

// Start implements stream.Sink. The state may be ahead of what was written, after a death between the
// two: then the outbox tells what is still to be written.
func (s *sink) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	applied, epoch := s.store.Applied()
	if applied > 0 && epoch != pos.Epoch {
		return 0, nil, fmt.Errorf("state is of epoch %d of the stream, which is at epoch %d: remove the folder %s to join everything again",
			epoch, pos.Epoch, s.config.Data)
	}
	s.linker = linkage.New(s.store, s.config.Nodes)
	s.records = newRecords(s.config.Tables, s.config.Records)
	s.unsaved = newUnsaved(applied)
	s.committed.Store(pos.Written)
	if applied <= pos.Written {
		return applied, nil, nil
	}
	w := &writer{sink: s, blocks: s.take(), version: stream.Version(pos.Epoch, applied)}
	if err := w.outbox(pos.Written); err != nil {
		return 0, nil, fmt.Errorf("read outbox after %d: %w", pos.Written, err)
	}
	s.logger.Info("writing what the state is ahead", "written", pos.Written, "applied", applied)
	return applied, w.blocks, nil
}

// Prepare implements stream.Sink: when it returns, the state holds the batch, and the rows are ready.
func (s *sink) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	if err := s.decode(b); err != nil {
		return nil, err
	}
	changes, err := s.linker.Apply(s.inputs)
	if err != nil {
		return nil, err
	}
	w := &writer{sink: s, blocks: s.take(), version: b.Version(b.Last), here: s.index()}
	entry, err := w.changes(changes)
	if err == nil {
		err = s.linker.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("apply %d-%d: %w", b.First, b.Last, err)
	}
	s.keep(changes.Replaced)
	s.unsaved.outbox = append(s.unsaved.outbox, outboxItem{b.Last, entry})
	s.unsaved.applied, s.unsaved.epoch = b.Last, b.Epoch
	if s.due() {
		if err := s.save(); err != nil {
			return nil, err
		}
	}
	s.records.turn()
	s.metrics.events.WithLabelValues("linked").Add(float64(len(s.inputs)))
	s.metrics.events.WithLabelValues("ignored").Add(float64(len(b.Messages) - len(s.inputs)))
	s.metrics.waiting.Add(float64(len(changes.Waiting)))
	return w.blocks, nil
}

// decode reads the batch into the slots. What is no event is left to archive, which rejects it.
func (s *sink) decode(b stream.Batch) error {
	for len(s.slots) < len(b.Messages) {
		s.slots = append(s.slots, slot{})
	}
	s.inputs = s.inputs[:0]
	// The payloads are kept until the state has them, so each batch has an arena of its own.
	size := 0
	for i := range b.Messages {
		size += len(b.Messages[i].Data)
	}
	arena := make([]byte, 0, size)
	for i := range b.Messages {
		m := &b.Messages[i]
		at := &s.slots[len(s.inputs)]
		org, typ, ok := stream.ParseEventSubject(m.Subject)
		if !ok {
			continue
		}
		err := at.decoder.DecodeArrival(wire.Arrival{Org: org, Type: typ, Header: m.Header, Payload: m.Data}, &at.event)
		if err != nil {
			var faults trade.Faults
			if !errors.As(err, &faults) {
				return fmt.Errorf("decode message %d: %w", m.Sequence, err)
			}
			continue
		}
		start := len(arena)
		arena = wire.Append(arena, &at.event)
		// If the arena grew into new memory, earlier payloads keep pointing into the old: that is sound.
		at.payload, at.received = arena[start:], m.Time
		if at.event.Recorded.IsZero() {
			at.event.Recorded = m.Time
		}
		s.inputs = append(s.inputs, linkage.Input{
			Event: &at.event, Sequence: m.Sequence, Received: m.Time, Digest: sha256.Sum256(at.payload),
		})
	}
	return nil
}

// index finds the events of the batch whose content is current.
func (s *sink) index() map[trade.EventKey]*slot {
	here := make(map[trade.EventKey]*slot, len(s.inputs))
	for i := range s.inputs {
		key := s.inputs[i].Event.Key()
		if s.linker.Sequence(key) == s.inputs[i].Sequence {
			here[key] = &s.slots[i]
		}
	}
	return here
}

func (s *sink) take() *blocks {
	select {
	case b := <-s.free:
		return b
	default:
		return newBlocks(s)
	}
}
