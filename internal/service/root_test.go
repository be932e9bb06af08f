package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"oneorder/internal/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// journal notes what happened in which order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// part is a component that notes its end.
type part struct {
	name    string
	journal *journal
	fail    chan error
	health  func() error
	outlive time.Duration // how long it goes on after being told to stop
}

func (p *part) Name() string { return p.name }

func (p *part) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case err := <-p.fail:
		return err
	}
	if p.outlive > 0 {
		timer := time.NewTimer(p.outlive)
		defer timer.Stop()
		<-timer.C
	}
	p.journal.add(p.name + " stopped")
	return nil
}

func (p *part) Health() error {
	if p.health == nil {
		return nil
	}
	return p.health()
}

// routed answers requests; /slow holds until released.
type routed struct {
	part
	entered, release chan struct{}
}

func (r *routed) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /things/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "thing") })
	mux.HandleFunc("POST /things", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		close(r.entered)
		<-r.release
		r.journal.add("request answered")
		_, _ = io.WriteString(w, "done")
	})
}

func (r *routed) Collectors() []prometheus.Collector {
	return []prometheus.Collector{prometheus.NewCounter(prometheus.CounterOpts{Name: "oneorder_things_made_total", Help: "Things."})}
}

// run starts a shell and gives its base URL and what stops it.
func run(t *testing.T, sh service.Shell) (string, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	addresses := make(chan string, 1)
	if sh.Address == "" {
		sh.Address = "127.0.0.1:0"
	}
	sh.Started = func(address string) { addresses <- address }
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx, sh) }()
	stop := sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	select {
	case address := <-addresses:
		return "http://" + address, stop
	case err := <-ended:
		ended <- err
		t.Fatalf("the shell ended at once: %v", err)
		return "", nil
	}
}

func get(t *testing.T, url string, edit ...func(*http.Request)) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edit {
		e(request)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestStopsIntakeThenReadersThenConnections(t *testing.T) {
	j := &journal{}
	in := &routed{part: part{name: "intake", journal: j}, entered: make(chan struct{}), release: make(chan struct{})}
	base, stop := run(t, service.Shell{
		Intake:  []service.Component{in},
		Readers: []service.Component{&part{name: "reader", journal: j}},
		Connections: []service.Closer{
			{Name: "broker", Close: func() error { j.add("broker closed"); return nil }},
			{Name: "warehouse", Close: func() error { j.add("warehouse closed"); return nil }},
		},
	})
	answered := make(chan string, 1)
	go func() {
		_, body := get(t, base+"/slow")
		answered <- body
	}()
	<-in.entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(in.release)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != "done" {
		t.Errorf("a request under way was answered %q, want done", got)
	}
	// The request and the intake component end together, in either order.
	got := j.lines
	if len(got) == 5 && got[0] == "intake stopped" {
		got[0], got[1] = got[1], got[0]
	}
	want := []string{"request answered", "intake stopped", "reader stopped", "broker closed", "warehouse closed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order of the stop (-want +got):\n%s", diff)
	}
}

