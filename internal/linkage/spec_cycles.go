package linkage

import (
	"maps"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

const (
	aDay = int64(24 * 3600 * 1000) // milliseconds
	// boxSilence is how long a box may be unseen before its next sight is of another cycle.
	boxSilence = 45 * aDay
	// depotSilence is how long a bill must be unseen before another may take over from it.
	depotSilence = 7 * aDay
)

// box is a container.
type box struct {
	number string
	seen   []*report // who saw it, in order
	spoken []*report // who only speaks of it: papers, plans, readings
	cycles []*stretch
}

// stretch is one cycle of a container: from one use's begin to its end, or what was seen of it.
type stretch struct {
	seen    []*report
	own     claims // consignments observed in it, or said on paper to be
	members claims // own, or who stands in for them
}

func (c *stretch) first() *report { return c.seen[0] }
func (c *stretch) last() *report  { return c.seen[len(c.seen)-1] }

// sees says whether the event sees its containers with its own eyes: an actual move of the box. A reading comes
// from a sensor that nobody took off, a plan may fail, and a paper is written where the box is not.
func (r *report) sees() bool {
	t := string(r.event.Type)
	return r.actual() && (strings.HasPrefix(t, "logistics.equipment.") || strings.HasPrefix(t, "logistics.empty.") ||
		r.event.Type == trade.CargoTransferred)
}

// cycles cuts the life of each container into cycles, and finds whose goods each holds (rule 3). A box is used
// again and again, by other shippers each time. Only within one use does it say that two events speak of the
// same goods; without cuts, all its shippers would become one. The members of a cycle are the consignments that
// the moves seen in it name.
func (s *spec) cycles() {
	for _, r := range s.reports {
		for _, number := range r.boxes {
			b := s.boxes[number]
			if b == nil {
				b = &box{number: number}
				s.boxes[number] = b
			}
			if r.sees() {
				b.seen = append(b.seen, r)
			} else {
				b.spoken = append(b.spoken, r)
			}
		}
	}
	for _, b := range s.boxes {
		for _, use := range cutAtEnds(b.seen) {
			for _, part := range s.cutAtSilentDepots(use) {
				c := &stretch{seen: part, own: claims{}}
				for _, r := range part {
					for root, e := range s.named(r) {
						c.own.add(root, e.steps, r)
					}
				}
				b.cycles = append(b.cycles, c)
			}
		}
	}
}

// cutAtEnds cuts where a use of the box is seen to begin or to end: before an empty pick-up, unless it is the
// same one, reported twice; after an empty return, or after the last of several; after a stripping, unless
// another or the return of the empty box follows; and in a silence of 45 days, in which nobody can tell what
// the box did.
func cutAtEnds(seen []*report) [][]*report {
	var uses [][]*report
	for i, r := range seen {
		cut := i == 0
		if i > 0 {
			before, after := seen[i-1].event.Type, r.event.Type
			cut = after == trade.EmptyPickedUp && before != trade.EmptyPickedUp ||
				before == trade.EmptyReturned && after != trade.EmptyReturned ||
				before == trade.EquipmentStripped && after != trade.EquipmentStripped && after != trade.EmptyReturned ||
				r.time()-seen[i-1].time() >= boxSilence
		}
		if cut {
			uses = append(uses, nil)
		}
		uses[len(uses)-1] = append(uses[len(uses)-1], r)
	}
	return uses
}

// cutAtSilentDepots cuts where no depot reports pick-up and return, but one shipper's bill or booking takes over
// from another's: the new one is first seen when all of its kind that were seen before have not been seen for 7
// days, nor are they seen again. Bills under one master or one booking are groupage: they share the box and do
// not take over from each other. Nor does a box change hands under a bill or booking that is seen both before
// and after. The cut falls after the last gate-out, stripping or discharge before the new one's first sight,
// since the box was given back after that; without any, right before that sight.
func (s *spec) cutAtSilentDepots(use []*report) [][]*report {
	first, last := map[string]int{}, map[string]int{}
	for i, r := range use {
		for _, n := range s.billsAndBookings(r) {
			if _, ok := first[n]; !ok {
				first[n] = i
			}
			last[n] = i
		}
	}
	var parts [][]*report
	start := 0
	for i, r := range use {
		for _, n := range s.billsAndBookings(r) {
			// What the cut before separated is seen for the first time only if it was not seen since.
			if i == start || slices.ContainsFunc(use[start:i], func(q *report) bool { return slices.Contains(s.billsAndBookings(q), n) }) {
				continue
			}
			if at, ok := s.takesOver(use, start, i, n, last); ok {
				parts = append(parts, use[start:at])
				start = at
			}
		}
	}
	return append(parts, use[start:])
}

// takesOver says whether the bill or booking n, first seen in event i since start, takes over the box from those
// seen in between, and before which event the cut falls.
func (s *spec) takesOver(use []*report, start, i int, n string, last map[string]int) (at int, ok bool) {
	handed := start // the last sight of a rival
	rivals := 0
	for j, r := range use[start:i] {
		for _, rival := range s.billsAndBookings(r) {
			if groupOfKey(rival) != groupOfKey(n) {
				continue
			}
			if use[i].time()-use[last[rival]].time() < depotSilence || s.shares(n, rival) {
				return 0, false
			}
			rivals++
			handed = start + j
		}
	}
	if rivals == 0 {
		return 0, false
	}
	at = i
	for j := i - 1; j >= handed; j-- {
		if t := use[j].event.Type; t == trade.EquipmentGatedOut || t == trade.EquipmentStripped || t == trade.EquipmentDischarged {
			at = j + 1
			break
		}
	}
	for _, r := range use[start:at] {
		for _, other := range s.billsAndBookings(r) {
			if last[other] >= at {
				return 0, false
			}
		}
	}
	return at, true
}

// billsAndBookings gives the bills and bookings that the event names.
func (s *spec) billsAndBookings(r *report) []string {
	numbers := s.numbers(r.refs, func(k trade.Kind) bool { return groupOf(k) == trade.BL || k == trade.Booking })
	var names []string
	for _, n := range numbers {
		if !s.wide[n] {
			names = appendNew(names, s.one.of(n))
		}
	}
	return names
}

// shares says whether two bills or bookings have a consignment in common, or consignments that stand under one
// master or one booking.
func (s *spec) shares(x, y string) bool {
	of := func(n string) claims {
		if groupOfKey(n) == trade.Booking {
			return s.beside[n]
		}
		return s.belongs[n]
	}
	common := func(a, b claims) bool {
		for root := range a {
			if b.has(root) {
				return true
			}
		}
		return false
	}
	if common(of(x), of(y)) {
		return true
	}
	for n, under := range s.belongs {
		if group := groupOfKey(n); (group == trade.BL || group == trade.AirWaybill) && s.document[n] == "" && common(under, of(x)) && common(under, of(y)) {
			return true
		}
	}
	for n, under := range s.beside {
		if groupOfKey(n) == trade.Booking && common(under, of(x)) && common(under, of(y)) {
			return true
		}
	}
	return false
}

// transfers makes the consignments of the emptied box's cycle those of the box that takes the goods on (rule
// 3): at the gauge break of Khorgos or Małaszewicze the goods go from one container to another, and nobody
// writes the note on the second one.
func (s *spec) transfers() {
	for more := true; more; {
		more = false
		for _, r := range s.reports {
			if r.event.Type != trade.CargoTransferred || !r.sees() {
				continue
			}
			for _, from := range r.from {
				for _, to := range r.to {
					if from == to {
						continue
					}
					for root, c := range s.boxes[from].holding(r).own {
						if s.boxes[to].holding(r).own.add(root, c.steps+1, r) {
							more = true
						}
					}
				}
			}
		}
	}
}

// papers gives each consignment that names a container only on paper to the first cycle that ends more than a
// day after the earliest of these papers, else to the last (rule 3). A declaration is often dated midnight: one
// of the day on which the box is returned belongs to the next use, not to the one that ends that day.
func (s *spec) papers() {
	for _, b := range s.boxes {
		earliest := map[string]*report{}
		for _, r := range b.spoken {
			for root := range s.named(r) {
				observed := slices.ContainsFunc(b.cycles, func(c *stretch) bool { return c.own.has(root) })
				if !observed && (earliest[root] == nil || r.before(earliest[root])) {
					earliest[root] = r
				}
			}
		}
		for root, r := range earliest {
			if len(b.cycles) == 0 {
				break
			}
			at := slices.IndexFunc(b.cycles, func(c *stretch) bool { return c.last().time() > r.time()+aDay })
			if at < 0 {
				at = len(b.cycles) - 1
			}
			b.cycles[at].own.add(root, s.named(r)[root].steps, r)
		}
	}
	s.transfers()
}

// holding gives the cycle of the container that an event falls in: the one it was seen in, else the last that
// had begun by its time, else the first; nil where the box was never seen.
func (b *box) holding(r *report) *stretch {
	var at *stretch
	for i, c := range b.cycles {
		if slices.Contains(c.seen, r) {
			return c
		}
		if i == 0 || c.first().time() <= r.time() {
			at = c
		}
	}
	return at
}

// notes gives the consignments that have only consignment notes to the bills and waybills whose goods were in
// the same cycles (rule 3). The railway writes its own note for the inland leg and never hears of the sea
// bill; the box that both name shows that it is one carriage. From here on such a note is no consignment of its
// own, and all its numbers belong to the bills. A master counts, too, while no house bill under it is known.
func (s *spec) notes() {
	// The root is the smallest of a consignment's numbers, and air_waybill and bl sort before all other kinds.
	bill := func(root string) bool { return groupOfKey(root) == trade.BL || groupOfKey(root) == trade.AirWaybill }
	note := func(root string) bool { return groupOfKey(root) == trade.ConsignmentNote }
	joins := map[string]claims{} // root of notes → bills
	for _, b := range s.boxes {
		for _, c := range b.cycles {
			for root, why := range c.own {
				for other := range c.own {
					if !note(root) || !bill(other) {
						continue
					}
					if joins[root] == nil {
						joins[root] = claims{}
					}
					joins[root].add(other, 1, why.by)
				}
			}
		}
	}
	onward := func(c claims) claims {
		out := claims{}
		for root, why := range c {
			if joins[root] == nil {
				out.add(root, why.steps, why.by)
			}
			for other, joined := range joins[root] {
				out.add(other, why.steps+joined.steps, joined.by)
			}
		}
		return out
	}
	for n, c := range s.belongs {
		s.belongs[n] = onward(c)
	}
	for _, b := range s.boxes {
		for _, c := range b.cycles {
			c.own = onward(c.own)
		}
	}
}

// cycleMembers finds who stands in for the consignments of a cycle in which no move named any (rule 3): those
// of the narrowest bundle that was named in it, the ones without a container of their own first, since the
// booking's other bills have other boxes; failing that, those of the cycle before, unless an empty pick-up
// opened this one: a box held for 70 days in customs comes out with the goods that went in.
func (s *spec) cycleMembers() {
	inBoxes := map[string][]*box{}
	for _, b := range s.boxes {
		for _, c := range b.cycles {
			for root := range c.own {
				inBoxes[root] = appendNew(inBoxes[root], b)
			}
		}
	}
	for _, b := range s.boxes {
		for i, c := range b.cycles {
			c.members = c.own
			if len(c.members) == 0 {
				c.members = s.bundleSeen(c)
				free := maps.Clone(c.members)
				maps.DeleteFunc(free, func(root string, _ claim) bool {
					return slices.ContainsFunc(inBoxes[root], func(other *box) bool { return other != b })
				})
				if len(free) > 0 {
					c.members = free
				}
			}
			if len(c.members) == 0 && i > 0 && c.first().event.Type != trade.EmptyPickedUp {
				c.members = b.cycles[i-1].members
			}
		}
	}
}

// bundleSeen gives the members of the narrowest bundles with any that the moves in a cycle name.
func (s *spec) bundleSeen(c *stretch) claims {
	for _, kind := range trade.Kinds() {
		members := claims{}
		for _, r := range c.seen {
			for _, n := range s.numbers(r.refs, func(k trade.Kind) bool { return k == kind && isBundle(k) }) {
				for root, m := range s.bundle[n] {
					members.add(root, m.steps+1, r)
				}
			}
		}
		if len(members) > 0 {
			return members
		}
	}
	return nil
}
