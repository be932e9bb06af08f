package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// sameBundles gives the bundles that are one with n, n among them, sorted by key: one takes the place of the other, as a
// carrier's booking does of the request for it.
func (l *Linker) sameBundles(n *number) []*number {
	found := []*number{n}
	if n.tied == 0 || n.wide {
		return found
	}
	for i := 0; i < len(found); i++ {
		y := found[i]
		for m := range l.on(y) {
			if m.bits&ties == 0 {
				continue
			}
			if f := l.of(m); f != nil {
				l.eachEqual(f, y, func(z *number) {
					if !z.wide && !slices.Contains(found, z) {
						found = append(found, z)
					}
				})
			}
		}
	}
	slices.SortFunc(found, func(a, b *number) int { return strings.Compare(a.key, b.key) })
	return found
}

// bundlesTied marks the bundles that the event makes one, or made one until it is taken out: each has its members, and
// containers seen under them may be cut otherwise.
func (l *Linker) bundlesTied(f *fact) {
	if len(f.replaces) == 0 && f.kind != linkAsserted {
		return
	}
	for _, list := range [...][]*number{l.refs(f), l.replaced(f)} {
		for _, n := range list {
			if n.class == trade.ClassBundle {
				l.bundleAgain(n)
				l.cutAgain(n)
			}
		}
	}
}

// cutAgain marks the containers that were seen under the booking, or one that is the same.
func (l *Linker) cutAgain(n *number) {
	if n.rank != bookingRank {
		return
	}
	for _, y := range l.sameBundles(n) {
		l.eachSeenUnder(y, l.containerAgain)
	}
}

// eachSeenUnder visits the containers that were seen under the bill or booking.
func (l *Linker) eachSeenUnder(n *number, visit func(*container)) {
	for m := range l.on(n) {
		if m.bits&(inRefs|sees) == inRefs|sees {
			if f := l.of(m); f != nil {
				for _, c := range l.boxes(f) {
					visit(c)
				}
			}
		}
	}
}
