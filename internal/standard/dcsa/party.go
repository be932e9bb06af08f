package dcsa

import (
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// partyRoles names the roles of a bill's, an instruction's and a booking's parties.
var partyRoles = [...]struct{ member, role string }{
	{"shipper", "shipper"},
	{"onBehalfOfShipper", "shipper_agent"},
	{"consignee", "consignee"},
	{"onBehalfOfConsignee", "consignee_agent"},
	{"endorsee", "endorsee"},
	{"issueTo", "issue_to"},
	{"issuingParty", "issuing_party"},
	{"carriersAgentAtDestination", "carrier_agent"},
	{"seller", "seller"},
	{"buyer", "buyer"},
	{"shippingInstructionsRequestor", "requestor"},
	{"bookingAgent", "booking_agent"},
	{"serviceContractOwner", "contract_owner"},
	{"carrierBookingOffice", "booking_office"},
}

// functionRoles names the roles of other parties, by their function (UN/EDIFACT 3035).
var functionRoles = map[string]string{
	"SCO": "contract_owner", "DDR": "forwarder", "DDS": "consignee_forwarder", "COW": "payer", "COX": "consignee_payer",
	"N1": "notify", "N2": "notify", "NI": "notify", "NAC": "named_account", "CSR": "carrier_contact",
	"CS": "consolidator", "MF": "manufacturer", "WH": "warehouse_keeper",
}

// parties places the parties of documentParties.
func parties(d *standard.Draft, all *jsondoc.Object) {
	if all == nil {
		return
	}
	for _, p := range partyRoles {
		involve(d, p.role, all.Object(p.member))
	}
	for _, notify := range all.Objects("notifyParties") {
		involve(d, "notify", notify)
	}
	for _, other := range all.Objects("other") {
		role := functionRoles[other.Text("partyFunction")]
		if role == "" {
			role = "other"
		}
		involve(d, role, other.Object("party"))
	}
}

// involve places a party. Its name is taken out of the message; its other numbers, its address and contacts stay.
func involve(d *standard.Draft, role string, o *jsondoc.Object) {
	if o == nil {
		return
	}
	p := trade.Party{
		Role: role, ID: identity(d, o), Name: o.Text("partyName"), Country: o.Object("address").Text("countryCode"),
	}
	if !d.Involve(p) {
		return
	}
	o.Take("partyName")
	if codes := o.Objects("identifyingCodes"); len(codes) == 1 && codes[0].Text("partyCode") == p.ID.Value {
		codes[0].Take("partyCode")
		if code := codes[0]; code.Text("codeListProvider") == "GLEIF" && code.Text("codeListName") == "LEI" {
			code.Take("codeListProvider", "codeListName") // which the kind of the number says
		}
	}
}

// standings of the numbers of a party: the one that most others know it by wins.
const (
	noNumber = iota
	listedNumber
	taxNumber
	dunsNumber
	registerNumber
	leiNumber
)

// identity gives the number that identifies a party best.
func identity(d *standard.Draft, o *jsondoc.Object) trade.PartyID {
	var best trade.PartyID
	standing := noNumber
	offer := func(s int, kind, value string) {
		if value != "" && len(value) <= maxNumber && s > standing {
			best, standing = trade.PartyID{Kind: kind, Value: value}, s
		}
	}
	for _, code := range o.Objects("identifyingCodes") {
		provider, list, value := code.Text("codeListProvider"), code.Text("codeListName"), code.Text("partyCode")
		switch {
		case provider == "GLEIF" || strings.EqualFold(list, "LEI"):
			offer(leiNumber, "lei", value)
		case provider == "DNB" || strings.EqualFold(list, "DUNS"):
			offer(dunsNumber, "duns", value)
		case provider == "W3C":
			offer(listedNumber, "other", value)
		case provider == "SMDG" || provider == "NMFTA":
			offer(listedNumber, "scac", value)
		case value != "":
			offer(listedNumber, "other", provider+":"+value)
		}
	}
	for _, reference := range o.Objects("taxLegalReferences") {
		country, value := reference.Text("countryCode"), reference.Text("value")
		switch kind := strings.ToUpper(reference.Text("type")); {
		case country == "CN" && (kind == "USCC" || kind == "USCI" || identifier.USCC(value) == nil):
			offer(registerNumber, "uscc", value)
		case country == "SG" && (kind == "UEN" || identifier.UEN(value) == nil):
			offer(registerNumber, "uen", value)
		case kind == "EORI":
			offer(registerNumber, "eori", value)
		case kind == "VAT":
			offer(taxNumber, "vat", value)
		}
	}
	if normal := identifier.NormalPartyID(best); identifier.PartyID(normal) != nil {
		d.Flags |= trade.FlagIdentifierInvalid
	}
	return d.Organisation(best)
}
