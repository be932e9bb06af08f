package linkage

import (
	"math"
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
	begin, end  int64    // times of its first and last observation, milliseconds since 1970
	first, last int16    // types of these
	count       int      // of observations
	seen        []Member // consignments that its observations name
	own         []Member // these, those that a transfer brought, and those that name the container on paper
	members     []Member // own, or failing that from its bundle or the cycle before; notes given to their bills
}

// picked says whether an empty pick-up opened the cycle.
func (y *cycle) picked() bool { return y.first == pickedUp }

var (
	pickedUp    = int16(trade.EmptyPickedUp.Order())
	returned    = int16(trade.EmptyReturned.Order())
	stripped    = int16(trade.EquipmentStripped.Order())
	transferred = int16(trade.CargoTransferred.Order())
)

// span is a cycle's observations as places in the list of a container's mentions; between them stand others.
type span struct{ from, to int }

// cut divides a container's observations into cycles (rule 3). A box is used again and again: without
// cuts, all its shippers would become one consignment.
func (c *container) cut() []span {
	var spans []span
	last := -1
	for i := range c.mentions {
		m := &c.mentions[i]
		if m.bits&boxSees == 0 {
			continue
		}
		if last < 0 || cutsBetween(c.mentions[last].kind, m.kind, m.time-c.mentions[last].time) {
			spans = append(spans, span{i, i + 1})
		} else {
			spans[len(spans)-1].to = i + 1
		}
		last = i
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

// extends says whether what the events added to the container only prolongs its last cycle, and then
// prolongs it: the common case, in which nothing else can change.
func (l *Linker) extends(c *container) bool {
	if c.full || len(c.cycles) == 0 {
		return false
	}
	y := &c.cycles[len(c.cycles)-1]
	end, last, count := y.end, y.last, y.count
	for _, f := range c.changes {
		places := l.identityPlaces(f)
		if !f.observes() {
			if slices.ContainsFunc(places, func(p placement) bool { return !c.knows(p.root, f.time) }) {
				return false
			}
			continue
		}
		if f.time <= end || f.kind == transferred || cutsBetween(last, f.kind, f.time-end) || len(y.own) == 0 && len(f.refs) > 0 ||
			slices.ContainsFunc(places, func(p placement) bool { return !hasMember(y.seen, p.root, p.steps) }) {
			return false
		}
		end, last, count = f.time, f.kind, count+1
	}
	if count != y.count {
		y.end, y.last, y.count = end, last, count
		l.markContainer(c)
	}
	return true
}

// hasMember says whether the list has the consignment already, as near or nearer.
func hasMember(list []Member, root string, steps uint16) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Root == root && m.Steps <= steps })
}

