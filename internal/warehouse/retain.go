package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Retention says how many days what is stored is kept.
type Retention struct {
	Default   int            `yaml:"default"`   // a chain after its latest actual event
	Corridors map[string]int `yaml:"corridors"` // the same on a corridor
	History   int            `yaml:"history"`   // versions of chains that no longer stand
	Rejected  int            `yaml:"rejected"`  // messages that were refused
}

// A chain goes on after it was founded: what hangs on its founding is kept this much longer.
const afterFounding = 730

// Bounds of a retention, in days.
const (
	leastDays = 30
	mostDays  = 36_500
)

// Validate joins everything that is wrong with the retention; corridor says which ids there are.
func (r Retention) Validate(corridor func(id string) bool) error {
	var faults []error
	check := func(name string, days int) {
		if days < leastDays || days > mostDays {
			faults = append(faults, fmt.Errorf("retention: %s: %d days: want %d to %d", name, days, leastDays, mostDays))
		}
	}
	check("default", r.Default)
	check("history", r.History)
	check("rejected", r.Rejected)
	for _, id := range slices.Sorted(maps.Keys(r.Corridors)) {
		check("corridors: "+id, r.Corridors[id])
		if !corridor(id) {
			faults = append(faults, fmt.Errorf("retention: corridors: there is no corridor %q", id))
		}
	}
	return errors.Join(faults...)
}

// writtenAt is the column written_at where it is an alias, which a TTL can't name.
const writtenAt = "fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC')"

// longest is how long any chain is kept.
func (r Retention) longest() int {
	days := r.Default
	for _, of := range r.Corridors {
		days = max(days, of)
	}
	return days
}

// Retain puts a retention in force: as the TTL of each table, which merges apply, and nothing that is there is rewritten for it. A row that
// says that something is no more never goes by itself: what it ends might come back.
func (w *Warehouse) Retain(ctx context.Context, r Retention) error {
	chain := fmt.Sprint(r.Default)
	if len(r.Corridors) > 0 {
		var ids, days []string
		for _, id := range slices.Sorted(maps.Keys(r.Corridors)) {
			ids, days = append(ids, "'"+id+"'"), append(days, fmt.Sprint(r.Corridors[id]))
		}
		chain = fmt.Sprintf("transform(corridor, [%s], [%s], %d)", strings.Join(ids, ", "), strings.Join(days, ", "), r.Default)
	}
	const stands = " DELETE WHERE is_deleted = 0"
	written := func(at string) string { return fmt.Sprintf("toDateTime(%s, 'UTC') + toIntervalDay(%d)", at, r.History) }
	founded := fmt.Sprintf("founded_on + toIntervalDay(%d)", r.longest()+afterFounding) + stands
	happened := fmt.Sprintf("toDate(occurred_at) + toIntervalDay(%d)", r.longest())
	for _, of := range []struct{ table, ttl string }{
		{"chains", "ifNull(toDate(last_event_at), founded_on) + toIntervalDay(" + chain + ")" + stands},
		{"chain_changes", written("written_at")},
		{"chain_event_changes", written(writtenAt)},
		{"apart_event_changes", written(writtenAt)},
		{"chain_stay_changes", written(writtenAt)},
		{"chain_events", founded},
		{"chain_references", founded},
		{"chain_aliases", founded},
		{"chain_stays", founded},
		{"findings", founded},
		{"apart_events", happened + stands},
		{"unattributed_events", happened + stands},
		{"events_all", happened},
		{"rejected_events", fmt.Sprintf("toDate(received_at) + toIntervalDay(%d)", r.Rejected)},
	} {
		if err := w.Exec(ctx, "ALTER TABLE "+of.table+" MODIFY TTL "+of.ttl+" SETTINGS materialize_ttl_after_modify = 0"); err != nil {
			return fmt.Errorf("retention of %s: %w", of.table, err)
		}
	}
	return nil
}
