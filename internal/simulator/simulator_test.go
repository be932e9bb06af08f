package simulator

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

type reported struct {
	event   *trade.Event
	chains  []string
	again   bool
	arrived time.Time
}

func config(seed uint64, chains int) Config {
	c := Defaults()
	c.Seed, c.Chains = seed, chains
	return c
}

// run gives all events of a run, each in memory of its own.
func run(t testing.TB, cfg Config) []reported {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all []reported
	for {
		e := new(trade.Event)
		chains, ok := s.Next(e)
		if !ok {
			return all
		}
		all = append(all, reported{e, chains, s.Repeated(), s.Arrived()})
	}
}

func digest(t testing.TB, cfg Config) [32]byte {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	var e trade.Event
	var line []byte
	for {
		chains, ok := s.Next(&e)
		if !ok {
			return [32]byte(h.Sum(nil))
		}
		line = wire.Append(line[:0], &e)
		line = Truth{Source: e.Source, ID: e.ID, Chains: chains}.Append(append(line, '\n'))
		h.Write(line)
	}
}

func TestSameSeedSameTraffic(t *testing.T) {
	a, b, other := digest(t, config(7, 200)), digest(t, config(7, 200)), digest(t, config(8, 200))
	if a != b {
		t.Error("the same seed gave different events")
	}
	if a == other {
		t.Error("another seed gave the same events")
	}
}

func TestEventsAreSound(t *testing.T) {
	var decoder wire.Decoder
	var line []byte
	for _, r := range run(t, config(1, 400)) {
		if faults := trade.Validate(r.event); faults != nil {
			t.Fatalf("%s %s: %v", r.event.Type, r.event.ID, faults)
		}
		line = wire.Append(line[:0], r.event)
		var back trade.Event
		if err := decoder.Decode(line, &back); err != nil {
			t.Fatalf("%s: %v\n%s", r.event.Type, err, line)
		}
		if back.Flags != 0 {
			t.Fatalf("%s is flagged %v\n%s", r.event.Type, back.Flags.Names(), line)
		}
		if r.event.Org() == "" {
			t.Fatalf("source %s names no organisation", r.event.Source)
		}
		if d := r.event.Data; len(d.References)+len(d.Covers)+len(d.Equipment)+len(d.Transfer.From) == 0 {
			t.Fatalf("%s names nothing that it could be joined by", r.event.Type)
		}
		if r.event.Data.Classifier == trade.Actual && r.event.Recorded.Before(r.event.Time) {
			t.Fatalf("%s of %s was recorded before, at %s", r.event.Type, r.event.Time, r.event.Recorded)
		}
	}
}

func TestReusedMemoryGivesTheSameEvents(t *testing.T) {
	s, err := New(config(3, 50))
	if err != nil {
		t.Fatal(err)
	}
	var e trade.Event
	for i, want := range run(t, config(3, 50)) {
		chains, ok := s.Next(&e)
		if !ok {
			t.Fatalf("ended at %d", i)
		}
		if diff := cmp.Diff(string(wire.Append(nil, want.event)), string(wire.Append(nil, &e))); diff != "" || !slices.Equal(chains, want.chains) {
			t.Fatalf("event %d (-want +got)\n%s", i, diff)
		}
	}
	if _, ok := s.Next(&e); ok {
		t.Error("more events than in the first run")
	}
}

func TestNumbersAreValid(t *testing.T) {
	valid := func(what string, rule func(string) error, number string) {
		t.Helper()
		if err := rule(number); err != nil {
			t.Fatalf("%s %q: %v", what, number, err)
		}
	}
	for _, r := range run(t, config(2, 1500)) {
		d := r.event.Data
		for _, q := range d.Equipment {
			if q.Kind == trade.Container {
				valid("container", identifier.Container, q.Number)
			}
		}
		for _, ref := range slices.Concat(d.References, d.Covers, d.Replaces) {
			normal, flags := identifier.NormalReference(ref)
			if flags != 0 {
				t.Fatalf("%v is flagged %v", ref, flags.Names())
			}
			switch {
			case ref.Kind == trade.AirWaybill || ref.Kind == trade.MasterAirWaybill:
				valid("air waybill", identifier.AWB, normal.Value)
			case ref.Kind == trade.Payment:
				valid("payment", identifier.UETR, ref.Value)
			case ref.Kind == trade.Declaration && d.Customs.Territory == "CN":
				valid("declaration", identifier.ChinaDeclaration, normal.Value)
			case ref.Kind == trade.Declaration && d.Customs.Territory == "EU":
				valid("MRN", identifier.MRN, normal.Value)
			}
		}
		for _, party := range slices.Concat(d.Parties, []trade.Party{{ID: d.Document.Holder}, {ID: d.Document.Beneficiary}, {ID: d.Finance.Financier}}) {
			switch party.ID.Kind {
			case "lei":
				valid("LEI", identifier.LEI, party.ID.Value)
			case "uscc":
				valid("USCC", identifier.USCC, party.ID.Value)
			case "uen":
				valid("UEN", identifier.UEN, party.ID.Value)
			case "", "scac":
			default:
				t.Fatalf("party of kind %s", party.ID.Kind)
			}
		}
		if d.Transport.Mode == trade.Sea || d.Transport.Mode == trade.Barge {
			valid("IMO", identifier.IMO, d.Transport.Conveyance)
		}
		for _, place := range []string{d.Place.UNLOCODE, d.Transport.From, d.Transport.To} {
			if place != "" {
				valid("UN/LOCODE", identifier.UNLOCODE, place)
			}
		}
		for _, g := range d.Goods {
			valid("HS", identifier.HS, g.HS)
		}
	}
}

