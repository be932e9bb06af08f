package warehouse

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// Payloads gives the events of a timeline in canonical JSON, by key, as they were up to a version: [Newest], or that of a chain as it was. One
// that archive has not stored yet is missing.
func (w *Warehouse) Payloads(ctx context.Context, timeline []TimelineRow, upto uint64) (map[trade.EventKey][]byte, error) {
	payloads := make(map[trade.EventKey][]byte, len(timeline))
	err := w.StoredPayloads(ctx, timeline, upto, func(key trade.EventKey, payload string, _ time.Time) { payloads[key] = []byte(payload) })
	return payloads, err
}

// StoredPayloads is Payloads with the time at which each event was recorded: the publisher's, else the broker's.
func (w *Warehouse) StoredPayloads(ctx context.Context, timeline []TimelineRow, upto uint64, each func(key trade.EventKey, payload string, recorded time.Time)) error {
	for some := range slices.Chunk(timeline, eventsAsked) {
		err := w.rowsOf(ctx, "payloads", func(scan func(...any) error) error {
			var (
				key      uuid.UUID
				payload  string
				recorded time.Time
			)
			if err := scan(&key, &payload, &recorded); err != nil {
				return err
			}
			each(trade.EventKey(key), payload, recorded.UTC())
			return nil
		}, rowsNamed(some), named("upto", upto))
		if err != nil {
			return err
		}
	}
	return nil
}
