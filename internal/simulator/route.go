package simulator

import (
	"fmt"
	"strconv"
	"time"

	"oneorder/internal/trade"
)

// route is a corridor to one destination.
type route struct {
	share    float64 // of the deals
	mode     string  // of the main carriage
	country  string  // of the buyer
	currency string  // of duties there
	rails    []string
	to       *place
	plan     func(*planner, *route)
	onward   []*place // beyond the corridor's hub, by road: borders and towns
}

var (
	bankRails  = []string{"SWIFT", "SWIFT", "CIPS"}
	sgRails    = []string{"SWIFT", "CIPS", "CIPS", "ECNY"}
	localRails = []string{"SWIFT", "CIPS", "OTHER"}
)

var routes = []route{
	{0.28, trade.Sea, "SG", "SGD", sgRails, singapore, (*planner).landSea, nil},
	{0.04, trade.Sea, "VN", "VND", bankRails, hoChiMinh, (*planner).landSea, nil},
	{0.04, trade.Sea, "TH", "THB", bankRails, laemChabang, (*planner).landSea, nil},
	{0.04, trade.Sea, "ID", "IDR", bankRails, jakarta, (*planner).landSea, nil},
	{0.20, trade.Rail, "DE", "EUR", bankRails, duisburg, (*planner).europeRail, nil},
	{0.15, trade.Sea, "SG", "SGD", sgRails, singaporeTuas, (*planner).yangtze, nil},
	{0.10, trade.Air, "SG", "SGD", sgRails, changi, (*planner).air, nil},
	{0.06, trade.Road, "VN", "VND", localRails, hanoi, (*planner).road, []*place{pingxiang, hanoi}},
	{0.04, trade.Road, "LA", "LAK", localRails, vientiane, (*planner).road, []*place{mohan, boten, vientiane}},
	{0.03, trade.Road, "TH", "THB", localRails, bangkok, (*planner).road, []*place{mohan, boten, nongKhai, bangkok}},
	{0.01, trade.Road, "MY", "MYR", localRails, kualaLumpur, (*planner).road, []*place{mohan, boten, nongKhai, padangBesar, kualaLumpur}},
	{0.01, trade.Road, "SG", "SGD", localRails, singapore, (*planner).road, []*place{mohan, boten, nongKhai, padangBesar, johorBahru, singapore}},
}

func (p *planner) route() *route {
	x := p.dice.Float64()
	for i := range routes {
		if x -= routes[i].share; x < 0 {
			return &routes[i]
		}
	}
	return &routes[0]
}

// addLeg adds a movement and gives its index. A train, flight or barge is named by its date.
func (p *planner) addLeg(mode, carrier, conveyance, name, voyage string, from, to *place) int8 {
	p.s.legs = append(p.s.legs, leg{trade.Transport{
		Mode: mode, Carrier: carrier, Conveyance: conveyance, Name: name, Voyage: voyage,
		From: from.UNLOCODE, To: to.UNLOCODE,
	}, from, to})
	return int8(len(p.s.legs) - 1) // a handful
}

// dated is a train or flight of a day, so that it is one conveyance.
func dated(number string, at int64) string {
	return number + "/" + time.Unix(at, 0).UTC().Format("20060102")
}

func (p *planner) seaLeg(c *carrier, from, to *place) int8 {
	v := pick(p.dice, seaVessels)
	_, week := time.Unix(p.t, 0).UTC().ISOWeek()
	voyage := strconv.Itoa(time.Unix(p.t, 0).UTC().Year()%100) + fmt.Sprintf("%02d", week) + "S"
	return p.addLeg(trade.Sea, c.scac, v.imo, v.name, voyage, from, to)
}

// onBox plans the same event for each box on its own, some minutes apart, all within the hours; p.t moves on to
// the last.
func (p *planner) onBox(boxes uint16, typ trade.Type, by string, names refs, state loading, where *place, hours int64) {
	end := p.t
	for i := range p.s.boxes {
		if boxes&oneBox(i) == 0 {
			continue
		}
		at := p.t + p.dice.between(0, hours*hour) + int64(i)*7*minute
		st := p.at(at, typ, by, names)
		st.boxes, st.state, st.where = oneBox(i), state, where
		end = max(end, at)
	}
	p.t = end
}

// empties plans pick-up and stuffing. The release of the empty names the booking, mostly.
func (p *planner) empties(where *place, forwarder string, stuffed refs) {
	names := refBooking
	if p.dice.chance(0.3) {
		names = 0
	}
	p.onBox(p.allBoxes(), trade.EmptyPickedUp, depot, names, empty, where, 6)
	p.pass(6, 30)
	if stuffed != 0 || p.dice.chance(0.4) {
		st := p.add(trade.EquipmentStuffed, forwarder, stuffed)
		st.boxes, st.state = p.allBoxes(), laden
		if p.dice.chance(0.5) {
			st.tell = tellGoods
		}
	}
	p.pass(4, 20)
}

// returned plans the return of the empties and lets them be used again.
func (p *planner) returned(boxes uint16, by string, where *place) {
	if p.dice.chance(0.2) {
		st := p.add(trade.EquipmentStripped, drayage, 0)
		st.boxes, st.where = boxes, where
		p.pass(2, 20)
	}
	from := len(p.s.steps)
	p.onBox(boxes, trade.EmptyReturned, by, 0, empty, where, 40)
	for _, st := range p.s.steps[from:] {
		for i := range p.s.boxes {
			if st.boxes&oneBox(i) != 0 {
				p.giveBack(p.s.boxes[i], st.at)
			}
		}
	}
}

