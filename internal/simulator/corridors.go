package simulator

import (
	"strconv"

	"oneorder/internal/trade"
)

var isoTypes = []string{"22G1", "42G1", "45G1", "45G1", "45G1"}

// papers gives the shipment its bills: the carrier's own, or a forwarder's over the carrier's master.
func (p *planner) papers(c *carrier, origin string) {
	d, s := p.dice, p.s
	number := c.prefix + origin + p.registry.bill.digits(7)
	s.smdg = c.smdg
	if d.chance(0.6) {
		s.set(refDoc, trade.BL, number, c.scac)
		s.set(refCarrier, trade.BL, number, c.scac)
	} else {
		f := pick(d, forwarders)
		s.set(refDoc, trade.HouseBL, f.prefix+origin+p.registry.house.digits(7), f.scac)
		s.set(refCarrier, trade.MasterBL, number, c.scac)
		s.parties[2].ID.Value = f.scac
	}
	s.set(refBooking, trade.Booking, c.prefix+"B"+p.registry.booking.digits(7), c.scac)
	s.parties = append(s.parties, trade.Party{Role: "carrier", ID: trade.PartyID{Kind: "scac", Value: c.scac}})
	p.entitle(*pick(d, ebl))
}

// landSea plans Chongqing, by rail to Qinzhou, by sea to Singapore and, for some, on.
func (p *planner) landSea(r *route) {
	d, s := p.dice, p.s
	c := pick(d, seaCarriers)
	p.papers(c, "CKG")
	if d.chance(0.7) {
		s.set(refNote, trade.ConsignmentNote, chinaRailway.prefix+p.registry.railNote.digits(9), chinaRailway.scac)
	}
	train := "X95" + strconv.FormatInt(d.between(10, 69), 10)
	rail := p.addLeg(trade.Rail, chinaRailway.scac, dated(train, p.t+5*day), "", train, chongqingRail, qinzhouEast)
	p.book(s.forwarder(), c.source)
	p.pass(12, 60)
	p.fill(c.owners, isoTypes...)
	p.empties(chongqingRail, s.forwarder(), 0)
	p.onBox(p.allBoxes(), trade.EquipmentGatedIn, terminalOf[chongqingRail], refBooking, laden, chongqingRail, 4)
	p.pass(1, 6)
	p.exportSide("8003")

	p.move(trade.EquipmentLoaded, chinaRailway.source, rail, refNote, p.allBoxes())
	p.pass(2, 12)
	p.move(trade.ConveyanceDeparted, chinaRailway.source, rail, refNote, p.allBoxes())
	p.pass(38, 66)
	p.move(trade.ConveyanceArrived, chinaRailway.source, rail, refNote, p.allBoxes())
	p.pass(2, 10)
	if d.chance(0.4) {
		p.move(trade.EquipmentDischarged, chinaRailway.source, rail, refNote, p.allBoxes())
		p.pass(2, 10)
	}
	p.certify(0.45)
	p.pass(10, 70)
	issued := p.voyage(c, qinzhou, singapore, 110, 190)
	if r.to != singapore {
		p.pass(20, 90)
		next := p.seaLeg(c, singapore, r.to)
		p.loadSea(c, next)
		p.sail(c, next, 40, 90)
	}
	p.arrival(c, r, issued)
}

// voyage plans the sea leg from loading to discharge, and the issue of the bill; it gives the time of that.
func (p *planner) voyage(c *carrier, from, to *place, low, high float64) int64 {
	l := p.seaLeg(c, from, to)
	p.loadSea(c, l)
	issued := p.t + p.dice.between(2*hour, 26*hour)
	p.issue(issued, p.s.issuer(c.source), refDoc|refCarrier|refBooking, l)
	p.sail(c, l, low, high)
	return issued
}

