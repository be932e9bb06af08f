package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

const (
	// wideBeside is how many numbers of one kind may stand beside a number before it says nothing any more.
	wideBeside = 64
	// suspectNumbers is how many numbers without a document may hang together before none of it is believed.
	suspectNumbers = 500
)

// issuers learns who gave each number (Numbers). Two carriers may use one bill number, so a number is told
// apart by its issuer. Many publishers leave the issuer out: such a number is the one whose issuer is known, as
// long as exactly one is. With none it is a number of its own, and with two nobody can tell whose it is: to
// guess would show one trader another's papers.
func (s *spec) issuers() {
	for _, r := range s.reports {
		for _, ref := range slices.Concat(r.refs, r.covers, r.olds) {
			if ref.Issuer != "" {
				v := numberKey(groupOf(ref.Kind), ref.Value, "")
				s.known[v] = appendNew(s.known[v], ref.Issuer)
			}
		}
	}
}

// number gives the key of the number that a reference means.
func (s *spec) number(ref trade.Reference) string {
	if known := s.known[numberKey(groupOf(ref.Kind), ref.Value, "")]; ref.Issuer == "" && len(known) == 1 {
		return numberKey(groupOf(ref.Kind), ref.Value, known[0])
	}
	return numberKey(groupOf(ref.Kind), ref.Value, ref.Issuer)
}

// numbers gives the keys of the references that are of interest, each once.
func (s *spec) numbers(refs []trade.Reference, of func(trade.Kind) bool) []string {
	var keys []string
	for _, ref := range refs {
		if of(ref.Kind) {
			keys = appendNew(keys, s.number(ref))
		}
	}
	return keys
}

func anyKind(trade.Kind) bool { return true }

func isBundle(k trade.Kind) bool { return k.Class() == trade.ClassBundle }

// wideNumbers finds the numbers that stand beside more than 64 numbers of one kind (Numbers): a customer's code
// in the field of the shipment, "PENDING" as a bill. Such a number would join the world, so it joins and
// conducts nothing, whatever its kind.
func (s *spec) wideNumbers() {
	beside := map[string]map[trade.Kind]map[string]bool{}
	for _, r := range s.reports {
		numbers := s.numbers(r.refs, anyKind)
		for _, x := range numbers {
			for _, y := range numbers {
				if x == y {
					continue
				}
				if beside[x] == nil {
					beside[x] = map[trade.Kind]map[string]bool{}
				}
				kind := groupOfKey(y)
				if beside[x][kind] == nil {
					beside[x][kind] = map[string]bool{}
				}
				if beside[x][kind][y] = true; len(beside[x][kind]) > wideBeside {
					s.wide[x] = true
				}
			}
		}
	}
}

// masters finds the numbers that are master bills or master air waybills: called so by anybody, anywhere, or
// called a plain bill by a carrier in an event that names a house bill beside it. A master is the carrier's
// paper over the goods of many shippers: it must never tie them together.
func (s *spec) masters() map[string]bool {
	masters := map[string]bool{}
	for _, r := range s.reports {
		house := map[trade.Kind]bool{}
		for _, ref := range r.refs {
			if ref.Kind == trade.HouseBL || ref.Kind == trade.HouseAirWaybill {
				house[groupOf(ref.Kind)] = true
			}
		}
		for _, ref := range r.refs {
			if (ref.Kind == trade.BL || ref.Kind == trade.AirWaybill) && house[ref.Kind] {
				masters[s.number(ref)] = true
			}
		}
		for _, ref := range slices.Concat(r.refs, r.covers, r.olds) {
			if ref.Kind == trade.MasterBL || ref.Kind == trade.MasterAirWaybill {
				masters[s.number(ref)] = true
			}
		}
	}
	return masters
}

// documents finds the consignments (rule 1): the goods under one lowest-level transport document. Every bill,
// air waybill and consignment note that is no master founds one. Two documents are one consignment only if one
// takes the place of the other (a switched or reissued bill), or if both stand beside the same one-order
// number. Two in one event are two: the event belongs to both.
func (s *spec) documents() {
	masters := s.masters()
	found := map[string]bool{}
	for _, r := range s.reports {
		for _, ref := range slices.Concat(r.refs, r.olds) { // what is only covered is not known yet
			n := s.number(ref)
			if ref.Kind.Class() == trade.ClassDocument && !masters[n] && !s.wide[n] {
				found[n] = true
			}
		}
	}
	same := newSame()
	for _, r := range s.reports {
		for _, pair := range s.equals(r) {
			if found[pair[0]] && found[pair[1]] {
				same.unite(pair[0], pair[1])
			}
		}
		numbers := s.numbers(r.refs, isIdentity)
		for _, order := range numbers {
			for _, n := range numbers {
				if groupOfKey(order) == trade.OneOrder && !s.wide[order] && found[n] {
					same.unite(n, order)
				}
			}
		}
		for _, pair := range s.equals(r) {
			if groupOfKey(pair[0]) == trade.OneOrder && !s.wide[pair[0]] && !s.wide[pair[1]] {
				same.unite(pair[0], pair[1])
			}
		}
	}
	roots := map[string]string{}
	for n := range found {
		of := same.of(n)
		if root, ok := roots[of]; !ok || n < root {
			roots[of] = n
		}
	}
	for n := range found {
		s.document[n] = roots[same.of(n)]
		s.belongs[n] = claims{s.document[n]: {}}
	}
}

