package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// event is one line of `go test -json` (cmd/test2json, and cmd/go's build events).
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// test is one test of one package, while the events come in.
type test struct {
	action string // how it ended, empty while it runs
	output []string
}

type summary struct {
	to                      io.Writer
	tests                   map[string]map[string]*test // by package, by name; the name "" is the package itself
	builds                  map[string][]string         // output of builds, by import path
	passed, failed, skipped int
	skips                   []string
}

func newSummary(to io.Writer) *summary {
	return &summary{to: to, tests: map[string]map[string]*test{}, builds: map[string][]string{}}
}

// read takes all events. A line that is no event is told as it is: `go test` writes such lines when it
// cannot even begin.
func (s *summary) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if text := strings.TrimSpace(line); text != "" {
			var e event
			if json.Unmarshal([]byte(text), &e) != nil || e.Action == "" {
				fmt.Fprintln(s.to, text)
			} else {
				s.take(e)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
	}
}

func (s *summary) take(e event) {
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
		return
	case "build-fail", "start", "run", "pause", "cont", "bench":
		return
	}
	t := s.test(e.Package, e.Test)
	switch e.Action {
	case "output":
		t.output = append(t.output, e.Output)
	case "pass", "fail", "skip":
		t.action = e.Action
		if e.Test == "" {
			s.settle(e)
		}
	}
}

func (s *summary) test(pkg, name string) *test {
	tests := s.tests[pkg]
	if tests == nil {
		tests = map[string]*test{}
		s.tests[pkg] = tests
	}
	t := tests[name]
	if t == nil {
		t = &test{}
		tests[name] = t
	}
	return t
}

// settle counts a package that has ended, and tells what went wrong in it.
func (s *summary) settle(e event) {
	tests := s.tests[e.Package]
	delete(s.tests, e.Package)
	failed := 0
	for _, name := range names(tests) {
		t := tests[name]
		if t.action == "fail" || t.action == "" { // unended: the package died under it
			fmt.Fprintf(s.to, "--- %s %s\n%s", e.Package, name, strings.Join(t.output, ""))
		}
		if !leaf(name, tests) {
			// A parent can fail by itself, after its subtests passed.
			if t.action != "pass" && t.action != "skip" && !failedBelow(name, tests) {
				failed++
			}
			continue
		}
		switch t.action {
		case "pass":
			s.passed++
		case "skip":
			s.skipped++
			s.skips = append(s.skips, e.Package+" "+name+": "+reason(t.output))
		default:
			failed++
		}
	}
	if e.Action == "fail" && failed == 0 {
		failed = 1
		fmt.Fprintf(s.to, "--- %s\n%s", e.Package, strings.Join(append(s.builds[e.FailedBuild], tests[""].output...), ""))
	}
	s.failed += failed
	switch {
	case e.Action == "fail":
		fmt.Fprintf(s.to, "FAIL %s (%.1f s)\n", e.Package, e.Elapsed)
	case len(tests) > 1:
		fmt.Fprintf(s.to, "ok   %s (%.1f s)\n", e.Package, e.Elapsed)
	}
}

// finish counts the packages that never ended, as when `go test` itself was killed, and lists the skips.
func (s *summary) finish() {
	unended := make([]string, 0, len(s.tests))
	for pkg := range s.tests {
		unended = append(unended, pkg)
	}
	sort.Strings(unended)
	for _, pkg := range unended {
		fmt.Fprintf(s.to, "%s did not end\n", pkg)
		s.settle(event{Action: "fail", Package: pkg})
	}
	for _, skip := range s.skips {
		fmt.Fprintln(s.to, "skipped", skip)
	}
}

func names(tests map[string]*test) []string {
	all := make([]string, 0, len(tests))
	for name := range tests {
		if name != "" {
			all = append(all, name)
		}
	}
	sort.Strings(all)
	return all
}

func leaf(name string, tests map[string]*test) bool {
	for other := range tests {
		if strings.HasPrefix(other, name+"/") {
			return false
		}
	}
	return true
}

func failedBelow(name string, tests map[string]*test) bool {
	for other, t := range tests {
		if strings.HasPrefix(other, name+"/") && (t.action == "fail" || t.action == "") {
			return true
		}
	}
	return false
}

// reason is what a skipped test said, without the lines that only frame it.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		said = append(said, line)
	}
	return strings.Join(said, " ")
}
