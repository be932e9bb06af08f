package iso20022_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/iso20022"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

var options = standard.Options{Org: "bank", Received: time.Date(2026, 9, 22, 9, 8, 7, 0, time.UTC)}

var format = iso20022.Formats()[0]

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// convert converts a document that must be sound.
func convert(t testing.TB, document string) []*trade.Event {
	t.Helper()
	events, err := format.Convert([]byte(document), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		conformance.CheckEvent(t, format, e)
	}
	return events
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
	conformance.CheckOdd(t, iso20022.Formats(), conformance.Fixtures(t, "*.xml"))
}

func TestDocumentsBecomeTheEventsOfTheirGoldenFile(t *testing.T) {
	for _, name := range []string{"transfers", "statuses", "notification", "financing"} {
		t.Run(name, func(t *testing.T) {
			conformance.Golden(t, filepath.Join("testdata", name+".golden"), *update, convert(t, fixture(t, name)))
		})
	}
}

func TestTextNamesAnInvoiceOnlyWhereNothingElseCanBeMeant(t *testing.T) {
	shell := fixture(t, "transfers")
	const text = "Payment of invoice no. SG20260918, dated 2026-09-01, ref 4711"
	for remittance, want := range map[string][]string{
		text:                                     {"SG20260918"},
		"INVOICE US20291092":                     {"US20291092"},
		"Invoices 100234 and 100235, thank you":  {"100234", "100235"},
		"INV:2026/00017; INV#2026/00018":         {"2026/00017", "2026/00018"},
		"Rechnung Nr. 4711-2026":                 {"4711-2026"},
		"Rechnungsnummer: RE-100234 und RE-99":   {"RE-100234"},
		"发票号 12345678":                           {"12345678"},
		"/INV/SG20260919/220926":                 {"SG20260919"},
		"facture FA-2026-0009":                   {"FA-2026-0009"},
		"Invoices 123 and 321":                   nil, // counters
		"inv 2026-09-01":                         nil, // a date
		"invoice 20260901":                       nil, // a date
		"invoice of 01.09.2026":                  nil,
		"invoice 1250.00":                        nil, // an amount
		"invoice DE89370400440532013000":         nil, // an account
		"our investment 20291092":                nil,
		"order 20291092":                         nil,
		"invoiced 20291092":                      nil,
		"involving 20291092":                     nil,
		"RFB/557742358":                          nil,
		"invoice attached, call 0049301234567 !": nil,
		"invoice AAAAAA":                         nil,
	} {
		e := convert(t, edit(t, shell, text, strings.ReplaceAll(remittance, "&", "&amp;")))[1]
		var got []string
		for _, c := range e.Data.Covers {
			got = append(got, c.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", remittance, diff)
		}
	}
}

// invoice is the event of an invoice for the goods under a bill.
func invoice(number, bill string) *trade.Event {
	return &trade.Event{
		SpecVersion: trade.SpecVersion, ID: number, Source: "urn:oneorder:org:seller", Type: trade.InvoiceIssued, Time: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
		Data: &trade.Data{Classifier: trade.Actual, References: []trade.Reference{{Kind: trade.Invoice, Value: number, Issuer: "199912345A"}, {Kind: trade.BL, Value: bill}}},
	}
}

func TestAPaymentLandsOnTheChainsOfItsInvoices(t *testing.T) {
	all := []*trade.Event{invoice("INV-2026-77", "BL77"), invoice("INV-2026-78", "BL78"), invoice("SG20260918", "BL18"), invoice("SG20260919", "BL19")}
	for _, name := range []string{"transfers", "statuses", "notification", "financing"} {
		all = append(all, convert(t, fixture(t, name))...)
	}
	chains := conformance.Chains(t, all)
	names := map[string]string{}
	for i, bill := range []string{"77", "78", "18", "19"} {
		if len(chains[i]) != 1 || names[chains[i][0]] != "" {
			t.Fatalf("invoice %s is in %q", bill, chains[i])
		}
		names[chains[i][0]] = bill
	}
	var got []string
	for i, e := range all[4:] {
		var on []string
		for _, c := range chains[i+4] {
			on = append(on, names[c])
		}
		slices.Sort(on)
		got = append(got, string(e.Type)+" "+e.Data.Document.Status+" on "+strings.Join(on, " "))
	}
	want := []string{
		"finance.payment.instructed  on 77 78", "finance.payment.instructed  on 18",
		"finance.payment.rejected RJCT on 77 78", "finance.payment.settled ACSC on 18", "finance.payment.instructed ZZZZ on ", "finance.payment.instructed PART on ",
		"finance.payment.settled BOOK on 77", "finance.payment.settled BOOK on 19", "finance.payment.instructed PDNG on ", "finance.payment.rejected BOOK on ",
		"finance.financing.requested  on 77", "finance.financing.requested  on 78", "finance.financing.granted FNCD on 77", "trade.document.refused NTFD on 78",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBrokenStructureIsRefusedWithItsPath(t *testing.T) {
	transfers, notification, financing := fixture(t, "transfers"), fixture(t, "notification"), fixture(t, "financing")
	const at = "/BusMsg/Document/FIToFICstmrCdtTrf"
	cases := []struct {
		fact, document string
		want           []string
	}{
		{"no group header", "<Document><FIToFICstmrCdtTrf/></Document>", []string{"/Document/FIToFICstmrCdtTrf/GrpHdr missing", "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf missing"}},
		{"no message id", edit(t, transfers, "<p:MsgId>CQ-20260921-0007</p:MsgId>", "<p:MsgId/>"), []string{at + "/GrpHdr/MsgId missing"}},
		{"a time that is none", edit(t, transfers, "2026-09-21T09:30:00+08:00", "21.09.2026"), []string{at + `/GrpHdr/CreDtTm time_malformed "21.09.2026"`}},
		{"an amount with a comma", edit(t, transfers, ">7140.00<", ">7140,00<"), []string{at + `/CdtTrfTxInf[2]/IntrBkSttlmAmt decimal_malformed "7140,00"`}},
		{"an amount without currency", edit(t, transfers, ` Ccy="CNY">7140.00`, ">7140.00"), []string{at + `/CdtTrfTxInf[2]/IntrBkSttlmAmt/@Ccy currency_malformed ""`}},
		{"no number of transfers", edit(t, transfers, "<p:NbOfTxs>2</p:NbOfTxs>", ""), []string{at + "/GrpHdr/NbOfTxs missing"}},
		{"no code of the bank", strings.Replace(notification, "<BkTxCd/>", "", 1), []string{"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry[2]/BkTxCd missing"}},
		{"no creditor", edit(t, transfers, "<p:Cdtr><p:Nm>Example Trading Pte Ltd</p:Nm></p:Cdtr>", ""), []string{at + "/CdtTrfTxInf[2]/Cdtr missing"}},
		{"no id", edit(t, transfers, "<p:EndToEndId>NOTPROVIDED</p:EndToEndId><p:TxId>TX-2026-0002</p:TxId>", ""), []string{at + "/CdtTrfTxInf[2]/PmtId/EndToEndId missing"}},
		{"a date that is none", edit(t, transfers, "<p:IntrBkSttlmDt>2026-09-21", "<p:IntrBkSttlmDt>2026-02-30"), []string{at + `/CdtTrfTxInf[1]/IntrBkSttlmDt time_malformed "2026-02-30"`}},
		{
			"an entry neither credit nor debit, one without status", edit(t, edit(t, notification, `<Amt Ccy="USD">15</Amt><CdtDbtInd>DBIT`, `<Amt Ccy="USD">15</Amt><CdtDbtInd>BOTH`), "<RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>", ""),
			[]string{
				`/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry[2]/CdtDbtInd not_in_list "BOTH"`, "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry[3]/Sts missing",
			},
		},
		{"no account", strings.NewReplacer("<Acct>", "<NoAcct>", "</Acct>", "</NoAcct>").Replace(notification), []string{"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Acct missing"}},
		{"an invoice without number", edit(t, financing, "<DocNb>INV-2026-78</DocNb></InvcGnlInf>", "</InvcGnlInf>"), []string{"/Batch/Document[1]/InvcFincgReq/InvcReqInf[2]/InvcGnlInf/DocNb missing"}},
		{"a request to cancel", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"><FIToFIPmtCxlReq/></Document>`, []string{`/Document not_an_event_document "FIToFIPmtCxlReq of urn:iso:std:iso:20022:tech:xsd:camt.056.001.0…"`}},
		{"a report of no status", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.11"><FIToFIPmtStsRpt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></GrpHdr></FIToFIPmtStsRpt></Document>`, []string{`/Document not_an_event_document "FIToFIPmtStsRpt of urn:iso:std:iso:20022:tech:xsd:pacs.002.001.1…"`}},
		{"something else", "<html/>", []string{`/html not_an_event_document "{}html"`}},
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

func TestTheSameMessageMakesTheSameEventsAndACorrectedOneAHigherRevision(t *testing.T) {
	first := convert(t, fixture(t, "transfers"))
	corrected := convert(t, edit(t, edit(t, fixture(t, "transfers"), "T09:30:00", "T10:30:00"), "7140.00", "7140.01"))
	for i, e := range convert(t, fixture(t, "transfers")) {
		if diff := cmp.Diff(string(wire.Append(nil, first[i])), string(wire.Append(nil, e))); diff != "" {
			t.Errorf("event %d (-first +again):\n%s", i, diff)
		}
		if corrected[i].ID != e.ID || corrected[i].Revision <= e.Revision {
			t.Errorf("event %d corrected: %s revision %d, first %s revision %d", i, corrected[i].ID, corrected[i].Revision, e.ID, e.Revision)
		}
	}
}

func TestEveryVersionOfAMessageIsRead(t *testing.T) {
	for _, space := range []string{"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.02", "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13", "http://www.six-interbank-clearing.com/de/pacs.008.001.02.ch.02.xsd", "urn:swift:xsd:swift.if.ia$pacs.008.001.01", ""} {
		events := convert(t, strings.Replace(fixture(t, "transfers"), "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10", space+`x`, 1))
		if len(events) != 2 {
			t.Errorf("%s: %d events", space, len(events))
		}
	}
}

func FuzzConvert(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.xml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, format, data, options) })
}

func TestALargeDocumentIsConverted(t *testing.T) {
	data := conformance.Bulk(t, fixture(t, "notification"), "<Ntry>", "</Ntry>", standard.MaxDocumentBytes-8<<10)
	if events := convert(t, string(data)); len(events) < 20000 {
		t.Errorf("%d events", len(events))
	}
}

func BenchmarkTransfers(b *testing.B) {
	bench(b, conformance.Bulk(b, fixture(b, "transfers"), "<p:CdtTrfTxInf>", "</p:CdtTrfTxInf>", 4<<20))
}

func BenchmarkNotification(b *testing.B) {
	bench(b, conformance.Bulk(b, fixture(b, "notification"), "<Ntry>", "</Ntry>", 4<<20))
}

func bench(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if events, err := format.Convert(data, options); err != nil || len(events) == 0 {
			b.Fatal(err)
		}
	}
}

func TestNothingOfATransactionIsLost(t *testing.T) {
	for _, name := range []string{"transfers", "statuses", "notification", "financing"} {
		document := fixture(t, name)
		if diff := cmp.Diff([]string(nil), conformance.Lost(t, document, convert(t, document))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
