package conformance

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"oneorder/internal/standard"
)

// odd are texts that documents hold in the place of codes and numbers: what stands for none, other spellings, and what no
// code can be.
var odd = [...]string{"0", "000000", "N/A", "-", " ", "cn", "sg sin", "ＳＧ", "8471.30.00", "84 71", "5493001kjtiigc8y1r12", "240000000000000000"}

// texts finds the texts of a document of JSON or of XML, there with those of attributes, as its first group that takes
// part. The second of JSON's tells the names of members from texts.
var texts = map[bool]*regexp.Regexp{
	false: regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:)?`),
	true:  regexp.MustCompile(`>([^<>]*[^<>\s][^<>]*)<|="([^"]*)"`),
}

// CheckOdd puts each odd text in the place of each text of documents, one at a time, and checks what holds whatever a
// document says (CheckAny). Texts of members that stand alike are tried once.
func CheckOdd(t *testing.T, formats []standard.Format, documents map[string][]byte) {
	t.Helper()
	for name, document := range documents {
		made := false
		for _, f := range formats {
			if events, _ := f.Convert(document, Options); len(events) > 0 {
				made = true
				t.Run(f.Name+"/"+name, func(t *testing.T) { checkOdd(t, f, document) })
			}
		}
		if !made {
			t.Errorf("%s makes no event", name)
		}
	}
}

// Fixtures reads the files of testdata that a pattern of filepath.Glob names.
func Fixtures(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	documents := make(map[string][]byte)
	for _, file := range files {
		if documents[filepath.Base(file)], err = os.ReadFile(file); err != nil { //nolint:gosec // a document of this project
			t.Fatal(err)
		}
	}
	return documents
}

func checkOdd(t *testing.T, format standard.Format, document []byte) {
	t.Helper()
	xml := bytes.HasPrefix(document, []byte("<"))
	seen := map[string]bool{}
	for _, at := range texts[xml].FindAllSubmatchIndex(document, -1) {
		begin, end := at[2], at[3]
		switch second := at[4] >= 0; {
		case begin < 0:
			begin, end = at[4], at[5]
		case second:
			continue
		}
		before := string(document[max(0, begin-alike):begin])
		if seen[before] {
			continue
		}
		seen[before] = true
		for _, text := range odd {
			CheckAny(t, format, slices.Concat(document[:begin], []byte(text), document[end:]), Options)
			if t.Failed() {
				t.Fatalf("with %q at byte %d, in the place of %q", text, begin, document[begin:end])
			}
		}
	}
}

// alike is how many bytes before a text tell where it stands.
const alike = 32
