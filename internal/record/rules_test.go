package record_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// proven names, for each rule of docs/record.md as it stands there, the tests that show it: cases, or whole tests.
var proven = map[string]map[string][]string{
	"the rule of choice": {
		"its classifier: `ACT`, or none, over `EST` over `PLN`;":                                               {"an actual departure over a later estimate, which stays as the plan"},
		"its standing for this very fact, which the table below gives by type of event: the higher one first;": {"TestStandings"},
		"the later `recorded`; an event that does not say it counts from when the broker had it;":              {"of two actual reports the later recorded"},
		"the smaller `source`, then the smaller `id`.":                                                         {"recorded alike, the smaller source", "and of one source the smaller id"},
		"Of an event the highest revision counts, and nothing of it when that is a retraction.":                {"TestRevisions"},
		"An event about several consignments says nothing of the goods of one":                                 {"an event of several consignments says nothing of the goods of one"},
		"numbers of which one `replaces` the other, or which one `one_order` names, are of one consignment.":   {"TestReplacedNumbersAreOne"},
	},
	"`references` (`chain_numbers`)": {
		"all": {"references: every number that an event names or replaces"},
		"of bills or notes that stand several in one event only those that an event of this one alone names, where there is any of their kind": {"of two bills in one event the one that is named alone elsewhere"},
	},
	"`orgs`": {"all that reported": {"orgs: whoever has an event that stands, and nobody whose only event is taken back"}},
	"`parties`": {
		"one for each role and identity, or role and name: the report with a name first, then with a country, then by the rule": {"parties: a report with a name, then one with a country, then the later recorded"},
		"One without identity gives way to one of the same role and name with it":                                               {"a party with identity over the same one without, and its name from who gives one"},
	},
	"`containers`": {
		"all": {"containers: every one that is named, and where its goods went on"},
		"those that only stand beside others in events of no own number, where there is no better, not": {"of a list of containers without number, the one that is named with one"},
	},
	"`hs`": {
		"declaration lodged, accepted or amended (7), released or cleared (6), certificate of origin (5), invoice (4), bill (3), packing list, draft, certificate (2), others (1)": {"hs: by the standing of the document"},
		"Six digits, never merged over documents": {"goods: packages and weight by the bill, codes by customs, never added up"},
	},
	"`packages`": {
		"bill (7), declaration (5), packing list (4), invoice (3), draft, certificates, receipt (2), others (1)": {"packages: by the standing of the document"},
		"summed over the items of the chosen document":                                                           {"goods: packages and weight by the bill, codes by customs, never added up"},
	},
	"`gross_kg`": {"as `packages`, chosen by itself": {"gross_kg: by the standing of the document", "gross_kg: of a lower document where the bill gives packages alone"}},
	"`value`, `currency`": {
		"invoice (7: its total, else its items), export declaration (6), import declaration (5: it holds freight and insurance too), bill (4), packing list, draft, certificate of origin (3), order (2), contract, booking (1)": {
			"value: by the standing of the document", "value: the total of an invoice over the sum of its items", "value: the invoice over the declaration over the bill, import after export",
		},
	},
	"`value_usd`, `value_per_usd`, `value_rate_of`, `value_rate_source`": {
		"by the rate of the day of the event that the value is from, else of its month, else the last that is known": {
			"value_usd: by the rate of the day where it is known", "value_usd: else by that of the month", "value_usd: else by the last that is known",
			"value_usd: by the month of the event that the value is from, not of a later one",
		},
		"the rate that was used stands beside it": {"TestRateOfTheValue"},
	},
	"`legs`": {
		"one departure and one arrival for each place and mode, by the rule: departed and arrived (2) over loaded and discharged (1)": {"an arrival over a later recorded discharge"},
		"A loading proves no departure": {"a discharge alone proves the arrival, a loading no departure"},
		"An arrival ends the leg that was bound for it, else that of its conveyance, else the last open one of its mode": {
			"two trains over the gauge breaks", "calls without from and to are paired by conveyance", "an arrival that says no more ends the last open leg of its mode",
		},
		"A call on the way makes one leg, unless goods were handled there or it is a hub": {
			"a ship that calls on the way is one leg", "one ship twice, but the goods were ashore between", "one train through a hub is two legs",
		},
	},
	"`first_plans`": {
		"for each departure and arrival of `legs` the plan of the highest standing, of these the one that was recorded first, then of the smaller source, then of the smaller id": {
			"first plan: an arrival's over an earlier discharge's, and of these the one recorded first", "first plan: recorded alike, the smaller source", "first plan: of one source the smaller id", "TestFirstPlanAlongTheWay",
		},
		"An estimate is no plan": {"first plan: an estimate is none"},
		"Of a plan that was revised under its own id the last revision alone is known": {"TestRevisedPlan"},
	},
	"`origin`, `destination`": {
		"the leg's end": {"calls without from and to are paired by conveyance"},
		"that of a document where the leg ends at a hub or within one country": {
			"origin: what a document says, where the first leg departs from a hub; destination: where the last leg ends",
			"origin, destination: of a document where the legs stay within one country",
		},
		"Of documents the bill (5), the confirmed booking (4), a draft (3), the invoice, packing list and requested booking (2), order and contract (1)": {"origin, destination: by the standing of the document"},
	},
	"`mode_path`, `corridor`": {
		"the first corridor of `deploy/corridors.yaml` that the journey fits, else `other`": {
			"planned along its corridor, and on it until it leaves", "a chain that leaves its corridor for another port is on none", "a chain that leaves its corridor for another mode is on none",
		},
	},
	"`ordered_at`":           {"order placed (2), contract signed (1)": {"ordered_at: an order over a contract"}},
	"`invoiced_at`":          {"invoice issued (2), corrected (1)": {"invoiced_at: the invoice over its correction"}},
	"`booked_at`":            {"booking confirmed": {"booked_at: by a confirmation, not by a request"}},
	"`title_issued_at`":      {"title issued (2), switched (1)": {"title_issued_at: an issue over a switch"}},
	"`title_surrendered_at`": {"surrendered (2), release authorised (1)": {"title_surrendered_at: a surrender over a release"}},
	"`export_lodged_at` … `import_cleared_at`": {
		"by territory and direction: export at the origin, import at the destination": {"customs: neither the transit country's nor a transit", "customs: import into Germany is cleared in Poland, both of the EU"},
		"Lodged over accepted":              {"export_lodged_at: a lodging over an acceptance"},
		"cleared over released over exited": {"export_cleared_at: a clearance over a release over an exit"},
	},
	"`duty_paid_at`": {"duty paid, not for export": {"duty_paid_at: by duty paid", "duty_paid_at: not by duty on an export"}},
	"`departed_at`, `arrived_at`": {
		"the first departure": {"departed_at: the first of all departures", "a departure that is only planned reaches no milestone"},
		"the arrival of the last leg, once at the destination": {"an arrival at the hub is no arrival"},
	},
	"`discharged_at`, `gated_out_at`": {
		"where the last leg ends, at the destination: the last discharge":    {"each box has its own times, and the goods are out when the last box is", "a discharge on the way is not of the destination"},
		"the last laden gate-out, once all that was discharged there is out": {"while a box is in the terminal the goods are not out", "an empty that leaves the terminal is not the goods' gate-out, and a plan is none"},
		"Where no report names a container, that of the goods":               {"goods without a container are discharged and leave too"},
	},
	"`boxes`": {
		"for each container: discharge and laden gate-out where the last leg ends, at the destination, and the return of the empty to whatever depot": {"each box has its own times, and the goods are out when the last box is"},
		"each by the rule":                       {"of two reports of one discharge the later recorded counts"},
		"Those handled on the way are not of it": {"a discharge on the way is not of the destination", "a box that came back from the way has its return alone"},
	},
	"`export_boxes`": {
		"for each container: the pick-up of the empty from whatever depot, and laden gate-in and loading where the first leg begins, at the origin": {
			"a box is picked up at whatever depot, and comes in and is loaded where the first leg begins", "an empty that comes in or is loaded is repositioned, and a plan is none",
		},
		"each by the rule":                       {"of two reports of one gate-in the later recorded counts"},
		"Those handled further on are not of it": {"what is handled at a port on the way is not of the export", "a box that joins on the way has its pick-up alone"},
	},
	"`border_crossed_at`": {"the first crossing: crossed (2), handed over (1)": {"the first of several borders", "border_crossed_at: a crossing over a handing over"}},
	"`delivered_at`, `empty_returned_at`": {
		"cargo delivered": {"delivered_at: by the delivery, not by the gate"},
		"empty returned":  {"empty_returned_at: by the return, not by the stripping"},
	},
	"`credit_issued_at`": {"credit issued (2), advised (1)": {"credit_issued_at: the issue over its advice"}},
	"`financed_at`, `repaid_at`, `paid_at`": {
		"granted": {"financed_at: by the grant, not by the request"},
		"repaid":  {"repaid_at: by the repayment"},
		"payment settled, credit settled or collection paid": {"paid_at: by a settled payment or credit or a paid collection"},
	},
	"`title`, `title_holder`, `title_beneficiary`, `title_platform`": {
		"each document's steps in the order of their own times, those that cannot be left out ([findings.md](findings.md))": {"void, and then endorsed", "title: a refused surrender leaves it as it was"},
		"of several documents that which none took the place of, a bill before others, no master, of the last step":         {"the old bill passed on after it was switched"},
	},
	"`title_steps`": {"all, the impossible ones marked": {"void, and then endorsed"}},
	"`recognition`": {
		"all": {"TestRecognition"},
		"held against the digests and numbers that other events report": {"TestRecognition"},
	},
	"`rails`, `green`": {"all": {"rails, green: of all actual finance, of no plan"}},
	"`zones`":          {"all zones that the table of zones has at them": {"zones: those of every facility and name of actual events, of no plan"}},
	"`completeness_*`, `completeness`": {
		"share of those that are expected on the corridor, of each leg and of all": {"TestCompletenessOfTheOneOrder"},
	},
	"`status`": {
		"closed: delivered, paid and no container out": {"status: delivered and paid, but a container is out", "status: delivered and paid, but one of two containers is out", "TestLandSeaConsignment"},
		"else delivered, arrived, in_transit, open":    {"TestRecordAlongTheWay"},
	},
	"`due`": {"those that follow one that is reached, after the normal times of `deploy/corridors.yaml`": {"due: what follows what is reached"}},
	"`emissions`, `co2e_kg`, `co2e_ttw_kg`": {
		"tonnes × great circle with the mode's detour × factor of the mode": {"emissions: by the chosen weight, and no sum where a leg's are not known"},
		"the sum where it is known of all legs":                             {"emissions: the sum where all legs' are known", "emissions: by the chosen weight, and no sum where a leg's are not known"},
	},
	"`findings`": {"[findings.md](findings.md)": {"TestEachContradictionIsFound"}},
}

