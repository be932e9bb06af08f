package ubl

import (
	"strings"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

const wantDay = "a date such as 2026-09-11 (xsd:date)"

func (x *invoice) wrong(e xmldoc.Element, code, message string) {
	x.Fault(trade.Fault{Code: code, Pointer: e.Path(), Value: e.Shown(), Message: message})
}

// check holds the document against the schema: what every invoice has, and the types of its values.
func (x *invoice) check() {
	for _, name := range []string{"ID", "IssueDate"} {
		if x.e.Child(name).Text() == "" {
			x.Fault(x.e.Missing(name, "what every invoice has"))
		}
	}
	for _, name := range []string{"AccountingSupplierParty", "AccountingCustomerParty", "LegalMonetaryTotal", x.line} {
		if !x.e.Child(name).Exists() {
			x.Fault(x.e.Missing(name, "what every invoice has"))
		}
	}
	if totals := x.e.Child("LegalMonetaryTotal"); totals.Exists() && totals.Child("PayableAmount").Text() == "" {
		x.Fault(totals.Missing("PayableAmount", "the amount that is to be paid"))
	}
	if x.line == "InvoiceLine" {
		for line := range x.e.Each(x.line) {
			x.lineOf(line)
		}
	}
	for tax := range x.e.Each("TaxTotal") {
		if tax.Child("TaxAmount").Text() == "" {
			x.Fault(tax.Missing("TaxAmount", "the amount of the tax"))
		}
	}
	x.types(x.e)
}

// lineOf checks what every line of an invoice has; of a credit note's it is optional.
func (x *invoice) lineOf(line xmldoc.Element) {
	for _, name := range []string{"ID", "LineExtensionAmount"} {
		if line.Child(name).Text() == "" {
			x.Fault(line.Missing(name, "what every line of an invoice has"))
		}
	}
	if !line.Child("Item").Exists() {
		x.Fault(line.Missing("Item", "what every line of an invoice has"))
	}
}

// types holds the values within an element against the types that the schema gives them, by the end of their names.
func (x *invoice) types(e xmldoc.Element) {
	basic := e.Child("ID").Space()
	for c := range e.Children {
		if c.HasChildren() {
			if c.Name() == "ID" || c.Name() == "IssueDate" || strings.HasSuffix(c.Name(), "Amount") && c.Space() == basic {
				x.Fault(trade.Fault{Code: "mistyped", Pointer: c.Path(), Message: "text, no elements"})
				continue
			}
			if c.Name() != "UBLExtensions" {
				x.types(c)
			}
			continue
		}
		x.value(c)
	}
}

func (x *invoice) value(c xmldoc.Element) {
	text := c.Text()
	switch name := c.Name(); {
	case text == "":
	case strings.HasSuffix(name, "Amount"):
		if _, ok := xmldoc.Decimal(text); !ok {
			x.wrong(c, "decimal_malformed", "a decimal number of at most 14 whole digits, without exponent")
		} else if currency := c.Attr("currencyID"); len(currency) != 3 || !capitals(currency) {
			x.Fault(trade.Fault{Code: "currency_malformed", Pointer: c.Path() + "/@currencyID", Value: trade.Quote(currency), Message: "an ISO 4217 code of three capital letters"})
		}
	case strings.HasSuffix(name, "Quantity"), strings.HasSuffix(name, "Numeric"), strings.HasSuffix(name, "Percent"), strings.HasSuffix(name, "Measure"):
		if _, ok := xmldoc.Decimal(text); !ok {
			x.wrong(c, "decimal_malformed", "a decimal number of at most 14 whole digits, without exponent")
		}
	case strings.HasSuffix(name, "Indicator"):
		if text != "true" && text != "false" && text != "1" && text != "0" {
			x.wrong(c, "mistyped", "true or false (xsd:boolean)")
		}
	case strings.HasSuffix(name, "Date"):
		if at, ok := xmldoc.Day(text); !ok {
			x.wrong(c, "time_malformed", wantDay)
		} else if name == "IssueDate" && (at.Year() < trade.FirstYear || at.Year() > trade.LastYear) {
			x.wrong(c, "time_implausible", "a year from 1980 to 2079")
		}
	}
}
