package linkage

import (
	"math"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

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
				spans = l.cut(c)
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
		g := l.consignment(m.Root)
		return g.hasOtherBox(c) || slices.ContainsFunc(g.notes, func(note string) bool { return l.consignment(note).hasOtherBox(c) })
	})
	if len(free) > 0 {
		return free
	}
	return members
}

// boxesChanged marks the cycles that may have the consignment through a bundle: those prefer consignments
// without a container of their own.
func (l *Linker) boxesChanged(g *consignment) {
	for _, m := range g.forward {
		l.boxesChanged(l.consignment(m.Root))
	}
	for _, key := range g.numbers {
		if groupOfKey(key).Class() != trade.ClassBundle {
			continue
		}
		n := l.number(key)
		for m := range l.on(n) {
			if m.bits&(inRefs|sees) == inRefs|sees {
				l.membersAt(l.of(m))
			}
		}
	}
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
				if group := groupOfKey(m.Root); group == trade.BL || group == trade.AirWaybill {
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
		g.renumbered, g.rebegin, g.led = true, true, true
		l.boxesChanged(g)
	}
	for _, m := range bills {
		g := l.touch(m.Root)
		g.notes, _ = insertSorted(g.notes, root, strings.Compare)
		g.renumbered, g.rebegin, g.led = true, true, true
		l.boxesChanged(g)
	}
	note := l.touch(root)
	note.forward, note.renumbered = bills, true
	return true
}