// equals gives the pairs of numbers that the event says are one: a number and the one whose place it takes, and
// the numbers of one kind that an operator asserts to be one (rule 8). Where an event names several new numbers
// of a kind, it does not say which of them took the place of the old one: a bill that was split in two leaves
// two consignments.
func (s *spec) equals(r *report) [][2]string {
	var pairs [][2]string
	refs, olds := s.numbers(r.refs, anyKind), s.numbers(r.olds, anyKind)
	asserted := r.event.Type == trade.LinkAsserted
	for i, x := range refs {
		alone := !slices.Contains(olds, x) && !slices.ContainsFunc(refs, func(y string) bool {
			return y != x && groupOfKey(y) == groupOfKey(x) && !slices.Contains(olds, y)
		})
		for _, y := range olds {
			if y != x && groupOfKey(y) == groupOfKey(x) && (alone || asserted) {
				pairs = append(pairs, [2]string{x, y})
			}
		}
		for _, y := range refs[i+1:] {
			if asserted && groupOfKey(y) == groupOfKey(x) {
				pairs = append(pairs, [2]string{x, y})
			}
		}
	}
	return pairs
}

// identity gives every other identity number to the nearest documents (rule 2). Two numbers in one event's
// references are one step apart. An invoice or a declaration may span several consignments, and what stands
// nearest is what it was made out for: an invoice beside two bills belongs to both, and joins them not. Numbers
// from which no document can be reached are united with those they hang together with, and stand as a
// consignment until a document reaches them; where more than 500 hang together, none of it is believed.
func (s *spec) identity() {
	g := s.graph()
	documents := map[string]claims{}
	for n, root := range s.document {
		documents[n] = claims{root: {}}
	}
	g.spread(documents)
	groups := map[string]claims{}
	for _, group := range g.groups() {
		if len(group) <= s.doubts {
			root := slices.Min(group)
			groups[root] = claims{root: {}}
			continue
		}
		for _, n := range group {
			s.suspect[n] = true
			s.belongs[n] = claims{g.same.of(n): {}}
		}
	}
	g.spread(groups)
	for n, c := range g.reached {
		s.belongs[n] = c
	}
}

// steps is which numbers stand one step from each other, and through which events. Numbers that are one (rule
// 2: a number and the one it replaces) stand in it as one.
type steps struct {
	spec    *spec
	same    *same
	links   map[string][]link
	reached map[string]claims
}

type link struct {
	to string
	by *report
}

// graph of all identity numbers and documents but the wide ones.
func (s *spec) graph() *steps {
	g := &steps{spec: s, same: newSame(), links: map[string][]link{}, reached: map[string]claims{}}
	join := func(x, y string, by *report) {
		if x != y && !s.wide[x] && !s.wide[y] {
			g.links[x] = append(g.links[x], link{y, by})
			g.links[y] = append(g.links[y], link{x, by})
		}
	}
	for _, r := range s.reports {
		numbers := s.numbers(r.refs, isIdentity)
		for i, x := range numbers {
			g.add(x)
			for _, y := range numbers[i+1:] {
				join(x, y, r)
			}
		}
		for _, x := range s.numbers(r.olds, isIdentity) {
			g.add(x)
		}
		for _, pair := range s.equals(r) {
			x, y := pair[0], pair[1]
			if !isIdentity(groupOfKey(x)) || s.wide[x] || s.wide[y] {
				continue
			}
			if s.document[x] == "" && s.document[y] == "" {
				g.same.unite(x, y)
			} else {
				join(x, y, r) // a master that became a bill, or the reverse
			}
		}
	}
	return g
}

func (g *steps) add(n string) {
	if _, ok := g.links[n]; !ok && !g.spec.wide[n] {
		g.links[n] = nil
	}
}

// spread walks from the given numbers outward, step by step, so that each number meets first what is nearest
// to it. What was reached before stays as it is.
func (g *steps) spread(from map[string]claims) {
	next := map[string]claims{} // by what stands for the number
	for n, c := range from {
		next[g.same.of(n)] = c
	}
	for step := 1; len(next) > 0; step++ {
		for x := range g.links {
			if c := next[g.same.of(x)]; c != nil {
				g.reached[x] = c
			}
		}
		next = map[string]claims{}
		for x, links := range g.links {
			for _, l := range links {
				if g.reached[x] != nil || g.reached[l.to] == nil {
					continue
				}
				of := g.same.of(x)
				if next[of] == nil {
					next[of] = claims{}
				}
				for root := range g.reached[l.to] {
					next[of].add(root, step, l.by)
				}
			}
		}
	}
}

// groups gives the numbers that nothing has reached, those that hang together as one group.
func (g *steps) groups() [][]string {
	together := newSame()
	for x, links := range g.links {
		together.unite(x, g.same.of(x))
		for _, l := range links {
			if g.reached[x] == nil && g.reached[l.to] == nil {
				together.unite(x, l.to)
			}
		}
	}
	byGroup := map[string][]string{}
	for x := range g.links {
		if g.reached[x] == nil {
			byGroup[together.of(x)] = append(byGroup[together.of(x)], x)
		}
	}
	var groups [][]string
	for _, group := range byGroup {
		groups = append(groups, group)
	}
	return groups
}

// same tells which of many things are one.
type same struct{ parent map[string]string }

func newSame() *same { return &same{map[string]string{}} }

func (s *same) of(x string) string {
	for s.parent[x] != "" {
		x = s.parent[x]
	}
	return x
}

func (s *same) unite(x, y string) {
	if x, y = s.of(x), s.of(y); x != y {
		s.parent[max(x, y)] = min(x, y)
	}
}
