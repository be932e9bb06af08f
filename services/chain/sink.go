package chain

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"oneorder/internal/linkage"
	"oneorder/internal/state"
	"oneorder/internal/stream"
)

// sink applies batches to the linker and turns what they changed into rows. What it holds in memory is
// written to the state from time to time, all at once, with the sequence it was applied up to.
type sink struct {
	config  Config
	store   *state.Store
	metrics *metrics
	logger  *slog.Logger
	// publisher is that of notices; nil where nobody is told.
	publisher *stream.Publisher
	linker    *linkage.Linker
	records   *records
	desk      desk // the events of the batch at hand
	free      chan *blocks

	unsaved   unsaved
	committed atomic.Uint64 // last message of which the warehouse has everything
	safe      atomic.Uint64 // last message of which the warehouse cannot lose anything any more
	claims    claims
	known     uint64  // last message known to be in the record
	carried   *merged // what is written with the next batch as well; may be nil
}

func newSink(c Config, store *state.Store, m *metrics, logger *slog.Logger) *sink {
	return &sink{config: c, store: store, metrics: m, logger: logger, free: make(chan *blocks, 3), claims: newClaims(), desk: desk{erasures: c.Erasures}}
}

// Start implements stream.Sink. The state may be ahead of what was written, after a death between the
// two: then the outbox tells what is still to be written.
func (s *sink) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	applied, epoch := s.store.Applied()
	if applied > 0 && epoch > pos.Epoch {
		return 0, nil, fmt.Errorf("state is of epoch %d of the stream, which is at epoch %d: %s is not the folder of this stream; use an empty one to join everything again",
			epoch, pos.Epoch, s.config.Data)
	}
	s.linker = linkage.New(s.store, s.config.LinkerBytes)
	s.records = newRecords(s.config.Tables, s.config.RecordBytes)
	s.committed.Store(pos.Written)
	s.safe.Store(pos.Safe)
	s.known, s.claims, s.carried = pos.Written, newClaims(), nil
	if applied > 0 && epoch < pos.Epoch {
		applied, err := s.newHistory(applied, epoch, pos)
		return applied, nil, err
	}
	s.unsaved = newUnsaved(applied)
	s.unsaved.held, s.unsaved.epoch = ordinal(epoch, applied), epoch
	if applied <= pos.Written {
		return applied, nil, nil
	}
	if trimmed := s.store.Trimmed(); ordinal(pos.Epoch, pos.Written) < trimmed {
		return 0, nil, outdatedError{fmt.Errorf("what changed after message %d is to be written again, and the state knows it from message %d on: run oneorder rebuild", pos.Written, trimmed&(1<<48-1)+1)}
	}
	s.logger.Info("writing what the state is ahead", "written", pos.Written, "applied", applied)
	return applied, &ahead{sink: s, version: stream.Version(pos.Epoch, applied)}, nil
}

// Prepare implements stream.Sink: when it returns, the state holds the batch, and the rows are ready.
func (s *sink) Prepare(ctx context.Context, b stream.Batch) (stream.Pending, error) {
	if err := s.saveClaimed(ctx); err != nil {
		return nil, err
	}
	if err := s.desk.read(b, &s.unsaved.pile); err != nil {
		return nil, err
	}
	changes, err := s.linker.Apply(s.desk.inputs)
	if err != nil {
		return nil, err
	}
	s.records.supersede(changes.Replaced)
	w := &writer{sink: s, blocks: s.take(), version: b.Version(b.Last), now: b.Messages[len(b.Messages)-1].Time}
	entry, err := w.changes(changes)
	if err == nil && s.carried != nil {
		entry, err = w.carry(entry)
	}
	if err == nil {
		err = s.linker.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("apply %d-%d: %w", b.First, b.Last, err)
	}
	s.unsaved.forget(changes.Replaced)
	s.unsaved.outbox = append(s.unsaved.outbox, outboxItem{ordinal(b.Epoch, b.Last), entry.encode(make([]byte, 0, entry.size()))})
	s.unsaved.applied, s.unsaved.epoch = b.Last, b.Epoch
	s.records.turn()
	s.metrics.events.WithLabelValues("linked").Add(float64(len(s.desk.inputs)))
	s.metrics.events.WithLabelValues("ignored").Add(float64(len(b.Messages) - len(s.desk.inputs)))
	s.metrics.waiting.Add(float64(len(changes.Waiting)))
	s.metrics.linked(changes.Work)
	s.metrics.holds(s.linker.Held(), s.records.bytes+s.records.kept)
	return w.blocks, nil
}

// take gives blocks without rows, for those who ask for notices now.
func (s *sink) take() *blocks {
	var b *blocks
	select {
	case b = <-s.free:
	default:
		b = newBlocks(s)
	}
	b.notices.begin(s.asked())
	return b
}
