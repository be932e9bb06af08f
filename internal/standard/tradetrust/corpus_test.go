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
