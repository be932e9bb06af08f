package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	guidePage  = "../docs/enterprise.md"
	guideTitle = "## From nothing to the first event\n"
)

// TestTheGuideForEnterprises does what the page says: every snippet of its guide is run, in their order, and has to print
// what the page says that it prints.
func TestTheGuideForEnterprises(t *testing.T) {
	page, err := os.ReadFile(guidePage)
	if err != nil {
		t.Fatal(err)
	}
	snippets := snippetsOf(t, string(page), guideTitle)
	for _, want := range []string{"oneorder", "curl", "nats"} {
		calls := regexp.MustCompile(`(?m)^` + want + ` `)
		if !slices.ContainsFunc(snippets, func(s snippet) bool { return s.language == "sh" && calls.MatchString(s.text) }) {
			t.Errorf("%s: no snippet of the guide calls %s", guidePage, want)
		}
	}
	for _, want := range []string{"go", "js", "python"} {
		if !slices.ContainsFunc(snippets, func(s snippet) bool { return s.language == want }) {
			t.Errorf("%s: no snippet of the guide is in %s", guidePage, want)
		}
	}
	e := newEnterprise(t)
	for i, s := range snippets {
		t.Run(fmt.Sprintf("line %d, %s", s.line, s.language), func(t *testing.T) {
			got := e.run(t, s)
			if s.prints != "" && !printed(s.prints).MatchString(got) {
				t.Errorf("it prints\n%s\nwant\n%s", got, s.prints)
			}
		})
		if t.Failed() {
			t.FailNow() // what follows builds on it
		}
		if i == 0 {
			e.registered(t, "acme-line")
		}
	}
	e.joined(t, "ACMCKG0001", []string{
		"logistics.cargo.delivered", "logistics.conveyance.arrived", "logistics.conveyance.departed", "logistics.equipment.discharged",
		"logistics.equipment.gated_out", "logistics.equipment.loaded", "logistics.equipment.stripped",
	})
}

// snippet is a piece of the page that can be run.
type snippet struct {
	language, text string
	line           int    // of the page
	prints         string // what the page says; "": nothing
}

// snippetsOf reads the fenced blocks of a section. One without a language, or in json, is what the one before it prints,
// with … for anything.
func snippetsOf(t *testing.T, page, title string) []snippet {
	t.Helper()
	before, section, found := strings.Cut(page, title)
	if !found {
		t.Fatalf("%s has no section %q", guidePage, title)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var snippets []snippet
	line := strings.Count(before+title, "\n")
	for i, piece := range strings.Split("\n"+section, "\n```") {
		if i%2 == 1 {
			language, text, _ := strings.Cut(piece, "\n")
			switch {
			case language != "" && language != "json":
				snippets = append(snippets, snippet{language: language, text: text, line: line})
			case len(snippets) == 0:
				t.Fatalf("%s:%d: nothing before it could print this", guidePage, line)
			default:
				snippets[len(snippets)-1].prints = text
			}
		}
		line += strings.Count(piece, "\n") + 1
	}
	return snippets
}

// printed matches what a snippet prints. A line that is … alone stands for any lines, or none: nats prints headers in no
// order.
func printed(text string) *regexp.Regexp {
	anything := strings.NewReplacer("\n…\n", "\n(?:.*\n)?", "…", ".*")
	return regexp.MustCompile(`(?s)\A` + anything.Replace(regexp.QuoteMeta(strings.TrimSpace(text))) + `\z`)
}

// enterprise is one at work, on a deployment of its own.
type enterprise struct {
	*deployment
	desk     string // the folder it works in
	programs string // the folder of the commands that it has beside those of the machine
}

// newEnterprise starts a deployment, and installs the two commands of the guide: ours and the broker's.
func newEnterprise(t *testing.T) *enterprise {
	t.Helper()
	e := &enterprise{deployment: &deployment{t: t, folder: t.TempDir()}, desk: t.TempDir(), programs: t.TempDir()}
	if err := os.Symlink(binary(t), filepath.Join(e.programs, "oneorder")); err != nil {
		t.Fatal(err)
	}
	e.build(t, filepath.Join("..", "tools", "natscli"), "nats", "github.com/nats-io/natscli/nats")
	e.launch(nil)
	return e
}

// build makes a command of a package or a file, with the module that the folder is in.
func (e *enterprise) build(t *testing.T, folder, name, what string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(e.programs, name), what)
	build.Dir, build.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", what, err, out)
	}
}

