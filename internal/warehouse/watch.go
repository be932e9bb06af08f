package warehouse

import (
	"context"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/trade"
)

// Overview is a corridor at a glance. A duration is zero when no chain has both of its ends.
type Overview struct {
	ID                        string // in deploy/corridors.yaml, or "other"
	Chains, Moving, Delivered uint64
	Containers                uint64 // different ones
	GrossKG, ValueUSD         trade.Decimal
	TransitP50, TransitP90    time.Duration // departed to arrived
	ClearP50, ClearP90        time.Duration // import lodged to import cleared
	Planned, OnTime           uint64        // arrived with a plan; of these no later than 24 hours after it
	FirstPlanned, FirstOnTime uint64        // likewise by the first plan
	Contradicted              uint64        // chains with a finding
	Complete                  float64       // mean of the four legs, 0 to 1
	Events                    uint64        // attributed to its chains
	AsOf                      time.Time     // up to when chains are counted; zero: now
	Weeks                     []Week        // oldest first
	Findings                  []FindingCount
}

// Week is what departed and was delivered in the seven days from a Monday.
type Week struct {
	Monday              time.Time
	Departed, Delivered uint64
}

// FindingCount is how many chains have a finding.
type FindingCount struct {
	Code   trade.FindingCode
	Chains uint64
}

// Up to so many chains and events a page counts them itself: a tenth of a second of processor time. What is more comes from the rollups, for
// pages earlier than for the views of the analysts, who have the time.
const (
	fewChains = 100_000
	fewEvents = 500_000
)

// rollups are how much the last countings found, and when they were; zero: what is asked for is few enough to be counted now.
type rollups struct {
	chains, events         uint64
	chainsAsOf, eventsAsOf time.Time
}

// oldest is when the older of the two was counted, of those that are shown.
func (r rollups) oldest() time.Time {
	if r.chainsAsOf.IsZero() || !r.eventsAsOf.IsZero() && r.eventsAsOf.Before(r.chainsAsOf) {
		return r.eventsAsOf
	}
	return r.chainsAsOf
}

// rolledUp says whether there are so many chains, and events, that the rollups are shown.
func (w *Warehouse) rolledUp(ctx context.Context) (rollups, error) {
	var r rollups
	err := w.rowsOf(ctx, "rolled_up", func(scan func(...any) error) error {
		var (
			chains, events *time.Time
			from           uint64
		)
		err := scan(&r.chains, &chains, &r.events, &events, &from)
		if r.chains >= min(fewChains, from) {
			r.chainsAsOf = timeOr(chains)
		}
		if r.events >= min(fewEvents, from) {
			r.eventsAsOf = timeOr(events)
		}
		return err
	})
	return r, err
}

// Totals says how much stands, for who looks at a page.
type Totals struct {
	Chains       uint64
	Events       uint64 // that stand
	Unattributed uint64 // events that wait for something that leads them to a chain
	Rejected     uint64 // messages refused
	AsOf         time.Time
}

// Totals counts what stands, and takes chains and events where they are many from the last counting: AsOf says up to when; zero: now.
func (w *Warehouse) Totals(ctx context.Context) (Totals, error) {
	r, err := w.rolledUp(ctx)
	if err != nil {
		return Totals{}, err
	}
	t := Totals{Chains: r.chains, Events: r.events, AsOf: r.oldest()}
	g, ctx := errgroup.WithContext(ctx)
	count := func(query string, into ...any) {
		g.Go(func() error {
			return w.rowsOf(ctx, query, func(scan func(...any) error) error { return scan(into...) })
		})
	}
	count("count_waiting", &t.Unattributed, &t.Rejected)
	if r.chainsAsOf.IsZero() {
		count("count_chains", &t.Chains)
	}
	if r.eventsAsOf.IsZero() {
		count("count_events", &t.Events)
	}
	return t, g.Wait()
}

// Corridors lists the corridors that have chains, by value, without their weeks and findings. Many chains are shown as they
// were counted last, see [Overview].AsOf.
func (w *Warehouse) Corridors(ctx context.Context) ([]Overview, error) {
	r, err := w.rolledUp(ctx)
	if err != nil {
		return nil, err
	}
	return w.corridors(ctx, r)
}

// of names the query that counts, or the one that shows the rollup in its place.
func (r rollups) of(query string) string {
	if r.chainsAsOf.IsZero() {
		return query
	}
	return query + "_rolled_up"
}

