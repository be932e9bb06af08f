package warehouse

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/trade"
)

// engine is the one engine of this package's tests; each test has a database of its own in it.
var engine struct {
	*embedded.Engine
	dir       string
	databases atomic.Int32
}

func TestMain(m *testing.M) {
	code := m.Run()
	if engine.Engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := errors.Join(engine.Stop(ctx), os.RemoveAll(engine.dir))
		cancel()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// serverVariable names the environment variable with the native address of a ClickHouse to test against,
// instead of the embedded engine.
const serverVariable = "ONEORDER_TEST_CLICKHOUSE"

// address is the native address of the engine, which the first call starts.
func address(t testing.TB) string {
	t.Helper()
	if addr := os.Getenv(serverVariable); addr != "" {
		return addr
	}
	if engine.Engine == nil {
		exe := embeddedtest.Binary(t)
		dir, err := os.MkdirTemp("", "warehouse") //nolint:usetesting // outlives the test that starts the engine
		if err != nil {
			t.Fatal(err)
		}
		engine.dir = dir
		engine.Engine, err = embedded.StartEngine(context.Background(), embedded.EngineConfig{Dir: dir, Executable: exe, Users: []embedded.User{
			{Name: "default"}, {Name: DictionariesUser, ReadOnly: true}, // the databases of tests have names of their own
		}})
		if err != nil {
			t.Fatal(errors.Join(err, os.RemoveAll(dir)))
		}
	}
	return engine.NativeAddr()
}

// empty opens a database that does not exist yet.
func empty(t testing.TB, addr string) *Warehouse {
	t.Helper()
	name := fmt.Sprintf("test_%d", engine.databases.Add(1))
	w, err := Open(t.Context(), Config{Addr: addr, Database: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := errors.Join(w.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" SYNC"), w.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// migrated opens a database with the schema in it.
func migrated(t testing.TB) *Warehouse {
	t.Helper()
	w := empty(t, address(t))
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func insert(t testing.TB, w *Warehouse, token string, blocks ...Block) {
	t.Helper()
	for _, b := range blocks {
		if err := w.Insert(t.Context(), token+"/"+b.Table(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// one is the single value that the query answers.
func one[T any](t testing.TB, w *Warehouse, query string, args ...any) T {
	t.Helper()
	var v T
	if err := w.reader.QueryRow(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func all[T any](t testing.TB, w *Warehouse, query string, args ...any) []T {
	t.Helper()
	rows, err := w.reader.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	var values []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// loaded is an event as a carrier reports it, with everything that a row of events_all shows.
func loaded(id string) *trade.Event {
	return &trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: "urn:oneorder:org:sitc", Type: trade.EquipmentLoaded,
		Time: at("2026-09-11T08:15:00.123Z"), Recorded: at("2026-09-11T08:20:11Z"),
		Data: &trade.Data{
			Classifier: trade.Actual,
			References: []trade.Reference{
				{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"},
				{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"},
			},
			Equipment: []trade.Equipment{
				{Kind: trade.Container, Number: "SITU9070320"},
				{Kind: trade.Wagon, Number: "1234567"},
			},
			Transfer:  trade.Transfer{From: []string{"TCNU1234565"}, To: []string{"MSCU6639870"}},
			Transport: trade.Transport{Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", Voyage: "2617S"},
			Place:     trade.Place{UNLOCODE: "CNQZH"},
			Amount:    trade.Money{Amount: "125000.505", Currency: "USD"},
			Customs:   trade.Customs{Territory: "CN", Direction: "export"},
		},
	}
}

// rowOf is the row of the event with this content, told apart by its payload.
func rowOf(e *trade.Event, payload string, version uint64) *EventRow {
	return &EventRow{
		Key: e.Key(), Digest: sha256.Sum256([]byte(payload)), Org: e.Org(), Country: "CN",
		Payload: []byte(payload), Received: at("2026-09-11T08:20:12Z"), Version: version,
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  Config
		want string // of the fault; "": none
	}{
		{"nothing said takes the defaults", Config{}, ""},
		{"an address without a port", Config{Addr: "localhost"}, "not host:port"},
		{"a database that would need quoting", Config{Database: "one order"}, "plain name"},
		{"a negative timeout", Config{WriteTimeout: -1}, "negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.cfg.Validate()
			if (err == nil) != (c.want == "") || err != nil && !regexp.MustCompile(c.want).MatchString(err.Error()) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for addr, want := range map[string]bool{
		"127.0.0.1:9000": true, "[::1]:9000": true, "localhost:9000": true, "10.0.0.1:9000": false, "clickhouse:9000": false,
	} {
		if got := (Config{Addr: addr}).local(); got != want {
			t.Errorf("local of %s: got %v, want %v", addr, got, want)
		}
	}
}

func TestOpenSaysWhereNobodyAnswers(t *testing.T) {
	_, err := Open(t.Context(), Config{Addr: "127.0.0.1:1", DialTimeout: time.Second})
	if err == nil || !regexp.MustCompile(`127\.0\.0\.1:1\b`).MatchString(err.Error()) {
		t.Errorf("got %v, want an error that names 127.0.0.1:1", err)
	}
}
