package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard/conformance"
)

const (
	standardsPage = "../../docs/standards.md"
	tableStart    = "<!-- conformance: written by `make conformance` -->\n"
	tableEnd      = "<!-- end of conformance -->\n"
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
	page, err := os.ReadFile(standardsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(page), tableStart)
	got, after, closed := strings.Cut(rest, tableEnd)
	if !opened || !closed {
		t.Fatalf("%s has no place for the table: want the lines\n%s%s", standardsPage, tableStart, tableEnd)
	}
	if *update {
		text := before + tableStart + table.String() + tableEnd + after
		if err := os.WriteFile(standardsPage, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table.String(), got); diff != "" {
		t.Errorf("%s, run `make conformance` (-want +got):\n%s", standardsPage, diff)
	}
}
