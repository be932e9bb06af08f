package iso20022_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/iso20022"
	"oneorder/internal/trade"
)

// account is a message about the entries of one account.
func account(message, element, list, created, entries string) string {
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + message + `.001.08"><` + element + `><GrpHdr><MsgId>M-` + created + `</MsgId><CreDtTm>` + created + `</CreDtTm></GrpHdr>` +
		`<` + list + `><Id>` + created + `</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Svcr><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></Svcr></Acct>` +
		entries + `</` + list + `></` + element + `></Document>`
}

func notified(created, entries string) string {
	return account("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", created, entries)
}

func stated(created, entries string) string {
	return account("camt.053", "BkToCstmrStmt", "Stmt", created, entries)
}

// entry is a credit with a reference of the bank.
func entry(reference, status, details string) string {
	return `<Ntry><Amt Ccy="EUR">7500.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>` + status + `</Cd></Sts><BookgDt><Dt>2026-09-21</Dt></BookgDt><AcctSvcrRef>` +
		reference + `</AcctSvcrRef><BkTxCd/>` + details + `</Ntry>`
}

const (
	remitted = `<NtryDtls><TxDtls><Refs><EndToEndId>E2E-2026-0001</EndToEndId></Refs><RmtInf><Strd><RfrdDocInf><Nb>INV-2026-77</Nb></RfrdDocInf></Strd></RmtInf></TxDtls></NtryDtls>`
	batch    = `<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>` +
		`<TxDtls><Refs><AcctSvcrRef>BATCH-1/1</AcctSvcrRef></Refs><Amt Ccy="EUR">2500.00</Amt></TxDtls>` +
		`<TxDtls><Refs><EndToEndId>E2E-2026-0002</EndToEndId></Refs><Amt Ccy="EUR">5000.00</Amt></TxDtls></NtryDtls>`
)

func TestABookingIsOneEventWhicheverMessagesTellOfIt(t *testing.T) {
	const morning, noon, night = "2026-09-21T08:00:00Z", "2026-09-21T12:00:00Z", "2026-09-22T01:00:00Z"
	for _, c := range []struct {
		fact      string
		lower     string // both tell of the booking
		higher    string // and this one stands
		different bool
	}{
		{"pending, then booked", notified(morning, entry("REF-0001", "PDNG", "")), notified(noon, entry("REF-0001", "BOOK", "")), false},
		{"notified, then in the statement", notified(noon, entry("REF-0001", "BOOK", "")), stated(night, entry("REF-0001", "BOOK", "")), false},
		{"what tells the transaction stands over the later that does not", stated(night, entry("REF-0001", "BOOK", "")), notified(noon, entry("REF-0001", "BOOK", remitted)), false},
		{"what is booked stands over what tells more and is pending", notified(noon, entry("REF-0001", "PDNG", remitted)), stated(night, entry("REF-0001", "BOOK", "")), false},
		{"both tell the transaction: the later", notified(noon, entry("REF-0001", "BOOK", remitted)), stated(night, entry("REF-0001", "BOOK", remitted)), false},
		{"another booking", notified(noon, entry("REF-0001", "BOOK", "")), stated(night, entry("REF-0002", "BOOK", "")), true},
		{"its reversal", notified(noon, entry("REF-0001", "BOOK", "")), strings.Replace(stated(night, entry("REF-0001", "BOOK", "")), "<Sts>", "<RvslInd>true</RvslInd><Sts>", 1), true},
	} {
		t.Run(c.fact, func(t *testing.T) {
			low, high := convert(t, c.lower)[0], convert(t, c.higher)[0]
			if (low.ID != high.ID) != c.different {
				t.Fatalf("ids %s and %s", low.ID, high.ID)
			}
			if !c.different && low.Revision >= high.Revision {
				t.Errorf("revisions %d and %d", low.Revision, high.Revision)
			}
		})
	}
}

