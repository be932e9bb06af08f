package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

const (
	dayMillis = int64(24 * 3600 * 1000)
	// silence is how long a box may be unseen before its next sight begins another cycle.
	silence = 45 * dayMillis
)

// cycle is one use of a container, from the empty pick-up to the empty return, or what we saw of it.
type cycle struct {
	begin, end int64    // times of its first and last observation, milliseconds since 1970
	picked     bool     // an empty pick-up opened it
	last       int16    // type of its last observation
	own        []Member // consignments observed in it, or naming the container on paper
	members    []Member // own, or failing that from its bundle or the cycle before; notes given to their bills
}

var (
	pickedUp    = int16(trade.EmptyPickedUp.Order())
	returned    = int16(trade.EmptyReturned.Order())
	stripped    = int16(trade.EquipmentStripped.Order())
	transferred = int16(trade.CargoTransferred.Order())
)

// observations gives the events that saw the container, in order, and those that only speak of it.
func (l *Linker) observations(c *container) (seen, spoken []*fact) {
	for i := range c.mentions {
		f := l.of(&c.mentions[i])
		switch {
		case f == nil:
		case f.observes():
			seen = append(seen, f)
		default:
			spoken = append(spoken, f)
		}
	}
	slices.SortFunc(seen, func(a, b *fact) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return seen, spoken
}

// cut divides a container's observations into cycles (rule 3). A box is used again and again: without
// cuts, all its shippers would become one consignment.
func cut(seen []*fact) [][]*fact {
	var cycles [][]*fact
	start := 0
	for i := 1; i < len(seen); i++ {
		if cutsBetween(seen[i-1].kind, seen[i].kind, seen[i].time-seen[i-1].time) {
			cycles = append(cycles, seen[start:i])
			start = i
		}
	}
	if len(seen) > 0 {
		cycles = append(cycles, seen[start:])
	}
	return cycles
}

// cutsBetween says whether a cut falls between two observations, the one after the other by gap
// milliseconds.
func cutsBetween(before, after int16, gap int64) bool {
	return after == pickedUp && before != pickedUp ||
		before == returned && after != returned ||
		before == stripped && after != stripped && after != returned ||
		gap >= silence
}

// extends says whether what the events added to the container only prolongs its last cycle, and then
// prolongs it: the common case, in which nothing else can change.
func (l *Linker) extends(c *container) bool {
	if c.full || len(c.cycles) == 0 {
		return false
	}
	y := &c.cycles[len(c.cycles)-1]
	end, last := y.end, y.last
	for _, f := range c.added {
		places := l.identityPlaces(f)
		if !f.observes() {
			if slices.ContainsFunc(places, func(p placement) bool { return !c.saw(p.root) }) {
				return false
			}
			continue
		}
		if f.time <= end || f.kind == transferred || cutsBetween(last, f.kind, f.time-end) || len(y.own) == 0 && len(f.refs) > 0 ||
			slices.ContainsFunc(places, func(p placement) bool { return !hasMember(y.own, p.root, p.steps) }) {
			return false
		}
		end, last = f.time, f.kind
	}
	y.end, y.last = end, last
	return true
}

// hasMember says whether the list has the consignment already, as near or nearer.
func hasMember(list []Member, root string, steps uint16) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Root == root && m.Steps <= steps })
}

// saw says whether some cycle has the consignment from an observation, so that papers do not matter.
func (c *container) saw(root string) bool {
	for i := range c.cycles {
		for _, m := range c.cycles[i].own {
			if m.Root == root && !m.spoken {
				return true
			}
		}
	}
	return false
}

