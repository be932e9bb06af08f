package epcis_test

import (
	"strings"
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/epcis"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	begin := `{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-09-11T08:15:00Z","epcisBody":{"eventList":[`
	least := `{"type":"ObjectEvent","action":"ADD","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00"`
	for _, u := range [][3]string{
		{begin + least + `}`, `,` + least + `}`, `]}}`},
		{strings.Replace(begin, `"type"`, `"example:x":"`+strings.Repeat("x", 300)+`","type"`, 1) + least + `}`, `,` + least + `}`, `]}}`},
		{begin + `{}`, `,{}`, `]}}`},
		{begin + `1`, `,1`, `]}}`},
		{begin + least + `,"epcList":["urn:epc:id:bic:SITU9070320"`, `,""`, `]}]}}`},
		{begin + least + `,"sensorElementList":[{"sensorReport":[{"type":"Temperature","value":1,"uom":"CEL"}`, `,{"type":"Temperature","value":1,"uom":"CEL"}`, `]}]}]}}`},
	} {
		conformance.Bounded(t, epcis.Formats()[0], u[0], u[1], u[2])
	}
}
