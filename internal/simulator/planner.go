package simulator

import (
	"strconv"
	"time"

	"oneorder/internal/trade"
)

const (
	minute int64 = 60
	hour         = 60 * minute
	day          = 24 * hour
)

// planner plans one deal after another, in the order in which they begin.
type planner struct {
	cfg      Config
	dice     *dice
	aside    *dice // of what takes no part in the other dice's throws: schedules, recognition
	registry *registry
	yards    map[string]*yard // by owner of the containers
	planned  int              // consignments so far
	other    trade.Reference  // the document of the consignment planned last

	faults   []Planted // so far
	faultsOf []int     // so far, by way

	deal *deal
	s    *shipment
	t    int64 // the hands of the clock
}

func newPlanner(cfg Config) *planner {
	return &planner{cfg: cfg, dice: newDice(), aside: newDice(), registry: newRegistry(cfg.Seed), yards: map[string]*yard{}}
}

// form is how a deal is made up.
type form struct {
	route         *route
	shipments     int
	sharedOrder   bool // one order for all, else one each
	sharedInvoice bool // one invoice for all
	contract      bool
	credit        bool
	collection    bool
	onePayment    bool // one payment for all invoices
	seller, buyer *company
	groupage      bool // all in one box, under one master
	split         bool // one booking for all
}

// plan makes the next deal, beginning at the time.
func (p *planner) plan(begin int64) *deal {
	p.dice.reseed(p.cfg.Seed, uint64(p.planned)) // counts up from 0
	f := p.form()
	p.deal = &deal{}
	for i := range f.shipments {
		name := "c" + strconv.Itoa(1_000_000 + p.planned)[1:]
		if p.planned >= 1_000_000 {
			name = "c" + strconv.Itoa(p.planned)
		}
		s := &shipment{
			deal: p.deal, chain: []string{name}, who: mix(p.cfg.Seed ^ mix(uint64(p.planned))), // counts up from 0
			steps: make([]step, 0, 48), seller: f.seller, buyer: f.buyer,
		}
		if f.groupage {
			s.seller, s.buyer = pick(p.dice, sellers), pick(p.dice, buyers[f.route.country])
			f.seller, f.buyer = s.seller, s.buyer
		}
		p.planned++
		p.deal.shipments = append(p.deal.shipments, s)
		p.deal.chains = append(p.deal.chains, name)
		p.s = s
		p.describe(&f, begin, i)
	}
	if f.sharedInvoice {
		p.shareInvoice()
	}
	if f.groupage {
		p.groupage(f.route, begin)
		p.trouble(&f)
		p.recognitions(f.route.country)
		return p.deal
	}
	p.deal.split = f.split
	at := begin
	for i, s := range p.deal.shipments {
		p.s, p.t = s, at
		s.silent = p.cfg.SilentDepots > 0 && f.route.mode != trade.Rail && p.dice.chance(p.cfg.SilentDepots)
		p.commerce(&f, i)
		f.route.plan(p, f.route)
		p.t = s.issued
		p.money(&f, i)
		if f.split {
			at += p.dice.between(0, 2*day)
			continue
		}
		at += p.dice.between(6*day, 16*day)
	}
	p.faulty(&f)
	p.trouble(&f)
	p.schedules()
	p.recognitions(f.route.country)
	return p.deal
}

func (p *planner) form() form {
	d := p.dice
	f := form{route: p.route(), shipments: 1, seller: pick(d, sellers), contract: d.chance(0.4)}
	f.buyer = pick(d, buyers[f.route.country])
	left := p.cfg.Chains - p.planned
	if p.unusual(&f, left) {
		return f
	}
	switch {
	case left > 1 && d.chance(p.cfg.SharedInvoices):
		f.shipments, f.sharedInvoice, f.sharedOrder = 2, true, true
	case left > 1 && d.chance(0.14):
		f.shipments = min(left, int(d.between(2, 3)))
		f.sharedOrder = d.chance(0.6)
	}
	switch {
	case d.chance(0.22):
		f.credit, f.contract = true, true
	case !f.sharedInvoice && d.chance(0.08):
		f.collection = true
	default:
		f.onePayment = f.shipments > 1 && (f.sharedInvoice || d.chance(0.6))
	}
	return f
}

