package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// cutSilent cuts one use of a box where no depot reports pick-up and return, but one shipper's bill or booking
// takes over from another's (rule 3). It adds the parts to the spans.
func (l *Linker) cutSilent(c *container, spans []span, use span, names int) []span {
	if names < 2 || !c.rivals(use) {
		return append(spans, use)
	}
	t := takeover{l: l, c: c}
	for i := use.from; i < use.to; i++ {
		if c.mentions[i].bits&boxSees == 0 {
			continue
		}
		names := t.namesOf(c.mentions[i].names)
		t.seen, t.named = append(t.seen, i), append(t.named, names)
		for _, n := range names {
			t.sees(n)
		}
	}
	start := 0
	for i := range t.seen {
		for _, n := range t.named[i] {
			// What the cut before separated is seen for the first time only if it was not seen since.
			if i == start || t.names(start, i, n) {
				continue
			}
			if at, ok := t.takesOver(start, i, n); ok {
				spans = append(spans, span{t.seen[start], t.seen[at-1] + 1})
				start = at
			}
		}
	}
	return append(spans, span{t.seen[start], use.to})
}

// rivals says whether two bills, or two bookings, are named in the observations of a use.
func (c *container) rivals(use span) bool {
	var bill, booking string
	for i := use.from; i < use.to; i++ {
		m := &c.mentions[i]
		if m.bits&boxSees == 0 {
			continue
		}
		for _, name := range m.names {
			first := &booking
			if strings.HasPrefix(name, billPrefix) {
				first = &bill
			}
			if *first != "" && *first != name {
				return true
			}
			*first = name
		}
	}
	return false
}

const billPrefix = string(trade.BL) + "\x00"

// takeover looks at the observations of one use of a box.
type takeover struct {
	l     *Linker
	c     *container
	seen  []int      // places of the observations among the container's mentions
	named [][]string // the bills and bookings that each names
	last  []sight
}

// sight is the last observation that names a bill or booking.
type sight struct {
	name string
	at   int
}

// sees notes that the observation at hand names the bill or booking.
func (t *takeover) sees(name string) {
	at := slices.IndexFunc(t.last, func(s sight) bool { return s.name == name })
	if at < 0 {
		at, t.last = len(t.last), append(t.last, sight{name: name})
	}
	t.last[at].at = len(t.seen) - 1
}

// lastOf gives the last observation that names the bill or booking.
func (t *takeover) lastOf(name string) int {
	return t.last[slices.IndexFunc(t.last, func(s sight) bool { return s.name == name })].at
}

// namesOf gives those of the bills and bookings that count, each as the one that it is the same as.
func (t *takeover) namesOf(names []string) []string {
	if !slices.ContainsFunc(names, func(key string) bool { n := t.l.number(key); return n.wide || n.tied > 0 }) {
		return names
	}
	var out []string
	for _, key := range names {
		if n := t.l.number(key); !n.wide {
			if n.tied > 0 {
				key = t.l.sameBundles(n)[0].key
			}
			out = appendNew(out, key)
		}
	}
	return out
}

// names says whether one of the observations names the number.
func (t *takeover) names(from, to int, n string) bool {
	for i := from; i < to; i++ {
		if slices.Contains(t.named[i], n) {
			return true
		}
	}
	return false
}

func (t *takeover) at(i int) *boxMention { return &t.c.mentions[t.seen[i]] }

// takesOver says whether the bill or booking n, first seen in observation i since start, takes over the box from
// those of its kind seen in between: all of them unseen for seven days, and none under one master or booking with
// it. It gives the observation before which the cut falls: after the last gate-out, stripping or discharge, since
// the box was given back after that, else right before n's first sight. Nothing may be seen on both sides.
func (t *takeover) takesOver(start, i int, n string) (at int, ok bool) {
	handed, rivals := start, 0
	for j := start; j < i; j++ {
		for _, rival := range t.named[j] {
			if groupOfKey(rival) != groupOfKey(n) {
				continue
			}
			if t.at(i).time-t.at(t.lastOf(rival)).time < takeOver || t.l.shares(n, rival) {
				return 0, false
			}
			rivals++
			handed = j
		}
	}
	if rivals == 0 {
		return 0, false
	}
	at = i
	for j := i - 1; j >= handed; j-- {
		if kind := t.at(j).kind; kind == gatedOut || kind == stripped || kind == discharged {
			at = j + 1
			break
		}
	}
	for j := start; j < at; j++ {
		for _, other := range t.named[j] {
			if t.lastOf(other) >= at {
				return 0, false
			}
		}
	}
	return at, true
}

