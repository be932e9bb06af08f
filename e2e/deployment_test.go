package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// deployment is a running `oneorder up`, and connections of the test to its broker and its engine.
type deployment struct {
	*process
	t         testing.TB
	folder    string
	addresses map[string]string // as printed, by name
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
}

// free asks for any free port.
const free = "127.0.0.1:0"

// upArguments is the command line of an up that listens there, all on free ports where places has nothing.
func upArguments(folder string, places map[string]string) []string {
	arguments := []string{"up", "--data", folder}
	for _, name := range []string{"nats", "clickhouse", "clickhouse-http", "http"} {
		place := places[name]
		if place == "" {
			place = free
		}
		arguments = append(arguments, "--"+name, place)
	}
	return arguments
}

// up starts everything, waits until it says that it is ready, and connects.
func up(t testing.TB, folder string, places map[string]string) *deployment {
	t.Helper()
	d := &deployment{t: t, folder: folder}
	d.launch(places)
	var err error
	d.conn, err = stream.Connect(t.Context(), stream.Config{URL: d.addresses["nats"], Name: "e2e"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.conn.Close)
	d.warehouse, err = warehouse.Open(t.Context(), warehouse.Config{Addr: host(d.addresses["clickhouse"])})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.warehouse.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// launch runs the process and reads the addresses that it prints.
func (d *deployment) launch(places map[string]string) {
	d.t.Helper()
	d.process = start(d.t, nil, upArguments(d.folder, places)...)
	d.await(d.stdout, "said ready", func(text string) bool { return strings.HasSuffix(text, "\nready\n") })
	d.addresses = make(map[string]string)
	text, _ := d.stdout.state()
	for line := range strings.Lines(text) {
		name, address, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok {
			d.addresses[name] = address
		}
	}
}

// host takes the scheme off a URL.
func host(url string) string {
	_, address, _ := strings.Cut(url, "://")
	return address
}

// variables point a verb at the deployment.
func (d *deployment) variables() map[string]string {
	return map[string]string{
		"ONEORDER_NATS":            d.addresses["nats"],
		"ONEORDER_CLICKHOUSE":      host(d.addresses["clickhouse"]),
		"ONEORDER_CLICKHOUSE_HTTP": host(d.addresses["clickhouse-http"]),
	}
}

// run runs a verb against the deployment.
func (d *deployment) run(arguments ...string) outcome {
	d.t.Helper()
	return run(d.t, d.variables(), arguments...)
}

// mustRun runs a verb against the deployment, which has to end with exit code 0.
func (d *deployment) mustRun(arguments ...string) outcome {
	d.t.Helper()
	return mustRun(d.t, d.variables(), arguments...)
}

// query asks ClickHouse over HTTP, and gives the answer as lines of tab-separated values.
func (d *deployment) query(statement string) string {
	d.t.Helper()
	status, text := call(d.t, http.MethodPost, d.addresses["clickhouse-http"]+"/?database=oneorder", "", "", []byte(statement))
	if status != http.StatusOK {
		d.t.Fatalf("%s: status %d: %s", statement, status, text)
	}
	return text
}

// messages is how many messages a stream holds.
func (d *deployment) messages(name string) (uint64, error) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Second)
	defer cancel()
	streams, err := d.conn.Streams(ctx)
	for _, s := range streams {
		if s.Name == name {
			return s.Messages, err
		}
	}
	return 0, errors.Join(err, fmt.Errorf("there is no stream %s", name))
}

// settle waits until every event that the broker has is stored and joined.
func settle(t testing.TB, conn *stream.Conn, most time.Duration) {
	t.Helper()
	eventually(t, most, func() error {
		streams, err := conn.Streams(t.Context())
		if err != nil {
			return err
		}
		readers, err := conn.Readers(t.Context())
		if err != nil {
			return err
		}
		var last uint64
		for _, s := range streams {
			if s.Name == stream.Events {
				last = s.Last
			}
		}
		written := make(map[string]uint64)
		for _, r := range readers {
			written[r.Name] = r.Written
		}
		for _, reader := range []string{"archive", "chain"} {
			if written[reader] < last {
				return fmt.Errorf("%s has written %d of %d", reader, written[reader], last)
			}
		}
		return nil
	})
}

func (d *deployment) settle() {
	d.t.Helper()
	settle(d.t, d.conn, doneWithin)
}

// found is the JSON of `oneorder lookup --json`, as far as the tests read it.
type found struct {
	Number string       `json:"number"`
	Chains []foundChain `json:"chains"`
}

type foundChain struct {
	ID         string               `json:"chain_id"`
	Containers []string             `json:"containers"`
	Milestones map[string]time.Time `json:"milestones"`
	Timeline   []foundEvent         `json:"timeline"`
}

type foundEvent struct {
	Time   time.Time `json:"time"`
	Type   string    `json:"type"`
	Source string    `json:"source"`
	ID     string    `json:"id"`
	Rule   string    `json:"rule"`
	Via    string    `json:"via"`
	By     string    `json:"by"`
}

// lookup looks a number up.
func lookup(t testing.TB, variables map[string]string, number string) found {
	t.Helper()
	var f found
	text := mustRun(t, variables, "lookup", "--json", number).stdout
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatalf("lookup --json %s: %v\n%s", number, err, text)
	}
	if f.Number != number {
		t.Errorf("lookup --json %s answers for %q", number, f.Number)
	}
	return f
}