func (w *Warehouse) corridors(ctx context.Context, r rollups) ([]Overview, error) {
	var all []Overview
	err := w.rowsOf(ctx, r.of("overview"), func(scan func(...any) error) error {
		var (
			kg, usd                                string
			transit50, transit90, clear50, clear90 *float64
		)
		o := Overview{AsOf: r.chainsAsOf}
		if err := scan(&o.ID, &o.Chains, &o.Moving, &o.Delivered, &o.Containers, &kg, &usd, &transit50, &transit90, &clear50, &clear90,
			&o.Planned, &o.OnTime, &o.FirstPlanned, &o.FirstOnTime, &o.Contradicted, &o.Complete, &o.Events); err != nil {
			return err
		}
		o.GrossKG, o.ValueUSD = trade.Decimal(kg), trade.Decimal(usd)
		o.TransitP50, o.TransitP90, o.ClearP50, o.ClearP90 = hours(transit50), hours(transit90), hours(clear50), hours(clear90)
		all = append(all, o)
		return nil
	})
	return all, err
}

// Overviews lists the corridors that have chains, by value, with their last weeks up to the latest one of any, and with their findings.
func (w *Warehouse) Overviews(ctx context.Context, weeks int) ([]Overview, error) {
	r, err := w.rolledUp(ctx)
	if err != nil {
		return nil, err
	}
	var (
		all   []Overview
		of    = map[string][]Week{}
		found = map[string][]FindingCount{}
	)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { all, err = w.corridors(ctx, r); return err })
	g.Go(func() error {
		return w.rowsOf(ctx, "weeks", func(scan func(...any) error) error {
			var (
				corridor string
				week     Week
			)
			err := scan(&corridor, &week.Monday, &week.Departed, &week.Delivered)
			of[corridor] = append(of[corridor], week)
			return err
		}, named("weeks", weeks))
	})
	g.Go(func() error {
		return w.rowsOf(ctx, r.of("corridor_findings"), func(scan func(...any) error) error {
			var (
				corridor, code string
				chains         uint64
			)
			err := scan(&corridor, &code, &chains)
			found[corridor] = append(found[corridor], FindingCount{trade.FindingCode(code), chains})
			return err
		})
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Weeks, all[i].Findings = of[all[i].ID], found[all[i].ID]
	}
	return all, nil
}

// StuckChain is a chain that is not closed and of which nothing was heard for two weeks.
type StuckChain struct {
	ID, Corridor, Status, Reached, WaitsFor string
	Idle                                    time.Duration
	LastEvent                               time.Time
	Origin, Destination                     string
	ValueUSD                                trade.Decimal
	Orgs                                    []string
}

// Stuck lists the chains that wait longest, of those that org reported of or of all if it is "", and how many there are.
func (w *Warehouse) Stuck(ctx context.Context, org string, most int) (all []StuckChain, total uint64, err error) {
	err = w.rowsOf(ctx, "stuck", func(scan func(...any) error) error {
		var (
			c    StuckChain
			idle float64
			last *time.Time
			usd  *string
		)
		if err := scan(&c.ID, &c.Corridor, &c.Status, &c.Reached, &c.WaitsFor, &idle, &last, &c.Origin, &c.Destination, &usd, &c.Orgs, &total); err != nil {
			return err
		}
		c.Idle, c.LastEvent, c.ValueUSD = hours(&idle), timeOr(last), decimalOr(usd)
		all = append(all, c)
		return nil
	}, named("org", org), named("most", most))
	return all, total, err
}

// WaitingEvent is an event that belongs to no chain yet.
type WaitingEvent struct {
	Event trade.EventKey
	Type  trade.Type
	Time  time.Time
	Org   string
	Since time.Time
}

// Unattributed lists the events of org, or of all if it is "", that belong to no chain, the latest first, and how many there are.
func (w *Warehouse) Unattributed(ctx context.Context, org string, most int) (all []WaitingEvent, total uint64, err error) {
	err = w.rowsOf(ctx, "unattributed", func(scan func(...any) error) error {
		var (
			e   WaitingEvent
			key uuid.UUID
			typ string
		)
		if err := scan(&key, &typ, &e.Time, &e.Org, &e.Since, &total); err != nil {
			return err
		}
		e.Event, e.Type = trade.EventKey(key), trade.Type(typ)
		all = append(all, e)
		return nil
	}, named("org", org), named("most", most))
	return all, total, err
}
