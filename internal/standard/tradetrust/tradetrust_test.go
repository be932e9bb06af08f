package tradetrust_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/tradetrust"
	"oneorder/internal/trade"
)

var options = standard.Options{Org: "sitc", Received: time.Date(2026, 9, 12, 7, 8, 9, 0, time.UTC)}

// credential is a signed W3C credential about a subject.
func credential(subject, more string) string {
	return `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"id":"urn:uuid:0198f5a3-c50b-777e-8a8b-43caa77b4800",
		"issuer":"did:web:sitc.example","validFrom":"2026-09-11T08:00:00Z","credentialSubject":` + subject + more +
		`,"proof":{"type":"DataIntegrityProof","created":"2026-09-11T08:00:01Z"}}`
}

const (
	bill     = `{"type":["BillOfLadingCarrier"],"blNumber":"SITGCKSG026001","scac":"SITC","carrierName":"SITC","vessel":"SITC MINHE","voyageNo":"2617S","portOfLoading":"CNQZH","portOfDischarge":"Singapore Port","shipper":{"shipperName":"Chongqing Liangjiang Motors"},"consignee":{"toOrderOfText":"TO ORDER OF OCBC"},"packages":[{"packagesDescription":"Motor cars","packagesWeight":"21,500 KGS"}]}`
	registry = `,"credentialStatus":{"type":"TransferableRecords","tokenNetwork":{"chain":"MATIC","chainId":137},"tokenRegistry":"0x9Eb613a88534E2939518f4ffBFE65F5969b491FF","tokenId":"300e1a6f"}`
)

func convert(t *testing.T, text string) []*trade.Event {
	t.Helper()
	events, err := tradetrust.Convert([]byte(text), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		conformance.CheckEvent(t, tradetrust.Formats()[0], e)
	}
	return events
}

