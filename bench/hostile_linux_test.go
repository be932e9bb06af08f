package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/intake"
	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
	"oneorder/internal/wire/wiretest"
	"oneorder/services/archive"
)

// cost is what some work took.
type cost struct {
	cpu   time.Duration // of all threads: what else the machine does falls on none
	bytes uint64        // allocated
}

// costOf measures the work, done as often as is needed for the clock, and gives what once took.
func costOf(work func()) cost {
	for times := 1; ; times *= 4 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began, _ := process()
		for range times {
			work()
		}
		ended, _ := process()
		runtime.ReadMemStats(&after)
		if cpu := ended - began; cpu > 20*time.Millisecond {
			return cost{cpu / time.Duration(times), (after.TotalAlloc - before.TotalAlloc) / uint64(times)}
		}
	}
}

// against measures ours and theirs by turns, and reports the middle of the ratios of their times, and the ratio of what they
// allocate, theirs being no less than the bytes that there are to read.
func against(b *testing.B, bytes int, ours, theirs func()) {
	b.Helper()
	var ratios []float64
	var memory float64
	for b.Loop() {
		we, they := costOf(ours), costOf(theirs)
		ratios = append(ratios, float64(we.cpu)/float64(they.cpu))
		memory = float64(we.bytes) / float64(max(they.bytes, uint64(bytes)))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "time-ratio")
	b.ReportMetric(memory, "memory-ratio")
	b.ReportMetric(float64(bytes), "bytes")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkHostile refuses texts that are made to cost more than they weigh. The time is held against that of
// json.Valid, which reads a text as any reader of JSON must before it can say anything about it, and keeps nothing;
// where json.Valid would leave early, it reads as many bytes of sound events.
func BenchmarkHostile(b *testing.B) {
	for _, hostile := range wiretest.HostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			var d wire.Decoder
			var e trade.Event
			text, sound := []byte(hostile.Text), soundText(hostile.Text)
			against(b, len(text), func() {
				if d.Decode(text, &e) == nil {
					b.Fatal("taken")
				}
			}, func() {
				_ = json.Valid(sound)
			})
		})
	}
}

