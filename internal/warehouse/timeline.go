package warehouse

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/trade"
)

// eventsAsked bounds the events that one query names: its text stays far below ClickHouse's max_query_size of 256 KiB.
const eventsAsked = 1000

// timeline reads the events of the chains in order of time. Those that are in few chains are named in chain_events, a row for each; those of very
// many, and what happened to the conveyance while a chain was aboard, are stored apart. Each of these is asked for by itself: ClickHouse takes several
// times as long to plan one query of all. With their keys beside is called, if there is one, while the events are read.
func (w *Warehouse) timeline(ctx context.Context, chains []foundChain, beside func([]TimelineRow) error) ([]TimelineRow, error) {
	var (
		members, listed, aboard []TimelineRow
		asked                   errgroup.Group
	)
	g, both := errgroup.WithContext(ctx)
	g.Go(func() (err error) { members, err = w.members(both, chains); return err })
	g.Go(func() (err error) { listed, err = w.listed(both, chains); return err })
	g.Go(func() (err error) { aboard, err = w.aboard(both, chains); return err })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	all := inOrder(slices.Concat(members, listed, aboard))
	if beside != nil {
		keys := slices.Clone(all)
		asked.Go(func() error { return beside(keys) })
	}
	err := w.describe(ctx, all, Newest)
	return all, errors.Join(err, asked.Wait())
}

// inOrder puts the rows of each chain in order of time.
func inOrder(all []TimelineRow) []TimelineRow {
	slices.SortStableFunc(all, func(a, b TimelineRow) int {
		return cmp.Or(cmp.Compare(a.Chain, b.Chain), a.Time.Compare(b.Time), cmp.Compare(a.Type, b.Type), bytes.Compare(a.Event[:], b.Event[:]))
	})
	// One that has just been put apart, or is no longer, may have been met in both.
	return slices.CompactFunc(all, func(a, b TimelineRow) bool { return a.Chain == b.Chain && a.Event == b.Event })
}

// members reads the attributions of the chains that are stored with them.
func (w *Warehouse) members(ctx context.Context, chains []foundChain) ([]TimelineRow, error) {
	return w.attributed(ctx, "members", keysOf(chains))
}

// listed reads those of events that list their chains.
func (w *Warehouse) listed(ctx context.Context, chains []foundChain) ([]TimelineRow, error) {
	ids := make([]string, len(chains))
	for i, c := range chains {
		ids[i] = c.id
	}
	return w.attributed(ctx, "members_listed", named("ids", ids))
}

func (w *Warehouse) attributed(ctx context.Context, query string, args ...any) ([]TimelineRow, error) {
	var rows []TimelineRow
	err := w.rowsOf(ctx, query, func(scan func(...any) error) error {
		var chain string
		r, err := scanAttribution(scan, &chain)
		r.Chain = chain
		rows = append(rows, r)
		return err
	}, args...)
	return rows, err
}

// scanAttribution reads which event is in a chain, and why, and what the query tells after that.
func scanAttribution(scan func(...any) error, more ...any) (TimelineRow, error) {
	var (
		r         TimelineRow
		event, by uuid.UUID
		rule, typ string
	)
	err := scan(append([]any{&event, &typ, &r.Time, &rule, &r.Via, &r.Steps, &by}, more...)...)
	r.Event, r.By, r.Rule, r.Type, r.Time = trade.EventKey(event), trade.EventKey(by), trade.Rule(rule), trade.Type(typ), r.Time.UTC()
	return r, err
}

// stay says when a chain was aboard a conveyance, by which load.
type stay struct {
	chain, conveyance string
	from, until       time.Time
	steps             uint16
	by                trade.EventKey
}

