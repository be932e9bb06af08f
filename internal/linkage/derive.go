package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// queue is a worklist; who is in it is marked on the nodes themselves.
type queue[V any] struct{ list []*V }

func (q *queue[V]) add(v *V) { q.list = append(q.list, v) }

// next takes the first; nil: none is left.
func (q *queue[V]) next() *V {
	if len(q.list) == 0 {
		return nil
	}
	v := q.list[0]
	q.list = q.list[1:]
	return v
}

// all takes everything.
func (q *queue[V]) all() []*V {
	list := q.list
	q.list = nil
	return list
}

// identityAgain marks a document or identity number to be derived again.
func (l *Linker) identityAgain(n *number) {
	if n.class != trade.ClassBundle && !n.queued {
		n.queued = true
		l.work.identity.add(n)
	}
}

// bundleAgain marks a bundle, and those that are one with it, to be derived from all their mentions.
func (l *Linker) bundleAgain(n *number) {
	for _, y := range l.sameBundles(n) {
		y.full = true
		l.queueBundle(y)
	}
}

func (l *Linker) queueBundle(n *number) {
	if !n.queued {
		n.queued = true
		l.work.bundles.add(n)
	}
}

// bundleAdded marks a bundle that one more event names.
func (l *Linker) bundleAdded(n *number, f *fact) {
	if n.tied > 0 {
		l.bundleAgain(n)
		return
	}
	n.added = append(n.added, f)
	l.queueBundle(n)
}

// bundleChanged marks a bundle beside which an event puts other consignments than before. What it put there
// before matters only where it is the reason.
func (l *Linker) bundleChanged(n *number, f *fact) {
	if n.full || slices.ContainsFunc(n.direct, f.made) || slices.ContainsFunc(n.members, f.made) {
		l.bundleAgain(n)
		return
	}
	l.bundleAdded(n, f)
}

// made says whether the event is the reason for the membership.
func (f *fact) made(m Member) bool { return m.By == f.key }

func (l *Linker) queueContainer(c *container) {
	if !c.queued {
		c.queued = true
		l.work.containers.add(c)
	}
}

// containerAgain marks a container to be cut again.
func (l *Linker) containerAgain(c *container) {
	c.full = true
	l.queueContainer(c)
}

// containerChanged marks a container of which an event says another thing than before, or nothing any more.
func (l *Linker) containerChanged(c *container, f *fact) {
	c.changes = append(c.changes, f)
	l.containerAgain(c)
}

// containerAdded marks a container that one more event names.
func (l *Linker) containerAdded(c *container, f *fact) {
	c.changes = append(c.changes, f)
	l.queueContainer(c)
}

// membersAgain marks the cycles of a container in a stretch of time, whose members are to be derived again.
func (l *Linker) membersAgain(c *container, s interval) {
	c.again.add(s)
	if !c.queuedMembers {
		c.queuedMembers = true
		l.work.members.add(c)
	}
}

// membersAt marks the cycles of the containers that the event saw, where they have their members from bundles.
func (l *Linker) membersAt(f *fact) {
	if f == nil {
		return
	}
	for _, c := range l.boxes(f) {
		if y := c.holding(f); y != nil && len(y.own) == 0 {
			l.membersAgain(c, interval{f.time, f.time})
		}
	}
}

// again marks an event to be placed again.
func (l *Linker) again(f *fact) {
	if !f.again {
		f.again = true
		l.work.events = append(l.work.events, f)
	}
}

// derive carries the changes through the layers, each in its order, so that none is derived from what is
// about to change.
func (l *Linker) derive() {
	w := &l.work
	for _, n := range l.deriveIdentity() {
		l.spread(n)
	}
	for _, n := range w.hung {
		l.spread(n)
	}
	for _, n := range w.flipped {
		l.spread(n)
	}
	for _, f := range w.booked {
		l.booked(f)
	}
	for c := w.containers.next(); c != nil; c = w.containers.next() {
		c.queued = false
		l.containerDerived(c, l.deriveOwn(c))
	}
	for c := w.forwards.next(); c != nil; c = w.forwards.next() {
		c.queued = false
		if l.deriveForward(c) {
			l.spreadForward(c)
		}
	}
	l.deriveBundles()
	for c := w.members.next(); c != nil; c = w.members.next() {
		c.queuedMembers = false
		l.eventsOf(c, l.deriveMembers(c))
	}
	l.placeAll()
}