// add plans an event of the shipment and gives it for completion, until the next add.
func (p *planner) add(typ trade.Type, by string, names refs) *step {
	return p.at(p.t, typ, by, names)
}

func (p *planner) at(at int64, typ trade.Type, by string, names refs) *step {
	p.s.steps = append(p.s.steps, step{typ: typ, by: by, at: at, recorded: at + p.delay(typ), refs: names, leg: -1})
	return &p.s.steps[len(p.s.steps)-1]
}

// delay until an event is reported, and how late some are.
func (p *planner) delay(typ trade.Type) int64 {
	d := p.dice
	var after int64
	switch typ.Domain() {
	case trade.DomainCustoms:
		after = d.between(20, 15*minute)
	case trade.DomainLogistics:
		after = d.between(30, 90*minute)
	default:
		after = d.between(2*minute, 8*hour)
	}
	if late := int64(p.cfg.Late / time.Second); late > 0 && d.chance(p.cfg.Disorder) {
		after += d.between(min(hour, late), late)
	}
	return after
}

// pass lets hours go by.
func (p *planner) pass(low, high float64) {
	p.t += p.dice.between(int64(low*float64(hour)), int64(high*float64(hour)))
}

func oneBox(i int) uint16 { return 1 << i }

func (p *planner) allBoxes() uint16 { return 1<<len(p.s.boxes) - 1 }

// describe makes the goods, the boxes and the numbers of a shipment.
func (p *planner) describe(f *form, begin int64, i int) {
	d, s, r := p.dice, p.s, p.registry
	wares, boxes := containerWares, 1
	load := d.between(9000, 24500)
	switch {
	case f.route.mode == trade.Air:
		wares, boxes, load = airWares, 0, d.between(180, 4200)
	case f.route.mode == trade.Road && d.chance(0.6):
		boxes, load = 0, d.between(4000, 22000)
	case d.chance(0.25):
		boxes = int(d.between(2, 3))
	}
	if boxes > 1 {
		load *= int64(boxes)
	}
	w := pick(d, wares)
	packages := max(1, load/w.packageKG)
	gross := packages*w.packageKG*10 + d.between(0, 9)
	net := gross * 93 / 100
	cents := net * w.centsPerKG / 10 * d.between(85, 115) / 100
	s.amount = trade.Money{Amount: decimal(cents, 2), Currency: "USD"}
	s.goods = trade.Goods{
		HS: w.hs, Description: w.name, Packages: uint32(packages), PackageKind: w.packageKind, // a few thousand
		GrossKG: decimal(gross, 1), NetKG: decimal(net, 1), Value: s.amount, Basis: "FOB", Origin: "CN",
	}
	s.terms = trade.Terms{Incoterm: "FOB", Freight: trade.Money{Amount: decimal(d.between(80_000, 900_000), 2), Currency: "USD"}}
	s.duty = trade.Money{Amount: decimal(cents*d.between(3, 12)/100, 2), Currency: f.route.currency}
	s.premium = trade.Money{Amount: decimal(max(1000, cents/900), 2), Currency: "USD"}
	s.rail = *pick(d, f.route.rails)
	s.boxes = make([]box, boxes, boxes+1)
	forwarder := pick(d, forwarders)
	s.parties = []trade.Party{
		f.seller.party("shipper", "CN"), f.buyer.party("consignee", f.route.country),
		{Role: "forwarder", ID: trade.PartyID{Kind: "scac", Value: forwarder.scac}},
	}
	year := time.Unix(begin, 0).UTC().Year()
	short := f.seller.short + "-" + strconv.Itoa(year%100) + "-"
	s.set(refInvoice, trade.Invoice, short+r.invoice.digits(7), f.seller.id.Value)
	s.set(refPacking, trade.PackingList, short+"P"+r.packing.digits(7), f.seller.id.Value)
	s.set(refOrigin, trade.CertificateOfOrigin, "E"+strconv.Itoa(year%100)+"50"+r.origin.digits(8), "CCPIT")
	first := p.deal.shipments[0]
	switch {
	case i > 0 && f.sharedOrder:
		s.numbers[refOrder.index()] = *first.number(refOrder)
	default:
		s.set(refOrder, trade.PurchaseOrder, "PO"+f.buyer.short+r.order.digits(7), f.buyer.id.Value)
	}
	if f.contract && i == 0 {
		s.set(refContract, trade.Contract, "HT"+strconv.Itoa(year)+f.seller.short+r.contract.digits(7), f.seller.id.Value)
	}
	if f.credit && i == 0 {
		s.set(refCredit, trade.LetterOfCredit, f.buyer.bank.bic[:4]+"LC"+r.credit.digits(7), f.buyer.bank.bic)
		s.credit = trade.Credit{
			LatestShipment: date(begin + 75*day), Expiry: date(begin + 96*day), PresentationDays: 21, TolerancePct: "5",
		}
	}
	s.numbers[refContract.index()] = *first.number(refContract)
	s.numbers[refCredit.index()] = *first.number(refCredit)
	if f.collection {
		s.set(refCollection, trade.Collection, "DP"+r.collection.digits(8), f.seller.bank.bic)
	}
	if f.collection || f.credit {
		s.rail = "SWIFT"
	}
}

