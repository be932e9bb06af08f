package warehouse

import (
	"context"

	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// Payloads gives the events of a timeline in canonical JSON, by key, as they were up to a version: [Newest], or that of a chain as it was. One
// that archive has not stored yet is missing.
func (w *Warehouse) Payloads(ctx context.Context, timeline []TimelineRow, upto uint64) (map[trade.EventKey][]byte, error) {
	if len(timeline) == 0 {
		return nil, nil
	}
	types, times, keys := make([]string, len(timeline)), make([]int64, len(timeline)), make([]string, len(timeline))
	for i := range timeline {
		r := &timeline[i]
		types[i], times[i], keys[i] = string(r.Type), r.Time.UnixMilli(), r.Event.String()
	}
	payloads := make(map[trade.EventKey][]byte, len(timeline))
	err := w.rowsOf(ctx, "payloads", func(scan func(...any) error) error {
		var (
			key     uuid.UUID
			payload string
		)
		if err := scan(&key, &payload); err != nil {
			return err
		}
		payloads[trade.EventKey(key)] = []byte(payload)
		return nil
	}, named("types", types), named("times", times), named("keys", keys), named("upto", upto))
	return payloads, err
}
