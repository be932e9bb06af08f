package wco_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/wco"
)

func TestEachCorpusDocumentHasItsVerdict(t *testing.T) {
	for _, format := range wco.Formats() {
		t.Run(format.Name, func(t *testing.T) { conformance.Check(t, format) })
	}
}
