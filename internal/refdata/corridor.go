package refdata

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"oneorder/internal/trade"
)

// Other is the corridor of a chain that is on none of the corridors.
const Other = "other"

// maxCorridors bounds the corridors, so that what a place belongs to is a small array.
const maxCorridors = 16

// nodes says, per corridor, which node a place belongs to: its number from 1, 0 for none.
type nodes [maxCorridors]uint8

// MilestoneSet is a set of milestones, a bit each: 1<<milestone.
type MilestoneSet = uint32

type corridor struct {
	id       string
	name     string
	feeders  []string
	nodes    []node
	hubs     map[string]bool // codes of places and facilities where goods change conveyance
	required uint64          // a bit per node
	expected MilestoneSet
}

type node struct {
	name  string
	mode  string // of the leg from the node before
	hours int    // of that leg
	dwell int    // hours

	places, countries []string // codes
}

type corridorsYAML struct {
	Corridors []corridorYAML      `yaml:"corridors"`
	Other     map[string][]string `yaml:"other"`
	Normal    []dueYAML           `yaml:"normal"`
}

type corridorYAML struct {
	ID       string              `yaml:"id"`
	Name     string              `yaml:"name"`
	Feeders  []string            `yaml:"feeders"`
	Nodes    []nodeYAML          `yaml:"nodes"`
	Expected map[string][]string `yaml:"expected"`
}

type nodeYAML struct {
	Name       string   `yaml:"name"`
	Places     []string `yaml:"places"`
	Facilities []string `yaml:"facilities"`
	Countries  []string `yaml:"countries"`
	Mode       string   `yaml:"mode"`
	Hours      int      `yaml:"hours"`
	Hub        bool     `yaml:"hub"`
	DwellHours int      `yaml:"dwell_hours"`
	Required   bool     `yaml:"required"`
}

var corridorID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)

var legModes = []string{trade.Sea, trade.Rail, trade.Road, trade.Air, trade.Barge}

// corridorLoader collects what is wrong with corridors.yaml.
type corridorLoader struct {
	*Tables
	faults []error
}

func (l *corridorLoader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Errorf("%s: %s", corridorsFile, fmt.Sprintf(format, args...)))
}

func (t *Tables) loadCorridors(data []byte) []error {
	l := &corridorLoader{Tables: t}
	var doc corridorsYAML
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		return []error{fmt.Errorf("%s: %w", corridorsFile, err)}
	}
	if len(doc.Corridors) == 0 || len(doc.Corridors) > maxCorridors {
		l.fault("it has %d corridors, want 1 to %d", len(doc.Corridors), maxCorridors)
		return l.faults
	}
	for i := range doc.Corridors {
		l.corridor(i, &doc.Corridors[i])
	}
	t.other = l.expected(Other, doc.Other)
	l.normal(doc.Normal)
	// A place and a facility belong to their country's node where they have none of their own.
	for _, spots := range []map[string]*spot{t.places, t.facilities} {
		for _, s := range spots {
			for i := range s.nodes {
				if p := t.places[s.UNLOCODE]; s.nodes[i] == 0 && p != nil {
					s.nodes[i] = p.nodes[i]
				}
				if c := t.countries[s.Country]; s.nodes[i] == 0 && c != nil {
					s.nodes[i] = c.nodes[i]
				}
			}
		}
	}
	return l.faults
}

