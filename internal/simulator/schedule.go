package simulator

import "oneorder/internal/trade"

// schedules plans what the carriers say in advance: for some legs the arrival as it is planned when the goods are loaded, and for some of
// these another plan on the way. It throws dice of its own, so that all other traffic of a seed is what it is without.
func (p *planner) schedules() {
	d := p.aside
	d.reseed(p.cfg.Seed, uint64(p.planned)<<32) // counts up from 0; no deal of the other dice has it
	for _, s := range p.deal.shipments {
		p.s = s
		for l := range s.legs {
			p.schedule(d, int8(l)) // a handful
		}
	}
}

func (p *planner) schedule(d *dice, l int8) {
	arrived := p.called(trade.ConveyanceArrived, l)
	if arrived == nil || !d.chance(0.3) {
		return
	}
	names, begin := p.given(arrived.refs), arrived.at-d.between(20*hour, 40*hour)
	if left := p.called(trade.ConveyanceDeparted, l); left != nil {
		begin = left.at
		if names == 0 {
			names = p.given(left.refs)
		}
	}
	if names == 0 {
		return
	}
	if loaded := p.called(trade.EquipmentLoaded, l); loaded != nil {
		begin = loaded.at
	}
	way, at, by, where := arrived.at-begin, arrived.at, arrived.by, arrived.where
	say := func(when, recorded int64) {
		p.s.steps = append(p.s.steps, step{
			typ: trade.ConveyanceArrived, by: by, at: when, recorded: recorded, refs: names, leg: l, where: where, classifier: planned, aside: true,
		})
	}
	say(at-d.between(-way/10, way/4), begin+d.between(minute, way/10))
	if d.chance(0.4) {
		say(at-d.between(-way/20, way/10), begin+d.between(way/3, way*2/3))
	}
}

// given are those of the numbers that the consignment has.
func (p *planner) given(names refs) (have refs) {
	for i := range p.s.numbers {
		if p.s.numbers[i].Value != "" {
			have |= names & (1 << i)
		}
	}
	return have
}

// called gives the actual event of the leg, as it was reported first, that is of this consignment alone; nil: there is none.
func (p *planner) called(typ trade.Type, l int8) *step {
	return p.step(typ, func(st *step) bool { return st.leg == l && !st.superseded && st.revises == 0 })
}