// run runs a snippet and returns what it prints on standard output, without empty lines.
func (e *enterprise) run(t *testing.T, s snippet) string {
	t.Helper()
	text := strings.NewReplacer(
		"http://127.0.0.1:8080", e.addresses["http"], "nats://127.0.0.1:4222", e.addresses["nats"],
	).Replace(s.text)
	// What a snippet exports is there in those that follow.
	script := "set -eu\nif [ -f exports ]; then . ./exports; fi\n"
	switch s.language {
	case "sh":
		script += text + "\nexport -p >exports\n"
	case "go":
		file := e.write(t, text)
		e.build(t, ".", "snippet", file)
		script += "snippet\n"
	case "js":
		script += "node " + e.write(t, text) + "\n"
	case "python":
		script += "python3 " + e.write(t, text) + "\n"
	default:
		t.Fatalf("nothing here runs %s", s.language)
	}
	ctx, cancel := context.WithTimeout(t.Context(), doneWithin)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", script)
	shell.Dir = e.desk
	shell.Env = environment(map[string]string{
		"PATH": e.programs + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME": e.desk,
		"ONEORDER_DATA": e.folder, "NATS_TIMEOUT": startWithin.String(),
	})
	out, err := shell.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			out = append(out, exit.Stderr...)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// write keeps a program under the name that is in its first line, a comment.
func (e *enterprise) write(t *testing.T, text string) string {
	t.Helper()
	first, _, _ := strings.Cut(text, "\n")
	_, name, found := strings.Cut(first, " ")
	if !found || filepath.Base(name) != name {
		t.Fatalf("it begins with %q: want a comment that is the name of a file", first)
	}
	path := filepath.Join(e.desk, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// registered waits until both doors take the token that is on the desk.
func (e *enterprise) registered(t *testing.T, org string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(e.desk, "token"))
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimSpace(string(text))
	eventually(t, startWithin, func() error {
		status, text, err := tryCall(t.Context(), http.MethodPost, e.addresses["http"]+"/events", token, "application/json", nil)
		if err == nil && status == http.StatusUnauthorized {
			err = errors.New(text)
		}
		return err
	})
	user := map[string]string{"ONEORDER_NATS": e.addresses["nats"], "ONEORDER_NATS_USER": org, "ONEORDER_NATS_PASSWORD": token}
	eventually(t, startWithin, func() error {
		if listed := run(t, user, "rejected", "list"); listed.code != 0 {
			return errors.New(listed.stderr)
		}
		return nil
	})
}

// joined waits until the number has one chain, with one event of each of these types and no other.
func (e *enterprise) joined(t *testing.T, number string, want []string) {
	t.Helper()
	eventually(t, startWithin, func() error {
		looked := e.deployment.run("lookup", "--json", number)
		var f found
		if err := json.Unmarshal([]byte(looked.stdout), &f); err != nil {
			return fmt.Errorf("%w: %s", err, looked.stderr)
		}
		var got []string
		for _, c := range f.Chains {
			for _, event := range c.Timeline {
				got = append(got, event.Type)
			}
		}
		slices.Sort(got)
		if len(f.Chains) != 1 || !slices.Equal(got, want) {
			return fmt.Errorf("%d chains with %q, want one with %q", len(f.Chains), got, want)
		}
		return nil
	})
}
