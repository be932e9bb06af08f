package linkage

import "oneorder/internal/trade"

// wide is how many numbers of one kind may stand beside a number before it says nothing any more: a
// number on everything (a customer code in the wrong field) would join the world.
const wide = 64

// widen follows a change of a number's mentions: whether it is wide. Counting who stands beside it takes all
// its events, so it is done only when enough were added to make a difference.
func (l *Linker) widen(n *number) {
	is := false
	switch {
	case n.beside <= wide:
	case n.wide && n.look != 0:
		is = true // more events do not make it narrower
	case n.beside < n.look:
	default:
		most := l.widest(n)
		is = most > wide
		n.look = n.beside + 1
		if !is {
			n.look += uint32(wide - most)
		}
	}
	if n.wide == is {
		return
	}
	if n.class == trade.ClassBundle {
		n.wide = false
		l.bundleAgain(n) // and what it is one with while it is not wide
		l.cutAgain(n)
	}
	n.wide = is
	l.work.flipped = append(l.work.flipped, n)
	if n.class == trade.ClassBundle {
		return
	}
	l.identityAgain(n)
	l.eachNeighbour(n, func(y *number, _ *fact) { l.identityAgain(y) })
}

// widest gives how many numbers of one kind stand beside the number, of the kind that most do; it does not count much
// further than to be wide.
func (l *Linker) widest(n *number) int {
	beside := make(map[*number]bool)
	kinds := make(map[int]int)
	most := 0
	for m := range l.on(n) {
		if m.bits&inRefs == 0 {
			continue
		}
		f := l.of(m)
		if f == nil {
			continue
		}
		for _, y := range l.refs(f) {
			if y == n || beside[y] {
				continue
			}
			beside[y] = true
			kinds[y.rank]++
			most = max(most, kinds[y.rank])
		}
		if most > wide {
			break // a common number is beside thousands more
		}
	}
	return most
}
