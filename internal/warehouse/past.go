package warehouse

import (
	"context"
	"slices"
	"time"
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
// there by then, in the revisions of then. False: there was no record of it, or none is kept.
func (w *Warehouse) AsOf(ctx context.Context, today *ChainView, at time.Time) (ChainView, bool, error) {
	past, known := ChainView{}, false
	err := w.rowsOf(ctx, "chain_as_of", func(scan func(...any) error) error {
		var r chainRecord
		if err := scan(r.into()...); err != nil {
			return err
		}
		past, known = ChainView{Chain: r.chain()}, true
		return nil
	}, named("chain", today.ID), named("at", at.UTC().Format("2006-01-02 15:04:05.000")))
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
		if err := w.describe(ctx, rows, past.Upto); err != nil {
			return past, false, err
		}
	}
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
