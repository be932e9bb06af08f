package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// suspect is how many numbers without a document may hang together before we believe none of it.
const suspect = 500

// deriveIdentity derives again what the numbers belong to (rules 1 and 2), and what lies between them and
// the documents around. It gives the numbers whose consignments
// changed.
//
// Rule 1: a document founds a consignment, unless somebody calls it a master: a master bill is the
// carrier's paper over many shippers' goods, so it must never tie them together. Rule 2: every other
// identity number belongs to the documents the fewest steps away, since an invoice or a declaration may
// span several consignments, and what stands nearest is what it was made out for.
func (l *Linker) deriveIdentity() []*number {
	var changed []*number
	r := region{l: l, index: make(map[*number]int)}
	for n := l.work.identity.next(); n != nil; n = l.work.identity.next() {
		n.queued = false
		switch {
		case n.isDocument():
			same := l.sameConsignment(n)
			l.partedFrom(n, same)
			for _, doc := range same {
				if doubted := l.doubt(doc, false); l.assign(doc, []Member{{Root: same[0].key}}) || doubted {
					changed = append(changed, doc)
					// What is near this document belongs elsewhere now.
					l.eachNeighbour(doc, func(y *number, _ *fact) { l.identityAgain(y) })
				}
			}
		default:
			if _, have := r.index[n]; have {
				continue
			}
			r.add(n)
			if n.group() == trade.OneOrder {
				for _, doc := range l.ordered(n) {
					l.identityAgain(doc)
				}
			}
			// A document that is one no longer lets its neighbours see past it.
			if n.class == trade.ClassDocument && len(n.members) == 1 && n.members[0].Steps == 0 {
				l.partedFrom(n, nil)
				l.eachNeighbour(n, func(y *number, _ *fact) { l.identityAgain(y) })
			}
		}
	}
	r.expand()
	for i, members := range r.solve() {
		n := &r.nodes[i]
		if doubted := l.doubt(n.n, r.nodes[r.find(i)].suspect); l.assign(n.n, members) || doubted {
			changed = append(changed, n.n)
		}
	}
	return changed
}

// partedFrom marks the documents that were one consignment with n and no longer are.
func (l *Linker) partedFrom(n *number, same []*number) {
	if len(n.members) != 1 {
		return
	}
	for _, key := range l.consignment(n.members[0].Root).numbers {
		if y := l.number(key); y.isDocument() && !slices.Contains(same, y) {
			l.identityAgain(y)
		}
	}
}

// assign sets what a number belongs to, keeps the consignments' lists, and says whether that is other than
// before, be it only the reason.
func (l *Linker) assign(n *number, members []Member) bool {
	if sameMembers(n.members, members) {
		return false
	}
	same := sameRoots(n.members, members)
	if !same && n.class != trade.ClassBundle {
		l.eachGone(n.members, members, l.rivalry)
		l.eachGone(members, n.members, l.rivalry)
	}
	if !same {
		l.eachGone(n.members, members, func(root string) {
			if !hasRoot(n.direct, root) {
				l.dropNumber(root, n.key)
			}
		})
		l.eachGone(members, n.members, func(root string) { l.addNumber(root, n.key) })
		l.holdAgain(n)
	}
	n.members = members
	l.markNumber(n)
	return true
}

// before orders events by time, then type, source and id.
func (f *fact) before(g *fact) bool {
	switch {
	case f.time != g.time:
		return f.time < g.time
	case f.kind != g.kind:
		return f.kind < g.kind
	case f.source != g.source:
		return f.source < g.source
	default:
		return f.id < g.id
	}
}

// addMember keeps a sorted list of members, each consignment once: by the fewest steps, then by the
// earliest event.
func (l *Linker) addMember(list []Member, m Member) []Member {
	b := membership{list: list}
	b.add(l, m)
	return b.list
}

// membership builds such a list. One that is shared is copied before it is changed.
type membership struct {
	list   []Member
	shared bool
}

func (b *membership) add(l *Linker, m Member) {
	i, found := slices.BinarySearchFunc(b.list, m, func(a, b Member) int { return strings.Compare(a.Root, b.Root) })
	if found {
		have := &b.list[i]
		if m.Steps > have.Steps || m.Steps == have.Steps && (m.By == have.By || !l.earlier(m, *have)) {
			return
		}
	}
	if b.shared {
		list := make([]Member, len(b.list), len(b.list)+1)
		copy(list, b.list)
		b.list, b.shared = list, false
	}
	if found {
		b.list[i] = m
	} else {
		b.list = slices.Insert(b.list, i, m)
	}
}

// earlier says whether the event that made membership a comes before the one that made b. No event comes
// first.
func (l *Linker) earlier(a, b Member) bool {
	switch {
	case a.By == (trade.EventKey{}) || b.By == (trade.EventKey{}):
		return b.By != (trade.EventKey{})
	case a.at != b.at:
		return a.at < b.at
	}
	f, g := l.fact(a.By), l.fact(b.By)
	return f == nil || g != nil && f.before(g)
}

