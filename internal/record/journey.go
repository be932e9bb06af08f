package record

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// call is a conveyance's departure from, or arrival at, a place by a mode.
type call struct {
	move  move // departure or arrival
	mode  string
	place string // a code that Locate gave

	actual  stamp
	planned stamp // planned or estimated
	first   stamp // planned, as it was recorded first
	near    stamp // when the goods were loaded: that is no departure, but it orders the calls

	worked bool // goods were loaded or discharged

	carrier    word
	conveyance word
	other      word // the place that it is bound for, or comes from
}

// time orders the calls: the actual time, else the planned, else that of a loading.
func (c *call) time() int64 {
	switch {
	case c.actual.known():
		return c.actual.at
	case c.planned.known():
		return c.planned.at
	default:
		return c.near.at
	}
}

// crossing is the goods' passage over a border at a place.
type crossing struct {
	place string
	at    stamp
}

// span is a part of the journey that a document states.
type span struct {
	from, to string
	mode     word
	rank     rank
}

func (b *Builder) addJourney(d *trade.Data, says *rule, r rank, at int64) {
	if says.move == noMove && says.span == 0 {
		return
	}
	from, to := b.tables.Locate(d.Transport.From, ""), b.tables.Locate(d.Transport.To, "")
	if says.span > 0 {
		if from != "" && to != "" && from != to {
			r.standing = says.span
			b.addSpan(from, to, d.Transport.Mode, r)
		}
		return
	}
	place := b.tables.Locate(d.Place.UNLOCODE, d.Place.Facility)
	r.standing = says.stands
	kind := says.move
	if kind == schedule {
		if r.class == actual {
			return
		}
		switch {
		case place != "" && place == from:
			kind = departure
		case place != "" && place == to:
			kind = arrival
		default:
			return
		}
	}
	switch kind {
	case border:
		b.addCrossing(cmp.Or(place, from), r, at)
	case arrival:
		place = cmp.Or(place, to)
		b.addCall(arrival, place, from, d, r, at)
	case loading:
		b.addCall(loading, cmp.Or(place, from), to, d, r, at)
	default:
		b.addCall(departure, cmp.Or(place, from), to, d, r, at)
	}
}

func (b *Builder) addSpan(from, to, mode string, r rank) {
	i := 0
	for i < len(b.spans) && (b.spans[i].from != from || b.spans[i].to != to) {
		i++
	}
	if i == len(b.spans) {
		b.spans = append(b.spans, span{from: b.own(from), to: b.own(to)})
		b.stale |= staleJourney
	}
	s := &b.spans[i]
	if b.beats(r, s.rank) {
		s.rank = r
		b.stale |= staleJourney
	}
	if b.say(&s.mode, r, mode) {
		b.stale |= staleJourney
	}
}

func (b *Builder) addCrossing(place string, r rank, at int64) {
	if r.class != actual {
		return
	}
	for i := range b.borders {
		if c := &b.borders[i]; c.place == place {
			if b.offer(&c.at, r, at) {
				b.stale |= staleMilestones
			}
			return
		}
	}
	b.borders = append(b.borders, crossing{place: b.own(place), at: stamp{rank: r, at: at}})
	b.stale |= staleMilestones
}

func (b *Builder) addCall(kind move, place, other string, d *trade.Data, r rank, at int64) {
	if place == "" {
		return
	}
	end := kind
	if kind == loading {
		end = departure
	}
	mode := d.Transport.Mode
	i := 0
	for i < len(b.calls) && (b.calls[i].move != end || b.calls[i].place != place || b.calls[i].mode != mode) {
		i++
	}
	if i == len(b.calls) {
		if b.calls == nil {
			b.calls = make([]call, 0, 4)
		}
		b.calls = append(b.calls, call{move: end, mode: b.own(mode), place: b.own(place)})
		b.stale |= staleJourney
	}
	c := &b.calls[i]
	when := &c.planned
	switch {
	case kind == loading:
		when = &c.near
	case r.class == actual:
		when = &c.actual
	}
	changed := b.offer(when, r, at)
	if r.class == planned && kind != loading {
		changed = b.offerFirst(&c.first, r, at) || changed
	}
	if r.class == actual && r.standing == handled && !c.worked {
		c.worked, changed = true, true
	}
	changed = b.say(&c.carrier, r, d.Transport.Carrier) || changed
	changed = b.say(&c.conveyance, r, cmp.Or(d.Transport.Conveyance, d.Transport.Name)) || changed
	if other != place {
		changed = b.say(&c.other, r, other) || changed
	}
	if changed {
		b.stale |= staleJourney
	}
}

// makeJourney fills in legs, ends, modes and corridor.
func (b *Builder) makeJourney(c *trade.Chain) {
	c.Legs = b.makeLegs()
	b.sortSpans()
	c.Origin, c.Destination = b.ends(c.Legs)
	places, modes := b.path(c)
	c.ModePath = modePath(modes)
	c.Corridor = "other"
	if len(places) > 1 {
		c.Corridor = b.tables.Corridor(places, modes)
	}
}

// makeMilestones fills in what is reached, and what follows from it.
func (b *Builder) makeMilestones(c *trade.Chain) {
	b.marks = b.milestones
	b.marks[trade.Departed] = b.firstDeparture(c.Legs)
	b.marks[trade.Arrived] = stamp{}
	if n := len(c.Legs); n > 0 && c.Legs[n-1].To == c.Destination {
		b.marks[trade.Arrived] = b.callAt(arrival, c.Legs[n-1].To, c.Legs[n-1].Arrived)
	}
	b.marks[trade.AtBorder] = stamp{}
	for i := range b.borders {
		b.earlier(&b.marks[trade.AtBorder], b.borders[i].at)
	}
	b.makeBoxes(c)
	b.markCustoms(c)
	for m := range b.marks {
		c.Milestones[m] = b.marks[m].time()
	}
	b.makeTitle(c)
	c.Completeness, c.Complete = completeness(c, b.tables.Expected(c.Corridor))
	c.Status = statusOf(c)
}

