package trade

import (
	"slices"
	"strconv"
	"strings"
)

// The closed lists of kinds that Validate holds an event to; those of references are open (see Kind).
var (
	partyIDKinds = [...]string{"lei", "uscc", "uen", "scac", "eori", "vat", "duns", "other"}
	// Beside what a reference can be, documents that carry no number of the consignment.
	otherDocumentKinds = [...]string{
		"sea_waybill", "bill_of_exchange", "promissory_note", "insurance_certificate", "inspection_certificate",
		"phytosanitary_certificate", "health_certificate", "quality_certificate", "weight_certificate", "dangerous_goods_declaration",
		"declaration_request", "customs_response", "transit_document", "tir_carnet", "ata_carnet", "customs_bond", "cargo_release", "shipping_instructions", "arrival_notice",
		"proof_of_delivery",
		"order", "order_response", "despatch_advice", "receipt_advice", "credit_note", "debit_note", "proforma_invoice", "quotation",
		"remittance_advice", "payment_message", "financing_message", "credit_message", "other",
	}
	instruments = [...]string{"letter_of_credit", "collection", "loan", "invoice_financing", "bond", "qdlp", "payment"}
)

// PartyIDKinds lists the kinds of PartyID.
func PartyIDKinds() []string { return slices.Clone(partyIDKinds[:]) }

// DocumentKinds lists the kinds of Document: those of references, then others.
func DocumentKinds() []string {
	var list []string
	for _, k := range kinds {
		list = append(list, string(k))
	}
	return append(list, otherDocumentKinds[:]...)
}

func (v *validation) transport(t *Transport) {
	v.oneOf("/data/transport/mode", t.Mode, Sea, Rail, Road, Air, Barge, Multimodal)
	v.text("/data/transport/carrier", t.Carrier)
	v.text("/data/transport/conveyance", t.Conveyance)
	v.text("/data/transport/name", t.Name)
	v.text("/data/transport/voyage", t.Voyage)
	v.text("/data/transport/from", t.From)
	v.text("/data/transport/to", t.To)
}

func (v *validation) place(p *Place) {
	v.text("/data/place/unlocode", p.UNLOCODE)
	v.text("/data/place/facility", p.Facility)
	v.text("/data/place/name", p.Name)
	v.degrees("/data/place/lat", string(p.Lat), 90)
	v.degrees("/data/place/lon", string(p.Lon), 180)
}

func (v *validation) degrees(pointer, n string, most float64) {
	if n == "" {
		return
	}
	// A number too large for a double is infinite.
	if f, _ := strconv.ParseFloat(n, 64); f < -most || f > most {
		limit := strconv.Itoa(int(most))
		v.add("out_of_range", pointer, n, "degrees from -"+limit+" to "+limit)
	}
}

func (v *validation) parties(list []Party) {
	if len(list) > MaxParties {
		v.faults = v.faults.With(TooMany("/data/parties", len(list), MaxParties))
		return
	}
	for i := range list {
		p := &list[i]
		if soundPartyID(p.ID) && noNUL(p.Role) && noNUL(p.Name) && noNUL(p.Country) {
			continue
		}
		at := "/data/parties/" + strconv.Itoa(i)
		v.text(at+"/role", p.Role)
		v.partyID(at+"/id", p.ID)
		v.text(at+"/name", p.Name)
		v.text(at+"/country", p.Country)
		if v.full() {
			return
		}
	}
}

func soundPartyID(id PartyID) bool {
	return (id.Kind == "" || slices.Contains(partyIDKinds[:], id.Kind)) && noNUL(id.Value)
}

func (v *validation) partyID(pointer string, id PartyID) {
	if soundPartyID(id) {
		return
	}
	v.oneOf(pointer+"/kind", id.Kind, partyIDKinds[:]...)
	v.text(pointer+"/value", id.Value)
}

func (v *validation) goods(list []Goods) {
	if len(list) > MaxGoods {
		v.faults = v.faults.With(TooMany("/data/goods", len(list), MaxGoods))
		return
	}
	for i := range list {
		g := &list[i]
		if soundDecimal(g.GrossKG) && soundDecimal(g.NetKG) && soundMoney(g.Value) && noNUL(g.HS) && noNUL(g.Description) &&
			noNUL(g.PackageKind) && noNUL(g.Basis) && noNUL(g.Origin) {
			continue
		}
		at := "/data/goods/" + strconv.Itoa(i)
		v.text(at+"/hs", g.HS)
		v.text(at+"/description", g.Description)
		v.text(at+"/package_kind", g.PackageKind)
		v.decimal(at+"/gross_kg", g.GrossKG)
		v.decimal(at+"/net_kg", g.NetKG)
		v.money(at+"/value", g.Value)
		v.text(at+"/basis", g.Basis)
		v.text(at+"/origin", g.Origin)
		if v.full() {
			return
		}
	}
}

func (v *validation) document(d *Document) {
	if d.Kind != "" && Kind(d.Kind).Order() < 0 && !slices.Contains(otherDocumentKinds[:], d.Kind) {
		v.add("not_in_list", "/data/document/kind", d.Kind, "a kind of document such as bl, invoice, certificate_of_origin; other for what has none")
	}
	v.text("/data/document/number", d.Number)
	if d.Digest != "" && !validDigest(d.Digest) {
		v.add("digest_malformed", "/data/document/digest", d.Digest, "sha256: and 64 lower-case hex digits")
	}
	v.text("/data/document/status", d.Status)
	v.partyID("/data/document/holder", d.Holder)
	v.partyID("/data/document/beneficiary", d.Beneficiary)
	v.text("/data/document/platform", d.Platform)
}

func (v *validation) customs(c *Customs) {
	v.text("/data/customs/territory", c.Territory)
	v.oneOf("/data/customs/direction", c.Direction, "import", "export", "transit")
	v.text("/data/customs/office", c.Office)
	v.text("/data/customs/procedure", c.Procedure)
	v.text("/data/customs/code", c.Code)
}

// share checks a part of a whole. It reads the text: rounded, 1.00001 would be 1.
func (v *validation) share(pointer string, d Decimal) {
	if !soundDecimal(d) {
		v.decimal(pointer, d)
		return
	}
	whole, fraction, _ := strings.Cut(string(d), ".")
	switch whole = strings.TrimLeft(whole, "0"); {
	case whole == "", whole == "1" && strings.Trim(fraction, "0") == "":
	default:
		v.add("out_of_range", pointer, string(d), "a share of the whole from 0 to 1, such as \"0.80\"")
	}
}
