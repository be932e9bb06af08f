package main

import (
	"cmp"
	"slices"
	"strings"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

// regrouping follows which events are together in which chains, to tell the events that are with others than before from
// those whose chain is only called otherwise.
type regrouping struct {
	chains map[trade.EventKey][]string        // of each event, sorted
	events map[string]map[trade.EventKey]bool // that are in each chain, or were
}

func newRegrouping() *regrouping {
	return &regrouping{chains: make(map[trade.EventKey][]string), events: make(map[string]map[trade.EventKey]bool)}
}

// follow takes what an event that arrived changed. It gives how many others are in other chains, and how many of them would be
// whatever the chains are called: where each chain is taken to be the one that most of its events come from.
func (g *regrouping) follow(c *linkage.Changes, arrived trade.EventKey) (moved, regrouped int) {
	before := make(map[trade.EventKey][]string)
	set := func(event trade.EventKey, chains []string) {
		if _, ok := before[event]; !ok {
			before[event] = g.chains[event]
		}
		g.chains[event] = chains
		for _, id := range chains {
			if g.events[id] == nil {
				g.events[id] = make(map[trade.EventKey]bool)
			}
			g.events[id][event] = true
		}
	}
	for _, w := range c.Withdrawn {
		set(w.Event, slices.DeleteFunc(slices.Clone(g.chains[w.Event]), func(id string) bool { return id == w.Chain }))
	}
	for i := range c.Apart {
		var chains []string
		for _, p := range c.Apart[i].Chains {
			chains = append(chains, p.Chain)
		}
		set(c.Apart[i].Event, chains)
	}
	for i := range c.Placed {
		p := &c.Placed[i]
		if at, found := slices.BinarySearch(g.chains[p.Event], p.Chain); !found {
			set(p.Event, slices.Insert(slices.Clone(g.chains[p.Event]), at, p.Chain))
		}
	}
	touched := make(map[string]bool)
	for event, was := range before {
		if event == arrived || slices.Equal(was, g.chains[event]) {
			continue
		}
		moved++
		for _, id := range slices.Concat(was, g.chains[event]) {
			touched[id] = true
		}
	}
	if moved == 0 {
		return 0, 0
	}
	return moved, min(moved, g.least(touched, before, arrived))
}

// least counts the events in these chains that are with others than before.
func (g *regrouping) least(touched map[string]bool, before map[trade.EventKey][]string, arrived trade.EventKey) int {
	type event struct{ was, is []string }
	seen := make(map[trade.EventKey]event)
	common := make(map[[2]string]int) // events that two chains have in common: of before, of now
	for id := range touched {
		for key := range g.events[id] {
			if _, ok := seen[key]; ok || key == arrived {
				continue
			}
			e := event{g.chains[key], g.chains[key]}
			if was, ok := before[key]; ok {
				e.was = was
			}
			seen[key] = e
			for _, was := range e.was {
				for _, is := range e.is {
					common[[2]string{was, is}]++
				}
			}
		}
	}
	pairs := make([][2]string, 0, len(common))
	for pair := range common {
		pairs = append(pairs, pair)
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(common[b]-common[a], strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	called, taken := make(map[string]string), make(map[string]bool) // chains of now as those of before
	for _, pair := range pairs {
		if called[pair[1]] == "" && !taken[pair[0]] {
			called[pair[1]], taken[pair[0]] = pair[0], true
		}
	}
	n := 0
	for _, e := range seen {
		same := len(e.was) == len(e.is)
		for _, id := range e.is {
			same = same && slices.Contains(e.was, called[id])
		}
		if !same {
			n++
		}
	}
	return n
}
