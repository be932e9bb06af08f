package e2e

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/refdata"
	"oneorder/internal/trade"
)

// corridors gives the stored corridor of each chain of the truth.
func corridors(t *testing.T, d *deployment, tr *traffic) map[string]string {
	t.Helper()
	stored := make(map[string]string)
	for line := range strings.Lines(d.query("SELECT chain_id, corridor FROM chain FORMAT TSV")) {
		id, corridor, _ := strings.Cut(strings.TrimSpace(line), "\t")
		stored[id] = corridor
	}
	of := make(map[string]string)
	for _, a := range attributions(t, d.warehouse) {
		if chains := tr.truth[name{a.Source, a.ID}]; len(chains) == 1 {
			of[chains[0]] = stored[a.Chain]
		}
	}
	return of
}

// total is what the events of a corridor's consignments come to, counted from the traffic alone.
type total struct {
	chains             int
	value              *big.Rat // of whatever currencies
	transit, clearance time.Duration
	unloading, leaving time.Duration // arrival to discharge, release to gate-out
	inside, outside    time.Duration // containers in the terminal, and out of it
	boxes, silent      int           // containers discharged at the destination, and those whose return is not reported
	picked, waiting    time.Duration // containers before the export: out of the depot, and in the terminal
	exported           int
	zones              map[string]int // chains that were in each
	planned, punctual  int            // arrived legs with a first plan of their arrival, and those in time by it
	late, slip         time.Duration  // of them: from the first plan to the arrival, and to the last plan
	presented          int            // documents that were presented, recognised or refused
	recognised, same   int            // of them: recognised, and by the digest of a version that another tells
}

// consignmentOf is what the truth says of one consignment.
type consignmentOf struct {
	departed, arrived, lodged, released, cleared, discharged, out time.Time
	value                                                         trade.Decimal
	boxes                                                         map[string]*boxOf
	zones                                                         map[string]bool
	arrivals                                                      map[string]*arrivalAt // by place
	from                                                          string                // where the first conveyance departed
	papers                                                        map[trade.Reference]*paperOf
}

// arrivalAt is what it says of an arrival: when it was, and what was planned or estimated.
type arrivalAt struct {
	at          time.Time
	first, last *trade.Event
}

// plan takes what is said in advance: the plan that was recorded first, and the last one, an estimate before a plan.
func (a *arrivalAt) plan(e *trade.Event) {
	order := func(x *trade.Event) string { return x.Recorded.Format(time.RFC3339Nano) + " " + x.Source + " " + x.ID }
	if e.Data.Classifier == trade.Planned && (a.first == nil || order(e) < order(a.first)) {
		a.first = e
	}
	if last := a.last; last == nil || last.Data.Classifier == trade.Planned && e.Data.Classifier == trade.Estimated ||
		last.Data.Classifier == e.Data.Classifier && last.Recorded.Before(e.Recorded) {
		a.last = e
	}
}

// arrival of the consignment at the place.
func (c *consignmentOf) arrival(place string) *arrivalAt {
	a := c.arrivals[place]
	if a == nil {
		a = &arrivalAt{}
		c.arrivals[place] = a
	}
	return a
}

// paperOf is what it says of a document, by its kind and number: whether it was presented, recognised or refused, and which digests it has where it
// is made or presented, and where it is recognised.
type paperOf struct {
	acted, recognised bool
	versions, shown   map[string]bool
}

// same says whether it was recognised by a digest that another event tells.
func (p *paperOf) same() bool {
	for digest := range p.shown {
		if digest != "" && p.versions[digest] {
			return true
		}
	}
	return false
}

// paper gives the document that the event tells of.
func (c *consignmentOf) paper(kind trade.Kind, number string) *paperOf {
	key := trade.Reference{Kind: kind, Value: number}
	p := c.papers[key]
	if p == nil {
		p = &paperOf{versions: make(map[string]bool), shown: make(map[string]bool)}
		c.papers[key] = p
	}
	return p
}

