package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// part is what stands in a page of the documentation between two lines, and is written by a test with -update.
type part struct {
	page       string
	start, end string // lines of their own
	command    string // that writes it
}

// holds compares the part with what it should be or, with -update, writes it.
func (p part) holds(t *testing.T, want string) {
	t.Helper()
	page, err := os.ReadFile(p.page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(page), p.start)
	got, after, closed := strings.Cut(rest, p.end)
	if !opened || !closed {
		t.Fatalf("%s has no place for it: want the lines\n%s%s", p.page, p.start, p.end)
	}
	if *update {
		if err := os.WriteFile(p.page, []byte(before+p.start+want+p.end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s, run `%s` (-want +got):\n%s", p.page, p.command, diff)
	}
}

func TestTheFaultTableOfTheDocumentationHasEveryCode(t *testing.T) {
	headings := []struct {
		scope trade.Scope
		text  string
	}{
		{trade.OfEvent, "Of an event, whichever way it came"},
		{trade.OfRequest, "Of what it came in: a subject, a request, a batch, a file"},
		{trade.OfDocument, "Of a document of another standard"},
	}
	var text strings.Builder
	rows := 0
	for _, heading := range headings {
		text.WriteString("\n### " + heading.text + "\n\n| code | what is wrong | example | its message | mending |\n|---|---|---|---|---|\n")
		for _, c := range trade.FaultCodes() {
			if c.Scope != heading.scope {
				continue
			}
			text.WriteString("| " + strings.Join([]string{code(c.Code), prose(c.Meaning), example(c.Example), code(c.Message), prose(c.Mending)}, " | ") + " |\n")
			rows++
		}
	}
	text.WriteString("\n")
	if all := len(trade.FaultCodes()); rows != all {
		t.Errorf("%d codes stand under a heading, want all %d: a scope has none", rows, all)
	}
	part{
		page: "../../docs/enterprise.md", start: "<!-- faults: written by `make faults` from internal/trade/faultcode.go -->\n",
		end: "<!-- end of faults -->\n", command: "make faults",
	}.holds(t, text.String())
}

// example is a cell with what raises a fault: as code, unless it is described.
func example(text string) string {
	if strings.ContainsRune(`{"<?`, rune(text[0])) {
		return code(text)
	}
	return prose(text)
}

func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// prose keeps <org> from being read as a tag of HTML.
func prose(text string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`).Replace(text)
}