// A number names one consignment, or those of one deal; else the traffic would ask to join what is apart.
func TestNumbersAreNeverShared(t *testing.T) {
	dealOf := map[string]int{}
	deals := 0
	all := run(t, config(4, 3000))
	for _, r := range all { // events of a whole deal say which consignments it has
		if len(r.chains) > 1 {
			for _, c := range r.chains {
				if dealOf[c] == 0 {
					deals++
					for _, member := range r.chains {
						dealOf[member] = deals
					}
					break
				}
			}
		}
	}
	type holder struct{ chain string }
	holders := map[trade.Reference]holder{}
	for _, r := range all {
		for _, ref := range slices.Concat(r.event.Data.References, r.event.Data.Covers) {
			ref, _ = identifier.NormalReference(ref)
			h, ok := holders[ref]
			if !ok {
				holders[ref] = holder{r.chains[0]}
				continue
			}
			if !slices.Contains(r.chains, h.chain) && (dealOf[h.chain] == 0 || dealOf[h.chain] != dealOf[r.chains[0]]) {
				t.Fatalf("%v names %s and %v", ref, h.chain, r.chains)
			}
		}
	}
}

// Between pick-up and return a container serves one consignment, and then rests.
func TestContainerCyclesAreClean(t *testing.T) {
	type sighting struct {
		at    time.Time
		typ   trade.Type
		chain string
	}
	sightings := map[string][]sighting{}
	for _, r := range run(t, config(5, 3000)) {
		if r.again {
			continue
		}
		for _, q := range r.event.Data.Equipment {
			if q.Kind == trade.Container {
				if len(r.chains) != 1 {
					t.Fatalf("%s of container %s belongs to %v", r.event.Type, q.Number, r.chains)
				}
				sightings[q.Number] = append(sightings[q.Number], sighting{r.event.Time, r.event.Type, r.chains[0]})
			}
		}
		for _, number := range slices.Concat(r.event.Data.Transfer.From, r.event.Data.Transfer.To) {
			sightings[number] = append(sightings[number], sighting{r.event.Time, r.event.Type, r.chains[0]})
		}
	}
	reused := 0
	for number, list := range sightings {
		slices.SortStableFunc(list, func(a, b sighting) int { return a.at.Compare(b.at) })
		var serving string
		var last time.Time
		for i, s := range list {
			switch {
			case s.typ == trade.EmptyPickedUp:
				if serving != "" {
					t.Fatalf("%s was picked up for %s while it served %s", number, s.chain, serving)
				}
				if i > 0 {
					reused++
					if rest := s.at.Sub(last); rest < 5*24*time.Hour {
						t.Fatalf("%s rested only %s", number, rest)
					}
				}
				serving = s.chain
			case s.chain != serving:
				t.Fatalf("%s at %s: %s of %q, but it serves %q", number, s.at, s.typ, s.chain, serving)
			case s.at.Sub(last) > 40*24*time.Hour:
				t.Fatalf("%s was silent from %s to %s", number, last, s.at)
			case s.at.Equal(last) && s.typ == list[i-1].typ:
				t.Fatalf("%s: two %s at %s", number, s.typ, s.at)
			}
			last = s.at
			if s.typ == trade.EmptyReturned {
				serving = ""
			}
		}
		if serving != "" {
			t.Fatalf("%s never came back from %s", number, serving)
		}
	}
	if reused < 500 {
		t.Errorf("%d journeys in used containers, want many", reused)
	}
}