// spread marks what depends on an identity number: the bundles and containers beside it in some event, and
// every event that names it.
func (l *Linker) spread(n *number) {
	for m := range l.on(n) {
		f := l.of(m)
		if f == nil {
			continue
		}
		l.again(f)
		for _, c := range l.boxes(f) {
			l.containerChanged(c, f)
		}
		l.bundlesBeside(f)
		for _, y := range l.refs(f) {
			if y.rank == bookingRank {
				l.recut(y)
			}
		}
	}
}

// containerDerived marks what depends on the cycles of a container that changed in a stretch of time: the
// cycles' members, the events in them, bundles beside the container in events without identity numbers, the
// boxes that its goods went on in, and the notes in it.
func (l *Linker) containerDerived(c *container, changed interval) {
	if changed.empty() {
		return
	}
	l.membersAgain(c, changed)
	mentions := c.during(changed)
	for i := range mentions {
		m := &mentions[i]
		if m.bits&boxIdentity == 0 {
			// A cycle whose ends moved holds other events, also where its members stay the same.
			f := l.ofBox(m)
			l.again(f)
			if m.bits&boxBundles != 0 {
				l.bundlesBeside(f)
			}
		}
		if m.bits&boxFrom != 0 {
			f := l.ofBox(m)
			for _, number := range f.to {
				if number != c.number {
					l.containerChanged(l.container(number), f)
				}
			}
		}
	}
}

// forwardAgain marks a note's consignment whose bills may be others now.
func (l *Linker) forwardAgain(root string) {
	if !isNote(root) {
		return
	}
	if c := l.consignment(root); !c.queued {
		c.queued = true
		l.work.forwards.add(c)
	}
}

// deriveBundles derives the bundles that are marked, the narrow ones first, since a broader one may take
// its members from a narrower. All that changed marks what follows from it.
func (l *Linker) deriveBundles() {
	for {
		list := l.work.bundles.all()
		if len(list) == 0 {
			return
		}
		slices.SortStableFunc(list, func(a, b *number) int { return a.rank - b.rank })
		for _, n := range list {
			l.deriveDirect(n)
		}
		for _, n := range list {
			n.queued = false
			if l.deriveBundle(n) {
				l.spreadBundle(n)
			}
		}
	}
}

// spreadBundle marks what depends on a bundle's members: broader bundles and containers beside it, and the
// events that have nothing better to go by.
func (l *Linker) spreadBundle(n *number) {
	for m := range l.on(n) {
		if m.bits&inCovers == 0 && m.bits&hasIdentity != 0 && m.bits&sees == 0 {
			continue
		}
		f := l.of(m)
		if f == nil {
			continue
		}
		if m.bits&(inRefs|sees) == inRefs|sees {
			l.membersAt(f)
		}
		if m.bits&inCovers == 0 && m.bits&hasIdentity != 0 {
			continue
		}
		l.again(f)
		if f.identity {
			continue
		}
		for _, y := range l.refs(f) {
			if y.class == trade.ClassBundle && y.rank > n.rank {
				l.bundleChanged(y, f)
			}
		}
	}
}

// spreadForward marks what depends on which bills a note's consignment belongs to.
func (l *Linker) spreadForward(c *consignment) {
	for _, number := range c.containers {
		box := l.container(number)
		for i := range box.cycles {
			if !hasRoot(box.cycles[i].own, c.root) {
				continue
			}
			s := box.reach(i)
			l.membersAgain(box, s)
			mentions := box.during(s)
			for k := range mentions {
				if mentions[k].bits&(boxIdentity|boxBundles) == boxBundles {
					l.bundlesBeside(l.ofBox(&mentions[k]))
				}
			}
		}
	}
	for _, key := range c.numbers {
		n := l.number(key)
		l.renumber(n)
		for m := range l.on(n) {
			if f := l.of(m); f != nil {
				l.again(f)
				l.bundlesBeside(f)
			}
		}
	}
}

