package bench

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/warehouse"
)

// question is what somebody asks of a view. {id}, {number}, {container} and {day} stand for a chain, its bill, its container and a day, others each
// time.
type question struct{ view, of, query string }

// questions are what is asked of every view that people read: all of it, where it has a row for a corridor, a node or an organisation or shows few
// of the chains; else what is usually asked.
var questions = []question{
	{"corridor_summary", "all", "SELECT * FROM corridor_summary"},
	{"corridor_transit", "all", "SELECT * FROM corridor_transit"},
	{"corridor_compare", "a year", "SELECT * FROM corridor_compare(left = 'land-sea', right = 'yangtze', since = {year}, until = {day})"},
	{"leg_transit", "all", "SELECT * FROM leg_transit"},
	{"time_release", "all", "SELECT * FROM time_release"},
	{"demurrage_summary", "all", "SELECT * FROM demurrage_summary"},
	{"demurrage_detention", "a chain's", "SELECT * FROM demurrage_detention WHERE has(chains, {id})"},
	{"demurrage_summary_export", "all", "SELECT * FROM demurrage_summary_export"},
	{"demurrage_detention", "one container", "SELECT * FROM demurrage_detention WHERE container = {container}"},
	{"demurrage_detention", "in a terminal", "SELECT count(), sum(terminal_days), sum(demurrage_days) FROM demurrage_detention WHERE unlocode = 'SGSIN' AND corridor = 'yangtze'"},
	{"demurrage_detention", "the hundred longest in a terminal", "SELECT * FROM demurrage_detention WHERE state = 'terminal' ORDER BY demurrage_days DESC, container LIMIT 100"},
	{"demurrage_detention_export", "a chain's", "SELECT * FROM demurrage_detention_export WHERE has(chains, {id})"},
	{"demurrage_detention_export", "in a terminal", "SELECT count(), sum(terminal_days), sum(demurrage_days) FROM demurrage_detention_export WHERE unlocode = 'CNCHQ' AND corridor = 'yangtze'"},
	{"corridor_daily", "all", "SELECT * FROM corridor_daily"},
	{"corridor_measures", "one dimension", "SELECT * FROM corridor_measures WHERE dimension = 'hs_chapter'"},
	{"corridor_finance", "all", "SELECT * FROM corridor_finance"},
	{"customs_clearance", "all", "SELECT * FROM customs_clearance"},
	{"title_turnaround", "all", "SELECT * FROM title_turnaround"},
	{"finance_cycle", "all", "SELECT * FROM finance_cycle"},
	{"node_dwell", "all", "SELECT * FROM node_dwell"},
	{"origin_preference", "all", "SELECT * FROM origin_preference"},
	{"publisher_quality", "all", "SELECT * FROM publisher_quality"},
	{"cold_chain", "all", "SELECT * FROM cold_chain"},
	{"cold_chain", "the warmest hundred", "SELECT * FROM cold_chain ORDER BY highest_c DESC, chain_id LIMIT 100"},
	{"stuck_chains", "all", "SELECT * FROM stuck_chains"},
	{"stuck_chains", "a corridor", "SELECT * FROM stuck_chains WHERE corridor = 'yangtze'"},
	{"stuck_chains", "an organisation's", "SELECT * FROM stuck_chains WHERE has(orgs, 'org-12')"},
	{"stuck_chains", "who is waited for", "SELECT waits_for_whom, count(), sum(value_usd) FROM stuck_chains GROUP BY waits_for_whom"},
	{"stuck_chains", "the newest hundred", "SELECT * FROM stuck_chains ORDER BY due_at DESC, chain_id LIMIT 100"},
	{"overdue", "all", "SELECT * FROM overdue"},
	{"overdue", "a corridor", "SELECT * FROM overdue WHERE corridor = 'yangtze'"},
	{"overdue", "of one who is waited for", "SELECT * FROM overdue WHERE waits_for_whom = 'the consignee'"},
	{"overdue", "the newest hundred", "SELECT * FROM overdue ORDER BY due_at DESC, chain_id LIMIT 100"},
	{"open_chains", "all", "SELECT * FROM open_chains"},
	{"discrepancies", "all", "SELECT * FROM discrepancies"},
	{"discrepancies", "a code on a corridor", "SELECT * FROM discrepancies WHERE finding = 'value_mismatch' AND corridor = 'yangtze'"},
	{"discrepancies", "an organisation's", "SELECT * FROM discrepancies WHERE has(orgs, 'org-12')"},
	{"discrepancies", "the newest hundred", "SELECT * FROM discrepancies ORDER BY last_event_at DESC, chain_id LIMIT 100"},
	{"chain", "value by corridor", "SELECT corridor, count(), sum(value_usd) FROM chain GROUP BY corridor"},
	{"chain", "one", "SELECT * FROM chain WHERE chain_id = {id}"},
	{"chain_spans", "a span by corridor", "SELECT corridor, quantileExact(transit_ms) FROM chain_spans GROUP BY corridor"},
	{"chain_spans", "one", "SELECT * FROM chain_spans WHERE chain_id = {id}"},
	{"emissions", "by corridor and mode", "SELECT corridor, mode, sum(wtw_kg) FROM emissions GROUP BY corridor, mode"},
	{"leg_emissions", "by corridor and mode", "SELECT corridor, mode, sum(wtw_kg), sum(tonne_km) FROM leg_emissions GROUP BY corridor, mode"},
	{"emissions", "one chain", "SELECT * FROM emissions WHERE chain_id = {id}"},
	{"chain_numbers", "one number", "SELECT * FROM chain_numbers WHERE value = {number}"},
	{"chain_findings", "by code", "SELECT code, count() FROM chain_findings WHERE closed_at IS NULL GROUP BY code"},
	{"chain_findings", "one chain", "SELECT * FROM chain_findings WHERE chain_id = {id}"},
	{"chain_members", "one chain", "SELECT * FROM chain_members WHERE chain_id = {id}"},
	{"chain_apart", "one chain", "SELECT * FROM chain_apart WHERE chain_id = {id}"},
	{"chain_apart_of", "one chain", "SELECT * FROM chain_apart_of(chain_id = {id})"},
	{"chain_timeline", "one chain", "SELECT * FROM chain_timeline(chain_id = {id})"},
	{"chain_as_of", "one chain", "SELECT * FROM chain_as_of(chain_id = {id}, at = '2100-01-01 00:00:00')"},
	{"events", "a type, a month", "SELECT count(), sum(amount) FROM events WHERE type = 'finance.payment.settled' AND toStartOfMonth(occurred_at) = toStartOfMonth(toDate({day}))"},
	{"events", "a type, a day", "SELECT * FROM events WHERE type = 'customs.goods.cleared' AND toDate(occurred_at) = {day}"},
}