// firstDeparture gives the report of the first leg to depart.
func (b *Builder) firstDeparture(legs []trade.Leg) stamp {
	var first stamp
	for i := range legs {
		if !legs[i].Departed.IsZero() {
			b.earlier(&first, b.callAt(departure, legs[i].From, legs[i].Departed))
		}
	}
	return first
}

// callAt gives the report of a departure from, or an arrival at, a place at a time.
func (b *Builder) callAt(kind move, place string, when time.Time) stamp {
	var best stamp
	for i := range b.calls {
		c := &b.calls[i]
		if c.move == kind && c.place == place && c.actual.known() && c.actual.at == when.UnixNano() && b.beats(c.actual.rank, best.rank) {
			best = c.actual
		}
	}
	return best
}

// earlier keeps the earlier of two reports; of one time, that which wins by the rule of choice.
func (b *Builder) earlier(held *stamp, s stamp) {
	if s.known() && (!held.known() || s.at < held.at || s.at == held.at && b.beats(s.rank, held.rank)) {
		*held = s
	}
}

// sortSpans puts the best reported first.
func (b *Builder) sortSpans() {
	slices.SortFunc(b.spans, func(x, y span) int {
		return cmp.Or(b.compare(x.rank, y.rank), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
}

// ends gives the consignment's origin and destination.
func (b *Builder) ends(legs []trade.Leg) (origin, destination string) {
	for i := range b.spans {
		s := &b.spans[i]
		if origin == "" && !b.reached(legs, s.from) {
			origin = s.from
		}
		if destination == "" && !b.left(legs, s.to) {
			destination = s.to
		}
	}
	if len(legs) == 0 {
		return origin, destination
	}
	first, last := legs[0].From, legs[len(legs)-1].To
	firstCountry, lastCountry := b.tables.Country(first), b.tables.Country(last)
	// A consignment crosses a border: legs within one country are not the whole journey, if a document says more.
	domestic := firstCountry == lastCountry
	if first != "" && (origin == "" || !b.tables.Hub(first) && (!domestic || b.tables.Country(origin) == firstCountry)) {
		origin = first
	}
	if last != "" && (destination == "" || !b.tables.Hub(last) && (!domestic || b.tables.Country(destination) == lastCountry)) {
		destination = last
	}
	return origin, destination
}

// reached says whether a leg or a document has the goods coming to the place.
func (b *Builder) reached(legs []trade.Leg, place string) bool {
	return slices.ContainsFunc(legs, func(l trade.Leg) bool { return l.To == place }) ||
		slices.ContainsFunc(b.spans, func(s span) bool { return s.to == place })
}

// left says whether a leg or a document has the goods going from the place.
func (b *Builder) left(legs []trade.Leg, place string) bool {
	return slices.ContainsFunc(legs, func(l trade.Leg) bool { return l.From == place }) ||
		slices.ContainsFunc(b.spans, func(s span) bool { return s.from == place })
}

// path gives the places of the journey in order and the modes between them, "" where not known.
func (b *Builder) path(c *trade.Chain) (places, modes []string) {
	places, modes = b.places[:0], b.modes[:0]
	defer func() { b.places, b.modes = places, modes }()
	add := func(place, mode string) {
		if n := len(places); place == "" || n > 0 && places[n-1] == place {
			return
		} else if n > 0 {
			modes = append(modes, mode)
		}
		places = append(places, place)
	}
	if len(c.Legs) == 0 {
		b.stated(c, add)
		return places, modes
	}
	add(c.Origin, "")
	for i := range c.Legs {
		l := &c.Legs[i]
		add(l.From, b.mode(c.Origin, l.From, i))
		add(l.To, l.Mode)
	}
	last := c.Legs[len(c.Legs)-1].To
	add(c.Destination, b.mode(last, c.Destination, 0))
	return places, modes
}

// mode gives what a document says of the way between two places, at the ends of the legs.
func (b *Builder) mode(from, to string, i int) string {
	if i > 0 {
		return ""
	}
	for j := range b.spans {
		if s := &b.spans[j]; s.from == from && s.to == to {
			return s.mode.text
		}
	}
	return ""
}

// stated walks from origin to destination by the documents alone, in parts where they state parts.
func (b *Builder) stated(c *trade.Chain, add func(place, mode string)) {
	add(c.Origin, "")
	at := c.Origin
	for range b.spans {
		next := -1
		for i := range b.spans {
			s := &b.spans[i]
			if s.from != at {
				continue
			}
			if next < 0 || single(s.mode.text) && !single(b.spans[next].mode.text) {
				next = i
			}
		}
		if next < 0 || at == c.Destination {
			return
		}
		at = b.spans[next].to
		add(at, b.spans[next].mode.text)
	}
	add(c.Destination, "")
}

func single(mode string) bool { return mode != "" && mode != trade.Multimodal }

// modePath joins the modes in order of travel, each once where it repeats.
func modePath(modes []string) string {
	var path [8]string
	list := path[:0]
	for _, m := range modes {
		if n := len(list); single(m) && (n == 0 || list[n-1] != m) {
			list = append(list, m)
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list, ">")
}