// issue plans the issue of the document that founds the consignment, after which the seller is to be paid.
func (p *planner) issue(at int64, by string, names refs, l int8) {
	st := p.at(at, trade.TitleIssued, by, names)
	st.tell, st.leg = tellIssued, l
	p.s.issued = at
}

func (p *planner) loadSea(c *carrier, l int8) {
	p.move(trade.EquipmentLoaded, c.source, l, refCarrier|refBooking, p.allBoxes())
	p.pass(3, 16)
}

func (p *planner) sail(c *carrier, l int8, low, high float64) {
	d := p.dice
	p.move(trade.ConveyanceDeparted, c.source, l, refCarrier, 0)
	departed := p.t
	p.pass(low, high)
	if d.chance(0.25) {
		st := p.at(p.t+d.between(-10*hour, 10*hour), trade.ConveyanceArrived, c.source, refCarrier)
		st.classifier, st.leg, st.where = estimated, l, p.s.legs[l].to
		st.recorded = departed + d.between(hour, max(2*hour, (p.t-departed)*2/3))
	}
	names, boxes := refCarrier, uint16(0)
	if d.chance(0.4) {
		names, boxes = 0, p.allBoxes()
	}
	p.move(trade.ConveyanceArrived, c.source, l, names, boxes)
	p.pass(3, 20)
	port := terminalOf[p.s.legs[l].to]
	if d.chance(0.5) {
		p.move(trade.EquipmentDischarged, port, l, 0, p.allBoxes())
	} else {
		p.move(trade.EquipmentDischarged, port, l, refCarrier, p.allBoxes()).smdg = true
	}
}

// arrival plans what happens between discharge and the empties' return.
func (p *planner) arrival(c *carrier, r *route, issued int64) {
	d, s := p.dice, p.s
	p.pass(2, 30)
	document := refCarrier
	if d.chance(0.4) {
		document = refDoc
	}
	p.importSide(r, document)
	p.surrender(issued, s.surrenderer())
	delivery := refs(0)
	if d.chance(0.4) {
		s.set(refDelivery, trade.DeliveryOrder, "DO"+p.registry.delivery.digits(8), c.scac)
		p.add(trade.DeliveryOrderIssued, c.source, refDelivery|refCarrier)
		p.pass(1, 12)
		delivery = refDelivery
	}
	p.onBox(p.allBoxes(), trade.EquipmentGatedOut, terminalOf[r.to], delivery, laden, r.to, 10)
	p.pass(2, 20)
	p.deliver(drayage, r.to)
	p.returned(p.allBoxes(), farDepot, r.to)
}

func (p *planner) deliver(by string, where *place) {
	st := p.add(trade.CargoDelivered, by, refDoc)
	st.where = where
	p.pass(12, 90)
}

// surrenderer of the bill: the buyer, or its bank under a credit.
func (s *shipment) surrenderer() string {
	if s.number(refCredit).Value != "" {
		return s.buyer.bank.source
	}
	return s.buyer.source
}

// forwarder is the source of the forwarder among the parties.
func (s *shipment) forwarder() string {
	for i := range forwarders {
		if forwarders[i].scac == s.parties[2].ID.Value {
			return forwarders[i].source
		}
	}
	return forwarders[0].source
}

// issuer is who issues the document that founds the consignment.
func (s *shipment) issuer(carrier string) string {
	if *s.number(refDoc) == *s.number(refCarrier) {
		return carrier
	}
	return s.forwarder()
}