// ofOrganisation are asked by an organisation too: the same views count its own chains.
var ofOrganisation = []question{
	{"corridor_summary", "all", "SELECT * FROM corridor_summary"},
	{"stuck_chains", "all", "SELECT * FROM stuck_chains"},
	{"discrepancies", "all", "SELECT * FROM discrepancies"},
	{"chain", "value by corridor", "SELECT corridor, count(), sum(value_usd) FROM chain GROUP BY corridor"},
	{"chain", "one", "SELECT * FROM chain WHERE chain_id = {id}"},
	{"demurrage_detention", "a chain's", "SELECT * FROM demurrage_detention WHERE has(chains, {id})"},
	{"demurrage_summary", "all", "SELECT * FROM demurrage_summary"},
	{"chain_numbers", "one number", "SELECT * FROM chain_numbers WHERE value = {number}"},
	{"chain_timeline", "one chain", "SELECT * FROM chain_timeline(chain_id = {id})"},
}

// sample is a chain, its bill, its container, a day on which chains began, and the day a year before.
type sample struct{ id, number, container, day, year string }

func (q question) at(s sample) string {
	return strings.NewReplacer("{id}", "'"+s.id+"'", "{number}", "'"+s.number+"'", "{container}", "'"+s.container+"'", "{day}", "'"+s.day+"'", "{year}", "'"+s.year+"'").Replace(q.query)
}