// knows says whether some cycle has the consignment from an observation or an earlier paper, so that a paper of
// that time does not matter.
func (c *container) knows(root string, time int64) bool {
	for i := range c.cycles {
		for k := range c.cycles[i].own {
			if m := &c.cycles[i].own[k]; m.Root == root && (!m.spoken || m.at < time) {
				return true
			}
		}
	}
	return false
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

// deriveOwn cuts the container's life again and finds whose goods each cycle holds. It says when anything
// changed.
func (l *Linker) deriveOwn(c *container) interval {
	extends := l.extends(c)
	changes := c.changes
	c.full, c.changes = false, nil
	if extends {
		return never
	}
	spans := c.cut()
	cycles := make([]cycle, len(spans))
	for i, s := range spans {
		y := &cycles[i]
		y.describe(c, s)
		if old := c.same(y); old != nil && !slices.ContainsFunc(changes, func(f *fact) bool { return y.begin <= f.time && f.time <= y.end }) {
			y.seen = old.seen
		} else {
			y.seen = l.seenIn(c, s)
		}
		y.own = l.brought(c, s, y.seen)
	}
	l.addSpoken(c, cycles, changes)
	changed := c.differs(cycles)
	if changed.empty() {
		changed, c.reset = c.reset, never
		return changed
	}
	if c.lost(cycles) {
		l.resetTransfers(c)
	}
	changed.add(c.reset)
	c.reset = never
	l.moveContainer(c, cycles)
	for _, list := range [2][]cycle{c.cycles, cycles} {
		for i := range list {
			for _, m := range list[i].own {
				l.forwardAgain(m.Root)
			}
		}
	}
	for i := range cycles {
		// Keep what was derived until it is derived again, so that a change shows.
		if old := c.same(&cycles[i]); old != nil {
			cycles[i].members = old.members
		}
	}
	c.cycles = cycles
	l.markContainer(c)
	return changed
}

// describe sets what the observations themselves say.
func (y *cycle) describe(c *container, s span) {
	first := &c.mentions[s.from]
	y.begin, y.first = first.time, first.kind
	last := &c.mentions[s.to-1]
	y.end, y.last = last.time, last.kind
	for i := s.from; i < s.to; i++ {
		if c.mentions[i].bits&boxSees != 0 {
			y.count++
		}
	}
}

// same finds the cycle that has the same observations, as far as their times and number tell.
func (c *container) same(y *cycle) *cycle {
	at, found := slices.BinarySearchFunc(c.cycles, y.begin, func(x cycle, begin int64) int {
		switch {
		case x.begin < begin:
			return -1
		case x.begin > begin:
			return 1
		default:
			return 0
		}
	})
	for ; found && at < len(c.cycles) && c.cycles[at].begin == y.begin; at++ {
		if x := &c.cycles[at]; x.end == y.end && x.first == y.first && x.last == y.last && x.count == y.count {
			return x
		}
	}
	return nil
}

// seenIn gives the consignments that the observations of a cycle name.
func (l *Linker) seenIn(c *container, s span) []Member {
	var list []Member
	for i := s.from; i < s.to; i++ {
		m := &c.mentions[i]
		if m.bits&(boxSees|boxIdentity) != boxSees|boxIdentity {
			continue
		}
		f := l.ofBox(m)
		for _, p := range l.identityPlaces(f) {
			list = l.addMember(list, Member{Root: p.root, Steps: p.steps, By: f.key, at: f.time})
		}
	}
	return list
}

// brought adds the consignments of the emptied containers' cycles to those of this one: at the gauge break the
// goods go on in another box.
func (l *Linker) brought(c *container, s span, seen []Member) []Member {
	b := membership{seen, true}
	for i := s.from; i < s.to; i++ {
		m := &c.mentions[i]
		if m.bits&(boxSees|boxTo) != boxSees|boxTo {
			continue
		}
		f := l.ofBox(m)
		for _, number := range f.from {
			y := l.container(number).holding(f)
			if y == nil {
				continue
			}
			for _, m := range y.own {
				if !m.spoken {
					b.add(l, Member{Root: m.Root, Steps: m.Steps, By: f.key, at: f.time})
				}
			}
		}
	}
	return b.list
}

// lost says whether a consignment, that not only papers put there, is in none of the new cycles.
func (c *container) lost(cycles []cycle) bool {
	for i := range c.cycles {
		for _, m := range c.cycles[i].own {
			if !m.spoken && !slices.ContainsFunc(cycles, func(y cycle) bool { return hasRoot(y.own, m.Root) }) {
				return true
			}
		}
	}
	return false
}

// resetTransfers takes away what transfers brought, from all containers that goods went to from this one, so
// that two which gave goods to each other do not go on holding each other's.
func (l *Linker) resetTransfers(c *container) {
	found := []*container{c}
	for k := 0; k < len(found); k++ {
		for i := range found[k].mentions {
			m := &found[k].mentions[i]
			if m.bits&boxFrom == 0 {
				continue
			}
			f := l.ofBox(m)
			for _, number := range f.to {
				to := l.container(number)
				if slices.Contains(found, to) {
					continue
				}
				found = append(found, to)
			}
		}
	}
	for _, to := range found[1:] {
		for i := range to.cycles {
			y := &to.cycles[i]
			own := slices.Clone(y.seen)
			for _, m := range y.own {
				if m.spoken {
					own = l.addMember(own, m)
				}
			}
			if sameMembers(own, y.own) {
				continue
			}
			y.own = own
			to.reset.add(to.reach(i))
			l.markContainer(to)
		}
		if !to.reset.empty() {
			l.containerAgain(to)
		}
	}
}

// differs says in which stretch of time the cycles are others than the container's. It reaches to the cycle
// after those that changed, since that may have its members from them.
func (c *container) differs(cycles []cycle) interval {
	old := c.cycles
	before := 0
	for before < min(len(old), len(cycles)) && old[before].equal(&cycles[before]) {
		before++
	}
	if before == len(old) && before == len(cycles) {
		return never
	}
	after := 0
	for after < min(len(old), len(cycles))-before && old[len(old)-1-after].equal(&cycles[len(cycles)-1-after]) {
		after++
	}
	changed := always
	if before > 0 {
		changed.from = math.MaxInt64
		for _, list := range [2][]cycle{old, cycles} {
			if before < len(list) {
				changed.from = min(changed.from, list[before].begin)
			}
		}
	}
	if after > 0 {
		changed.to = cycles[len(cycles)-after].begin
	}
	return changed
}

// equal says whether two cycles have the same bounds and the same consignments of their own.
func (y *cycle) equal(other *cycle) bool {
	return y.begin == other.begin && y.end == other.end && y.first == other.first && y.last == other.last && y.count == other.count &&
		sameMembers(y.own, other.own) && sameMembers(y.seen, other.seen)
}

// moveContainer keeps the consignments' lists of the containers that they are in.
func (l *Linker) moveContainer(c *container, cycles []cycle) {
	holds := func(list []cycle, root string) bool {
		return slices.ContainsFunc(list, func(y cycle) bool { return hasRoot(y.own, root) })
	}
	for i := range c.cycles {
		for _, m := range c.cycles[i].own {
			if !holds(cycles, m.Root) {
				g := l.touch(m.Root)
				g.containers, _ = removeSorted(g.containers, c.number, strings.Compare)
				l.boxesChanged(g)
			}
		}
	}
	for i := range cycles {
		for _, m := range cycles[i].own {
			if !holds(c.cycles, m.Root) {
				g := l.touch(m.Root)
				var isNew bool
				if g.containers, isNew = insertSorted(g.containers, c.number, strings.Compare); isNew {
					l.boxesChanged(g)
				}
			}
		}
	}
}

// boxesChanged marks the cycles that may have the consignment through a bundle: those prefer consignments
// without a container of their own.
func (l *Linker) boxesChanged(g *consignment) {
	for _, key := range g.numbers {
		if groupOfKey(key).Class() != trade.ClassBundle {
			continue
		}
		n := l.number(key)
		for i := range n.mentions {
			if m := &n.mentions[i]; m.bits&(inRefs|sees) == inRefs|sees {
				l.membersAt(l.of(m))
			}
		}
	}
}

// addSpoken gives each consignment that names the container only on paper to the first cycle that ends
// more than a day after the earliest paper, else to the last: a declaration dated midnight on the day the
// box is returned belongs to the next use.
func (l *Linker) addSpoken(c *container, cycles []cycle, changes []*fact) {
	if len(cycles) == 0 {
		return
	}
	seen := func(list []cycle, root string) bool {
		return slices.ContainsFunc(list, func(y cycle) bool {
			return slices.ContainsFunc(y.own, func(m Member) bool { return m.Root == root && !m.spoken })
		})
	}
	var papers []Member
	var again []string // consignments whose earliest paper must be looked for
	for _, f := range changes {
		for _, p := range l.identityPlaces(f) {
			again = appendNew(again, p.root)
		}
	}
	for i := range c.cycles {
		for _, m := range c.cycles[i].own {
			switch {
			case !m.spoken && !seen(cycles, m.Root), m.spoken && slices.ContainsFunc(changes, func(f *fact) bool { return f.key == m.By }):
				again = appendNew(again, m.Root)
			case m.spoken && !slices.Contains(again, m.Root):
				papers = append(papers, m)
			}
		}
	}
	papers = slices.DeleteFunc(papers, func(m Member) bool { return slices.Contains(again, m.Root) })
	if len(c.cycles) == 0 {
		again = l.spokenOf(c)
	}
	for _, root := range again {
		if seen(cycles, root) {
			continue
		}
		if f := l.earliestPaper(c, root); f != nil {
			papers = append(papers, Member{Root: root, Steps: 1, By: f.key, at: f.time, spoken: true})
		}
	}
	for _, m := range papers {
		if seen(cycles, m.Root) {
			continue
		}
		i := slices.IndexFunc(cycles, func(y cycle) bool { return y.end > m.at+dayMillis })
		if i < 0 {
			i = len(cycles) - 1
		}
		b := membership{cycles[i].own, true}
		b.add(l, m)
		cycles[i].own = b.list
	}
}

// spokenOf gives all consignments that name the container on paper.
func (l *Linker) spokenOf(c *container) []string {
	var roots []string
	for i := range c.mentions {
		if m := &c.mentions[i]; m.bits&(boxSees|boxIdentity) == boxIdentity {
			for _, p := range l.identityPlaces(l.ofBox(m)) {
				roots = appendNew(roots, p.root)
			}
		}
	}
	return roots
}

// earliestPaper gives the earliest event that names the container on paper and is of the consignment.
func (l *Linker) earliestPaper(c *container, root string) *fact {
	of := make(map[trade.EventKey]bool)
	for _, key := range l.consignment(root).numbers {
		if groupOfKey(key).Class() == trade.ClassBundle {
			continue
		}
		n := l.number(key)
		for i := range n.mentions {
			if n.mentions[i].bits&inRefs != 0 {
				of[n.mentions[i].event] = true
			}
		}
	}
	var first *fact
	for i := range c.mentions {
		m := &c.mentions[i]
		if m.bits&(boxSees|boxIdentity) != boxIdentity || !of[m.event] || first != nil && m.time > first.time {
			continue
		}
		f := l.ofBox(m)
		if f != nil && (first == nil || f.before(first)) && hasPlace(l.identityPlaces(f), root) {
			first = f
		}
	}
	return first
}

func hasRoot(list []Member, root string) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Root == root })
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

