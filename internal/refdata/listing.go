package refdata

import (
	"maps"
	"slices"
)

// ListedPlace is a place or facility as analysts are given it.
type ListedPlace struct {
	Place
	Code        string // by which places are named: UN/LOCODE, else the facility's own
	CountryName string
	Node        string // name of the corridor node that it belongs to, on the first corridor that has one; empty: on none
}

// ListPlaces are all places, and the facilities that no UN/LOCODE stands for, by code.
func (t *Tables) ListPlaces() []ListedPlace {
	var list []ListedPlace
	for _, spots := range []map[string]*spot{t.places, t.facilities} {
		for _, code := range slices.Sorted(maps.Keys(spots)) {
			if s := spots[code]; s.code == code {
				l := ListedPlace{Place: s.Place, Code: code, Node: t.nodeName(s.nodes)}
				if c := t.countries[s.Country]; c != nil {
					l.CountryName = c.name
				}
				list = append(list, l)
			}
		}
	}
	return list
}

// ListedCorridor is a corridor as analysts are given it.
type ListedCorridor struct {
	ID, Name string
	Nodes    []string // names, in order
	Modes    []string // from each node to the next, one fewer
	Hours    []int    // normal times, likewise
	Dwell    []int    // normal stays at the nodes, hours
	Expected []string // milestones of a complete record
}

// ListCorridors are the corridors in the order of the file, and Other.
func (t *Tables) ListCorridors() []ListedCorridor {
	list := make([]ListedCorridor, 0, len(t.corridors)+1)
	for i := range t.corridors {
		c := &t.corridors[i]
		l := ListedCorridor{ID: c.id, Name: c.name, Expected: milestones(c.expected)}
		for j := range c.nodes {
			n := &c.nodes[j]
			l.Nodes, l.Dwell = append(l.Nodes, n.name), append(l.Dwell, n.dwell)
			if j > 0 {
				l.Modes, l.Hours = append(l.Modes, n.mode), append(l.Hours, n.hours)
			}
		}
		list = append(list, l)
	}
	return append(list, ListedCorridor{ID: Other, Name: "on none of the corridors", Expected: milestones(t.other)})
}