// takePapers takes what the event says of documents: of the one that it tells the digest or the number of, else of all that it names.
func (c *consignmentOf) takePapers(e *trade.Event) {
	acts := e.Type == trade.DocumentPresented || e.Type == trade.DocumentRecognised || e.Type == trade.DocumentRefused
	if doc := e.Data.Document; doc.Number != "" {
		p := c.paper(trade.Kind(doc.Kind), doc.Number)
		p.acted, p.recognised = p.acted || acts, p.recognised || e.Type == trade.DocumentRecognised
		switch e.Type {
		case trade.DocumentRecognised:
			p.shown[doc.Digest] = true
		case trade.TitleIssued, trade.OriginCertified, trade.DocumentPresented:
			p.versions[doc.Digest] = true
		default:
		}
		return
	}
	for _, ref := range e.Data.References {
		if acts && ref.Kind != trade.LetterOfCredit { // an arrangement that the documents are presented under
			c.paper(ref.Kind, ref.Value).acted = true
		}
	}
}

// boxOf is what it says of one container: its first loading is that of the export, its last discharge that at the destination.
type boxOf struct {
	picked, in, loaded, discharged, out, back time.Time
	loadedAt                                  string
}

func earliest(into *time.Time, t time.Time) {
	if into.IsZero() || t.Before(*into) {
		*into = t
	}
}

func latest(into *time.Time, t time.Time) {
	if t.After(*into) {
		*into = t
	}
}

func span(from, to time.Time) time.Duration {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return to.Sub(from)
}

// totals counts each corridor from the events and the truth.
func totals(t *testing.T, tr *traffic, corridor map[string]string) map[string]*total {
	t.Helper()
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	consignments := make(map[string]*consignmentOf)
	for _, e := range tr.events {
		for _, chain := range tr.truth[name{e.Source, e.ID}] {
			c := consignments[chain]
			if c == nil {
				c = &consignmentOf{boxes: make(map[string]*boxOf), zones: make(map[string]bool), arrivals: make(map[string]*arrivalAt), papers: make(map[trade.Reference]*paperOf)}
				consignments[chain] = c
			}
			if e.Data.Classifier != "" && e.Data.Classifier != trade.Actual {
				if e.Type == trade.ConveyanceArrived {
					c.arrival(e.Data.Place.UNLOCODE).plan(e)
				}
				continue
			}
			c.take(e)
			c.takePapers(e)
			for _, zone := range tables.ZonesAt(e.Data.Place.Facility, e.Data.Place.Name) {
				c.zones[zone] = true
			}
		}
	}
	all := make(map[string]*total)
	for chain, c := range consignments {
		to := all[corridor[chain]]
		if to == nil {
			to = &total{value: new(big.Rat), zones: make(map[string]int)}
			all[corridor[chain]] = to
		}
		to.chains++
		to.transit += span(c.departed, c.arrived)
		to.clearance += span(c.lodged, c.cleared)
		to.unloading += span(c.arrived, c.discharged)
		to.leaving += span(c.released, c.out)
		for zone := range c.zones {
			to.zones[zone]++
		}
		for _, p := range c.papers {
			if !p.acted {
				continue
			}
			to.presented++
			if p.recognised {
				to.recognised++
			}
			if p.same() {
				to.same++
			}
		}
		for _, a := range c.arrivals {
			if a.at.IsZero() || a.first == nil {
				continue
			}
			to.planned++
			to.late += a.at.Sub(a.first.Time)
			to.slip += a.last.Time.Sub(a.first.Time)
			if a.at.Sub(a.first.Time) <= 24*time.Hour {
				to.punctual++
			}
		}
		for _, b := range c.boxes {
			if !b.discharged.IsZero() && (b.back.IsZero() || !b.back.Before(b.discharged)) { // one that was left on the way came back before
				to.boxes++
				if b.back.IsZero() {
					to.silent++
				}
			}
			if b.loadedAt == c.from { // else it took the place of another on the way
				to.exported++
				to.picked += span(b.picked, b.in)
				to.waiting += span(b.in, b.loaded)
			}
			to.inside += span(b.discharged, b.out)
			to.outside += span(b.out, b.back)
		}
		if c.value == "" {
			continue
		}
		amount, ok := new(big.Rat).SetString(string(c.value))
		if !ok {
			t.Fatalf("amount %q", c.value)
		}
		to.value.Add(to.value, amount)
	}
	return all
}

