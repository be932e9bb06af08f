package dcsa_test

import (
	"bytes"
	"testing"

	"oneorder/internal/standard/conformance"
)

// elsewise are the variants that the adapter judges otherwise than the definition, with the reason.
var elsewise = map[string]string{
	"without /shippingInstructionsStatus":                 "a request has none, which is the same object otherwise",
	"without /eventDateTime":                              "3.0 requires nothing of an event; one without a time tells of nothing",
	"without /eventClassification":                        "nor does one that does not say what happened",
	"without /eventClassification/eventTypeCode":          "likewise",
	"without /eventClassification/eventClassifierCode":    "or whether it did",
	"without /eventClassification/equipmentEventTypeCode": "likewise",
}

func TestTheDefinitionsOfTheStandardAreKeptTo(t *testing.T) {
	for _, c := range []struct{ file, schema, format string }{
		{"EBL_v3.0.4.yaml", "TransportDocument", "dcsa-ebl"},
		{"EBL_v3.0.4.yaml", "ShippingInstructions", "dcsa-ebl"},
		{"EBL_ISS_v3.0.4.yaml", "IssuanceRequest", "dcsa-ebl"},
		{"EBL_ISS_v3.0.4.yaml", "IssuanceResponse", "dcsa-ebl"},
		{"EBL_SUR_v3.0.4.yaml", "SurrenderRequestDetails", "dcsa-ebl"},
		{"EBL_SUR_v3.0.4.yaml", "SurrenderRequestAnswer", "dcsa-ebl"},
		{"EBL_PINT_v3.0.0.yaml", "EnvelopeTransferStartedResponse", "dcsa-pint"},
		{"EBL_PINT_v3.0.0.yaml", "EnvelopeTransferFinishedResponse", "dcsa-pint"},
		{"TNT_v3.0.0.yaml", "Event", "dcsa-tnt"},
		{"TNT_v2.2.0-resolved.yaml", "transportEvent", "dcsa-tnt"},
		{"TNT_v2.2.0-resolved.yaml", "shipmentEvent", "dcsa-tnt"},
		{"TNT_v2.2.0-resolved.yaml", "equipmentEvent", "dcsa-tnt"},
	} {
		t.Run(c.schema, func(t *testing.T) {
			valid, wrong := 0, 0
			for _, v := range conformance.Definition(t, c.file).Variants(t, c.schema) {
				document := bytes.Replace(v.Document, []byte(`"isRetracted":true`), []byte(`"isRetracted":false`), 1)
				events, err := format(t, c.format).Convert(document, conformance.Options)
				switch {
				case elsewise[v.Change] != "":
				case v.Valid && (err != nil || len(events) == 0):
					t.Errorf("%s: valid, and %v", v.Change, err)
				case !v.Valid && err == nil:
					t.Errorf("%s: not valid, and taken", v.Change)
				case v.Valid:
					valid++
				default:
					wrong++
				}
			}
			if valid == 0 || wrong == 0 {
				t.Errorf("%d valid and %d wrong variants were tried", valid, wrong)
			}
		})
	}
}
