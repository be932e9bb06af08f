package iso20022

import (
	"cmp"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// assignment is what a list says of all its items.
type assignment struct {
	id, status         string
	asked              xmldoc.Element // how much of the invoices
	assignee, assignor xmldoc.Element
	text               []byte // what shared gives
}

// assignment makes an event of each item of a message of factoring: the request to assign an invoice to a financier, the
// financier's answer, the notice of it to the debtor, and the debtor's word on it.
func (m *message) assignment(lists string) {
	if !m.body.Child(lists).Exists() {
		m.Fault(m.body.Missing(lists, "at least one list of items"))
	}
	for list := range m.body.Each(lists) {
		for _, name := range []string{"Idr", "Assgne", "Assgnr"} {
			if !list.Child(name).Exists() {
				m.Fault(list.Missing(name, "what every list of items has"))
			}
		}
		var items []xmldoc.Element
		for item := range list.Each("FinItm") {
			items = append(items, item)
			item.Take()
		}
		a := assignment{
			id: list.Child("Idr").Text(), asked: list.Child("TtlReqFincg"), status: financed(list), text: shared(list),
			assignee: list.Child("Assgne", "Pty", "BasePty", "PtyId"), assignor: list.Child("Assgnr", "Pty", "BasePty", "PtyId"),
		}
		for _, item := range items {
			m.assigned(&a, item)
		}
	}
}

// letter reads the header of a message of factoring.
func (m *message) letter(header xmldoc.Element) {
	id := header.Child("LttrIdr")
	if m.id = cmp.Or(id.Child("ItmIdr").Text(), id.Child("ItmListIdr").Text(), id.Child("Id").Text()); m.id == "" {
		m.Fault(header.Missing("LttrIdr", "the message's own id"))
	}
	if !header.Child("Dt").Exists() {
		m.Fault(header.Missing("Dt", wantDay))
	}
	m.created, m.day = m.date(header.Child("Dt"))
}

func (m *message) assigned(list *assignment, item xmldoc.Element) {
	before := m.Faults()
	context := item.Child("ItmCntxt")
	number := context.Child("Idr")
	for document := range item.Each("FinDocRef") {
		if own := document.Child("ItmIdr"); own.Text() != "" {
			number = own
			break
		}
	}
	if number.Text() == "" {
		m.Fault(item.Missing("ItmCntxt/Idr", "the number of the invoice"))
	}
	total := item.Child("TtlAmt", "TtlInvcAmt")
	if !total.Exists() {
		m.Fault(item.Missing("TtlAmt/TtlInvcAmt", wantAmount))
	}
	m.check(item)
	if m.Faults() > before || m.created.IsZero() {
		return
	}
	code := cmp.Or(financed(item), list.status)
	what, known := m.assigns(code)
	made := m.financing(item, what, number)
	d := made.Draft
	if !known {
		d.Flags |= trade.FlagUnknownCode
	}
	d.Data.Document.Status = code
	d.Data.Amount, d.Data.Finance.Share = m.requested(list.asked, total)
	if list.asked.Child("Amt").Exists() {
		d.Data.Amount = m.amount(total) // what is asked for all items is not for this one
	}
	d.Data.Finance.Financier = d.Organisation(organisation(list.assignee.Child("Id", "OrgId")))
	party(d, list.assignee, "financier")
	party(d, list.assignor, "assignor")
	party(d, context.Child("Sellr", "Pty", "BasePty", "PtyId"), "seller")
	party(d, context.Child("Buyr", "Pty", "BasePty", "PtyId"), "buyer")
	if m.Faults() > before {
		return
	}
	made.ID = m.unique("financing", "assigned", m.kind, m.id, list.id, number.Text())
	made.Detail = beside(m.detail(item), list.text)
	m.Add(made)
}

// financed is the status of an item or a list: of its financing, else of its reception.
func financed(e xmldoc.Element) string {
	return cmp.Or(e.Child("FincgSts", "InvcFincgDtls", "InvcFincgRslt", "FincgReqSts").Text(), e.Child("VldtnStsInf", "Sts").Text())
}

// assigns tells what an item of this status becomes.
func (m *message) assigns(code string) (trade.Type, bool) {
	switch m.kind {
	case "tsin.008":
		return trade.DocumentPresented, true // it may be a mere reminder
	case "tsin.013":
		return trade.DocumentRecognised, true
	}
	what, known := financingStatuses[code]
	if !known {
		what = trade.FinancingRequested
	}
	return what, known || code == "" || code == "RCCF"
}