func (c *consignmentOf) take(e *trade.Event) {
	switch e.Type {
	case trade.ConveyanceDeparted:
		if c.departed.IsZero() || e.Time.Before(c.departed) {
			c.from = e.Data.Place.UNLOCODE
		}
		earliest(&c.departed, e.Time)
	case trade.ConveyanceArrived:
		latest(&c.arrived, e.Time)
		latest(&c.arrival(e.Data.Place.UNLOCODE).at, e.Time)
	case trade.DeclarationLodged:
		if e.Data.Customs.Direction == "import" {
			earliest(&c.lodged, e.Time)
		}
	case trade.GoodsCleared:
		if e.Data.Customs.Direction == "import" {
			latest(&c.cleared, e.Time)
		}
	case trade.GoodsReleased:
		if e.Data.Customs.Direction == "import" {
			latest(&c.released, e.Time)
		}
	case trade.EquipmentDischarged:
		latest(&c.discharged, e.Time)
		c.handle(e, func(b *boxOf) *time.Time { return &b.discharged })
	case trade.EquipmentGatedOut:
		latest(&c.out, e.Time)
		c.handle(e, func(b *boxOf) *time.Time { return &b.out })
	case trade.EmptyReturned:
		c.handle(e, func(b *boxOf) *time.Time { return &b.back })
	case trade.EmptyPickedUp:
		c.handle(e, func(b *boxOf) *time.Time { return &b.picked })
	case trade.EquipmentGatedIn:
		c.each(e, func(b *boxOf) { earliest(&b.in, e.Time) })
	case trade.EquipmentLoaded:
		c.each(e, func(b *boxOf) {
			if b.loaded.IsZero() || e.Time.Before(b.loaded) {
				b.loadedAt = e.Data.Place.UNLOCODE
			}
			earliest(&b.loaded, e.Time)
		})
	case trade.InvoiceIssued:
		c.value = e.Data.Amount.Amount
	default:
	}
}

// handle takes when something was done with the containers that the event names: the last time.
func (c *consignmentOf) handle(e *trade.Event, what func(*boxOf) *time.Time) {
	c.each(e, func(b *boxOf) { latest(what(b), e.Time) })
}

// each gives the containers that the event names.
func (c *consignmentOf) each(e *trade.Event, give func(*boxOf)) {
	for _, equipment := range e.Data.Equipment {
		if equipment.Kind != trade.Container {
			continue
		}
		b := c.boxes[equipment.Number]
		if b == nil {
			b = &boxOf{}
			c.boxes[equipment.Number] = b
		}
		give(b)
	}
}

