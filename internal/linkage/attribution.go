package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// place finds the consignments that an event belongs to, with the evidence (rule 5). The list holds until the next is asked for.
func (l *Linker) place(f *fact) []placement {
	switch {
	case f.retracted:
		return nil
	case f.about():
		if !f.calls() {
			return nil // whoever is aboard at its time has it
		}
		return l.aboardAt(f.ship, f.time)
	}
	placed := l.coveredPlaces(f, l.namedPlaces(f))
	if len(placed) == 0 && !f.identity {
		placed = l.commonPlaces(f)
	}
	return placed
}

// identityPlaces gives the consignments common to all identity numbers that the event names or, if none
// is, those of each. A note's consignment stays what it is here. The list holds until the next of any event is asked for.
func (l *Linker) identityPlaces(f *fact) []placement {
	return l.placesOf(f, func(members []Member) []Member { return members })
}

// namedPlaces is the same once notes belong to their bills.
func (l *Linker) namedPlaces(f *fact) []placement { return l.placesOf(f, l.forwarded) }

func (l *Linker) placesOf(f *fact, of func([]Member) []Member) []placement {
	if !f.identity {
		return nil
	}
	all, common := l.all[:0], l.common[:0]
	defer func() { l.all, l.common = all, common }() // their memory, grown
	numbers := 0
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle || len(n.members) == 0 {
			continue
		}
		members := of(n.members)
		if numbers++; numbers == 2 {
			common = append(common, all...)
		}
		if numbers > 1 {
			common = slices.DeleteFunc(common, func(p placement) bool { return !hasRoot(members, p.root) })
		}
		for i := range members {
			m := &members[i]
			p := placement{root: m.Root, rule: trade.ByReference, via: n.key, steps: m.Steps, by: m.By}
			if m.By == (trade.EventKey{}) {
				p.by = f.key
			}
			all = addPlacement(all, p)
		}
	}
	if numbers < 2 || len(common) == 0 {
		return all
	}
	// The evidence is the nearest number, which all has.
	for i := range common {
		at := slices.IndexFunc(all, func(p placement) bool { return p.root == common[i].root })
		common[i] = all[at]
	}
	return common
}

// addPlacement keeps a list of placements sorted by consignment, each once: by the fewest steps, then by
// the number that comes first.
func addPlacement(list []placement, p placement) []placement {
	i, found := slices.BinarySearchFunc(list, p, func(a, b placement) int { return strings.Compare(a.root, b.root) })
	if !found {
		return slices.Insert(list, i, p)
	}
	if have := &list[i]; p.steps < have.steps || p.steps == have.steps && p.via < have.via {
		*have = p
	}
	return list
}

// coveredPlaces adds the consignments of the numbers that the event covers: a payment of five invoices
// belongs to all five, and joins none of them.
func (l *Linker) coveredPlaces(f *fact, placed []placement) []placement {
	for _, n := range l.covered(f) {
		for _, m := range l.forwarded(n.members) {
			if slices.ContainsFunc(placed, func(p placement) bool { return p.root == m.Root && p.rule == trade.ByReference }) {
				continue
			}
			p := placement{root: m.Root, rule: trade.ByCovers, via: n.key, steps: m.Steps, by: m.By}
			if m.By == (trade.EventKey{}) {
				p.by = f.key
			}
			placed = addPlacement(placed, p)
		}
	}
	return placed
}

// commonPlaces gives the consignments common to the event's containers and all its bundles, the broadest
// dropped until some remain. Several of one kind count together; what is not known yet does not count.
func (l *Linker) commonPlaces(f *fact) []placement {
	type group struct {
		order  int
		places []placement
	}
	var room [4]group
	groups := room[:0]
	var boxes []placement
	for _, c := range l.boxes(f) {
		if y := c.holding(f); y != nil {
			for _, m := range y.members {
				boxes = addPlacement(boxes, placement{root: m.Root, rule: trade.ByContainer, via: containerVia + c.number, steps: m.Steps, by: m.By})
			}
		}
	}
	if len(boxes) > 0 {
		groups = append(groups, group{-1, boxes})
	}
	for _, n := range l.refs(f) {
		order := n.rank
		if n.class != trade.ClassBundle {
			continue
		}
		at := slices.IndexFunc(groups, func(g group) bool { return g.order == order })
		for _, m := range n.members {
			if at < 0 {
				groups = append(groups, group{order: order})
				at = len(groups) - 1
			}
			p := placement{root: m.Root, rule: trade.ByBundle, via: n.key, steps: m.Steps, by: m.By}
			if m.By == (trade.EventKey{}) {
				p.by = f.key
			}
			groups[at].places = addPlacement(groups[at].places, p)
		}
	}
	slices.SortFunc(groups, func(a, b group) int { return a.order - b.order })
	for n := len(groups); n > 0; n-- {
		common := groups[0].places
		for _, g := range groups[1:n] {
			common = slices.DeleteFunc(slices.Clone(common), func(p placement) bool {
				return !slices.ContainsFunc(g.places, func(q placement) bool { return q.root == p.root })
			})
		}
		if len(common) > 0 {
			return common
		}
	}
	return nil
}

// containerVia begins the key of a container in evidence.
const containerVia = "container\x00"

// showVia writes the number of the evidence as people read it.
func showVia(via string) string {
	if number, ok := strings.CutPrefix(via, containerVia); ok {
		return "container:" + number
	}
	return show(via)
}
