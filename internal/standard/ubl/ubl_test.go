package ubl_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/iso20022"
	"oneorder/internal/standard/ubl"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

var options = standard.Options{Org: "seller"}

var format = ubl.Formats()[0]

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// convert converts a document that must be sound.
func convert(t testing.TB, document string) *trade.Event {
	t.Helper()
	events, err := format.Convert([]byte(document), options)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	conformance.CheckEvent(t, format, events[0])
	return events[0]
}

// edit replaces old by new in a document, and fails when it is not there once.
func edit(t testing.TB, document, old, replacement string) string {
	t.Helper()
	if strings.Count(document, old) != 1 {
		t.Fatalf("%q is not once in the document", old)
	}
	return strings.Replace(document, old, replacement, 1)
}

func TestEachCorpusDocumentHasItsVerdict(t *testing.T) { conformance.Check(t, format) }

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	conformance.CheckOdd(t, ubl.Formats(), conformance.Fixtures(t, "*.xml"))
}

func TestDocumentsBecomeTheEventsOfTheirGoldenFile(t *testing.T) {
	for _, name := range []string{"invoice", "creditnote"} {
		t.Run(name, func(t *testing.T) {
			conformance.Golden(t, filepath.Join("testdata", name+".golden"), *update, []*trade.Event{convert(t, fixture(t, name))})
		})
	}
}

func TestTheCodeOfAnInvoiceTellsWhatItIs(t *testing.T) {
	invoice := fixture(t, "invoice")
	const total = `<b:TaxInclusiveAmount currencyID="USD">125000.50`
	for _, c := range []struct {
		code, kind string
		want       trade.Type
		amount     trade.Decimal
		flagged    bool
	}{
		{"380", "invoice", trade.InvoiceIssued, "125000.50", false},
		{"388", "invoice", trade.InvoiceIssued, "125000.50", false},
		{"325", "proforma_invoice", trade.InvoiceIssued, "125000.50", false},
		{"384", "invoice", trade.InvoiceCorrected, "125000.50", false},
		{"383", "debit_note", trade.InvoiceCorrected, "125000.50", false},
		{"381", "credit_note", trade.InvoiceCorrected, "-125000.50", false},
		{"999", "invoice", trade.InvoiceIssued, "125000.50", true},
	} {
		e := convert(t, edit(t, invoice, ">380<", ">"+c.code+"<"))
		if e.Type != c.want || e.Data.Document.Kind != c.kind || e.Data.Amount.Amount != c.amount || (e.Flags&trade.FlagUnknownCode != 0) != c.flagged {
			t.Errorf("%s: %s of a %s, %s, flags %q", c.code, e.Type, e.Data.Document.Kind, e.Data.Amount.Amount, e.Flags.Names())
		}
	}
	if e := convert(t, edit(t, invoice, total, strings.Replace(total, ">125", ">-125", 1))); e.Type != trade.InvoiceCorrected {
		t.Errorf("an invoice of less than nothing about another is %s", e.Type)
	}
	if e := convert(t, edit(t, invoice, ">380<", ">384<")); len(e.Data.Replaces) != 1 {
		t.Errorf("a corrected invoice replaces %v", e.Data.Replaces)
	}
	if e := convert(t, edit(t, invoice, ">380<", ">389<")); e.Data.References[0].Issuer != "91330106673959654P" {
		t.Errorf("a self-billed invoice is %s", e.Data.References[0])
	}
}