func TestAFailingComponentStopsTheProcess(t *testing.T) {
	j := &journal{}
	broken := &part{name: "reader", journal: j, fail: make(chan error, 1)}
	broken.fail <- errors.New("stream_gap at 17")
	err := service.Run(t.Context(), service.Shell{
		Address:     "127.0.0.1:0",
		Intake:      []service.Component{&part{name: "intake", journal: j}},
		Readers:     []service.Component{broken},
		Connections: []service.Closer{{Name: "broker", Close: func() error { return errors.New("already gone") }}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"reader: stream_gap at 17", "close broker: already gone"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if diff := cmp.Diff([]string{"intake stopped"}, j.lines); diff != "" {
		t.Errorf("the rest (-want +got):\n%s", diff)
	}
}

func TestAComponentThatEndsByItselfIsAFailure(t *testing.T) {
	done := &part{name: "reader", journal: &journal{}, fail: make(chan error, 1)}
	done.fail <- nil
	err := service.Run(t.Context(), service.Shell{Address: "127.0.0.1:0", Readers: []service.Component{done}})
	if err == nil || err.Error() != "reader ended by itself" {
		t.Errorf("got %v", err)
	}
}

func TestNamesWhatDoesNotStopInTime(t *testing.T) {
	late := &part{name: "slow reader", journal: &journal{}, outlive: 300 * time.Millisecond}
	_, stop := run(t, service.Shell{Readers: []service.Component{late}, StopWithin: 20 * time.Millisecond})
	err := stop()
	if err == nil || !strings.Contains(err.Error(), "not stopped in time: slow reader") {
		t.Errorf("got %v", err)
	}
}

func TestHealthSaysWhyInWords(t *testing.T) {
	var mu sync.Mutex
	var reason error
	p := &part{name: "archive", journal: &journal{}, health: func() error { mu.Lock(); defer mu.Unlock(); return reason }}
	base, _ := run(t, service.Shell{Readers: []service.Component{p}})

	check := func(wantStatus int, want service.Health) {
		t.Helper()
		status, body := get(t, base+"/healthz")
		var got service.Health
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); status != wantStatus || diff != "" {
			t.Errorf("status %d, want %d; (-want +got):\n%s", status, wantStatus, diff)
		}
	}
	check(http.StatusOK, service.Health{OK: true, Components: map[string]service.Condition{"archive": {OK: true}}})
	mu.Lock()
	reason = errors.New("clickhouse does not answer since 12 s")
	mu.Unlock()
	check(http.StatusServiceUnavailable, service.Health{Components: map[string]service.Condition{
		"archive": {Reason: "clickhouse does not answer since 12 s"},
	}})
}

func TestMetricsCountByRouteNeverByPath(t *testing.T) {
	in := &routed{part: part{name: "intake", journal: &journal{}}}
	base, _ := run(t, service.Shell{Intake: []service.Component{in}})
	get(t, base+"/things/SITU9070320")
	get(t, base+"/nothing/here")
	_, body := get(t, base+"/metrics")
	for _, want := range []string{
		`oneorder_http_requests_total{route="GET /things/{id}",status="200"} 1`,
		`oneorder_http_requests_total{route="none",status="404"} 1`,
		"oneorder_things_made_total 0",
		"go_goroutines",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no line %q", want)
		}
	}
	if strings.Contains(body, "SITU9070320") {
		t.Error("a path stands in the metrics")
	}
}

func TestWithoutTokenOnlyThisMachineAsksAndNoForeignPage(t *testing.T) {
	in := &routed{part: part{name: "intake", journal: &journal{}}}
	base, _ := run(t, service.Shell{Intake: []service.Component{in}})
	if status, _ := get(t, base+"/things/1", func(r *http.Request) { r.Host = "evil.example:80" }); status != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host name got %d", status)
	}
	post, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/things", nil)
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Origin", "https://evil.example")
	if status, _ := do(t, post); status != http.StatusForbidden {
		t.Errorf("a foreign page's post got %d", status)
	}
}

func TestTokenIsNeededWhereItIsSet(t *testing.T) {
	in := &routed{part: part{name: "intake", journal: &journal{}}}
	base, _ := run(t, service.Shell{Intake: []service.Component{in}, Token: "a long enough secret"})
	cases := []struct {
		name string
		edit func(*http.Request)
		want int
	}{
		{"none", func(*http.Request) {}, http.StatusUnauthorized},
		{"wrong", func(r *http.Request) { r.Header.Set("Authorization", "Bearer other") }, http.StatusUnauthorized},
		{"bearer", func(r *http.Request) { r.Header.Set("Authorization", "Bearer a long enough secret") }, http.StatusOK},
		{"basic", func(r *http.Request) { r.SetBasicAuth("anyone", "a long enough secret") }, http.StatusOK},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := get(t, base+"/things/1", c.edit); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
	if got, _ := get(t, base+"/healthz"); got != http.StatusOK {
		t.Errorf("health needs no token, got %d", got)
	}
}

func TestBeyondLoopbackRoutesNeedAToken(t *testing.T) {
	in := &routed{part: part{name: "intake", journal: &journal{}}}
	err := service.Run(t.Context(), service.Shell{Address: "0.0.0.0:0", Intake: []service.Component{in}})
	if err == nil || !strings.Contains(err.Error(), "ONEORDER_HTTP_TOKEN") {
		t.Errorf("got %v", err)
	}
}

func TestTwoComponentsWithOneMetricAreAMistake(t *testing.T) {
	a := &routed{part: part{name: "a", journal: &journal{}}}
	err := service.Run(t.Context(), service.Shell{Address: "127.0.0.1:0", Intake: []service.Component{a, collectorsOnly{a}}})
	if err == nil || !strings.Contains(err.Error(), "register metrics of a") {
		t.Errorf("got %v", err)
	}
}

type collectorsOnly struct{ r *routed }

func (c collectorsOnly) Name() string                       { return c.r.Name() }
func (c collectorsOnly) Run(ctx context.Context) error      { return c.r.Run(ctx) }
func (c collectorsOnly) Health() error                      { return nil }
func (c collectorsOnly) Collectors() []prometheus.Collector { return c.r.Collectors() }
