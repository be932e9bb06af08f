package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	passing = `{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"output","Package":"a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
{"Action":"pass","Package":"a","Test":"TestOne","Elapsed":0.1}
{"Action":"run","Package":"a","Test":"TestTwo"}
{"Action":"run","Package":"a","Test":"TestTwo/x"}
{"Action":"run","Package":"a","Test":"TestTwo/y"}
{"Action":"pass","Package":"a","Test":"TestTwo/x"}
{"Action":"pass","Package":"a","Test":"TestTwo/y"}
{"Action":"pass","Package":"a","Test":"TestTwo"}
{"Action":"pass","Package":"a","Elapsed":1.5}
`
	failing = `{"Action":"run","Package":"b","Test":"TestBad"}
{"Action":"output","Package":"b","Test":"TestBad","Output":"    b_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"b","Test":"TestBad"}
{"Action":"fail","Package":"b"}
`
	skipping = `{"Action":"run","Package":"c","Test":"TestCorpus"}
{"Action":"output","Package":"c","Test":"TestCorpus","Output":"    c_test.go:9: no corpus\n"}
{"Action":"skip","Package":"c","Test":"TestCorpus"}
{"Action":"pass","Package":"c"}
`
	notBuilding = `{"ImportPath":"d [d.test]","Action":"build-output","Output":"d.go:3: undefined: x\n"}
{"ImportPath":"d [d.test]","Action":"build-fail"}
{"Action":"start","Package":"d"}
{"Action":"output","Package":"d","Output":"FAIL\td [build failed]\n"}
{"Action":"fail","Package":"d","Elapsed":0,"FailedBuild":"d [d.test]"}
`
	dying = `{"Action":"run","Package":"e","Test":"TestDies"}
{"Action":"output","Package":"e","Test":"TestDies","Output":"panic: oh\n"}
{"Action":"fail","Package":"e"}
`
	cutShort = `{"Action":"run","Package":"f","Test":"TestHangs"}
{"Action":"output","Package":"f","Test":"TestHangs","Output":"waiting\n"}
`
	parentFails = `{"Action":"run","Package":"g","Test":"TestP"}
{"Action":"run","Package":"g","Test":"TestP/x"}
{"Action":"pass","Package":"g","Test":"TestP/x"}
{"Action":"fail","Package":"g","Test":"TestP"}
{"Action":"fail","Package":"g"}
`
)

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		fact, events string
		strict       bool
		total        string
		failed       bool
		says         string
	}{
		{fact: "subtests count instead of their parent", events: passing, total: "3 passed, 0 failed, 0 skipped", says: "ok   a (1.5 s)"},
		{fact: "a failed test shows its output", events: passing + failing, total: "3 passed, 1 failed, 0 skipped", failed: true, says: "got 1, want 2"},
		{fact: "a skip is named with its reason", events: skipping, total: "0 passed, 0 failed, 1 skipped", says: "skipped c TestCorpus: c_test.go:9: no corpus"},
		{fact: "a skip fails where nothing may be missing", events: skipping, strict: true, total: "0 passed, 0 failed, 1 skipped", failed: true},
		{fact: "a package that does not build is one failure", events: notBuilding, total: "0 passed, 1 failed, 0 skipped", failed: true, says: "undefined: x"},
		{fact: "a test under which its package died has failed", events: dying, total: "0 passed, 1 failed, 0 skipped", failed: true, says: "panic: oh"},
		{fact: "a package that never ended has failed", events: passing + cutShort, total: "3 passed, 1 failed, 0 skipped", failed: true, says: "f did not end"},
		{fact: "a parent that fails by itself counts", events: parentFails, total: "1 passed, 1 failed, 0 skipped", failed: true},
		{fact: "a line that is no event is told as it is", events: "go: cannot find main module\n", total: "0 passed, 0 failed, 0 skipped", says: "cannot find main module"},
	} {
		t.Run(c.fact, func(t *testing.T) {
			save := filepath.Join(t.TempDir(), "events.json")
			var out strings.Builder
			failed, err := run(strings.NewReader(c.events), &out, save, false, c.strict)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if got := lines[len(lines)-1]; got != c.total {
				t.Errorf("last line %q, want %q", got, c.total)
			}
			if failed != c.failed {
				t.Errorf("failed = %v, want %v", failed, c.failed)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("%q is not in\n%s", c.says, out.String())
			}
			kept, err := os.ReadFile(save)
			if err != nil {
				t.Fatal(err)
			}
			if string(kept) != c.events {
				t.Errorf("kept %q, want the events as they came", kept)
			}
			out.Reset()
			if _, err := run(strings.NewReader(string(kept)), &out, "", true, false); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(out.String()); got != c.total {
				t.Errorf("the counts alone are %q, want %q", got, c.total)
			}
		})
	}
}
