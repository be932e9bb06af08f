package simulator

import (
	"slices"

	"oneorder/internal/trade"
)

// What makes joining hard, as much of it as the configuration says.

// departmentCode is a number on everything: somebody's own code in the field of the shipment's reference.
var departmentCode = trade.Reference{Kind: trade.Shipment, Value: "EXPORT-DEPT-7"}

// unusual says whether the deal is one of the unusual forms, and then makes it so.
func (p *planner) unusual(f *form, left int) bool {
	d := p.dice
	x := 1.0
	if p.cfg.Groupage+p.cfg.Splits > 0 {
		x = d.Float64()
	}
	switch {
	case left > 2 && x < p.cfg.Groupage:
		f.groupage, f.contract, f.shipments, f.route = true, false, min(left, int(d.between(3, 12))), &routes[0]
	case left > 1 && x < p.cfg.Groupage+p.cfg.Splits:
		f.split, f.shipments, f.route = true, min(left, int(d.between(2, 3))), &routes[d.IntN(4)]
		f.buyer = pick(d, buyers[f.route.country])
		f.sharedOrder = true
	default:
		return false
	}
	return true
}

// trouble spoils the reports of a deal that is planned.
func (p *planner) trouble(f *form) {
	if !p.cfg.troubled() {
		return
	}
	d := p.dice
	for _, s := range p.deal.shipments {
		p.s = s
		switch {
		case f.groupage:
			s.scenario = "groupage"
		case f.split:
			s.scenario = "split"
		case f.sharedInvoice:
			s.scenario = "shared_invoice"
		case s.silent:
			s.scenario = "silent_depot"
		}
		if s.silent {
			s.steps = slices.DeleteFunc(s.steps, func(st step) bool {
				return st.typ == trade.EmptyPickedUp || st.typ == trade.EmptyReturned || st.typ == trade.EquipmentStripped
			})
		}
		if p.cfg.MissingIssuers > 0 && d.chance(p.cfg.MissingIssuers) {
			s.scenario = orElse(s.scenario, "missing_issuer")
			for i := range s.steps {
				s.steps[i].bare = d.chance(0.5)
			}
		}
		if p.cfg.Wide > 0 && d.chance(p.cfg.Wide) {
			s.scenario = orElse(s.scenario, "wide")
			for i := range s.steps {
				// What names nothing but the code would stay on it.
				s.steps[i].wide = s.steps[i].refs&(refDoc|refCarrier|refInvoice|refExport|refImport) != 0
			}
		}
		s.wrong = p.other
		p.other = *s.number(refDoc)
		if s.wrong.Value != "" {
			p.mistake()
		}
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// mistake lets some events name another consignment's document at first, and one be taken back altogether.
func (p *planner) mistake() {
	d, s := p.dice, p.s
	if p.cfg.Revisions > 0 {
		for i := range s.steps {
			if !d.chance(p.cfg.Revisions) {
				continue
			}
			right := s.steps[i]
			right.revision, right.revises = 1, int32(i)+1 // a shipment has some dozens
			right.recorded += d.between(minute, 12*day)
			s.steps[i].mistaken, s.steps[i].superseded = true, true
			s.steps = append(s.steps, right)
		}
	}
	if p.cfg.Retractions > 0 && d.chance(p.cfg.Retractions) {
		at := s.steps[d.IntN(len(s.steps))].at + d.between(0, 2*day)
		p.at(at, trade.DocumentPresented, s.seller.source, refInvoice|refDoc)
		i := len(s.steps) - 1
		s.steps[i].mistaken, s.steps[i].superseded = true, true
		back := s.steps[i]
		back.takesBack, back.revision, back.revises = true, 1, int32(i)+1
		back.recorded += d.between(minute, 30*day)
		s.steps = append(s.steps, back)
	}
}

// groupage plans the consignments of many shippers in one box, by sea to Singapore. The forwarder gives each a
// house bill; the carrier knows one bill over all, and calls it a bill.
func (p *planner) groupage(r *route, begin int64) {
	d, first := p.dice, p.deal.shipments[0]
	c, f := pick(d, seaCarriers), pick(d, forwarders)
	p.s, p.t = first, begin
	master := trade.Reference{Kind: trade.BL, Value: c.prefix + "CKG" + p.registry.bill.digits(7), Issuer: c.scac}
	booking := trade.Reference{Kind: trade.Booking, Value: c.prefix + "B" + p.registry.booking.digits(7), Issuer: c.scac}
	first.boxes = first.boxes[:1]
	p.fill(c.owners, isoTypes...)
	for _, s := range p.deal.shipments {
		s.partInvoice, s.boxes, s.smdg = true, first.boxes, c.smdg
		s.numbers[refCarrier.index()], s.numbers[refBooking.index()] = master, booking
		s.set(refDoc, trade.HouseBL, f.prefix+"CKG"+p.registry.house.digits(7), f.scac)
		s.parties[2].ID.Value = f.scac
	}
	l := p.seaLeg(c, qinzhou, r.to)
	shared := func(st *step) { st.shared = true }
	shared(p.add(trade.BookingConfirmed, c.source, refBooking))
	p.pass(10, 40)
	shared(p.boxed(trade.EmptyPickedUp, depot, refBooking, empty, chongqingRail))
	picked := p.t
	for _, s := range p.deal.shipments {
		p.s, p.t = s, picked
		p.consign(f)
	}
	p.s, p.t = first, picked+5*day
	shared(p.boxed(trade.EquipmentGatedIn, terminalOf[qinzhou], refBooking, laden, qinzhou))
	p.pass(5, 40)
	shared(p.move(trade.EquipmentLoaded, c.source, l, refCarrier|refBooking, 1))
	p.pass(3, 16)
	shared(p.move(trade.ConveyanceDeparted, c.source, l, refCarrier, 0))
	for _, s := range p.deal.shipments {
		s.issued = p.t + d.between(0, 20*hour)
		p.s = s
		p.at(s.issued, trade.TitleIssued, f.source, refDoc|refCarrier).tell = tellIssued
		p.entitle(*pick(d, ebl))
	}
	p.s = first
	p.pass(110, 190)
	shared(p.move(trade.ConveyanceArrived, c.source, l, refCarrier, 0))
	p.pass(3, 20)
	shared(p.move(trade.EquipmentDischarged, terminalOf[r.to], l, 0, 1))
	p.pass(5, 30)
	shared(p.boxed(trade.EquipmentGatedOut, terminalOf[r.to], 0, laden, r.to))
	p.pass(2, 10)
	shared(p.boxed(trade.EquipmentStripped, drayage, 0, unsaid, r.to))
	stripped := p.t
	for _, s := range p.deal.shipments {
		p.s, p.t = s, stripped
		p.importSide(r, refDoc)
		p.deliver(drayage, r.to)
		p.t = s.issued
		p.pay()
	}
	p.s, p.t = first, stripped
	p.pass(2, 20)
	shared(p.boxed(trade.EmptyReturned, farDepot, 0, empty, r.to))
	p.giveBack(first.boxes[0], p.t)
}

// boxed plans an event of the one box.
func (p *planner) boxed(typ trade.Type, by string, names refs, state loading, where *place) *step {
	st := p.add(typ, by, names)
	st.boxes, st.state, st.where = 1, state, where
	return st
}

// consign plans what one shipper of a groupage does before the box is closed.
func (p *planner) consign(f *carrier) {
	s := p.s
	p.at(p.t-p.dice.between(day, 9*day), trade.OrderPlaced, s.buyer.source, refOrder).tell = tellCommerce
	p.at(p.t-p.dice.between(hour, 20*hour), trade.InvoiceIssued, s.seller.source, refInvoice|refOrder).tell = tellInvoice
	p.pass(4, 60)
	st := p.boxed(trade.EquipmentStuffed, f.source, refDoc, laden, chongqingRail)
	st.tell = tellGoods
	p.exportSide("8003")
}

// pay plans the payment of the shipment's invoice.
func (p *planner) pay() {
	s := p.s
	p.pass(300, 900)
	s.set(refPayment, trade.Payment, uetr(p.dice), "")
	st := p.add(trade.PaymentSettled, s.buyer.bank.source, refPayment)
	st.covers, st.tell = refInvoice, tellPayment
}
