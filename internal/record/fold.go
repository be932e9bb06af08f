package record

import "oneorder/internal/trade"

// Fold folds a consignment's events into its record. Of each event the highest revision counts, and nothing of it
// when that is a retraction; at most one content may be given per revision. Any order and any repeats give the same
// record.
func Fold(events []*trade.Event, tables Tables) trade.Chain {
	type identity struct{ source, id string }
	current := make(map[identity]*trade.Event, len(events))
	for _, e := range events {
		k := identity{e.Source, e.ID}
		if held := current[k]; held == nil || e.Revision > held.Revision {
			current[k] = e
		}
	}
	b := NewBuilder(tables)
	for _, e := range events {
		if current[identity{e.Source, e.ID}] == e {
			b.Add(e)
		}
	}
	return b.Chain()
}