// holding gives the cycle that an event naming the container falls in.
func (c *container) holding(f *fact) *cycle {
	if i := c.holdingAt(f.time, f.kind); i >= 0 {
		return &c.cycles[i]
	}
	return nil
}

func (c *container) holdingAt(time int64, kind int16) int {
	i := c.at(time)
	k := i
	for k > 0 && c.cycles[k-1].end == time {
		k--
	}
	// Two cycles may meet in one instant: the order of types then decides, as it did for the cut.
	for ; k < i; k++ {
		if time < c.cycles[k+1].begin || kind != pickedUp {
			return k
		}
	}
	return i
}

// deriveMembers gives each cycle in the stretch its members: its own; without any, those of the narrowest
// bundle observed in it, those without a container of their own first; failing that, unless a pick-up opened
// it, those of the cycle before. It says when anything changed.
func (l *Linker) deriveMembers(c *container) interval {
	again := c.again
	c.again = never
	changed := never
	var spans []span
	follows := false // the cycle before changed
	for i := range c.cycles {
		y := &c.cycles[i]
		if !follows && (y.end < again.from || y.begin > again.to) {
			continue
		}
		members := y.own
		if len(members) == 0 {
			if spans == nil {
				spans = c.cut()
			}
			members = l.bundleObserved(c, spans[i])
		}
		if len(members) == 0 && !y.picked() && i > 0 {
			members = c.cycles[i-1].members
		}
		members = l.forwarded(members)
		follows = !sameMembers(members, y.members)
		if follows {
			y.members = members
			changed.add(c.reach(i))
		}
	}
	if !changed.empty() {
		l.markContainer(c)
	}
	return changed
}

