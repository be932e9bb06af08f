package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// deriveDirect finds the consignments that events put beside the bundle, by naming or covering them
// (rule 4). It says whether they changed.
func (l *Linker) deriveDirect(n *number) bool {
	var b membership
	if n.wide {
		n.full = true
	} else if n.full {
		for _, y := range l.sameBundles(n) {
			for m := range l.on(y) {
				if m.bits&(inRefs|hasIdentity) == inRefs|hasIdentity || m.bits&hasCovers != 0 && m.bits&inRefs != 0 {
					l.addDirect(&b, l.of(m))
				}
			}
		}
	} else {
		b = membership{n.direct, true}
		for _, f := range n.added {
			l.addDirect(&b, f)
		}
	}
	direct := b.list
	if sameMembers(direct, n.direct) {
		return false
	}
	if !sameRoots(direct, n.direct) {
		l.eachGone(n.direct, direct, func(root string) {
			if !hasRoot(n.members, root) {
				l.dropNumber(root, n.key)
			}
			l.rivalGone(n, root)
		})
		l.eachGone(direct, n.direct, func(root string) {
			l.addNumber(root, n.key)
			l.rivalCame(n, root)
		})
	}
	n.direct = direct
	l.markNumber(n)
	return true
}

// eachGone visits the consignments that are in the first list and not in the second.
func (l *Linker) eachGone(list, other []Member, visit func(root string)) {
	for i := range list {
		if !hasRoot(other, list[i].Root) {
			visit(list[i].Root)
		}
	}
}

// rivalCame marks the bundles of the same kind that must let go of a consignment which now stands beside
// this one.
func (l *Linker) rivalCame(n *number, root string) {
	for _, key := range l.consignment(root).numbers {
		if key != n.key && rankOfKey(key) == n.rank {
			l.bundleAgain(l.number(key))
		}
	}
}

// rivalGone marks the bundles of the same kind that may take a consignment which stands beside this one no
// more.
func (l *Linker) rivalGone(n *number, root string) {
	again := func(f *fact) {
		if f == nil || f.identity {
			return
		}
		for _, y := range l.refs(f) {
			if y.class == trade.ClassBundle && y.rank == n.rank {
				l.bundleAgain(y)
			}
		}
	}
	c := l.consignment(root)
	for _, number := range c.containers {
		box := l.container(number)
		for i := range box.mentions {
			if m := &box.mentions[i]; m.bits&(boxIdentity|boxBundles) == boxBundles {
				again(l.ofBox(m))
			}
		}
	}
	for _, key := range c.numbers {
		if rank := rankOfKey(key); groupOfKey(key).Class() != trade.ClassBundle || rank > n.rank {
			continue
		}
		y := l.number(key)
		for m := range l.on(y) {
			if m.bits&(inRefs|inCovers) != 0 && m.bits&hasIdentity == 0 {
				again(l.of(m))
			}
		}
	}
}

func rankOfKey(key string) int { return groupOfKey(key).Order() }

// addDirect adds the consignments that one event puts beside a bundle.
func (l *Linker) addDirect(b *membership, f *fact) {
	if f == nil || !f.identity && len(f.covers) == 0 {
		return
	}
	for _, p := range l.namedPlaces(f) {
		b.add(l, Member{Root: p.root, Steps: p.steps + 1, By: f.key, at: f.time})
	}
	for _, y := range l.covered(f) {
		if y.class == trade.ClassBundle {
			continue
		}
		for _, m := range l.forwarded(y.members) {
			b.add(l, Member{Root: m.Root, Steps: m.Steps + 1, By: f.key, at: f.time})
		}
	}
}

// deriveBundle gives the bundle its members: those beside it; those of the cycles and narrower bundles
// that stand beside it in an event without identity numbers, unless they have a bundle of that kind of
// their own. A booking or purchase order without any founds a provisional consignment: the shipper's
// order is worth following before there is a bill. It says whether they changed.
func (l *Linker) deriveBundle(n *number) bool {
	var b membership
	same := l.sameBundles(n)
	if !n.full && len(n.members) > 0 && !n.members[0].provisional(n) {
		b = membership{n.members, true}
		for i := range n.direct {
			b.add(l, n.direct[i])
		}
		for _, f := range n.added {
			l.addBeside(&b, same, f)
		}
	} else if !n.wide {
		b = membership{n.direct, true}
		for _, y := range same {
			for m := range l.on(y) {
				if m.bits&inRefs != 0 && m.bits&hasIdentity == 0 {
					l.addBeside(&b, same, l.of(m))
				}
			}
		}
	}
	members := b.list
	clear(n.added)
	n.full, n.added = false, n.added[:0]
	if len(members) == 0 && slices.ContainsFunc(same, (*number).founds) {
		members = []Member{{Root: same[0].key}}
	}
	return l.assign(n, members)
}

// provisional says whether the member is the consignment that the bundle itself founds.
func (m Member) provisional(n *number) bool { return m.Root == n.key }

// addBeside adds the consignments of the cycles and narrower bundles that stand beside the bundle in an
// event without identity numbers.
func (l *Linker) addBeside(b *membership, same []*number, f *fact) {
	if f == nil || f.identity {
		return
	}
	add := func(list []Member) {
		for _, x := range list {
			if !l.hasOther(x.Root, same) {
				b.add(l, Member{Root: x.Root, Steps: x.Steps + 1, By: f.key, at: f.time})
			}
		}
	}
	for _, c := range l.boxes(f) {
		if y := c.holding(f); y != nil {
			add(l.forwarded(y.own))
		}
	}
	for _, list := range [...][]*number{l.refs(f), l.covered(f)} {
		for _, y := range list {
			if y.class == trade.ClassBundle && y.rank < same[0].rank {
				add(y.members)
			}
		}
	}
}

// founds says whether the bundle is one that founds a provisional consignment, and is named.
func (n *number) founds() bool {
	group := n.group()
	return !n.wide && (group == trade.Booking || group == trade.PurchaseOrder) && n.named > 0
}

// hasOther says whether the consignment stands beside another bundle of the same kind.
func (l *Linker) hasOther(root string, same []*number) bool {
	prefix := string(same[0].group()) + "\x00"
	for _, key := range l.consignment(root).numbers {
		if strings.HasPrefix(key, prefix) && !slices.ContainsFunc(same, func(n *number) bool { return n.key == key }) && hasRoot(l.number(key).direct, root) {
			return true
		}
	}
	return false
}
