package wco

import (
	"errors"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// kinds of documents by the Union's own codes, a letter or a digit before the three of the document. What is on no
// list stays in the detail: an authorisation, which stands on every declaration of its holder, must not join them.
var kinds = map[string]trade.Kind{
	"C640": trade.Certificate, "C644": trade.Certificate, "C678": trade.Certificate, "C085": trade.Certificate,
	"L001": trade.Licence, "L100": trade.Licence, "X001": trade.Licence, "X002": trade.Licence, "E012": trade.Licence, "E013": trade.Licence,
	"9104": trade.Licence, "9107": trade.Licence,
}

// previousKinds are previous documents that the Union has letters for.
var previousKinds = map[string]trade.Kind{
	"MRN": trade.Declaration, "SDE": trade.Declaration, "DCR": trade.UCR, "MCR": trade.UCR, "UCR": trade.UCR,
}

// kindOf gives the kind of a document by its category and type. "N935" is 935, whichever of the two elements the N
// stands in. The other one-letter categories of the Union are lists of their own, of which few are documents of one
// consignment.
func kindOf(category, code string) trade.Kind {
	if len(category) != 1 || category == "N" {
		if kind := kinds[code]; kind != "" {
			return kind
		}
		return standard.DocumentKind(strings.TrimPrefix(code, "N"))
	}
	return kinds[category+code]
}

// previousKind gives the kind of a previous document. Its category, X, Y or Z, tells what kind of procedure came
// before, and nothing of the document (Union customs code, data element 2/1).
func previousKind(code string) trade.Kind {
	if kind := previousKinds[code]; kind != "" {
		return kind
	}
	return standard.DocumentKind(strings.TrimPrefix(code, "N"))
}

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
