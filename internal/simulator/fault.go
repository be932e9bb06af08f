package simulator

import (
	"slices"

	"oneorder/internal/trade"
)

// Planted is a contradiction that the simulator put into a consignment, whose events say it once they have all arrived.
type Planted struct {
	Chain  string            `json:"chain"`  // its name in the truth
	Number string            `json:"number"` // of its transport document
	Code   trade.FindingCode `json:"code"`
}

// Planted gives the contradictions of the consignments planned so far, in the order of planning.
func (s *Simulator) Planted() []Planted { return s.planner.faults }

// fault is a way in which the papers of a consignment can contradict each other.
type fault struct {
	code  trade.FindingCode
	plant func(*planner, *form) bool // false: the consignment has not what it takes
}

var faults = []fault{
	{trade.FoundWeightMismatch, (*planner).heavier},
	{trade.FoundPackageMismatch, (*planner).anotherPackage},
	{trade.FoundHSMismatch, (*planner).anotherCode},
	{trade.FoundOriginMismatch, (*planner).anotherOrigin},
	{trade.FoundContainerMismatch, (*planner).anotherBox},
	{trade.FoundValueMismatch, (*planner).anotherValue},
	{trade.FoundValueMismatch, (*planner).overpaid},
	{trade.FoundValueMismatch, (*planner).overdrawn},
	{trade.FoundPartyMismatch, (*planner).anotherShipper},
	{trade.FoundDigestMismatch, (*planner).anotherPaper},
	{trade.FoundShortLanded, func(p *planner, _ *form) bool { return p.landed(-1) }},
	{trade.FoundOverLanded, func(p *planner, _ *form) bool { return p.landed(+1) }},
	{trade.FoundUnmanifested, (*planner).unmanifested},
	{trade.FoundSealChanged, (*planner).anotherSeal},
	{trade.FoundTitleConflict, (*planner).passedOnLate},
	{trade.FoundTitleConflict, (*planner).passedOnByAnother},
	{trade.FoundTitleConflict, (*planner).issuedTwice},
	{trade.FoundTitleConflict, (*planner).endorsedElsewhere},
	{trade.FoundReleasedWithoutTitle, (*planner).surrenderedLate},
	{trade.FoundDoubleFinancing, func(p *planner, _ *form) bool { return p.financedTwice(refDoc, refDoc) }},
	{trade.FoundDoubleFinancing, func(p *planner, _ *form) bool { return p.financedTwice(refDoc, refInvoice) }},
	{trade.FoundLateShipment, (*planner).shippedLate},
	{trade.FoundLatePresentation, (*planner).presentedLate},
	{trade.FoundCreditExpired, (*planner).expired},
	{trade.FoundTransitNotDischarged, (*planner).openTransit},
	{trade.FoundSequenceAnomaly, (*planner).clearedEarly},
	{trade.FoundTemperatureBreach, (*planner).warm},
	{trade.FoundOriginExpired, (*planner).oldCertificate},
	{trade.FoundDirectConsignmentBroken, (*planner).enteredOnTheWay},
}

// faulty plants one contradiction in some consignments of the deal: of the ways that fit, that which was planted least.
func (p *planner) faulty(f *form) {
	if p.cfg.Faults == 0 {
		return
	}
	for _, s := range p.deal.shipments {
		if p.s = s; !p.dice.chance(p.cfg.Faults) {
			continue
		}
		if p.faultsOf == nil {
			p.faultsOf = make([]int, len(faults))
		}
		order := make([]int, len(faults))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(x, y int) int { return p.faultsOf[x] - p.faultsOf[y] })
		for _, i := range order {
			if faults[i].plant(p, f) {
				p.faults = append(p.faults, Planted{s.chain[0], s.number(refDoc).Value, faults[i].code})
				p.faultsOf[i]++
				break
			}
		}
	}
}

// step gives the first actual event of the type that is of this consignment alone, and passes; nil: there is none.
func (p *planner) step(typ trade.Type, passes func(*step) bool) *step {
	for i := range p.s.steps {
		st := &p.s.steps[i]
		if st.typ == typ && st.classifier == actual && !st.shared && (passes == nil || passes(st)) {
			return st
		}
	}
	return nil
}

func (p *planner) lodged(of refs) *step {
	return p.step(trade.DeclarationLodged, func(st *step) bool { return st.refs&of != 0 })
}

// alter lets the event say something else.
func (st *step) alter(change func(*shipment, *trade.Data)) {
	before := st.tell
	st.tell = func(s *shipment, st *step, d *trade.Data) {
		if before != nil {
			before(s, st, d)
		}
		change(s, d)
	}
}

