package console

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oneorder/internal/trade"
)

var (
	said  = regexp.MustCompile(`\(?\bt "([^"]*)"`)
	verbs = regexp.MustCompile(`%[.0-9]*[a-z%]`)
)

// spoken is every English text that the pages say.
func spoken(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(templateFiles, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templateFiles.ReadFile(path)
		for _, found := range said.FindAllStringSubmatch(string(text), -1) {
			all = append(all, found[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range trade.Types() {
		all = append(all, what(string(typ)))
	}
	for m := range trade.MilestoneCount {
		all = append(all, strings.ReplaceAll(m.String(), "_", " "))
		if who := whom(m.String()); who != "" {
			all = append(all, who)
		}
	}
	for _, name := range trade.AllFlags.Names() {
		all = append(all, strings.ReplaceAll(name, "_", " "), flagTexts[name])
	}
	for _, match := range [...]string{trade.MatchDigest, trade.MatchNumber, trade.MatchOther, trade.MatchNone} {
		all = append(all, trade.Agreement(match))
	}
	all = append(all, "presented", "recognised", "refused")
	return append(append(all, legs...), "actual", "estimated", "planned", brokerAway, unanswered, timeAsked)
}

func TestEveryTextIsSaidInEveryLanguage(t *testing.T) {
	all := spoken(t)
	if len(all) < 250 {
		t.Fatalf("only %d texts are found in the templates", len(all))
	}
	for _, l := range languages[1:] {
		for _, text := range all {
			if _, ok := l.words[text]; !ok {
				t.Errorf("%s does not say %q", l.Code, text)
			}
		}
		for english, text := range l.words {
			if !slices.Equal(verbs.FindAllString(english, -1), verbs.FindAllString(text, -1)) {
				t.Errorf("%s takes other arguments: %q, %q", l.Code, english, text)
			}
		}
	}
}
