package chain

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// sink applies batches to the state and turns what they changed into rows.
type sink struct {
	config  Config
	store   *state.Store
	metrics *metrics
	logger  *slog.Logger
	linker  *linkage.Linker
	records *records
	slots   []slot // the events of the batch at hand
	inputs  []linkage.Input
	arena   []byte // their canonical bytes
	free    chan *blocks
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
	batch := s.store.Begin()
	w := &writer{sink: s, blocks: s.take(), version: b.Version(b.Last), batch: batch, here: s.index()}
	entry, err := w.changes(changes)
	if err == nil {
		err = s.keep(batch, changes.Replaced)
	}
	if err == nil {
		err = s.linker.Flush(batch)
	}
	if err == nil {
		err = s.linker.Err()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("apply %d-%d: %w", b.First, b.Last, err), batch.Discard())
	}
	if err := batch.Commit(b.Last, b.Epoch, entry); err != nil {
		return nil, err
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
	s.arena = s.arena[:0]
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
		start := len(s.arena)
		s.arena = wire.Append(s.arena, &at.event)
		// If the arena grew into new memory, earlier payloads keep pointing into the old: that is sound.
		at.payload, at.received = s.arena[start:], m.Time
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

// keep stores the bytes of the batch's events that are current, and drops those that no longer are.
func (s *sink) keep(batch *state.Batch, replaced []uint64) error {
	for i := range s.inputs {
		in := &s.inputs[i]
		if s.linker.Sequence(in.Event.Key()) != in.Sequence {
			continue
		}
		if err := batch.Keep(in.Sequence, in.Received, s.slots[i].payload); err != nil {
			return err
		}
	}
	for _, sequence := range replaced {
		if err := batch.Forget(sequence); err != nil {
			return err
		}
	}
	return nil
}

func (s *sink) take() *blocks {
	select {
	case b := <-s.free:
		return b
	default:
		return newBlocks(s)
	}
}
