package simulator

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func score(truth, joined map[string][]string) Score {
	var s Scorer
	for id, chains := range truth {
		s.Truth(Truth{Source: "s", ID: id, Chains: chains})
	}
	for id, chains := range joined {
		s.Joined(Truth{Source: "s", ID: id, Chains: chains})
	}
	return s.Score()
}

func TestScore(t *testing.T) {
	type groups = map[string][]string
	truth := groups{"1": {"a"}, "2": {"a"}, "3": {"a", "b"}, "4": {"b"}}
	cases := []struct {
		fact   string
		joined groups
		want   Score
	}{
		{
			"other names are the same chains",
			groups{"1": {"x"}, "2": {"x"}, "3": {"y", "x"}, "4": {"y"}},
			Score{Events: 4, Truth: 4, Joined: 4, Both: 4, Precision: 1, Recall: 1, Exact: true},
		},
		{
			"a pair that is not joined costs recall",
			groups{"1": {"x"}, "2": {"x"}, "3": {"x"}, "4": {"y"}},
			Score{Events: 4, Truth: 4, Joined: 3, Both: 3, Precision: 1, Recall: 0.75},
		},
		{
			"all in one costs precision",
			groups{"1": {"x"}, "2": {"x"}, "3": {"x"}, "4": {"x"}},
			Score{Events: 4, Truth: 4, Joined: 6, Both: 4, Precision: 4. / 6, Recall: 1},
		},
		{
			"an event in no chain is missing",
			groups{"1": {"x"}, "2": {"x"}, "3": {}},
			Score{Events: 4, Missing: 2, Truth: 4, Joined: 1, Both: 1, Precision: 1, Recall: 0.25},
		},
		{
			"an event that nobody sent is unknown",
			groups{"1": {"x"}, "2": {"x"}, "3": {"y", "x"}, "4": {"y"}, "5": {"y"}},
			Score{Events: 4, Unknown: 1, Truth: 4, Joined: 4, Both: 4, Precision: 1, Recall: 1},
		},
		{
			"a chain said twice counts once",
			groups{"1": {"x", "x"}, "2": {"x"}, "3": {"y", "x"}, "4": {"y"}},
			Score{Events: 4, Truth: 4, Joined: 4, Both: 4, Precision: 1, Recall: 1, Exact: true},
		},
		{
			"nothing joined is precise",
			groups{},
			Score{Events: 4, Missing: 4, Truth: 4, Precision: 1},
		},
	}
	for _, c := range cases {
		got := score(truth, c.joined)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Score{}, "Differences"), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.fact, diff)
		}
		if (got.Joined == got.Truth && got.Both == got.Truth) != (len(got.Differences) == 0) {
			t.Errorf("%s: differences %v", c.fact, got.Differences)
		}
	}
}

func TestScoreOfAScenarioCountsPairsWithOneOfItsEvents(t *testing.T) {
	var s Scorer
	for i, scenario := range []string{"", "split", "split", "wide"} {
		s.Truth(Truth{Source: "s", ID: fmt.Sprint(i), Chains: []string{"a"}, Scenario: scenario})
	}
	for i, chain := range []string{"x", "x", "x", "y"} {
		s.Joined(Truth{Source: "s", ID: fmt.Sprint(i), Chains: []string{chain}})
	}
	want := []ScenarioScore{
		{Scenario: "split", Events: 2, Truth: 5, Joined: 3, Both: 3, Precision: 1, Recall: 0.6},
		{Scenario: "wide", Events: 1, Truth: 3, Precision: 1},
	}
	if diff := cmp.Diff(want, s.Score().Scenarios, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("scenarios (-want +got):\n%s", diff)
	}
}

// The score of any two groupings is that of counting each pair on its own.
func TestScoreCountsPairs(t *testing.T) {
	chains := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 3, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		truth, joined := map[string][]string{}, map[string][]string{}
		n := rapid.IntRange(0, 12).Draw(t, "events")
		for i := range n {
			id := fmt.Sprint(i)
			truth[id], joined[id] = chains.Draw(t, "truth"), chains.Draw(t, "joined")
		}
		together := func(g map[string][]string, i, j int) bool {
			for _, a := range g[fmt.Sprint(i)] {
				for _, b := range g[fmt.Sprint(j)] {
					if a == b {
						return true
					}
				}
			}
			return false
		}
		var want Score
		for i := range n {
			for j := range i {
				x, y := together(truth, i, j), together(joined, i, j)
				if x {
					want.Truth++
				}
				if y {
					want.Joined++
				}
				if x && y {
					want.Both++
				}
			}
		}
		got := score(truth, joined)
		if got.Truth != want.Truth || got.Joined != want.Joined || got.Both != want.Both {
			t.Fatalf("got %v, want pairs %d %d %d", got, want.Truth, want.Joined, want.Both)
		}
		if got.Exact && (got.Both != got.Truth || got.Both != got.Joined) {
			t.Fatalf("exact, and yet %v", got)
		}
		if same := score(truth, truth); !same.Exact || same.Precision != 1 || same.Recall != 1 {
			t.Fatalf("with itself: %v", same)
		}
	})
}
