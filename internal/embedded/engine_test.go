//go:build unix

package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

func TestTablesOutliveTheEngine(t *testing.T) {
	dir := t.TempDir()
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{Dir: dir})
	mustQuery(t, e.HTTPAddr(), "CREATE DATABASE kept ENGINE = Atomic")
	mustQuery(t, e.HTTPAddr(), "CREATE TABLE kept.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	mustQuery(t, e.HTTPAddr(), "INSERT INTO kept.t SELECT number FROM numbers(1000)")
	if err := e.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	e = embeddedtest.StartEngine(t, embedded.EngineConfig{Dir: dir})
	if got := mustQuery(t, e.HTTPAddr(), "SELECT count() FROM kept.t"); got != "1000" {
		t.Errorf("rows after a restart: got %s, want 1000", got)
	}
}

func TestKilledEngineIsRestartedAtTheSameAddresses(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	native, http, pid := e.NativeAddr(), e.HTTPAddr(), e.PID()
	mustQuery(t, http, "CREATE DATABASE kept")
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if e.Restarts() == 0 {
			return errors.New("death not noticed")
		}
		return e.Health(t.Context())
	})
	if e.PID() == pid {
		t.Error("the killed process is still the engine")
	}
	if e.NativeAddr() != native || e.HTTPAddr() != http {
		t.Errorf("addresses changed: %s %s, were %s %s", e.NativeAddr(), e.HTTPAddr(), native, http)
	}
	if got := mustQuery(t, http, "SELECT count() FROM system.databases WHERE name = 'kept'"); got != "1" {
		t.Errorf("database after the restart: got %s, want 1", got)
	}
}

func TestConnectionWaitsThroughARestart(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if e.Err() == nil {
			return errors.New("death not noticed")
		}
		return nil
	})
	if err := e.Health(t.Context()); !errors.Is(err, embedded.ErrEngineDied) {
		t.Errorf("health while the engine is away: got %v, want %v", err, embedded.ErrEngineDied)
	}
	if got := mustQuery(t, e.HTTPAddr(), "SELECT 1"); got != "1" {
		t.Errorf("got %s, want 1", got)
	}
}

