package tradetrust

import (
	"slices"
	"strings"

	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// paper is what kind of document a credential is.
type paper struct {
	kind    trade.Kind // of its number; "" for one that has no kind of ours
	event   trade.Type
	words   []string // that its type or its template's name has in it, in capitals, any of them
	numbers []string // members that give its number, the likeliest first
}

// papers are the kinds of documents, the more particular first.
var papers = []paper{
	{trade.BL, trade.TitleIssued, []string{"BILL_OF_LADING", "BILLOFLADING", "SEAWAYBILL", "SEA_WAYBILL"}, []string{"blNumber", "billOfLadingNumber", "documentNumber"}},
	{trade.CertificateOfOrigin, trade.OriginCertified, []string{"COO", "CERTIFICATE_OF_ORIGIN", "CERTIFICATEOFORIGIN", "CERTIFICATE_OF_NON_MANIPULATION"}, []string{"iD", "certificateNumber", "cooNumber", "referenceNumber", "id"}},
	{trade.WarehouseReceipt, trade.WarehouseReceived, []string{"WAREHOUSE_RECEIPT", "WAREHOUSERECEIPT"}, []string{"warehouseReceiptDetails.warehouseReceipt", "warehouseReceipt", "receiptNumber", "spl"}},
	{trade.PackingList, trade.PackingListIssued, []string{"PACKING_LIST", "PACKINGLIST"}, []string{"packingListNumber", "number", "id"}},
	{trade.DeliveryOrder, trade.DeliveryOrderIssued, []string{"DELIVERY_ORDER", "DELIVERYORDER"}, []string{"deliveryOrderNumber", "number", "id"}},
	{trade.Certificate, trade.CertificateIssued, []string{"PHYTOSANITARY", "FUMIGATION", "HEALTH_CERTIFICATE", "CERTIFICATE_OF_ANALYSIS"}, []string{"certificateNumber", "number", "id"}},
	{trade.Invoice, trade.InvoiceIssued, []string{"INVOICE"}, []string{"invoiceId", "invoiceNumber", "invoiceNo", "id", "number"}},
	{"", trade.DocumentPresented, []string{"PROMISSORY_NOTE", "PROMISSORYNOTE", "COVERING_LETTER", "COVERINGLETTER", "BILL_OF_EXCHANGE", "BILLOFEXCHANGE"}, []string{"pNoteId", "id"}},
}

// hints are members that only one kind of document has.
var hints = []struct {
	member string
	kind   trade.Kind
}{
	{"blNumber", trade.BL},
	{"supplyChainConsignment", trade.CertificateOfOrigin},
	{"warehouseReceiptDetails", trade.WarehouseReceipt},
	{"invoiceId", trade.Invoice},
	{"billableItems", trade.Invoice},
}

// recognise tells which paper a document is: by the types of its subject, the name of its template, then by
// the members that only one kind has.
func recognise(subject *jsondoc.Object, names []string) (paper, bool) {
	for _, name := range names {
		name = strings.ToUpper(name)
		for _, p := range papers {
			for _, w := range p.words {
				if strings.Contains(name, w) {
					return p, true
				}
			}
		}
	}
	for _, hint := range hints {
		if subject.Has(hint.member) {
			return papers[slices.IndexFunc(papers, func(p paper) bool { return p.kind == hint.kind })], true
		}
	}
	return paper{event: trade.DocumentPresented, numbers: []string{"id", "number"}}, false
}

// number gives the number of the document and where it stands.
func (p paper) number(subject *jsondoc.Object) (value, member string) {
	for _, path := range p.numbers {
		o, name := subject, path
		if outer, inner, nested := strings.Cut(path, "."); nested {
			o, name = subject.Object(outer), inner
		}
		if value := textOf(o, name); value != "" {
			return value, path
		}
	}
	return "", p.numbers[0]
}

// textOf gives a member that is a string or a number.
func textOf(o *jsondoc.Object, name string) string {
	v, ok := o.Value(name)
	if !ok || v.Kind() != jsondoc.String && v.Kind() != jsondoc.Number {
		return ""
	}
	return strings.TrimSpace(v.Text())
}

func types() []trade.Type {
	list := []trade.Type{
		trade.TitleTransferred, trade.TitleEndorsed, trade.TitleSurrendered, trade.TitleSurrenderAnswered, trade.TitleVoided,
	}
	for _, p := range papers {
		list = append(list, p.event)
	}
	return list
}
