package warehouse

import (
	"context"
	"time"
)

// StoredEvent is an event as archive stored it.
type StoredEvent struct {
	Sequence uint64 // of its message in the stream
	Epoch    uint64 // of the stream's history
	Org      string
	Type     string
	Recorded time.Time // when the publisher said so, else when the broker had it; to the millisecond
	Payload  []byte    // canonical JSON
}

// place takes a version apart.
func (e *StoredEvent) place(version uint64) {
	const bits = 48
	e.Sequence, e.Epoch = version&(1<<bits-1), version>>bits
}

// Version is that of the row.
func (e *StoredEvent) Version() uint64 { return e.Epoch<<48 | e.Sequence }

// Stored yields every content of every event stored, superseded and retracted ones too, up to a message, in the order of the
// stream. The server sorts on disk what does not fit its memory.
func (w *Warehouse) Stored(ctx context.Context, last uint64, yield func(*StoredEvent) error) error {
	var (
		e       StoredEvent
		version uint64
	)
	return w.rowsOf(ctx, "stored", func(scan func(...any) error) error {
		if err := scan(&version, &e.Org, &e.Type, &e.Recorded, &e.Payload); err != nil {
			return err
		}
		e.place(version)
		return yield(&e)
	}, named("last", last))
}