func TestTheTransactionsOfABatchAreTheSameInEveryMessage(t *testing.T) {
	first, second := convert(t, notified("2026-09-21T12:00:00Z", entry("BATCH-1", "BOOK", batch))), convert(t, stated("2026-09-22T01:00:00Z", entry("BATCH-1", "BOOK", batch)))
	if len(first) != 2 || len(second) != 2 || first[0].ID != second[0].ID || first[1].ID != second[1].ID || first[0].ID == first[1].ID {
		t.Errorf("%d and %d events", len(first), len(second))
	}
	whole := convert(t, stated("2026-09-22T01:00:00Z", entry("BATCH-1", "BOOK", `<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>`)))
	if len(whole) != 1 || whole[0].ID == first[0].ID || whole[0].ID == first[1].ID {
		t.Fatalf("%d events of a batch that is booked as one", len(whole))
	}
	if detail := string(whole[0].Data.Detail); !strings.Contains(detail, `"batch":"2 transactions, of which another message may tell"`) {
		t.Errorf("the batch is not marked: %s", detail)
	}
}

func TestTheFirstVersionsNameTheirElementOtherwise(t *testing.T) {
	shell := strings.Replace(fixture(t, "transfers"), "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10", "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.01", 1)
	if events := convert(t, strings.ReplaceAll(shell, "FIToFICstmrCdtTrf", "pacs.008.001.01")); len(events) != 2 || events[0].Type != trade.PaymentInstructed {
		t.Errorf("pacs.008.001.01: %d events", len(events))
	}
	statement := stated("2026-09-22T01:00:00Z", entry("REF-0001", "BOOK", ""))
	if events := convert(t, strings.ReplaceAll(statement, "BkToCstmrStmt", "BkToCstmrStmtV01")); len(events) != 1 {
		t.Errorf("camt.053.001.01: %d events", len(events))
	}
	for _, text := range []string{strings.ReplaceAll(statement, "BkToCstmrStmt", "BkToCstmrAcctRptV01"), `<Document><pacs.004.001.01/></Document>`} {
		if _, err := iso20022.Convert([]byte(text), options); len(conformance.Told(t, err)) != 1 {
			t.Errorf("another message is taken: %v", err)
		}
	}
}

// assigned is a message of factoring with one invoice.
func assigned(message, element, list, item string) string {
	party := func(name string) string {
		return `<Id>P1</Id><Pty><BasePty><PtyId><Nm>` + name + `</Nm><Id><OrgId><LEI>5493001KJTIIGC8Y1R12</LEI></OrgId></Id></PtyId></BasePty></Pty>`
	}
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + message + `.001.01"><` + element + `><Hdr><LttrIdr><Id>L1</Id><ItmIdr>LETTER-1</ItmIdr></LttrIdr><Dt>2026-09-21</Dt></Hdr>` +
		`<` + list + `><Idr>LIST-1</Idr><IsseDt>2026-09-21</IsseDt><Assgne>` + party("Factor Bank") + `</Assgne><Assgnr>` + party("Example Trading") + `</Assgnr>` +
		`<FinItm><ItmCntxt><Idr>ITEM-1</Idr><IsseDt>2026-09-01</IsseDt><Buyr>` + party("Buyer") + `</Buyr><Sellr>` + party("Example Trading") + `</Sellr></ItmCntxt>` +
		`<FinDocRef><Id>D1</Id><ItmIdr>INV-2026-77</ItmIdr></FinDocRef><CdtDbtInd>CRDT</CdtDbtInd><TtlAmt><TtlTaxblAmt Ccy="USD">100</TtlTaxblAmt><TtlTaxAmt Ccy="USD">9</TtlTaxAmt><TtlInvcAmt Ccy="USD">109</TtlInvcAmt><PmtDueDt>2026-12-01</PmtDueDt></TtlAmt>` + item + `</FinItm>` +
		`<ItmCnt>1</ItmCnt><TtlReqFincg><Rate>80</Rate></TtlReqFincg></` + list + `></` + element + `></Document>`
}

