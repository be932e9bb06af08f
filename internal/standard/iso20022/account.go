package iso20022

import (
	"cmp"
	"strconv"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// statement is a statement or notification of one account.
type statement struct {
	*message
	e        xmldoc.Element
	id       string
	account  string
	servicer string // BIC of the bank that keeps the account, eight characters
	brief    []byte // JSON members: whose account it is
	full     []byte // JSON members: all it says beside its entries; nil once an event has it
	line     int    // entries so far
	beside   []byte // JSON members: what the entry says beside its transactions
}

// account makes events of the entries of a camt.053 or camt.054.
func (m *message) account(name string) {
	if !m.body.Child(name).Exists() {
		m.Fault(m.body.Missing(name, "at least one account's entries"))
	}
	for e := range m.body.Each(name) {
		s := statement{message: m, e: e}
		s.id = m.text(e, "Id", "the id of the statement or notification")
		account := e.Child("Acct")
		if !account.Exists() {
			m.Fault(e.Missing("Acct", "the account that the entries are of"))
		}
		s.account = cmp.Or(account.Child("Id", "IBAN").Text(), account.Child("Id", "Othr", "Id").Text(), account.Child("Id", "PrtryAcct", "Id").Text(), account.Child("Id", "BBAN").Text())
		s.servicer = bic(account.Child("Svcr"))
		s.open()
		created := m.created
		if own := e.Child("CreDtTm"); own.Exists() {
			if at, local := m.instant(own); !at.IsZero() {
				m.created, m.local = at, local
			}
		}
		for n := range e.Each("Ntry") {
			s.line++
			s.entry(n)
		}
		m.created = created
	}
}

// open writes what the statement says beside its entries. All of it goes with the first event, and what may be
// repeated with every one.
func (s *statement) open() {
	for n := range s.e.Each("Ntry") {
		n.Take()
	}
	s.full = xmldoc.AppendRest([]byte{'{'}, s.e)[1:]
	for c := range s.e.Children {
		if c.Name() != "Id" && c.Name() != "Acct" {
			c.Take()
		}
	}
	if s.brief = xmldoc.AppendRest([]byte{'{'}, s.e)[1:]; len(s.brief) > maxHead {
		s.brief = nil
	}
}

// entry makes events of an entry: one for each of its transactions, or one for itself.
func (s *statement) entry(n xmldoc.Element) {
	before := s.Faults()
	direction, status := n.Child("CdtDbtInd"), n.Child("Sts")
	if code := status.Child("Cd"); code.Exists() {
		status = code
	} else if own := status.Child("Prtry"); own.Exists() {
		status = own
	}
	if !n.Child("Amt").Exists() {
		s.Fault(n.Missing("Amt", wantAmount))
	} else if n.Child("Amt").Attr("Ccy") == "" {
		s.amount(n.Child("Amt"))
	}
	if text := s.text(n, "CdtDbtInd", "CRDT or DBIT"); text != "" && text != "CRDT" && text != "DBIT" {
		s.wrong(direction, "not_in_list", "CRDT or DBIT")
	}
	if status.Text() == "" {
		s.Fault(n.Missing("Sts", "the status of the entry, such as BOOK"))
	}
	if !n.Child("BkTxCd").Exists() {
		s.Fault(n.Missing("BkTxCd", "the bank transaction code"))
	}
	s.check(n)
	if s.Faults() > before || s.created.IsZero() {
		return
	}
	var transactions []xmldoc.Element
	gather := func(within xmldoc.Element) {
		for t := range within.Each("TxDtls") {
			if t.Take(); t.HasChildren() {
				transactions = append(transactions, t)
			}
		}
	}
	for details := range n.Each("NtryDtls") {
		gather(details)
	}
	gather(n) // in the first versions
	if s.beside = nil; len(transactions) > 0 {
		s.beside = shared(n)
	}
	if len(transactions) == 0 {
		s.transaction(n, xmldoc.Element{}, status.Text(), 0, true)
	}
	for i, t := range transactions {
		s.transaction(n, t, status.Text(), i+1, len(transactions) == 1)
	}
}

// becomes tells what an entry of this status is: money that has moved, that came back, or that will move.
func becomes(n, t xmldoc.Element, status string) (trade.Type, bool) {
	returned := n.Child("RvslInd").Text() == "true" || t.Child("RtrInf").Exists()
	switch status {
	case "BOOK", "INFO", "PDNG", "FUTR":
	default:
		return trade.PaymentInstructed, false
	}
	switch {
	case returned:
		return trade.PaymentRejected, true
	case status == "BOOK":
		return trade.PaymentSettled, true
	}
	return trade.PaymentInstructed, true
}

// transaction makes the event of a transaction t of an entry n, or of the whole entry.
func (s *statement) transaction(n, t xmldoc.Element, status string, index int, alone bool) {
	before := s.Faults()
	kind, known := becomes(n, t, status)
	made := s.event(n, kind, trade.Actual)
	if t.Exists() {
		made.At = t
	}
	d := made.Draft
	if !known {
		d.Flags |= trade.FlagUnknownCode
	}
	for _, name := range []string{"BookgDt", "ValDt"} {
		if at, day := s.date(n.Child(name)); !at.IsZero() {
			made.Time = at
			if day {
				d.Data.Precision = "day"
			}
			break
		}
	}
	d.Data.Document.Status = status
	d.Data.Amount = s.amountOf(n, t, alone)
	refs, agents, parties := t.Child("Refs"), t.Child("RltdAgts"), t.Child("RltdPties")
	bank := bic(agents.Child("DbtrAgt"))
	if n.Child("CdtDbtInd").Text() == "DBIT" && bank == "" {
		bank = s.servicer
	}
	i := ids{refs.Child("UETR"), refs.Child("TxId"), refs.Child("EndToEndId"), refs.Child("InstrId"), bank}
	i.refer(d)
	own := refs.Child("AcctSvcrRef")
	if own.Text() == "" && alone {
		own = n.Child("AcctSvcrRef")
	}
	if s.servicer != "" && len(own.Text()) >= shortestID {
		d.Refer(trade.Payment, own.Text(), s.servicer)
	}
	party(d, parties.Child("Dbtr"), "debtor")
	party(d, parties.Child("UltmtDbtr"), "ultimate_debtor")
	party(d, parties.Child("Cdtr"), "creditor")
	party(d, parties.Child("UltmtCdtr"), "ultimate_creditor")
	agent(d, agents.Child("DbtrAgt"), "debtor_agent")
	agent(d, agents.Child("CdtrAgt"), "creditor_agent")
	remittance(d, t.Child("RmtInf"))
	if s.Faults() > before {
		return
	}
	made.ID = s.unique("entry", s.identity(n, own, i, index, alone)...)
	made.Revision = s.revision(status, t.Exists())
	if count := n.Child("NtryDtls", "Btch", "NbOfTxs").Text(); !t.Exists() && count != "" && count != "1" {
		made.Remarks = append(made.Remarks, xmldoc.Remark{Name: "batch", Value: count + " transactions, of which another message may tell"})
	}
	made.Detail = s.entryDetail(n, t)
	s.Add(made)
}

// identity is what an entry or a transaction of it is known by. The bank's own reference is the same in every message
// that tells of the booking, in a notification as in the statement of the day: they make one event. Without one, each
// message makes its own.
func (s *statement) identity(n, own xmldoc.Element, i ids, index int, alone bool) []string {
	reference := n.Child("AcctSvcrRef").Text()
	if reference == "" && alone {
		reference = own.Text()
	}
	if reference == "" {
		return append([]string{
			s.kind, s.account, s.statementOf(n, own), n.Child("NtryRef").Text(), own.Text(), strconv.Itoa(index),
		}, i.key()...)
	}
	booking := []string{s.servicer, s.account, n.Child("CdtDbtInd").Text(), n.Child("RvslInd").Text(), reference}
	switch {
	case alone:
		return booking
	case own.Text() != "" && own.Text() != reference:
		return append(booking, own.Text())
	case i.none():
		return append(booking, strconv.Itoa(index))
	}
	return append(booking, i.key()...)
}

// revision puts the messages that tell of one booking in order: what is booked stands over what is pending, what tells
// the transaction over what has the entry only, then the later over the earlier, to two seconds.
func (s *statement) revision(status string, transaction bool) uint32 {
	r := xmldoc.Revision(s.created) / 2
	if status == "BOOK" {
		r |= 1 << 31
	}
	if transaction {
		r |= 1 << 30
	}
	return r
}

// statementOf is the statement's id and the entry's place in it, where the entry has no number of its own.
func (s *statement) statementOf(n, own xmldoc.Element) string {
	if own.Text()+n.Child("NtryRef").Text() != "" {
		return ""
	}
	return s.id + "/" + strconv.Itoa(s.line)
}

func (s *statement) entryDetail(n, t xmldoc.Element) []byte {
	context := s.brief
	if s.full != nil {
		context, s.full = s.full, nil
	}
	detail := beside(s.detail(), context)
	if !t.Exists() {
		return xmldoc.AppendRest(detail, n)
	}
	return xmldoc.AppendRest(beside(detail, s.beside), t)
}

// amountOf gives the amount of a transaction, under each name that it has had; that of the entry where it has but
// the one.
func (s *statement) amountOf(n, t xmldoc.Element, alone bool) trade.Money {
	for _, path := range [][]string{{"Amt"}, {"AmtDtls", "TxAmt", "Amt"}, {"AmtDtls", "InstdAmt", "Amt"}} {
		if a := t.Child(path...); a.Exists() {
			return s.amount(a)
		}
	}
	if alone {
		return s.amount(n.Child("Amt"))
	}
	return trade.Money{}
}
