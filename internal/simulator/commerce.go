package simulator

import "oneorder/internal/trade"

// commerce plans what comes before the goods move: contract, order, credit, invoice, insurance.
func (p *planner) commerce(f *form, i int) {
	d, s := p.dice, p.s
	buyer, seller := f.buyer.source, f.seller.source
	if i == 0 && f.contract {
		st := p.add(trade.ContractSigned, seller, refContract)
		st.day, st.shared, st.tell = true, true, tellCommerce
		p.pass(8, 40)
	}
	if i == 0 || !f.sharedOrder {
		st := p.add(trade.OrderPlaced, buyer, refOrder)
		if d.chance(0.7) {
			st.refs |= refContract
		}
		st.shared, st.tell = f.sharedOrder, tellCommerce
		p.pass(4, 48)
	}
	if i == 0 && f.credit {
		st := p.add(trade.CreditIssued, f.buyer.bank.source, refCredit|refContract)
		st.shared, st.tell = true, tellCredit
		p.pass(3, 20)
		st = p.add(trade.CreditAdvised, f.seller.bank.source, refCredit)
		st.shared, st.tell = true, tellDrawing
		p.pass(2, 20)
	}
	p.invoice(f, i)
	if d.chance(0.3) {
		names := refPolicy | refInvoice
		if f.sharedInvoice || d.chance(0.3) && !f.split {
			names = refPolicy | refBooking
		}
		s.set(refPolicy, trade.InsurancePolicy, "PYIE"+p.registry.policy.digits(10), "PICC")
		p.at(p.t+d.between(3*hour, 30*hour), trade.InsuranceBound, insurer, names).tell = tellInsurance
	}
}

func (p *planner) invoice(f *form, i int) {
	d, seller := p.dice, f.seller.source
	if i == 0 || !f.sharedInvoice {
		st := p.at(p.t+d.between(hour, 60*hour), trade.InvoiceIssued, seller, refInvoice|refOrder)
		st.day, st.shared, st.tell = d.chance(0.5), f.sharedInvoice, tellInvoice
	}
	if d.chance(0.35) {
		names := refPacking | refInvoice
		if f.sharedInvoice {
			names = refPacking | refBooking | refCarrier
		}
		p.at(p.t+d.between(50*hour, 70*hour), trade.PackingListIssued, seller, names).tell = tellGoods
	}
}

// book plans the booking, which names the order and, confirmed, the planned departure of the first leg.
func (p *planner) book(by, carrier string) {
	if p.deal.split && p.s != p.deal.shipments[0] {
		p.s.numbers[refBooking.index()] = *p.deal.shipments[0].number(refBooking)
		return
	}
	if p.dice.chance(0.4) {
		p.add(trade.BookingRequested, by, refBooking|refOrder).shared = p.deal.split
		p.pass(1, 20)
	}
	st := p.add(trade.BookingConfirmed, carrier, refBooking|refOrder)
	st.shared = p.deal.split
	if p.dice.chance(0.5) {
		st.refs = refBooking
	}
	st.where, st.leg = p.s.legs[0].from, 0
	if p.dice.chance(0.2) {
		asked := p.t
		st = p.at(p.t+p.dice.between(4*day, 7*day), trade.ConveyanceDeparted, carrier, refBooking)
		st.classifier, st.leg, st.where, st.recorded = planned, 0, p.s.legs[0].from, asked+p.dice.between(minute, hour)
		st.shared = p.deal.split
	}
	p.pass(10, 40)
}

// money plans financing and how the goods are paid, after they have been shipped.
func (p *planner) money(f *form, i int) {
	d, s := p.dice, p.s
	last := i == f.shipments-1
	if !f.sharedInvoice && d.chance(0.2) {
		p.finance(f)
	}
	p.t += d.between(2*day, 10*day)
	switch {
	case f.credit:
		bankDay := p.t
		st := p.at(bankDay, trade.DocumentPresented, f.seller.bank.source, refCredit|refDoc|refInvoice)
		st.tell = tellDrawing
		if d.chance(0.15) {
			p.at(bankDay+d.between(day, 3*day), trade.CreditDiscrepant, f.buyer.bank.source, refCredit|refDoc|refInvoice).tell = tellDrawing
		}
		if last || !f.sharedInvoice {
			st = p.at(bankDay+d.between(4*day, 12*day), trade.CreditSettled, f.buyer.bank.source, refCredit|refInvoice)
			st.tell, st.shared = tellDrawing, f.sharedInvoice
		}
	case f.collection:
		p.add(trade.CollectionPresented, f.seller.bank.source, refCollection|refDoc|refInvoice).tell = tellCollection
		p.t += d.between(day, 4*day)
		p.add(trade.CollectionAccepted, f.buyer.bank.source, refCollection).tell = tellCollection
		p.t += d.between(day, 9*day)
		p.add(trade.CollectionPaid, f.buyer.bank.source, refCollection).tell = tellCollection
	case f.onePayment && !last:
	default:
		p.t += d.between(10*day, 35*day)
		s.set(refPayment, trade.Payment, uetr(d), "")
		s.coversWholeDeal = f.onePayment && !f.sharedInvoice
		if d.chance(0.5) {
			st := p.add(trade.PaymentInstructed, f.buyer.source, refPayment)
			st.covers, st.shared, st.tell = refInvoice, f.onePayment, tellPayment
			p.pass(2, 60)
			st = p.add(trade.PaymentSettled, f.buyer.bank.source, refPayment)
			st.shared, st.tell = f.onePayment, tellPayment
			break
		}
		st := p.add(trade.PaymentSettled, f.buyer.bank.source, refPayment)
		st.covers, st.shared, st.tell = refInvoice, f.onePayment, tellPayment
	}
	if d.chance(0.08) {
		p.at(p.t+d.between(10*day, 30*day), trade.TaxRefunded, taxCN, refExport).tell = tellExport
	}
}

func (p *planner) finance(f *form) {
	d, s := p.dice, p.s
	s.set(refLoan, trade.Loan, "RZ"+p.registry.loan.digits(9), f.seller.bank.bic)
	s.financier = f.seller.bank.id
	at := p.t + d.between(hour, 3*day)
	p.at(at, trade.FinancingRequested, f.seller.source, refLoan|refInvoice).tell = tellFinancing
	p.at(at+d.between(4*hour, 40*hour), trade.FinancingGranted, f.seller.bank.source, refLoan).tell = tellFinancing
	if d.chance(0.8) {
		p.at(p.t+d.between(30*day, 55*day), trade.FinancingRepaid, f.seller.bank.source, refLoan).tell = tellFinancing
	}
}
