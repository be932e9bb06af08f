package epcis_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/epcis"
)

func TestEachCorpusMessageHasItsVerdict(t *testing.T) {
	for _, format := range epcis.Formats() {
		conformance.Check(t, format)
	}
}

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	conformance.CheckOdd(t, epcis.Formats(), conformance.Fixtures(t, "*.json"))
}
