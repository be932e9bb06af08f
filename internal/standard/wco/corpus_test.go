package wco_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/wco"
	"oneorder/internal/trade"
)

func TestEachCorpusDocumentHasItsVerdict(t *testing.T) {
	for _, format := range wco.Formats() {
		t.Run(format.Name, func(t *testing.T) { conformance.Check(t, format) })
	}
}

func TestOddTextsAreReadAsTheyWereWritten(t *testing.T) {
	conformance.CheckOdd(t, wco.Formats(), conformance.Fixtures(t, "*.xml"))
}

// corpus converts every document of the corpus that is of one of the formats.
func corpus(t *testing.T) []*trade.Event {
	t.Helper()
	var all []*trade.Event
	err := filepath.WalkDir(filepath.Join(conformance.Corpus(t), "wco-dm-hmrc"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".xml" {
			return err
		}
		data, err := os.ReadFile(path)
		for _, f := range wco.Formats() {
			events, _ := f.Convert(data, conformance.Options)
			all = append(all, events...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// mrn is the movement reference number that an event is about, the first that it names.
func mrn(e *trade.Event) string {
	for _, r := range e.Data.References {
		if r.Kind == trade.Declaration && r.Issuer == "" && identifier.MRN(r.Value) == nil {
			return r.Value
		}
	}
	return ""
}

func TestTheStatusesOfEachCorpusDeclarationStandInSequence(t *testing.T) {
	of := make(map[string][]*trade.Event)
	for _, e := range corpus(t) {
		if m := mrn(e); m != "" && e.Data.Document.Kind == "customs_response" {
			of[m] = append(of[m], e)
		}
	}
	// What comes first of a declaration's life; the rest may come several times, and in either order.
	after := map[trade.Type][]trade.Type{
		trade.DutyAssessed:  {trade.DeclarationAccepted},
		trade.GoodsReleased: {trade.DeclarationAccepted},
		trade.GoodsCleared:  {trade.DeclarationAccepted, trade.GoodsReleased, trade.DutyAssessed, trade.InspectionOrdered, trade.DeclarationLodged},
		trade.GoodsExited:   {trade.DeclarationAccepted, trade.GoodsReleased, trade.GoodsCleared},
	}
	compared := 0
	for number, events := range of {
		for _, later := range events {
			for _, earlier := range events {
				if !slices.Contains(after[later.Type], earlier.Type) || prelodged(events, later) {
					continue
				}
				compared++
				if !earlier.Time.Before(later.Time) {
					t.Errorf("%s: %s at %s does not come before %s at %s", number, earlier.Type, earlier.Time, later.Type, later.Time)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d pairs of statuses", compared)
	}
}

// prelodged says whether an assessment came before the goods did: customs assesses a declaration that is lodged ahead
// once when it is received, and again when it is accepted.
func prelodged(events []*trade.Event, e *trade.Event) bool {
	return e.Type == trade.DutyAssessed && slices.ContainsFunc(events, func(r *trade.Event) bool {
		return r.Type == trade.DeclarationLodged && r.Time.Before(e.Time) && e.Time.Sub(r.Time) < 5*time.Second
	})
}

func TestTheEventsOfEachCorpusDeclarationShareAChain(t *testing.T) {
	all := corpus(t)
	chains := conformance.Chains(t, all)
	common := make(map[string][]string)
	events := make(map[string]int)
	for i, e := range all {
		m := mrn(e)
		if m == "" || e.Data.Document.Number != m && e.Data.Document.Kind != "customs_response" {
			continue // a declaration that names another's number
		}
		if events[m]++; events[m] == 1 {
			common[m] = chains[i]
			continue
		}
		common[m] = slices.DeleteFunc(slices.Clone(common[m]), func(c string) bool { return !slices.Contains(chains[i], c) })
	}
	for number, shared := range common {
		if len(shared) == 0 {
			t.Errorf("the %d events of %s share no chain", events[number], number)
		}
	}
	if len(common) < 100 {
		t.Errorf("only %d declarations", len(common))
	}
}
