package schemas_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var update = flag.Bool("update", false, "write the faults of the invalid examples into faults.json")

const (
	examplesFolder = "events/examples"
	faultsFile     = "events/examples/faults.json"
)

// examples gives the texts of the examples by `<type>/<name>.json`.
func examples(t testing.TB) map[string][]byte {
	t.Helper()
	texts := make(map[string][]byte)
	err := filepath.WalkDir(examplesFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == examplesFolder {
			return err
		}
		name, err := filepath.Rel(examplesFolder, path)
		if err != nil {
			return err
		}
		texts[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestEveryTypeHasExamples(t *testing.T) {
	valid, invalid := make(map[string]int), make(map[string]int)
	texts := examples(t)
	for name := range texts {
		typ, file, _ := strings.Cut(name, "/")
		switch {
		case strings.HasPrefix(file, "valid-"):
			valid[typ]++
		case strings.HasPrefix(file, "invalid-"):
			invalid[typ]++
		default:
			t.Errorf("%s is neither valid nor invalid by its name", name)
		}
	}
	for _, typ := range trade.Types() {
		if valid[string(typ)] < 1 || invalid[string(typ)] < 2 {
			t.Errorf("%s has %d valid and %d invalid examples", typ, valid[string(typ)], invalid[string(typ)])
		}
	}
	if len(valid) != len(trade.Types()) {
		t.Error("there are examples of a type that is none")
	}
}

// told is what faults.json has of a fault.
type told struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
}

func TestExamplesAreWhatTheirNamesSay(t *testing.T) {
	c := newContract(t)
	var decoder wire.Decoder
	got := make(map[string][]told)
	for name, text := range examples(t) {
		typ, file, _ := strings.Cut(name, "/")
		var e trade.Event
		err := decoder.Decode(text, &e)
		var faults trade.Faults
		errors.As(err, &faults)
		if strings.HasPrefix(file, "valid-") {
			if err != nil || string(e.Type) != typ || e.Flags != 0 {
				t.Errorf("%s: %v, type %s, flags %v", name, err, e.Type, e.Flags.Names())
			}
		} else if len(faults) == 0 {
			t.Errorf("%s is taken", name)
		}
		for _, f := range faults {
			got[name] = append(got[name], told{f.Pointer, f.Code})
		}
		if _, err := c.compare(&decoder, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if *update {
		text, err := json.MarshalIndent(got, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(faultsFile, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(faultsFile)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]told
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults of the invalid examples (-want +got):\n%s", diff)
	}
}

// cited are the standards, registers and rules that the descriptions of the types name, with their codes.
var cited = regexp.MustCompile(`DCSA|WCO|ISO \d+|UN/|SWIFT MT|UCP|MLETR|IATA|EPCIS|ITU-R|NCTS|CC\d{3}C|ICS2|RCEP|UBL|IPPC|Regulation \(EU\)|TradeTrust|CIM|TIR|` +
	`None of the standards of docs/standards\.md has a code for it\.|OneOrder's own\.`)

func TestDescriptionsCiteTheirStandards(t *testing.T) {
	for _, typ := range trade.Types() {
		if description := readListed(t, string(typ)+".json").Description; !cited.MatchString(description) {
			t.Errorf("%s: its description cites no standard: %s", typ, description)
		}
	}
}