// checkTotals holds what the views say of each corridor against the truth, to the cent and the second.
func checkTotals(t *testing.T, d *deployment, tr *traffic) {
	var want, got []string
	for corridor, sum := range totals(t, tr, corridors(t, d, tr)) {
		want = append(want, fmt.Sprintf("%s: %d chains, value %s, transit %.0f s, clearance %.0f s", corridor, sum.chains, sum.value.FloatString(2),
			sum.transit.Seconds(), sum.clearance.Seconds()),
			fmt.Sprintf("%s: unloading %.0f s, leaving %.0f s", corridor, sum.unloading.Seconds(), sum.leaving.Seconds()))
		if sum.presented > 0 {
			want = append(want, fmt.Sprintf("%s: %d documents presented, %d recognised, %d by digest", corridor, sum.presented, sum.recognised, sum.same))
		}
		if sum.boxes > 0 {
			want = append(want, fmt.Sprintf("%s: %d containers, in the terminal %.0f s, outside %.0f s, %d not back", corridor, sum.boxes, sum.inside.Seconds(), sum.outside.Seconds(), sum.silent))
		}
		if sum.exported > 0 {
			want = append(want, fmt.Sprintf("%s: %d containers before the export, out of the depot %.0f s, in the terminal %.0f s", corridor, sum.exported, sum.picked.Seconds(), sum.waiting.Seconds()))
		}
		if sum.planned > 0 {
			want = append(want, fmt.Sprintf("%s: %d arrivals with a first plan, %d in time, late %.0f s, slip %.0f s", corridor, sum.planned, sum.punctual, sum.late.Seconds(), sum.slip.Seconds()))
		}
		for zone, chains := range sum.zones {
			want = append(want, fmt.Sprintf("%s: %d chains in %s", corridor, chains, zone))
		}
	}
	if !slices.ContainsFunc(want, func(line string) bool { return strings.HasSuffix(line, " chains in sg-tuas") }) {
		t.Errorf("no chain of the truth was in a zone: %q", want)
	}
	slices.Sort(want)
	for line := range strings.Lines(d.query(`SELECT corridor, count(), sum(value),
		sum(dateDiff('second', departed_at, arrived_at)), sum(dateDiff('second', import_lodged_at, import_cleared_at)) FROM chain GROUP BY corridor ORDER BY corridor FORMAT TSV`)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		value, ok := new(big.Rat).SetString(f[2])
		if !ok {
			t.Fatalf("value %q", f[2])
		}
		got = append(got, fmt.Sprintf("%s: %s chains, value %s, transit %s s, clearance %s s", f[0], f[1], value.FloatString(2), f[3], f[4]))
	}
	for _, view := range []string{"corridor_daily_refresh", "span_rollup", "corridor_measures"} {
		d.query("SYSTEM REFRESH VIEW " + view)
		d.query("SYSTEM WAIT VIEW " + view)
	}
	for _, query := range []string{
		`SELECT concat(corridor, ': unloading ', toString(round(sumIf(mean_hours * chains, step = 'arrived-discharged') * 3600)), ' s, leaving ',
			toString(round(sumIf(mean_hours * chains, step = 'released-gated_out') * 3600)), ' s') FROM time_release GROUP BY corridor FORMAT TSV`,
		`SELECT concat(corridor, ': ', toString(sum(first_planned)), ' arrivals with a first plan, ', toString(round(sum(first_on_time_share * first_planned))), ' in time, late ', toString(late), ' s, slip ', toString(slip), ' s')
			FROM leg_transit AS of
			INNER JOIN (SELECT corridor, round(sumIf(total, span = 'first_arrival_delay') * 3600) AS late, round(sumIf(total, span = 'arrival_slip') * 3600) AS slip FROM span_rollup GROUP BY corridor) AS r USING corridor
			GROUP BY corridor, late, slip HAVING sum(first_planned) > 0 FORMAT TSV`,
		`SELECT concat(corridor, ': ', toString(presented), ' documents presented, ', toString(round(recognised_share * presented)), ' recognised, ',
			toString(round(recognised_by_digest_share * presented)), ' by digest') FROM corridor_summary WHERE presented > 0 FORMAT TSV`,
		`SELECT concat(corridor, ': ', toString(chains), ' chains in ', value) FROM corridor_measures WHERE dimension = 'zone' FORMAT TSV`,
		`SELECT concat(corridor, ': ', toString(count()), ' containers, in the terminal ', toString(round(ifNull(sum(terminal_hours), 0) * 3600)), ' s, outside ',
			toString(round(ifNull(sum(outside_hours), 0) * 3600)), ' s, ', toString(countIf(isNull(returned_at))), ' not back') FROM demurrage_detention GROUP BY corridor FORMAT TSV`,
		`SELECT concat(corridor, ': ', toString(count()), ' containers before the export, out of the depot ', toString(round(ifNull(sum(outside_hours), 0) * 3600)), ' s, in the terminal ',
			toString(round(ifNull(sum(terminal_hours), 0) * 3600)), ' s') FROM demurrage_detention_export GROUP BY corridor FORMAT TSV`,
	} {
		got = append(got, strings.Split(strings.TrimSpace(d.query(query)), "\n")...)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("totals by corridor (-truth +chain):\n%s", diff)
	}
	// What the rollup of the days says is what the chains say.
	const rolled = "SELECT concat(corridor, ' ', toString(round(%s * 3600))) FROM %s GROUP BY corridor ORDER BY ALL FORMAT TSV"
	if diff := cmp.Diff(d.query(fmt.Sprintf(rolled, "sum(terminal_hours)", "demurrage_detention WHERE isNotNull(terminal_hours)")),
		d.query(fmt.Sprintf(rolled, "sum(total)", "span_rollup WHERE slice = 'container' AND span = 'terminal'"))); diff != "" {
		t.Errorf("span_rollup (-containers +rollup):\n%s", diff)
	}
	const sums = "SELECT corridor, %s FROM %s GROUP BY corridor ORDER BY corridor FORMAT TSV"
	days := d.query(fmt.Sprintf(sums, "sum(departed), sum(arrived), sum(delivered), sum(departed_kg), sum(departed_usd)", "corridor_daily"))
	chains := d.query(fmt.Sprintf(sums, "countIf(isNotNull(departed_at)), countIf(isNotNull(arrived_at)), countIf(isNotNull(delivered_at)), "+
		"sumIf(gross_kg, isNotNull(departed_at)), sumIf(value_usd, isNotNull(departed_at))", "chain"))
	if diff := cmp.Diff(chains, days); diff != "" {
		t.Errorf("corridor_daily (-chain +daily):\n%s", diff)
	}
}

