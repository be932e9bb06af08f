package standard

import "oneorder/internal/trade"

// documentKinds by UN/EDIFACT code list 1001, of the documents whose number leads to a consignment.
var documentKinds = map[string]trade.Kind{
	"703": trade.HouseAirWaybill, "740": trade.AirWaybill, "741": trade.MasterAirWaybill, "743": trade.AirWaybill,
	"704": trade.MasterBL, "705": trade.BL, "706": trade.BL, "707": trade.BL, "709": trade.BL, "711": trade.BL, "714": trade.HouseBL, "715": trade.BL,
	"718": trade.BL, "763": trade.BL, "765": trade.BL, "766": trade.BL,
	"720": trade.ConsignmentNote, "722": trade.ConsignmentNote, "724": trade.ConsignmentNote, "730": trade.ConsignmentNote,
	"760": trade.ConsignmentNote, "761": trade.ConsignmentNote,
	"85": trade.Manifest, "710": trade.Manifest, "785": trade.Manifest, "786": trade.Manifest, "787": trade.Manifest, "788": trade.Manifest,
	"833": trade.Manifest, "933": trade.Manifest,
	"380": trade.Invoice, "325": trade.Invoice, "935": trade.Invoice, "864": trade.Invoice,
	"271": trade.PackingList, "105": trade.PurchaseOrder, "220": trade.PurchaseOrder, "315": trade.Contract,
	"640": trade.DeliveryOrder, "635": trade.WarehouseReceipt,
	"861": trade.CertificateOfOrigin, "862": trade.CertificateOfOrigin, "865": trade.CertificateOfOrigin, "954": trade.CertificateOfOrigin,
	"018": trade.CertificateOfOrigin,
	"851": trade.Certificate, "852": trade.Certificate, "853": trade.Certificate, "856": trade.Certificate, "002": trade.Certificate, "003": trade.Certificate,
	"811": trade.Licence, "911": trade.Licence,
	"465": trade.LetterOfCredit, "450": trade.Payment, "530": trade.InsurancePolicy,
	"337": trade.Declaration, "355": trade.Declaration, "820": trade.Declaration, "821": trade.Declaration, "822": trade.Declaration,
	"823": trade.Declaration, "824": trade.Declaration, "825": trade.Declaration, "830": trade.Declaration, "929": trade.Declaration,
}

// DocumentKind gives the kind of number that a document has, by its code in UN/EDIFACT code list 1001 as trade and
// customs use it; "" where the number leads to no consignment.
func DocumentKind(code string) trade.Kind { return documentKinds[code] }