// bundlesBeside marks the bundles that the event names.
func (l *Linker) bundlesBeside(f *fact) {
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle {
			l.bundleChanged(n, f)
		}
	}
}

// eventsOf marks the events in a stretch of time that the container's cycles place.
func (l *Linker) eventsOf(c *container, s interval) {
	if s.empty() {
		return
	}
	mentions := c.during(s)
	for i := range mentions {
		if m := &mentions[i]; m.bits&boxIdentity == 0 {
			if f := l.ofBox(m); f != nil {
				l.again(f)
			}
		}
	}
}

// placeAll places every marked event, and keeps the consignments' lists of events. Those about conveyances come last:
// who is aboard follows from where the loads and discharges are.
func (l *Linker) placeAll() {
	w := &l.work
	var calls []*fact
	for _, f := range w.events {
		switch {
		case !f.again: // superseded within the batch
		case f.about():
			calls = append(calls, f)
		default:
			l.placeAgain(f)
		}
	}
	w.events = calls
	l.deriveStays()
	for _, f := range w.events {
		if f.again {
			l.placeAgain(f)
		}
	}
}

func (l *Linker) placeAgain(f *fact) {
	w := &l.work
	placed := l.place(f)
	l.flagAgain(f)
	if !f.fresh {
		w.done.Placed++
	}
	if f.fresh && f.enters {
		for i := range f.placed {
			l.touch(f.placed[i].root).revised = true
		}
	}
	same, about, shifted := slices.Equal(placed, f.placed), f.about(), f.shifted
	f.again, f.shifted = false, false
	switch {
	case f.needless():
		if shifted || f.fresh && f.revises {
			w.found = append(w.found, f.key)
		}
	case len(placed) == 0 && !f.retracted && (f.fresh || shifted || !same):
		w.waiting = append(w.waiting, f.key)
	case len(f.placed) == 0 && (!f.fresh && len(placed) > 0 || f.fresh && f.revises):
		// It waited until now, and is placed or taken back.
		w.found = append(w.found, f.key)
	}
	apart, enters := l.standsApart(f, placed), l.recorded(f, placed)
	if same && apart == f.apart && (enters == f.enters || len(placed) == 0) && (!f.fresh || len(placed) == 0 && !apart) {
		return
	}
	placed = slices.Clone(placed)
	// An event whose content was replaced may stand elsewhere in time: its attribution is told again.
	f.moved, f.had, f.stood, f.wasOn = true, f.placed, f.apart, f.on
	if !f.fresh {
		f.hadIn = l.chainsOf(f.placed, nil)
	}
	w.moved = append(w.moved, f)
	for i := range f.placed {
		root := f.placed[i].root
		stays := hasPlace(placed, root)
		if !stays || enters != f.enters {
			l.touch(root).removeEvent(f.key, f.enters)
		}
		if !stays && f.moves() {
			l.leaveMove(root, f.key)
		}
	}
	for i := range placed {
		p := &placed[i]
		c := l.touch(p.root)
		if enters != f.enters || !hasPlace(f.placed, p.root) {
			c.addEvent(f.key, enters)
		}
		if f.moves() {
			l.enterMove(p.root, f, p.steps)
		}
	}
	f.placed, f.apart, f.enters = placed, apart, enters
	if f.on = ""; about {
		f.on = f.ship
	}
	l.markFact(f)
}

// hasPlace says whether a list of placements, sorted by consignment, has this one.
func hasPlace(list []placement, root string) bool {
	_, found := slices.BinarySearchFunc(list, root, func(p placement, root string) int { return strings.Compare(p.root, root) })
	return found
}
