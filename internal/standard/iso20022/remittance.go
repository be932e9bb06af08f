package iso20022

import (
	"regexp"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// documentKinds are the kinds of referred documents (DocumentType6Code and its forerunners) whose number leads to a
// consignment.
var documentKinds = map[string]trade.Kind{
	"CINV": trade.Invoice, "SBIN": trade.Invoice, "MSIN": trade.Invoice, "HIRI": trade.Invoice, "DEBN": trade.Invoice, "CREN": trade.Invoice,
	"CNFA": trade.Invoice, "DNFA": trade.Invoice, "BOLD": trade.BL, "PUOR": trade.PurchaseOrder, "CMCN": trade.Contract,
}

// remittance covers the documents that a payment is for.
func remittance(d *standard.Draft, e xmldoc.Element) {
	for s := range e.Each("Strd") {
		structured(d, s)
	}
	for u := range e.Each("Ustrd") {
		for _, number := range invoicesIn(u.Text()) {
			d.Cover(trade.Invoice, number, "")
		}
	}
}

func structured(d *standard.Draft, s xmldoc.Element) {
	for r := range s.Each("RfrdDocInf") {
		number := r.Child("Nb")
		if !number.Exists() {
			number = r.Child("RfrdDocNb")
		}
		if kind := kindOf(r); kind != "" && longEnough(number.Text()) && d.Cover(kind, number.Text(), "") {
			number.Take()
		}
	}
	// The first versions have the number beside the description of the document.
	if number := s.Child("RfrdDocNb"); number.Exists() && longEnough(number.Text()) {
		d.Cover(trade.Invoice, number.Text(), "")
	}
	if ref := strings.ReplaceAll(s.Child("CdtrRefInf", "Ref").Text(), " ", ""); len(ref) >= shortestCreditorReference && identifier.CreditorReference(ref) == nil {
		d.Refer(trade.Payment, ref, "")
	}
}

// shortestCreditorReference is how long a creditor reference must be to be taken for one of its creditor alone.
const shortestCreditorReference = 12

// kindOf tells the kind of a referred document. One whose type is not said is an invoice: what else is paid is
// said. A type of somebody's own is one where it says so.
func kindOf(r xmldoc.Element) trade.Kind {
	for _, name := range []string{"Tp", "RfrdDocTp"} {
		t := r.Child(name)
		if !t.Exists() {
			continue
		}
		if choice := t.Child("CdOrPrtry"); choice.Exists() {
			t = choice
		}
		if code := t.Child("Cd").Text(); code != "" {
			return documentKinds[code]
		}
		if own := strings.ToUpper(t.Child("Prtry").Text()); strings.HasPrefix(own, "INV") {
			return trade.Invoice
		}
		return ""
	}
	return trade.Invoice
}

// longEnough says whether a number is long enough to be anybody's in particular.
func longEnough(number string) bool { return len(number) >= 3 }

var (
	// invoiceWord introduces the number of an invoice in text, in the languages of the corridors.
	invoiceWord = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:invoices?|inv|rechnung(?:snummer|snr)?|facture|factura|fattura|发票号?|发票号码)(?:\s*(?:numbers?|nos?|nrs?|num|#|号码|号)\b?\.?)?[\s:#.]*`)
	// number is what may follow it, alone or one after another.
	number    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/_.-]*[A-Za-z0-9]`)
	separator = regexp.MustCompile(`^(?:\s*[,;&+]\s*(?:and\s+|und\s+|et\s+)?|\s+(?:and|und|et|&|\+)\s+)`)
	// swiftCode is the code word of an invoice in the text of older messages: /INV/number.
	swiftCode = regexp.MustCompile(`(?:^|\s)/INV/([A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9])`)

	dates   = regexp.MustCompile(`^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|(?:19|20)\d{2}[./-]?(?:0[1-9]|1[0-2])[./-]?(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2})$`)
	amounts = regexp.MustCompile(`^(?:\d{1,3}(?:\.\d{3})+|\d+)[.,]\d{2}$`)
	ibans   = regexp.MustCompile(`^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$`)
)

// invoicesIn finds the numbers of invoices in the text of a remittance. A wrong number joins strangers, and one
// not found only leaves a payment to its other numbers: so only a number behind the word for an invoice counts, of at
// least six characters with four digits, that can be no date, amount or account.
func invoicesIn(text string) []string {
	if len(text) > 4096 {
		text = text[:4096]
	}
	var found []string
	take := func(s string) bool {
		if !certain(s) {
			return false
		}
		found = append(found, s)
		return true
	}
	for _, m := range swiftCode.FindAllStringSubmatch(text, -1) {
		take(m[1])
	}
	for _, at := range invoiceWord.FindAllStringIndex(text, -1) {
		rest := text[at[1]:]
		for {
			n := number.FindString(rest)
			if n == "" || !take(n) {
				break
			}
			rest = rest[len(n):]
			gap := separator.FindString(rest)
			if gap == "" {
				break
			}
			rest = rest[len(gap):]
		}
	}
	return found
}

// certain says whether a word of a text can be nothing but a number given to one document.
func certain(s string) bool {
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return len(s) >= 6 && len(s) <= 35 && digits >= 4 && !dates.MatchString(s) && !amounts.MatchString(s) && !ibans.MatchString(strings.ToUpper(s))
}
