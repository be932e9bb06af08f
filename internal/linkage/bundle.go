package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// deriveDirect finds the consignments that events put beside the bundle, by naming or covering them
// (rule 4). It says whether they changed.
func (l *Linker) deriveDirect(n *number) bool {
	direct := n.direct
	if n.full {
		direct = nil
		for i := range n.mentions {
			if m := &n.mentions[i]; m.bits&inRefs != 0 {
				direct = l.addDirect(direct, l.of(m))
			}
		}
	} else {
		direct = slices.Clone(direct)
		for _, f := range n.added {
			direct = l.addDirect(direct, f)
		}
	}
	if sameMembers(direct, n.direct) {
		return false
	}
	if !sameRoots(direct, n.direct) {
		for _, m := range n.direct {
			if !hasRoot(n.members, m.Root) {
				l.touch(m.Root).dropNumber(n.key)
			}
		}
		for _, m := range direct {
			l.touch(m.Root).addNumber(n.key)
		}
	}
	n.direct = direct
	l.markNumber(n)
	return true
}

// addDirect adds the consignments that one event puts beside a bundle.
func (l *Linker) addDirect(direct []Member, f *fact) []Member {
	if f == nil || !f.identity && len(f.covers) == 0 {
		return direct
	}
	for _, p := range l.identityPlaces(f) {
		direct = l.addMember(direct, Member{Root: p.root, Steps: p.steps + 1, By: f.key})
	}
	for _, y := range l.covered(f) {
		if y.class == trade.ClassBundle {
			continue
		}
		for _, m := range y.members {
			direct = l.addMember(direct, Member{Root: m.Root, Steps: m.Steps + 1, By: f.key})
		}
	}
	return direct
}

// deriveBundle gives the bundle its members: those beside it; those of the cycles and narrower bundles
// that stand beside it in an event without identity numbers, unless they have a bundle of that kind of
// their own. A booking or purchase order without any founds a provisional consignment: the shipper's
// order is worth following before there is a bill. It says whether the consignments changed.
func (l *Linker) deriveBundle(n *number) bool {
	members := n.members
	if added := n.added; !n.full && len(members) > 0 && !members[0].provisional(n) {
		members = slices.Clone(members)
		for _, f := range added {
			members = l.addBeside(members, n, f)
		}
	} else {
		members = slices.Clone(n.direct)
		for i := range n.mentions {
			if m := &n.mentions[i]; m.bits&inRefs != 0 && m.bits&hasIdentity == 0 {
				members = l.addBeside(members, n, l.of(m))
			}
		}
	}
	n.full, n.added = false, n.added[:0]
	if len(members) == 0 && n.founds() {
		members = []Member{{Root: n.key}}
	}
	return l.assign(n, members)
}

// provisional says whether the member is the consignment that the bundle itself founds.
func (m Member) provisional(n *number) bool { return m.Root == n.key }

// addBeside adds the consignments of the cycles and narrower bundles that stand beside the bundle in an
// event without identity numbers.
func (l *Linker) addBeside(members []Member, n *number, f *fact) []Member {
	if f == nil || f.identity {
		return members
	}
	add := func(list []Member) {
		for _, x := range list {
			if !l.hasOther(x.Root, n) {
				members = l.addMember(members, Member{Root: x.Root, Steps: x.Steps + 1, By: f.key})
			}
		}
	}
	for _, c := range l.boxes(f) {
		if y := c.holding(f); y != nil {
			add(y.own)
		}
	}
	for _, y := range l.refs(f) {
		if y.class == trade.ClassBundle && y.rank < n.rank {
			add(y.members)
		}
	}
	return members
}

// founds says whether the bundle is one that founds a provisional consignment, and is named.
func (n *number) founds() bool {
	group := n.group()
	return (group == trade.Booking || group == trade.PurchaseOrder) && slices.ContainsFunc(n.mentions, func(m mention) bool {
		return m.bits&inRefs != 0
	})
}

// hasOther says whether the consignment stands beside another bundle of the same kind.
func (l *Linker) hasOther(root string, n *number) bool {
	prefix := string(n.group()) + "\x00"
	for _, key := range l.consignment(root).numbers {
		if strings.HasPrefix(key, prefix) && key != n.key && hasRoot(l.number(key).direct, root) {
			return true
		}
	}
	return false
}
