package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"oneorder/deploy/compose"
	"oneorder/internal/embedded"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// chosen is what .env holds in an installation.
var chosen = map[string]string{
	"ONEORDER_NATS_PASSWORD":       "3f1c3f1c3f1c3f1c3f1c3f1c",
	"ONEORDER_CLICKHOUSE_PASSWORD": "77a977a977a977a977a977a9",
	"ONEORDER_ANALYST_PASSWORD":    "e5d0e5d0e5d0e5d0e5d0e5d0",
	"ONEORDER_HTTP_TOKEN":          "18be18be18be18be18be18be",
	"ONEORDER_GRAFANA_PASSWORD":    "ab40ab40ab40ab40ab40ab40",
}

// installation is docker-compose.yml as plain processes: the same commands with the same environment, but
// for the addresses and folders, which are those of the test.
type installation struct {
	t                        *testing.T
	project                  *types.Project
	nats, clickhouse, engine string            // URL of the broker, native and HTTP address of the engine
	register                 string            // of organisations
	configuration            string            // file of the broker
	streams, tables, backups string            // folders of the broker, of the engine, and of what it backs up
	places                   map[string]string // where the broker and the engine listened first, and do again
	state                    map[string]string // folder of each service
	secrets                  map[string]string // what .env holds
	stopBroker, stopEngine   func()
	reload                   func()            // has the broker read its configuration again
	running                  []*process        // in the order in which they were started
	addresses                map[string]string // of the HTTP servers, by service
}

// TestServices runs each service in a process of its own, as docker-compose.yml does, and takes a small
// flow through all of them.
func TestServices(t *testing.T) {
	in := install(t)
	for _, p := range compose.Processes(in.project) {
		in.launch(p)
	}
	want := []string{"archive", "chain", "console", "customs", "finance", "logistics", "trade"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(in.addresses))); diff != "" {
		t.Fatalf("services that serve HTTP (-want +got):\n%s", diff)
	}
	for service, address := range in.addresses {
		in.healthy(service, address)
	}
	tr := simulate(t, 11, 20)
	in.flow(tr)

	for _, p := range slices.Backward(in.running) {
		if code := p.stop(); code != 0 {
			t.Errorf("%s: exit code %d after SIGTERM:\n%s", p.name, code, p.stderr.tail())
		}
	}
}

// install reads docker-compose.yml with what .env holds, and starts the broker and the engine.
func install(t *testing.T) *installation {
	t.Helper()
	in := &installation{t: t, addresses: make(map[string]string), state: make(map[string]string), places: map[string]string{"clickhouse": free, "engine": free}}
	in.choose(chosen)
	in.startServers()
	return in
}

// choose takes these secrets, as an .env with them does.
func (in *installation) choose(secrets map[string]string) {
	in.t.Helper()
	project, err := compose.Load(in.t.Context(), "..", secrets)
	if err != nil {
		in.t.Fatal(err)
	}
	in.project, in.secrets = project, secrets
}

// startServers starts the broker with the configuration and the engine with the users of the installation.
func (in *installation) startServers() {
	t := in.t
	t.Helper()
	// The configuration's folder is as it is in the container, with the register's volume mounted.
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "deploy", "nats"))); err != nil {
		t.Fatal(err)
	}
	in.register, in.configuration = filepath.Join(folder, "orgs", "orgs.json"), filepath.Join(folder, "nats.conf")
	mustRun(t, map[string]string{"ONEORDER_ORGS": in.register}, in.project.Services["org"].Command...)
	in.streams, in.tables, in.backups = t.TempDir(), t.TempDir(), t.TempDir()
	in.configure(in.configuration, map[string]string{
		"listen: 0.0.0.0:4222": "listen: 127.0.0.1:-1", "http: 0.0.0.0:8222": "", "store_dir: /data": "store_dir: " + in.streams,
	})
	in.startBroker()
	in.startEngine()
	t.Cleanup(func() {
		in.stopBroker()
		in.stopEngine()
	})
}

// startBroker starts the broker over its folder, where it was before.
func (in *installation) startBroker() {
	t := in.t
	t.Helper()
	password := in.project.Services["nats"].Environment["ONEORDER_NATS_PASSWORD"]
	if password == nil {
		t.Fatal("the broker is given no password")
	}
	variables := map[string]string{"ONEORDER_NATS_PASSWORD": *password}
	broker := startProgram(t, natsServer.build(t), "nats-server", nil, variables, "--config", in.configuration)
	var address string
	broker.await(broker.stderr, "taken connections", func(text string) bool {
		if _, after, ok := strings.Cut(text, "Listening for client connections on "); ok {
			address, _, _ = strings.Cut(after, "\n")
		}
		return strings.Contains(text, "Server is ready")
	})
	reloads := 0
	in.reload = func() {
		t.Helper()
		if err := broker.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		reloads++
		broker.await(broker.stderr, "reloaded its configuration", func(text string) bool {
			return strings.Count(text, "Reloaded server configuration") >= reloads
		})
	}
	in.stopBroker = sync.OnceFunc(func() {
		if code := broker.stop(); code != 0 {
			t.Errorf("nats-server: exit code %d after SIGTERM:\n%s", code, broker.stderr.tail())
		}
	})
	if in.nats == "" {
		in.nats = "nats://" + address
		in.configure(in.configuration, map[string]string{"listen: 127.0.0.1:-1": "listen: " + address})
	}
}

