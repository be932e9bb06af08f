package iso20022_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/iso20022"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	const (
		begin = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-09-11T08:15:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N</Id><Acct><Id><IBAN>DE89</IBAN></Id></Acct>`
		entry = `<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/>`
		group = `<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-09-11T08:15:00Z</CreDtTm></GrpHdr>`
		end   = `</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
	)
	for _, u := range [][3]string{
		{begin, entry + `</Ntry>`, end},
		{begin + entry + `<NtryDtls>`, `<TxDtls/>`, `</NtryDtls></Ntry>` + end},
		{begin + entry + `<NtryDtls>`, `<TxDtls><Refs><TxId>1</TxId></Refs></TxDtls>`, `</NtryDtls></Ntry>` + end},
		{begin, `<Ntry/>`, end},
		{begin + entry, `<a/>`, `</Ntry>` + end},
		{`<Document><FIToFIPmtStsRpt>` + group, `<TxInfAndSts><TxSts>ACSC</TxSts></TxInfAndSts>`, `</FIToFIPmtStsRpt></Document>`},
		{`<Document><FIToFICstmrCdtTrf>` + group, `<CdtTrfTxInf/>`, `</FIToFICstmrCdtTrf></Document>`},
		{`<Document><InvcAssgnmtReq><Hdr><LttrIdr><Id>L</Id></LttrIdr><Dt>2026-09-11</Dt></Hdr><AssgnmtList><Idr/><Assgne/><Assgnr/>`, `<FinItm><ItmCntxt><Idr>1</Idr></ItmCntxt><TtlAmt><TtlInvcAmt Ccy="USD">1</TtlInvcAmt></TtlAmt></FinItm>`, `</AssgnmtList></InvcAssgnmtReq></Document>`},
	} {
		conformance.Bounded(t, iso20022.Formats()[0], u[0], u[1], u[2])
	}
}