// shareInvoice makes one invoice of those of the deal.
func (p *planner) shareInvoice() {
	first := p.deal.shipments[0]
	var sum int64
	for _, s := range p.deal.shipments {
		v, err := s.amount.Amount.Scaled()
		if err == nil {
			sum += v
		}
	}
	for _, s := range p.deal.shipments {
		s.amount.Amount = trade.DecimalOf(sum)
		s.partInvoice = true
		s.numbers[refInvoice.index()] = *first.number(refInvoice)
	}
}

// fill finds a container for every box, back from its last journey or new.
func (p *planner) fill(owners []string, isoTypes ...string) {
	for i := range p.s.boxes {
		p.s.boxes[i] = p.box(owners, *pick(p.dice, isoTypes), p.t)
	}
}

func (p *planner) box(owners []string, isoType string, at int64) box {
	owner := *pick(p.dice, owners)
	b := box{isoType: isoType, seal: "CN" + p.registry.seal.digits(7)}
	y := p.yards[owner+isoType]
	if y == nil {
		y = &yard{}
		p.yards[owner+isoType] = y
	}
	number, ok := y.take(at)
	if !ok {
		number = p.registry.container(owner)
	}
	b.number = number
	return b
}

// giveBack lets a box be used again, some time after it is empty.
func (p *planner) giveBack(b box, at int64) {
	back := at + p.dice.between(6*day, 20*day)
	switch {
	case p.s.silent:
		// What is given back and taken out again unseen within a week cannot be told from one journey.
		back += 2 * day
	case p.cfg.QuickReuse > 0 && p.dice.chance(p.cfg.QuickReuse):
		back = at + p.dice.between(20*hour, 40*hour)
	}
	p.yards[b.number[:4]+b.isoType].idle.push(idle{back, b.number})
}

// decimal writes n with so many fraction digits, without trailing zeros.
func decimal(n int64, fraction int) trade.Decimal {
	var b [24]byte
	digits := strconv.AppendInt(b[:0], n, 10)
	for len(digits) <= fraction {
		digits = append([]byte{'0'}, digits...)
	}
	whole, rest := digits[:len(digits)-fraction], digits[len(digits)-fraction:]
	for len(rest) > 0 && rest[len(rest)-1] == '0' {
		rest = rest[:len(rest)-1]
	}
	if len(rest) == 0 {
		return trade.Decimal(whole)
	}
	return trade.Decimal(string(whole) + "." + string(rest))
}

func date(at int64) string { return time.Unix(at, 0).UTC().Format(time.DateOnly) }

// entitle makes the document of title, whose digest is that of its number.
func (p *planner) entitle(platform string) {
	doc := p.s.number(refDoc)
	p.s.title = trade.Document{Kind: string(doc.Kind), Number: doc.Value, Platform: platform, Digest: digestOf(doc)}
}