func TestDeathQuotesTheLastLines(t *testing.T) {
	// A host whose engine says a few things and dies, a while after each start.
	host := script(t, `echo "reading configuration" >&2; echo "Code: 999. the disk is on fire" >&2; exit 7`)
	_, err := embedded.StartEngine(t.Context(), embedded.EngineConfig{Dir: t.TempDir(), Executable: host})
	if !errors.Is(err, embedded.ErrEngineDied) {
		t.Fatalf("got %v, want %v", err, embedded.ErrEngineDied)
	}
	for _, want := range []string{"reading configuration", "the disk is on fire"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// script makes a program for the engine to be run in.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "host")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStartFaults(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	noEngine := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(noEngine, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		cfg  embedded.EngineConfig
		want error
		says string
	}{
		{"taken native port", embedded.EngineConfig{NativeAddr: taken.Addr().String()}, embedded.ErrPortTaken, taken.Addr().String()},
		{"taken HTTP port", embedded.EngineConfig{HTTPAddr: taken.Addr().String()}, embedded.ErrPortTaken, taken.Addr().String()},
		{"missing library", embedded.EngineConfig{Library: "/nowhere/libchdb.so"}, embedded.ErrLibrary, "make engine"},
		{"file that is no library", embedded.EngineConfig{Library: noEngine}, embedded.ErrEngineDied, noEngine},
		{"open to all without a password", embedded.EngineConfig{HTTPAddr: "0.0.0.0:0"}, embedded.ErrOpenToAll, "default"},
		{"missing binary", embedded.EngineConfig{Executable: "/nowhere/oneorder"}, os.ErrNotExist, "/nowhere/oneorder"},
		{"address without a port", embedded.EngineConfig{HTTPAddr: "127.0.0.1"}, nil, "want HOST:PORT"},
		{"bad user name", embedded.EngineConfig{Users: []embedded.User{{Name: "a<b"}}}, nil, `"a<b"`},
		{"password of the opening user", embedded.EngineConfig{Users: []embedded.User{{Name: "default", Password: "p"}}}, nil, "another name"},
		{"two users of one name", embedded.EngineConfig{Users: []embedded.User{{Name: "a"}, {Name: "a"}}}, nil, `"a"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Dir = t.TempDir()
			if tc.cfg.Executable == "" {
				tc.cfg.Executable = embeddedtest.Binary(t)
			}
			e, err := embedded.StartEngine(t.Context(), tc.cfg)
			if err == nil {
				t.Error(e.Stop(t.Context()))
				t.Fatal("started")
			}
			if tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%q is not in: %v", tc.says, err)
			}
		})
	}
}

func TestFolderIsForOneEngine(t *testing.T) {
	dir := t.TempDir()
	cfg := embedded.EngineConfig{Dir: dir}
	first := embeddedtest.StartEngine(t, cfg)
	cfg.Executable = embeddedtest.Binary(t)
	_, err := embedded.StartEngine(t.Context(), cfg)
	if !errors.Is(err, embedded.ErrFolderInUse) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("got %v, want %v with the process that holds it", err, embedded.ErrFolderInUse)
	}
	if err := first.Health(t.Context()); err != nil {
		t.Errorf("the first engine suffered: %v", err)
	}
}

func TestKilledParentLeavesNoEngine(t *testing.T) {
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentDir+"="+dir, parentBinary+"="+embeddedtest.Binary(t))
	parent.Stderr = os.Stderr
	stdin, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close() })
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(errors.Join(err, parent.Wait()))
	}
	var pid int
	var http string
	if _, err := fmt.Sscan(line, &pid, &http); err != nil {
		t.Fatal(err)
	}
	mustQuery(t, http, "CREATE DATABASE kept")
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as asked

	// At once, while the first engine is still leaving.
	next := embeddedtest.StartEngine(t, embedded.EngineConfig{Dir: dir})
	if embedded.Running(pid) {
		t.Errorf("process %d of the first engine still runs", pid)
	}
	if got := mustQuery(t, next.HTTPAddr(), "SELECT count() FROM system.databases WHERE name = 'kept'"); got != "1" {
		t.Errorf("database after the parent's death: got %s, want 1", got)
	}
}

func TestUsersAreThoseGiven(t *testing.T) {
	cfg := embedded.EngineConfig{Users: []embedded.User{
		{Name: "writer", Password: "a&<b>"}, {Name: "reader", Password: "r", ReadOnly: true},
	}}
	t.Run("on a terminal", func(t *testing.T) { checkUsers(t, cfg) })
	t.Run("on a pipe", func(t *testing.T) { checkUsers(t, cfg.OnPipe()) })
}

func checkUsers(t *testing.T, cfg embedded.EngineConfig) {
	t.Helper()
	e := embeddedtest.StartEngine(t, cfg)
	for _, tc := range []struct {
		name, user, query string
		allowed           bool
	}{
		{"writer creates", "writer:a&<b>", "CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x", true},
		{"reader reads", "reader:r", "SELECT count() FROM t", true},
		{"reader does not write", "reader:r", "INSERT INTO t VALUES (1)", false},
		{"reader does not drop", "reader:r", "DROP TABLE t", false},
		{"wrong password", "reader:wrong", "SELECT 1", false},
		{"the opening user reads nothing", "default", "SELECT count() FROM t", false},
		{"the opening user opens and closes no more", "default", "SYSTEM STOP LISTEN TCP", false},
		{"nobody known", "somebody", "SELECT 1", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := query(t.Context(), e.HTTPAddr(), tc.user, tc.query); (err == nil) != tc.allowed {
				t.Errorf("got %v, want allowed=%v", err, tc.allowed)
			}
		})
	}
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMemoryIsCapped(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{MaxMemory: 1 << 30})
	got := mustQuery(t, e.HTTPAddr(), "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'")
	if got != "1073741824" {
		t.Errorf("cap: got %s, want 1073741824", got)
	}
	_, err := query(t.Context(), e.HTTPAddr(), "default", "SELECT length(groupArray(number)) FROM numbers(400000000)")
	if err == nil || !strings.Contains(err.Error(), "MEMORY_LIMIT_EXCEEDED") {
		t.Errorf("a query above the cap: got %v, want MEMORY_LIMIT_EXCEEDED", err)
	}
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTokensTakeEffectOnPlainTables(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	mustQuery(t, e.HTTPAddr(), "CREATE TABLE t (x UInt64) ENGINE = MergeTree ORDER BY x")
	for range 2 {
		mustQuery(t, e.HTTPAddr(), "INSERT INTO t SETTINGS insert_deduplication_token = 'one' VALUES (1), (2)")
	}
	if got := mustQuery(t, e.HTTPAddr(), "SELECT count() FROM t"); got != "2" {
		t.Errorf("rows of an insert repeated with its token: got %s, want 2", got)
	}
}

func TestPagesAreServed(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	for _, page := range []string{"play", "dashboard"} {
		if body, err := fetch(t.Context(), "http://"+e.HTTPAddr()+"/"+page); err != nil || !strings.Contains(body, "<html") {
			t.Errorf("/%s: %v, %d bytes", page, err, len(body))
		}
	}
}

func TestStopTwice(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	for range 2 {
		if err := e.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := e.Health(t.Context()); err == nil {
		t.Error("a stopped engine is in good health")
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	host := script(t, "exec sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := embedded.StartEngine(ctx, embedded.EngineConfig{Dir: t.TempDir(), Executable: host})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