// startEngine starts the engine over its folder, where it was before.
func (in *installation) startEngine() {
	t := in.t
	t.Helper()
	engine, err := embedded.StartEngine(t.Context(), embedded.EngineConfig{
		Dir: in.tables, Executable: binary(t), Backups: in.backups, NativeAddr: in.places["clickhouse"], HTTPAddr: in.places["engine"],
		Users: []embedded.User{
			{Name: "oneorder", Password: in.secrets["ONEORDER_CLICKHOUSE_PASSWORD"]},
			{Name: "analyst", Password: in.secrets["ONEORDER_ANALYST_PASSWORD"], ReadOnly: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	in.stopEngine = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), stopWithin)
		defer cancel()
		if err := engine.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	in.clickhouse, in.engine = engine.NativeAddr(), engine.HTTPAddr()
	in.places["clickhouse"], in.places["engine"] = in.clickhouse, in.engine
}

// configure gives the broker the addresses and folders of the test.
func (in *installation) configure(file string, changes map[string]string) {
	in.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		in.t.Fatal(err)
	}
	for from, to := range changes {
		if !bytes.Contains(text, []byte(from)) {
			in.t.Fatalf("nats.conf has no %q", from)
		}
		text = bytes.Replace(text, []byte(from), []byte(to), 1)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		in.t.Fatal(err)
	}
}

// organisation takes up an organisation as docs/operator.md says, which then publishes for itself and hears back, and
// not for another.
func (in *installation) organisation(conn *stream.Conn) {
	t := in.t
	t.Helper()
	register := map[string]string{"ONEORDER_ORGS": in.register}
	token := strings.TrimSpace(mustRun(t, register, "org", "add", "newcomer").stdout)
	for range 2 {
		in.reload()
	}
	variables := map[string]string{"ONEORDER_NATS": in.nats, "ONEORDER_NATS_USER": "newcomer", "ONEORDER_NATS_PASSWORD": token}
	event := func(org string) string {
		file := filepath.Join(t.TempDir(), "event.json")
		text := `{"specversion":"1.0","id":"1","source":"urn:oneorder:org:` + org + `","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","data":{"references":[{"kind":"bl","value":"NEWCOMER1"}]}}`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	if o := mustRun(t, variables, "publish", event("newcomer")); !strings.Contains(o.stderr, "1 published, 0 repeats, 0 rejected") {
		t.Errorf("publish: %s", o.stderr)
	}
	if o := run(t, variables, "publish", event("sent")); o.code != 1 || !strings.Contains(o.stderr, "source_mismatch") {
		t.Errorf("publish for another: exit code %d, %s", o.code, o.stderr)
	}
	if o := run(t, variables, "publish", "--org", "sent", event("sent")); o.code != 1 || !strings.Contains(o.stderr, "publishes for itself only") {
		t.Errorf("publish as another: exit code %d, %s", o.code, o.stderr)
	}
	url := "http://" + in.addresses["trade"] + "/events"
	body, err := os.ReadFile(event("newcomer"))
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := call(t, http.MethodPost, url, token, "application/cloudevents+json", body); status != http.StatusAccepted {
		t.Errorf("over HTTP: %d %s", status, answer)
	}
	mustRun(t, register, "org", "remove", "newcomer")
	in.reload()
	if o := run(t, variables, "publish", event("newcomer")); o.code != 1 {
		t.Errorf("publish once it is removed: exit code %d, %s", o.code, o.stderr)
	}
	settle(t, conn, doneWithin)
}

// launch starts a service, and waits for the end of one that does its work once, and else for its HTTP server.
func (in *installation) launch(p compose.Process) {
	in.t.Helper()
	variables := maps.Clone(p.Environment)
	if in.state[p.Name] == "" {
		in.state[p.Name] = in.t.TempDir()
	}
	for variable, value := range map[string]string{
		"ONEORDER_NATS": in.nats, "ONEORDER_CLICKHOUSE": in.clickhouse, "ONEORDER_CLICKHOUSE_HTTP": in.engine,
		"ONEORDER_HTTP": free, "ONEORDER_DATA": in.state[p.Name], "ONEORDER_ORGS": in.register,
	} {
		// What the file does not set must not be needed.
		if _, set := variables[variable]; set {
			variables[variable] = value
		}
	}
	if p.OneShot {
		if o := run(in.t, variables, p.Arguments...); o.code != 0 {
			in.t.Fatalf("%s: exit code %d: %s", p.Name, o.code, o.stderr)
		}
		return
	}
	running := start(in.t, variables, p.Arguments...)
	in.running = append(in.running, running)
	running.await(running.stderr, "served", func(text string) bool {
		for line := range strings.Lines(text) {
			var entry struct{ Msg, Address string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "serving" {
				in.addresses[p.Name] = entry.Address
				return true
			}
		}
		return false
	})
}

// healthy waits until the service is, by the check that its container makes.
func (in *installation) healthy(service, address string) {
	t := in.t
	t.Helper()
	check := in.project.Services[service].HealthCheck
	if check == nil || len(check.Test) != 4 || check.Test[2] != "health" {
		t.Fatalf("%s is checked by %+v", service, check)
	}
	url := "http://" + address + "/healthz"
	if strings.Replace(check.Test[3], "127.0.0.1:8080", address, 1) != url {
		t.Errorf("%s is asked at %s", service, check.Test[3])
	}
	eventually(t, startWithin, func() error {
		status, text, err := tryCall(t.Context(), http.MethodGet, url, "", "", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%s: %d %s", url, status, text)
		}
		return err
	})
	mustRun(t, nil, check.Test[2], url)
}

// flow sends the events of each domain to its service, a carrier's push to logistics, and looks the result
// up on the page.
func (in *installation) flow(tr *traffic) {
	t := in.t
	t.Helper()
	text, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	token := chosen["ONEORDER_HTTP_TOKEN"]
	bodies := make(map[string][]byte)
	for i, line := range bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n")) {
		domain := tr.events[i].Type.Domain()
		bodies[domain] = append(bodies[domain], line...)
	}
	if len(bodies) != 4 {
		t.Fatalf("the traffic is of %d domains", len(bodies))
	}
	accepted := 0
	for domain, body := range bodies {
		url := "http://" + in.addresses[domain] + "/events"
		if status, answer := call(t, http.MethodPost, url, "", "application/x-ndjson", first(body)); status != http.StatusUnauthorized {
			t.Errorf("%s takes events without the token: %d %.300s", domain, status, answer)
		}
		status, answer := call(t, http.MethodPost, url, token, "application/x-ndjson", body)
		var counts struct{ Accepted, Duplicate, Rejected int }
		if err := json.Unmarshal([]byte(answer), &counts); err != nil || status != http.StatusAccepted || counts.Rejected != 0 {
			t.Errorf("%s: status %d, %v: %.1000s", domain, status, err, answer)
		}
		accepted += counts.Accepted
	}
	if accepted != len(tr.truth) {
		t.Errorf("%d events were accepted, want %d", accepted, len(tr.truth))
	}
	conn, err := stream.Connect(t.Context(), stream.Config{URL: in.nats, Name: "e2e", User: "services", Password: chosen["ONEORDER_NATS_PASSWORD"]})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	store, err := warehouse.Open(t.Context(), warehouse.Config{Addr: in.clickhouse, User: "oneorder", Password: chosen["ONEORDER_CLICKHOUSE_PASSWORD"]})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	settle(t, conn, doneWithin)
	tr.check(t, store)
	in.documents(conn, token)
	in.organisation(conn)
}

// first is the first line: a refusal does not wait for all of a long body.
func first(body []byte) []byte { return body[:bytes.IndexByte(body, '\n')+1] }

// documents brings a carrier's message in by HTTP and by NATS, and looks it up by the verb and on the page.
func (in *installation) documents(conn *stream.Conn, token string) {
	t := in.t
	t.Helper()
	file := filepath.Join("testdata", "tnt", "journey.json")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	push := "http://" + in.addresses["logistics"] + "/dcsa/tnt/v2/events?org=pushed"
	if status, answer := call(t, http.MethodPost, push, token, "application/json", body); status != http.StatusNoContent {
		t.Errorf("push: %d %s", status, answer)
	}
	variables := map[string]string{
		"ONEORDER_NATS": in.nats, "ONEORDER_NATS_USER": "services", "ONEORDER_NATS_PASSWORD": chosen["ONEORDER_NATS_PASSWORD"],
		"ONEORDER_CLICKHOUSE": in.clickhouse, "ONEORDER_CLICKHOUSE_USER": "oneorder", "ONEORDER_CLICKHOUSE_PASSWORD": chosen["ONEORDER_CLICKHOUSE_PASSWORD"],
	}
	mustRun(t, variables, "publish", "--org", "sent", "--format", "dcsa-tnt", file)
	settle(t, conn, doneWithin)
	got := lookup(t, variables, "QZHSIN2609114")
	if len(got.Chains) != 1 || len(got.Chains[0].Timeline) != 10 {
		t.Errorf("lookup: %+v", got)
	}
	page := "http://" + in.addresses["console"] + "/lookup?q=QZHSIN2609114"
	if status, answer := call(t, http.MethodGet, page, token, "", nil); status != http.StatusOK || !strings.Contains(answer, "MSKU9070323") {
		t.Errorf("page: %d %.500s", status, answer)
	}
	for service, address := range in.addresses {
		status, text := call(t, http.MethodGet, "http://"+address+"/metrics", "", "", nil)
		if status != http.StatusOK || !strings.Contains(text, "\noneorder_"+service+"_") {
			t.Errorf("%s does not say what it has done: status %d, %s", service, status, strings.Join(regexp.MustCompile("(?m)^oneorder.*").FindAllString(text, -1), "\n"))
		}
	}
}
