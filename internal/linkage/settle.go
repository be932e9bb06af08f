package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

// settle looks whether an event that was just entered changes nothing between the identity numbers that it
// names, but that new ones among them hang on it. Then it gives those what the others belong to, and says
// true; else the numbers must be derived.
//
// The members of a number are labels of shortest paths. An event adds steps between the numbers that it
// names; when no single one of these steps gives a number a nearer consignment, another one as near, or an
// earlier reason, then all labels stay as they are.
func (l *Linker) settle(f *fact) bool {
	if len(f.replaces) > 0 || f.kind == linkAsserted {
		return false
	}
	if !f.identity {
		return true
	}
	refs := l.refs(f)
	nearest := -1 // steps of the numbers that are nearest to a document
	leaves := false
	for i, n := range refs {
		if n.class == trade.ClassBundle {
			continue
		}
		switch {
		case n.queued || f.refs[i].kind == trade.OneOrder:
			return false
		case n.wide:
		case len(n.members) == 0:
			if n.isDocument() || n.named > 1 { // it hangs on this event only
				return false
			}
			leaves = true
		case !n.isDocument() && !l.number(n.members[0].Root).isDocument():
			return false // a group without a document
		default:
			if steps := int(n.members[0].Steps); nearest < 0 || steps < nearest {
				nearest = steps
			}
		}
	}
	if nearest < 0 {
		return false
	}
	var found []Member // where one step leads
	for _, n := range refs {
		if n.class == trade.ClassBundle || n.wide || len(n.members) == 0 || int(n.members[0].Steps) != nearest {
			continue
		}
		for _, m := range n.members {
			found = l.addMember(found, Member{Root: m.Root, Steps: uint16(nearest + 1), By: f.key, at: f.time})
		}
	}
	for _, n := range refs {
		if n.class == trade.ClassBundle || n.wide || len(n.members) == 0 {
			continue
		}
		steps := int(n.members[0].Steps)
		if steps > nearest+1 {
			return false
		}
		if steps == nearest+1 && !l.nearAlready(n, found) {
			return false
		}
	}
	if leaves {
		l.hang(f, found)
	}
	return true
}

// nearAlready says whether the number has all these members, by an event as early.
func (l *Linker) nearAlready(n *number, found []Member) bool {
	for _, m := range found {
		at := slices.IndexFunc(n.members, func(have Member) bool { return have.Root == m.Root })
		if at < 0 || n.members[at].By != m.By && l.earlier(m, n.members[at]) {
			return false
		}
	}
	return true
}

// hang gives the new numbers of an event their members.
func (l *Linker) hang(f *fact, members []Member) {
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle || n.wide || len(n.members) > 0 {
			continue
		}
		l.assign(n, slices.Clone(members))
		if n.several() {
			l.work.hung = append(l.work.hung, n)
		}
	}
}