// alterGoods lets the import declaration say something else of the goods.
func (p *planner) alterGoods(change func(*trade.Goods)) bool {
	st := p.lodged(refImport)
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) { change(&d.Goods[0]) })
	return true
}

func times(d trade.Decimal, percent int64) trade.Decimal {
	n, err := d.Scaled()
	if err != nil {
		return d
	}
	return trade.DecimalOf(n / 100 * percent)
}

func (p *planner) heavier(*form) bool {
	return p.alterGoods(func(g *trade.Goods) { g.GrossKG = times(g.GrossKG, 120) })
}

func (p *planner) anotherPackage(*form) bool {
	return p.alterGoods(func(g *trade.Goods) { g.Packages++ })
}

func (p *planner) anotherCode(*form) bool {
	return p.alterGoods(func(g *trade.Goods) { g.HS = "9603.21" })
}

func (p *planner) anotherOrigin(*form) bool {
	st := p.step(trade.OriginCertified, nil)
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) { d.Goods[0].Origin = "NP" })
	return true
}

func (p *planner) anotherBox(*form) bool {
	out, bill := p.lodged(refExport), p.step(trade.TitleIssued, nil)
	if out == nil || bill == nil || len(p.s.boxes) == 0 {
		return false
	}
	out.boxes, bill.boxes = oneBox(0), oneBox(0)
	wrong := p.registry.container(p.s.boxes[0].number[:4])
	out.alter(func(_ *shipment, d *trade.Data) { d.Equipment[0].Number = wrong })
	return true
}

func (p *planner) anotherValue(f *form) bool {
	if f.sharedInvoice || p.s.partInvoice {
		return false
	}
	st := p.lodged(refExport)
	if st == nil {
		return false
	}
	percent := int64(85)
	if p.dice.chance(0.5) {
		percent = 115
	}
	st.alter(func(_ *shipment, d *trade.Data) { d.Goods[0].Value.Amount = times(d.Goods[0].Value.Amount, percent) })
	return true
}

func (p *planner) overpaid(*form) bool {
	st := p.step(trade.PaymentSettled, func(*step) bool { return !p.s.coversWholeDeal })
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) { d.Amount.Amount = times(d.Amount.Amount, 103) })
	return true
}

// creditAlone says whether the deal has a credit for this consignment and no other.
func (p *planner) creditAlone(f *form) bool { return f.credit && len(p.deal.shipments) == 1 }

// presented gives the step that shows documents under a credit for this consignment and no other; nil: there is none.
func (p *planner) presented(f *form) *step {
	if !p.creditAlone(f) {
		return nil
	}
	return p.step(trade.DocumentPresented, func(st *step) bool { return st.refs&refCredit != 0 })
}

func (p *planner) overdrawn(f *form) bool {
	st := p.presented(f)
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) { d.Amount.Amount = times(d.Amount.Amount, 106) })
	return true
}

func (p *planner) anotherShipper(*form) bool {
	st := p.lodged(refExport)
	if st == nil {
		return false
	}
	id := p.otherSeller().id
	st.alter(func(_ *shipment, d *trade.Data) { d.Parties[0].ID = id })
	return true
}

func (p *planner) anotherPaper(*form) bool {
	st := p.step(trade.TitleSurrendered, nil)
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) {
		last := d.Document.Digest[len(d.Document.Digest)-1]
		other := byte('0')
		if last == other {
			other = '1'
		}
		d.Document.Digest = d.Document.Digest[:len(d.Document.Digest)-1] + string(other)
	})
	return true
}

// landed lets the goods be counted where they are unpacked.
func (p *planner) landed(more int) bool {
	delivered := p.step(trade.CargoDelivered, nil)
	if delivered == nil || len(p.s.boxes) == 0 || p.lastBoxes() != p.allBoxes() || p.s.goods.Packages < 2 {
		return false
	}
	where := delivered.where
	st := p.at(delivered.at+20*minute, trade.EquipmentStripped, drayage, refDoc)
	st.boxes, st.where, st.tell = p.allBoxes(), where, tellGoods
	st.alter(func(_ *shipment, d *trade.Data) { d.Goods[0].Packages = uint32(int(d.Goods[0].Packages) + more) })
	return true
}