func TestInvoicesAreAssignedToTheirFinancier(t *testing.T) {
	status := func(code string) string {
		return `<FincgSts><InvcFincgDtls><InvcFincgRslt><FincgReqSts>` + code + `</FincgReqSts></InvcFincgRslt></InvcFincgDtls></FincgSts>`
	}
	for _, c := range []struct {
		document string
		want     trade.Type
		status   string
	}{
		{assigned("tsin.006", "InvcAssgnmtReq", "AssgnmtList", ""), trade.FinancingRequested, ""},
		{assigned("tsin.007", "InvcAssgnmtSts", "AssgnmtList", status("FNCD")), trade.FinancingGranted, "FNCD"},
		{assigned("tsin.007", "InvcAssgnmtSts", "AssgnmtList", status("NTFD")), trade.DocumentRefused, "NTFD"},
		{assigned("tsin.007", "InvcAssgnmtSts", "AssgnmtList", `<VldtnStsInf><Sts>RCER</Sts></VldtnStsInf>`), trade.DocumentRefused, "RCER"},
		{assigned("tsin.007", "InvcAssgnmtSts", "AssgnmtList", `<VldtnStsInf><Sts>RCCF</Sts></VldtnStsInf>`), trade.FinancingRequested, "RCCF"},
		{assigned("tsin.008", "InvcAssgnmtNtfctn", "NtfctnList", ""), trade.DocumentPresented, ""},
		{assigned("tsin.013", "InvcAssgnmtAck", "PmtStsList", ""), trade.DocumentRecognised, ""},
	} {
		events := convert(t, c.document)
		if len(events) != 1 {
			t.Fatalf("%d events", len(events))
		}
		e := events[0]
		if e.Type != c.want || e.Data.Document.Status != c.status || e.Flags != 0 {
			t.Errorf("%s %q %v, want %s", e.Type, e.Data.Document.Status, e.Flags.Names(), c.want)
		}
		if diff := cmp.Diff([]trade.Reference{{Kind: trade.Invoice, Value: "INV-2026-77"}}, e.Data.References); diff != "" {
			t.Errorf("references (-want +got):\n%s", diff)
		}
		if e.Data.Amount != (trade.Money{Amount: "109", Currency: "USD"}) || e.Data.Finance.Share != "0.8" || e.Data.Finance.Financier.Value != "5493001KJTIIGC8Y1R12" || e.Data.Precision != "day" {
			t.Errorf("%+v %+v %s", e.Data.Amount, e.Data.Finance, e.Data.Precision)
		}
		if lost := conformance.Lost(t, c.document, events); len(lost) > 0 {
			t.Errorf("lost: %v", lost)
		}
	}
	whole := assigned("tsin.006", "InvcAssgnmtReq", "AssgnmtList", "")
	for _, c := range []struct{ old, replacement, want string }{
		{"<Dt>2026-09-21</Dt>", "", "/Document/InvcAssgnmtReq/Hdr/Dt missing"},
		{"<Idr>LIST-1</Idr>", "", "/Document/InvcAssgnmtReq/AssgnmtList/Idr missing"},
		{`<TtlInvcAmt Ccy="USD">109</TtlInvcAmt>`, "", "/Document/InvcAssgnmtReq/AssgnmtList/FinItm/TtlAmt/TtlInvcAmt missing"},
		{`Ccy="USD">109<`, `Ccy="USD">1,09<`, `/Document/InvcAssgnmtReq/AssgnmtList/FinItm/TtlAmt/TtlInvcAmt decimal_malformed "1,09"`},
		{`<LttrIdr><Id>L1</Id><ItmIdr>LETTER-1</ItmIdr></LttrIdr>`, "", "/Document/InvcAssgnmtReq/Hdr/LttrIdr missing"},
	} {
		_, err := iso20022.Convert([]byte(edit(t, whole, c.old, c.replacement)), options)
		if diff := cmp.Diff([]string{c.want}, conformance.Told(t, err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, none := range []string{"InvcFincgCxlReq", "UdrtkgAppl", "PtyRegnAndGrntReq", "PtyRegnAndGrntSts", "PtyRegnAndGrntNtfctn", "PtyRegnAndGrntAck"} {
		_, err := iso20022.Convert([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:tsin.009.001.01"><`+none+`/></Document>`), options)
		if told := conformance.Told(t, err); len(told) != 1 || !strings.Contains(told[0], "not_an_event_document") {
			t.Errorf("%s: %v", none, told)
		}
	}
}
