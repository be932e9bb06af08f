package warehouse

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// What is late is derived when it is read; what a leg emits stands beside it.
func TestOverdueAndEmissions(t *testing.T) {
	w := migrated(t)
	c := whole(chainA)
	c.Due = []trade.Due{
		{Milestone: trade.Arrived, At: at("2020-09-11T10:00:00Z")},
		{Milestone: trade.Paid, At: time.Now().UTC().Truncate(time.Millisecond).AddDate(1, 0, 0)},
	}
	closed := whole(chainB)
	closed.Status, closed.Due = "closed", c.Due
	b := NewChains()
	b.Append(c)
	b.Append(closed)
	insert(t, w, "due", b)
	late := all[string](t, w, "SELECT concat(toString(chain_id), ' ', milestone, ' ', toString(due_at), if(late_hours > 24, ' late', ' in time')) FROM overdue")
	if diff := cmp.Diff([]string{chainA + " arrived 2020-09-11 10:00:00.000 late"}, late); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
	if got := one[string](t, w, "SELECT concat(waits_for, ' by ', toString(due_at), ': ', waits_for_whom, ' ', toString(overdue), if(late_hours > 24, ' late', '')) FROM stuck_chains"); got != "arrived by 2020-09-11 10:00:00.000: the carrier ['arrived'] late" {
		t.Errorf("stuck: %s", got)
	}
	legs := all[string](t, w, "SELECT concat(toString(leg), ' ', mode, ' ', toString(tonnes), ' t ', ifNull(toString(km), '?'), ' km ', ifNull(toString(wtw_kg), '?'), ' ', factors) FROM emissions WHERE chain_id = '"+chainA+"' ORDER BY leg")
	if diff := cmp.Diff([]string{"1 rail 21.50025 t ? km ? ", "2 sea 21.50025 t 2683.2 km 524.9 2026-1"}, legs); diff != "" {
		t.Errorf("emissions (-want +got):\n%s", diff)
	}
}

// The views name the same reporter of a milestone as the programs do; a chain waits for what was due first.
func TestWhoIsWaitedFor(t *testing.T) {
	w := migrated(t)
	c := whole(chainA)
	c.Due = nil
	for m := range trade.MilestoneCount {
		c.Due = append(c.Due, trade.Due{Milestone: m, At: at("2020-09-11T10:00:00Z").Add(-time.Duration(m) * time.Hour)})
	}
	ahead := whole(chainB) // it waits for nothing that is due, however long nothing was heard of it
	ahead.Due = []trade.Due{{Milestone: trade.Paid, At: time.Now().UTC().AddDate(1, 0, 0)}}
	b := NewChains()
	b.Append(c)
	b.Append(ahead)
	insert(t, w, "waiting", b)
	var want []string
	for m := range trade.MilestoneCount {
		if m.Reporter() == "" {
			t.Errorf("nobody reports %s", m)
		}
		want = append(want, m.String()+": "+m.Reporter())
	}
	if diff := cmp.Diff(want, all[string](t, w, "SELECT concat(milestone, ': ', waits_for_whom) FROM overdue ORDER BY due_at DESC")); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
	last := trade.MilestoneCount - 1
	if diff := cmp.Diff([]string{chainA + " " + last.String() + ": " + last.Reporter()}, all[string](t, w, "SELECT concat(toString(chain_id), ' ', waits_for, ': ', waits_for_whom) FROM stuck_chains")); diff != "" {
		t.Errorf("stuck (-want +got):\n%s", diff)
	}
}
