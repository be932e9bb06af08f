package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"oneorder/internal/stream"
)

// killSeed makes the traffic and the moments; other ones are for long runs.
var killSeed = flag.Uint64("kill.seed", 20260911, "`seed` of the kills")

const (
	killChains = 1600   // consignments, whose events are more than
	killEvents = 50_000 // events
	kills      = 6
)

// TestKilledWhilePublishing kills the whole deployment, several times and without a warning, while a
// publisher sends 50,000 events to it, and starts it again where it was. The publisher, started once, gets
// to its end by itself, and nothing of what it sent is missing or there twice.
func TestKilledWhilePublishing(t *testing.T) {
	places := make(map[string]string)
	for _, name := range []string{"nats", "clickhouse", "clickhouse-http", "http"} {
		places[name] = fixedAddress(t)
	}
	tr := simulate(t, *killSeed, killChains)
	if len(tr.truth) < killEvents {
		t.Fatalf("%d different events, want %d at least", len(tr.truth), killEvents)
	}
	d := up(t, t.TempDir(), places)
	// The publisher gets its input in portions, the next one after a kill: so it is always under way when
	// a kill comes, however fast the machine is.
	publish, input := startFed(t, d.variables(), "publish", "-")
	portions := cut(t, tr, kills)
	began := time.Now()
	for i, moment := range moments(portions) {
		input <- portions[i].text
		at := moment.await(t, d, publish)
		d.kill()
		t.Logf("kill %d after %s: %s", i+1, time.Since(began).Round(time.Millisecond), at)
		if !publish.running() {
			t.Fatalf("publish ended as the broker died: exit code %d: %s", publish.code, publish.stderr.tail())
		}
		d.process = start(t, nil, upArguments(d.folder, places)...)
	}
	input <- portions[kills].text
	close(input)
	if code := publish.wait(2 * doneWithin); code != 0 {
		t.Fatalf("publish: exit code %d: %s", code, publish.stderr.tail())
	}
	took := time.Since(began)
	d.settle()
	t.Logf("published and stored after %s, joined after %s", took.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))

	said, _ := publish.stderr.state()
	counts := regexp.MustCompile(`(?m)^(\d+) published, (\d+) repeats, 0 rejected`).FindStringSubmatch(said)
	if counts == nil {
		t.Fatalf("publish says %q", said)
	}
	published, _ := strconv.Atoi(counts[1])
	repeats, _ := strconv.Atoi(counts[2])
	if published+repeats != len(tr.events) || published > len(tr.truth) {
		t.Errorf("publish says %d published and %d repeats, of %d events, %d of them different", published, repeats, len(tr.events), len(tr.truth))
	}
	tr.check(t, d.warehouse)
	checkOnce(t, d, tr)
	if running := engines(t, d.folder); len(running) > 1 {
		t.Errorf("engines of the killed are left: %q", running)
	}
	if code := d.stop(); code != 0 {
		t.Errorf("exit code %d after SIGTERM: %s", code, d.stderr.tail())
	}
	if left := engines(t, d.folder); left != nil {
		t.Errorf("left running: %q", left)
	}
}

// startFed runs the binary with a standard input that takes what is sent, until the channel is closed.
func startFed(t *testing.T, variables map[string]string, arguments ...string) (*process, chan<- []byte) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	input := make(chan []byte, kills+1)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var feeding sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		feeding.Wait()
	})
	feeding.Go(func() {
		defer func() { _ = write.Close() }()
		for {
			select {
			case text, more := <-input:
				if !more {
					return
				}
				if _, err := write.Write(text); err != nil {
					return // the process has ended, and the test will say why
				}
			case <-ctx.Done():
				return
			}
		}
	})
	p := startReading(t, read, variables, arguments...)
	_ = read.Close() // the process has its own
	return p, input
}

// portion is a part of the traffic.
type portion struct {
	text   []byte // its lines
	events int    // different events in it and all before it
}

// cut cuts the traffic into as many equal portions of whole chunks of the publisher, and what is left.
func cut(t *testing.T, tr *traffic, n int) []portion {
	t.Helper()
	text, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n"))
	const chunk = 4000
	size := len(lines) / chunk / n * chunk
	portions := make([]portion, n+1)
	seen := make(map[name]bool)
	for i, line := range lines {
		at := min(i/size, n)
		seen[name{tr.events[i].Source, tr.events[i].ID}] = true
		portions[at].text = append(portions[at].text, line...)
		portions[at].events = len(seen)
	}
	return portions
}

// checkOnce asks the tables themselves whether anything is there twice, or anybody was told of a reject.
func checkOnce(t *testing.T, d *deployment, tr *traffic) {
	t.Helper()
	for statement, want := range map[string]string{
		"SELECT count(), uniqExact(source, id) FROM events":                       fmt.Sprintf("%d\t%[1]d\n", len(tr.truth)),
		"SELECT count(), uniqExact(chain_id) FROM chain":                          fmt.Sprintf("%d\t%[1]d\n", tr.chains),
		"SELECT count() - uniqExact(chain_id, event_key) FROM chain_events FINAL": "0\n",
		"SELECT count() FROM rejected_events":                                     "0\n",
	} {
		if got := d.query(statement); got != want {
			t.Errorf("%s: got %q, want %q", statement, got, want)
		}
	}
	if n, err := d.messages(stream.Rejected); err != nil || n != 0 {
		t.Errorf("REJECTED holds %d messages (%v)", n, err)
	}
}

// moment is when to kill: once so many events are published, or written by a reader, and a little later.
type moment struct {
	reader string // "": published
	events uint64
	later  time.Duration
}

func (m moment) String() string {
	what := "published"
	if m.reader != "" {
		what = "written by " + m.reader
	}
	return fmt.Sprintf("at %d %s and %s later", m.events, what, m.later)
}

// moments draws one for each portion but the last.
func moments(portions []portion) []moment {
	random := rand.New(rand.NewPCG(*killSeed, 1))
	var all []moment
	before := 0
	for i, reader := range []string{"", "archive", "chain", "", "archive", "chain"} {
		events := before + 1 + random.IntN(portions[i].events-before)
		later := time.Duration(random.Int64N(int64(15 * time.Millisecond)))
		all = append(all, moment{reader, uint64(events), later})
		before = portions[i].events
	}
	return all
}

// await waits for the moment and tells how far things are.
func (m moment) await(t *testing.T, d *deployment, publish *process) string {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(doneWithin)
	defer late.Stop()
	for {
		published, written, err := d.progress()
		has := published
		if m.reader != "" {
			has = written[m.reader]
		}
		if err == nil && has >= m.events {
			delay := time.NewTimer(m.later)
			defer delay.Stop()
			<-delay.C
			return fmt.Sprintf("%s, when %d were published, %d stored and %d joined", m, published, written["archive"], written["chain"])
		}
		select {
		case <-tick.C:
		case <-publish.exited:
			t.Fatalf("publish ended with exit code %d: %s", publish.code, publish.stderr.tail())
		case <-d.exited:
			t.Fatalf("up ended with exit code %d: %s", d.code, d.stderr.tail())
		case <-late.C:
			t.Fatalf("not %s: %d published, %v written (%v)", m, published, written, err)
		}
	}
}

// progress is how many events the broker has, and each reader has written.
func (d *deployment) progress() (published uint64, written map[string]uint64, err error) {
	published, err = d.messages(stream.Events)
	if err != nil {
		return 0, nil, err
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Second)
	defer cancel()
	readers, err := d.conn.Readers(ctx)
	written = make(map[string]uint64)
	for _, r := range readers {
		written[r.Name] = r.Written
	}
	return published, written, err
}