func (l *corridorLoader) corridor(i int, y *corridorYAML) {
	where := fmt.Sprintf("corridors[%d] %s", i, y.ID)
	if !corridorID.MatchString(y.ID) || y.ID == Other {
		l.fault("corridors[%d]: the id is %q, want lower-case letters, digits and -, and not %s", i, y.ID, Other)
	}
	if slices.ContainsFunc(l.corridors, func(c corridor) bool { return c.id == y.ID }) {
		l.fault("%s: the id is there twice", where)
	}
	if y.Name == "" {
		l.fault("%s: it has no name", where)
	}
	if len(y.Nodes) < 2 || len(y.Nodes) > 64 {
		l.fault("%s: it has %d nodes, want 2 to 64", where, len(y.Nodes))
		return
	}
	for _, m := range y.Feeders {
		l.mode(where+": feeders", m)
	}
	c := corridor{hubs: make(map[string]bool), id: y.ID, name: y.Name, feeders: y.Feeders, expected: l.expected(where, y.Expected)}
	for j := range y.Nodes {
		n := &y.Nodes[j]
		l.node(fmt.Sprintf("%s: nodes[%d] %s", where, j, n.Name), i, j, n, y.Feeders)
		if n.Required {
			c.required |= 1 << j
		}
		c.nodes = append(c.nodes, node{
			name: n.Name, mode: n.Mode, hours: n.Hours, dwell: n.DwellHours,
			places: slices.Concat(n.Places, l.apart(n.Facilities)), countries: n.Countries,
		})
		for _, code := range slices.Concat(n.Places, n.Facilities) {
			if n.Hub {
				c.hubs[code] = true
			}
		}
	}
	l.corridors = append(l.corridors, c)
}

// apart gives those of the facilities that have no UN/LOCODE, so that a place is named by their own code.
func (l *corridorLoader) apart(facilities []string) (codes []string) {
	for _, code := range facilities {
		if s := l.facilities[code]; s != nil && s.code == code {
			codes = append(codes, code)
		}
	}
	return codes
}

// milestones lists the names of a set.
func milestones(set MilestoneSet) (names []string) {
	for m := range trade.MilestoneCount {
		if set&(1<<m) != 0 {
			names = append(names, m.String())
		}
	}
	return names
}

func (l *corridorLoader) mode(where, mode string) {
	if !slices.Contains(legModes, mode) {
		l.fault("%s: the mode is %q, want one of %v", where, mode, legModes)
	}
}

func (l *corridorLoader) node(where string, i, j int, n *nodeYAML, feeders []string) {
	if n.Name == "" {
		l.fault("%s: it has no name", where)
	}
	if j == 0 {
		if n.Mode != "" || n.Hours != 0 {
			l.fault("%s: the first node has no leg before it, so neither mode nor hours", where)
		}
	} else {
		l.mode(where, n.Mode)
		if slices.Contains(feeders, n.Mode) {
			l.fault("%s: %s is a feeder of the corridor, so no leg between its nodes goes by it", where, n.Mode)
		}
		if n.Hours <= 0 {
			l.fault("%s: hours is %d, want more than 0", where, n.Hours)
		}
	}
	if n.DwellHours < 0 {
		l.fault("%s: dwell_hours is %d, want 0 or more", where, n.DwellHours)
	}
	if n.Hub && len(n.Places)+len(n.Facilities) == 0 {
		l.fault("%s: a hub is its places and facilities, and there are none", where)
	}
	if len(n.Places)+len(n.Facilities)+len(n.Countries) == 0 {
		l.fault("%s: it has no places, facilities or countries", where)
	}
	put := func(kind, code string, at *nodes) {
		switch {
		case at == nil:
			l.fault("%s: %s %q is not in the tables", where, kind, code)
		case at[i] != 0:
			l.fault("%s: %s %q is at another node of the corridor too", where, kind, code)
		default:
			at[i] = uint8(j) + 1 // j < 64
		}
	}
	for _, code := range n.Places {
		var at *nodes
		if s := l.places[code]; s != nil && s.UNLOCODE == code {
			at = &s.nodes
		}
		put("place", code, at)
	}
	for _, code := range n.Facilities {
		var at *nodes
		if s := l.facilities[code]; s != nil {
			at = &s.nodes
		}
		put("facility", code, at)
	}
	for _, code := range n.Countries {
		var at *nodes
		if c := l.countries[code]; c != nil {
			at = &c.nodes
		}
		put("country", code, at)
	}
}

// expected reads the milestones that are expected per domain. Each stands under its own domain.
func (l *corridorLoader) expected(where string, byDomain map[string][]string) MilestoneSet {
	var set MilestoneSet
	for _, domain := range []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance} {
		if len(byDomain[domain]) == 0 {
			l.fault("%s: expected: %s has no milestones", where, domain)
		}
	}
	for domain, names := range byDomain {
		for _, name := range names {
			m, ok := trade.MilestoneNamed(name)
			switch {
			case !ok:
				l.fault("%s: expected: %q is not a milestone", where, name)
			case m.Domain() != domain:
				l.fault("%s: expected: %s is a milestone of %s, not of %s", where, name, m.Domain(), domain)
			default:
				set |= 1 << m
			}
		}
	}
	return set
}

