package warehouse

import (
	"context"
	"errors"
	"slices"
	"time"

	"oneorder/internal/trade"
)

// MostChanges bounds the changes that Changes returns of one chain.
const MostChanges = 400

// Changes gives the times at which a chain could be seen as another, oldest first, by the clock of the warehouse: the newest
// MostChanges of those that are kept. Of those only at which org had reported of it, if it is not "".
func (w *Warehouse) Changes(ctx context.Context, chain, org string) ([]time.Time, error) {
	var all []time.Time
	err := w.rowsOf(ctx, "changes", func(scan func(...any) error) error {
		var at time.Time
		if err := scan(&at); err != nil {
			return err
		}
		all = append(all, at.UTC())
		return nil
	}, named("chain", chain), named("org", org), named("most", MostChanges))
	slices.Reverse(all)
	return all, err
}

// AsOf gives a chain as it could be seen at a time: its record then, and of the events and findings that it has today those that were
// there by then, in the revisions of then, at their times of then. False: there was no record of it, or none is kept.
func (w *Warehouse) AsOf(ctx context.Context, today *ChainView, at time.Time) (ChainView, bool, error) {
	past, known := ChainView{}, false
	err := w.rowsOf(ctx, "chain_as_of", func(scan func(...any) error) error {
		var r chainRecord
		if err := scan(r.into()...); err != nil {
			return err
		}
		past, known = ChainView{Chain: r.chain()}, true
		return nil
	}, named("chain", today.ID), named("at", at.UTC().Format(momentForm)))
	if err != nil || !known {
		return past, false, err
	}
	past.Upto = past.Version
	rows := make([]TimelineRow, len(today.Timeline))
	for i := range rows {
		t := &today.Timeline[i]
		rows[i] = TimelineRow{Attribution: t.Attribution, Type: t.Type, Time: t.Time}
	}
	if len(rows) > 0 {
		if err := errors.Join(w.describe(ctx, rows, past.Upto), w.revise(ctx, rows, today.Timeline, past.Upto)); err != nil {
			return past, false, err
		}
	}
	slices.SortStableFunc(rows, func(a, b TimelineRow) int { return a.Time.Compare(b.Time) })
	for i := range rows {
		if rows[i].Source != "" {
			past.Timeline = append(past.Timeline, rows[i])
			past.References = append(past.References, rows[i].References...)
		}
	}
	past.References = sortReferences(past.References)
	for _, f := range today.Found {
		if f.Opened.After(at) {
			continue
		}
		if f.Closed.After(at) {
			f.Closed = time.Time{}
		}
		past.Found = append(past.Found, f)
	}
	return past, true, nil
}

// revise puts those rows that have been revised since to what they were up to a version, which may have been of another time. Source is "" of
// what was not there, or was taken back then.
func (w *Warehouse) revise(ctx context.Context, rows, today []TimelineRow, upto uint64) error {
	at := make(map[trade.EventKey]int)
	var types, keys []string
	for i := range today {
		if today[i].Revision > 0 {
			at[rows[i].Event] = i
			types, keys = append(types, string(rows[i].Type)), append(keys, rows[i].Event.String())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(types)
	return w.rowsOf(ctx, "revisions_at", func(scan func(...any) error) error {
		var (
			time      time.Time
			retracted bool
		)
		key, found, err := scanEvent(func(into ...any) error { return scan(append(into, &time, &retracted)...) })
		if err != nil {
			return err
		}
		i := at[key]
		found.Attribution, found.Type, found.Time = rows[i].Attribution, rows[i].Type, time.UTC()
		if retracted {
			found.Source = ""
		}
		rows[i] = found
		return nil
	}, named("types", slices.Compact(types)), named("keys", keys), named("upto", upto))
}
