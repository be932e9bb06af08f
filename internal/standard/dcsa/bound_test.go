package dcsa_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	for name, units := range map[string][][3]string{
		"dcsa-tnt": {
			{`[{"eventID":"6d0f6b1e-52a4-4f0c-9a53-1f0f3f1c9d01","eventType":"TRANSPORT","eventCreatedDateTime":"2026-09-11T08:15:00Z","eventClassifierCode":"ACT","eventDateTime":"2026-09-11T08:15:00Z","transportEventTypeCode":"DEPA","transportCall":{"transportCallID":"x"}}`, `,{"eventType":"TRANSPORT","eventCreatedDateTime":"2026-09-11T08:15:00Z","eventClassifierCode":"ACT","eventDateTime":"2026-09-11T08:15:00Z","transportEventTypeCode":"DEPA","transportCall":{"transportCallID":"x"}}`, `]`},
			{`{"events":[{"eventID":"1","isRetracted":true}`, `,{"eventID":"1","isRetracted":true}`, `]}`},
			{`{"events":[{"eventDateTime":"2026-09-11T08:15:00Z","eventClassification":{"eventTypeCode":"IOT","eventClassifierCode":"ACT","iotEventTypeCode":"DETC"}}`, `,{"eventDateTime":"2026-09-11T08:15:00Z","eventClassification":{"eventTypeCode":"IOT","eventClassifierCode":"ACT","iotEventTypeCode":"DETC"}}`, `]}`},
			{`{"events":[{}`, `,{}`, `]}`},
			{`[0`, `,0`, `]`},
		},
		"dcsa-booking": {{`{"bookingStatus":"CONFIRMED","carrierBookingReference":"BK7700123","requestedEquipments":[{}`, `,{}`, `]}`}, {`[{"bookingStatus":"X","carrierBookingReference":"B"}`, `,{"bookingStatus":"X","carrierBookingReference":"B"}`, `]`}},
		"dcsa-ebl":     {{`[{"transportDocumentReference":"B","issuanceResponseCode":"ISSU"}`, `,{"transportDocumentReference":"B","issuanceResponseCode":"ISSU"}`, `]`}},
		"dcsa-pint":    {{`{"envelopeManifestSignedContent":"a.b.c","envelopeTransferChain":["a.b.c"`, `,""`, `]}`}},
	} {
		for _, u := range units {
			conformance.Bounded(t, format(t, name), u[0], u[1], u[2])
		}
	}
}