func (p *planner) unmanifested(f *form) bool {
	st := p.step(trade.EquipmentDischarged, func(st *step) bool { return st.where != nil && st.where.country == f.route.country })
	if st == nil || len(p.s.boxes) == 0 {
		return false
	}
	st.refs |= refCarrier | refDoc
	at, where := st.at, st.where
	listed := p.registry.container(p.s.boxes[0].number[:4])
	if p.lastBoxes() != p.allBoxes() || len(p.s.boxes) > 1 {
		st.boxes = oneBox(len(p.s.boxes) - 1)
	}
	manifest := p.at(at-day, trade.ManifestFiled, customsOf[f.route.country], refCarrier|refDoc)
	manifest.where = where
	manifest.alter(func(s *shipment, d *trade.Data) {
		d.Customs = trade.Customs{Territory: s.importing.Territory, Direction: "import"}
		d.Equipment = append(d.Equipment, trade.Equipment{Kind: trade.Container, Number: listed})
	})
	return true
}

// anotherSeal breaks a seal at the last sight of a box.
func (p *planner) anotherSeal(*form) bool {
	opened := func(st step) bool { return st.typ == trade.InspectionDone || st.typ == trade.SealChanged }
	if slices.ContainsFunc(p.s.steps, opened) || len(p.s.boxes) != 1 || p.s.boxes[0].seal == "" {
		return false
	}
	st := p.step(trade.EquipmentGatedOut, nil)
	if st == nil {
		return false
	}
	st.alter(func(_ *shipment, d *trade.Data) { d.Equipment[0].Seal = "XX0000001" })
	return true
}

func (p *planner) passedOnLate(*form) bool {
	st := p.step(trade.TitleSurrendered, nil)
	if st == nil {
		return false
	}
	p.at(st.at+hour, trade.TitleTransferred, p.s.seller.source, refDoc).tell = tellTransferred
	return true
}

// titleHeld gives the issue of an electronic bill and its surrender, with time between them.
func (p *planner) titleHeld() (issue, surrender *step) {
	issue, surrender = p.step(trade.TitleIssued, nil), p.step(trade.TitleSurrendered, nil)
	if issue == nil || surrender == nil || surrender.at-issue.at < 4*hour {
		return nil, nil
	}
	return issue, surrender
}

// passedOnByAnother lets a company pass the bill on that never had it.
func (p *planner) passedOnByAnother(*form) bool {
	issue, next := p.titleHeld()
	if issue == nil {
		return false
	}
	if passed := p.step(trade.TitleTransferred, nil); passed != nil {
		next = passed
	}
	thief := p.otherSeller().id
	p.at(max(issue.at+hour/2, next.at-hour), trade.TitleTransferred, p.s.seller.source, refDoc).alter(func(s *shipment, d *trade.Data) {
		d.Document = s.title
		d.Document.Holder, d.Document.Status = thief, "TRANSFERRED"
		d.Parties = append(d.Parties, trade.Party{Role: "actor", ID: thief})
	})
	return true
}

// issuedTwice lets the carrier issue the bill to another company too.
func (p *planner) issuedTwice(*form) bool {
	issue, _ := p.titleHeld()
	if issue == nil {
		return false
	}
	other := p.otherSeller().id
	p.at(issue.at+hour, trade.TitleIssued, issue.by, refDoc).alter(func(s *shipment, d *trade.Data) {
		d.Document = s.title
		d.Document.Holder, d.Document.Status = other, "ISSUED"
	})
	return true
}

// endorsedElsewhere lets an endorsement say that another company has the bill.
func (p *planner) endorsedElsewhere(*form) bool {
	issue, _ := p.titleHeld()
	if issue == nil {
		return false
	}
	other := p.otherSeller().id
	p.at(issue.at+hour/2, trade.TitleEndorsed, p.s.seller.source, refDoc).alter(func(s *shipment, d *trade.Data) {
		d.Document = s.title
		d.Document.Holder, d.Document.Beneficiary, d.Document.Status = other, s.buyer.id, "ENDORSED"
	})
	return true
}

// otherSeller is a company that has nothing to do with the deal.
func (p *planner) otherSeller() *company {
	other := pick(p.dice, sellers)
	for other.id == p.s.seller.id {
		other = pick(p.dice, sellers)
	}
	return other
}

func (p *planner) surrenderedLate(*form) bool {
	st, delivered := p.step(trade.TitleSurrendered, nil), p.step(trade.CargoDelivered, nil)
	if st == nil || delivered == nil {
		return false
	}
	shift := delivered.at + 2*day - st.at
	st.at, st.recorded = st.at+shift, st.recorded+shift
	return true
}

