package wco

import (
	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// roles by the element of a party.
var roles = [...]struct{ element, role string }{
	{"Exporter", "exporter"},
	{"Importer", "importer"},
	{"Consignor", "consignor"},
	{"Consignee", "consignee"},
	{"Buyer", "buyer"},
	{"Seller", "seller"},
	{"Declarant", "declarant"},
	{"Agent", "agent"},
	{"Submitter", "submitter"},
	{"Carrier", "carrier"},
	{"NotifyParty", "notify"},
	{"Manufacturer", "manufacturer"},
}

// parties places the parties that stand within an element.
func parties(d *standard.Draft, e xmldoc.Element) {
	for _, r := range roles {
		for p := range e.Each(r.element) {
			party(d, p, r.role)
		}
	}
}

func party(d *standard.Draft, p xmldoc.Element, role string) {
	id, name, country := p.Child("ID"), p.Child("Name"), p.Child("Address", "CountryCode")
	if id.Text() == "" && name.Text() == "" {
		return
	}
	before := len(d.Data.Parties)
	made := trade.Party{Role: role, Name: name.Text()}
	if id.Text() != "" {
		made.ID = trade.PartyID{Kind: partyKind(id.Text()), Value: id.Text()}
	}
	if letters(country.Text(), 2) {
		made.Country = country.Text()
	}
	d.Involve(made)
	if len(d.Data.Parties) == before {
		return
	}
	name.Take()
	kept := d.Data.Parties[before]
	if kept.ID.Value == id.Text() {
		id.Take()
	}
	if kept.Country == country.Text() {
		country.Take()
	}
}

// partyKind tells whose scheme a party's number is of: where nothing else says so, by its form. A number behind a
// country's letters is one of an economic operator (EORI).
func partyKind(id string) string {
	switch {
	case len(id) == 20 && identifier.LEI(id) == nil:
		return "lei"
	case identifier.USCC(id) == nil:
		return "uscc"
	case identifier.UEN(id) == nil:
		return "uen"
	case len(id) > 4 && len(id) <= 17 && letters(id[:2], 2):
		return "eori"
	}
	return "other"
}
