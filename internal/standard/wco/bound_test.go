package wco_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/wco"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	for i, u := range [][3]string{
		{`<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"><FunctionCode>9</FunctionCode><FunctionalReferenceID>LRN12345</FunctionalReferenceID><TypeCode>IMA</TypeCode><GoodsShipment>`, `<GovernmentAgencyGoodsItem/>`, `</GoodsShipment></Declaration>`},
		{`<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">`, `<Response><FunctionCode>09</FunctionCode><IssueDateTime>20260911</IssueDateTime><Declaration><ID>A</ID></Declaration></Response>`, `</MetaData>`},
		{`<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">`, `<Declaration><FunctionCode>9</FunctionCode><ID>A</ID></Declaration>`, `</MetaData>`},
	} {
		conformance.Bounded(t, wco.Formats()[i%2], u[0], u[1], u[2])
	}
}
