package refdata

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"oneorder/deploy"
)

// FreeTime is a rule of the tariff: what is free of demurrage and detention where it fits. Of the rules the first that fits counts.
// An empty condition asks nothing.
type FreeTime struct {
	Tariff    string   // name of the tariff that it is of
	Carrier   string   // code of the carrier of the last leg
	Corridor  string   // id
	Places    []string // codes of places, and of the facilities that have none
	Countries []string // ISO 3166-1 alpha-2

	Demurrage int  // free days in the terminal; -1: Combined
	Detention int  // free days outside of it; -1: Combined
	Combined  int  // free days of both as one; -1: the two have their own
	NextDay   bool // the day after the discharge, or after the gate-out, is the first; else that day itself

	// Before the export, where the terminal is that of the first leg: -1: the rule does not say.
	ExportDemurrage int // free days in the terminal, laden: gate-in to loading
	ExportDetention int // free days outside, before it: pick-up of the empty to gate-in
}

type freeTimeYAML struct {
	Tariff string         `yaml:"tariff"`
	Rules  []freeRuleYAML `yaml:"rules"`
}

type freeRuleYAML struct {
	Carrier   string `yaml:"carrier"`
	Corridor  string `yaml:"corridor"`
	Node      string `yaml:"node"`
	Place     string `yaml:"place"`
	Country   string `yaml:"country"`
	Demurrage *int   `yaml:"demurrage_days"`
	Detention *int   `yaml:"detention_days"`
	Combined  *int   `yaml:"combined_days"`
	FirstDay  string `yaml:"first_day"`

	ExportDemurrage *int `yaml:"export_demurrage_days"`
	ExportDetention *int `yaml:"export_detention_days"`
}

// FreeTimes are the rules of the tariff in the order in which they are tried.
func (t *Tables) FreeTimes() []FreeTime { return slices.Clone(t.freeTimes) }

const (
	mostFreeRules = 1000
	mostFreeDays  = 365
)

func (t *Tables) loadFreeTime(data []byte) (faults []error) {
	var doc freeTimeYAML
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		return []error{fmt.Errorf("%s: %w", freeTimeFile, err)}
	}
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", freeTimeFile, fmt.Sprintf(format, args...)))
	}
	if doc.Tariff == "" {
		fault("the tariff has no name")
	}
	if len(doc.Rules) > mostFreeRules {
		fault("it has %d rules, want up to %d", len(doc.Rules), mostFreeRules)
	}
	// The built-in example may stand beside corridors of the operator's own, which it does not know.
	example := bytes.Equal(data, deploy.FreeTime)
	for i := range doc.Rules {
		y := &doc.Rules[i]
		if example && !t.hasNode(y.Corridor, y.Node) {
			continue
		}
		rule, wrong := t.freeTime(y)
		for _, w := range wrong {
			fault("rules[%d]: %s", i, w)
		}
		rule.Tariff = doc.Tariff
		t.freeTimes = append(t.freeTimes, rule)
	}
	return faults
}

// freeTime reads a rule, and says what is wrong with it.
func (t *Tables) freeTime(y *freeRuleYAML) (rule FreeTime, wrong []string) {
	fault := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	rule = FreeTime{Carrier: y.Carrier, Corridor: y.Corridor, Demurrage: -1, Detention: -1, Combined: -1, NextDay: y.FirstDay == "next", ExportDemurrage: -1, ExportDetention: -1}
	rule.Places, rule.Countries = t.nodeOf(y.Corridor, y.Node)
	if !t.hasNode(y.Corridor, y.Node) {
		fault("there is no node %q of a corridor %q in %s", y.Node, y.Corridor, corridorsFile)
	}
	if y.Place != "" {
		if s := t.at(y.Place); s == nil || s.code != y.Place {
			fault("place %q is not in the tables", y.Place)
		}
		rule.Places = append(rule.Places, y.Place)
	}
	if y.Country != "" {
		if t.countries[y.Country] == nil {
			fault("country %q is not in %s", y.Country, countriesFile)
		}
		rule.Countries = append(rule.Countries, y.Country)
	}
	switch y.FirstDay {
	case "", "event", "next":
	default:
		fault("first_day is %q, want event or next", y.FirstDay)
	}
	if apart := y.Demurrage != nil && y.Detention != nil; apart == (y.Combined != nil) || (y.Demurrage == nil) != (y.Detention == nil) {
		fault("want demurrage_days and detention_days, or combined_days alone")
	}
	if (y.ExportDemurrage == nil) != (y.ExportDetention == nil) {
		fault("want export_demurrage_days and export_detention_days, or neither")
	}
	for _, of := range []struct {
		name string
		says *int
		into *int
	}{{"demurrage_days", y.Demurrage, &rule.Demurrage}, {"detention_days", y.Detention, &rule.Detention}, {"combined_days", y.Combined, &rule.Combined}, {"export_demurrage_days", y.ExportDemurrage, &rule.ExportDemurrage}, {"export_detention_days", y.ExportDetention, &rule.ExportDetention}} {
		if of.says == nil {
			continue
		}
		if *of.says < 0 || *of.says > mostFreeDays {
			fault("%s is %d, want 0 to %d", of.name, *of.says, mostFreeDays)
		}
		*of.into = *of.says
	}
	return rule, wrong
}

// hasNode says whether there is such a corridor, and such a node of it; of what is not named, there is.
func (t *Tables) hasNode(corridor, node string) bool {
	places, countries := t.nodeOf(corridor, node)
	return (corridor == "" || corridor == Other || slices.Contains(t.Corridors(), corridor)) && (node == "" || len(places)+len(countries) > 0)
}

// nodeOf gives the places, with the facilities that have a code of their own, and the countries of a corridor's node.
func (t *Tables) nodeOf(corridor, name string) (places, countries []string) {
	for i := range t.corridors {
		c := &t.corridors[i]
		for j := range c.nodes {
			if c.id == corridor && c.nodes[j].name == name {
				places, countries = append(places, c.nodes[j].places...), append(countries, c.nodes[j].countries...)
			}
		}
	}
	return places, countries
}
