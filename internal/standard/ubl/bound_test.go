package ubl_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/ubl"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	const begin = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>INV-12345</ID><IssueDate>2026-09-11</IssueDate>`
	for _, unit := range []string{`<a/>`, `<a>1</a>`, `<a b=""/>`, `<a><b/>x</a>`, `<InvoiceLine/>`, `<aAmount><a/></aAmount>`, `<a><a><a/></a></a>`} {
		conformance.Bounded(t, ubl.Formats()[0], begin, unit, `</Invoice>`)
	}
}