// deriveOwn cuts the container's life again and finds whose goods each cycle holds. It says whether
// anything changed.
func (l *Linker) deriveOwn(c *container) bool {
	extends := l.extends(c)
	c.full, c.added = false, c.added[:0]
	if extends {
		return false
	}
	seen, spoken := l.observations(c)
	cuts := cut(seen)
	cycles := make([]cycle, len(cuts))
	for i, facts := range cuts {
		y := &cycles[i]
		y.begin, y.end, y.picked = facts[0].time, facts[len(facts)-1].time, facts[0].kind == pickedUp
		y.last = facts[len(facts)-1].kind
		for _, f := range facts {
			for _, m := range l.identityPlaces(f) {
				y.own = l.addMember(y.own, Member{Root: m.root, Steps: m.steps, By: f.key})
			}
			if f.kind == transferred && slices.Contains(f.to, c.number) {
				l.addTransferred(y, f)
			}
		}
	}
	l.addSpoken(cycles, spoken)
	same := slices.EqualFunc(cycles, c.cycles, func(a, b cycle) bool {
		return a.begin == b.begin && a.end == b.end && a.picked == b.picked && a.last == b.last && sameMembers(a.own, b.own)
	})
	if same {
		return false
	}
	l.moveContainer(c, cycles)
	for i := range cycles {
		// Keep what was derived until it is derived again, so that a change shows.
		if i < len(c.cycles) {
			cycles[i].members = c.cycles[i].members
		}
	}
	c.cycles = cycles
	l.markContainer(c)
	return true
}

// moveContainer keeps the consignments' lists of the containers that they are in.
func (l *Linker) moveContainer(c *container, cycles []cycle) {
	for i := range c.cycles {
		for _, m := range c.cycles[i].own {
			g := l.touch(m.Root)
			g.containers, _ = removeSorted(g.containers, c.number, strings.Compare)
		}
	}
	for i := range cycles {
		for _, m := range cycles[i].own {
			g := l.touch(m.Root)
			g.containers, _ = insertSorted(g.containers, c.number, strings.Compare)
		}
	}
}

// addTransferred makes the members of the emptied containers' cycles members of this one: at the gauge
// break the goods go on in another box.
func (l *Linker) addTransferred(y *cycle, f *fact) {
	for _, number := range f.from {
		if from := l.container(number).at(f.time); from != nil {
			for _, m := range from.own {
				y.own = l.addMember(y.own, Member{Root: m.Root, Steps: m.Steps, By: f.key})
			}
		}
	}
}

// addSpoken gives each consignment that names the container only on paper to the first cycle that ends
// more than a day after the earliest paper, else to the last: a declaration dated midnight on the day the
// box is returned belongs to the next use.
func (l *Linker) addSpoken(cycles []cycle, spoken []*fact) {
	if len(cycles) == 0 {
		return
	}
	earliest := make(map[string]*fact)
	for _, f := range spoken {
		for _, m := range l.identityPlaces(f) {
			if have := earliest[m.root]; have == nil || f.before(have) {
				earliest[m.root] = f
			}
		}
	}
	for root := range earliest {
		if slices.ContainsFunc(cycles, func(y cycle) bool { return hasRoot(y.own, root) }) {
			delete(earliest, root)
		}
	}
	for root, f := range earliest {
		i := slices.IndexFunc(cycles, func(y cycle) bool { return y.end > f.time+dayMillis })
		if i < 0 {
			i = len(cycles) - 1
		}
		cycles[i].own = l.addMember(cycles[i].own, Member{Root: root, Steps: 1, By: f.key, spoken: true})
	}
}

func hasRoot(list []Member, root string) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Root == root })
}

// at gives the cycle that a moment falls in: the last that began by then, else the first.
func (c *container) at(time int64) *cycle {
	if len(c.cycles) == 0 {
		return nil
	}
	i := len(c.cycles) - 1
	for i > 0 && c.cycles[i].begin > time {
		i--
	}
	return &c.cycles[i]
}

// holding gives the cycle that an event naming the container falls in.
func (c *container) holding(f *fact) *cycle {
	for i := range c.cycles {
		// Two cycles may meet in one instant: the order of types then decides, as it did for the cut.
		if y := &c.cycles[i]; f.time == y.end && (i+1 == len(c.cycles) || f.time < c.cycles[i+1].begin || f.kind != pickedUp) {
			return y
		}
	}
	return c.at(f.time)
}

