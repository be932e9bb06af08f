package wire

// words are texts that a packed event names by their place. Stored events hold the places: words may be added at
// the end, up to longText-firstWord of them, and none may move.
var words = [...]string{
	"", "1.0", "ACT", "EST", "PLN", "day", "second",
	"bl", "house_bl", "master_bl", "air_waybill", "house_air_waybill", "master_air_waybill", "consignment_note",
	"declaration", "permit", "invoice", "certificate_of_origin", "certificate", "packing_list", "delivery_order",
	"warehouse_receipt", "ucr", "shipment", "one_order", "booking", "purchase_order", "contract", "letter_of_credit",
	"collection", "loan", "insurance_policy", "payment", "licence", "manifest",
	"container", "wagon", "truck", "uld", "laden", "empty",
	"sea", "rail", "road", "air", "barge", "multimodal",
	"import", "export", "transit", "invoice_financing", "bond", "qdlp",
	"USD", "CNY", "EUR", "SGD",
	"lei", "uscc", "uen", "scac", "eori", "vat", "duns", "other",
	"shipper", "consignee", "notify", "carrier", "forwarder", "buyer", "seller", "applicant", "bank", "broker",
	"EXW", "FCA", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP",
}

// wordPlace finds a word's place. Most texts that are looked for are there.
var wordPlace = func() map[string]byte {
	places := make(map[string]byte, len(words))
	for i, w := range words {
		places[w] = byte(i)
	}
	return places
}()