// shares says whether two bills or bookings have a consignment in common, or consignments that stand under one
// master or one booking. What that depends on is marked, so that the container is cut again when it changes.
func (l *Linker) shares(x, y string) bool {
	ofX, ofY := l.under(x), l.under(y)
	for _, list := range [2][]string{ofX, ofY} {
		for _, root := range list {
			if g := l.consignment(root); !g.rival {
				l.touch(root).rival = true
			}
		}
	}
	common := func(roots []string) bool {
		return slices.ContainsFunc(roots, func(root string) bool { return slices.Contains(ofY, root) })
	}
	if common(ofX) {
		return true
	}
	for _, root := range ofX {
		for _, key := range l.consignment(root).numbers {
			group := groupOfKey(key)
			if group != trade.BL && group != trade.AirWaybill {
				continue
			}
			if n := l.number(key); !n.isDocument() && common(rootsOf(n.members)) {
				return true
			}
		}
		for _, booking := range l.bookingsBeside(root) {
			if common(l.put(booking)) {
				return true
			}
		}
	}
	return false
}

// under gives the consignments of a bill, or those that events put beside a booking, before notes are given to
// their bills.
func (l *Linker) under(key string) []string {
	n := l.number(key)
	if !n.rival {
		n.rival = true
		l.markNumber(n)
	}
	if n.class == trade.ClassBundle {
		return l.put(n)
	}
	return rootsOf(n.members)
}

func rootsOf(members []Member) []string {
	roots := make([]string, len(members))
	for i := range members {
		roots[i] = members[i].Root
	}
	return roots
}

// put gives the consignments that events put beside a booking.
func (l *Linker) put(n *number) []string {
	var roots []string
	if n.wide {
		return nil
	}
	for _, y := range l.sameBundles(n) {
		for m := range l.on(y) {
			if m.bits&inRefs == 0 || m.bits&(hasIdentity|hasCovers) == 0 {
				continue
			}
			if f := l.of(m); f != nil {
				for _, root := range l.rootsBy(f) {
					roots = appendNew(roots, root)
				}
			}
		}
	}
	return roots
}

// rootsBy gives the consignments that an event puts beside the bundles that it names.
func (l *Linker) rootsBy(f *fact) []string {
	var roots []string
	for _, p := range l.identityPlaces(f) {
		roots = append(roots, p.root)
	}
	for _, y := range l.covered(f) {
		if y.class != trade.ClassBundle {
			for _, m := range y.members {
				roots = appendNew(roots, m.Root)
			}
		}
	}
	return roots
}

// bookingsBeside gives the bookings that some event puts beside the consignment.
func (l *Linker) bookingsBeside(root string) []*number {
	var bookings []*number
	for _, key := range l.consignment(root).numbers {
		if groupOfKey(key).Class() == trade.ClassBundle {
			continue
		}
		n := l.number(key)
		for m := range l.on(n) {
			if m.bits&(inRefs|inCovers) == 0 {
				continue
			}
			f := l.of(m)
			if f == nil {
				continue
			}
			for _, y := range l.refs(f) {
				if y.rank == bookingRank && !y.wide && !slices.Contains(bookings, y) && slices.Contains(l.rootsBy(f), root) {
					bookings = append(bookings, y)
				}
			}
		}
	}
	return bookings
}

var bookingRank = trade.Booking.Order()

// rivalry marks the containers in which a bill or booking of the consignment was compared with others: what it
// stands under is other than it was.
func (l *Linker) rivalry(root string) {
	if c := l.consignment(root); !c.rival {
		return
	}
	for _, key := range l.consignment(root).numbers {
		if group := groupOfKey(key); group == trade.BL {
			l.recut(l.number(key))
		}
	}
	for _, n := range l.bookingsBeside(root) {
		l.recut(n)
	}
}

// recut marks the containers that were seen under the bill or booking, if it was compared with others.
func (l *Linker) recut(n *number) {
	if n.class == trade.ClassBundle && n.tied > 0 {
		l.cutAgain(n)
	} else if n.rival {
		l.eachSeenUnder(n, l.containerAgain)
	}
}

// booked marks what depends on an event that was entered or taken out and puts consignments beside bookings.
func (l *Linker) booked(f *fact) {
	names := false
	for _, n := range l.refs(f) {
		if n.rank == bookingRank {
			names = true
			l.recut(n)
		}
	}
	if names {
		for _, root := range l.rootsBy(f) {
			l.rivalry(root)
		}
	}
}
