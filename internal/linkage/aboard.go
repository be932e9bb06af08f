package linkage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

const (
	// aboardMost is how long goods may be aboard without being seen to leave.
	aboardMost = 60 * dayMillis
	// manyChains is how many consignments an event may belong to before it is stored once.
	manyChains = 64
	// passageSpan is the stretch of time of which a passage has the loads.
	passageSpan = 15 * dayMillis
)

// move is an actual load of a consignment on a conveyance, or an actual discharge of it from any.
type move struct {
	event trade.EventKey
	time  int64 // milliseconds since 1970
	kind  int16 // type's order
	ship  string
	steps uint16
}

// stay is a stretch of time, both ends included, that a consignment is aboard a conveyance.
type stay struct {
	ship        string
	from, until int64 // milliseconds since 1970
	steps       uint16
	by          trade.EventKey // the load
}

// passage is what joining knows of a conveyance in a stretch of time: who was loaded in it, and the departures and
// arrivals in it.
type passage struct {
	key   string
	stays []aboard // sorted by root, from
	calls []call   // by time
	size  int      // in memory, about
	dirty bool
}

// aboard is a consignment's stay.
type aboard struct {
	root string
	stay
}

type call struct {
	event trade.EventKey
	time  int64
}

var (
	loaded       = int16(trade.EquipmentLoaded.Order())
	departed     = int16(trade.ConveyanceDeparted.Order())
	arrived      = int16(trade.ConveyanceArrived.Order())
	positionRead = int16(trade.PositionRead.Order())
	readings     = []int16{int16(trade.TemperatureRead.Order()), positionRead}
	voyaging     = []int16{
		departed, arrived, int16(trade.ConveyanceHandedOver.Order()), int16(trade.BorderCrossed.Order()),
		int16(trade.ScheduleChanged.Order()), positionRead,
	}
	ofCorridor = []int16{
		int16(trade.BondPriced.Order()), int16(trade.LoanDrawn.Order()), int16(trade.InvestmentApproved.Order()), int16(trade.RateFixed.Order()),
	}
)

// needless says whether the event needs no consignment, so that it waits for none: it is about a conveyance as a whole, aboard which nothing may be, or
// a fact of the corridor.
func (f *fact) needless() bool { return f.about() || slices.Contains(ofCorridor, f.kind) }

// about says whether the event is about a conveyance as a whole: it names nothing else.
func (f *fact) about() bool {
	return f.ship != "" && slices.Contains(voyaging, f.kind) && len(f.refs)+len(f.covers)+len(f.replaces)+len(f.equipment) == 0
}

// calls says whether the event is an actual departure or arrival.
func (f *fact) calls() bool { return f.actual && (f.kind == departed || f.kind == arrived) }

// moves says whether the event brings goods aboard a conveyance, or takes them off.
func (f *fact) moves() bool {
	return f.actual && (f.kind == loaded && f.ship != "" || f.kind == discharged)
}

// standsApart says whether the event is stored once instead of in each of its chains (rule 7).
func (l *Linker) standsApart(f *fact, placed []placement) bool {
	return f.about() || len(placed) > l.many || len(placed) > 0 && slices.Contains(readings, f.kind)
}

// recorded says whether the event enters the records of its chains.
func (l *Linker) recorded(f *fact, placed []placement) bool {
	return len(placed) <= l.many && !f.about() || f.calls()
}

// aboardAt gives the consignments aboard a conveyance at a moment (rule 6).
func (l *Linker) aboardAt(ship string, time int64) []placement {
	var placed []placement
	l.eachPassage(ship, time-aboardMost, time, func(h *passage) {
		for i := range h.stays {
			if s := &h.stays[i]; s.from <= time && time <= s.until {
				placed = append(placed, placement{root: s.root, rule: trade.ByConveyance, via: ship, steps: s.steps, by: s.by})
			}
		}
	})
	slices.SortFunc(placed, func(a, b placement) int { return strings.Compare(a.root, b.root) })
	return placed
}

func (l *Linker) eachPassage(ship string, from, until int64, visit func(h *passage)) {
	for at := spanOf(from); at <= spanOf(until); at++ {
		visit(l.passage(ship, at))
	}
}

func spanOf(time int64) int64 {
	if time < 0 {
		time -= passageSpan - 1
	}
	return time / passageSpan
}

// passageAt gives the passage that a moment falls in.
func (l *Linker) passageAt(ship string, time int64) *passage {
	return l.passage(ship, spanOf(time))
}

// enterCall enters an event about a conveyance.
func (l *Linker) enterCall(f *fact) {
	if f.calls() {
		h := l.passageAt(f.ship, f.time)
		h.calls = append(h.calls, call{f.key, f.time})
		l.markPassage(h)
	}
}

// leaveCall takes it out.
func (l *Linker) leaveCall(f *fact) {
	if f.calls() {
		h := l.passageAt(f.ship, f.time)
		h.calls = slices.DeleteFunc(h.calls, func(c call) bool { return c.event == f.key })
		l.markPassage(h)
	}
}

// enterMove notes a load or discharge of the consignment, or what is new of it.
func (l *Linker) enterMove(root string, f *fact, steps uint16) {
	c := l.restay(root)
	m := move{event: f.key, time: f.time, kind: f.kind, ship: f.ship, steps: steps}
	c.moves = slices.DeleteFunc(c.moves, func(have move) bool { return have.event == f.key })
	at := len(c.moves)
	for at > 0 && l.moveBefore(&m, &c.moves[at-1]) {
		at--
	}
	c.moves = slices.Insert(c.moves, at, m)
}

// moveBefore orders moves as their events.
func (l *Linker) moveBefore(a, b *move) bool {
	if a.time != b.time || a.kind != b.kind {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.kind, b.kind)) < 0
	}
	f, g := l.fact(a.event), l.fact(b.event)
	return f != nil && g != nil && f.before(g)
}

