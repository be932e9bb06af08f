package simulator

import (
	"strconv"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// europeRail plans Chongqing, Alashankou or Horgos, Kazakhstan, Russia, Brest, Malaszewicze, Duisburg, under one
// CIM/SMGS consignment note or two, and for some a forwarder's rail bill over it. The gauge breaks twice.
func (p *planner) europeRail(r *route) {
	d, s := p.dice, p.s
	note := "CSM" + p.registry.cim.digits(8)
	s.set(refCarrier, trade.ConsignmentNote, note, yuxinou.scac)
	s.set(refDoc, trade.ConsignmentNote, note, yuxinou.scac)
	if !s.partInvoice && d.chance(0.35) {
		f := pick(d, forwarders)
		s.set(refDoc, trade.BL, f.prefix+"RB"+p.registry.house.digits(7), f.scac)
		s.parties[2].ID.Value = f.scac
	}
	s.set(refBooking, trade.Booking, "YXOB"+p.registry.booking.digits(7), yuxinou.scac)
	s.terms.Incoterm, s.goods.Basis = "FCA", "FCA"
	p.entitle("")
	frontier, beyond := horgos, altynkol
	if d.chance(0.45) {
		frontier, beyond = alashankou, dostyk
	}
	train := "X80" + strconv.FormatInt(d.between(10, 99), 10)
	china := p.addLeg(trade.Rail, chinaRailway.scac, dated(train, p.t+5*day), "", train, chongqingRail, frontier)
	p.book(s.forwarder(), yuxinou.source)
	p.pass(12, 50)
	p.fill(yuxinou.owners, isoTypes...)
	p.empties(chongqingRail, s.forwarder(), refDoc)
	p.onBox(p.allBoxes(), trade.EquipmentGatedIn, terminalOf[chongqingRail], refBooking, laden, chongqingRail, 4)
	p.pass(1, 6)
	p.exportSide("8003")
	p.issue(p.t, s.issuer(yuxinou.source), refDoc|refBooking, china)
	p.certify(0.3)
	p.pass(1, 6)
	p.move(trade.EquipmentLoaded, terminalOf[chongqingRail], china, refCarrier|refBooking, p.allBoxes()).tell = tellWagon
	p.pass(2, 12)
	p.move(trade.ConveyanceDeparted, chinaRailway.source, china, refCarrier, 0)
	p.pass(80, 130)
	if d.chance(0.5) {
		p.move(trade.ConveyanceArrived, chinaRailway.source, china, refCarrier, 0)
	}
	p.pass(6, 30)
	boxes := p.gaugeBreak(frontier, beyond, china)
	p.broadGauge(beyond, boxes)
	p.germany(r, boxes)
}

// gaugeBreak plans the change of wagons at the Chinese frontier: the box goes on, or a broken one is left behind
// and the goods go on in another.
func (p *planner) gaugeBreak(frontier, beyond *place, china int8) uint16 {
	d, s := p.dice, p.s
	boxes := p.allBoxes()
	if len(s.boxes) == 1 && d.chance(0.12) {
		fresh := p.box(yuxinou.owners, s.boxes[0].isoType, p.t-day)
		fresh.seal = "" // sealed by the frontier's customs, under no number of ours
		s.boxes = append(s.boxes, fresh)
		st := p.at(p.t-d.between(2*hour, 5*hour), trade.EmptyPickedUp, terminalOf[beyond], 0)
		st.boxes, st.state, st.where = oneBox(1), empty, beyond
		st = p.add(trade.CargoTransferred, terminalOf[beyond], refCarrier)
		st.where, st.tell = beyond, tellTransfer
		if d.chance(0.5) {
			st.refs = 0
		}
		p.pass(3, 10)
		st = p.add(trade.EmptyReturned, terminalOf[beyond], 0)
		st.boxes, st.state, st.where = oneBox(0), empty, beyond
		p.giveBack(s.boxes[0], p.t)
		boxes = oneBox(1)
	} else {
		p.move(trade.EquipmentDischarged, terminalOf[frontier], china, 0, boxes)
	}
	p.pass(3, 16)
	return boxes
}

// broadGauge plans Kazakhstan, Russia and Belarus, under the transit declaration of the Eurasian Union.
func (p *planner) broadGauge(beyond *place, boxes uint16) {
	d, s := p.dice, p.s
	l := p.addLeg(trade.Rail, "KTZE", dated("R14"+strconv.FormatInt(d.between(10, 99), 10), p.t), "", "", beyond, malaszewicze)
	at := date(p.t)
	s.set(refTransit, trade.Declaration, "55302030/"+at[8:]+at[5:7]+at[2:4]+"/"+p.registry.transit.digits(7), "")
	s.transiting = trade.Customs{Territory: "KZ", Direction: "transit", Office: "55302030"}
	p.add(trade.TransitOpened, customsOf["KZ"], refTransit|refCarrier).tell = tellTransit
	p.pass(1, 8)
	st := p.move(trade.EquipmentLoaded, kazakhRailway, l, 0, boxes)
	if d.chance(0.6) {
		st.refs = refCarrier
	}
	p.pass(2, 10)
	st = p.add(trade.BorderCrossed, kazakhRailway, refCarrier)
	st.where, st.leg = beyond, l
	p.pass(40, 80)
	if d.chance(0.5) {
		st = p.add(trade.ConveyanceHandedOver, russianRailway, refCarrier)
		st.where, st.leg = aktobe, l
		if d.chance(0.5) {
			st.refs, st.boxes = 0, boxes
		}
	}
	p.pass(30, 60)
	if d.chance(0.3) {
		st = p.add(trade.BorderCrossed, russianRailway, 0)
		st.where, st.leg, st.boxes = vorsino, l, boxes
	}
	p.pass(20, 50)
	st = p.add(trade.BorderCrossed, belarusRailway, refCarrier)
	st.where, st.leg = brest, l
	p.pass(1, 8)
	p.add(trade.TransitClosed, customsOf["BY"], refTransit).tell = tellTransit
	p.pass(3, 20)
	p.move(trade.ConveyanceArrived, belarusRailway, l, refCarrier, 0)
	p.pass(4, 24)
}

// germany plans the second gauge break, where some consignments go on under a new CIM note, and the end.
func (p *planner) germany(r *route, boxes uint16) {
	d, s := p.dice, p.s
	note := refCarrier
	p.move(trade.EquipmentDischarged, terminalOf[malaszewicze], int8(len(s.legs)-1), 0, boxes) // a handful
	p.pass(5, 40)
	if d.chance(0.2) {
		s.set(refNewNote, trade.ConsignmentNote, "CIM"+p.registry.cim.digits(8), yuxinou.scac)
		st := p.add(trade.ConveyanceHandedOver, germanRailway, refNewNote)
		st.where, st.tell = malaszewicze, tellReissue
		note = refNewNote
		p.pass(1, 6)
	}
	l := p.addLeg(trade.Rail, "DBCG", dated("41"+strconv.FormatInt(d.between(100, 999), 10), p.t), "", "", malaszewicze, duisburg)
	p.move(trade.EquipmentLoaded, terminalOf[malaszewicze], l, note, boxes)
	p.pass(2, 10)
	p.move(trade.ConveyanceDeparted, germanRailway, l, note, 0)
	p.pass(40, 90)
	p.move(trade.ConveyanceArrived, germanRailway, l, note, 0)
	p.pass(2, 12)
	p.move(trade.EquipmentDischarged, terminalOf[duisburg], l, 0, boxes)
	p.pass(2, 20)
	p.importSide(r, note)
	p.onBox(boxes, trade.EquipmentGatedOut, terminalOf[duisburg], 0, laden, duisburg, 8)
	p.pass(2, 20)
	p.deliver(drayage, duisburg)
	p.returned(boxes, farDepot, duisburg)
}

// tellWagon names the wagon under the box, by the seven digits of the Chinese railways.
func tellWagon(s *shipment, _ *step, d *trade.Data) {
	value := s.number(refCarrier).Value
	d.Equipment = append(d.Equipment, trade.Equipment{Kind: trade.Wagon, Number: "5" + value[len(value)-6:]})
}

// road plans Chongqing and the roads through Youyiguan or Mohan, under one CMR consignment note.
func (p *planner) road(r *route) {
	d, s := p.dice, p.s
	h := pick(d, hauliers)
	note := h.prefix + p.registry.cmr.digits(8)
	s.set(refDoc, trade.ConsignmentNote, note, h.scac)
	s.set(refCarrier, trade.ConsignmentNote, note, h.scac)
	s.set(refBooking, trade.Booking, h.prefix+"B"+p.registry.booking.digits(7), h.scac)
	s.terms.Incoterm, s.goods.Basis = "DAP", "DAP"
	p.entitle("")
	plate := "YUA" + strconv.FormatInt(d.between(10000, 99999), 10)
	border := r.onward[0]
	inChina := p.addLeg(trade.Road, h.scac, plate, "", "", chongqingRoad, border)
	p.book(s.forwarder(), h.source)
	if len(s.boxes) > 0 {
		p.fill(chinaRailway.owners, isoTypes...)
		p.empties(chongqingRoad, s.forwarder(), refDoc)
	}
	p.exportSide("8008")
	p.issue(p.t, h.source, refDoc|refBooking, inChina)
	p.certify(0.6)
	p.pass(0.5, 4)
	p.move(trade.EquipmentLoaded, terminalOf[chongqingRoad], inChina, refDoc|refBooking, p.allBoxes()).tell = tellTruck
	p.pass(0.5, 5)
	p.move(trade.ConveyanceDeparted, h.source, inChina, refDoc, 0)
	p.pass(24, 44)
	p.move(trade.ConveyanceArrived, h.source, inChina, refDoc, 0)
	p.pass(2, 14)
	abroad := p.addLeg(trade.Road, h.scac, r.country+strconv.FormatInt(d.between(10000, 99999), 10), "", "", border, r.to)
	p.abroad(r, h, abroad)
}

// abroad plans the borders, the transit through countries between, and the end of a road.
func (p *planner) abroad(r *route, h *carrier, l int8) {
	d, s := p.dice, p.s
	through := len(r.onward) > 3
	if through {
		s.set(refTransit, trade.Declaration, "LA"+p.registry.transit.digits(9), "")
		s.transiting = trade.Customs{Territory: "LA", Direction: "transit"}
	}
	for i, at := range r.onward[:len(r.onward)-1] {
		st := p.add(trade.BorderCrossed, h.source, refDoc)
		st.where, st.leg = at, l
		if len(s.boxes) > 0 && d.chance(0.3) {
			st.refs, st.boxes = 0, p.allBoxes()
		}
		p.pass(1, 6)
		if through && i == 1 {
			p.add(trade.TransitOpened, customsOf["LA"], refTransit|refDoc).tell = tellTransit
			p.pass(8, 20)
		}
		if through && i == 2 {
			p.add(trade.TransitClosed, customsOf["LA"], refTransit).tell = tellTransit
		}
		p.pass(3, 16)
	}
	p.move(trade.ConveyanceArrived, h.source, l, refDoc, 0)
	p.pass(1, 8)
	p.importSide(r, refDoc)
	if len(s.boxes) > 0 {
		p.move(trade.EquipmentDischarged, drayage, l, 0, p.allBoxes())
		p.pass(1, 6)
	}
	p.deliver(h.source, r.to)
	if len(s.boxes) > 0 {
		p.returned(p.allBoxes(), farDepot, r.to)
	}
}

// tellTruck names the truck of the leg.
func tellTruck(s *shipment, st *step, d *trade.Data) {
	d.Equipment = append(d.Equipment, trade.Equipment{
		Kind: trade.Truck, Number: identifier.NormalContainer(s.legs[st.leg].transport.Conveyance),
	})
}
