package warehouse

import (
	"context"
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

// AsOf gives the chain that had an id at a time, as it could be seen then: its record, and its events in the revisions of then, with the
// evidence of then, whatever became of it and of them since. Of the findings it has those that the chain has, or had, today which were there by
// then. False: there was no such chain, or none is kept.
func (w *Warehouse) AsOf(ctx context.Context, id string, at time.Time) (ChainView, bool, error) {
	past, known := ChainView{}, false
	which := []any{named("chain", id), named("at", at.UTC().Format(momentForm))}
	err := w.rowsOf(ctx, "chain_as_of", func(scan func(...any) error) error {
		var r chainRecord
		if err := scan(r.into()...); err != nil {
			return err
		}
		past, known = ChainView{Chain: r.chain()}, true
		return nil
	}, which...)
	if err != nil || !known {
		return past, false, err
	}
	if err := w.membersAt(ctx, &past, which); err != nil {
		return past, false, err
	}
	for i := range past.Timeline {
		past.References = append(past.References, past.Timeline[i].References...)
	}
	past.References = sortReferences(past.References)
	found, err := w.found(ctx, []foundChain{{past.FoundedOn.Format(time.DateOnly), id}})
	for i := range found {
		f := &found[i]
		if f.Opened.After(at) {
			continue
		}
		if f.Closed.After(at) {
			f.Closed = time.Time{}
		}
		past.Found = append(past.Found, *f)
	}
	return past, err == nil, err
}

// membersAt gives the view of a chain at a time the events that were in it, in order of time, and the last message that is known of then.
func (w *Warehouse) membersAt(ctx context.Context, past *ChainView, which []any) error {
	var (
		rebuild uint32
		newest  bool
		next    uint64
	)
	past.Upto = past.Version
	if err := w.rowsOf(ctx, "history_at", func(scan func(...any) error) error { return scan(&rebuild, &newest, &next) }, which...); err != nil {
		return err
	}
	if next == 0 {
		next = Newest
	}
	var rows []TimelineRow
	today := make(map[trade.EventKey]bool) // those of which no history is kept
	which = append(which, named("founded", past.FoundedOn.Format(time.DateOnly)), named("rebuild", rebuild), named("newest", newest), named("next", next))
	for _, query := range [...]string{"members_at", "apart_at"} {
		err := w.rowsOf(ctx, query, func(scan func(...any) error) error {
			var version uint64
			r, err := scanAttribution(scan, &version)
			if err != nil {
				return err
			}
			r.Chain = past.ID
			past.Upto = max(past.Upto, version)
			today[r.Event] = version == 0
			rows = append(rows, r)
			return nil
		}, which...)
		if err != nil {
			return err
		}
	}
	rows = inOrder(rows)
	if err := w.describe(ctx, rows, past.Upto); err != nil {
		return err
	}
	past.Timeline = slices.DeleteFunc(rows, func(r TimelineRow) bool { return today[r.Event] && r.Source == "" })
	return nil
}
