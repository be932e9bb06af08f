// Command testsummary reads what `go test -json` writes and tells it to a person: a line per package, the
// output of every test that failed, the reason of every skip, and at the end the counts, alone on a line:
//
//	N passed, N failed, N skipped
//
// A test counts once, by its leaves: a test with subtests is its subtests. A package that fails without a
// failing test (it does not build, it panics, it times out) counts as one failure. The exit code is 1 when
// anything failed, or when CI=true and anything was skipped: there, nothing may be missing.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	save := flag.String("save", "", "keep the events in this `file`")
	total := flag.Bool("total", false, "print the counts only")
	flag.Parse()
	failed, err := run(os.Stdin, os.Stdout, *save, *total, os.Getenv("CI") == "true")
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
	if failed {
		os.Exit(1)
	}
}

// run tells the events in from; it reports whether the tests did not all hold.
func run(from io.Reader, to io.Writer, save string, totalOnly, strict bool) (failed bool, err error) {
	if save != "" {
		file, err := os.Create(save)
		if err != nil {
			return true, err
		}
		defer func() {
			if closeErr := file.Close(); err == nil {
				err = closeErr
			}
		}()
		from = io.TeeReader(from, file)
	}
	talk := to
	if totalOnly {
		talk = io.Discard
	}
	s := newSummary(talk)
	if err := s.read(from); err != nil {
		return true, err
	}
	s.finish()
	if strict && s.skipped > 0 {
		fmt.Fprintln(talk, "a skip fails here: CI=true, and CI has what every test needs")
	}
	fmt.Fprintf(to, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return s.failed > 0 || strict && s.skipped > 0, nil
}
