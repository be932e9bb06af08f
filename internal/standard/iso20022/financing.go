package iso20022

import (
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// financing begins an event of invoice financing, about the invoice of this number.
func (m *message) financing(at xmldoc.Element, kind trade.Type, number xmldoc.Element) xmldoc.Event {
	made := m.event(at, kind, trade.Actual)
	d := made.Draft
	d.Data.Finance = trade.Finance{Instrument: "invoice_financing"}
	d.Data.Document.Kind = "financing_message"
	if d.Refer(trade.Invoice, number.Text(), "") {
		number.Take()
	}
	return made
}

// financingStatuses are those of a request (RequestStatus1Code), and that it could not be read.
var financingStatuses = map[string]trade.Type{
	"FNCD": trade.FinancingGranted, "NTFD": trade.DocumentRefused, "PDNG": trade.FinancingRequested, "RCER": trade.DocumentRefused,
}

// financier is the institution that was asked first.
func financier(e xmldoc.Element) trade.PartyID {
	if code := bic(e); code != "" {
		return trade.PartyID{Kind: "other", Value: code}
	}
	if id := e.Child("PrtryId", "Id").Text(); id != "" {
		return trade.PartyID{Kind: "other", Value: id}
	}
	return trade.PartyID{}
}

// financingRequest makes an event of each invoice that a tsin.001 asks to finance.
func (m *message) financingRequest() {
	if !m.body.Child("InvcReqInf").Exists() {
		m.Fault(m.body.Missing("InvcReqInf", "at least one invoice to finance"))
	}
	group := m.body.Child("ReqGrpInf")
	for r := range m.body.Each("InvcReqInf") {
		before := m.Faults()
		number := r.Child("InvcGnlInf", "DocNb")
		if number.Text() == "" {
			m.Fault(r.Missing("InvcGnlInf/DocNb", "the number of the invoice"))
		}
		m.check(r)
		if m.Faults() > before || m.created.IsZero() {
			continue
		}
		made := m.financing(r, trade.FinancingRequested, number)
		d := made.Draft
		d.Data.Finance.Financier = financier(group.Child("FrstAgt"))
		d.Data.Amount, d.Data.Finance.Share = m.requested(r.Child("ReqdAmt"), r.Child("InvcTtlsInf", "TtlInvcAmt"))
		party(d, r.Child("Spplr", "PtyId"), "seller")
		party(d, r.Child("Buyr", "PtyId"), "buyer")
		for doc := range r.Each("RfrdDoc") {
			kind := documentKinds[doc.Child("Tp", "Cd").Text()]
			if nb := doc.Child("DocNb"); kind != "" && longEnough(nb.Text()) && d.Cover(kind, nb.Text(), "") {
				nb.Take()
			}
		}
		if m.Faults() > before {
			continue
		}
		made.ID = m.unique("financing", "requested", m.id, number.Text())
		made.Detail = m.detail(r)
		m.Add(made)
	}
}

// requested reads how much is asked for, or granted: an amount, or a share of the invoice's total in percent.
func (m *message) requested(wanted, total xmldoc.Element) (trade.Money, trade.Decimal) {
	if amount := wanted.Child("Amt"); amount.Exists() {
		return m.amount(amount), ""
	}
	var whole trade.Money
	if total.Exists() {
		whole = m.amount(total)
	}
	rate, ok := xmldoc.Decimal(wanted.Child("Rate").Text())
	if !ok {
		return whole, ""
	}
	scaled, err := rate.Scaled()
	if err != nil || scaled < 0 || scaled > 100*10_000 {
		return whole, ""
	}
	return whole, trade.DecimalOf((scaled + 50) / 100)
}

// financingStatus makes an event of each invoice that a tsin.002 answers on; one that was only received, or is
// pending, is asked for still.
func (m *message) financingStatus() {
	original := m.body.Child("OrgnlReqInfAndSts")
	if !original.Exists() {
		m.Fault(m.body.Missing("OrgnlReqInfAndSts", "the request that is answered"))
	}
	text := shared(original)
	for r := range m.body.Child("FincgInfAndSts").Each("InvcFincgDtls") {
		before := m.Faults()
		number, result := r.Child("OrgnlInvcInf", "DocNb"), r.Child("InvcFincgRslt")
		if number.Text() == "" {
			m.Fault(r.Missing("OrgnlInvcInf/DocNb", "the number of the invoice"))
		}
		code := result.Child("FincgReqSts").Text()
		if code == "" {
			for i := range r.Each("InstlmtFincgInf") {
				if code == "" || code == "NTFD" {
					code = i.Child("InstlmtFincgRslt", "FincgReqSts").Text()
				}
			}
		}
		if code == "" {
			m.Fault(r.Missing("InvcFincgRslt/FincgReqSts", "FNCD, NTFD or PDNG"))
		}
		m.check(r)
		if m.Faults() > before || m.created.IsZero() {
			continue
		}
		kind, known := financingStatuses[code]
		if !known {
			kind = trade.FinancingRequested
		}
		made := m.financing(r, kind, number)
		d := made.Draft
		if !known {
			d.Flags |= trade.FlagUnknownCode
		}
		d.Data.Document.Status = code
		d.Data.Finance.Financier = financier(original.Child("FrstAgt"))
		d.Data.Amount, d.Data.Finance.Share = m.requested(result.Child("FincdAmt"), r.Child("OrgnlInvcInf", "TtlInvcAmt"))
		party(d, r.Child("Spplr"), "seller")
		if m.Faults() > before {
			continue
		}
		made.ID = m.unique("financing", "status", m.id, original.Child("Id").Text(), number.Text())
		made.Detail = beside(m.detail(r), text)
		m.Add(made)
	}
}
