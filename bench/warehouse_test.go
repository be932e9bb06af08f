package bench

import (
	"embed"
	"errors"
	"flag"
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

// BenchmarkWarehouse makes chains straight in ClickHouse, asks every view for what people ask it, and prints a table: the median and the 95th
// percentile of the wall time over HTTP, the engine's processor time, and beside them the same question of the plain tables, without what is
// stored for it, primary keys and indexes. What it costs to refresh what is stored, and the bytes of what is stored, follow.
// A million chains take some minutes; with a folder, a second run only asks:
//
//	ONEORDER_BENCH_CHAINS=1000000 go test -run '^$' -bench Warehouse -benchtime 1x -timeout 3h ./bench -warehouse.dir /somewhere
func BenchmarkWarehouse(b *testing.B) {
	chains := chainsAsked(b)
	db := filled(b, chains)
	db.refresh(b)
	// Nothing else is to be at work while it is measured.
	db.settle(b)
	db.ask(b, "SYSTEM STOP MERGES")
	for b.Loop() {
		db.measure(b, chains)
	}
	db.ask(b, "SYSTEM START MERGES")
	b.ReportMetric(0, "ns/op")
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

var (
	folder    = flag.String("warehouse.dir", "", "keep the warehouse's data in this folder, and go on with what is in it")
	fills     = flag.Bool("warehouse.fill", true, "make what the folder does not hold yet; false: ask what is there")
	asks      = flag.Int("warehouse.asks", 20, "how often each view of the warehouse is asked")
	scans     = flag.Int("warehouse.scans", 1, "how often each question is asked of the plain tables, 0: not at all")
	refreshes = flag.Bool("warehouse.refresh", false, "refresh what is stored, also where it was before")
)

type database struct {
	address, native string
	user, password  string // empty: who may everything
}

// generated are the generators in their order: the table that each fills, and how many chains at a time; 0: all at once.
var generated = []struct {
	file string
	each int
}{
	{"reference_free_time", 0},
	{"chains", 250_000},
	{"chains_again", 0},
	{"findings", 1_000_000},
	{"chain_references", 500_000},
	{"chain_aliases", 1_000_000},
	{"chain_stays", 1_000_000},
	{"apart_events", 1_000_000},
	{"event_heads", 0},
	{"event_flags", 0},
	{"unattributed_events", 0},
	{"rejected_events", 0},
	{"chain_events", 250_000},
	{"events_all", 250_000},
}

// engineMemory caps the engine of the benchmarks.
const engineMemory = 8 << 30

// filled starts an engine whose tables hold that many chains, merged as far as ClickHouse comes within some minutes.
func filled(b *testing.B, chains int) database {
	b.Helper()
	return filledOf(b, chains)
}

// filledOf is filled with the work of these generators alone; none: of all.
func filledOf(b *testing.B, chains int, files ...string) database {
	b.Helper()
	e := embeddedtest.StartEngine(b, embedded.EngineConfig{Dir: *folder, MaxMemory: engineMemory, Users: []embedded.User{{Name: "default"}, organisation()}})
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: e.NativeAddr()})
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(w.Migrate(b.Context()), w.Close()); err != nil {
		b.Fatal(err)
	}
	db := database{address: e.HTTPAddr(), native: e.NativeAddr()}
	fmt.Fprintln(os.Stderr, "engine at http", e.HTTPAddr(), "native", e.NativeAddr())
	db.ask(b, "SYSTEM STOP VIEWS")
	if *fills {
		db.fill(b, chains, files)
	}
	return db
}

// organisation is a user that may read what the organisation org-1 may, which took part in a tenth of the chains.
func organisation() embedded.User {
	u := embedded.User{Name: "org_org-1", Password: "org-1", ReadOnly: true}
	for _, table := range warehouse.ReadableBy("org-1") {
		u.Tables = append(u.Tables, embedded.Table{Database: "oneorder", Name: table.Name, Rows: table.Rows})
	}
	return u
}