// samples gives so many chains from all over the time.
func (d database) samples(b *testing.B, chains, n int) []sample {
	b.Helper()
	var numbers []string
	for i := range n {
		numbers = append(numbers, fmt.Sprintf("'BL%010d'", (i*chains/n+i*7919)%chains))
	}
	var all []sample
	for line := range strings.Lines(d.ask(b, "SELECT chain_id, value, founded_on, addYears(founded_on, -1) FROM chain_references FINAL WHERE value IN ("+strings.Join(numbers, ", ")+") ORDER BY value")) {
		f := strings.Fields(line)
		all = append(all, sample{id: f[0], number: f[1], container: "SITU" + f[1][len(f[1])-7:], day: f[2], year: f[3]})
	}
	return all
}

// measure prints the table.
func (d database) measure(b *testing.B, chains int) {
	b.Helper()
	samples := d.samples(b, chains, *asks)
	if len(samples) != *asks {
		b.Fatalf("%d of %d chains are there", len(samples), *asks)
	}
	fmt.Printf("\n%s chains, %s events, %s attributions, %s numbers\n\n", d.count(b, "chains"), d.count(b, "events_all"), d.count(b, "chain_events"), d.count(b, "chain_references"))
	fmt.Println("| view | what is asked | p50 ms | p95 ms | processor ms | plainly: ms | processor ms |\n|---|---|---|---|---|---|---|")
	own := d
	own.user, own.password = "org_org-1", "org-1"
	taken := make([]timing, len(questions)+len(ofOrganisation))
	of := func(i int) (database, question) {
		if i < len(questions) {
			return d, questions[i]
		}
		return own, ofOrganisation[i-len(questions)]
	}
	for i := range taken {
		as, q := of(i)
		taken[i] = as.time(b, q, samples)
		fmt.Fprintf(os.Stderr, "%s, %s: %s, %s, processor %s\n", q.view, q.of, ms(taken[i].median), ms(taken[i].p95), ms(taken[i].processor))
	}
	plain := make([]timing, len(taken))
	if *scans > 0 {
		was := d.ask(b, "SELECT replaceOne(create_table_query, 'CREATE VIEW', 'CREATE OR REPLACE VIEW') FROM system.tables WHERE database = 'oneorder' AND name = 'counted_from' FORMAT TSVRaw")
		d.ask(b, "CREATE OR REPLACE VIEW counted_from (chains UInt64) AS SELECT toUInt64("+strconv.FormatInt(math.MaxInt64, 10)+") AS chains")
		for i := range questions {
			plain[i] = d.time(b, questions[i], samples[:min(*scans, len(samples))], "use_primary_key", "0", "use_skip_indexes", "0", "max_execution_time", "600")
		}
		d.ask(b, was)
	}
	for i, t := range taken {
		as, q := of(i)
		by := ""
		if as.user != "" {
			by = ", by an organisation of a tenth"
		}
		fmt.Printf("| `%s` | %s%s | %s | %s | %s | %s | %s |\n", q.view, q.of, by, ms(t.median), ms(t.p95), ms(t.processor), ms(plain[i].median), ms(plain[i].processor))
	}
	d.lookUp(b, samples)
	fmt.Println()
	d.bytes(b)
}

// timing is how long a question took.
type timing struct{ median, p95, processor time.Duration }

func ms(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < 0:
		return "no answer"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64)
	default:
		return strconv.FormatInt(d.Milliseconds(), 10)
	}
}

// time asks the question once for each sample.
func (d database) time(b *testing.B, q question, samples []sample, settings ...string) timing {
	b.Helper()
	failed := false
	t := d.timed(b, len(samples), func(i int) {
		if failed {
			return
		}
		if _, err := d.answer(b, q.at(samples[i])+" FORMAT Null", settings...); err != nil {
			b.Logf("%s, %s: %v", q.view, q.of, err)
			failed = true
		}
	})
	if failed {
		return timing{median: -1, p95: -1}
	}
	return t
}

