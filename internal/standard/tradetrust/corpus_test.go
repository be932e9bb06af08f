package tradetrust_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/tradetrust"
)

func TestEachCorpusMessageHasItsVerdict(t *testing.T) {
	for _, format := range tradetrust.Formats() {
		conformance.Check(t, format)
	}
}

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	const origin = `{"certificateNumber":"RCEP-26-77","supplyChainConsignment":{"exporter":{"name":"Liangjiang Motors","iD":"gov.example:usci:91500000","postalAddress":{"countryCode":"CN"}},
		"loadingBaseportLocation":{"iD":"unece.un.org:locode:CNQZH"},"mainCarriageTransportMovement":{"iD":"imo.org:2617S"},"includedConsignmentItems":[{"tradeLineItems":[{
		"invoiceReference":{"iD":"liangjiang.example:invoice:CQ-26-118"},"tradeProduct":{"description":"Motor cars","harmonisedTariffCode":{"classCode":"8703.40"},"originCountry":{"code":"CN"}},
		"transportPackages":[{"grossWeight":"21,500 KGS"}]}]}]}}`
	conformance.CheckOdd(t, tradetrust.Formats(), map[string][]byte{
		"bill": []byte(credential(bill, registry)), "origin": []byte(credential(origin, `,"renderMethod":{"templateName":"RCEP_COO"}`)),
	})
}
