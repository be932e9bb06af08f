package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// What is overdue depends on the clock, so it is no part of a record, which has the due times. Whoever holds the reader's lease looks for milestones that
// became due, tells those who asked, and notes in the warehouse that they were told: there the note outlives the process, its state and a
// rebuild. After a death between telling and noting it tells again; within the broker's window that is stored once.

// overdueEvery is how often it looks.
const overdueEvery = time.Minute

// wholeEvery is how often it looks at all chains, and not only at what was due, or was written, since the last look: so nothing is missed for long that
// somebody else wrote there.
const wholeEvery = time.Hour

// mostOverdue is how many milestones are told at a time.
const mostOverdue = 1000

// Awaited says which milestone a chain has not reached in time.
type Awaited struct {
	Milestone string    `json:"milestone"`
	DueAt     time.Time `json:"due_at"`
	Whom      string    `json:"waits_for_whom"` // in English
}

// overdue tells of milestones that are overdue.
type overdue struct {
	warehouse *warehouse.Warehouse
	publisher *stream.Publisher
	asked     func() map[string]bool
	leads     func() bool   // whether this process is the one that tells
	written   func() uint64 // version up to which chains are written, at least
	every     time.Duration
	now       func() time.Time
	metrics   *metrics
	logger    *slog.Logger

	seen   warehouse.OverdueSeen // by the last look that was whole or came to its end
	seenBy []string              // who asked then, sorted
	whole  time.Time             // when it looked at all chains last
}

// run looks until ctx ends. What fails is tried again at the next look.
func (o *overdue) run(ctx context.Context) {
	tick := time.NewTicker(o.every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := o.look(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			o.logger.Warn("cannot tell of what is overdue, trying again", "every", o.every, "error", err)
		}
		failing = err != nil
	}
}

// look tells all that is overdue and was not told.
func (o *overdue) look(ctx context.Context) error {
	asked := o.asked()
	if len(asked) == 0 || !o.leads() {
		return nil // nobody to tell; who asks later hears of what is overdue then
	}
	orgs, at := slices.Sorted(maps.Keys(asked)), o.now()
	if !slices.Equal(orgs, o.seenBy) || at.Sub(o.whole) >= wholeEvery {
		o.seen, o.seenBy, o.whole = warehouse.OverdueSeen{}, orgs, at
	}
	written := o.written()
	for o.leads() {
		list, err := o.warehouse.OverdueUntold(ctx, at, o.seen, orgs, asked[stream.AllOrgs], mostOverdue)
		if err != nil {
			return err
		}
		notices, told := o.notices(list, asked)
		if err := o.publisher.Notify(ctx, notices); err != nil {
			return err
		}
		o.metrics.notices.WithLabelValues(stream.NoticeOverdue).Add(float64(len(notices)))
		if err := o.note(ctx, told); err != nil {
			return err
		}
		if len(list) < mostOverdue {
			o.seen = warehouse.OverdueSeen{Due: at, Version: written}
			return nil
		}
	}
	return nil
}

// notices makes the notices, one for each milestone and organisation that asked, and what is to be noted.
func (o *overdue) notices(list []warehouse.Overdue, asked map[string]bool) ([]stream.Notice, *warehouse.OverdueNotices) {
	var notices []stream.Notice
	told := warehouse.NewOverdueNotices()
	at := o.now()
	for i := range list {
		c := &list[i]
		s := outline(&c.Chain)
		s.Overdue = &Awaited{Milestone: c.Milestone.String(), DueAt: c.DueAt, Whom: c.Milestone.Reporter()}
		body, _ := json.Marshal(s) // texts, times and a number always marshal
		var whom []string
		for _, org := range append(slices.Clone(c.Orgs), stream.AllOrgs) {
			if asked[org] {
				whom = append(whom, org)
				notices = append(notices, stream.Notice{
					Org: org, Tells: stream.NoticeOverdue, Chain: c.ID, Version: c.Version, Of: c.Milestone.String(), Body: body,
				})
			}
		}
		told.Append(c, at, whom)
	}
	return notices, told
}

func (o *overdue) note(ctx context.Context, told *warehouse.OverdueNotices) error {
	// One that is told again is noted at another time, so the token is of the time.
	return o.warehouse.Insert(ctx, fmt.Sprintf("overdue/%d/%d", o.now().UnixNano(), told.Len()), told)
}