// fill makes what is not there yet of these files, or of all. What was begun and not noted as done is made again: the tables collapse repeats.
func (d database) fill(b *testing.B, chains int, files []string) {
	b.Helper()
	d.ask(b, "CREATE DATABASE IF NOT EXISTS bench")
	d.ask(b, "CREATE TABLE IF NOT EXISTS bench.filled (file String, n UInt64, chains UInt64, start DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY file")
	// The last of the chains begins some hours before now, and the last events lie ahead.
	start := time.Now().UTC().AddDate(-2, 0, 0).Truncate(24 * time.Hour)
	if was := d.ask(b, "SELECT any(chains), any(start) FROM bench.filled HAVING count() > 0"); was != "" {
		n, at, _ := strings.Cut(was, "\t")
		if n != strconv.Itoa(chains) {
			b.Fatalf("%s holds %s chains, not %d", *folder, n, chains)
		}
		var err error
		if start, err = time.Parse("2006-01-02 15:04:05.000", at); err != nil {
			b.Fatal(err)
		}
	}
	moment := func(t time.Time) string { return t.Format(time.DateTime) }
	tables := strings.Fields(d.ask(b, "SELECT name FROM system.tables WHERE database = 'oneorder' AND engine = 'ReplacingMergeTree'"))
	for _, table := range tables {
		d.ask(b, "ALTER TABLE `"+table+"` MODIFY SETTING old_parts_lifetime = 30") // twice the space is not there
	}
	for _, of := range generated {
		if len(files) > 0 && !slices.Contains(files, of.file) {
			continue
		}
		text, err := generators.ReadFile("warehouse/" + of.file + ".sql")
		if err != nil {
			b.Fatal(err)
		}
		begun, each := time.Now(), of.each
		if each == 0 {
			each = chains
		}
		for from := 0; from < chains; from += each {
			if d.ask(b, fmt.Sprintf("SELECT count() FROM bench.filled WHERE file = '%s' AND n = %d", of.file, from)) != "0" {
				continue
			}
			d.ask(b, string(text), "param_chains", strconv.Itoa(chains), "param_from", strconv.Itoa(from), "param_count", strconv.Itoa(min(each, chains-from)),
				"param_start", moment(start), "param_until", moment(start.AddDate(2, 0, 0)), "optimize_on_insert", "0", "max_insert_threads", "2",
				"max_insert_block_size", "1000000", "min_insert_block_size_rows", "1000000", "min_insert_block_size_bytes", "400000000")
			d.ask(b, fmt.Sprintf("INSERT INTO bench.filled VALUES ('%s', %d, %d, '%s')", of.file, from, chains, moment(start)))
			fmt.Fprintf(os.Stderr, "\r%s: %d chains in %.0f s ", of.file, min(from+each, chains), time.Since(begun).Seconds())
		}
		fmt.Fprintln(os.Stderr)
	}
	d.settle(b)
	for _, table := range tables {
		d.ask(b, "ALTER TABLE `"+table+"` RESET SETTING old_parts_lifetime")
	}
}

// settle waits until nothing is merged any more, for a quarter of an hour at most.
func (d database) settle(b *testing.B) {
	b.Helper()
	for end := time.Now().Add(15 * time.Minute); time.Now().Before(end) && d.ask(b, "SELECT count() FROM system.merges") != "0"; {
		select {
		case <-time.After(time.Second):
		case <-b.Context().Done():
			b.Fatal(b.Context().Err())
		}
	}
}

// ask runs a query, with more parameters of its address, and gives the answer.
func (d database) ask(b *testing.B, query string, parameters ...string) string {
	b.Helper()
	answer, err := d.answer(b, query, parameters...)
	if err != nil {
		b.Fatalf("%s\n%v", query, err)
	}
	return answer
}

// answer is ask where ClickHouse may refuse.
func (d database) answer(b *testing.B, query string, parameters ...string) (string, error) {
	b.Helper()
	values := url.Values{"database": {"oneorder"}}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+d.address+"/?"+values.Encode(), strings.NewReader(query))
	if err != nil {
		b.Fatal(err)
	}
	if d.user != "" {
		req.SetBasicAuth(d.user, d.password)
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
		return "", errors.New(string(body))
	}
	return strings.TrimSpace(string(body)), nil
}