// Where depots are silent nothing is made up: neither return nor pick-up of a box is taken from its next journey, and what else is told of it is
// what the truth has.
func TestTheTotalsHoldWhereDepotsAreSilent(t *testing.T) {
	d := up(t, t.TempDir(), nil)
	tr := simulate(t, 11, 150, "--silent-depots", "0.5")
	d.mustRun("publish", tr.file)
	d.settle()
	silent := 0
	for _, sum := range totals(t, tr, corridors(t, d, tr)) {
		silent += sum.silent
	}
	if silent < 20 {
		t.Fatalf("the return of %d containers is not reported: too few for this to show anything", silent)
	}
	checkTotals(t, d, tr)
}

// chainNamed is a chain's id in a question of the guide.
var chainNamed = regexp.MustCompile(`chain_id = '[0-9A-Z]{16}'`)

// askTheGuide asks every question of docs/analyst.md. Each has an answer, but for what this traffic does not have.
func askTheGuide(t *testing.T, d *deployment) {
	page, err := os.ReadFile("../docs/analyst.md")
	if err != nil {
		t.Fatal(err)
	}
	_, questions, found := strings.Cut(string(page), "\n## Questions\n")
	if !found {
		t.Fatal("docs/analyst.md has no section Questions")
	}
	chain := strings.TrimSpace(d.query("SELECT chain_id FROM chain ORDER BY events DESC LIMIT 1 FORMAT TSV"))
	blocks := strings.Split(questions, "```sql\n")[1:]
	if len(blocks) < 15 {
		t.Errorf("%d questions, want 15", len(blocks))
	}
	for _, block := range blocks {
		query, _, _ := strings.Cut(block, "```")
		query = chainNamed.ReplaceAllString(strings.TrimSpace(query), "chain_id = '"+chain+"'")
		query = strings.ReplaceAll(query, "at = '2026-10-01 00:00:00'", "at = '2100-01-01 00:00:00'")
		// Nothing in this traffic is silent or contradicts itself.
		if answer := d.query(query + "\nFORMAT TSV"); answer == "" && !strings.Contains(query, "stuck_chains") && !strings.Contains(query, "chain_findings") {
			t.Errorf("no answer to\n%s", query)
		}
	}
}

