package warehouse

import (
	"context"
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// Overdue is a milestone that a chain has not reached in the normal time.
type Overdue struct {
	trade.Chain // its id, dates, journey, state and organisations
	Milestone   trade.Milestone
	DueAt       time.Time
}

// OverdueSeen is up to where what is overdue has been told: what was due by the time, of the rows of chains up to the version. The zero
// value is nothing.
type OverdueSeen struct {
	Due     time.Time
	Version uint64
}

// OverdueUntold lists the milestones that were due by the time and of which no notice was noted, of chains that one of the organisations
// reported of, or of all; those that were due first in front. What was seen is passed over, unless its chain was written since.
func (w *Warehouse) OverdueUntold(ctx context.Context, by time.Time, seen OverdueSeen, orgs []string, all bool, most int) (list []Overdue, err error) {
	var since int64
	if !seen.Due.IsZero() {
		since = seen.Due.UTC().UnixMilli()
	}
	err = w.rowsOf(ctx, "overdue_untold", func(scan func(...any) error) error {
		var o Overdue
		var name string
		err := scan(&o.ID, &o.FoundedOn, &o.Version, &o.Corridor, &o.Origin, &o.Destination, &o.ModePath, &o.Status, &o.Title, &o.Orgs, &name, &o.DueAt)
		if err != nil {
			return err
		}
		if m, ok := trade.MilestoneNamed(name); ok {
			o.Milestone, o.DueAt = m, o.DueAt.UTC()
			list = append(list, o)
		}
		return nil
	}, named("at", by.UTC().UnixMilli()), named("since", since), named("seen", seen.Version), named("orgs", orgs), named("all", all), named("most", most))
	return list, err
}

// OverdueNotices is a block of overdue_notices.
type OverdueNotices struct {
	rows
	id        fixed
	milestone codes
	due, told proto.ColInt64
	org       codes
	orgs      *list
}

// NewOverdueNotices makes an empty block of overdue_notices.
func NewOverdueNotices() *OverdueNotices {
	b := &OverdueNotices{rows: newRows("overdue_notices")}
	b.orgs = newList("Array(LowCardinality(String))", &b.org)
	b.column("chain_id", &b.id)
	b.column("milestone", &b.milestone)
	b.column("due_at", as{&b.due, typeTime})
	b.column("told_at", as{&b.told, typeTime})
	b.column("orgs", b.orgs)
	return b
}

// Append notes that those were told of it at a time.
func (b *OverdueNotices) Append(o *Overdue, told time.Time, whom []string) {
	b.chainID(&b.id, o.ID)
	b.milestone.append(o.Milestone.String())
	b.due = append(b.due, unixMilli(o.DueAt))
	b.told = append(b.told, unixMilli(told))
	appendCodes(b.orgs, &b.org, whom)
	b.n++
}
