package simulator

import (
	"fmt"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// Score compares a joining with the truth, event by event and pair by pair. Two events are joined when some
// chain has both.
type Score struct {
	Events    int     `json:"events"`    // distinct events of the truth
	Missing   int     `json:"missing"`   // of these, not mentioned by the joining, or in no chain of it
	Unknown   int     `json:"unknown"`   // events of the joining that the truth does not have
	Truth     int64   `json:"truth"`     // pairs joined in truth
	Joined    int64   `json:"joined"`    // pairs joined by the joining, among events of the truth
	Both      int64   `json:"both"`      // pairs joined by both
	Precision float64 `json:"precision"` // Both of Joined; 1 where nothing is joined
	Recall    float64 `json:"recall"`    // Both of Truth; 1 where nothing is to be joined
	Exact     bool    `json:"exact"`     // the chains are the same but for their names, and every event is known
	// Scenarios are the same for the events of each scenario that the truth names, sorted: the pairs that have one of
	// them on either side.
	Scenarios []ScenarioScore `json:"scenarios,omitempty"`
	// Differences are some events that stand together with others than in truth, in the order of the truth.
	Differences []Difference `json:"differences,omitempty"`
}

// ScenarioScore is the score of one scenario's events.
type ScenarioScore struct {
	Scenario  string  `json:"scenario"`
	Events    int     `json:"events"`
	Missing   int     `json:"missing"`
	Truth     int64   `json:"truth"`
	Joined    int64   `json:"joined"`
	Both      int64   `json:"both"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// Difference is an event whose company differs.
type Difference struct {
	Source   string   `json:"source"`
	ID       string   `json:"id"`
	Scenario string   `json:"scenario,omitempty"`
	Truth    []string `json:"truth"`  // names of its chains in the truth
	Joined   []string `json:"joined"` // ids of its chains in the joining
	Lacks    int      `json:"lacks"`  // events that should be joined with it and are not
	Wrong    int      `json:"wrong"`  // events that are joined with it and should not be
}

// MostDifferences that a score lists.
const MostDifferences = 20

// Scorer collects the truth and a joining, in any order, and compares them. An event said twice counts once, as
// said last. The zero Scorer is ready.
type Scorer struct {
	index  map[trade.EventKey]int32
	events []scored
}

type scored struct {
	source, id, scenario string
	truth, joined        []string
	inTruth              bool
}

// Truth says where an event belongs.
func (s *Scorer) Truth(t Truth) {
	e := s.event(t)
	e.truth, e.inTruth, e.scenario = t.Chains, true, t.Scenario
}

// Joined says where a joining put an event.
func (s *Scorer) Joined(t Truth) { s.event(t).joined = t.Chains }

func (s *Scorer) event(t Truth) *scored {
	if s.index == nil {
		s.index = map[trade.EventKey]int32{}
	}
	key := trade.KeyOf(t.Source, t.ID)
	i, ok := s.index[key]
	if !ok {
		i = int32(len(s.events)) // 2^31 events don't fit in memory
		s.index[key] = i
		s.events = append(s.events, scored{source: t.Source, id: t.ID})
	}
	return &s.events[i]
}

// Score compares. Its time grows with the sum of the squares of the chains' sizes.
func (s *Scorer) Score() Score {
	var score Score
	scenarios := map[string]*ScenarioScore{}
	truth, joined := newGrouping(s.events), newGrouping(s.events)
	for i := range s.events {
		e := &s.events[i]
		if !e.inTruth {
			score.Unknown++
			continue
		}
		of := scenarios[e.scenario]
		if of == nil {
			of = &ScenarioScore{Scenario: e.scenario}
			scenarios[e.scenario] = of
		}
		score.Events++
		of.Events++
		if len(e.joined) == 0 && len(e.truth) > 0 {
			score.Missing++
			of.Missing++
		}
		truth.add(int32(i), e.truth)
		joined.add(int32(i), e.joined)
	}
	for i := range s.events {
		e := &s.events[i]
		if !e.inTruth {
			continue
		}
		t, j := truth.company(int32(i), e.truth), joined.company(int32(i), e.joined)
		// A pair of one scenario is met from both sides, one of two scenarios by each from one.
		of, weight := scenarios[e.scenario], func(other int32) int64 {
			if s.events[other].scenario == e.scenario {
				return 1
			}
			return 2
		}
		both := 0
		for _, other := range t {
			of.Truth += weight(other)
		}
		for _, other := range j {
			of.Joined += weight(other)
			if truth.seen[other] == int32(i)+1 {
				both++
				of.Both += weight(other)
			}
		}
		score.Truth += int64(len(t))
		score.Joined += int64(len(j))
		score.Both += int64(both)
		if (both < len(t) || both < len(j)) && len(score.Differences) < MostDifferences {
			score.Differences = append(score.Differences, Difference{
				Source: e.source, ID: e.id, Scenario: e.scenario, Truth: e.truth, Joined: e.joined, Lacks: len(t) - both, Wrong: len(j) - both,
			})
		}
	}
	// Every pair was met from both sides.
	score.Truth, score.Joined, score.Both = score.Truth/2, score.Joined/2, score.Both/2
	score.Precision, score.Recall = share(score.Both, score.Joined), share(score.Both, score.Truth)
	score.Exact = score.Unknown == 0 && truth.same(joined)
	for name, of := range scenarios {
		of.Truth, of.Joined, of.Both = of.Truth/2, of.Joined/2, of.Both/2
		of.Precision, of.Recall = share(of.Both, of.Joined), share(of.Both, of.Truth)
		if name != "" {
			score.Scenarios = append(score.Scenarios, *of)
		}
	}
	slices.SortFunc(score.Scenarios, func(a, b ScenarioScore) int { return strings.Compare(a.Scenario, b.Scenario) })
	return score
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// grouping is one side: which events each chain has.
type grouping struct {
	members map[string][]int32
	seen    []int32 // by event: 1 + the event in whose company it was met last
	buffer  []int32
}

func newGrouping(events []scored) *grouping {
	return &grouping{members: map[string][]int32{}, seen: make([]int32, len(events))}
}

func (g *grouping) add(event int32, chains []string) {
	for i, chain := range chains {
		if !slices.Contains(chains[:i], chain) {
			g.members[chain] = append(g.members[chain], event)
		}
	}
}

// company gives the other events that share a chain with the event, each once, until the next call.
func (g *grouping) company(event int32, chains []string) []int32 {
	g.buffer = g.buffer[:0]
	for _, chain := range chains {
		for _, other := range g.members[chain] {
			if other != event && g.seen[other] != event+1 {
				g.seen[other] = event + 1
				g.buffer = append(g.buffer, other)
			}
		}
	}
	return g.buffer
}

// same says that both have the same chains, whatever their names. Events are added in the same order to both.
func (g *grouping) same(other *grouping) bool {
	if len(g.members) != len(other.members) {
		return false
	}
	count := make(map[string]int, len(g.members))
	for _, events := range g.members {
		count[content(events)]++
	}
	for _, events := range other.members {
		count[content(events)]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func content(events []int32) string {
	b := make([]byte, 0, 4*len(events))
	for _, e := range events {
		b = append(b, byte(e), byte(e>>8), byte(e>>16), byte(e>>24)) // bytes of it are meant
	}
	return string(b)
}

// String says it in a line.
func (s Score) String() string {
	return fmt.Sprintf("%d events, %d missing, %d unknown; pairs: %d in truth, %d joined, %d both; precision %.6f, recall %.6f, exact %v",
		s.Events, s.Missing, s.Unknown, s.Truth, s.Joined, s.Both, s.Precision, s.Recall, s.Exact)
}
