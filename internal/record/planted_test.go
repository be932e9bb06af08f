package record_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneorder/internal/record"
	"oneorder/internal/simulator"
	"oneorder/internal/trade"
)

var plantedChains = flag.Int("planted", 1200, "consignments of the planted-fault run")

// mostPermuted is how many consignments are tried in other orders.
const mostPermuted = 300

// tallied is how many findings of a kind were planted, found where planted, and found elsewhere.
type tallied struct{ planted, found, invented int }

// What the simulator plants is found, each kind, and nothing else is: in traffic that comes late and repeated.
func TestPlantedFaultsAreFoundAndNoOthers(t *testing.T) {
	config := simulator.Defaults()
	config.Chains, config.Faults, config.Seed = *plantedChains, 0.5, 7
	s, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	tb := tables(t)
	builders := make(map[string]*record.Builder)
	events := make(map[string][]*trade.Event) // of the first consignments
	for {
		e := new(trade.Event)
		chains, ok := s.Next(e)
		if !ok {
			break
		}
		for _, name := range chains {
			if builders[name] == nil {
				builders[name] = record.NewBuilder(tb)
			}
			builders[name].Add(e)
			if name < fmt.Sprintf("c%06d", mostPermuted) {
				events[name] = append(events[name], e)
			}
		}
	}
	planted := make(map[string]trade.FindingCode)
	kinds := make(map[trade.FindingCode]*tallied)
	kind := func(code trade.FindingCode) *tallied {
		if kinds[code] == nil {
			kinds[code] = new(tallied)
		}
		return kinds[code]
	}
	for _, p := range s.Planted() {
		planted[p.Chain] = p.Code
		kind(p.Code).planted++
	}
	said := 0
	for name, b := range builders {
		c := b.Chain()
		want, wrong := planted[name], false
		for _, code := range c.Findings {
			if code := trade.FindingCode(code); code == want {
				kind(code).found++
			} else {
				kind(code).invented++
				wrong = true
			}
		}
		if missed := want != "" && !slices.Contains(c.Findings, string(want)); missed || wrong {
			if said++; said <= 30 {
				t.Errorf("%s on %s: planted %q, found %q: %+v", name, c.Corridor, want, c.Findings, b.Findings())
			}
		}
	}
	t.Logf("%d consignments, %d faults\n%s", config.Chains, len(planted), table(kinds))
	var names []string
	for name := range events {
		if planted[name] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if t.Failed() {
		return
	}
	// In any order of arrival, and looked at on the way, the findings are the same to the last word.
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "consignment")
		b := record.NewBuilder(tb)
		for _, e := range rapid.Permutation(events[name]).Draw(t, "order") {
			b.Add(e)
			if rapid.IntRange(0, 5).Draw(t, "look") == 0 {
				b.Chain()
			}
		}
		b.Chain()
		if diff := cmp.Diff(builders[name].Findings(), b.Findings(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s, %s (-want +got):\n%s", name, planted[name], diff)
		}
	})
	for _, f := range simulator.PlantedCodes() {
		if kind(f).planted == 0 {
			t.Errorf("%s was never planted", f)
		}
	}
}

func table(kinds map[trade.FindingCode]*tallied) string {
	var codes []trade.FindingCode
	for code := range kinds {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tplanted\tfound\tinvented\tprecision\trecall")
	share := func(n, of int) float64 {
		if of == 0 {
			return 1
		}
		return float64(n) / float64(of)
	}
	for _, code := range codes {
		k := kinds[code]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.3f\t%.3f\n", code, k.planted, k.found, k.invented, share(k.found, k.found+k.invented), share(k.found, k.planted))
	}
	_ = w.Flush()
	return out.String()
}
