package refdata

import (
	"time"

	"oneorder/internal/trade"
)

// dueYAML says how long after a milestone the next one is normally reached. Without hours it is the corridor's normal time of
// the way between the journey's ends.
type dueYAML struct {
	Milestone string `yaml:"milestone"`
	After     string `yaml:"after"`
	Hours     int    `yaml:"hours"`
}

// mostDue bounds a normal time: five years.
const mostDue = 5 * 365 * 24

func (l *corridorLoader) normal(list []dueYAML) {
	for _, y := range list {
		m, ok := trade.MilestoneNamed(y.Milestone)
		after, known := trade.MilestoneNamed(y.After)
		switch {
		case !ok || !known:
			l.fault("normal: %q after %q: one of them is not a milestone", y.Milestone, y.After)
		case y.Hours < 0 || y.Hours > mostDue:
			l.fault("normal: %s: hours is %d, want up to %d", y.Milestone, y.Hours, mostDue)
		case y.Hours == 0 && (m != trade.Arrived || after != trade.Departed):
			l.fault("normal: %s: only arrived after departed is without hours: the way has its own", y.Milestone)
		case l.dues[m].after != 0 || m == after:
			l.fault("normal: %s is there twice, or after itself", y.Milestone)
		default:
			l.dues[m] = due{after: after + 1, in: time.Duration(y.Hours) * time.Hour}
			l.dueOrder = append(l.dueOrder, m)
		}
	}
	for _, m := range l.dueOrder {
		at := m
		for range trade.MilestoneCount {
			if l.dues[at].after == 0 {
				break
			}
			at = l.dues[at].after - 1
			l.dues[at].followers |= 1 << m
		}
		if l.dues[at].after != 0 {
			l.fault("normal: %s comes after itself by way of others", m)
			return
		}
	}
}

// due is when a milestone is normally reached.
type due struct {
	after     trade.Milestone // + 1; 0: nothing is said of it
	in        time.Duration   // 0: the way's
	followers MilestoneSet    // those that come after it
}

// Due adds the next milestones of the chain to the list: those that are expected on its corridor and not reached, though that before
// them is, and nothing after them, with the times at which they normally are.
func (t *Tables) Due(c *trade.Chain, list []trade.Due) []trade.Due {
	var reached MilestoneSet
	for m := range c.Milestones {
		if !c.Milestones[m].IsZero() {
			reached |= 1 << m
		}
	}
	expected := t.Expected(c.Corridor)
	for _, m := range t.dueOrder {
		d := &t.dues[m]
		before := d.after - 1
		if expected&(1<<m) == 0 || reached&(1<<m|d.followers) != 0 || reached&(1<<before) == 0 {
			continue
		}
		in := d.in
		if in == 0 {
			way, ok := t.Normal(c.Corridor, c.Origin, c.Destination)
			if !ok {
				continue
			}
			in = way
		}
		list = append(list, trade.Due{Milestone: m, At: c.Milestones[before].Add(in)})
	}
	return list
}
