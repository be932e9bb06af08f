package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

// worklist is a queue of keys, each in it once at a time.
type worklist struct {
	queue []string
	have  map[string]bool
}

func (w *worklist) add(key string) {
	if w.have[key] {
		return
	}
	if w.have == nil {
		w.have = make(map[string]bool)
	}
	w.have[key] = true
	w.queue = append(w.queue, key)
}

func (w *worklist) next() (string, bool) {
	if len(w.queue) == 0 {
		return "", false
	}
	key := w.queue[0]
	w.queue = w.queue[1:]
	delete(w.have, key)
	return key, true
}

// derive carries the changes through the layers, each in its order, so that none is derived from what is
// about to change.
func (l *Linker) derive() {
	w := &l.work
	forwards := make(map[string]bool)
	for _, key := range l.deriveIdentity(&w.identity) {
		l.spread(l.number(key))
	}

	var own []*container
	for key, ok := w.containers.next(); ok; key, ok = w.containers.next() {
		if c := l.container(key); l.deriveOwn(c) {
			own = append(own, c)
			l.spreadContainer(c)
		}
	}
	for _, c := range own {
		for i := range c.cycles {
			for _, m := range c.cycles[i].own {
				forwards[m.Root] = true
			}
		}
	}
	l.deriveBundles()
	for root := range l.dirtyConsignments {
		forwards[root] = true
	}
	l.deriveForwards(forwards)
	for _, c := range own {
		w.containers.add(c.number)
		// A cycle whose ends moved holds other events, also where its members stay the same.
		l.eventsOf(c, false)
	}
	for key, ok := w.containers.next(); ok; key, ok = w.containers.next() {
		if c := l.container(key); l.deriveMembers(c) {
			l.eventsOf(c, false)
		}
	}
	l.placeAll()
}

// all empties the worklist and gives its keys.
func (w *worklist) all() []string {
	keys := w.queue
	w.queue, w.have = nil, nil
	return keys
}

// spread marks what depends on an identity number: the bundles and containers beside it in some event, and
// every event that names it.
func (l *Linker) spread(n *number) {
	for _, m := range n.mentions {
		f := l.fact(m.event)
		if f == nil {
			continue
		}
		l.again(m.event)
		for _, number := range f.equipment {
			l.work.containers.add(number)
		}
		for i, key := range l.keys(f) {
			if f.refs[i].kind.Class() == trade.ClassBundle {
				l.work.bundles.add(key)
			}
		}
	}
}

// spreadRivals marks the bundles of the same kind that a consignment may now have to leave, or may join.
func (l *Linker) spreadRivals(n *number) {
	l.work.bundles.add(n.key)
	for _, m := range n.direct {
		c := l.consignment(m.Root)
		for _, key := range c.numbers {
			if groupOfKey(key).Class() == trade.ClassBundle {
				l.work.bundles.add(key)
			}
		}
		for _, number := range c.containers {
			l.bundlesBeside(l.container(number).mentions)
		}
	}
}

// spreadContainer marks what depends on a container's own members: bundles beside it in events without
// identity numbers, and the boxes that its goods went on in.
func (l *Linker) spreadContainer(c *container) {
	l.bundlesBeside(c.mentions)
	for _, key := range c.mentions {
		if f := l.fact(key); f != nil && f.kind == transferred && slices.Contains(f.from, c.number) {
			for _, number := range f.to {
				l.work.containers.add(number)
			}
		}
	}
}

// bundlesBeside marks the bundles that events without identity numbers name.
func (l *Linker) bundlesBeside(events []trade.EventKey) {
	for _, key := range events {
		f := l.fact(key)
		if f == nil || f.hasIdentity() {
			continue
		}
		for i, number := range l.keys(f) {
			if f.refs[i].kind.Class() == trade.ClassBundle {
				l.work.bundles.add(number)
			}
		}
	}
}

// deriveBundles derives the bundles that are marked, the narrow ones first, since a broader one may take
// its members from a narrower. All that changed marks what follows from it.
func (l *Linker) deriveBundles() {
	for {
		keys := l.work.bundles.all()
		if len(keys) == 0 {
			return
		}
		slices.SortFunc(keys, func(a, b string) int { return groupOfKey(a).Order() - groupOfKey(b).Order() })
		for _, key := range keys {
			if n := l.number(key); l.deriveDirect(n) {
				l.spreadRivals(n)
			}
		}
		for _, key := range keys {
			if n := l.number(key); l.deriveBundle(n) {
				l.spreadBundle(n)
			}
		}
	}
}

// spreadBundle marks what depends on a bundle's members: broader bundles and containers beside it, and the
// events that have nothing better to go by.
func (l *Linker) spreadBundle(n *number) {
	rank := n.group().Order()
	for _, m := range n.mentions {
		if m.bits&inCovers != 0 {
			l.again(m.event)
		}
		if m.bits&inRefs == 0 || m.bits&hasIdentity != 0 {
			continue
		}
		l.again(m.event)
		f := l.fact(m.event)
		if f == nil {
			continue
		}
		if f.observes() {
			for _, number := range f.equipment {
				l.work.containers.add(number)
			}
		}
		for i, key := range l.keys(f) {
			if f.refs[i].kind.Class() == trade.ClassBundle && f.refs[i].kind.Order() > rank {
				l.work.bundles.add(key)
			}
		}
	}
}

// deriveForwards gives the notes among the consignments to their bills, and marks what goes with them.
func (l *Linker) deriveForwards(roots map[string]bool) {
	more := make(map[string]bool)
	for root := range roots {
		if l.isNote(root) {
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
			l.work.containers.add(number)
			l.eventsOf(l.container(number), true)
		}
		for _, key := range c.numbers {
			for _, m := range l.number(key).mentions {
				l.again(m.event)
			}
		}
	}
}

// eventsOf marks the events that the container's cycles place; all also marks those with identity numbers.
func (l *Linker) eventsOf(c *container, all bool) {
	for _, key := range c.mentions {
		if f := l.fact(key); f != nil && (all || !f.hasIdentity()) {
			l.again(key)
		}
	}
}

// again marks an event to be placed again.
func (l *Linker) again(key trade.EventKey) {
	if _, marked := l.work.events[key]; !marked {
		l.work.events[key] = false
	}
}

// placeAll places every marked event, and keeps the consignments' lists of events.
func (l *Linker) placeAll() {
	w := &l.work
	for key := range w.events {
		f := l.fact(key)
		if f == nil {
			continue
		}
		placed := l.place(f)
		if w.events[key] {
			for _, p := range f.placed {
				l.touch(p.root)
				w.revised[p.root] = true
			}
		}
		if slices.Equal(placed, f.placed) {
			if len(placed) == 0 && w.events[key] && !f.retracted {
				w.waiting = append(w.waiting, key)
			}
			continue
		}
		w.moved[key] = true
		for _, p := range f.placed {
			if !slices.ContainsFunc(placed, func(q placement) bool { return q.root == p.root }) {
				c := l.touch(p.root)
				c.events, _ = removeSorted(c.events, key, compareKeys)
			}
		}
		for _, p := range placed {
			c := l.touch(p.root)
			c.events, _ = insertSorted(c.events, key, compareKeys)
		}
		switch {
		case len(placed) == 0 && !f.retracted:
			w.waiting = append(w.waiting, key)
		case len(f.placed) == 0:
			w.found = append(w.found, key)
		}
		f.placed = placed
		l.markFact(f)
	}
}