// nodeName is the name of the node in the first corridor that has one.
func (t *Tables) nodeName(at nodes) string {
	for i := range t.corridors {
		if at[i] != 0 {
			return t.corridors[i].nodes[at[i]-1].name
		}
	}
	return ""
}

// nodesAt gives the nodes of a code that Locate gave, its country's where the tables don't know the place.
func (t *Tables) nodesAt(code string) *nodes {
	if s := t.at(code); s != nil {
		return &s.nodes
	}
	if len(code) == 5 {
		if c := t.countries[code[:2]]; c != nil {
			return &c.nodes
		}
	}
	return nil
}

// Hub says whether goods change conveyance at the place on some corridor, so that a journey which is only
// known from there on has probably begun before. The argument is a code that Locate gave.
func (t *Tables) Hub(code string) bool {
	for i := range t.corridors {
		if t.corridors[i].hubs[code] {
			return true
		}
	}
	return false
}

// Expected gives the milestones that a complete record has on the corridor.
func (t *Tables) Expected(corridor string) MilestoneSet {
	for i := range t.corridors {
		if t.corridors[i].id == corridor {
			return t.corridors[i].expected
		}
	}
	return t.other
}

// Corridors lists the ids in the order of the file, without Other.
func (t *Tables) Corridors() []string {
	ids := make([]string, len(t.corridors))
	for i := range t.corridors {
		ids[i] = t.corridors[i].id
	}
	return ids
}

// Normal gives the normal time of the way between two places on a corridor, stays at the hubs between them
// included. False: one of them is not on it. The arguments are codes that Locate gave.
func (t *Tables) Normal(corridor, from, to string) (time.Duration, bool) {
	a, b := t.nodesAt(from), t.nodesAt(to)
	for i := range t.corridors {
		c := &t.corridors[i]
		if c.id != corridor || a == nil || b == nil || a[i] == 0 || b[i] == 0 {
			continue
		}
		low, high := min(a[i], b[i])-1, max(a[i], b[i])-1
		hours := 0
		for j := low + 1; j <= high; j++ {
			hours += c.nodes[j].hours
			if j < high {
				hours += c.nodes[j].dwell
			}
		}
		return time.Duration(hours) * time.Hour, true
	}
	return 0, false
}

// Corridor gives the id of the first corridor that a journey fits, else Other (the rule stands in
// corridors.yaml). The journey is its places in order, codes that Locate gave, and the modes between them,
// one fewer; "" is a mode or place that is not known.
func (t *Tables) Corridor(places, modes []string) string {
	if len(modes) != len(places)-1 {
		return Other
	}
	for i := range t.corridors {
		if t.fits(i, places, modes) {
			return t.corridors[i].id
		}
	}
	return Other
}

func (t *Tables) fits(i int, places, modes []string) bool {
	c := &t.corridors[i]
	at := func(place string) int {
		if n := t.nodesAt(place); n != nil {
			return int(n[i])
		}
		return 0
	}
	for len(modes) > 0 && slices.Contains(c.feeders, modes[0]) {
		places, modes = places[1:], modes[1:]
	}
	for n := len(modes); n > 0 && slices.Contains(c.feeders, modes[n-1]); n = len(modes) {
		places, modes = places[:n], modes[:n-1]
	}
	var touched uint64
	known := false
	direction, before := 0, 0
	for p, place := range places {
		n := at(place)
		if n == 0 {
			return false
		}
		touched |= 1 << (n - 1)
		known = known || c.hubs[place]
		if p > 0 && n != before {
			step := 1
			if n < before {
				step = -1
			}
			if direction == -step {
				return false
			}
			direction = step
			if mode := modes[p-1]; mode != "" && mode != trade.Multimodal {
				known = true
				for j := min(n, before) + 1; j <= max(n, before); j++ {
					if c.nodes[j-1].mode != mode {
						return false
					}
				}
			}
		}
		before = n
	}
	return known && direction != 0 && touched&c.required == c.required
}