var clauses = regexp.MustCompile(`; |\. `)

// documented gives the rules of docs/record.md by field.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "record.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, before := strings.Cut(string(page), "comes first by, in this order:\n\n")
	list, rest, after := strings.Cut(list, "\n\n`oneorder lookup --fields NUMBER`")
	_, table, begins := strings.Cut(rest, "\n## Fields\n")
	table, _, ends := strings.Cut(table, "\n## ")
	if !before || !after || !begins || !ends {
		t.Fatal("docs/record.md has another form")
	}
	rules := make(map[string][]string)
	numbered, general, _ := strings.Cut(list, "\n\n")
	for line := range strings.Lines(numbered) {
		rules["the rule of choice"] = append(rules["the rule of choice"], strings.TrimSpace(line[3:]))
	}
	rules["the rule of choice"] = append(rules["the rule of choice"], clauses.Split(strings.ReplaceAll(general, "\n", " "), -1)...)
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || strings.HasPrefix(line, "|---") || strings.TrimSpace(cells[0]) == "field" {
			continue
		}
		rules[strings.TrimSpace(cells[0])] = clauses.Split(strings.TrimSpace(cells[2]), -1)
	}
	return rules
}

// A rule that is documented without a test that shows it, and one that is tested and documented no more, is an error.
func TestEachRuleOfChoiceHasATest(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file == "rules_test.go" {
			continue // it names them all
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	rules := documented(t)
	if len(rules) < 30 {
		t.Fatalf("%d fields are documented", len(rules))
	}
	bare := func(rule string) string { return strings.Trim(rule, ".;") }
	shown := make(map[string]map[string][]string)
	for field, list := range proven {
		shown[field] = make(map[string][]string)
		for rule, tests := range list {
			shown[field][bare(rule)] = tests
			for _, test := range tests {
				if !strings.Contains(source.String(), strconv.Quote(test)) && !strings.Contains(source.String(), "func "+test+"(") {
					t.Errorf("%s: %s: there is no test %q", field, rule, test)
				}
			}
			if !slices.ContainsFunc(rules[field], func(documented string) bool { return bare(documented) == bare(rule) }) {
				t.Errorf("%s: %q is tested, and not in docs/record.md", field, rule)
			}
		}
	}
	for field, list := range rules {
		for _, rule := range list {
			if len(shown[field][bare(rule)]) == 0 {
				t.Errorf("%s: no test shows the rule %q of docs/record.md", field, rule)
			}
		}
	}
}