// move plans how a leg begins or ends: names may be none where boxes are given.
func (p *planner) move(typ trade.Type, by string, l int8, names refs, boxes uint16) *step {
	st := p.add(typ, by, names)
	st.leg, st.boxes = l, boxes
	st.where = p.s.legs[l].from
	if typ == trade.ConveyanceArrived || typ == trade.EquipmentDischarged {
		st.where = p.s.legs[l].to
	}
	if boxes != 0 {
		st.state = laden
	}
	return st
}

// exportSide plans the export declaration: the document by which the carrier carries, and the invoice.
func (p *planner) exportSide(office string) {
	d, s := p.dice, p.s
	year := time.Unix(p.t, 0).UTC().Year()
	s.set(refExport, trade.Declaration, p.registry.chinaDeclaration(office, year), "")
	s.exporting = trade.Customs{Territory: "CN", Direction: "export", Office: office, Procedure: "0110"}
	names := refExport | refCarrier | refInvoice | refContract
	if s.partInvoice {
		names |= refDoc
	}
	st := p.add(trade.DeclarationLodged, *pick(d, exportBrokers), names)
	st.tell = tellExport
	if d.chance(0.5) {
		st.boxes = p.allBoxes()
	}
	p.pass(0.5, 8)
	if d.chance(0.04) {
		p.inspect(chinaCustoms, refExport, tellExport)
	}
	if d.chance(0.3) {
		p.add(trade.GoodsReleased, chinaCustoms, refExport).tell = tellExport
		p.pass(0.2, 3)
	}
	p.add(trade.GoodsCleared, chinaCustoms, refExport).tell = tellExport
	p.pass(2, 30)
}

// importSide plans the import declaration to the clearance.
func (p *planner) importSide(r *route, document refs) {
	d, s := p.dice, p.s
	customs := customsOf[r.country]
	p.lodgeImport(r, document)
	p.pass(1, 14)
	if d.chance(0.07) {
		p.inspect(customs, refImport, tellImport)
	}
	if d.chance(0.25) {
		p.add(trade.DutyAssessed, customs, refImport).tell = tellImport
		p.pass(0.5, 6)
	}
	p.add(trade.DutyPaid, customs, refImport).tell = tellImport
	p.pass(0.2, 6)
	if r.country == "SG" {
		s.set(refPermit, trade.Permit, "IG"+strconv.Itoa(time.Unix(p.t, 0).UTC().Year()%10)+"A"+p.registry.permit.digits(7)+"K", "")
		p.add(trade.PermitGranted, customs, refPermit|refImport).tell = tellImport
		p.pass(0.1, 2)
	}
	released := refImport
	if r.country == "SG" && d.chance(0.5) {
		released = refPermit
	}
	st := p.add(trade.GoodsReleased, customs, released)
	st.tell = tellImport
	if d.chance(0.3) {
		st.boxes = p.lastBoxes()
	}
	p.pass(0.2, 5)
	p.add(trade.GoodsCleared, customs, refImport).tell = tellImport
	p.pass(1, 10)
}

func (p *planner) lodgeImport(r *route, document refs) {
	s, now := p.s, time.Unix(p.t, 0).UTC()
	serial := &p.registry.foreign
	number, procedure := "", "4000"
	switch r.country {
	case "SG":
		number, procedure = s.buyer.id.Value+now.Format("20060102")+serial.digits(6), "IG"
	case "DE":
		number = p.registry.mrn(now.Year(), "DE4851")
	case "VN":
		number, procedure = "10"+serial.digits(10), "A11"
	case "TH":
		number = "A0" + serial.digits(12)
	case "ID":
		number = "000020" + serial.digits(12) + now.Format("20060102")
	case "MY":
		number, procedure = "B18"+serial.digits(11), "K1"
	default:
		number = r.country + serial.digits(11)
	}
	s.set(refImport, trade.Declaration, number, "")
	s.importing = trade.Customs{Territory: r.country, Direction: "import", Procedure: procedure}
	if r.country == "DE" {
		s.importing.Territory, s.importing.Office = "EU", "DE004851"
	}
	names := refImport | document
	if p.dice.chance(0.7) {
		names |= refInvoice
		if s.partInvoice {
			names |= refDoc
		}
	}
	p.add(trade.DeclarationLodged, importBrokerOf[r.country], names).tell = tellImport
}

// lastBoxes are those that arrive: all, or the one that the goods were moved into.
func (p *planner) lastBoxes() uint16 {
	if n := len(p.s.boxes); n > 0 && p.s.boxes[n-1].seal == "" {
		return oneBox(n - 1)
	}
	return p.allBoxes()
}

func (p *planner) inspect(customs string, names refs, tell func(*shipment, *step, *trade.Data)) {
	p.add(trade.InspectionOrdered, customs, names).tell = tell
	p.pass(5, 50)
	p.add(trade.InspectionDone, customs, names).tell = tell
	p.pass(1, 6)
}

// certify plans the certificate of origin, for some.
func (p *planner) certify(share float64) {
	if p.dice.chance(share) {
		st := p.at(p.t+p.dice.between(hour, 2*day), trade.OriginCertified, chamber, refOrigin|refDoc)
		st.day, st.tell = true, tellOrigin
	}
}

// surrender plans the title's way to the buyer and back to the carrier, up to the time now.
func (p *planner) surrender(issued int64, by string) {
	d := p.dice
	if d.chance(0.4) && p.t-issued > 2*day {
		p.at(issued+d.between(day, p.t-issued-hour), trade.TitleTransferred, p.s.seller.source, refDoc).tell = tellTransferred
	}
	p.add(trade.TitleSurrendered, by, refDoc).tell = tellSurrendered
	p.pass(1, 8)
}
