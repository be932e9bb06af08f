package warehouse

import (
	"context"
	"time"

	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// Overview is a corridor at a glance. A duration is zero when no chain has both of its ends.
type Overview struct {
	ID                        string
	Chains, Moving, Delivered uint64
	Containers                uint64 // different ones
	GrossKG, ValueUSD         trade.Decimal
	TransitP50, TransitP90    time.Duration // departed to arrived
	ClearP50, ClearP90        time.Duration // import lodged to import cleared
	Planned, OnTime           uint64        // arrived with a plan; of these no later than 24 hours after it
	Contradicted              uint64        // chains with a finding
	Complete                  float64       // mean of the four legs, 0 to 1
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

// Overviews lists the corridors that have chains, by value, with their last weeks up to the latest one of any.
func (w *Warehouse) Overviews(ctx context.Context, weeks int) ([]Overview, error) {
	var all []Overview
	at := map[string]int{}
	err := w.rowsOf(ctx, "overview", func(scan func(...any) error) error {
		var (
			o                                      Overview
			kg, usd                                string
			transit50, transit90, clear50, clear90 *float64
		)
		if err := scan(&o.ID, &o.Chains, &o.Moving, &o.Delivered, &o.Containers, &kg, &usd, &transit50, &transit90, &clear50, &clear90,
			&o.Planned, &o.OnTime, &o.Contradicted, &o.Complete); err != nil {
			return err
		}
		o.GrossKG, o.ValueUSD = trade.Decimal(kg), trade.Decimal(usd)
		o.TransitP50, o.TransitP90, o.ClearP50, o.ClearP90 = hours(transit50), hours(transit90), hours(clear50), hours(clear90)
		at[o.ID] = len(all)
		all = append(all, o)
		return nil
	})
	if err != nil || len(all) == 0 {
		return all, err
	}
	err = w.rowsOf(ctx, "weeks", func(scan func(...any) error) error {
		var (
			corridor string
			week     Week
		)
		if err := scan(&corridor, &week.Monday, &week.Departed, &week.Delivered); err != nil {
			return err
		}
		if i, ok := at[corridor]; ok {
			all[i].Weeks = append(all[i].Weeks, week)
		}
		return nil
	}, named("weeks", weeks))
	if err != nil {
		return all, err
	}
	err = w.rowsOf(ctx, "corridor_findings", func(scan func(...any) error) error {
		var (
			corridor, code string
			found          FindingCount
		)
		if err := scan(&corridor, &code, &found.Chains); err != nil {
			return err
		}
		found.Code = trade.FindingCode(code)
		if i, ok := at[corridor]; ok {
			all[i].Findings = append(all[i].Findings, found)
		}
		return nil
	})
	return all, err
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
