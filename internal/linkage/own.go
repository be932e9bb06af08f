package linkage

import (
	"math"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

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
		if f.time <= end || f.kind == transferred || c.newNames(f) || cutsBetween(last, f.kind, f.time-end) || len(y.own) == 0 && len(f.refs) > 0 ||
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

// knows says whether some cycle has the consignment from a move or an earlier paper, so that a paper of that time
// does not matter.
func (c *container) knows(root string, time int64) bool {
	for i := range c.cycles {
		y := &c.cycles[i]
		if hasRoot(y.early, root) || slices.ContainsFunc(y.papers, func(m Member) bool { return m.Root == root && m.at < time }) {
			return true
		}
	}
	return false
}

// newNames says whether the event names bills or bookings that the last cycle did not.
func (c *container) newNames(f *fact) bool {
	at := slices.IndexFunc(c.mentions, func(m boxMention) bool { return m.event == f.key })
	begin := c.cycles[len(c.cycles)-1].begin
	for _, name := range c.mentions[at].names {
		known := false
		for i := at - 1; i >= 0 && !known && c.mentions[i].time >= begin; i-- {
			known = c.mentions[i].bits&boxSees != 0 && slices.Contains(c.mentions[i].names, name)
		}
		if !known {
			return true
		}
	}
	return false
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
	spans := l.cut(c)
	cycles := make([]cycle, len(spans))
	for i, s := range spans {
		y := &cycles[i]
		y.describe(c, s)
		if old := c.same(y); old != nil && !slices.ContainsFunc(changes, func(f *fact) bool { return y.begin <= f.time && f.time <= y.end }) {
			y.seen = old.seen
		} else {
			y.seen = l.seenIn(c, s)
		}
		y.early = l.brought(c, s, y.seen, func(from *cycle) []Member { return from.early })
	}
	l.papers(c, cycles, changes)
	for i, s := range spans {
		y := &cycles[i]
		b := membership{y.early, true}
		for _, m := range y.papers {
			b.add(l, m)
		}
		y.own = l.brought(c, s, b.list, func(from *cycle) []Member { return from.own })
	}
	for _, f := range changes {
		// A cycle without consignments of its own goes by the bundles that its events name.
		l.membersAgain(c, interval{f.time, f.time})
	}
	changed := c.differs(cycles)
	if changed.empty() {
		changed, c.reset = c.reset, never
		return changed
	}
	changed.add(c.reset)
	c.reset = never
	var worseEarly, worseOwn bool
	if c.transfers() {
		worseEarly, worseOwn = l.worse(c, cycles)
	}
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
	if worseEarly || worseOwn {
		l.resetTransfers(c, worseEarly)
	}
	return changed
}

// transfers says whether goods were moved out of the container or into it.
func (c *container) transfers() bool {
	return slices.ContainsFunc(c.mentions, func(m boxMention) bool { return m.bits&(boxFrom|boxTo) != 0 })
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
func (l *Linker) brought(c *container, s span, list []Member, of func(from *cycle) []Member) []Member {
	b := membership{list, true}
	for i := s.from; i < s.to; i++ {
		m := &c.mentions[i]
		if m.bits&(boxSees|boxTo) != boxSees|boxTo {
			continue
		}
		f := l.ofBox(m)
		for _, number := range f.from {
			if number == c.number {
				continue
			}
			y := l.container(number).holding(f)
			if y == nil {
				continue
			}
			for _, m := range of(y) {
				b.add(l, Member{Root: m.Root, Steps: m.Steps + 1, By: f.key, at: f.time})
			}
		}
	}
	return b.list
}

// worse says whether a consignment is in none of the new cycles, or less near than it was: of those that its observations name or
// transfers brought of such, and of all.
func (l *Linker) worse(c *container, cycles []cycle) (ofEarly, ofOwn bool) {
	lost := func(list, other []Member) bool {
		return slices.ContainsFunc(list, func(m Member) bool {
			at := slices.IndexFunc(other, func(n Member) bool { return n.Root == m.Root })
			return at < 0 || other[at].Steps > m.Steps || other[at].Steps == m.Steps && l.earlier(m, other[at])
		})
	}
	for i := range c.cycles {
		var early, own []Member
		if i < len(cycles) {
			early, own = cycles[i].early, cycles[i].own
		}
		ofEarly, ofOwn = ofEarly || lost(c.cycles[i].early, early), ofOwn || lost(c.cycles[i].own, own)
	}
	return ofEarly, ofOwn
}

// resetTransfers takes away what transfers brought, from this container and all that goods went on in from it, so
// that two which gave goods to each other do not go on holding each other's. They are all derived again. What was observed does
// not depend on papers; so where only those changed (of what a transfer brings no paper counts), early is false and it stays:
// else the one would be taken away for the other, and brought again, without end.
func (l *Linker) resetTransfers(c *container, early bool) {
	found := []*container{c}
	for k := 0; k < len(found); k++ {
		for i := range found[k].mentions {
			m := &found[k].mentions[i]
			if m.bits&boxFrom == 0 {
				continue
			}
			f := l.ofBox(m)
			for _, number := range f.to {
				if to := l.container(number); !slices.Contains(found, to) {
					found = append(found, to)
				}
			}
		}
	}
	for _, to := range found {
		cycles := slices.Clone(to.cycles)
		for i := range cycles {
			y := &cycles[i]
			seen := y.early
			if early {
				seen = y.seen
			}
			b := membership{seen, true}
			for _, m := range y.papers {
				b.add(l, m)
			}
			if sameMembers(seen, y.early) && sameMembers(b.list, y.own) {
				continue
			}
			for _, m := range y.own {
				l.forwardAgain(m.Root)
			}
			if early {
				for _, m := range y.early {
					to.unseen = append(to.unseen, m.Root)
				}
			}
			y.early, y.own = seen, b.list
			to.reset.add(to.reach(i))
			l.markContainer(to)
		}
		l.moveContainer(to, cycles)
		to.cycles = cycles
		l.containerAgain(to)
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
		sameMembers(y.own, other.own) && sameMembers(y.seen, other.seen) && sameMembers(y.early, other.early) && sameMembers(y.papers, other.papers)
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

// papers gives each consignment that names the container only on paper to the first cycle that ends
// more than a day after the earliest paper, else to the last: a declaration dated midnight on the day the
// box is returned belongs to the next use. Only where a changed event is concerned are the papers read.
func (l *Linker) papers(c *container, cycles []cycle, changes []*fact) {
	if len(cycles) == 0 {
		return
	}
	seen := func(list []cycle, root string) bool {
		return slices.ContainsFunc(list, func(y cycle) bool { return hasRoot(y.early, root) })
	}
	again := c.unseen // consignments whose earliest paper must be looked for
	c.unseen = nil
	if len(c.cycles) == 0 {
		again = append(again, l.spokenOf(c)...)
	}
	for _, f := range changes {
		for _, p := range l.identityPlaces(f) {
			again = appendNew(again, p.root)
		}
	}
	var papers []Member
	for i := range c.cycles {
		for _, m := range c.cycles[i].early {
			if !seen(cycles, m.Root) {
				again = appendNew(again, m.Root)
			}
		}
		for _, m := range c.cycles[i].papers {
			if slices.ContainsFunc(changes, func(f *fact) bool { return f.key == m.By }) {
				again = appendNew(again, m.Root)
			}
			papers = append(papers, m)
		}
	}
	papers = slices.DeleteFunc(papers, func(m Member) bool { return slices.Contains(again, m.Root) })
	for _, root := range again {
		if seen(cycles, root) {
			continue
		}
		if f := l.earliestPaper(c, root); f != nil {
			places := l.identityPlaces(f)
			at := slices.IndexFunc(places, func(p placement) bool { return p.root == root })
			papers = append(papers, Member{Root: root, Steps: places[at].steps, By: f.key, at: f.time})
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
		cycles[i].papers = l.addMember(cycles[i].papers, m)
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
		for m := range l.on(n) {
			if m.bits&inRefs != 0 {
				of[m.event] = true
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