// timed does something so often, and tells how long it took and what the engine worked meanwhile.
func (d database) timed(b *testing.B, times int, do func(i int)) timing {
	b.Helper()
	admin := database{address: d.address}
	worked := func() time.Duration {
		us, err := strconv.ParseInt(admin.ask(b, "SELECT sum(value) FROM system.events WHERE event IN ('UserTimeMicroseconds', 'SystemTimeMicroseconds')"), 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		return time.Duration(us) * time.Microsecond
	}
	took := make([]time.Duration, times)
	before := worked()
	for i := range took {
		begun := time.Now()
		do(i)
		took[i] = time.Since(begun)
	}
	used := worked() - before
	slices.Sort(took)
	return timing{took[times/2], took[(times*95+99)/100-1], used / time.Duration(times)}
}

// lookUp measures what the programs look a number up with: the chains that it leads to, and the whole order.
func (d database) lookUp(b *testing.B, samples []sample) {
	b.Helper()
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: d.native})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			b.Error(err)
		}
	}()
	whole := d.timed(b, len(samples), func(i int) {
		views, err := w.Lookup(b.Context(), samples[i].number)
		if err != nil || len(views) != 1 || len(views[0].Timeline) < 10 {
			b.Fatalf("look-up of %s: %d chains: %v", samples[i].number, len(views), err)
		}
	})
	fmt.Printf("| `oneorder lookup` | a number: record, timeline, evidence, findings | %s | %s | %s | | |\n", ms(whole.median), ms(whole.p95), ms(whole.processor))
}

func (d database) count(b *testing.B, table string) string {
	b.Helper()
	return d.ask(b, "SELECT count() FROM "+table)
}

// refresh counts what is stored anew, one after another, what was not counted yet over these chains.
func (d database) refresh(b *testing.B) {
	b.Helper()
	for view := range strings.FieldsSeq(d.ask(b, "SELECT view FROM system.view_refreshes WHERE database = 'oneorder' ORDER BY view = 'corridor_rollup_refresh', view")) {
		note := "refresh " + view
		if !*refreshes && d.ask(b, "SELECT count() FROM bench.filled WHERE file = '"+note+"'") != "0" {
			continue
		}
		for _, do := range []string{"START", "REFRESH", "WAIT", "STOP"} {
			d.ask(b, "SYSTEM "+do+" VIEW "+view)
		}
		fmt.Printf("%s: refreshed in %s ms\n", view, d.ask(b, "SELECT last_success_duration_ms FROM system.view_refreshes WHERE database = 'oneorder' AND view = '"+view+"'"))
		d.ask(b, "INSERT INTO bench.filled SELECT '"+note+"', 0, any(chains), any(start) FROM bench.filled")
	}
}

// bytes prints what is stored, an event.
func (d database) bytes(b *testing.B) {
	b.Helper()
	events, err := strconv.ParseFloat(d.count(b, "events_all"), 64)
	if err != nil || events == 0 {
		b.Fatal(errors.Join(err, errors.New("no events")))
	}
	fmt.Println("| table | bytes an event | of them, the largest columns |\n|---|---|---|")
	for line := range strings.Lines(d.ask(b, strings.ReplaceAll(`
		SELECT t, round(sum(bytes), 2), arrayStringConcat(arraySlice(groupArray(concat(column, ' ', toString(round(bytes, 2)))), 1, 8), ', ')
		FROM
		(
			SELECT concat(table, if(column = 'payload', ' (payload)', '')) AS t, column, sum(column_data_compressed_bytes) / {events} AS bytes
			FROM system.parts_columns
			WHERE active AND database = 'oneorder'
			GROUP BY table, column
			ORDER BY bytes DESC
		)
		GROUP BY t HAVING sum(bytes) > 0.01 ORDER BY sum(bytes) DESC`, "{events}", strconv.FormatFloat(events, 'f', 0, 64)))) {
		fmt.Fprintf(os.Stdout, "| %s |\n", strings.ReplaceAll(strings.TrimSpace(line), "\t", " | "))
	}
}
