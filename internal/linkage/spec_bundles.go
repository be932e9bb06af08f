package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

// replacedBundles finds the bookings, orders and other bundles that are one: one takes the place of the other (Numbers). A
// shipper's request has a number of its own until the carrier confirms it under another; who follows the first must be led
// on to what was shipped under the second.
func (s *spec) replacedBundles() {
	s.one = newSame()
	for _, r := range s.reports {
		for _, pair := range s.equals(r) {
			if isBundle(groupOfKey(pair[0])) && !s.wide[pair[0]] && !s.wide[pair[1]] {
				s.one.unite(pair[0], pair[1])
			}
		}
	}
}

// besideBundles finds the consignments that some event puts beside a booking, order, credit or other bundle, by
// naming or covering them (rule 4). A bundle relates consignments and never makes two into one: a contract is
// shipped in many parts, a payment may be for five invoices of five shippers.
func (s *spec) besideBundles() {
	s.beside, s.alone = map[string]claims{}, map[string][]*report{}
	for _, r := range s.reports {
		for _, n := range s.bundlesNamed(r) {
			if s.beside[n] == nil {
				s.beside[n] = claims{}
			}
			if !r.hasIdentity() {
				s.alone[n] = append(s.alone[n], r)
			}
			for root, e := range s.named(r) {
				s.beside[n].add(root, e.steps+1, r)
			}
			for _, covered := range s.numbers(r.covers, isIdentity) {
				for root, c := range s.belongs[covered] {
					s.beside[n].add(root, c.steps+1, r)
				}
			}
		}
	}
	s.shareBeside()
}

// shareBeside lets the bundles that are one have what is said of each.
func (s *spec) shareBeside() {
	beside, alone := map[string]claims{}, map[string][]*report{}
	for n, c := range s.beside {
		of := s.one.of(n)
		if beside[of] == nil {
			beside[of] = claims{}
		}
		for root, c := range c {
			beside[of].add(root, c.steps, c.by)
		}
		alone[of] = append(alone[of], s.alone[n]...)
	}
	for n := range s.one.parent {
		s.beside[n] = nil // also of those that are only replaced
	}
	for of, c := range beside {
		s.beside[of] = c
	}
	for n := range s.beside {
		s.beside[n], s.alone[n] = beside[s.one.of(n)], alone[s.one.of(n)]
	}
}

// bundlesNamed gives the bundles that the event names.
func (s *spec) bundlesNamed(r *report) []string {
	return slices.DeleteFunc(s.numbers(r.refs, isBundle), func(n string) bool { return s.wide[n] })
}

// bundles finds the members of each bundle, the narrow kinds first (rule 4): the consignments beside it and,
// from events that name no document and no identity number, those of the cycles and of the narrower bundles
// beside it. So an order meets a bill that no event names with it, through the booking. A consignment that has a
// bundle of that kind of its own is not taken: the box names it, but its booking is another. Never from broad to
// narrow: two consignments under one contract do not get each other's bookings. A booking or purchase order
// without members is a provisional consignment, worth following before there is a bill; other bundles wait.
func (s *spec) bundles() {
	for _, kind := range trade.Kinds() {
		if !isBundle(kind) {
			continue
		}
		for n, beside := range s.beside {
			if groupOfKey(n) != kind {
				continue
			}
			members := claims{}
			for root, c := range beside {
				members.add(root, c.steps, c.by)
			}
			for _, r := range s.alone[n] {
				s.addNarrower(members, n, r)
			}
			if len(members) == 0 && (kind == trade.Booking || kind == trade.PurchaseOrder) {
				members = claims{s.one.of(n): {}}
			}
			s.bundle[n] = members
		}
	}
}

// addNarrower adds to the members of bundle n what an event without identity numbers says beside it.
func (s *spec) addNarrower(members claims, n string, r *report) {
	add := func(from claims) {
		for root, c := range from {
			if !s.hasOther(root, n) {
				members.add(root, c.steps+1, r)
			}
		}
	}
	for _, number := range r.boxes {
		if c := s.boxes[number].holding(r); c != nil {
			add(c.own)
		}
	}
	for _, other := range s.numbers(slices.Concat(r.refs, r.covers), isBundle) {
		if groupOfKey(other).Order() < groupOfKey(n).Order() {
			add(s.bundle[other])
		}
	}
}

// hasOther says whether the consignment stands beside another bundle of n's kind.
func (s *spec) hasOther(root, n string) bool {
	for other, beside := range s.beside {
		if s.one.of(other) != s.one.of(n) && groupOfKey(other) == groupOfKey(n) && beside.has(root) {
			return true
		}
	}
	return false
}
