package linkage

import (
	"slices"

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

// bundleAgain marks a bundle to be derived from all its mentions.
func (l *Linker) bundleAgain(n *number) {
	n.full = true
	if !n.queued {
		n.queued = true
		l.work.bundles.add(n)
	}
}

// bundleAdded marks a bundle that one more event names.
func (l *Linker) bundleAdded(n *number, f *fact) {
	n.added = append(n.added, f)
	if !n.queued {
		n.queued = true
		l.work.bundles.add(n)
	}
}

// containerAgain marks a container to be cut from all that is known of it.
func (l *Linker) containerAgain(c *container) {
	c.full = true
	if !c.queued {
		c.queued = true
		l.work.containers.add(c)
	}
}

// containerAdded marks a container that one more event names.
func (l *Linker) containerAdded(c *container, f *fact) {
	c.added = append(c.added, f)
	if !c.queued {
		c.queued = true
		l.work.containers.add(c)
	}
}

// membersAgain marks a container whose cycles' members are to be derived again.
func (l *Linker) membersAgain(c *container) {
	if !c.queuedMembers {
		c.queuedMembers = true
		l.work.members.add(c)
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
	forwards := make(map[string]bool)
	for c := w.containers.next(); c != nil; c = w.containers.next() {
		c.queued = false
		changed := l.deriveOwn(c)
		if slices.ContainsFunc(c.cycles, func(y cycle) bool { return len(y.own) == 0 }) {
			// Such a cycle goes by its bundles, which may be others now.
			l.membersAgain(c)
		}
		if changed {
			l.membersAgain(c)
			// A cycle whose ends moved holds other events, also where its members stay the same.
			l.eventsOf(c, false)
			l.spreadContainer(c)
			for i := range c.cycles {
				for _, m := range c.cycles[i].own {
					forwards[m.Root] = true
				}
			}
		}
	}
	l.deriveBundles()
	for _, c := range l.touched {
		forwards[c.root] = true
	}
	l.deriveForwards(forwards)
	for c := w.members.next(); c != nil; c = w.members.next() {
		c.queuedMembers = false
		if l.deriveMembers(c) {
			l.eventsOf(c, false)
		}
	}
	l.placeAll()
}

// spread marks what depends on an identity number: the bundles and containers beside it in some event, and
// every event that names it.
func (l *Linker) spread(n *number) {
	for i := range n.mentions {
		f := l.of(&n.mentions[i])
		if f == nil {
			continue
		}
		l.again(f)
		for _, c := range l.boxes(f) {
			l.containerAgain(c)
		}
		for _, y := range l.refs(f) {
			if y.class == trade.ClassBundle {
				l.bundleAgain(y)
			}
		}
	}
}

// spreadRivals marks the bundles that a consignment beside the bundle may now have to leave, or may join.
func (l *Linker) spreadRivals(n *number) {
	for _, m := range n.direct {
		c := l.consignment(m.Root)
		for _, key := range c.numbers {
			if groupOfKey(key).Class() == trade.ClassBundle {
				l.bundleAgain(l.number(key))
			}
		}
		for _, number := range c.containers {
			l.bundlesBeside(l.container(number))
		}
	}
}

// spreadContainer marks what depends on a container's own members: bundles beside it in events without
// identity numbers, and the boxes that its goods went on in.
func (l *Linker) spreadContainer(c *container) {
	l.bundlesBeside(c)
	for i := range c.mentions {
		f := l.of(&c.mentions[i])
		if f == nil || f.kind != transferred || !slices.Contains(f.from, c.number) {
			continue
		}
		for _, number := range f.to {
			l.containerAgain(l.container(number))
		}
	}
}

// bundlesBeside marks the bundles that events without identity numbers name beside the container.
func (l *Linker) bundlesBeside(c *container) {
	for i := range c.mentions {
		f := l.of(&c.mentions[i])
		if f == nil || f.identity {
			continue
		}
		for _, n := range l.refs(f) {
			if n.class == trade.ClassBundle {
				l.bundleAgain(n)
			}
		}
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
			if l.deriveDirect(n) {
				n.full = true
				l.spreadRivals(n)
			}
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
	for i := range n.mentions {
		m := &n.mentions[i]
		if m.bits&inCovers == 0 && m.bits&hasIdentity != 0 {
			continue
		}
		f := l.of(m)
		if f == nil {
			continue
		}
		l.again(f)
		if m.bits&inRefs == 0 || f.identity {
			continue
		}
		if f.observes() {
			for _, c := range l.boxes(f) {
				l.membersAgain(c)
			}
		}
		for _, y := range l.refs(f) {
			if y.class == trade.ClassBundle && y.rank > n.rank {
				l.bundleAgain(y)
			}
		}
	}
}

// deriveForwards gives the notes among the consignments to their bills, and marks what goes with them.
func (l *Linker) deriveForwards(roots map[string]bool) {
	more := make(map[string]bool)
	for root := range roots {
		if isNote(root) {
			more[root] = true
			continue
		}
		for _, note := range l.consignment(root).notes {
			more[note] = true
		}
	}
	for root := range more {
		if !l.deriveForward(root) {
			continue
		}
		c := l.touch(root)
		for _, number := range c.containers {
			box := l.container(number)
			l.membersAgain(box)
			l.eventsOf(box, true)
		}
		for _, key := range c.numbers {
			n := l.number(key)
			l.renumber(n)
			for i := range n.mentions {
				if f := l.of(&n.mentions[i]); f != nil {
					l.again(f)
				}
			}
		}
	}
}

// eventsOf marks the events that the container's cycles place; all also marks those with identity numbers.
func (l *Linker) eventsOf(c *container, all bool) {
	for i := range c.mentions {
		if f := l.of(&c.mentions[i]); f != nil && (all || !f.identity) {
			l.again(f)
		}
	}
}

// placeAll places every marked event, and keeps the consignments' lists of events.
func (l *Linker) placeAll() {
	w := &l.work
	for _, f := range w.events {
		if !f.again {
			continue // superseded within the batch
		}
		f.again = false
		placed := l.place(f)
		if f.fresh {
			for _, p := range f.placed {
				l.touch(p.root).revised = true
			}
		}
		same := slices.Equal(placed, f.placed)
		switch {
		case len(placed) == 0 && !f.retracted && (f.fresh || !same):
			w.waiting = append(w.waiting, f.key)
		case len(f.placed) == 0 && (!f.fresh && len(placed) > 0 || f.fresh && f.revises):
			// It waited until now, and is placed or taken back.
			w.found = append(w.found, f.key)
		}
		if same && (!f.fresh || len(placed) == 0) {
			continue
		}
		// An event whose content was replaced may stand elsewhere in time: its attribution is told again.
		f.moved = true
		w.moved = append(w.moved, f)
		for _, p := range f.placed {
			if !hasPlace(placed, p.root) {
				l.touch(p.root).removeEvent(f.key)
			}
		}
		for _, p := range placed {
			if !hasPlace(f.placed, p.root) {
				l.touch(p.root).addEvent(f.key)
			} else {
				l.touch(p.root)
			}
		}
		f.placed = placed
		l.markFact(f)
	}
	for _, f := range w.linked {
		f.fresh = false
	}
}

func hasPlace(list []placement, root string) bool {
	for i := range list {
		if list[i].root == root {
			return true
		}
	}
	return false
}