const payment = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-09-22T18:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N1</Id><Acct/>
<Ntry><Amt Ccy="USD">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/><NtryDtls><TxDtls><RmtInf><Strd>%</Strd></RmtInf></TxDtls></NtryDtls></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`

func TestAnInvoiceItsCreditNoteAndItsPaymentsAreOneChain(t *testing.T) {
	all := []*trade.Event{convert(t, fixture(t, "invoice")), convert(t, fixture(t, "creditnote"))}
	for _, remittance := range []string{
		`<RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-2026-77</Nb></RfrdDocInf>`,
		`<CdtrRefInf><Ref>RF61INV202600077</Ref></CdtrRefInf>`,
	} {
		events, err := iso20022.Convert([]byte(strings.Replace(payment, "%", remittance, 1)), options)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
	// Another seller's invoice of the same number, for other goods, is another.
	other := edit(t, edit(t, fixture(t, "creditnote"), "CN-9", "INV-2026-77x"), "<cbc:ID>INV-2026-77</cbc:ID>", "<cbc:ID>INV-2026-76</cbc:ID>")
	all = append(all, convert(t, strings.Replace(strings.Replace(other, "INV-2026-77x", "CN-9", 1), "197401143C", "196800306E", 1)))
	chains := conformance.Chains(t, all)
	for i, got := range chains[:4] {
		if diff := cmp.Diff(chains[0], got); diff != "" || len(got) != 1 {
			t.Errorf("%s is in %q, the invoice in %q", all[i].Type, got, chains[0])
		}
	}
	if cmp.Diff(chains[0], chains[4]) == "" {
		t.Error("two sellers' invoices are one chain")
	}
}

func TestTheSameInvoiceIsTheSameEventAndACorrectedOneAHigherRevision(t *testing.T) {
	invoice := fixture(t, "invoice")
	first, again := convert(t, invoice), convert(t, invoice)
	if diff := cmp.Diff(string(wire.Append(nil, first)), string(wire.Append(nil, again))); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	corrected := convert(t, edit(t, invoice, "10:15:00", "11:15:00"))
	if corrected.ID != first.ID || corrected.Revision <= first.Revision {
		t.Errorf("corrected: %s revision %d, first %s revision %d", corrected.ID, corrected.Revision, first.ID, first.Revision)
	}
	if next := convert(t, edit(t, invoice, "2026-09-01", "2027-09-01")); next.ID == first.ID {
		t.Error("the number of the next year is this year's")
	}
}

func TestBrokenStructureIsRefusedWithItsPath(t *testing.T) {
	note := fixture(t, "creditnote")
	cases := []struct {
		fact, document string
		want           []string
	}{
		{"no number", edit(t, note, "<cbc:ID>CN-9</cbc:ID>", ""), []string{"/CreditNote/ID missing"}},
		{"no date", edit(t, note, "2026-09-20", ""), []string{"/CreditNote/IssueDate missing"}},
		{"a date that is none", edit(t, note, "2026-09-20", "20.09.2026"), []string{`/CreditNote/IssueDate time_malformed "20.09.2026"`}},
		{"no lines", edit(t, edit(t, note, "<cac:CreditNoteLine>", "<cac:Line>"), "</cac:CreditNoteLine>", "</cac:Line>"), []string{"/CreditNote/CreditNoteLine missing"}},
		{"no buyer", edit(t, note, "<cac:AccountingCustomerParty/>", ""), []string{"/CreditNote/AccountingCustomerParty missing"}},
		{"no total", edit(t, note, `<cbc:PayableAmount currencyID="USD">500</cbc:PayableAmount>`, ""), []string{"/CreditNote/LegalMonetaryTotal/PayableAmount missing"}},
		{"an amount with a comma", edit(t, note, `PayableAmount currencyID="USD">500`, `PayableAmount currencyID="USD">5,00`), []string{`/CreditNote/LegalMonetaryTotal/PayableAmount decimal_malformed "5,00"`}},
		{"an amount without a currency", edit(t, note, `PayableAmount currencyID="USD"`, `PayableAmount`), []string{`/CreditNote/LegalMonetaryTotal/PayableAmount/@currencyID currency_malformed ""`}},
		{"a quantity that is none", edit(t, note, "Quantity>1<", "Quantity>one<"), []string{`/CreditNote/CreditNoteLine/CreditedQuantity decimal_malformed "one"`}},
		{"a time that is none", edit(t, note, "</cbc:IssueDate>", "</cbc:IssueDate><cbc:IssueTime>noon</cbc:IssueTime>"), []string{`/CreditNote/IssueTime time_malformed "noon"`}},
		{"an indicator that is neither", edit(t, note, "</cbc:IssueDate>", "</cbc:IssueDate><cbc:CopyIndicator>maybe</cbc:CopyIndicator>"), []string{`/CreditNote/CopyIndicator mistyped "maybe"`}},
		{"a line of nothing", edit(t, fixture(t, "invoice"), "<a:Item><b:Description>Wax</b:Description></a:Item>", ""), []string{"/StandardBusinessDocument/Invoice/InvoiceLine[2]/Item missing"}},
		{"an order", `<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>`, []string{`/Order not_an_event_document "{urn:oasis:names:specification:ubl:schema:xsd:Order-2}Order"`}},
		{"an invoice of another standard", `<Invoice xmlns="urn:other"/>`, []string{`/Invoice not_an_event_document "{urn:other}Invoice"`}},
		{"no XML", "ID;amount", []string{"not_an_event_document"}},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			_, err := format.Convert([]byte(c.document), options)
			if diff := cmp.Diff(c.want, conformance.Told(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestALongInvoiceStillAddsUp(t *testing.T) {
	data := conformance.Bulk(t, fixture(t, "invoice"), "<a:InvoiceLine>", "</a:InvoiceLine>", 4<<20)
	e := convert(t, string(data))
	if n := len(wire.Append(nil, e)); n > trade.MaxEventBytes {
		t.Errorf("an event of %d bytes", n)
	}
	lines := strings.Count(string(data), "<b:ID>1</b:ID><b:InvoicedQuantity")
	if len(e.Data.Goods) != 2 || e.Data.Goods[0].Value.Amount != trade.DecimalOf(int64(lines)*1_200_005_000) {
		t.Errorf("goods of %d lines are %+v", lines, e.Data.Goods)
	}
}

func TestAnAttachedFileIsToldByItsDigest(t *testing.T) {
	e := convert(t, edit(t, fixture(t, "invoice"), "YSxi", strings.Repeat("YSxi", 100_000)))
	for _, want := range []string{`"bytes":400000`, `"sha256":"`, `"@filename":"d.csv"`} {
		if !strings.Contains(string(e.Data.Detail), want) {
			t.Errorf("the detail has no %s", want)
		}
	}
}

func FuzzConvert(f *testing.F) {
	for _, name := range []string{"invoice", "creditnote"} {
		f.Add([]byte(fixture(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, format, data, options) })
}

func BenchmarkConvert(b *testing.B) {
	data := conformance.Bulk(b, fixture(b, "invoice"), "<a:InvoiceLine>", "</a:InvoiceLine>", 4<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := format.Convert(data, options); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNothingOfAnInvoiceIsLost(t *testing.T) {
	for _, name := range []string{"invoice", "creditnote"} {
		document := fixture(t, name)
		if diff := cmp.Diff([]string(nil), conformance.Lost(t, document, []*trade.Event{convert(t, document)})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
