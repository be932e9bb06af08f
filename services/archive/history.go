package archive

import (
	"context"
	"fmt"

	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// history is what the warehouse knows of a reader.
type history struct {
	reader    string
	warehouse *warehouse.Warehouse
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