// financedTwice lets two banks lend on the consignment at one time: on one paper, or on two of the same goods.
func (p *planner) financedTwice(first, second refs) bool {
	s := p.s
	if s.partInvoice || s.number(refLoan).Value != "" || s.issued == 0 {
		return false
	}
	s.set(refLoan, trade.Loan, "RZ"+p.registry.loan.digits(9), chineseBanks[0].bic)
	other := trade.Reference{Kind: trade.Loan, Value: "RZ" + p.registry.loan.digits(9), Issuer: chineseBanks[1].bic}
	at := s.issued + p.dice.between(day, 4*day)
	lend := func(at int64, by *bank, names refs) *step {
		st := p.at(at, trade.FinancingGranted, by.source, names)
		st.alter(func(s *shipment, d *trade.Data) {
			d.Finance = trade.Finance{Instrument: "invoice_financing", Rail: "OTHER", Financier: by.id}
			d.Amount = trade.Money{Amount: times(s.amount.Amount, 40), Currency: s.amount.Currency}
		})
		return st
	}
	lend(at, &chineseBanks[0], refLoan|first)
	lend(at+p.dice.between(hour, 3*day), &chineseBanks[1], second).alter(func(_ *shipment, d *trade.Data) {
		d.References = append(d.References, other)
	})
	return true
}

func (p *planner) shippedLate(f *form) bool {
	st := p.step(trade.ConveyanceDeparted, nil)
	if st == nil || !p.creditAlone(f) {
		return false
	}
	first := st.at
	for i := range p.s.steps {
		if o := &p.s.steps[i]; o.typ == st.typ && o.classifier == actual {
			first = min(first, o.at)
		}
	}
	p.s.credit.LatestShipment = date(first - 2*day)
	return true
}

func (p *planner) presentedLate(f *form) bool {
	st := p.presented(f)
	if st == nil || st.at-p.s.issued < 2*day {
		return false
	}
	p.s.credit.PresentationDays = 1
	return true
}

func (p *planner) expired(f *form) bool {
	st := p.presented(f)
	if st == nil {
		return false
	}
	p.s.credit.Expiry = date(st.at - day)
	return true
}

func (p *planner) openTransit(*form) bool {
	if p.step(trade.TransitClosed, nil) == nil {
		return false
	}
	p.s.steps = slices.DeleteFunc(p.s.steps, func(st step) bool { return st.typ == trade.TransitClosed })
	return true
}

func (p *planner) clearedEarly(*form) bool {
	lodged := p.lodged(refImport)
	cleared := p.step(trade.GoodsCleared, func(st *step) bool { return st.refs == refImport })
	if lodged == nil || cleared == nil {
		return false
	}
	cleared.at = lodged.at - 3*hour
	return true
}

// warm lets frozen goods thaw.
func (p *planner) warm(*form) bool {
	bill, last := p.step(trade.TitleIssued, nil), p.step(trade.CargoDelivered, nil)
	if bill == nil || last == nil || len(p.s.boxes) == 0 {
		return false
	}
	bill.alter(func(_ *shipment, d *trade.Data) { d.TemperatureC = "-18" })
	at := last.at - 30*hour
	for i, celsius := range [...]trade.Decimal{"-18.4", "-12", "-11.5", "-17.9"} {
		st := p.at(at+int64(i)*hour, trade.TemperatureRead, drayage, refDoc)
		st.boxes, st.state = oneBox(0), laden
		st.alter(func(_ *shipment, d *trade.Data) { d.TemperatureC, d.Equipment[0].Seal = celsius, "" })
	}
	return true
}

func (p *planner) oldCertificate(f *form) bool {
	st, lodged := p.step(trade.OriginCertified, nil), p.lodged(refImport)
	if st == nil || lodged == nil || f.route.country == "DE" {
		return false
	}
	lodged.refs |= refOrigin
	if p.dice.chance(0.5) {
		st.at -= 400 * day
		return true
	}
	p.at(lodged.at-day, trade.OriginWithdrawn, chamber, refOrigin|refDoc)
	return true
}

func (p *planner) enteredOnTheWay(f *form) bool {
	delivered := p.step(trade.CargoDelivered, nil)
	if p.step(trade.OriginCertified, nil) == nil || delivered == nil || f.route.country == "DE" || f.route.country == "MY" {
		return false
	}
	st := p.at(delivered.at-2*day, trade.GoodsCleared, customsOf["MY"], refDoc)
	st.alter(func(_ *shipment, d *trade.Data) {
		d.Customs = trade.Customs{Territory: "MY", Direction: "import", Code: "09", Office: "B10"}
	})
	return true
}

// PlantedCodes lists the kinds of contradictions that are planted.
func PlantedCodes() []trade.FindingCode {
	var list []trade.FindingCode
	for i := range faults {
		if !slices.Contains(list, faults[i].code) {
			list = append(list, faults[i].code)
		}
	}
	return list
}
