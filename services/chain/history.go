package chain

import (
	"context"
	"fmt"

	"oneorder/internal/stream"
)

// ordinal orders the messages of all histories of the stream: those of an earlier epoch first. In the first one it is the
// sequence, which is what the state names messages by.
func ordinal(epoch, sequence uint64) uint64 { return stream.Version(max(epoch, 1)-1, sequence) }

// LastEpoch implements stream.Historian.
func (s *sink) LastEpoch(ctx context.Context) (uint64, error) {
	version, err := s.config.Warehouse.LastVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("epoch of the warehouse: %w", err)
	}
	return version >> 48, nil
}

// Holds implements stream.Rewinder. A warehouse that has less than the record says can be given again what the outbox still
// has: beyond that the state knows what stands, not what changed since.
func (s *sink) Holds(ctx context.Context, pos stream.Position) (held stream.Held, err error) {
	version, known, err := s.config.Warehouse.Position(ctx, s.config.Reader)
	if err == nil {
		held.Booted, err = s.config.Warehouse.Booted(ctx)
	}
	if err != nil {
		return held, fmt.Errorf("position of %s in the warehouse: %w", s.config.Reader, err)
	}
	if !known || version >= stream.Version(pos.Epoch, pos.Written) || pos.Written == pos.Since {
		held.Last = pos.Written
		return held, nil
	}
	last := version & (1<<48 - 1)
	if trimmed := s.store.Trimmed(); version>>48 == pos.Epoch && trimmed > 0 && ordinal(pos.Epoch, last) >= trimmed {
		held.Last = last
		return held, nil
	}
	return held, outdatedError{fmt.Errorf("the warehouse has the chains up to message %d of epoch %d, the record says %d of epoch %d: it was restored from an older copy; run oneorder rebuild",
		version&(1<<48-1), version>>48, pos.Written, pos.Epoch)}
}

// outdatedError is one that waiting does not cure.
type outdatedError struct{ error }

// Permanent stops the reader.
func (outdatedError) Permanent() bool { return true }

// newHistory goes on in a new epoch of the stream, with all that the state has: what the stream lost it was told
// nevertheless. What it had not written yet goes with the first batch.
func (s *sink) newHistory(applied, epoch uint64, pos stream.Position) (uint64, error) {
	s.logger.Warn("the state goes on in a new epoch of the stream", "applied", applied, "epoch", epoch, "new_epoch", pos.Epoch, "after", pos.Written)
	held := ordinal(epoch, applied)
	if applied > pos.Written {
		s.carried = newMerged()
		err := s.store.Outbox(ordinal(epoch, pos.Written), func(_ uint64, b []byte) error {
			entry, err := decodeOutbox(b)
			s.carried.add(entry)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("read outbox: %w", err)
		}
	}
	applied = min(applied, pos.Written)
	s.unsaved = newUnsaved(applied)
	s.unsaved.held, s.unsaved.epoch = held, pos.Epoch
	return applied, nil
}
