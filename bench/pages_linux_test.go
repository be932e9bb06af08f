package bench

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
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
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: native})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if err := w.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	conn, err := stream.Connect(b.Context(), stream.Config{URL: embeddedtest.Broker(b), Name: "console"})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
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
	const lasts = "20s"
	pages := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkOpenPages$", "-test.benchtime=1x", "-test.timeout=2m")
	pages.Env = append(os.Environ(), "ONEORDER_BENCH_PAGES="+listener.Addr().String(), "ONEORDER_BENCH_LASTS="+lasts)
	before, _ := process()
	begun := time.Now()
	out, err := pages.CombinedOutput()
	took := time.Since(begun)
	used, _ := process()
	stop()
	if failed := <-ended; failed != nil || err != nil || !strings.Contains(string(out), "pictures") {
		b.Fatalf("%v %v %s", failed, err, out)
	}
	b.ReportMetric((used-before).Seconds()/took.Seconds(), "cores")
	b.ReportMetric(0, "ns/op")
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "pictures") {
			b.Log(strings.TrimSpace(line))
		}
	}
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
