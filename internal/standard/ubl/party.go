package ubl

import (
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// shortestCreditorReference is how long a creditor reference must be to be taken for one of its creditor alone.
const shortestCreditorReference = 12

// creditorReference refers to the payment that the seller asks for by a reference of its own.
func creditorReference(d *standard.Draft, written string) {
	ref := strings.ToUpper(strings.ReplaceAll(written, " ", ""))
	if len(ref) >= shortestCreditorReference && identifier.CreditorReference(ref) == nil {
		d.Refer(trade.Payment, ref, "")
	}
}

func (x *invoice) parties() {
	x.seller = x.party(x.e.Child("AccountingSupplierParty", "Party"), "seller")
	x.buyer = x.party(x.e.Child("AccountingCustomerParty", "Party"), "buyer")
	x.party(x.e.Child("PayeeParty"), "payee")
	x.party(x.e.Child("BuyerCustomerParty", "Party"), "importer")
	x.party(x.e.Child("SellerSupplierParty", "Party"), "exporter")
	x.party(x.e.Child("TaxRepresentativeParty"), "tax_representative")
}

// party places a party and gives the number that it is told apart by.
func (x *invoice) party(e xmldoc.Element, role string) trade.PartyID {
	if !e.Exists() {
		return trade.PartyID{}
	}
	name := e.Child("PartyLegalEntity", "RegistrationName")
	if name.Text() == "" {
		name = e.Child("PartyName", "Name")
	}
	country := e.Child("PostalAddress", "Country", "IdentificationCode")
	p := trade.Party{Role: role, Name: name.Text(), ID: partyID(e)}
	if len(country.Text()) == 2 {
		p.Country = country.Text()
	}
	before := len(x.d.Data.Parties)
	x.d.Involve(p)
	if len(x.d.Data.Parties) > before {
		name.Take()
		if x.d.Data.Parties[before].Country == country.Text() {
			country.Take()
		}
	}
	return p.ID
}

// schemes of party identifiers (ISO 6523, as the Electronic Address Scheme of the European Commission lists them),
// from the most to the least telling: all of an organisation's numbers are of one organisation, and every document
// of it should choose the same.
var schemes = [...]struct{ code, kind string }{
	{"0199", "lei"}, {"0195", "uen"}, {"0060", "duns"},
}

// partyID chooses the number of a party: its LEI, UEN or DUNS, one that is a USCC by its form, its registration, its
// VAT number, any other.
func partyID(e xmldoc.Element) trade.PartyID {
	candidates := []xmldoc.Element{e.Child("PartyLegalEntity", "CompanyID")}
	for i := range e.Each("PartyIdentification") {
		candidates = append(candidates, i.Child("ID"))
	}
	candidates = append(candidates, e.Child("EndpointID"))
	for _, s := range schemes {
		for _, c := range candidates {
			if c.Attr("schemeID") == s.code && c.Text() != "" {
				return trade.PartyID{Kind: s.kind, Value: strings.TrimPrefix(strings.ToUpper(c.Text()), "SGUEN")}
			}
		}
	}
	for _, c := range candidates {
		id := strings.ToUpper(c.Text())
		switch {
		case identifier.USCC(id) == nil:
			return trade.PartyID{Kind: "uscc", Value: id}
		case identifier.LEI(id) == nil:
			return trade.PartyID{Kind: "lei", Value: id}
		}
	}
	for t := range e.Each("PartyTaxScheme") {
		if id := t.Child("CompanyID"); id.Text() != "" && t.Child("TaxScheme", "ID").Text() == "VAT" {
			return trade.PartyID{Kind: "vat", Value: strings.ToUpper(strings.ReplaceAll(id.Text(), " ", ""))}
		}
	}
	for _, c := range candidates {
		if c.Text() != "" {
			return trade.PartyID{Kind: "other", Value: c.Text()}
		}
	}
	return trade.PartyID{}
}
