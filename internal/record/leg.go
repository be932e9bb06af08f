package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// makeLegs pairs departures with arrivals in the order of time and puts the legs in the order of the journey.
func (b *Builder) makeLegs() []trade.Leg {
	if len(b.calls) == 0 {
		return nil
	}
	slices.SortFunc(b.calls, func(x, y call) int {
		return cmp.Or(cmp.Compare(x.time(), y.time()), cmp.Compare(x.move, y.move),
			cmp.Compare(x.place, y.place), cmp.Compare(x.mode, y.mode))
	})
	var buf [6]leg
	legs := buf[:0]
	for i := range b.calls {
		c := &b.calls[i]
		if c.move == departure {
			legs = append(legs, leg{
				Leg: trade.Leg{
					Mode: c.mode, Carrier: c.carrier.text, Conveyance: c.conveyance.text, From: c.place, To: c.other.text,
					Departed: c.actual.time(), PlannedDeparture: c.planned.time(), FirstDeparture: c.first.time(),
				},
				at: c.time(), open: true, begins: c.worked,
			})
		}
	}
	// An arrival may stand before its departure where one of them is only planned; so all departures come first.
	for i := range b.calls {
		if c := &b.calls[i]; c.move == arrival {
			legs = arrive(legs, c)
		}
	}
	legs = b.through(join(inOrder(legs)))
	list := empty(b, b.chain.Legs, len(legs))
	for i := range legs {
		list = append(list, legs[i].Leg)
	}
	return list
}

// leg is a leg that is being put together.
type leg struct {
	trade.Leg
	at     int64 // orders the legs
	open   bool  // its arrival is not found yet
	begins bool  // the goods were loaded
	ends   bool  // the goods were discharged
}

// arrive ends the leg that the arrival belongs to, or makes one that only has its end.
func arrive(legs []leg, c *call) []leg {
	best, most := -1, 0
	for i := range legs {
		if l := &legs[i]; l.open {
			if score := l.fits(c); score > most || score == most && score > 0 && l.at > legs[best].at {
				best, most = i, score
			}
		}
	}
	if best < 0 {
		from := c.other.text
		// The conveyance has gone on from where it last arrived.
		for i := range legs {
			if l := &legs[i]; !l.open && c.conveyance.text != "" && l.Conveyance == c.conveyance.text && l.To != c.place && l.at <= c.time() {
				from = l.To
			}
		}
		legs = append(legs, leg{Leg: trade.Leg{Mode: c.mode, From: from}, at: c.time()})
		best = len(legs) - 1
	}
	l := &legs[best]
	l.To, l.open, l.ends = c.place, false, c.worked
	l.Carrier, l.Conveyance = cmp.Or(l.Carrier, c.carrier.text), cmp.Or(l.Conveyance, c.conveyance.text)
	l.Arrived, l.PlannedArrival, l.FirstArrival = c.actual.time(), c.planned.time(), c.first.time()
	return legs
}

// fits says how well an arrival ends the leg: 0 not at all; 3 it is bound for there; 2 by the same conveyance; 1 by
// the same mode. An arrival that is known to come from elsewhere, or actual before an actual departure, does not.
func (l *leg) fits(c *call) int {
	switch {
	case l.From == c.place, l.Mode != "" && c.mode != "" && l.Mode != c.mode:
		return 0
	case !l.Departed.IsZero() && c.actual.known() && c.actual.at < l.Departed.UnixNano():
		return 0
	case l.To == c.place && (c.other.text == "" || c.other.text == l.From):
		return 3
	case l.Conveyance != "" && l.Conveyance == c.conveyance.text && c.time() >= l.at:
		return 2
	case l.To == c.place:
		return 2
	case l.To != "" || c.other.text != "" && c.other.text != l.From || c.time() < l.at:
		return 0
	case l.Conveyance != "" && c.conveyance.text != "":
		return 0
	default:
		return 1
	}
}

// inOrder sorts the legs by time, and then puts a leg that ends where an earlier one begins before that.
func inOrder(legs []leg) []leg {
	slices.SortFunc(legs, func(x, y leg) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To), cmp.Compare(x.Mode, y.Mode))
	})
	for pass := 0; pass < len(legs); pass++ {
		moved := false
		for i := 1; i < len(legs); i++ {
			x, y := &legs[i-1], &legs[i]
			if x.From != "" && x.From == y.To && x.To != y.From {
				legs[i-1], legs[i] = legs[i], legs[i-1]
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	return legs
}

// join lets a leg of which only the end is known begin where the one before ended, and the other way round: the
// goods were there.
func join(legs []leg) []leg {
	for i := 1; i < len(legs); i++ {
		before, l := &legs[i-1], &legs[i]
		if l.From == "" && before.To != l.To {
			l.From = before.To
		}
		if before.To == "" && l.From != before.From {
			before.To = l.From
		}
	}
	return legs
}

// through makes one leg of two that one conveyance travels on end, where the goods stay on it.
func (b *Builder) through(legs []leg) []leg {
	out := legs[:0]
	for _, l := range legs {
		if n := len(out); n > 0 {
			before := &out[n-1]
			if before.Conveyance != "" && before.Conveyance == l.Conveyance && before.Mode == l.Mode &&
				before.To == l.From && l.From != "" && l.To != "" && !before.ends && !l.begins && !b.tables.Hub(l.From) {
				before.To, before.Arrived, before.PlannedArrival, before.FirstArrival, before.ends = l.To, l.Arrived, l.PlannedArrival, l.FirstArrival, l.ends
				continue
			}
		}
		out = append(out, l)
	}
	return out
}