func TestArrivalAndRepeats(t *testing.T) {
	first := map[trade.EventKey]string{}
	var before time.Time
	late, again := 0, 0
	all := run(t, config(6, 1000))
	for _, r := range all {
		if r.arrived.Before(before) {
			t.Fatalf("an event arrives at %s, after one at %s", r.arrived, before)
		}
		before = r.arrived
		line := string(wire.Append(nil, r.event))
		earlier, known := first[r.event.Key()]
		if known != r.again {
			t.Fatalf("%s: known %v, said to be repeated %v", r.event.ID, known, r.again)
		}
		if known {
			again++
			if diff := cmp.Diff(earlier, line); diff != "" {
				t.Fatalf("not an exact repeat (-first +again)\n%s", diff)
			}
			continue
		}
		first[r.event.Key()] = line
		if !r.arrived.Equal(r.event.Recorded) {
			t.Fatalf("%s arrives at %s, recorded at %s", r.event.ID, r.arrived, r.event.Recorded)
		}
		if r.event.Recorded.Sub(r.event.Time) > 36*time.Hour {
			late++
		}
	}
	if share := float64(again) / float64(len(first)); share < 0.015 || share > 0.025 {
		t.Errorf("%.3f repeated, want 0.02", share)
	}
	if share := float64(late) / float64(len(first)); share < 0.02 || share > 0.06 {
		t.Errorf("%.3f late by more than a day, want about 0.035", share)
	}
}

func TestDensityDoesNotGrowWithLength(t *testing.T) {
	most := func(chains int) int {
		s, err := New(config(1, chains))
		if err != nil {
			t.Fatal(err)
		}
		var e trade.Event
		most := 0
		for {
			if _, ok := s.Next(&e); !ok {
				return most
			}
			most = max(most, len(s.pending))
		}
	}
	if short, long := most(3000), most(12000); float64(long) > 1.2*float64(short) {
		t.Errorf("%d events pending at most in 12000 consignments, %d in 3000", long, short)
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	_, err := New(Config{Disorder: 2, Repeats: -1, Late: -1})
	if err == nil {
		t.Fatal("taken")
	}
	for _, word := range []string{"chains", "per day", "start", "disorder", "repeats", "late"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not speak of %s", err, word)
		}
	}
}

func TestAnyTrafficHoldsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{
			Seed: rapid.Uint64().Draw(t, "seed"), Chains: rapid.IntRange(1, 40).Draw(t, "chains"), Start: Defaults().Start,
			PerDay:   rapid.IntRange(1, 500).Draw(t, "per day"),
			Disorder: rapid.Float64Range(0, 1).Draw(t, "disorder"), Repeats: rapid.Float64Range(0, 1).Draw(t, "repeats"),
			Late: time.Duration(rapid.IntRange(0, 60*24).Draw(t, "late")) * time.Hour,
		}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		truth := map[trade.EventKey]string{}
		chains := map[string]bool{}
		var e trade.Event
		var before time.Time
		for {
			names, ok := s.Next(&e)
			if !ok {
				break
			}
			if faults := trade.Validate(&e); faults != nil {
				t.Fatalf("%v", faults)
			}
			if len(names) == 0 || s.Arrived().Before(before) {
				t.Fatalf("%s of %v arrives at %s after %s", e.Type, names, s.Arrived(), before)
			}
			before = s.Arrived()
			joined := strings.Join(names, " ")
			if earlier, known := truth[e.Key()]; known != s.Repeated() || known && earlier != joined {
				t.Fatalf("%s: %q, then %q, repeated %v", e.ID, earlier, joined, s.Repeated())
			}
			truth[e.Key()] = joined
			for _, c := range names {
				chains[c] = true
			}
		}
		if len(chains) != cfg.Chains || s.Planned() != cfg.Chains {
			t.Fatalf("%d chains, want %d", len(chains), cfg.Chains)
		}
	})
}

func TestReadTruthGivesWhatAppendWrote(t *testing.T) {
	want := []Truth{
		{Source: "urn:oneorder:org:a", ID: "1", Chains: []string{"x", "y"}},
		{Source: "urn:oneorder:org:b", ID: `"2"`, Chains: []string{}, Scenario: "wide"},
	}
	var text []byte
	for _, w := range want {
		text = w.Append(text)
	}
	var got []Truth
	if err := ReadTruth(strings.NewReader(string(text)+"\n"), func(t Truth) error { got = append(got, t); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for text, part := range map[string]string{"{}\n": "line 1", "\n{\n": "line 2", `{"source":"s","id":"1"}`: "chains"} {
		if err := ReadTruth(strings.NewReader(text), func(Truth) error { return nil }); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", text, err)
		}
	}
	stop := errors.New("stop")
	if err := ReadTruth(strings.NewReader(string(text)), func(Truth) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
