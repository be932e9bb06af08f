package wco

import (
	"errors"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// kinds of documents by code: the three digits of UN/EDIFACT code list 1001, which the Union writes behind an N, and
// codes of its own. What is on no list stays in the detail: an authorisation, which stands on every declaration of
// its holder, must not join them.
var kinds = map[string]trade.Kind{
	"703": trade.HouseAirWaybill, "740": trade.AirWaybill, "741": trade.MasterAirWaybill, "743": trade.AirWaybill,
	"704": trade.MasterBL, "705": trade.BL, "706": trade.BL, "707": trade.BL, "709": trade.BL, "711": trade.BL, "714": trade.HouseBL, "715": trade.BL,
	"718": trade.BL, "720": trade.ConsignmentNote, "722": trade.ConsignmentNote, "724": trade.ConsignmentNote, "730": trade.ConsignmentNote,
	"760": trade.ConsignmentNote, "761": trade.ConsignmentNote, "763": trade.BL, "765": trade.BL, "766": trade.BL,
	"710": trade.Manifest, "785": trade.Manifest, "786": trade.Manifest, "787": trade.Manifest, "788": trade.Manifest, "833": trade.Manifest, "85": trade.Manifest,
	"380": trade.Invoice, "325": trade.Invoice, "935": trade.Invoice, "864": trade.Invoice,
	"271":  trade.PackingList,
	"105":  trade.PurchaseOrder,
	"220":  trade.PurchaseOrder,
	"315":  trade.Contract,
	"640":  trade.DeliveryOrder,
	"635":  trade.WarehouseReceipt,
	"861":  trade.CertificateOfOrigin,
	"862":  trade.CertificateOfOrigin,
	"865":  trade.CertificateOfOrigin,
	"954":  trade.CertificateOfOrigin,
	"018":  trade.CertificateOfOrigin,
	"851":  trade.Certificate,
	"852":  trade.Certificate,
	"853":  trade.Certificate,
	"856":  trade.Certificate,
	"C640": trade.Certificate,
	"C644": trade.Certificate,
	"C678": trade.Certificate,
	"C085": trade.Certificate,
	"002":  trade.Certificate,
	"003":  trade.Certificate,
	"L001": trade.Licence, "L100": trade.Licence, "811": trade.Licence, "911": trade.Licence, "X001": trade.Licence, "X002": trade.Licence,
	"E012": trade.Licence, "E013": trade.Licence, "9104": trade.Licence, "9107": trade.Licence,
	"465": trade.LetterOfCredit, "450": trade.Payment, "530": trade.InsurancePolicy,
	"355": trade.Declaration, "337": trade.Declaration, "MRN": trade.Declaration, "SDE": trade.Declaration,
	"820": trade.Declaration, "821": trade.Declaration, "822": trade.Declaration,
	"823": trade.Declaration, "824": trade.Declaration, "825": trade.Declaration, "830": trade.Declaration, "929": trade.Declaration,
	"933": trade.Manifest,
	"DCR": trade.UCR, "MCR": trade.UCR, "UCR": trade.UCR,
}

// kindOf gives the kind of a document by its category and type. "N935" is 935, whichever of the two elements the N
// stands in. The other one-letter categories of the Union are lists of their own, of which few are documents of one
// consignment.
func kindOf(category, code string) trade.Kind {
	if len(category) != 1 || category == "N" {
		return kinds[strings.TrimPrefix(code, "N")]
	}
	return kinds[category+code]
}

// previousKind gives the kind of a previous document. Its category, X, Y or Z, tells what kind of procedure came
// before, and nothing of the document (Union customs code, data element 2/1).
func previousKind(code string) trade.Kind { return kinds[strings.TrimPrefix(code, "N")] }

// isMRN says whether a number has the form of an MRN, be its check digit right or not.
func isMRN(s string) bool {
	err := identifier.MRN(s)
	return err == nil || errors.Is(err, identifier.ErrCheckDigit)
}

// shortestLRN is how long the declarant's own reference must be to join anything: what is shorter is a counter,
// which others have too.
const shortestLRN = 5

// lrn refers to the declarant's own reference, which is unique for each of them (data element 12 09).
func lrn(d *standard.Draft, e xmldoc.Element, declarant string) {
	if text := e.Text(); len(text) >= shortestLRN && d.Refer(trade.Declaration, text, declarant) {
		e.Take()
	}
}

// ucr refers to a unique consignment reference. One that is made of an air waybill's number, A:61812345675, is the
// number of a master waybill, as the movement message of the consolidator has it.
func ucr(refer func(kind trade.Kind, written, issuer string) bool, written string) bool {
	if waybill, ok := strings.CutPrefix(written, "A:"); ok && identifier.AWB(waybill) == nil {
		refer(trade.MasterAirWaybill, waybill, "")
		return false
	}
	return refer(trade.UCR, written, "")
}

// waived are the document statuses that say that there is no document (Union customs code, data element 12 03).
func waived(status string) bool {
	return status == "XW" || status == "XX" || status == "XF" || status == "XU"
}

// documents is a declaration's additional and previous documents.
type documents struct {
	d *standard.Draft
	// several holds, of the kinds of which one consignment has but one number, the numbers found, in order.
	several map[trade.Kind][]xmldoc.Element
	values  map[trade.Kind]map[string]bool
}

// additional places an additional document. The detail keeps how it was written, unless the kind says it all.
func (x *documents) additional(e xmldoc.Element) {
	kind := kindOf(e.Child("CategoryCode").Text(), e.Child("TypeCode").Text())
	id := e.Child("ID").Text()
	if kind == "" || id == "" || waived(e.Child("LPCOExemptionCode").Text()) {
		return
	}
	if kind == trade.Declaration {
		x.gather(kind, e)
		return
	}
	if x.d.Refer(kind, id, "") {
		e.Child("ID").Take()
	}
}

// previous places a previous document.
func (x *documents) previous(e xmldoc.Element) {
	code, id := e.Child("TypeCode").Text(), e.Child("ID").Text()
	kind := previousKind(code)
	if kind == "" && isMRN(id) {
		kind = trade.Declaration
	}
	switch {
	case kind == "" || id == "":
	case kind == trade.Declaration || code == "DCR":
		x.gather(kind, e)
	case kind == trade.UCR:
		if ucr(x.d.Refer, id) {
			e.Child("ID").Take()
		}
	default:
		if x.d.Refer(kind, id, "") {
			e.Child("ID").Take()
		}
	}
}

func (x *documents) gather(kind trade.Kind, e xmldoc.Element) {
	if x.several == nil {
		x.several, x.values = map[trade.Kind][]xmldoc.Element{}, map[trade.Kind]map[string]bool{}
	}
	if x.values[kind] == nil {
		x.values[kind] = map[string]bool{}
	}
	x.several[kind] = append(x.several[kind], e)
	x.values[kind][strings.ToUpper(e.Child("ID").Text())] = true
}

// settle refers to the number where there is one of its kind. Where there are several, as in a supplementary
// declaration over a month of simplified ones, they are of several consignments, which the declaration covers
// and must not join.
func (x *documents) settle() {
	for _, kind := range []trade.Kind{trade.UCR, trade.Declaration} {
		place := x.d.Refer
		if len(x.values[kind]) > 1 {
			place = x.d.Cover
		}
		for _, e := range x.several[kind] {
			id := e.Child("ID")
			if kind == trade.UCR && ucr(place, id.Text()) || kind != trade.UCR && place(kind, id.Text(), "") {
				id.Take()
			}
		}
	}
}
