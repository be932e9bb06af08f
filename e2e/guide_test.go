package e2e

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// updateGuide writes the answers into docs/analyst.md: go test ./e2e -run TestTheGuide -guide.update.
var updateGuide = flag.Bool("guide.update", false, "write the answers of the demo's traffic into docs/analyst.md")

// The demo's traffic.
const (
	demoSeed   = 1
	demoChains = 2000
)

const guide = "../docs/analyst.md"

// question is a block of SQL, with the table that may stand below it.
var question = regexp.MustCompile("(?s)(```sql\n)(.*?)(\n```\n)((?:\n\\|[^\n]*(?:\n\\|[^\n]*)*\n(?:\n… [^\n]*\n)?)?)")

// rowsShown bounds the rows of an answer that are printed.
const rowsShown = 8

// TestTheGuideSaysWhatTheDemoAnswers asks every question of docs/analyst.md of the demo's traffic, and holds the answers against those
// that are printed there.
func TestTheGuideSaysWhatTheDemoAnswers(t *testing.T) {
	d := up(t, t.TempDir(), nil)
	d.mustRun("publish", simulate(t, demoSeed, demoChains).file)
	d.settle()
	for _, statement := range []string{
		"SYSTEM REFRESH VIEW corridor_daily_refresh", "SYSTEM WAIT VIEW corridor_daily_refresh", "SYSTEM REFRESH VIEW span_rollup", "SYSTEM WAIT VIEW span_rollup",
		"SYSTEM REFRESH VIEW corridor_measures", "SYSTEM WAIT VIEW corridor_measures",
	} {
		d.query(statement)
	}
	page, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	before, questions, found := strings.Cut(string(page), "\n## Questions\n")
	if !found {
		t.Fatal("docs/analyst.md has no section Questions")
	}
	// The chain with the most events is the one that is asked for.
	chain := strings.TrimSpace(d.query("SELECT chain_id FROM chain ORDER BY events DESC, chain_id LIMIT 1 FORMAT TSV"))
	asked := 0
	answered := question.ReplaceAllStringFunc(questions, func(block string) string {
		parts := question.FindStringSubmatch(block)
		query := chainNamed.ReplaceAllString(parts[2], "chain_id = '"+chain+"'")
		asked++
		return parts[1] + query + parts[3] + "\n" + answer(d.query(query+"\nFORMAT Markdown"))
	})
	if asked < 15 {
		t.Errorf("%d questions, want 15", asked)
	}
	if *updateGuide {
		if err := os.WriteFile(guide, []byte(before+"\n## Questions\n"+answered), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(questions, answered); diff != "" {
		t.Errorf("docs/analyst.md (-says +the demo answers), write it with -guide.update:\n%s", diff)
	}
}

// answer is what is printed of an answer: a table, and how many rows there are more.
func answer(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	const head = 2
	if len(lines) <= head+rowsShown {
		return strings.Join(lines, "\n") + "\n"
	}
	return fmt.Sprintf("%s\n\n… of %d rows\n", strings.Join(lines[:head+rowsShown], "\n"), len(lines)-head)
}
