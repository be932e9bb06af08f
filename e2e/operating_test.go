package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/deploy/compose"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// run starts these services of the installation, in the order of the file's dependencies.
func (in *installation) run(names ...string) {
	in.t.Helper()
	for _, p := range compose.Processes(in.project) {
		if slices.Contains(names, p.Name) {
			in.launch(p)
		}
	}
}

// stopServices stops what runs, the last first.
func (in *installation) stopServices() {
	in.t.Helper()
	for _, p := range slices.Backward(in.running) {
		if code := p.stop(); code != 0 {
			in.t.Errorf("%s: exit code %d after SIGTERM:\n%s", p.name, code, p.stderr.tail())
		}
	}
	in.running = nil
}

// variables point a verb at the servers, as the services' own user.
func (in *installation) variables() map[string]string {
	return map[string]string{
		"ONEORDER_NATS": in.nats, "ONEORDER_NATS_USER": "services", "ONEORDER_NATS_PASSWORD": in.secrets["ONEORDER_NATS_PASSWORD"],
		"ONEORDER_CLICKHOUSE": in.clickhouse, "ONEORDER_CLICKHOUSE_HTTP": in.engine,
		"ONEORDER_CLICKHOUSE_USER": "oneorder", "ONEORDER_CLICKHOUSE_PASSWORD": in.secrets["ONEORDER_CLICKHOUSE_PASSWORD"],
	}
}

// settle waits until what the broker has is stored and joined, and holds it against the truth if there is one.
func (in *installation) settle(tr *traffic) {
	t := in.t
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: in.nats, Name: "e2e", User: "services", Password: in.secrets["ONEORDER_NATS_PASSWORD"]})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	settle(t, conn, doneWithin)
	if tr == nil {
		return
	}
	store, err := warehouse.Open(t.Context(), warehouse.Config{Addr: in.clickhouse, User: "oneorder", Password: in.secrets["ONEORDER_CLICKHOUSE_PASSWORD"]})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	tr.check(t, store)
}

// ask runs a statement in ClickHouse as the services' user.
func (in *installation) ask(statement string) {
	t := in.t
	t.Helper()
	url := "http://" + in.engine + "/?user=oneorder&password=" + in.secrets["ONEORDER_CLICKHOUSE_PASSWORD"]
	if status, text := call(t, http.MethodPost, url, "", "", []byte(statement)); status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", statement, status, text)
	}
}

// holdings is all that is known of events and chains, each line sorted into its place: what a restored warehouse must have, to the byte.
func (in *installation) holdings() map[string]string {
	in.t.Helper()
	all := make(map[string]string)
	for _, what := range []string{"chain", "chain_members", "chain_numbers", "events"} {
		lines := slices.Sorted(strings.Lines(mustRun(in.t, in.variables(), "export", "--format", "csv", what).stdout))
		if len(lines) < 2 {
			in.t.Errorf("there is nothing of %s", what)
		}
		all[what] = strings.Join(lines, "")
	}
	return all
}