// leaveMove takes it out.
func (l *Linker) leaveMove(root string, key trade.EventKey) {
	c := l.restay(root)
	c.moves = slices.DeleteFunc(c.moves, func(m move) bool { return m.event == key })
}

// restay gives a consignment of which it is to be found again when it was aboard what.
func (l *Linker) restay(root string) *consignment {
	c := l.touch(root)
	if !c.restay {
		c.restay, c.stood = true, c.stays
		l.work.stays = append(l.work.stays, c)
	}
	return c
}

// staysOf finds when the consignment is aboard (rule 6): from each load to the next discharge, for 60 days at most.
// Of loads that overlap, the earliest stands.
func (c *consignment) staysOf() []stay {
	var stays []stay
	until := make([]int64, len(c.moves))
	next := int64(-1)
	for i := len(c.moves) - 1; i >= 0; i-- {
		m := &c.moves[i]
		until[i] = m.time + aboardMost
		if next >= 0 {
			until[i] = min(until[i], c.moves[next].time)
		}
		if m.kind == discharged {
			next = int64(i)
		}
	}
	for i := range c.moves {
		m := &c.moves[i]
		if m.kind != loaded {
			continue
		}
		s := stay{ship: m.ship, from: m.time, until: until[i], steps: m.steps, by: m.event}
		for k := len(stays) - 1; k >= 0; k-- {
			if stays[k].ship == s.ship {
				s.from = max(s.from, stays[k].until+1)
				break
			}
		}
		if s.from <= s.until {
			stays = append(stays, s)
		}
	}
	return stays
}

// deriveStays finds again when the marked consignments were aboard what, and marks the departures and arrivals that this
// concerns.
func (l *Linker) deriveStays() {
	for _, c := range l.work.stays {
		stays := c.staysOf()
		if slices.Equal(stays, c.stays) {
			continue
		}
		for i := range c.stays {
			if s := &c.stays[i]; !slices.Contains(stays, *s) {
				h := l.passageAt(s.ship, s.from)
				h.stays, _ = removeSorted(h.stays, aboard{c.root, *s}, compareAboard)
				l.markPassage(h)
				l.callsAgain(s)
			}
		}
		for i := range stays {
			if s := &stays[i]; !slices.Contains(c.stays, *s) {
				h := l.passageAt(s.ship, s.from)
				h.stays, _ = insertSorted(h.stays, aboard{c.root, *s}, compareAboard)
				l.markPassage(h)
				l.callsAgain(s)
			}
		}
		c.stays = stays
	}
}

func compareAboard(a, b aboard) int {
	return cmp.Or(strings.Compare(a.root, b.root), cmp.Compare(a.from, b.from))
}

// callsAgain marks the departures and arrivals during the stay.
func (l *Linker) callsAgain(s *stay) {
	l.eachPassage(s.ship, s.from, s.until, func(h *passage) {
		for _, c := range h.calls {
			if s.from <= c.time && c.time <= s.until {
				if f := l.fact(c.event); f != nil {
					l.again(f)
				}
			}
		}
	})
}

func (l *Linker) markPassage(h *passage) {
	if !h.dirty {
		h.dirty = true
		l.dirtyPassages = append(l.dirtyPassages, h)
	}
}

// passage gives what is known of a ship in a stretch of time, counted since 1970.
func (l *Linker) passage(ship string, stretch int64) *passage {
	l.name = strconv.AppendInt(append(append(l.name[:0], ship...), 0), stretch, 10)
	if h, ok := l.young.passages[string(l.name)]; ok {
		return h
	}
	key := string(l.name)
	h, ok := l.old.passages[key]
	switch {
	case ok:
		l.held += h.size
	default:
		b := l.load(passagePrefix, key)
		if b != nil {
			var err error
			if h, err = decodePassage(key, b); !l.sound(err) {
				h = nil
			}
		}
		if h == nil {
			h = &passage{key: key}
		}
		h.size = l.weigh(0, passageBytes+2*len(b))
	}
	l.young.passages[h.key] = h
	return h
}

func (h *passage) empty() bool { return len(h.stays)+len(h.calls) == 0 }

func (h *passage) encode(b []byte) []byte {
	e := encoder{append(b, codecVersion)}
	e.uint(uint64(len(h.stays)))
	for i := range h.stays {
		s := &h.stays[i]
		e.string(s.root)
		e.stay(&s.stay)
	}
	e.uint(uint64(len(h.calls)))
	for _, c := range h.calls {
		e.key(c.event)
		e.int(c.time)
	}
	return e.b
}

func decodePassage(key string, b []byte) (*passage, error) {
	d := open(b)
	h := &passage{key: key}
	h.stays = listOf(&d, func(d *decoder) aboard { return aboard{d.string(), d.stay()} })
	h.calls = listOf(&d, func(d *decoder) call { return call{d.key(), d.int()} })
	return h, d.done()
}

func (e *encoder) stay(s *stay) {
	e.string(s.ship)
	e.int(s.from)
	e.int(s.until)
	e.uint(uint64(s.steps))
	e.key(s.by)
}

func (d *decoder) stay() stay {
	return stay{ship: d.string(), from: d.int(), until: d.int(), steps: uint16(d.uint()), by: d.key()}
}

func (e *encoder) move(m *move) {
	e.key(m.event)
	e.int(m.time)
	e.int(int64(m.kind))
	e.string(m.ship)
	e.uint(uint64(m.steps))
}

func (d *decoder) move() move {
	return move{event: d.key(), time: d.int(), kind: int16(d.int()), ship: d.string(), steps: uint16(d.uint())}
}
