package onerecord_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/onerecord"
)

func TestEachCorpusMessageHasItsVerdict(t *testing.T) {
	for _, format := range onerecord.Formats() {
		conformance.Check(t, format)
	}
}

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	conformance.CheckOdd(t, onerecord.Formats(), conformance.Fixtures(t, "*.json"))
}
