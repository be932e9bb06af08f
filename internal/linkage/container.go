package linkage

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// container is a box: who saw it and who speaks of it, and the cycles its life is cut into.
type container struct {
	number   string
	mentions []boxMention // current events that name it, by time
	cycles   []cycle      // what the rules derived, by time
	size     int          // in memory, about
	dirty    bool

	// What a batch has still to derive.
	queued, queuedMembers bool
	full                  bool     // more changed than that events were added
	changes               []*fact  // events that were added, changed or taken out
	again                 interval // when cycles may have other members
	reset                 interval // when cycles lost what a transfer had brought
	unseen                []string // consignments among that
}

// boxMention is an event that names the container, with what the cutting needs to know of it.
type boxMention struct {
	event trade.EventKey
	time  int64 // milliseconds since 1970
	kind  int16 // type's order
	bits  uint8
	names []string // keys of the bills and bookings that it saw the container under
	f     *fact    // once it was asked for
}

const (
	boxSees     uint8 = 1 << iota // it saw the container with its own eyes
	boxIdentity                   // it names documents or identity numbers
	boxBundles                    // it names bundles
	boxFrom                       // it moved goods out of the container
	boxTo                         // it moved goods into it
)

func newContainer(number string) *container {
	return &container{number: number, again: never, reset: never}
}

// enter adds the event's mention at a container.
func (l *Linker) enter(c *container, f *fact) {
	m := boxMention{event: f.key, time: f.time, kind: f.kind, f: f}
	if f.observes() {
		m.bits |= boxSees
	}
	if f.identity {
		m.bits |= boxIdentity
	}
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle {
			m.bits |= boxBundles
		}
		if m.bits&boxSees != 0 && (n.rank == billRank || n.rank == bookingRank) {
			m.names = appendNew(m.names, n.key)
		}
	}
	if f.kind == transferred && f.observes() {
		if slices.Contains(f.from, c.number) {
			m.bits |= boxFrom
		}
		if slices.Contains(f.to, c.number) {
			m.bits |= boxTo
		}
	}
	at := len(c.mentions)
	for at > 0 && l.mentionBefore(&m, &c.mentions[at-1]) {
		at--
	}
	c.mentions = slices.Insert(c.mentions, at, m)
}

var billRank = trade.BL.Order()

// mentionBefore orders mentions as their events.
func (l *Linker) mentionBefore(a, b *boxMention) bool {
	if a.time != b.time || a.kind != b.kind {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.kind, b.kind)) < 0
	}
	f, g := l.ofBox(a), l.ofBox(b)
	return f != nil && g != nil && f.before(g)
}

// leave takes the event's mention out.
func (c *container) leave(f *fact) {
	c.mentions = slices.DeleteFunc(c.mentions, func(m boxMention) bool { return m.event == f.key })
}

// during gives the mentions of a stretch of time.
func (c *container) during(s interval) []boxMention {
	from, _ := slices.BinarySearchFunc(c.mentions, s.from, func(m boxMention, time int64) int { return cmp.Compare(m.time, time) })
	to := from
	for to < len(c.mentions) && c.mentions[to].time <= s.to {
		to++
	}
	return c.mentions[from:to]
}

func (c *container) encode(b []byte) []byte {
	e := encoder{append(b, codecVersion)}
	e.uint(uint64(len(c.mentions)))
	for i := range c.mentions {
		m := &c.mentions[i]
		e.key(m.event)
		e.int(m.time)
		e.int(int64(m.kind))
		e.b = append(e.b, m.bits)
		e.strings(m.names)
	}
	e.uint(uint64(len(c.cycles)))
	for i := range c.cycles {
		y := &c.cycles[i]
		e.int(y.begin)
		e.int(y.end)
		e.int(int64(y.first))
		e.int(int64(y.last))
		e.uint(uint64(y.count))
		e.members(y.seen)
		e.sameOr(y.early, y.seen)
		e.members(y.papers)
		e.sameOr(y.own, y.early)
		e.sameOr(y.members, y.own)
	}
	return e.b
}

// sameOr writes a list, briefly when it is the same as another.
func (e *encoder) sameOr(list, other []Member) {
	if sameMembers(list, other) {
		e.uint(1)
		return
	}
	e.uint(0)
	e.members(list)
}

func (d *decoder) sameOr(other []Member) []Member {
	if d.uint() == 1 {
		return other
	}
	return listOf(d, (*decoder).member)
}

func decodeContainer(number string, b []byte) (*container, error) {
	d := open(b)
	c := newContainer(number)
	c.mentions = listOf(&d, func(d *decoder) boxMention {
		return boxMention{event: d.key(), time: d.int(), kind: int16(d.int()), bits: d.byte(), names: listOf(d, (*decoder).string)}
	})
	c.cycles = listOf(&d, func(d *decoder) cycle {
		y := cycle{begin: d.int(), end: d.int(), first: int16(d.int()), last: int16(d.int()), count: int(d.uint())}
		y.seen = listOf(d, (*decoder).member)
		y.early = d.sameOr(y.seen)
		y.papers = listOf(d, (*decoder).member)
		y.own = d.sameOr(y.early)
		y.members = d.sameOr(y.own)
		return y
	})
	return c, d.done()
}
