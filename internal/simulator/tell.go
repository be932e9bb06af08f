package simulator

import "oneorder/internal/trade"

// What only some types of event say. Each gives the same for the same shipment and step.

func tellCommerce(s *shipment, _ *step, d *trade.Data) {
	d.Parties = append(d.Parties, s.parties[:2]...)
	d.Amount = s.amount
	d.Terms.Incoterm = s.terms.Incoterm
}

func tellInvoice(s *shipment, _ *step, d *trade.Data) {
	d.Parties = append(d.Parties, s.parties[:2]...)
	d.Goods = append(d.Goods, s.goods)
	d.Amount = s.amount
	d.Terms = s.terms
}

func tellGoods(s *shipment, _ *step, d *trade.Data) {
	d.Goods = append(d.Goods, s.goods)
	d.Goods[0].Value, d.Goods[0].Basis = trade.Money{}, ""
}

func tellOrigin(s *shipment, st *step, d *trade.Data) {
	d.Goods = append(d.Goods, trade.Goods{HS: s.goods.HS, Origin: s.goods.Origin})
	tellCertificate(s, st, d)
	d.Document.Status = "ISSUED"
}

func tellExport(s *shipment, st *step, d *trade.Data) { s.declare(s.exporting, st, d) }
func tellImport(s *shipment, st *step, d *trade.Data) { s.declare(s.importing, st, d) }

func tellTransit(s *shipment, st *step, d *trade.Data) { s.declare(s.transiting, st, d) }

// declare says whose customs it is and, when lodging, what is declared. The codes are functions of a WCO
// response.
func (s *shipment) declare(c trade.Customs, st *step, d *trade.Data) {
	d.Customs = c
	if st.typ == trade.DeclarationLodged {
		d.Goods = append(d.Goods, s.goods)
		d.Parties = append(d.Parties, s.parties[:2]...)
	}
	if st.typ == trade.DutyAssessed || st.typ == trade.DutyPaid {
		d.Amount = s.duty
	}
	if st.typ == trade.GoodsReleased {
		d.Customs.Code = "08"
	}
	if st.typ == trade.GoodsCleared {
		d.Customs.Code = "09"
	}
}

func tellIssued(s *shipment, _ *step, d *trade.Data) {
	d.Document = s.title
	d.Document.Holder, d.Document.Status = s.seller.id, "ISSUED"
	d.Goods = append(d.Goods, trade.Goods{
		HS: s.goods.HS, Packages: s.goods.Packages, PackageKind: s.goods.PackageKind, GrossKG: s.goods.GrossKG,
	})
	d.Parties = append(d.Parties, s.parties...)
}

func tellTransferred(s *shipment, _ *step, d *trade.Data) {
	d.Document = s.title
	d.Document.Holder, d.Document.Beneficiary, d.Document.Status = s.buyer.id, s.buyer.id, "TRANSFERRED"
}

func tellSurrendered(s *shipment, _ *step, d *trade.Data) {
	d.Document = s.title
	d.Document.Holder, d.Document.Status = s.buyer.id, "SURRENDERED"
}

func tellCredit(s *shipment, _ *step, d *trade.Data) {
	d.Finance = trade.Finance{Instrument: "letter_of_credit", Rail: "SWIFT", Financier: s.buyer.bank.id}
	d.Credit = s.credit
	d.Amount = s.creditAmount()
}

// creditAmount is what all consignments under the credit are worth.
func (s *shipment) creditAmount() trade.Money {
	var sum int64
	for _, other := range s.deal.shipments {
		v, err := other.amount.Amount.Scaled()
		if err != nil {
			return trade.Money{}
		}
		sum += v
		if *other.number(refInvoice) == *s.number(refInvoice) && other != s {
			sum -= v // one invoice for both
		}
	}
	return trade.Money{Amount: trade.DecimalOf(sum), Currency: s.amount.Currency}
}

func tellDrawing(s *shipment, _ *step, d *trade.Data) {
	d.Finance = trade.Finance{Instrument: "letter_of_credit", Rail: "SWIFT", Financier: s.buyer.bank.id}
	d.Amount = s.amount
}

func tellCollection(s *shipment, _ *step, d *trade.Data) {
	d.Finance = trade.Finance{Instrument: "collection", Rail: "SWIFT"}
	d.Amount = s.amount
}

func tellFinancing(s *shipment, _ *step, d *trade.Data) {
	d.Finance = trade.Finance{Instrument: "invoice_financing", Rail: "OTHER", Financier: s.financier, Share: "0.8"}
	d.Amount = s.amount
	if v, err := s.amount.Amount.Scaled(); err == nil {
		d.Amount.Amount = trade.DecimalOf(v / 10 * 8)
	}
}

func tellPayment(s *shipment, _ *step, d *trade.Data) {
	d.Finance = trade.Finance{Instrument: "payment", Rail: s.rail}
	d.Amount = s.amount
	if s.coversWholeDeal {
		d.Amount = s.creditAmount()
	}
}

func tellInsurance(s *shipment, _ *step, d *trade.Data) { d.Amount = s.premium }

func tellReissue(s *shipment, _ *step, d *trade.Data) {
	d.Replaces = append(d.Replaces, *s.number(refCarrier))
}

// tellTransfer moves the goods from the first box to the last, at the gauge break.
func tellTransfer(s *shipment, _ *step, d *trade.Data) {
	d.Transfer.From = append(d.Transfer.From, s.boxes[0].number)
	d.Transfer.To = append(d.Transfer.To, s.boxes[len(s.boxes)-1].number)
}
