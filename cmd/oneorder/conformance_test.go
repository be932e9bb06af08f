package main

import (
	"path/filepath"
	"strings"
	"testing"

	"oneorder/internal/standard/conformance"
)

func TestTheConformanceTableOfTheDocumentationIsTheOneOfTheCorpus(t *testing.T) {
	var table strings.Builder
	table.WriteString(conformance.Head)
	for _, format := range formats() {
		found, err := filepath.Glob("../../internal/standard/*/testdata/" + format.Name + ".verdicts")
		if err != nil || len(found) != 1 {
			t.Errorf("%s: want one table of verdicts, testdata/%s.verdicts beside its adapter; found %q", format.Name, format.Name, found)
			continue
		}
		table.WriteString(conformance.Run(t, format, filepath.Dir(filepath.Dir(found[0]))).Row())
	}
	t.Logf("\n%s", table.String())
	part{
		page: "../../docs/standards.md", start: "<!-- conformance: written by `make conformance` -->\n",
		end: "<!-- end of conformance -->\n", command: "make conformance",
	}.holds(t, table.String())
}
