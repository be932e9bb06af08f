package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	readyWithin = 60 * time.Second
	stopWithin  = 60 * time.Second
	pollWithin  = 60 * time.Second
)

var update = flag.Bool("update", false, "write what the verbs print into the scripts' golden files")

// TestVerbs runs the scripts of testdata/script, one for each verb, with the real binary. Beside the
// commands of testscript they have:
//
//	up              starts `oneorder up` on free ports and points ONEORDER_NATS, ONEORDER_CLICKHOUSE, its _HTTP and HTTP at it;
//	                what it prints is in the file up.stdout
//	down            asks it to stop, which must go well
//	engine          starts an engine alone, empty, and points ONEORDER_CLICKHOUSE at it
//	user ORG FILE   makes the verbs that follow connect to the broker as the organisation, with the token that is in
//	                the file; without arguments as nobody
//	send SUBJECT FILE  publishes the file as it is, whatever is wrong with it
//	exits CODE ...  runs a command that has to end with this exit code
//	eventually ...  runs a command until it ends with exit code 0
func TestVerbs(t *testing.T) {
	programs := programs(t)
	library, err := embedded.FindLibrary()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(programs, "oneorder")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", programs+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv(embedded.LibraryVariable, library)
			env.Values[deploymentKey{}] = &deployment{binary: binary}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"up": up, "down": down, "engine": engine, "user": user, "send": send, "post": post, "exits": exits, "eventually": eventually,
		},
	})
}

// programs is a folder with the binary under its name: the one that ONEORDER_BIN names, else one built from
// this tree.
func programs(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "oneorder")
	if named := os.Getenv(embeddedtest.BinaryVariable); named != "" {
		named, err := filepath.Abs(named)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(named, path); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-X main.version=v0.0.0-test", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the binary: %v\n%s", err, out)
	}
	return folder
}

// deployment is what a script started, to be stopped when it ends.
type deployment struct {
	binary string
	up     *exec.Cmd
	said   *talk // on standard error
	ended  chan error
}

type deploymentKey struct{}

func deploymentOf(ts *testscript.TestScript) *deployment {
	return ts.Value(deploymentKey{}).(*deployment) //nolint:forcetypeassert // Setup put it there
}

func up(ts *testscript.TestScript, neg bool, args []string) {
	d := deploymentOf(ts)
	if neg || len(args) > 0 || d.up != nil {
		ts.Fatalf("usage: up, once")
	}
	stdout := &talk{news: make(chan struct{}, 1)}
	d.said = &talk{}
	free := "127.0.0.1:0"
	d.up = exec.CommandContext(context.Background(), d.binary, "up", "--data", ts.MkAbs("data"),
		"--nats", free, "--clickhouse", free, "--clickhouse-http", free, "--http", free)
	d.up.Dir, d.up.Stdout, d.up.Stderr = ts.Getenv("WORK"), stdout, d.said
	for _, name := range []string{"PATH", "HOME", "TMPDIR", embedded.LibraryVariable} {
		if value := ts.Getenv(name); value != "" {
			d.up.Env = append(d.up.Env, name+"="+value)
		}
	}
	ts.Check(d.up.Start())
	started, ended := d.up, make(chan error, 1)
	d.ended = ended
	go func() { ended <- started.Wait() }()
	ts.Defer(func() {
		if d.up != nil {
			down(ts, false, nil)
		}
	})
	late := time.NewTimer(readyWithin)
	defer late.Stop()
	for !strings.HasSuffix(stdout.String(), "\nready\n") {
		select {
		case <-stdout.news:
		case err := <-d.ended:
			d.up = nil
			ts.Fatalf("up ended before it was ready: %v\n%s", err, d.said)
		case <-late.C:
			ts.Fatalf("up is not ready after %s:\n%s\n%s", readyWithin, stdout, d.said)
		}
	}
	text := stdout.String()
	ts.Check(os.WriteFile(ts.MkAbs("up.stdout"), []byte(text), 0o600))
	for line := range strings.Lines(text) {
		switch name, address, _ := strings.Cut(strings.TrimSpace(line), " "); name {
		case "nats":
			ts.Setenv("ONEORDER_NATS", address)
		case "clickhouse":
			ts.Setenv("ONEORDER_CLICKHOUSE", strings.TrimPrefix(address, "clickhouse://"))
		case "clickhouse-http":
			ts.Setenv("ONEORDER_CLICKHOUSE_HTTP", strings.TrimPrefix(address, "http://"))
		case "http":
			ts.Setenv("HTTP", address)
		}
	}
}

