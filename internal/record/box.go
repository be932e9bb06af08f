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
	pickedUp // empty; from here on before the first leg
	gatedIn  // laden
	loaded
)

// anywhere says whether it is of a depot, wherever that is, and of an empty.
func (h handling) anywhere() bool { return h == returned || h == pickedUp }

// ofGoods says whether a report that names no container counts too: it is a milestone of the goods.
func (h handling) ofGoods() bool { return h == discharged || h == gatedOut }

// boxReport is what was done with one container at a place, or with goods that no container is named of.
type boxReport struct {
	done   handling
	number string // of the container; empty: goods without one
	place  string // a code that Locate gave; empty for a return or a pick-up: of whatever depot
	at     stamp
}

func (b *Builder) addHandling(d *trade.Data, done handling, r rank, at int64) {
	place := ""
	if !done.anywhere() {
		place = b.tables.Locate(d.Place.UNLOCODE, d.Place.Facility)
		switch done {
		case discharged:
			place = cmp.Or(place, b.tables.Locate(d.Transport.To, ""))
		case loaded:
			place = cmp.Or(place, b.tables.Locate(d.Transport.From, ""))
		default:
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
		// An empty that leaves is on its way to be loaded; one that comes in, is loaded or discharged is repositioned.
		if done.anywhere() || e.State != trade.Empty {
			b.offerHandling(boxReport{done: done, number: e.Number, place: place}, r, at)
		}
	}
	if !named && done.ofGoods() {
		b.offerHandling(boxReport{done: done, place: place}, r, at)
	}
}

func (b *Builder) offerHandling(h boxReport, r rank, at int64) {
	held := b.handlingOf(h.done, h.number, h.place)
	if held == nil {
		h.number, h.place = b.own(h.number), b.own(h.place)
		list := b.handled(h.done)
		*list = append(*list, h)
		held = &(*list)[len(*list)-1]
	}
	if b.offer(&held.at, r, at) {
		b.stale |= staleMilestones
	}
}

// handled is where such reports are kept: of the end of the journey or of what is before it, so that neither is looked through for the other.
func (b *Builder) handled(done handling) *[]boxReport {
	if done >= pickedUp {
		return &b.outgoing
	}
	return &b.handlings
}

// handlingOf gives what was reported; nil: nothing.
func (b *Builder) handlingOf(done handling, number, place string) *boxReport {
	list := *b.handled(done)
	for i := range list {
		if h := &list[i]; h.done == done && h.number == number && h.place == place {
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
	b.makeExportBoxes(c)
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
		box.ISOType = b.isoTypeOf(number)
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

// makeExportBoxes fills in what became of each container before the first leg, where that begins at the origin.
func (b *Builder) makeExportBoxes(c *trade.Chain) {
	if len(b.outgoing) == 0 {
		c.ExportBoxes = empty(b, c.ExportBoxes, 0)
		return
	}
	terminal := ""
	if len(c.Legs) > 0 && c.Legs[0].From == c.Origin {
		terminal = c.Origin
	}
	list := empty(b, c.ExportBoxes, len(c.Containers))
	for _, number := range c.Containers {
		box := trade.ExportBox{Number: number, PickedUp: b.stampOf(pickedUp, number, "").time()}
		if terminal != "" {
			in, on := b.stampOf(gatedIn, number, terminal), b.stampOf(loaded, number, terminal)
			if in.known() || on.known() {
				box.Terminal, box.GatedIn, box.Loaded = terminal, in.time(), on.time()
			}
		}
		if box.Terminal == "" && box.PickedUp.IsZero() {
			continue
		}
		box.ISOType = b.isoTypeOf(number)
		list = append(list, box)
	}
	c.ExportBoxes = list
}

// isoTypeOf is the size and type of the container; empty: not said.
func (b *Builder) isoTypeOf(number string) string {
	for i := range b.containers {
		if b.containers[i].number == number {
			return b.containers[i].isoType.text
		}
	}
	return ""
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
	for i := range c.ExportBoxes {
		x := &c.ExportBoxes[i]
		s.from("container "+x.Number+" picked_up", instantOf(x.PickedUp), s.b.stampOf(pickedUp, x.Number, "").rank)
		s.from("container "+x.Number+" gated_in", instantOf(x.GatedIn), s.b.stampOf(gatedIn, x.Number, x.Terminal).rank)
		s.from("container "+x.Number+" loaded", instantOf(x.Loaded), s.b.stampOf(loaded, x.Number, x.Terminal).rank)
	}
}
