package onerecord_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/onerecord"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	const least = `{"@type":"LogisticsEvent","eventDate":"2026-09-11T08:15:00Z","eventCode":"DEP"}`
	for _, u := range [][3]string{
		{`{"@context":{"@vocab":"https://onerecord.iata.org/ns/cargo#"},"@graph":[` + least, `,` + least, `]}`},
		{`{"@graph":[{}`, `,{}`, `]}`},
		{`{"@graph":[[0`, `,0`, `]]}`},
	} {
		conformance.Bounded(t, onerecord.Formats()[0], u[0], u[1], u[2])
	}
}
