package bench

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/warehouse"
)

//go:embed warehouse/*.sql
var generators embed.FS

// chainsVariable names the environment variable with the number of chains of BenchmarkWarehouse; each has ten events and six numbers.
const chainsVariable = "ONEORDER_BENCH_CHAINS"

// BenchmarkWarehouse makes chains straight in ClickHouse, and asks each view. It reports the 95th percentile of each in milliseconds,
// and the bytes of a stored event. A million chains take some minutes:
//
//	ONEORDER_BENCH_CHAINS=1000000 go test -run '^$' -bench Warehouse -benchtime 1x -timeout 2h ./bench
func BenchmarkWarehouse(b *testing.B) {
	chains := chainsAsked(b)
	db := filled(b, chains)
	questions := make(map[string]string)
	for view := range strings.FieldsSeq(db.ask(b, "SELECT name FROM system.tables WHERE database = 'oneorder' AND engine = 'View' AND NOT match(create_table_query, '[{][a-z_]+:')")) {
		questions[view] = "SELECT * FROM " + view + " FORMAT Null"
	}
	// These have a row for each chain or event: what is asked of them names some.
	number := "BL" + fmt.Sprintf("%010d", chains/2)
	id := db.ask(b, "SELECT any(chain_id) FROM chain_numbers WHERE value = '"+number+"'")
	for name, question := range map[string]string{
		"plain-scan":       "SELECT sum(cityHash64(*)) FROM chains",
		"chain":            "SELECT corridor, count(), sum(value_usd) FROM chain GROUP BY corridor",
		"events":           "SELECT type, count() FROM events WHERE type = 'customs.goods.cleared' AND occurred_at BETWEEN '2025-03-01' AND '2025-03-31' GROUP BY type",
		"chain_numbers":    "SELECT * FROM chain_numbers WHERE value = '" + number + "'",
		"chain_findings":   "SELECT code, count() FROM chain_findings GROUP BY code",
		"chain_timeline":   "SELECT * FROM chain_timeline(chain_id = '" + id + "')",
		"chain_as_of":      "SELECT * FROM chain_as_of(chain_id = '" + id + "', at = '2100-01-01 00:00:00')",
		"corridor_compare": "SELECT * FROM corridor_compare(left = 'land-sea', right = 'yangtze', since = '2025-01-01', until = '2025-12-31')",
	} {
		questions[name] = question
	}
	const asks = 10
	for b.Loop() {
		names := make([]string, 0, len(questions))
		for name := range questions {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			var took [asks]time.Duration
			for i := range took {
				start := time.Now()
				db.ask(b, questions[name])
				took[i] = time.Since(start)
			}
			slices.Sort(took[:])
			b.ReportMetric(float64(took[asks-1].Microseconds())/1000, name+"-ms")
			b.ReportMetric(float64(took[asks/2].Microseconds())/1000, name+"-median-ms")
		}
	}
	for name, query := range map[string]string{
		"B/event":         "SELECT sum(column_data_compressed_bytes) / %d FROM system.parts_columns WHERE active AND database = 'oneorder' AND table = 'events_all' AND column != 'payload'",
		"B/payload":       "SELECT sum(column_data_compressed_bytes) / %d FROM system.parts_columns WHERE active AND database = 'oneorder' AND table = 'events_all' AND column = 'payload'",
		"B/attribution":   "SELECT sum(data_compressed_bytes) / %d FROM system.parts WHERE active AND database = 'oneorder' AND table = 'chain_events'",
		"B/ten-of-chain":  "SELECT sum(data_compressed_bytes) / %d FROM system.parts WHERE active AND database = 'oneorder' AND table = 'chains'",
		"B/ten-of-change": "SELECT sum(data_compressed_bytes) / %d FROM system.parts WHERE active AND database = 'oneorder' AND table = 'chain_changes'",
	} {
		bytes, err := strconv.ParseFloat(db.ask(b, fmt.Sprintf(query, 10*chains)), 64)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(bytes, name)
	}
}

// chainsAsked gives the number of chains that the environment asks for.
func chainsAsked(b *testing.B) int {
	b.Helper()
	text := os.Getenv(chainsVariable)
	if text == "" {
		return 20_000
	}
	chains, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return chains
}

type database struct{ address, native string }

// filled starts an engine whose tables hold that many chains, merged as far as ClickHouse has come.
func filled(b *testing.B, chains int) database {
	b.Helper()
	db := filledOf(b, chains, "chains", "chain_references", "chain_events", "events_all")
	for view := range strings.FieldsSeq(db.ask(b, "SELECT view FROM system.view_refreshes WHERE database = 'oneorder'")) {
		start := time.Now()
		db.ask(b, "SYSTEM REFRESH VIEW "+view)
		db.ask(b, "SYSTEM WAIT VIEW "+view)
		b.Logf("%s: counted in %.1f s", view, time.Since(start).Seconds())
	}
	return db
}

// filledOf starts an engine that holds so many chains in these tables alone, and nothing that is counted of them.
func filledOf(b *testing.B, chains int, tables ...string) database {
	b.Helper()
	e := embeddedtest.StartEngine(b, embedded.EngineConfig{})
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: e.NativeAddr()})
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(w.Migrate(b.Context()), w.Close()); err != nil {
		b.Fatal(err)
	}
	db := database{e.HTTPAddr(), e.NativeAddr()}
	const each = 500_000
	for _, table := range tables {
		text, err := generators.ReadFile("warehouse/" + table + ".sql")
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		for from := 0; from < chains; from += each {
			db.ask(b, string(text), "param_chains", strconv.Itoa(chains), "param_from", strconv.Itoa(from), "param_count", strconv.Itoa(min(each, chains-from)),
				"optimize_on_insert", "0", "max_insert_block_size", "1000000", "min_insert_block_size_rows", "1000000", "min_insert_block_size_bytes", "400000000")
		}
		b.Logf("%s: %s rows in %.0f s", table, db.ask(b, "SELECT count() FROM "+table), time.Since(start).Seconds())
	}
	return db
}

// ask runs a query, with more parameters of its address, and gives the answer.
func (d database) ask(b *testing.B, query string, parameters ...string) string {
	b.Helper()
	values := url.Values{"database": {"oneorder"}}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+d.address+"/?"+values.Encode(), strings.NewReader(query))
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		b.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("%s\n%s", query, body)
	}
	return strings.TrimSpace(string(body))
}
