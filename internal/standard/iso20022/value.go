package iso20022

import (
	"strings"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

const (
	wantInstant = "a date and time such as 2026-09-11T08:15:00Z (ISODateTime)"
	wantDay     = "a date such as 2026-09-11 (ISODate)"
	wantAmount  = "an amount of at most 14 whole digits with a point, and its currency in the attribute Ccy"
)

func (m *message) wrong(e xmldoc.Element, code, message string) {
	m.Fault(trade.Fault{Code: code, Pointer: e.Path(), Value: e.Shown(), Message: message})
}

// text gives the text of a child that must be there.
func (m *message) text(e xmldoc.Element, name, message string) string {
	text := e.Child(name).Text()
	if text == "" {
		m.Fault(e.Missing(name, message))
	}
	return text
}

// instant reads an ISODateTime.
func (m *message) instant(e xmldoc.Element) (at time.Time, local bool) {
	if !e.Exists() {
		return time.Time{}, false
	}
	at, local, ok := xmldoc.Instant(e.Text())
	switch {
	case !ok:
		m.wrong(e, "time_malformed", wantInstant)
		return time.Time{}, false
	case at.Year() < trade.FirstYear || at.Year() > trade.LastYear:
		m.wrong(e, "time_implausible", "a year from 1980 to 2079")
		return time.Time{}, false
	}
	return at, local
}

// date reads a choice of a date and a date with time, or either of them bare.
func (m *message) date(e xmldoc.Element) (at time.Time, day bool) {
	switch moment, date := e.Child("DtTm"), e.Child("Dt"); {
	case moment.Exists():
		at, _ = m.instant(moment)
		return at, false
	case date.Exists():
		e = date
	}
	if e.Text() == "" {
		return time.Time{}, false
	}
	if strings.Contains(e.Text(), "T") {
		at, _ = m.instant(e)
		return at, false
	}
	at, ok := xmldoc.Day(e.Text())
	switch {
	case !ok:
		m.wrong(e, "time_malformed", wantDay)
		return time.Time{}, false
	case at.Year() < trade.FirstYear || at.Year() > trade.LastYear:
		m.wrong(e, "time_implausible", "a year from 1980 to 2079")
		return time.Time{}, false
	}
	return at, true
}

// check holds amounts and dates within an element against their types.
func (m *message) check(e xmldoc.Element) {
	for c := range e.Children {
		switch name := c.Name(); {
		case c.Attr("Ccy") != "" && !c.HasChildren():
			m.amount(c)
		case c.HasChildren():
		case strings.HasSuffix(name, "DtTm"):
			m.instant(c)
		case strings.HasSuffix(name, "Dt") && c.Text() != "":
			m.date(c)
		}
		m.check(c)
	}
}

// amount reads an amount with its currency.
func (m *message) amount(e xmldoc.Element) trade.Money {
	amount, ok := xmldoc.Decimal(e.Text())
	if !ok || e.HasChildren() {
		m.wrong(e, "decimal_malformed", wantAmount)
		return trade.Money{}
	}
	currency := e.Attr("Ccy")
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		m.Fault(trade.Fault{Code: "currency_malformed", Pointer: e.Path() + "/@Ccy", Value: trade.Quote(currency), Message: "an ISO 4217 code of three capital letters"})
		return trade.Money{}
	}
	return trade.Money{Amount: amount, Currency: currency}
}

// bic gives the first eight characters of an agent's BIC, under each name that it has had: those of the
// institution, whichever branch.
func bic(agent xmldoc.Element) string {
	institution := agent.Child("FinInstnId")
	if !institution.Exists() {
		institution = agent
	}
	for _, name := range []string{"BICFI", "BIC"} {
		if code := strings.ToUpper(institution.Child(name).Text()); len(code) == 8 || len(code) == 11 {
			return code[:8]
		}
	}
	return ""
}

// party adds a party, which newer messages wrap into a choice.
func party(d *standard.Draft, e xmldoc.Element, role string) {
	if p := e.Child("Pty"); p.Exists() {
		e = p
	} else if a := e.Child("Agt"); a.Exists() {
		agent(d, a, role)
		return
	}
	p := trade.Party{Role: role, Name: e.Child("Nm").Text(), ID: organisation(e.Child("Id", "OrgId"))}
	for _, path := range [][]string{{"PstlAdr", "Ctry"}, {"CtryOfRes"}} {
		if country := e.Child(path...).Text(); p.Country == "" && len(country) == 2 {
			p.Country = country
		}
	}
	before := len(d.Data.Parties)
	d.Involve(p)
	if len(d.Data.Parties) > before {
		e.Child("Nm").Take()
	}
}

// organisation gives an organisation's number: its LEI before one of a scheme that is named.
func organisation(e xmldoc.Element) trade.PartyID {
	if lei := e.Child("LEI").Text(); lei != "" {
		return trade.PartyID{Kind: "lei", Value: lei}
	}
	for o := range e.Each("Othr") {
		id := o.Child("Id").Text()
		if id == "" {
			continue
		}
		return partyID(schemes[o.Child("SchmeNm", "Cd").Text()], id)
	}
	for _, name := range []string{"AnyBIC", "BICOrBEI", "BEI", "BIC"} {
		if id := e.Child(name).Text(); id != "" {
			return trade.PartyID{Kind: "other", Value: id}
		}
	}
	if id := e.Child("DUNS").Text(); id != "" {
		return trade.PartyID{Kind: "duns", Value: id}
	}
	if id := e.Child("TaxIdNb").Text(); id != "" {
		return trade.PartyID{Kind: "vat", Value: id}
	}
	return trade.PartyID{}
}

// schemes of ExternalOrganisationIdentification1Code.
var schemes = map[string]string{"DUNS": "duns", "TXID": "vat", "LEIC": "lei"}

// agent adds a financial institution.
func agent(d *standard.Draft, e xmldoc.Element, role string) {
	institution := e.Child("FinInstnId")
	if !institution.Exists() {
		institution = e
	}
	p := trade.Party{Role: role, Name: institution.Child("Nm").Text()}
	switch lei, code := institution.Child("LEI").Text(), bic(e); {
	case lei != "":
		p.ID = trade.PartyID{Kind: "lei", Value: lei}
	case code != "":
		p.ID = trade.PartyID{Kind: "other", Value: code}
	}
	d.Involve(p)
}

// partyID is organisation for schemes that are told by form.
func partyID(kind, id string) trade.PartyID {
	switch {
	case kind != "":
	case len(id) == 20 && identifier.LEI(id) == nil:
		kind = "lei"
	case identifier.USCC(id) == nil:
		kind = "uscc"
	case identifier.UEN(id) == nil:
		kind = "uen"
	default:
		kind = "other"
	}
	return trade.PartyID{Kind: kind, Value: id}
}
