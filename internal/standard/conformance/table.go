package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Line is what a table says of one document.
type Line struct {
	File    string // below the corpus, with slashes
	Is      string // event, wrong or none
	Verdict string // converted, flagged, refused or declined
	Events  int
	Told    []string // flags, or faults as "POINTER CODE"; a last "…" stands for any more
	Why     string
}

// Table is a file of verdicts.
type Table struct {
	Folders []string // of the corpus, of which every file has its line
	Lines   []Line
}

// Read reads a table.
func Read(file string) (Table, error) {
	text, err := os.ReadFile(file) //nolint:gosec // a table of this project
	if err != nil {
		return Table{}, err
	}
	var t Table
	number, folder := 0, ""
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if name, is := strings.CutPrefix(line, "corpus:"); is {
			folder = strings.TrimSpace(name)
			t.Folders = append(t.Folders, folder)
			continue
		}
		l, err := readLine(folder, line)
		if err != nil {
			return Table{}, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		if slices.ContainsFunc(t.Lines, func(m Line) bool { return m.File == l.File }) {
			return Table{}, fmt.Errorf("%s:%d: %s has two lines", file, number, l.File)
		}
		t.Lines = append(t.Lines, l)
	}
	return t, nil
}

func readLine(folder, text string) (Line, error) {
	cells := strings.Split(text, "|")
	if len(cells) != 6 || folder == "" {
		return Line{}, fmt.Errorf("want FILE | IS | VERDICT | EVENTS | TOLD | WHY, below a `corpus:` line, got %q", text)
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	l := Line{File: folder + "/" + cells[0], Is: cells[1], Verdict: cells[2], Told: told(cells[4]), Why: cells[5]}
	var err error
	if l.Events, err = strconv.Atoi(cells[3]); err != nil {
		return l, fmt.Errorf("events: %w", err)
	}
	switch {
	case !slices.Contains([]string{"event", "wrong", "none"}, l.Is):
		return l, fmt.Errorf("a document is event, wrong or none, not %q", l.Is)
	case !slices.Contains([]string{converted, flagged, refused, declined}, l.Verdict):
		return l, fmt.Errorf("a verdict is converted, flagged, refused or declined, not %q", l.Verdict)
	case l.Why == "":
		return l, fmt.Errorf("%s: say why", l.File)
	}
	return l, nil
}

func told(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "; ")
}

// missing gives the files below the table's folders that have no line. Descriptions of the corpus are none of its
// documents.
func (t Table) missing(corpus string) ([]string, error) {
	var files []string
	for _, folder := range t.Folders {
		err := filepath.WalkDir(filepath.Join(corpus, filepath.FromSlash(folder)), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !document(entry.Name()) {
				return err
			}
			name, err := filepath.Rel(corpus, path)
			if name = filepath.ToSlash(name); !slices.ContainsFunc(t.Lines, func(l Line) bool { return l.File == name }) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func document(name string) bool {
	return slices.Contains([]string{".json", ".jsonld", ".xml"}, filepath.Ext(name))
}