func TestABillOfLadingIsPlacedInTheEvent(t *testing.T) {
	e := convert(t, credential(bill, registry))[0]
	for _, kept := range []string{`"portOfDischarge":"Singapore Port"`, `"tokenId":"300e1a6f"`, `"DataIntegrityProof"`, `"token":"300e1a6f"`} {
		if !strings.Contains(string(e.Data.Detail), kept) {
			t.Errorf("%s is not in the detail:\n%s", kept, e.Data.Detail)
		}
	}
	e.Data.Detail, e.Data.Document.Digest = nil, ""
	want := &trade.Event{
		SpecVersion: "1.0", ID: "urn:uuid:0198f5a3-c50b-777e-8a8b-43caa77b4800", Source: "urn:oneorder:org:sitc", Type: trade.TitleIssued,
		Time: time.Date(2026, 9, 11, 8, 0, 0, 0, time.UTC), Subject: "SITGCKSG026001",
		Data: &trade.Data{
			Classifier: trade.Actual,
			References: []trade.Reference{{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}},
			Document:   trade.Document{Kind: "bl", Number: "SITGCKSG026001", Status: "ISSUED", Platform: "tradetrust:0x9Eb613a88534E2939518f4ffBFE65F5969b491FF"},
			Transport:  trade.Transport{Mode: trade.Sea, Carrier: "SITC", Name: "SITC MINHE", Voyage: "2617S", From: "CNQZH"},
			Parties: []trade.Party{
				{Role: "carrier", Name: "SITC", ID: trade.PartyID{Kind: "scac", Value: "SITC"}},
				{Role: "consignee", Name: "TO ORDER OF OCBC"},
				{Role: "shipper", Name: "Chongqing Liangjiang Motors"},
			},
			Goods: []trade.Goods{{Description: "Motor cars", GrossKG: "21500"}},
		},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestEveryKindOfDocumentHasItsEvent(t *testing.T) {
	for name, c := range map[string]struct {
		subject, more string
		event         trade.Type
		kind          trade.Kind
	}{
		"an invoice": {`{"type":"Invoice","invoiceId":"CQ-26-118","total":"125,000.50","currency":"usd"}`, "", trade.InvoiceIssued, trade.Invoice},
		"a warehouse receipt": {
			`{"warehouseReceiptDetails":{"warehouseReceipt":"WR-9","commodity":"Copper"},"goods":[{"netWeight":"20.1","grossWeight":"21.5"}]}`,
			`,"renderMethod":[{"templateName":"WAREHOUSE_RECEIPT"}]`, trade.WarehouseReceived, trade.WarehouseReceipt,
		},
		"a certificate of origin": {`{"certificateNumber":"RCEP-26-77"}`, `,"renderMethod":{"templateName":"RCEP_COO"}`, trade.OriginCertified, trade.CertificateOfOrigin},
		"a promissory note":       {`{"type":["PromissoryNote"],"pNoteId":"PN-1"}`, "", trade.DocumentPresented, ""},
		"a paper that is new":     {`{"type":["SomethingElse"],"id":"X1"}`, "", trade.DocumentPresented, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := convert(t, credential(c.subject, c.more))[0]
			if e.Type != c.event || e.Data.Document.Kind != string(c.kind) {
				t.Errorf("%s of a %q; want %s of a %q", e.Type, e.Data.Document.Kind, c.event, c.kind)
			}
			if c.kind == trade.Invoice && e.Data.Amount != (trade.Money{Amount: "125000.50", Currency: "USD"}) {
				t.Errorf("amount %v", e.Data.Amount)
			}
			if c.kind == trade.WarehouseReceipt && (e.Data.Goods[0].GrossKG != "21500" || e.Data.Goods[0].NetKG != "20100") {
				t.Errorf("goods %+v, want tonnes in kilograms", e.Data.Goods)
			}
		})
	}
}

func TestASaltedDocumentIsReadWithoutItsSalts(t *testing.T) {
	data, err := os.ReadFile("testdata/salted_bill.json")
	if err != nil {
		t.Fatal(err)
	}
	e := convert(t, string(data))[0]
	if e.Type != trade.TitleIssued || e.Data.References[0].Value != "SITGCKSG026002" || e.ID != "oa:"+strings.Repeat("0d7b9de7", 8) {
		t.Errorf("%s %s of %v", e.ID, e.Type, e.Data.References)
	}
	if e.Data.Precision != "day" || !e.Time.Equal(time.Date(2026, 9, 12, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("issued %s (%s), want the day it came in, since the document does not say", e.Time, e.Data.Precision)
	}
	if !strings.Contains(string(e.Data.Detail), `"copies":3,"original":true`) || strings.Contains(string(e.Data.Detail), ":string:") {
		t.Errorf("detail is not plain: %s", e.Data.Detail)
	}
}

func TestAnAttachmentIsKeptByItsDigest(t *testing.T) {
	e := convert(t, credential(strings.Replace(bill, `"scac"`, `"logo":"`+strings.Repeat("A", 300_000)+`","scac"`, 1), ""))[0]
	if !strings.Contains(string(e.Data.Detail), `"logo":"sha256:`) || len(e.Data.Detail) > 10_000 {
		t.Errorf("detail of %d bytes", len(e.Data.Detail))
	}
}

func TestTheEndorsementChainTellsOfTheTitle(t *testing.T) {
	const owner, bank = "0xe0A71284EF59483795053266CB796B65E48B5124", "0x433097a1C1b8a3e9188d8C54eCC057B1D69f1638"
	step := func(kind, owner, holder, ms string) string {
		return `{"type":"` + kind + `","owner":"` + owner + `","holder":"` + holder + `","timestamp":` + ms + `,"transactionHash":"0xabc"}`
	}
	events := convert(t, `{"document":`+credential(bill, registry)+`,"endorsementChain":[`+strings.Join([]string{
		step("INITIAL", owner, owner, "1789113600000"), step("TRANSFER_HOLDER", owner, bank, "1789117200000"),
		step("TRANSFER_BENEFICIARY", bank, bank, `"2026-09-12T10:00:00Z"`), step("SURRENDERED", "0x0000000000000000000000000000000000000000", "", "1789300000000"),
		step("SURRENDER_ACCEPTED", "", "", "1789300001000"),
	}, ",")+`]}`)
	var got []string
	for _, e := range events {
		got = append(got, strings.Join([]string{string(e.Type), e.Data.Document.Status, e.Data.Document.Holder.Value, e.Data.Document.Beneficiary.Value, e.Data.References[0].Value}, " "))
	}
	want := []string{
		"trade.title.issued ISSUED   SITGCKSG026001",
		"trade.title.transferred ISSUED " + owner + " " + owner + " SITGCKSG026001",
		"trade.title.transferred TRANSFERRED " + bank + " " + owner + " SITGCKSG026001",
		"trade.title.endorsed ENDORSED " + bank + " " + bank + " SITGCKSG026001",
		"trade.title.surrendered SURRENDERED   SITGCKSG026001",
		"trade.title.surrender_answered ACCEPTED   SITGCKSG026001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("title (-want +got):\n%s", diff)
	}
}

func TestDocumentsInAnArrayAreReadOneByOne(t *testing.T) {
	first := credential(bill, registry)
	second := strings.Replace(strings.Replace(first, "SITGCKSG026001", "SITGCKSG026009", 1), "0198f5a3", "0198f5a4", 1)
	alone := convert(t, second)[0]
	events := convert(t, "["+first+","+second+"]")
	if len(events) != 2 || events[1].ID != alone.ID || events[1].Data.Document.Digest != alone.Data.Document.Digest {
		t.Errorf("%d events, the second %+v, alone %+v", len(events), events[1].Data.Document, alone.Data.Document)
	}
}

func TestARegistryIsFoundAmongSeveralStatuses(t *testing.T) {
	one := registry[strings.Index(registry, "{"):]
	e := convert(t, credential(bill, `,"credentialStatus":[{"type":"BitstringStatusListEntry"},`+one+`]`))[0]
	if e.Data.Document.Platform != "tradetrust:0x9Eb613a88534E2939518f4ffBFE65F5969b491FF" {
		t.Errorf("platform %q", e.Data.Document.Platform)
	}
}

func TestAnUndatedDocumentWasIssuedWhenItsChainBegan(t *testing.T) {
	undated := strings.NewReplacer(`"validFrom":"2026-09-11T08:00:00Z",`, "", `,"created":"2026-09-11T08:00:01Z"`, "").Replace(credential(bill, registry))
	const chain = `,"endorsementChain":[{"type":"INITIAL","timestamp":1789113600000,"owner":"0x1","holder":"0x1"},{"type":"AUCTION","timestamp":1789117200000}]}`
	alone, events := convert(t, undated)[0], convert(t, `{"document":`+undated+chain)
	if e := events[0]; !e.Time.Equal(time.UnixMilli(1789113600000)) || e.Data.Precision != "" || e.ID != alone.ID || e.Revision <= alone.Revision {
		t.Errorf("issued at %s, revision %d, without the chain %d", e.Time, e.Revision, alone.Revision)
	}
	if e := events[2]; e.Type != trade.DocumentPresented || e.Data.Document.Status != "AUCTION" || e.Flags != trade.FlagUnknownCode {
		t.Errorf("an unknown entry became %s %q %v", e.Type, e.Data.Document.Status, e.Flags.Names())
	}
	conformance.FirstStands(t, tradetrust.Formats()[0], undated)
}

func TestEveryFaultIsTold(t *testing.T) {
	sound := credential(bill, registry)
	salted, err := os.ReadFile("testdata/salted_bill.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"unsigned":             {strings.Replace(sound, `"proof"`, `"prof"`, 1), []string{"/proof missing"}},
		"no credential":        {strings.Replace(sound, "VerifiableCredential", "Credential", 1), []string{"/type missing"}},
		"no issuer":            {strings.Replace(sound, `"issuer"`, `"isuer"`, 1), []string{"/issuer missing"}},
		"no number":            {strings.Replace(sound, `"blNumber"`, `"bl"`, 1), []string{"/credentialSubject/blNumber missing"}},
		"nothing about":        {credential(`"x"`, ""), []string{"/credentialSubject mistyped"}},
		"about nothing":        {credential(`[]`, ""), []string{"/credentialSubject mistyped"}},
		"long ago":             {strings.Replace(sound, "2026-09-11T08:00:00Z", "1066-09-11T08:00:00Z", 1), []string{"time_implausible"}},
		"a salt that is none":  {strings.Replace(string(salted), "4b10c086-1ea3-4cf5-8ddf-b3b0d4d5578b:string:", "", 1), []string{"/data/data/blNumber salt_malformed"}},
		"a salted odd number":  {strings.Replace(string(salted), ":number:3", ":number:three", 1), []string{"/data/data/copies salt_malformed"}},
		"no hash":              {strings.Replace(string(salted), "targetHash", "hash", 1), []string{"/signature/targetHash missing"}},
		"issued soon":          {strings.Replace(sound, "2026-09-11T08:00:00Z", "soon", 1), []string{"/validFrom time_malformed"}},
		"1.1, issued never":    {strings.Replace(strings.Replace(sound, "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1", 1), "validFrom", "from", 1), []string{"/issuanceDate missing"}},
		"the second of two":    {"[" + sound + "," + strings.Replace(sound, `"issuer"`, `"isuer"`, 1) + "]", []string{"/1/issuer missing"}},
		"a number among them":  {"[" + sound + ",7]", []string{"/1 mistyped"}},
		"a form":               {`{"name":"Electronic Bill of Lading","schema":{}}`, []string{"not_an_event_document"}},
		"a list":               {`[1]`, []string{"not_an_event_document"}},
		"no JSON":              {`%PDF`, []string{"json_syntax"}},
		"a chain of something": {`{"document":` + sound + `,"endorsementChain":7}`, []string{"/endorsementChain mistyped"}},
		"an odd entry":         {`{"document":` + sound + `,"endorsementChain":[7,{"type":"GIFT"}]}`, []string{"/endorsementChain/0 mistyped"}},
		"an unknown entry":     {`{"document":` + sound + `,"endorsementChain":[{"type":""}]}`, []string{"/endorsementChain/0/type missing", "/endorsementChain/0/timestamp time_malformed"}},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := tradetrust.Convert([]byte(c.text), options)
			var faults trade.Faults
			if !errors.As(err, &faults) || events != nil {
				t.Fatalf("%d events, %v; want faults", len(events), err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, strings.TrimSpace(f.Pointer+" "+f.Code))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzConvert(f *testing.F) {
	f.Add([]byte(credential(bill, registry)))
	f.Add([]byte(`{"document":` + credential(bill, registry) + `,"endorsementChain":[{"type":"INITIAL","owner":"0x1","holder":"0x2","timestamp":1789113600000}]}`))
	data, err := os.ReadFile("testdata/salted_bill.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, tradetrust.Formats()[0], data, options) })
}

func BenchmarkConvert(b *testing.B) {
	data, err := os.ReadFile("testdata/salted_bill.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tradetrust.Convert(data, options); err != nil {
			b.Fatal(err)
		}
	}
}