func down(ts *testscript.TestScript, neg bool, args []string) {
	d := deploymentOf(ts)
	if neg || len(args) > 0 || d.up == nil {
		ts.Fatalf("usage: down, after up")
	}
	ended := d.up
	d.up = nil
	if err := ended.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		ts.Fatalf("%v", err)
	}
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case err := <-d.ended:
		if err != nil {
			ts.Fatalf("up: %v after SIGTERM:\n%s", err, d.said)
		}
	case <-late.C:
		_ = ended.Process.Kill()
		ts.Fatalf("up still ran %s after SIGTERM, and was killed (%v):\n%s", stopWithin, <-d.ended, d.said)
	}
}

func engine(ts *testscript.TestScript, neg bool, args []string) {
	d := deploymentOf(ts)
	if neg || len(args) > 0 {
		ts.Fatalf("usage: engine")
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	e, err := embedded.StartEngine(ctx, embedded.EngineConfig{Dir: ts.MkAbs("engine"), Executable: d.binary})
	ts.Check(err)
	ts.Defer(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		ts.Check(e.Stop(ctx))
	})
	ts.Setenv("ONEORDER_CLICKHOUSE", e.NativeAddr())
}

func user(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case neg || len(args) != 0 && len(args) != 2:
		ts.Fatalf("usage: user [ORG FILE]")
	case len(args) == 0:
		ts.Setenv("ONEORDER_NATS_USER", "")
		ts.Setenv("ONEORDER_NATS_PASSWORD", "")
	default:
		ts.Setenv("ONEORDER_NATS_USER", args[0])
		ts.Setenv("ONEORDER_NATS_PASSWORD", strings.TrimSpace(ts.ReadFile(args[1])))
	}
}

func send(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: send SUBJECT FILE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), pollWithin)
	defer cancel()
	conn, err := stream.Connect(ctx, stream.Config{
		URL: ts.Getenv("ONEORDER_NATS"), Name: "script", User: ts.Getenv("ONEORDER_NATS_USER"), Password: ts.Getenv("ONEORDER_NATS_PASSWORD"),
	})
	ts.Check(err)
	defer conn.Close()
	receipts, err := conn.Publisher(stream.PublisherConfig{}).Publish(ctx, []stream.Outgoing{{Subject: args[0], Data: []byte(ts.ReadFile(args[1]))}})
	ts.Check(err)
	ts.Check(receipts[0].Err)
}

// post sends a file to the address of `up`, as the script's user, and prints the answer.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: post STATUS PATH FILE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), pollWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, ts.Getenv("HTTP")+args[1], strings.NewReader(ts.ReadFile(args[2])))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/json")
	if token := ts.Getenv("ONEORDER_NATS_PASSWORD"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", answer)
	if status := strconv.Itoa(response.StatusCode); status != args[0] {
		ts.Fatalf("status %s, want %s: %s", status, args[0], answer)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: eventually PROGRAM ARGUMENT...")
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(pollWithin)
	defer late.Stop()
	for {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late.C:
			ts.Fatalf("still so after %s: %v", pollWithin, err)
		}
	}
}

// talk keeps what a process writes.
type talk struct {
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{} // may be nil
}

func (w *talk) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
	return w.text.Write(p)
}

func (w *talk) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
