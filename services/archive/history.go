package archive

import (
	"context"
	"fmt"

	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// history is what the warehouse has of a reader, which keeps nothing itself.
type history struct {
	reader    string
	warehouse *warehouse.Warehouse
}

// Start implements stream.Sink: what has been written is all there is to know.
func (h history) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	return pos.Written, nil, nil
}

// LastEpoch implements stream.Historian.
func (h history) LastEpoch(ctx context.Context) (uint64, error) {
	version, err := h.warehouse.LastVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("epoch of the warehouse: %w", err)
	}
	return version >> 48, nil
}

// Holds implements stream.Rewinder: a warehouse that was restored from an older copy is given again what it lacks.
func (h history) Holds(ctx context.Context, pos stream.Position) (held stream.Held, err error) {
	version, known, err := h.warehouse.Position(ctx, h.reader)
	if err == nil {
		held.Booted, err = h.warehouse.Booted(ctx)
	}
	if err != nil {
		return held, fmt.Errorf("position of %s in the warehouse: %w", h.reader, err)
	}
	switch {
	case !known || version >= stream.Version(pos.Epoch, pos.Written):
		held.Last = pos.Written
	case version>>48 == pos.Epoch:
		held.Last = version - stream.Version(pos.Epoch, 0)
	default:
		held.Last = pos.Since // all of this epoch
	}
	return held, nil
}

// insert stores the blocks, in this order.
func (h history) insert(ctx context.Context, c stream.Claim, blocks ...warehouse.Block) error {
	for _, b := range blocks {
		if err := h.warehouse.Insert(ctx, c.Token(b.Table()), b); err != nil {
			return err
		}
	}
	return nil
}

// insertPosition stores how far the reader has come. It may be there before the rows: it only says what is gone if it is not
// there afterwards.
func (h history) insertPosition(ctx context.Context, c stream.Claim) error {
	positions := warehouse.NewPositions()
	positions.Append(c.Reader, c.Version(c.Last), c.Generation)
	return h.insert(ctx, c, positions)
}