// reach gives the stretch of time in which an event falls in the cycle.
func (c *container) reach(i int) interval {
	s := interval{c.cycles[i].begin, math.MaxInt64}
	if i == 0 {
		s.from = math.MinInt64
	}
	if i+1 < len(c.cycles) {
		s.to = c.cycles[i+1].begin
	}
	return s
}

// bundleObserved gives the members of the narrowest bundle that the cycle's events name.
func (l *Linker) bundleObserved(c *container, s span) []Member {
	rank := len(kinds)
	var members []Member
	for i := s.from; i < s.to; i++ {
		at := &c.mentions[i]
		if at.bits&(boxSees|boxBundles) != boxSees|boxBundles {
			continue
		}
		f := l.ofBox(at)
		for _, n := range l.refs(f) {
			order, found := n.rank, n.members
			if n.class != trade.ClassBundle || order > rank || len(found) == 0 {
				continue
			}
			if order < rank {
				rank, members = order, nil
			}
			for _, m := range found {
				members = l.addMember(members, Member{Root: m.Root, Steps: m.Steps + 1, By: f.key, at: f.time})
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
			out = l.addMember(out, Member{Root: bill.Root, Steps: m.Steps + 1, By: bill.By, at: bill.at})
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
func (l *Linker) deriveForward(c *consignment) bool {
	root := c.root
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
				if !isNote(m.Root) && l.number(m.Root).isDocument() {
					bills = l.addMember(bills, Member{Root: m.Root, Steps: 1, By: own[at].By, at: own[at].at})
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
