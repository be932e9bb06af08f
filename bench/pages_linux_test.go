package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
	"oneorder/services/console"
)

// openPages is how many pages of operations are open in BenchmarkOpenPages.
const openPages = 200

// BenchmarkOpenPages tells what 200 open pages of operations cost, in cores: the console and the broker that it asks.
// The pages and the engine are in other processes.
func BenchmarkOpenPages(b *testing.B) {
	if address := os.Getenv("ONEORDER_BENCH_PAGES"); address != "" {
		openThem(b, address)
		return
	}
	native, _ := embeddedtest.Engine(b)
	address := startConsole(b, native)
	const lasts = "20s"
	pages := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkOpenPages$", "-test.benchtime=1x", "-test.timeout=2m")
	pages.Env = append(os.Environ(), "ONEORDER_BENCH_PAGES="+address, "ONEORDER_BENCH_LASTS="+lasts)
	before, _ := process()
	begun := time.Now()
	out, err := pages.CombinedOutput()
	took := time.Since(begun)
	used, _ := process()
	if err != nil || !strings.Contains(string(out), "pictures") {
		b.Fatalf("%v %s", err, out)
	}
	b.ReportMetric((used-before).Seconds()/took.Seconds(), "cores")
	b.ReportMetric(0, "ns/op")
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "pictures") {
			b.Log(strings.TrimSpace(line))
		}
	}
}

// startConsole runs a console over the engine and a broker of its own, until the benchmark ends, and gives its address.
func startConsole(b *testing.B, native string) string {
	b.Helper()
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: native})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.Close() })
	if err := w.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	conn, err := stream.Connect(b.Context(), stream.Config{URL: embeddedtest.Broker(b), Name: "console"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(conn.Close)
	if err := conn.Ensure(b.Context(), stream.Settings{}); err != nil {
		b.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	c := console.New(console.Default(), slog.New(slog.DiscardHandler), w, conn)
	go func() {
		ended <- service.Run(ctx, service.Shell{Listener: listener, Intake: []service.Component{c}})
	}()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return listener.Addr().String()
}

// BenchmarkConsole asks the console for numbers and pages over as many chains as BenchmarkWarehouse has, each time for another
// chain, and tells the median and the 95th percentile of each in milliseconds of wall time, the console's and ClickHouse's together:
//
//	ONEORDER_BENCH_CHAINS=1000000 go test -run '^$' -bench Console -benchtime 1x -timeout 2h ./bench
func BenchmarkConsole(b *testing.B) {
	chains := chainsAsked(b)
	db := filled(b, chains)
	db.refresh(b)
	address := startConsole(b, db.native)
	bill := func(n int) string { return fmt.Sprintf("BL%010d", n) }
	ids := strings.Fields(db.ask(b, "SELECT chain_id FROM chain_references WHERE kind = 'bl' AND sipHash64(value) % greatest(1, intDiv("+
		strconv.Itoa(chains)+", 200)) = 0 LIMIT 100"))
	for b.Loop() {
		for _, asked := range []struct {
			name string
			asks int
			path func(i int) string
		}{
			{"lookup", 100, func(i int) string { return "/api/v1/lookup?q=" + bill(i*7919%chains) }},
			{"suggest", 100, func(i int) string { return "/api/v1/suggest?q=" + bill(i * 7919 % chains)[:10] }},
			{"order", 100, func(i int) string { return "/chains/" + ids[i%len(ids)] }},
			{"corridors", 5, func(int) string { return "/corridors" }},
			{"overview", 5, func(int) string { return "/" }},
		} {
			name, asks, path := asked.name, asked.asks, asked.path
			took := make([]time.Duration, asks)
			for i := range took {
				begun := time.Now()
				if body := fetch(b, "http://"+address+path(i)); name == "lookup" && !strings.Contains(body, bill(i*7919%chains)) {
					b.Fatalf("%s: nothing of %s in %s", path(i), bill(i*7919%chains), body)
				}
				took[i] = time.Since(begun)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[asks/2].Microseconds())/1000, name+"-median-ms")
			b.ReportMetric(float64(took[asks*95/100].Microseconds())/1000, name+"-p95-ms")
			b.Logf("%s: median %v, 95th percentile %v", name, took[asks/2], took[asks*95/100])
		}
	}
	b.ReportMetric(0, "ns/op")
}

func fetch(b *testing.B, address string) string {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v %s", address, response.Status, err, body)
	}
	return string(body)
}

// openThem is the other process: it opens the pages and reads what they are sent.
func openThem(b *testing.B, address string) {
	lasts, err := time.ParseDuration(os.Getenv("ONEORDER_BENCH_LASTS"))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.Context(), lasts)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}
	pictures := make(chan int, openPages)
	for range openPages {
		go func() {
			n := 0
			defer func() { pictures <- n }()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/live", nil)
			if err != nil {
				return
			}
			response, err := client.Do(request)
			if err != nil {
				return
			}
			defer func() { _ = response.Body.Close() }()
			for lines := bufio.NewScanner(response.Body); lines.Scan(); {
				if lines.Text() == "event: picture" {
					n++
				}
			}
		}()
	}
	least, total := 1<<30, 0
	for range openPages {
		n := <-pictures
		least, total = min(least, n), total+n
	}
	if least == 0 {
		b.Fatal("a page was sent nothing")
	}
	b.Logf("%d pages were sent %d pictures, each at least %d", openPages, total, least)
}
