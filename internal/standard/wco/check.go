package wco

import (
	"strings"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// form is what the text of an element has to be.
type form uint8

const (
	text    form = iota
	whole        // a whole number
	decimal      // a decimal number
	moment       // a date and time, in an element of its own
)

// forms of elements, by the end of their names, as the model names its data types.
func formOf(name string) (form, bool) {
	switch {
	case strings.HasSuffix(name, "DateTime"):
		return moment, true
	case strings.HasSuffix(name, "Numeric") && !strings.HasSuffix(name, "RateNumeric"), name == "GoodsItemQuantity", name == "TotalPackageQuantity", name == "PackageQuantity":
		return whole, true
	case strings.HasSuffix(name, "Amount"), strings.HasSuffix(name, "Measure"), strings.HasSuffix(name, "RateNumeric"), strings.HasSuffix(name, "Quantity"):
		return decimal, true
	}
	return text, false
}

// leaves are the elements, of those that an event is made of, that hold text alone.
var leaves = set(
	"FunctionCode", "TypeCode", "FunctionalReferenceID", "ID", "VersionID", "CategoryCode", "CountryCode", "NameCode", "CurrentCode", "PreviousCode",
	"ConditionCode", "ModeCode", "IdentificationTypeCode", "SequenceNumeric", "GoodsItemQuantity", "TotalPackageQuantity", "QuantityQuantity",
	"GrossMassMeasure", "NetNetWeightMeasure", "ItemChargeAmount", "InvoiceAmount", "StatisticalValueAmount", "PaymentAmount", "Description", "Name",
	"TraderAssignedReferenceID",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// check holds the values of an element and all within it against the data types that the model gives them.
func (m *message) check(e xmldoc.Element) {
	for c := range e.Children {
		f, known := formOf(c.Name())
		if f == moment && known {
			m.stamp(c)
			continue
		}
		if leaves[c.Name()] && c.HasChildren() {
			m.Fault(trade.Fault{Code: "mistyped", Pointer: c.Path(), Message: "text, no elements"})
			continue
		}
		switch value := c.Text(); {
		case !known || value == "" || c.HasChildren():
		case f == whole && !digits(strings.TrimPrefix(value, "-")):
			m.wrong(c, "decimal_malformed", "a whole number")
		case f == decimal:
			if _, ok := xmldoc.Decimal(value); !ok {
				m.wrong(c, "decimal_malformed", "a decimal number of at most 14 whole digits, without exponent")
			}
		}
		m.check(c)
	}
}

// required says which of the children are missing or empty.
func (m *message) required(e xmldoc.Element, want map[string]string, names ...string) {
	for _, name := range names {
		if c := e.Child(name); c.Text() == "" && !c.HasChildren() {
			m.Fault(e.Missing(name, want[name]))
		}
	}
}

var wantOf = map[string]string{
	"FunctionCode":              "the function of the message: 9 for a declaration, 13 for a request, 01 to 51 for a response",
	"TypeCode":                  "the type of declaration, such as IMA or EXA, or of request: COR, INV, GPR",
	"GoodsShipment":             "the goods shipment of a declaration",
	"GovernmentAgencyGoodsItem": "at least one goods item",
	"SequenceNumeric":           "the number of the goods item",
	"Declaration":               "the declaration that the response is about",
	"IssueDateTime":             "when the response was issued",
}

// checkDeclaration holds a declaration against the model: it must tell its function and type, name itself, and, as
// an original, have goods.
func (m *message) checkDeclaration(e xmldoc.Element) {
	m.required(e, wantOf, "FunctionCode", "TypeCode")
	if e.Child("FunctionalReferenceID").Text() == "" && e.Child("ID").Text() == "" {
		m.Fault(e.Missing("FunctionalReferenceID", "the declarant's own reference, or the MRN in ID"))
	}
	if function := e.Child("FunctionCode").Text(); function != "" && (!digits(function) || len(function) > 2) {
		m.wrong(e.Child("FunctionCode"), "mistyped", "one or two digits (UN/EDIFACT 1225)")
	}
	if e.Child("FunctionCode").Text() == original {
		m.required(e, wantOf, "GoodsShipment")
		if shipment := e.Child("GoodsShipment"); shipment.HasChildren() && !shipment.Child("Consignment", "ConsignmentItem").Exists() {
			m.required(shipment, wantOf, "GovernmentAgencyGoodsItem")
		}
	}
	for item := range e.Child("GoodsShipment").Each("GovernmentAgencyGoodsItem") {
		m.required(item, wantOf, "SequenceNumeric")
	}
	m.check(e)
}