// aboard reads what happened to conveyances while the chains were aboard (docs/joining.md, rule 6).
func (w *Warehouse) aboard(ctx context.Context, chains []foundChain) ([]TimelineRow, error) {
	stays := make(map[string][]stay) // by conveyance
	var (
		conveyances []string
		from, until time.Time
	)
	err := w.rowsOf(ctx, "stays", func(scan func(...any) error) error {
		var (
			s  stay
			by uuid.UUID
		)
		if err := scan(&s.chain, &s.conveyance, &s.from, &s.until, &s.steps, &by); err != nil {
			return err
		}
		if len(stays) == 0 || s.from.Before(from) {
			from = s.from
		}
		if s.until.After(until) {
			until = s.until
		}
		if len(stays[s.conveyance]) == 0 {
			conveyances = append(conveyances, s.conveyance)
		}
		s.by = trade.EventKey(by)
		stays[s.conveyance] = append(stays[s.conveyance], s)
		return nil
	}, keysOf(chains))
	if err != nil || len(stays) == 0 {
		return nil, err
	}
	var rows []TimelineRow
	err = w.rowsOf(ctx, "aboard", func(scan func(...any) error) error {
		var (
			conveyance, typ string
			event           uuid.UUID
			at              time.Time
		)
		if err := scan(&conveyance, &event, &typ, &at); err != nil {
			return err
		}
		for _, s := range stays[conveyance] {
			if at.Before(s.from) || at.After(s.until) {
				continue
			}
			rows = append(rows, TimelineRow{
				Attribution: trade.Attribution{
					Chain: s.chain, Event: trade.EventKey(event), Rule: trade.ByConveyance, Via: conveyance, Steps: s.steps, By: s.by,
				},
				Type: trade.Type(typ), Time: at,
			})
		}
		return nil
	}, named("conveyances", conveyances), named("from", from.UnixMilli()), named("until", until.UnixMilli()))
	return rows, err
}

// describe completes the rows of a timeline with what the events say, as they were up to a version. What archive has not stored, or
// had not by then, stays as it is.
func (w *Warehouse) describe(ctx context.Context, rows []TimelineRow, upto uint64) error {
	at := make(map[trade.EventKey][]int, len(rows)) // an event may be in several of the chains
	for i := range rows {
		at[rows[i].Event] = append(at[rows[i].Event], i)
	}
	var (
		mu    sync.Mutex
		flags = make(map[trade.EventKey]trade.Flags)
	)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for some := range slices.Chunk(rows, eventsAsked) {
		keys, events := make([]string, len(some)), rowsNamed(some)
		for i := range some {
			keys[i] = some[i].Event.String()
		}
		g.Go(func() error {
			return w.rowsOf(ctx, "joining_flags", func(scan func(...any) error) error {
				var (
					key   uuid.UUID
					names []string
				)
				err := scan(&key, &names)
				mu.Lock()
				defer mu.Unlock()
				flags[trade.EventKey(key)] = trade.FlagsNamed(names)
				return err
			}, named("keys", keys))
		})
		g.Go(func() error {
			return w.rowsOf(ctx, "events_at", func(scan func(...any) error) error {
				key, found, err := scanEvent(scan)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				for _, i := range at[key] {
					found.Attribution, found.Type, found.Time = rows[i].Attribution, rows[i].Type, rows[i].Time
					rows[i] = found
				}
				return nil
			}, events, named("upto", upto))
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Source != "" {
			rows[i].Flags |= flags[rows[i].Event]
		}
	}
	return nil
}

// rowsNamed gives the keys of events in the table events_all as queries name them: @rows.
func rowsNamed(rows []TimelineRow) any {
	keys := make([]clickhouse.GroupSet, len(rows))
	for i := range rows {
		r := &rows[i]
		keys[i].Value = []any{string(r.Type), r.Time.UTC().Format(momentForm), r.Event.String()}
	}
	return named("rows", keys)
}

// momentForm is the form of a time in the text of a query.
const momentForm = "2006-01-02 15:04:05.000"

// scanEvent reads what a timeline shows of an event beside its attribution.
func scanEvent(scan func(...any) error) (trade.EventKey, TimelineRow, error) {
	var (
		r                       TimelineRow
		key                     uuid.UUID
		classifier              string
		kinds, numbers, issuers []string
		flags                   []string
	)
	err := scan(&key, &r.Source, &r.ID, &r.Org, &r.Revision, &classifier, &r.UNLOCODE, &r.Country, &r.Mode, &r.Conveyance,
		&kinds, &numbers, &issuers, &flags)
	if err != nil {
		return trade.EventKey(key), r, err
	}
	r.Classifier, r.Flags = trade.Classifier(classifier), trade.FlagsNamed(flags)
	for i := range kinds {
		r.References = append(r.References, trade.Reference{Kind: trade.Kind(kinds[i]), Value: numbers[i], Issuer: issuers[i]})
	}
	return trade.EventKey(key), r, nil
}