// BenchmarkHostileSmall refuses faults in events of a usual size, where the telling weighs more than the reading. They
// are held against what encoding/json takes to decode a usual event of as many bytes, unchecked.
func BenchmarkHostileSmall(b *testing.B) {
	for _, hostile := range wiretest.SmallHostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			var d wire.Decoder
			var e trade.Event
			text := []byte(hostile.Text)
			sound := []byte(strings.Repeat(" ", max(0, len(text)-len(wiretest.Sound))) + wiretest.Sound)
			against(b, len(text), func() {
				if d.Decode(text, &e) == nil {
					b.Fatal("taken")
				}
			}, func() {
				var e trade.Event
				if err := json.Unmarshal(sound, &e); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// soundText is the text if json.Valid reads nine tenths of it, else a list of sound events that is as long.
func soundText(text string) []byte {
	var early *json.SyntaxError
	if err := json.Unmarshal([]byte(text), new(json.RawMessage)); !errors.As(err, &early) || int(early.Offset) > len(text)/10*9 {
		return []byte(text)
	}
	list := "[" + wiretest.Sound + strings.Repeat(","+wiretest.Sound, len(text)/(len(wiretest.Sound)+1)) + "]"
	return []byte(list)
}

// BenchmarkHostileHTTP posts the texts to POST /events and to a server that reads the body and does json.Valid of it. Both
// are measured with their client.
func BenchmarkHostileHTTP(b *testing.B) {
	conn, err := stream.Connect(b.Context(), stream.Config{URL: embeddedtest.Broker(b), Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Ensure(b.Context(), stream.Settings{}); err != nil {
		b.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	desk := intake.New(intake.Config{OrgRate: 1e9}, quiet, conn)
	desk.Open("trade", intake.NewMetrics("trade"), nil, nil)
	mux := http.NewServeMux()
	desk.Routes(mux)
	ours := httptest.NewServer(mux)
	defer ours.Close()
	theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !json.Valid(body) {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer theirs.Close()
	post := func(url string, text []byte, taken bool) {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/cloudevents+json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil || (response.StatusCode < 300) != taken {
			b.Fatalf("status %d, %v", response.StatusCode, err)
		}
		_ = response.Body.Close()
	}
	for _, hostile := range wiretest.HostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			text, sound := []byte(hostile.Text), soundText(hostile.Text)
			against(b, len(text), func() { post(ours.URL+"/events", text, false) }, func() { post(theirs.URL, sound, json.Valid(sound)) })
		})
	}
}

// BenchmarkHostileNATS publishes the texts, a message each, and has the archive refuse them: each goes back into REJECTED
// and into rejected_events. They are held against as many bytes of usual events, which the archive stores. Measured is this
// process, with the broker in it.
func BenchmarkHostileNATS(b *testing.B) {
	native, _ := embeddedtest.Engine(b)
	conn, err := stream.Connect(b.Context(), stream.Config{URL: embeddedtest.Broker(b), Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Ensure(b.Context(), stream.Settings{Duplicates: 100 * time.Millisecond}); err != nil {
		b.Fatal(err)
	}
	store, err := warehouse.Open(b.Context(), warehouse.Config{Addr: native})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	tables, err := refdata.Load()
	if err == nil {
		err = store.Migrate(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	service, err := archive.New(archive.Config{Stream: conn, Warehouse: store, Tables: tables}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	publisher := conn.Publisher(stream.PublisherConfig{})
	archived := func(messages []stream.Outgoing) {
		receipts, err := publisher.Publish(b.Context(), messages)
		if err != nil {
			b.Fatal(err)
		}
		for service.Progress().Written < receipts[len(receipts)-1].Sequence {
			time.Sleep(time.Millisecond)
		}
	}
	for _, hostile := range wiretest.HostileTexts() {
		if int64(len(hostile.Text)) > conn.MaxPayload() {
			continue // which no message can be
		}
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			bad := []stream.Outgoing{{Subject: "events.local.trade.title.issued", Data: []byte(hostile.Text)}}
			good := make([]stream.Outgoing, len(hostile.Text)/len(wiretest.Sound))
			for i := range good {
				good[i] = stream.Outgoing{Subject: bad[0].Subject, Data: []byte(wiretest.Sound)}
			}
			against(b, len(hostile.Text), func() { archived(bad) }, func() { archived(good) })
		})
	}
}

// BenchmarkHostileCLI runs `oneorder validate` on a file of each text and on one of as many bytes of usual events, and holds
// the processor times of the two processes against each other. Both hold one line at a time; what is allocated for it
// BenchmarkHostile tells.
func BenchmarkHostileCLI(b *testing.B) {
	binary := embeddedtest.Binary(b)
	run := func(file string, taken bool) float64 {
		c := exec.CommandContext(b.Context(), binary, "validate", file)
		if err := c.Run(); (err == nil) != taken {
			b.Fatalf("validate %s: %v", file, err)
		}
		return float64(c.ProcessState.UserTime() + c.ProcessState.SystemTime())
	}
	for _, hostile := range wiretest.HostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			bad, good := filepath.Join(b.TempDir(), "bad"), filepath.Join(b.TempDir(), "good")
			sound := strings.Repeat(wiretest.Sound+"\n", len(hostile.Text)/len(wiretest.Sound)+1)
			if err := errors.Join(os.WriteFile(bad, []byte(hostile.Text), 0o600), os.WriteFile(good, []byte(sound), 0o600)); err != nil {
				b.Fatal(err)
			}
			var ratios []float64
			for b.Loop() {
				ratios = append(ratios, run(bad, false)/run(good, true))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "time-ratio")
			b.ReportMetric(float64(len(hostile.Text)), "bytes")
			b.ReportMetric(0, "ns/op")
		})
	}
}
