package iso20022

import (
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// event begins an event of the message.
func (m *message) event(at xmldoc.Element, kind trade.Type, classifier trade.Classifier) xmldoc.Event {
	d := m.Draft()
	d.Data.Classifier = classifier
	d.Data.Finance = trade.Finance{Instrument: "payment", Rail: m.rail}
	d.Data.Document = trade.Document{Kind: "payment_message", Number: m.id, Digest: m.Digest}
	made := xmldoc.Event{At: at, Type: kind, Draft: d, Time: m.created, Recorded: m.created, Revision: xmldoc.Revision(m.created)}
	if m.day {
		d.Data.Precision = "day"
	}
	if m.local {
		made.Remarks = []xmldoc.Remark{{Name: "offset", Value: "none: taken as UTC"}}
	}
	return made
}

// detail is what is left of the elements, behind what the message's head says.
func (m *message) detail(elements ...xmldoc.Element) []byte {
	detail := append([]byte{'{'}, m.head...)
	for _, e := range elements {
		if e.Exists() {
			detail = xmldoc.AppendRest(detail, e)
		}
	}
	return detail
}

// ids are the numbers of a payment as a message has them.
type ids struct {
	uetr, transaction, endToEnd, instruction xmldoc.Element
	bank                                     string // of the debtor, which scopes what it and the debtor gave
}

// shortestID is how long an id must be to join anything: what is shorter is a counter.
const shortestID = 6

// refer adds the numbers of the payment. Its UETR is unique in the world. The others are so for the debtor, whose
// bank is their issuer.
func (i ids) refer(d *standard.Draft) {
	if uetr := i.uetr.Text(); uetr != "" {
		if identifier.UETR(strings.ToLower(uetr)) != nil {
			d.Flags |= trade.FlagIdentifierInvalid
		} else if d.Refer(trade.Payment, uetr, "") {
			i.uetr.Take()
		}
	}
	for _, e := range []xmldoc.Element{i.transaction, i.endToEnd} {
		text := e.Text()
		if identifier.Placeholder(strings.ToUpper(text)) && text != "" || text == "NOTPROVIDED" {
			d.Flags |= trade.FlagPlaceholder
			continue
		}
		if len(text) < shortestID || strings.EqualFold(text, i.uetr.Text()) {
			continue
		}
		if d.Refer(trade.Payment, text, i.bank) {
			e.Take()
		}
	}
}

// key identifies the payment, for the id of its event.
func (i ids) key() []string {
	if uetr := strings.ToLower(i.uetr.Text()); identifier.UETR(uetr) == nil {
		return []string{uetr}
	}
	return []string{i.bank, i.transaction.Text(), i.endToEnd.Text(), i.instruction.Text()}
}

func (i ids) none() bool {
	return i.uetr.Text()+i.transaction.Text()+i.endToEnd.Text()+i.instruction.Text() == ""
}

// creditTransfers makes an event of each transaction of a pacs.008.
func (m *message) creditTransfers() {
	if group := m.body.Child("GrpHdr"); group.Exists() {
		m.text(group, "NbOfTxs", "the number of credit transfers")
		if !group.Child("SttlmInf").Exists() {
			m.Fault(group.Missing("SttlmInf", "how the transfers are settled"))
		}
	}
	alone := 0
	for range m.body.Each("CdtTrfTxInf") {
		alone++
	}
	if alone == 0 {
		m.Fault(m.body.Missing("CdtTrfTxInf", "at least one credit transfer"))
	}
	for t := range m.body.Each("CdtTrfTxInf") {
		m.creditTransfer(t, alone == 1)
	}
}

func (m *message) creditTransfer(t xmldoc.Element, alone bool) {
	before := m.Faults()
	settled := t.Child("IntrBkSttlmAmt")
	for _, name := range []string{"PmtId", "IntrBkSttlmAmt", "ChrgBr", "Dbtr", "DbtrAgt", "CdtrAgt", "Cdtr"} {
		if !t.Child(name).Exists() {
			m.Fault(t.Missing(name, "what every credit transfer has"))
		}
	}
	p := t.Child("PmtId")
	i := ids{p.Child("UETR"), p.Child("TxId"), p.Child("EndToEndId"), p.Child("InstrId"), bic(t.Child("DbtrAgt"))}
	if p.Exists() && i.none() {
		m.Fault(p.Missing("EndToEndId", "at least one id of the payment"))
	}
	if settled.Exists() && settled.Attr("Ccy") == "" {
		m.amount(settled)
	}
	m.check(t)
	if m.Faults() > before || m.created.IsZero() {
		return
	}
	made := m.event(t, trade.PaymentInstructed, trade.Actual)
	d := made.Draft
	d.Data.Amount = m.amount(settled)
	settled.Take()
	i.refer(d)
	if alone && len(m.id) >= shortestID {
		d.Refer(trade.Payment, m.id, m.sender) // a status of the whole message is one of this payment
	}
	party(d, t.Child("Dbtr"), "debtor")
	party(d, t.Child("UltmtDbtr"), "ultimate_debtor")
	party(d, t.Child("Cdtr"), "creditor")
	party(d, t.Child("UltmtCdtr"), "ultimate_creditor")
	agent(d, t.Child("DbtrAgt"), "debtor_agent")
	agent(d, t.Child("CdtrAgt"), "creditor_agent")
	remittance(d, t.Child("RmtInf"))
	made.ID = m.unique("payment", append([]string{"instructed", m.sender, m.messageOf(i)}, i.key()...)...)
	made.Detail = m.detail(t)
	m.Add(made)
}

// messageOf is the message's id where the payment's own do not identify it.
func (m *message) messageOf(i ids) string {
	if identifier.UETR(strings.ToLower(i.uetr.Text())) == nil {
		return ""
	}
	return m.id
}

// statuses of a payment (ExternalPaymentTransactionStatus1Code) after which it is settled or will not be. All others
// say how far an instruction has come.
var statuses = map[string]trade.Type{
	"ACSC": trade.PaymentSettled, "ACCC": trade.PaymentSettled, "ACWC": trade.PaymentInstructed, "ACSP": trade.PaymentInstructed, "ACTC": trade.PaymentInstructed,
	"ACCP": trade.PaymentInstructed, "ACFC": trade.PaymentInstructed, "ACIS": trade.PaymentInstructed, "ACPD": trade.PaymentInstructed, "ACWP": trade.PaymentInstructed,
	"BLCK": trade.PaymentInstructed, "PATC": trade.PaymentInstructed, "PDNG": trade.PaymentInstructed, "PRES": trade.PaymentInstructed, "RCVD": trade.PaymentInstructed,
	"PART": trade.PaymentInstructed, "RVNC": trade.PaymentInstructed, "RVCM": trade.PaymentInstructed,
	"RJCT": trade.PaymentRejected, "CANC": trade.PaymentRejected,
}

// statusReport makes an event of each status of a pacs.002: those of transactions, else those of whole messages.
func (m *message) statusReport() {
	for g := range m.body.Each("OrgnlGrpInfAndSts") {
		m.text(g, "OrgnlMsgId", "the id of the message that the status is of")
		m.text(g, "OrgnlMsgNmId", "the kind of the message that the status is of")
	}
	whole := m.body.Child("OrgnlGrpInfAndSts") // the status of the original message that the transactions are of
	if m.body.Child("TxInfAndSts").Exists() {
		text := shared(whole)
		for t := range m.body.Each("TxInfAndSts") {
			if own := t.Child("OrgnlGrpInf"); own.Exists() {
				m.status(t, own, "TxSts", nil)
			} else {
				m.status(t, whole, "TxSts", text)
			}
		}
		return
	}
	for g := range m.body.Each("OrgnlGrpInfAndSts") {
		m.status(g, g, "GrpSts", nil)
	}
}

// status makes the event of a status, whose detail has the text of what it shares with others.
func (m *message) status(t, group xmldoc.Element, name string, text []byte) {
	before := m.Faults()
	code := t.Child(name).Text()
	if code == "" {
		code = group.Child("GrpSts").Text()
	}
	if code == "" {
		return // no status: nothing is told of it
	}
	m.check(t)
	if m.Faults() > before || m.created.IsZero() {
		return
	}
	kind, known := statuses[code]
	if !known {
		kind = trade.PaymentInstructed
	}
	made := m.event(t, kind, trade.Actual)
	d := made.Draft
	if !known {
		d.Flags |= trade.FlagUnknownCode
	}
	d.Data.Document.Status = code
	original := t.Child("OrgnlTxRef")
	i := ids{t.Child("OrgnlUETR"), t.Child("OrgnlTxId"), t.Child("OrgnlEndToEndId"), t.Child("OrgnlInstrId"), bic(original.Child("DbtrAgt"))}
	i.refer(d)
	message := group.Child("OrgnlMsgId").Text()
	if name == "GrpSts" {
		switch {
		case identifier.Placeholder(strings.ToUpper(message)) && message != "":
			d.Flags |= trade.FlagPlaceholder
		case len(message) >= shortestID:
			d.Refer(trade.Payment, message, bic(m.body.Child("GrpHdr", "InstdAgt")))
		}
	}
	for _, path := range [][]string{{"IntrBkSttlmAmt"}, {"Amt", "InstdAmt"}} {
		if a := original.Child(path...); a.Exists() && d.Data.Amount.IsZero() {
			d.Data.Amount = m.amount(a)
		}
	}
	party(d, original.Child("Dbtr"), "debtor")
	party(d, original.Child("Cdtr"), "creditor")
	agent(d, original.Child("DbtrAgt"), "debtor_agent")
	agent(d, original.Child("CdtrAgt"), "creditor_agent")
	remittance(d, original.Child("RmtInf"))
	if m.Faults() > before {
		return
	}
	made.ID = m.unique("payment", append([]string{"status", m.id, message, t.Child("StsId").Text(), code}, i.key()...)...)
	made.Detail = beside(m.detail(t), text)
	m.Add(made)
}

// shared is what is left of an element that many events share, as JSON members; none of a long one.
func shared(e xmldoc.Element) []byte {
	if !e.Exists() {
		return nil
	}
	text := xmldoc.AppendRest([]byte{'{'}, e)[1:]
	if len(text) >= maxHead {
		return nil
	}
	return text
}

// beside adds JSON members, behind a comma where one is due.
func beside(detail, members []byte) []byte {
	if len(detail) > 1 && len(members) > 0 {
		detail = append(detail, ',')
	}
	return append(detail, members...)
}
