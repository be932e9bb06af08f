package ubl

import (
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{
		Name: "ubl", Domain: trade.DomainTrade, Types: []trade.Type{trade.InvoiceIssued, trade.InvoiceCorrected}, Convert: Convert,
	}}
}

const (
	schemas     = "urn:oasis:names:specification:ubl:schema:xsd:"
	wantInvoice = "a UBL Invoice or CreditNote (" + schemas + "Invoice-2, CreditNote-2)"
)

// shape is how a document type names its parts.
type shape struct {
	code, line, quantity string
	credit               bool // what it states is taken off
}

var shapes = map[string]shape{
	"Invoice":    {"InvoiceTypeCode", "InvoiceLine", "InvoicedQuantity", false},
	"CreditNote": {"CreditNoteTypeCode", "CreditNoteLine", "CreditedQuantity", true},
}

// Convert converts an invoice or a credit note, bare or in an envelope such as the one of Peppol. Any other document
// is declined with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document. Only an Org that can be no organisation makes another
// error.
func Convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	c, root, err := xmldoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	documents := find(root)
	if documents == nil {
		return nil, xmldoc.Decline(root, trade.Quote("{"+root.Space()+"}"+root.Name()), wantInvoice)
	}
	for _, e := range documents {
		c.Standard = "UBL 2"
		if version := e.Child("UBLVersionID").Text(); version != "" && len(version) <= 8 {
			c.Standard = "UBL " + version
		}
		x := invoice{Conversion: c, e: e, shape: shapes[e.Name()]}
		x.convert()
	}
	return c.End()
}

// envelopes is how deep within an envelope (a Standard Business Document) the invoice may stand.
const envelopes = 4

func find(root xmldoc.Element) []xmldoc.Element {
	level := []xmldoc.Element{root}
	for range envelopes {
		var found, below []xmldoc.Element
		for _, e := range level {
			if _, ok := shapes[e.Name()]; ok && strings.HasPrefix(e.Space(), schemas+e.Name()+"-") {
				found = append(found, e)
				continue
			}
			for c := range e.Children {
				if len(below) < 256 {
					below = append(below, c)
				}
			}
		}
		if found != nil {
			return found
		}
		level = below
	}
	return nil
}

// invoice is one that is being converted.
type invoice struct {
	*xmldoc.Conversion
	shape
	e      xmldoc.Element
	d      *standard.Draft
	seller trade.PartyID
	buyer  trade.PartyID
	kind   string // the code of its type
	issuer string // who gave its number
}

func (x *invoice) convert() {
	before := x.Faults()
	x.check()
	issued, day := x.issued()
	if x.Faults() > before {
		return
	}
	x.d = x.Draft()
	x.d.Data.Classifier = trade.Actual
	x.kind = x.e.Child(x.code).Text()
	made := xmldoc.Event{At: x.e, Type: x.becomes(), Draft: x.d, Time: issued, Revision: xmldoc.Revision(issued)}
	if day {
		x.d.Data.Precision = "day"
	}
	x.parties()
	x.numbers(made.Type)
	x.terms()
	x.lines()
	id := x.e.Child("ID").Text()
	x.d.Data.Document = trade.Document{Kind: x.document(), Number: id, Digest: x.Digest, Status: x.kind}
	made.Subject = id
	// Sellers begin anew each year: the number is theirs for one.
	made.ID = xmldoc.Key("invoice", x.issuer, x.d.Data.Document.Kind, id, issued.Format("2006"))
	made.Detail = xmldoc.AppendRest([]byte{'{'}, x.e)
	x.Add(made)
}

// issued tells when: the day, or the moment where the time is said too.
func (x *invoice) issued() (at time.Time, day bool) {
	date, clock := x.e.Child("IssueDate"), x.e.Child("IssueTime").Text()
	at, ok := xmldoc.Day(date.Text())
	if !ok {
		return at, true // check has told of it
	}
	if clock == "" {
		return at, true
	}
	moment, _, ok := xmldoc.Instant(at.Format(time.DateOnly) + "T" + clock)
	if !ok {
		x.wrong(x.e.Child("IssueTime"), "time_malformed", "a time such as 08:15:00 or 08:15:00+08:00 (xsd:time)")
		return at, true
	}
	return moment, false
}

// Codes of UN/EDIFACT code list 1001 that say what an invoice is.
var (
	corrections = map[string]bool{
		"81": true, "83": true, "84": true, "261": true, "262": true, "295": true, "296": true, "308": true, "381": true, "383": true,
		"384": true, "396": true, "420": true, "458": true, "532": true,
	}
	invoices = map[string]bool{
		"71": true, "80": true, "82": true, "102": true, "130": true, "202": true, "203": true, "204": true, "211": true, "218": true, "219": true,
		"325": true, "326": true, "331": true, "380": true, "382": true, "385": true, "386": true, "387": true, "388": true, "389": true,
		"390": true, "393": true, "394": true, "395": true, "456": true, "457": true, "527": true, "553": true, "575": true, "623": true, "633": true,
		"751": true, "780": true, "817": true, "870": true, "875": true, "876": true, "877": true, "935": true,
	}
	credits = map[string]bool{
		"81": true, "83": true, "261": true, "262": true, "296": true, "308": true, "381": true, "396": true, "420": true, "458": true, "532": true,
	}
	debits      = map[string]bool{"80": true, "84": true, "383": true}
	selfBilled  = map[string]bool{"261": true, "389": true, "527": true}
	proforma    = "325"
	replacement = "384"
)

