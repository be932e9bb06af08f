package alerts

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"go.yaml.in/yaml/v3"
)

type rule struct {
	Alert, Expr string
	For         string
}

// rules reads the rules that are deployed.
func rules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("../../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var all []rule
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// firing gives at each minute the alerts that fire, as Prometheus would with these series: a value a minute, in the notation of its own
// tests (a+bxn: a, and n times b more).
func firing(t *testing.T, all []rule, series []string, minutes int) [][]string {
	t.Helper()
	storage := promqltest.LoadedStorage(t, "load 1m\n  "+strings.Join(series, "\n  ")+"\n")
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	since := map[string]map[string]time.Time{} // alert: labels: active since
	out := make([][]string, minutes+1)
	for minute := range minutes + 1 {
		now := time.Unix(0, 0).UTC().Add(time.Duration(minute) * time.Minute)
		for _, r := range all {
			query, err := engine.NewInstantQuery(context.Background(), storage, nil, r.Expr, now)
			if err != nil {
				t.Fatalf("%s: %v", r.Alert, err)
			}
			result := query.Exec(context.Background())
			vector, err := result.Vector()
			if err != nil {
				t.Fatalf("%s: %v", r.Alert, err)
			}
			out[minute] = append(out[minute], r.step(t, vector, since, now)...)
			query.Close()
		}
	}
	return out
}

// step keeps what is active, and gives the alert's name if any of it has been for long enough.
func (r rule) step(t *testing.T, vector promql.Vector, since map[string]map[string]time.Time, now time.Time) []string {
	t.Helper()
	wait := time.Duration(0)
	if r.For != "" {
		parsed, err := model.ParseDuration(r.For)
		if err != nil {
			t.Fatal(err)
		}
		wait = time.Duration(parsed)
	}
	active := map[string]time.Time{}
	fires := false
	for _, sample := range vector {
		labels := sample.Metric.String()
		began, ok := since[r.Alert][labels]
		if !ok {
			began = now
		}
		active[labels] = began
		fires = fires || now.Sub(began) >= wait
	}
	since[r.Alert] = active
	if fires {
		return []string{r.Alert}
	}
	return nil
}

func of(job, service, name, values string) string {
	return fmt.Sprintf(`%s{job=%q, service=%q, instance=%q} %s`, name, job, service, service+":8080", values)
}

func archive(name, values string) string {
	return of("oneorder", "archive", "oneorder_archive_"+name, values)
}

func chain(name, values string) string {
	return of("oneorder", "chain", "oneorder_chain_"+name, values)
}

var cases = []struct {
	name   string
	series []string
	at     int      // minutes
	want   []string // that fire then, of all
	before int      // minutes; at which none fires yet; 0: not looked at
}{
	{
		name:   "all is well",
		series: []string{of("oneorder", "archive", "up", "1x60"), archive("oldest_unread_seconds", "1x60"), archive("lag_messages", "5x60"), archive("batches_total", "0+60x60"), archive("paused", "0x60"), chain("standby", "0x60")},
		at:     60,
	},
	{name: "a service is down", series: []string{of("oneorder", "archive", "up", "1 0x10")}, at: 3, want: []string{"OneOrderServiceDown"}, before: 2},
	{name: "something else is down", series: []string{of("node", "host", "up", "0x10")}, at: 10},
	{name: "a reader is behind", series: []string{chain("oldest_unread_seconds", "150x20"), chain("paused", "0x20")}, at: 3, want: []string{"OneOrderReaderBehind"}, before: 2},
	{name: "a reader of a version before pauses were there is behind", series: []string{archive("oldest_unread_seconds", "150x20")}, at: 3, want: []string{"OneOrderReaderBehind"}},
	{name: "a reader is late for a moment", series: []string{chain("oldest_unread_seconds", "150 150 10x20")}, at: 10},
	{
		name:   "a reader stands still",
		series: []string{archive("lag_messages", "100x30"), archive("batches_total", "7x30"), archive("paused", "0x30")},
		at:     20, want: []string{"OneOrderReaderStandsStill"}, before: 4,
	},
	{
		name:   "a standby does nothing, which is its part",
		series: []string{chain("lag_messages", "100x30"), chain("batches_total", "7x30"), chain("standby", "1x30"), of("oneorder", "chain-2", "oneorder_chain_standby", "0x30")},
		at:     30,
	},
	{
		name: "a paused reader wakes nobody by waiting",
		series: []string{
			archive("lag_messages", "100+100x50"), archive("batches_total", "7x50"), archive("paused", "1x50"), archive("oldest_unread_seconds", "0+60x50"),
			chain("lag_messages", "100+100x50"), chain("batches_total", "7x50"), chain("paused", "1x50"), chain("standby", "0x50"), chain("oldest_unread_seconds", "0+60x50"),
		},
		at: 50,
	},
	{name: "a reader was forgotten in its pause", series: []string{chain("paused", "1x70")}, at: 61, want: []string{"OneOrderReaderPaused"}, before: 59},
	{name: "a paused chain does not hide an archive that stands still", series: []string{chain("paused", "1x30"), archive("lag_messages", "100x30"), archive("batches_total", "7x30"), archive("paused", "0x30")}, at: 20, want: []string{"OneOrderReaderStandsStill"}},
	{name: "commits are tried again", series: []string{archive("commit_retries_total", "0+30x20")}, at: 10, want: []string{"OneOrderCommitsRetried"}, before: 4},
	{name: "a retry now and then", series: []string{archive("commit_retries_total", "0+1x20")}, at: 20},
	{name: "the watchdog bit three times", series: []string{chain("reader_stalls_total", "0x9 1x9 2x9 3x9 4x9")}, at: 32, want: []string{"OneOrderReaderStalls"}, before: 12},
	{name: "nobody joins", series: []string{chain("standby", "1x9"), of("oneorder", "chain-2", "oneorder_chain_standby", "1x9")}, at: 2, want: []string{"OneOrderNobodyJoins"}},
	{name: "EVENTS fills", series: []string{of("oneorder", "archive", "oneorder_events_fill_ratio", "0.6x20")}, at: 10, want: []string{"OneOrderStreamFilling"}, before: 9},
	{name: "EVENTS is nearly full", series: []string{of("oneorder", "archive", "oneorder_events_fill_ratio", "0.9x20")}, at: 5, want: []string{"OneOrderStreamNearlyFull"}, before: 1},
	{
		name: "many are rejected",
		series: []string{
			`oneorder_archive_events_total{job="oneorder", outcome="stored"} 0+600x60`, `oneorder_archive_events_total{job="oneorder", outcome="rejected"} 0+60x60`,
		},
		at: 30, want: []string{"OneOrderManyRejected"}, before: 10,
	},
	{
		name: "few are rejected",
		series: []string{
			`oneorder_archive_events_total{job="oneorder", outcome="stored"} 0+60000x60`, `oneorder_archive_events_total{job="oneorder", outcome="rejected"} 0+60x60`,
		},
		at: 60,
	},
	{name: "requests fail", series: []string{`oneorder_http_requests_total{job="oneorder", route="GET /lookup", status="503"} 0+60x20`}, at: 10, want: []string{"OneOrderRequestsFail"}, before: 4},
	{name: "requests are wrong", series: []string{`oneorder_http_requests_total{job="oneorder", route="GET /lookup", status="404"} 0+60x20`}, at: 20},
}

func TestAlerts(t *testing.T) {
	all := rules(t)
	fired := map[string]bool{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := firing(t, all, c.series, c.at)
			if !slices.Equal(got[c.at], c.want) {
				t.Errorf("after %d minutes %q fire, want %q", c.at, got[c.at], c.want)
			}
			if c.before > 0 && len(got[c.before]) > 0 {
				t.Errorf("after %d minutes %q fire already", c.before, got[c.before])
			}
			if len(c.want) == 0 {
				for minute, names := range got {
					if len(names) > 0 {
						t.Errorf("after %d minutes %q fire", minute, names)
						break
					}
				}
			}
			for _, name := range c.want {
				fired[name] = true
			}
		})
	}
	for _, r := range all {
		if !fired[r.Alert] {
			t.Errorf("no case has %s fire", r.Alert)
		}
	}
}