// deriveMembers gives each cycle its members: its own; without any, those of the narrowest bundle
// observed in it, those without a container of their own first; failing that, unless a pick-up opened
// it, those of the cycle before. It says whether anything changed.
func (l *Linker) deriveMembers(c *container) bool {
	changed := false
	var cuts [][]*fact
	for i := range c.cycles {
		y := &c.cycles[i]
		members := y.own
		if len(members) == 0 {
			if cuts == nil {
				seen, _ := l.observations(c)
				cuts = cut(seen)
			}
			members = l.bundleObserved(c, cuts[i])
		}
		if len(members) == 0 && !y.picked && i > 0 {
			members = c.cycles[i-1].members
		}
		members = l.forwarded(members)
		if !sameMembers(members, y.members) {
			y.members, changed = members, true
		}
	}
	if changed {
		l.markContainer(c)
	}
	return changed
}

// bundleObserved gives the members of the narrowest bundle that the cycle's events name.
func (l *Linker) bundleObserved(c *container, facts []*fact) []Member {
	rank := len(kinds)
	var members []Member
	for _, f := range facts {
		for _, n := range l.refs(f) {
			order, found := n.rank, n.members
			if n.class != trade.ClassBundle || order > rank {
				continue
			}
			if len(found) == 0 {
				continue
			}
			if order < rank {
				rank, members = order, nil
			}
			for _, m := range found {
				members = l.addMember(members, Member{Root: m.Root, Steps: m.Steps + 1, By: f.key})
			}
		}
	}
	free := slices.DeleteFunc(slices.Clone(members), func(m Member) bool {
		have := l.consignment(m.Root).containers
		return len(have) > 1 || len(have) == 1 && have[0] != c.number
	})
	if len(free) > 0 {
		return free
	}
	return members
}

// forwarded replaces the consignments of notes by the bills and waybills they belong to.
func (l *Linker) forwarded(members []Member) []Member {
	if !slices.ContainsFunc(members, func(m Member) bool { return isNote(m.Root) && len(l.consignment(m.Root).forward) > 0 }) {
		return members
	}
	var out []Member
	for _, m := range members {
		bills := l.bills(m.Root)
		if bills == nil {
			out = l.addMember(out, m)
			continue
		}
		for _, bill := range bills {
			out = l.addMember(out, Member{Root: bill.Root, Steps: m.Steps + 1, By: bill.By})
		}
	}
	return out
}

// bills gives what a note's consignment belongs to, or nil.
func (l *Linker) bills(root string) []Member {
	if !isNote(root) {
		return nil
	}
	return l.consignment(root).forward
}

func isNote(root string) bool { return strings.HasPrefix(root, notePrefix) }

const notePrefix = string(trade.ConsignmentNote) + "\x00"

// deriveForward finds the bills and waybills that share the note's cycles: the rail note meets the sea
// bill in the box that both name. It says whether they changed.
func (l *Linker) deriveForward(root string) bool {
	if !isNote(root) {
		return false
	}
	c := l.consignment(root)
	var bills []Member
	for _, number := range c.containers {
		box := l.container(number)
		for i := range box.cycles {
			own := box.cycles[i].own
			at := slices.IndexFunc(own, func(m Member) bool { return m.Root == root })
			if at < 0 {
				continue
			}
			for _, m := range own {
				if groupOfKey(m.Root).Class() == trade.ClassDocument && !isNote(m.Root) {
					bills = l.addMember(bills, Member{Root: m.Root, Steps: 1, By: own[at].By})
				}
			}
		}
	}
	if sameMembers(bills, c.forward) {
		return false
	}
	for _, m := range c.forward {
		g := l.touch(m.Root)
		g.notes, _ = removeSorted(g.notes, root, strings.Compare)
		g.renumbered = true
	}
	for _, m := range bills {
		g := l.touch(m.Root)
		g.notes, _ = insertSorted(g.notes, root, strings.Compare)
		g.renumbered = true
	}
	note := l.touch(root)
	note.forward, note.renumbered = bills, true
	return true
}
