package record

import (
	"cmp"

	"oneorder/internal/trade"
)

// handling is what a terminal or a depot did with a container.
type handling uint8

const (
	noHandling handling = iota
	discharged
	gatedOut // laden
	returned // empty
)

// boxReport is what was done with one container at a place, or with goods that no container is named of.
type boxReport struct {
	done   handling
	number string // of the container; empty: goods without one
	place  string // a code that Locate gave; empty for a return: to whatever depot
	at     stamp
}

func (b *Builder) addHandling(d *trade.Data, done handling, r rank, at int64) {
	place := ""
	if done != returned {
		place = b.tables.Locate(d.Place.UNLOCODE, d.Place.Facility)
		if done == discharged {
			place = cmp.Or(place, b.tables.Locate(d.Transport.To, ""))
		}
		if place == "" {
			return
		}
	}
	named := false
	for i := range d.Equipment {
		e := &d.Equipment[i]
		if e.Kind != trade.Container {
			continue
		}
		named = true
		// An empty that leaves is on its way to be loaded; one that is discharged was repositioned.
		if done == returned || e.State != trade.Empty {
			b.offerHandling(boxReport{done: done, number: e.Number, place: place}, r, at)
		}
	}
	if !named && done != returned {
		b.offerHandling(boxReport{done: done, place: place}, r, at)
	}
}

func (b *Builder) offerHandling(h boxReport, r rank, at int64) {
	held := b.handlingOf(h.done, h.number, h.place)
	if held == nil {
		h.number, h.place = b.own(h.number), b.own(h.place)
		b.handlings = append(b.handlings, h)
		held = &b.handlings[len(b.handlings)-1]
	}
	if b.offer(&held.at, r, at) {
		b.stale |= staleMilestones
	}
}

// handlingOf gives what was reported; nil: nothing.
func (b *Builder) handlingOf(done handling, number, place string) *boxReport {
	for i := range b.handlings {
		if h := &b.handlings[i]; h.done == done && h.number == number && h.place == place {
			return h
		}
	}
	return nil
}

// stampOf is the time of handlingOf, if it is known.
func (b *Builder) stampOf(done handling, number, place string) stamp {
	if h := b.handlingOf(done, number, place); h != nil {
		return h.at
	}
	return stamp{}
}

// makeBoxes fills in what became of each container at the end of the journey, and the milestones of it: the goods are discharged
// when the last of what was discharged there is, and out of the terminal once all of it is.
func (b *Builder) makeBoxes(c *trade.Chain) {
	b.marks[trade.DischargedAt], b.marks[trade.GatedOut] = stamp{}, stamp{}
	if len(b.handlings) == 0 {
		c.Boxes = empty(b, c.Boxes, 0)
		return
	}
	terminal := ""
	if n := len(c.Legs); n > 0 && c.Legs[n-1].To == c.Destination {
		terminal = c.Destination
	}
	var down, out stamp
	inside := false
	list := empty(b, c.Boxes, len(c.Containers))
	for _, number := range c.Containers {
		box := trade.Box{Number: number}
		back := b.stampOf(returned, number, "")
		box.Returned = back.time()
		if terminal != "" {
			landed, left := b.stampOf(discharged, number, terminal), b.stampOf(gatedOut, number, terminal)
			if landed.known() || left.known() {
				box.Terminal, box.Discharged, box.GatedOut = terminal, landed.time(), left.time()
				inside = inside || !left.known()
				b.later(&down, landed)
				b.later(&out, left)
			}
		}
		if box.Terminal == "" && !back.known() {
			continue
		}
		for i := range b.containers {
			if b.containers[i].number == number {
				box.ISOType = b.containers[i].isoType.text
			}
		}
		list = append(list, box)
	}
	c.Boxes = list
	if terminal != "" && !down.known() { // reports that name no container
		down = b.stampOf(discharged, "", terminal)
	}
	if terminal != "" && !out.known() && !inside {
		out = b.stampOf(gatedOut, "", terminal)
	}
	b.marks[trade.DischargedAt] = down
	if !inside {
		b.marks[trade.GatedOut] = out
	}
}

// later keeps the later of two reports; of one time, that which wins by the rule of choice.
func (b *Builder) later(held *stamp, s stamp) {
	if s.known() && (!held.known() || s.at > held.at || s.at == held.at && b.beats(s.rank, held.rank)) {
		*held = s
	}
}

// boxes tells of the times of the containers.
func (s *sourcing) boxes(c *trade.Chain) {
	for i := range c.Boxes {
		x := &c.Boxes[i]
		s.from("container "+x.Number+" discharged", instantOf(x.Discharged), s.b.stampOf(discharged, x.Number, x.Terminal).rank)
		s.from("container "+x.Number+" gated_out", instantOf(x.GatedOut), s.b.stampOf(gatedOut, x.Number, x.Terminal).rank)
		s.from("container "+x.Number+" returned", instantOf(x.Returned), s.b.stampOf(returned, x.Number, "").rank)
	}
}