// becomes tells the type of event, and remarks a code that is on no list.
func (x *invoice) becomes() trade.Type {
	switch {
	case x.kind != "" && !corrections[x.kind] && !invoices[x.kind]:
		x.d.Flags |= trade.FlagUnknownCode
	case credits[x.kind]:
		x.credit = true
	}
	total := x.total().Text()
	if x.credit || corrections[x.kind] || strings.HasPrefix(total, "-") && x.e.Child("BillingReference").Exists() {
		return trade.InvoiceCorrected
	}
	return trade.InvoiceIssued
}

// document is the kind of document that it is.
func (x *invoice) document() string {
	switch {
	case x.credit:
		return "credit_note"
	case debits[x.kind]:
		return "debit_note"
	case x.kind == proforma:
		return "proforma_invoice"
	}
	return string(trade.Invoice)
}

// total is what the invoice comes to, before what was paid in advance: it is what its goods and its payments add
// up to.
func (x *invoice) total() xmldoc.Element {
	totals := x.e.Child("LegalMonetaryTotal")
	if t := totals.Child("TaxInclusiveAmount"); t.Exists() {
		return t
	}
	return totals.Child("PayableAmount")
}

// numbers places the invoice's own number, those of the invoices it is about, and of order, contract and other
// documents.
func (x *invoice) numbers(kind trade.Type) {
	own := x.e.Child("ID")
	x.issuer = x.seller.Value
	if selfBilled[x.kind] {
		x.issuer = x.buyer.Value
	}
	if x.d.Refer(trade.Invoice, own.Text(), x.issuer) {
		own.Take()
	}
	x.billed(own.Text(), kind)
	if order := x.e.Child("OrderReference", "ID"); plausible(order.Text()) && x.d.Refer(trade.PurchaseOrder, order.Text(), x.buyer.Value) {
		order.Take()
	}
	for _, name := range []string{"ContractDocumentReference", "AdditionalDocumentReference", "DespatchDocumentReference", "ReceiptDocumentReference"} {
		for r := range x.e.Each(name) {
			x.documentReference(r, name)
		}
	}
	for means := range x.e.Each("PaymentMeans") {
		for id := range means.Each("PaymentID") {
			creditorReference(x.d, id.Text())
		}
	}
	for delivery := range x.e.Each("Delivery") {
		x.shipment(delivery.Child("Shipment"))
	}
}

// billed places the invoices that it is about. The one that is corrected is of the same goods; several, and those that
// came before an invoice proper, may be of others.
func (x *invoice) billed(own string, kind trade.Type) {
	var billed []xmldoc.Element
	different := map[string]bool{}
	for b := range x.e.Each("BillingReference") {
		for _, name := range []string{"InvoiceDocumentReference", "SelfBilledInvoiceDocumentReference", "CreditNoteDocumentReference", "DebitNoteReference"} {
			if id := b.Child(name, "ID"); id.Text() != "" && id.Text() != own {
				billed = append(billed, id)
				different[id.Text()] = true
			}
		}
	}
	for _, id := range billed {
		place := x.d.Refer
		switch {
		case len(different) > 1 || kind == trade.InvoiceIssued:
			place = x.d.Cover
		case x.kind == replacement:
			place = x.d.Replace
		}
		if place(trade.Invoice, id.Text(), x.issuer) {
			id.Take()
		}
	}
}

// plausible says whether a text can be a number that one party gave, and not a remark in its place.
func plausible(s string) bool { return len(s) >= 2 && len(s) <= 50 && strings.Count(s, " ") < 3 }

func (x *invoice) documentReference(r xmldoc.Element, name string) {
	id := r.Child("ID")
	kind := standard.DocumentKind(strings.TrimPrefix(r.Child("DocumentTypeCode").Text(), "N"))
	if name == "ContractDocumentReference" && kind == "" {
		kind = trade.Contract
	}
	if kind == "" || !plausible(id.Text()) {
		return
	}
	issuer := ""
	if kind == trade.PurchaseOrder {
		issuer = x.buyer.Value
	}
	if x.d.Refer(kind, id.Text(), issuer) {
		id.Take()
	}
}

// shipment places what an invoice says of how its goods travel: the containers.
func (x *invoice) shipment(e xmldoc.Element) {
	for unit := range e.Each("TransportHandlingUnit") {
		for t := range unit.Each("TransportEquipment") {
			id := t.Child("ID")
			if q := x.d.Equip(trade.Container, id.Text()); q != nil {
				q.State = trade.Laden
				if q.Number == id.Text() {
					id.Take()
				}
				if seal := t.Child("TransportEquipmentSeal", "ID"); q.Seal == "" && seal.Text() != "" && len(seal.Text()) <= 64 {
					q.Seal = seal.Text()
					seal.Take()
				}
			}
		}
	}
	for _, leg := range []struct {
		name string
		to   *string
	}{{"FirstArrivalPortLocation", &x.d.Data.Transport.To}, {"LastExitPortLocation", &x.d.Data.Transport.From}} {
		if id := e.Child(leg.name, "ID"); id.Text() != "" {
			*leg.to = x.d.Locode(id.Text())
		}
	}
	x.d.Data.Transport.Mode = modes[e.Child("ShipmentStage", "TransportModeCode").Text()]
}

// modes of transport (UN/ECE Recommendation 19).
var modes = map[string]string{"1": trade.Sea, "2": trade.Rail, "3": trade.Road, "4": trade.Air, "6": trade.Multimodal, "8": trade.Barge}
