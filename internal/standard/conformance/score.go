package conformance

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oneorder/internal/standard"
)

// Score is how a format did on the corpus.
type Score struct {
	Format    string
	Documents int
	Events    int // documents that tell of an event, and are sound
	Converted int // of them
	Flagged   int // of the converted
	Wrong     int // documents whose structure is wrong
	Caught    int // of them
	None      int // documents that tell of no event
	Declined  int // of them, declined or refused
	Faults    map[string]int
}

// Run converts every document of a format's table, which stands in the folder of its adapter, and counts.
func Run(t *testing.T, format standard.Format, adapter string) Score {
	t.Helper()
	corpus := Corpus(t)
	table, err := Read(filepath.Join(adapter, "testdata", format.Name+".verdicts"))
	if err != nil {
		t.Fatal(err)
	}
	s := Score{Format: format.Name, Faults: map[string]int{}}
	for _, line := range table.Lines {
		s.count(line.Is, judge(t, format, corpus, line))
	}
	return s
}

func (s *Score) count(is string, got Line) {
	s.Documents++
	taken := got.Verdict == converted || got.Verdict == flagged
	switch is {
	case "event":
		s.Events++
		if taken {
			s.Converted++
		}
		if got.Verdict == flagged {
			s.Flagged++
		}
	case "wrong":
		s.Wrong++
		if !taken {
			s.Caught++
		}
	case "none":
		s.None++
		if !taken {
			s.Declined++
		}
	}
	if !taken {
		for _, f := range got.Told {
			s.Faults[f[strings.LastIndex(f, " ")+1:]]++
		}
	}
}

// Head is the head of the table whose rows Row writes.
const Head = "| format | documents | sound, converted | of them flagged | wrong, caught | no event, declined | faults by code |\n" +
	"|---|---|---|---|---|---|---|\n"

// Row writes the score as a row of a Markdown table.
func (s Score) Row() string {
	var faults []string
	for _, code := range slices.Sorted(maps.Keys(s.Faults)) {
		faults = append(faults, fmt.Sprintf("`%s` %d", code, s.Faults[code]))
	}
	return fmt.Sprintf("| %s | %d | %d of %d | %d | %d of %d | %d of %d | %s |\n", s.Format, s.Documents, s.Converted, s.Events,
		s.Flagged, s.Caught, s.Wrong, s.Declined, s.None, strings.Join(faults, ", "))
}
