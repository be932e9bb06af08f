package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// deriveDirect finds the consignments that events put beside the bundle, by naming or covering them
// (rule 4). It says whether they changed.
func (l *Linker) deriveDirect(n *number) bool {
	var direct []Member
	for _, m := range n.mentions {
		if m.bits&inRefs == 0 {
			continue
		}
		f := l.fact(m.event)
		if f == nil || m.bits&hasIdentity == 0 && len(f.covers) == 0 {
			continue
		}
		for _, p := range l.identityMembers(f) {
			direct = l.addMember(direct, Member{Root: p.root, Steps: p.steps + 1, By: f.key})
		}
		for i, key := range l.coveredKeys(f) {
			if f.covers[i].kind.Class() == trade.ClassBundle {
				continue
			}
			for _, p := range l.number(key).members {
				direct = l.addMember(direct, Member{Root: p.Root, Steps: p.Steps + 1, By: f.key})
			}
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

// deriveBundle gives the bundle its members: those beside it; those of the cycles and narrower bundles
// that stand beside it in an event without identity numbers, unless they have a bundle of that kind of
// their own. A booking or purchase order without any founds a provisional consignment: the shipper's
// order is worth following before there is a bill. It says whether the consignments changed.
func (l *Linker) deriveBundle(n *number) bool {
	members := slices.Clone(n.direct)
	rank := n.group().Order()
	for _, m := range n.mentions {
		if m.bits&inRefs == 0 || m.bits&hasIdentity != 0 {
			continue
		}
		f := l.fact(m.event)
		if f == nil {
			continue
		}
		add := func(list []Member) {
			for _, x := range list {
				if !l.hasOther(x.Root, n) {
					members = l.addMember(members, Member{Root: x.Root, Steps: x.Steps + 1, By: f.key})
				}
			}
		}
		for _, number := range f.equipment {
			if y := l.container(number).holding(f); y != nil {
				add(y.own)
			}
		}
		for i, key := range l.keys(f) {
			if f.refs[i].kind.Class() == trade.ClassBundle && f.refs[i].kind.Order() < rank {
				add(l.number(key).members)
			}
		}
	}
	if len(members) == 0 && n.founds() {
		members = []Member{{Root: n.key}}
	}
	return l.assign(n, members)
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