// yangtze plans Guoyuan, by barge to Shanghai, by sea to Singapore.
func (p *planner) yangtze(r *route) {
	d, s := p.dice, p.s
	c := pick(d, seaCarriers)
	p.papers(c, "CQG")
	b := pick(d, barges)
	port := pick(d, []*place{yangshan, yangshan, waigaoqiao})
	barge := p.addLeg(trade.Barge, "YZFD", b.imo, b.name, strconv.FormatInt(d.between(100, 999), 10)+"E", chongqingRiver, *port)
	p.book(s.forwarder(), c.source)
	p.pass(12, 60)
	p.fill(c.owners, isoTypes...)
	p.empties(chongqingRiver, s.forwarder(), 0)
	p.onBox(p.allBoxes(), trade.EquipmentGatedIn, terminalOf[chongqingRiver], refBooking, laden, chongqingRiver, 4)
	p.pass(1, 6)
	p.exportSide("8010")

	p.move(trade.EquipmentLoaded, terminalOf[chongqingRiver], barge, refBooking, p.allBoxes())
	p.pass(3, 14)
	p.move(trade.ConveyanceDeparted, yangtzeBarge, barge, refBooking, 0)
	p.pass(170, 290)
	p.move(trade.ConveyanceArrived, yangtzeBarge, barge, 0, p.allBoxes())
	p.pass(3, 14)
	p.move(trade.EquipmentDischarged, terminalOf[*port], barge, 0, p.allBoxes())
	p.certify(0.5)
	p.pass(24, 110)
	issued := p.voyage(c, *port, r.to, 140, 210)
	p.arrival(c, r, issued)
}

// air plans Chongqing to Changi. Forwarders consign by house air waybills over the airline's.
func (p *planner) air(r *route) {
	d, s := p.dice, p.s
	a := pick(d, airlines)
	number := p.registry.awb(a.prefix)
	if d.chance(0.4) {
		s.set(refDoc, trade.AirWaybill, number, a.designator)
		s.set(refCarrier, trade.AirWaybill, number, a.designator)
	} else {
		f := pick(d, forwarders)
		s.set(refDoc, trade.HouseAirWaybill, f.prefix+p.registry.house.digits(8), f.scac)
		s.set(refCarrier, trade.MasterAirWaybill, number, a.designator)
		s.parties[2].ID.Value = f.scac
	}
	s.set(refBooking, trade.Booking, a.designator+"E"+p.registry.booking.digits(8), a.designator)
	s.terms.Incoterm = "FCA"
	s.goods.Basis = "FCA"
	flight := dated(a.flight, p.t+3*day)
	l := p.addLeg(trade.Air, a.designator, flight, "", a.flight, chongqingAirport, changi)
	p.entitle("")
	p.book(s.forwarder(), a.source)
	s.set(refReceipt, trade.WarehouseReceipt, "WR"+p.registry.receipt.digits(8), "CKGT")
	st := p.add(trade.WarehouseReceived, terminalOf[chongqingAirport], refReceipt|refDoc|refCarrier)
	st.where, st.tell = chongqingAirport, tellGoods
	p.pass(1, 8)
	p.exportSide("8006")
	p.issue(p.t, s.issuer(a.source), refDoc|refCarrier|refBooking, l)
	p.certify(0.3)
	p.pass(1, 8)
	p.move(trade.EquipmentLoaded, terminalOf[chongqingAirport], l, refCarrier|refBooking, 0).tell = tellULD
	p.pass(0.5, 3)
	p.move(trade.ConveyanceDeparted, a.source, l, refCarrier, 0)
	p.pass(4.5, 6)
	p.move(trade.ConveyanceArrived, a.source, l, refCarrier, 0)
	p.pass(0.7, 4)
	p.move(trade.EquipmentDischarged, terminalOf[changi], l, refCarrier, 0)
	p.pass(1, 10)
	p.importSide(r, refDoc|refCarrier)
	p.pass(1, 10)
	p.deliver(drayage, r.to)
}

// tellULD names the unit load device that the goods fly in. It is told by the waybill, so that it is the same
// however often the event is written.
func tellULD(s *shipment, _ *step, d *trade.Data) {
	value := s.number(refCarrier).Value
	d.Equipment = append(d.Equipment, trade.Equipment{
		Kind: trade.ULD, Number: "AKE" + value[len(value)-5:] + s.number(refCarrier).Issuer, State: trade.Laden,
	})
}