// sameConsignment gives the documents that are one consignment with n, n among them, sorted by key: one
// replaces the other (a switched or reissued bill), or both stand beside one one_order.
func (l *Linker) sameConsignment(n *number) []*number {
	found := []*number{n}
	var orders []*number
	visit := func(y *number) {
		if y.isDocument() && !slices.Contains(found, y) {
			found = append(found, y)
		}
	}
	for i := 0; i < len(found); i++ {
		d := found[i]
		for m := range l.on(d) {
			if m.bits&ties == 0 {
				continue
			}
			f := l.of(m)
			if f == nil {
				continue
			}
			l.eachEqual(f, d, visit)
			if m.bits&inRefs == 0 {
				continue
			}
			for _, order := range l.refs(f) {
				if order.group() != trade.OneOrder || order.wide || slices.Contains(orders, order) {
					continue
				}
				for _, doc := range l.orderedFrom(order, &orders) {
					visit(doc)
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b *number) int { return strings.Compare(a.key, b.key) })
	return found
}

// ordered gives the documents that stand beside the one-order number, or beside one that it is the same as.
func (l *Linker) ordered(order *number) []*number {
	var orders []*number
	return l.orderedFrom(order, &orders)
}

func (l *Linker) orderedFrom(order *number, orders *[]*number) []*number {
	var docs []*number
	start := len(*orders)
	*orders = append(*orders, order)
	for i := start; i < len(*orders); i++ {
		o := (*orders)[i]
		if o.wide {
			continue
		}
		for m := range l.on(o) {
			if m.bits&(inRefs|inReplaces) == 0 {
				continue
			}
			f := l.of(m)
			if f == nil {
				continue
			}
			l.eachEqual(f, o, func(y *number) {
				if !y.wide && !slices.Contains(*orders, y) {
					*orders = append(*orders, y)
				}
			})
			if m.bits&inRefs == 0 {
				continue
			}
			for _, y := range l.refs(f) {
				if y.isDocument() {
					docs = append(docs, y)
				}
			}
		}
	}
	return docs
}

// eachEqual visits the numbers that the event says are one with x: those it replaces, or is replaced by. An
// event that names several new numbers of a kind does not say which of them took the place of the old one: a bill
// that was split in two leaves two consignments.
func (l *Linker) eachEqual(f *fact, x *number, visit func(*number)) {
	asserted := f.kind == linkAsserted
	if len(f.replaces) == 0 && !asserted {
		return
	}
	refs, replaced := l.refs(f), l.replaced(f)
	alone := func(x *number) bool {
		return !slices.Contains(replaced, x) && !slices.ContainsFunc(refs, func(y *number) bool {
			return y != x && y.rank == x.rank && !slices.Contains(replaced, y)
		})
	}
	if slices.Contains(refs, x) {
		for _, y := range refs {
			if y != x && y.rank == x.rank && asserted {
				visit(y)
			}
		}
		for _, y := range replaced {
			if y != x && y.rank == x.rank && (asserted || alone(x)) {
				visit(y)
			}
		}
	}
	if slices.Contains(replaced, x) {
		for _, y := range refs {
			if y != x && y.rank == x.rank && (asserted || alone(y)) {
				visit(y)
			}
		}
	}
}

var linkAsserted = int16(trade.LinkAsserted.Order())

// eachNeighbour visits the identity numbers and documents one step from x: those beside it in one event.
func (l *Linker) eachNeighbour(x *number, visit func(*number, *fact)) {
	for m := range l.on(x) {
		if m.bits&(inRefs|inReplaces) == 0 {
			continue
		}
		f := l.of(m)
		if f == nil {
			continue
		}
		if m.bits&ties != 0 {
			l.eachEqual(f, x, func(y *number) { visit(y, f) })
		}
		if m.bits&inRefs == 0 {
			continue
		}
		for _, y := range l.refs(f) {
			if y != x && y.class != trade.ClassBundle {
				visit(y, f)
			}
		}
	}
}

// region is a set of numbers that are no documents, with the documents around it.
type region struct {
	l     *Linker
	index map[*number]int
	nodes []regionNode
}

type regionNode struct {
	n     *number
	same  int // the node that stands for this one: numbers that replace each other are one
	edges []edge
	wide  bool

	suspect bool // of a group past belief
}

// edge leads one step on, to a node of the region or to a document.
type edge struct {
	to       int
	document *number // when the step reaches a document
	by       *fact
}

func (r *region) add(n *number) int {
	if i, ok := r.index[n]; ok {
		return i
	}
	i := len(r.nodes)
	r.index[n] = i
	r.nodes = append(r.nodes, regionNode{n: n, same: i})
	return i
}

// find gives the node that stands for node i.
func (r *region) find(i int) int {
	for r.nodes[i].same != i {
		i = r.nodes[i].same
	}
	return i
}

// expand follows the steps from every number of the region, up to the documents and the wide numbers.
func (r *region) expand() {
	for i := 0; i < len(r.nodes); i++ {
		n := r.nodes[i].n
		if n.wide {
			r.nodes[i].wide = true
			continue
		}
		r.l.eachNeighbour(n, func(y *number, by *fact) {
			if y.isDocument() {
				r.nodes[i].edges = append(r.nodes[i].edges, edge{to: -1, document: y, by: by})
				return
			}
			if !y.wide {
				r.nodes[i].edges = append(r.nodes[i].edges, edge{to: r.add(y), by: by})
			}
		})
		for m := range r.l.on(n) {
			if m.bits&ties == 0 {
				continue
			}
			if f := r.l.of(m); f != nil {
				r.l.eachEqual(f, n, func(y *number) {
					if !y.isDocument() && !y.wide {
						r.unite(i, r.add(y))
					}
				})
			}
		}
	}
}

// unite makes two nodes one; the smaller key stands for both.
func (r *region) unite(i, j int) {
	i, j = r.find(i), r.find(j)
	if i == j {
		return
	}
	if r.nodes[j].n.key < r.nodes[i].n.key {
		i, j = j, i
	}
	r.nodes[j].same = i
}

// solve gives each node's members: the documents the fewest steps away, else the group it hangs in.
func (r *region) solve() [][]Member {
	members := make([][]Member, len(r.nodes))
	reached := make([]bool, len(r.nodes))
	for step, more := uint16(1), true; more; step++ {
		more = false
		next := make([][]Member, len(r.nodes))
		for i := range r.nodes {
			at := r.find(i)
			if reached[at] || r.nodes[i].wide {
				continue
			}
			for _, e := range r.nodes[i].edges {
				switch {
				case e.document != nil && step == 1:
					next[at] = r.l.addMember(next[at], Member{Root: r.l.rootOf(e.document), Steps: step, By: e.by.key, at: e.by.time})
				case e.document == nil && reached[r.find(e.to)] && !r.nodes[e.to].wide:
					for _, m := range members[r.find(e.to)] {
						next[at] = r.l.addMember(next[at], Member{Root: m.Root, Steps: step, By: e.by.key, at: e.by.time})
					}
				}
			}
		}
		for at := range next {
			if next[at] != nil {
				members[at], more = next[at], true
			}
		}
		for at := range next {
			reached[at] = reached[at] || next[at] != nil
		}
	}
	r.group(members, reached)
	for i := range members {
		if at := r.find(i); at != i {
			members[i] = slices.Clone(members[at])
		}
	}
	return members
}

// rootOf gives the root of a document's consignment.
func (l *Linker) rootOf(n *number) string {
	if len(n.members) == 1 {
		return n.members[0].Root
	}
	return l.sameConsignment(n)[0].key
}

// group unites the numbers that no document reaches with those they hang together with. The one with the
// smallest key stands for the group, and the others are as many steps from it as events lie between.
func (r *region) group(members [][]Member, reached []bool) {
	seen := make([]bool, len(r.nodes))
	for i := range r.nodes {
		at := r.find(i)
		if reached[at] || seen[at] || r.nodes[i].wide || r.nodes[i].n.named == 0 {
			continue
		}
		seen[at] = true
		hung := []int{at}
		root := at
		numbers := 0
		for k := 0; k < len(hung); k++ {
			if r.nodes[hung[k]].n.key < r.nodes[root].n.key {
				root = hung[k]
			}
			for j := range r.nodes {
				if r.find(j) != hung[k] {
					continue
				}
				numbers++
				for _, e := range r.nodes[j].edges {
					if to := r.find(e.to); !seen[to] && !r.nodes[e.to].wide {
						seen[to] = true
						hung = append(hung, to)
					}
				}
			}
		}
		if numbers > r.l.doubts {
			for _, k := range hung {
				r.nodes[k].suspect = true
				members[k] = []Member{{Root: r.nodes[k].n.key}}
			}
			continue
		}
		r.walk(members, root)
	}
}

// walk gives the numbers of a group their steps from the one that stands for it.
func (r *region) walk(members [][]Member, root int) {
	key := r.nodes[root].n.key
	members[root] = []Member{{Root: key}}
	last := []int{root}
	for step := uint16(1); len(last) > 0; step++ {
		next := make(map[int]Member)
		for j := range r.nodes {
			at := r.find(j)
			if members[at] != nil {
				continue
			}
			for _, e := range r.nodes[j].edges {
				if e.document != nil || !slices.Contains(last, r.find(e.to)) {
					continue
				}
				m := Member{Root: key, Steps: step, By: e.by.key, at: e.by.time}
				if have, ok := next[at]; !ok || m.By != have.By && r.l.earlier(m, have) {
					next[at] = m
				}
			}
		}
		last = last[:0]
		for at, m := range next {
			members[at] = []Member{m}
			last = append(last, at)
		}
	}
}