// quiet are the panels that have nothing to show of sound traffic: no finding, no refusal.
var quiet = map[string]bool{
	"Standing, by kind": true, "By corridor": true, "Opened and cleared": true, "What stands": true, "Refused": true, "Why messages were refused": true,
	"Cold chains": true, "Bonds, loans, investments, rates": true, "Silent chains": true, "Waiting for a chain": true,
}

type dashboard struct {
	UID, Title string
	Templating struct {
		List []struct{ Name, Query string }
	}
	Panels []struct {
		ID          int
		Title, Type string
		Description string
		GridPos     struct{ X, Y, W, H int }
		Datasource  struct{ Type, UID string }
		Targets     []struct {
			RawSQL     string `json:"rawSql"`
			Expr       string
			Format     *int
			Datasource struct{ Type, UID string }
		}
	}
}

var (
	timeFilter = regexp.MustCompile(`\$__timeFilter\(([a-z_]+|toDateTime\([a-z_]+\))\)`)
	unresolved = regexp.MustCompile(`\$[_{a-zA-Z]`)
)

// showPanels runs the SQL of every panel, as the data source would send it.
func showPanels(t *testing.T, d *deployment) {
	files, err := filepath.Glob("../deploy/grafana/provisioning/dashboards/*.json")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d dashboards, %v, want six", len(files), err)
	}
	_, metrics := call(t, http.MethodGet, d.addresses["http"]+"/metrics", "", "", nil)
	seen := make(map[string]bool)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var board dashboard
		if err := json.Unmarshal(text, &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if board.UID == "" || board.Title == "" || seen[board.UID] || len(board.Panels) == 0 {
			t.Errorf("%s: uid %q, title %q, %d panels", file, board.UID, board.Title, len(board.Panels))
		}
		seen[board.UID] = true
		choice := "''"
		for _, v := range board.Templating.List {
			choice = "'" + strings.Join(strings.Fields(d.query(v.Query+" FORMAT TSV")), "','") + "'"
		}
		ids := make(map[int]bool)
		for _, p := range board.Panels {
			if ids[p.ID] || p.Title == "" || p.Description == "" || p.GridPos.X+p.GridPos.W > 24 || p.GridPos.W == 0 || p.GridPos.H == 0 || len(p.Targets) == 0 {
				t.Errorf("%s: panel %d %q is not sound: %+v", file, p.ID, p.Title, p.GridPos)
			}
			ids[p.ID] = true
			for _, target := range p.Targets {
				if target.Datasource.UID == "prometheus" {
					for metric := range regexpAll(`oneorder_[a-z_]+`, target.Expr) {
						if !strings.Contains(metrics, metric) {
							t.Errorf("%s: %s: nothing has the metric %s", file, p.Title, metric)
						}
					}
					continue
				}
				query := strings.ReplaceAll(target.RawSQL, "${corridor:singlequote}", choice)
				query = timeFilter.ReplaceAllString(query, "$1 >= toDateTime(0) AND $1 <= toDateTime(4000000000)")
				if target.Datasource.Type != "grafana-clickhouse-datasource" || target.Datasource.UID != "clickhouse" || unresolved.MatchString(query) || target.Format == nil {
					t.Errorf("%s: %s: target %+v", file, p.Title, target)
				}
				answer := d.query(query + " FORMAT TSVWithNames")
				if rows := strings.Count(answer, "\n") - 1; rows < 1 && !quiet[p.Title] {
					t.Errorf("%s: %s shows nothing:\n%s", file, p.Title, query)
				}
				if header, _, _ := strings.Cut(answer, "\n"); *target.Format == 0 && !strings.HasPrefix(header, "time\t") {
					t.Errorf("%s: %s: a series without time first: %s", file, p.Title, header)
				}
			}
		}
	}
}

func regexpAll(pattern, in string) map[string]bool {
	found := make(map[string]bool)
	for _, s := range regexp.MustCompile(pattern).FindAllString(in, -1) {
		found[s] = true
	}
	return found
}