// paused are the readers that rest.
func (in *installation) paused() []string {
	in.t.Helper()
	var status struct {
		Readers []struct {
			Name     string `json:"name"`
			PausedBy string `json:"paused_by"`
		}
	}
	text := mustRun(in.t, in.variables(), "status", "--json").stdout
	if err := json.Unmarshal([]byte(text), &status); err != nil {
		in.t.Fatalf("%v: %s", err, text)
	}
	var names []string
	for _, r := range status.Readers {
		if r.PausedBy != "" {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Backed up while they work, as docs/operator.md says, then destroyed and restored, a broker and a warehouse of one's own have what they
// had. The state of chain is made again from the stream.
func TestServersOfOnesOwnComeBackFromTheirBackups(t *testing.T) {
	in := install(t)
	services := []string{"migrate", "archive", "chain"}
	readers := []string{"archive", "archive-rejections", "chain"}
	in.run(services...)
	tr := simulate(t, 17, 20)
	mustRun(t, in.variables(), "publish", tr.file)
	in.settle(tr)
	want := in.holdings()

	file := filepath.Join(in.backups, "streams.tar.gz")
	for _, reader := range readers {
		mustRun(t, in.variables(), "reader", "pause", reader)
	}
	in.ask("BACKUP DATABASE oneorder TO File('2026-09-11')")
	mustRun(t, in.variables(), "backup", "--broker", file)
	for _, reader := range readers {
		mustRun(t, in.variables(), "reader", "resume", reader)
	}
	// What comes afterwards is not in the backup.
	more := simulate(t, 18, 10)
	mustRun(t, in.variables(), "publish", more.file)
	in.settle(nil)
	if o := run(t, in.variables(), "restore", "--broker", file); o.code != 1 || !strings.Contains(o.stderr, "already: restore into one that has none of ours") {
		t.Errorf("restored over what is there: exit code %d, %s", o.code, o.stderr)
	}

	in.stopServices()
	in.stopBroker()
	in.stopEngine()
	for _, folder := range []string{in.streams, in.tables, in.state["chain"]} {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	in.startBroker()
	in.startEngine()

	in.ask("RESTORE DATABASE oneorder FROM File('2026-09-11')")
	mustRun(t, in.variables(), "restore", "--broker", file)
	in.run(services...)
	if diff := cmp.Diff(readers, in.paused()); diff != "" {
		t.Errorf("restored, these readers rest (-want +got):\n%s", diff)
	}
	for _, reader := range readers {
		mustRun(t, in.variables(), "reader", "resume", reader)
	}
	in.settle(tr)
	if diff := cmp.Diff(want, in.holdings()); diff != "" {
		t.Errorf("what is known (-before +restored):\n%.4000s", diff)
	}
	// It goes on: what is sent again changes nothing, what is new is taken.
	mustRun(t, in.variables(), "publish", tr.file)
	in.settle(tr)
	if diff := cmp.Diff(want, in.holdings()); diff != "" {
		t.Errorf("after all was sent again (-before +after):\n%.4000s", diff)
	}
	mustRun(t, in.variables(), "publish", more.file)
	in.settle(nil)
	if o := mustRun(t, in.variables(), "status", "--json"); !strings.Contains(o.stdout, `"chains": 30`) {
		t.Errorf("after more was sent: %s", o.stdout)
	}
	if o := run(t, in.variables(), "restore", "--broker", in.configuration); o.code != 1 {
		t.Errorf("what is no backup: exit code %d, %s", o.code, o.stderr)
	}
}

// The state folder of a chain that is a process of its own is backed up as docs/operator.md says, and lost together with its disk. From the backup
// it reads on from where that ends; without one it is made again. Either way ClickHouse has what it had.
func TestTheStateOfChainComesBackFromItsBackupOrWithoutOne(t *testing.T) {
	in := install(t)
	in.run("migrate", "archive", "chain")
	tr := simulate(t, 23, 20)
	mustRun(t, in.variables(), "publish", tr.file)
	in.settle(tr)
	file := filepath.Join(in.backups, "chain.tar.gz")
	folder := in.state["chain"]
	if o := run(t, nil, "backup", "--data", folder, file); o.code != 1 || !strings.Contains(o.stderr, "stop oneorder up, or the oneorder chain") {
		t.Errorf("backed up while it runs: exit code %d, %s", o.code, o.stderr)
	}
	chain := func(again func()) {
		t.Helper()
		stopped := in.running[len(in.running)-1]
		if code := stopped.stop(); code != 0 {
			t.Errorf("chain: exit code %d:\n%s", code, stopped.stderr.tail())
		}
		in.running = in.running[:len(in.running)-1]
		again()
		in.run("chain")
	}
	chain(func() { mustRun(t, nil, "backup", "--data", folder, file) })
	// What comes afterwards changes chains that are in the backup, too.
	more := simulate(t, 24, 10)
	mustRun(t, in.variables(), "publish", more.file)
	in.settle(nil)
	want := in.holdings()
	goesOn := func(seed uint64) {
		t.Helper()
		mustRun(t, in.variables(), "publish", tr.file)
		mustRun(t, in.variables(), "publish", more.file)
		in.settle(nil)
		if diff := cmp.Diff(want, in.holdings()); diff != "" {
			t.Errorf("after all was sent again (-before +after):\n%.4000s", diff)
		}
		mustRun(t, in.variables(), "publish", simulate(t, seed, 5).file)
		in.settle(nil)
		want = in.holdings()
	}

	chain(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		mustRun(t, nil, "restore", "--data", folder, file)
	})
	in.settle(nil)
	if diff := cmp.Diff(want, in.holdings()); diff != "" {
		t.Errorf("from the backup (-before +restored):\n%.4000s", diff)
	}
	goesOn(25)

	chain(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	})
	in.settle(nil)
	if diff := cmp.Diff(want, in.holdings()); diff != "" {
		t.Errorf("made again (-before +made again):\n%.4000s", diff)
	}
	goesOn(26)
}

// push sends a Track & Trace event signed with a secret of the subscription.
func (in *installation) push(secret string) int {
	t := in.t
	t.Helper()
	const body = `[{"eventID":"6d0f6b1e-52a4-4f0c-9a53-1f0f3f1c9d01","eventType":"EQUIPMENT","eventCreatedDateTime":"2026-09-11T08:20:11Z","eventClassifierCode":"ACT",` +
		`"eventDateTime":"2026-09-11T16:15:00+08:00","equipmentEventTypeCode":"LOAD","equipmentReference":"SITU9070320","emptyIndicatorCode":"LADEN",` +
		`"documentReferences":[{"documentReferenceType":"TRD","documentReferenceValue":"ROTATED1"}],"eventLocation":{"UNLocationCode":"CNQZH"}}]`
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(body))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+in.addresses["logistics"]+"/dcsa/tnt/v2/events", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+in.secrets["ONEORDER_HTTP_TOKEN"])
	request.Header.Set("Notification-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}

// told are the public halves of the keys that verify the answers to transfers, the one that signs first.
func (in *installation) told() []string {
	in.t.Helper()
	_, text := call(in.t, http.MethodGet, "http://"+in.addresses["trade"]+"/v3/envelopes/keys", in.secrets["ONEORDER_HTTP_TOKEN"], "", nil)
	var set struct{ Keys []struct{ X string } }
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		in.t.Fatalf("%v: %s", err, text)
	}
	var keys []string
	for _, key := range set.Keys {
		keys = append(keys, key.X)
	}
	return keys
}

// publicHalf is what is told of the key of a seed.
func publicHalf(t *testing.T, seed string) string {
	t.Helper()
	bare, err := base64.StdEncoding.DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(ed25519.NewKeyFromSeed(bare).Public().(ed25519.PublicKey))
}

// Passwords at the broker and at ClickHouse, the tokens of HTTP, the secret of the subscription and the key of transfers are rotated as
// docs/operator.md says: new values, everything that has one of them restarted. What was under way is stored and joined all the same, and
// what was is refused; a secret and a key of before are taken until they are left out.
func TestCredentialsOfADeploymentAreRotated(t *testing.T) {
	in := install(t)
	const viewer, secret, key = "ONEORDER_VIEWER_TOKEN", "ONEORDER_DCSA_SECRET", "ONEORDER_PINT_KEY"
	before := maps.Clone(chosen)
	before[viewer] = "0dd50dd50dd50dd50dd50dd5"
	before[secret] = base64.StdEncoding.EncodeToString([]byte("the secret of before"))
	before[key] = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("b", ed25519.SeedSize)))
	in.choose(before)
	services := []string{"migrate", "trade", "logistics", "archive", "chain", "console"}
	in.run(services...)
	tr := simulate(t, 19, 20)
	text, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n"))
	part := func(from, to int) string {
		file := filepath.Join(t.TempDir(), "part.ndjson")
		if err := os.WriteFile(file, bytes.Join(lines[from:to], nil), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	third := len(lines) / 3
	mustRun(t, in.variables(), "publish", part(0, third))
	in.settle(nil)
	page := func(token string) int {
		status, _ := call(t, http.MethodGet, "http://"+in.addresses["console"]+"/api/v1/counts", token, "", nil)
		return status
	}
	if status := page(in.secrets["ONEORDER_HTTP_TOKEN"]); status != http.StatusOK {
		t.Errorf("the page with the token: %d", status)
	}
	if status := page(before[viewer]); status != http.StatusOK {
		t.Errorf("the page with the viewer's token: %d", status)
	}
	if diff := cmp.Diff([]string{publicHalf(t, before[key])}, in.told()); diff != "" {
		t.Errorf("keys of transfers (-want +got):\n%s", diff)
	}

	old := in.variables()
	oldToken := in.secrets["ONEORDER_HTTP_TOKEN"]
	mustRun(t, old, "publish", part(third, 2*third)) // and nobody waits for the readers
	rotated := maps.Clone(before)
	for i, name := range []string{"ONEORDER_NATS_PASSWORD", "ONEORDER_CLICKHOUSE_PASSWORD", "ONEORDER_ANALYST_PASSWORD", "ONEORDER_HTTP_TOKEN", viewer} {
		rotated[name] = fmt.Sprintf("%d0ff1ce5%d0ff1ce5%d0ff1ce5", i, i, i)
	}
	newSecret, newKey := base64.StdEncoding.EncodeToString([]byte("the secret of now, longer")), base64.StdEncoding.EncodeToString([]byte(strings.Repeat("n", ed25519.SeedSize)))
	rotated[secret], rotated[key] = newSecret+","+before[secret], newKey+","+before[key]
	in.stopServices()
	in.stopBroker()
	in.stopEngine()
	in.choose(rotated)
	in.startBroker()
	in.startEngine()
	in.run(services...)
	mustRun(t, in.variables(), "publish", part(2*third, len(lines)))
	in.settle(tr)

	for what, change := range map[string]string{"broker": "ONEORDER_NATS_PASSWORD", "ClickHouse": "ONEORDER_CLICKHOUSE_PASSWORD"} {
		variables := in.variables()
		variables[change] = old[change]
		if o := run(t, variables, "status"); o.code == 0 {
			t.Errorf("the old password of %s is taken: %s", what, o.stdout)
		}
	}
	if status := page(oldToken); status != http.StatusUnauthorized {
		t.Errorf("the page with the old token: %d", status)
	}
	if status := page(in.secrets["ONEORDER_HTTP_TOKEN"]); status != http.StatusOK {
		t.Errorf("the page with the new token: %d", status)
	}
	event := []byte(`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:local","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","data":{"references":[{"kind":"bl","value":"ROTATED1"}]}}`)
	for token, want := range map[string]int{oldToken: http.StatusUnauthorized, in.secrets["ONEORDER_HTTP_TOKEN"]: http.StatusAccepted} {
		if status, answer := call(t, http.MethodPost, "http://"+in.addresses["trade"]+"/events", token, "application/cloudevents+json", event); status != want {
			t.Errorf("an event with a token: status %d, want %d: %s", status, want, answer)
		}
	}
	for token, want := range map[string]int{before[viewer]: http.StatusUnauthorized, rotated[viewer]: http.StatusOK} {
		if status := page(token); status != want {
			t.Errorf("the page with a viewer's token: %d, want %d", status, want)
		}
	}

	// The other sides take the new ones in their own time, and then the old ones are left out.
	pushes := func(when string, want map[string]int) {
		t.Helper()
		for secret, status := range want {
			if got := in.push(secret); got != status {
				t.Errorf("%s: a push signed with %s: status %d, want %d", when, secret, got, status)
			}
		}
	}
	pushes("meanwhile", map[string]int{before[secret]: http.StatusNoContent, newSecret: http.StatusNoContent})
	if diff := cmp.Diff([]string{publicHalf(t, newKey), publicHalf(t, before[key])}, in.told()); diff != "" {
		t.Errorf("keys of transfers meanwhile (-want +got):\n%s", diff)
	}
	in.settle(nil)
	rotated[secret], rotated[key] = newSecret, newKey
	in.stopServices()
	in.choose(rotated)
	in.run(services...)
	pushes("afterwards", map[string]int{before[secret]: http.StatusUnauthorized, newSecret: http.StatusNoContent})
	if diff := cmp.Diff([]string{publicHalf(t, newKey)}, in.told()); diff != "" {
		t.Errorf("keys of transfers afterwards (-want +got):\n%s", diff)
	}
}
