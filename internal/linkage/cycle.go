package linkage

import (
	"math"

	"oneorder/internal/trade"
)

const (
	dayMillis = int64(24 * 3600 * 1000)
	// silence is how long a box may be unseen before its next sight begins another cycle.
	silence = 45 * dayMillis
	// takeOver is how long a bill or booking must be unseen before another may take over from it.
	takeOver = 7 * dayMillis
)

// cycle is one use of a container, from the empty pick-up to the empty return, or what we saw of it.
type cycle struct {
	begin, end  int64    // times of its first and last observation, milliseconds since 1970
	first, last int16    // types of these
	count       int      // of observations
	seen        []Member // consignments that its observations name
	early       []Member // these, and what transfers brought of such
	papers      []Member // consignments that name the container on paper only
	own         []Member // all these, and what transfers brought of all
	members     []Member // own, or failing that from its bundle or the cycle before; notes given to their bills
}

// picked says whether an empty pick-up opened the cycle.
func (y *cycle) picked() bool { return y.first == pickedUp }

var (
	pickedUp    = int16(trade.EmptyPickedUp.Order())
	returned    = int16(trade.EmptyReturned.Order())
	stripped    = int16(trade.EquipmentStripped.Order())
	discharged  = int16(trade.EquipmentDischarged.Order())
	gatedOut    = int16(trade.EquipmentGatedOut.Order())
	transferred = int16(trade.CargoTransferred.Order())
)

// span is a cycle's observations as places in the list of a container's mentions; between them stand others.
type span struct{ from, to int }

// cut divides a container's observations into cycles (rule 3). A box is used again and again: without
// cuts, all its shippers would become one consignment.
func (l *Linker) cut(c *container) []span {
	var spans []span
	start, last, names := -1, -1, 0
	for i := range c.mentions {
		m := &c.mentions[i]
		if m.bits&boxSees == 0 {
			continue
		}
		if last >= 0 && cutsBetween(c.mentions[last].kind, m.kind, m.time-c.mentions[last].time) {
			spans = l.cutSilent(c, spans, span{start, last + 1}, names)
			start, names = i, 0
		}
		if start < 0 {
			start = i
		}
		last = i
		names += len(m.names)
	}
	if last >= 0 {
		spans = l.cutSilent(c, spans, span{start, last + 1}, names)
	}
	return spans
}

// cutsBetween says whether a cut falls between two observations, the one after the other by gap
// milliseconds.
func cutsBetween(before, after int16, gap int64) bool {
	return after == pickedUp && before != pickedUp ||
		before == returned && after != returned ||
		before == stripped && after != stripped && after != returned ||
		gap >= silence
}

// interval is a stretch of time, both ends included; it is empty when it ends before it begins.
type interval struct{ from, to int64 }

var (
	never  = interval{math.MaxInt64, math.MinInt64}
	always = interval{math.MinInt64, math.MaxInt64}
)

func (s *interval) empty() bool { return s.from > s.to }

func (s *interval) add(other interval) {
	s.from, s.to = min(s.from, other.from), max(s.to, other.to)
}

// at gives the place of the cycle that a moment falls in: the last that began by then, else the first; -1: there
// is none.
func (c *container) at(time int64) int {
	i := len(c.cycles) - 1
	for i > 0 && c.cycles[i].begin > time {
		i--
	}
	return i
}

// holding gives the cycle that an event naming the container falls in: the one it was seen in, else the last
// that had begun by its time, else the first.
func (c *container) holding(f *fact) *cycle {
	i := c.at(f.time)
	if i < 0 {
		return nil
	}
	if i > 0 && c.cycles[i-1].end == f.time && f.observes() {
		// Cycles meet in this instant: its place among the observations tells.
		i = c.counted(f)
	}
	return &c.cycles[i]
}

// counted gives the place of the cycle that an observation is in.
func (c *container) counted(f *fact) int {
	before := 0
	for i := range c.mentions {
		m := &c.mentions[i]
		if m.event == f.key {
			break
		}
		if m.bits&boxSees != 0 {
			before++
		}
	}
	for i := range c.cycles {
		if before -= c.cycles[i].count; before < 0 {
			return i
		}
	}
	return len(c.cycles) - 1
}
