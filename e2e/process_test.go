package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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
)

const (
	startWithin = 60 * time.Second // a process that is to come up, on a busy machine
	stopWithin  = 60 * time.Second
	doneWithin  = 90 * time.Second // a verb, or what a test waits for
)

// process is a run of the binary.
type process struct {
	t      testing.TB
	name   string
	cmd    *exec.Cmd
	stdout *talk
	stderr *talk
	exited chan struct{} // closed when it has ended
	code   int           // once it has; -1: killed
}

// environment is what a process is given: the variables of this one, without the product's own, and these.
func environment(variables map[string]string) []string {
	var all []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "ONEORDER_") || name == "ONEORDER_ENGINE_LIBRARY" {
			all = append(all, v)
		}
	}
	for name, value := range variables {
		all = append(all, name+"="+value)
	}
	return all
}

// start runs the binary. What still runs when the test ends is asked to stop, and must do so well.
func start(t testing.TB, variables map[string]string, arguments ...string) *process {
	t.Helper()
	return startReading(t, nil, variables, arguments...)
}

// startReading is start, with that standard input.
func startReading(t testing.TB, stdin io.Reader, variables map[string]string, arguments ...string) *process {
	t.Helper()
	return startProgram(t, binary(t), "oneorder "+arguments[0], stdin, variables, arguments...)
}

// startProgram runs the program at that path, which failures call by that name.
func startProgram(t testing.TB, path, name string, stdin io.Reader, variables map[string]string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, stdout: newTalk(), stderr: newTalk(), exited: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), path, arguments...)
	p.cmd.Env, p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = environment(variables), stdin, p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // the exit code tells
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		if !p.running() {
			return
		}
		if code := p.stop(); code != 0 {
			t.Errorf("%s ended with exit code %d after SIGTERM", p.name, code)
		}
		if t.Failed() {
			t.Logf("%s said at last:\n%s", p.name, p.stderr.tail())
		}
	})
	return p
}

// stop asks the process to end and gives its exit code.
func (p *process) stop() int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
	return p.wait(stopWithin)
}

// kill ends the process at once: SIGKILL, which it cannot see coming.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatalf("kill %s: %v\n%s", p.name, err, p.stderr.tail())
	}
	p.wait(stopWithin)
}

// wait waits for the end and gives the exit code.
func (p *process) wait(most time.Duration) int {
	p.t.Helper()
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case <-p.exited:
		return p.code
	case <-late.C:
		_ = p.cmd.Process.Kill()
		<-p.exited
		p.t.Errorf("%s still ran after %s, and was killed", p.name, most)
		return -1
	}
}

func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// await waits until what the process wrote satisfies the condition, and fails when it ends before.
func (p *process) await(from *talk, what string, condition func(text string) bool) {
	p.t.Helper()
	late := time.NewTimer(startWithin)
	defer late.Stop()
	for {
		text, changed := from.state()
		if condition(text) {
			return
		}
		select {
		case <-changed:
		case <-p.exited:
			if text, _ = from.state(); condition(text) {
				return
			}
			p.t.Fatalf("%s ended with exit code %d before it %s:\n%s\n%s", p.name, p.code, what, text, p.stderr.tail())
		case <-late.C:
			p.t.Fatalf("%s has not %s after %s:\n%s\n%s", p.name, what, startWithin, text, p.stderr.tail())
		}
	}
}

// talk keeps what a process writes.
type talk struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed by the next write
}

func newTalk() *talk { return &talk{changed: make(chan struct{})} }

func (w *talk) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
	return w.text.Write(p)
}

func (w *talk) state() (text string, changed <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String(), w.changed
}

// tail is the last lines, for a message.
func (w *talk) tail() string {
	text, _ := w.state()
	const most = 4000
	if len(text) > most {
		text = "…" + text[len(text)-most:]
	}
	return text
}

// outcome is what a verb said and how it ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// run runs a verb to its end, whatever that is.
func run(t testing.TB, variables map[string]string, arguments ...string) outcome {
	t.Helper()
	p := start(t, variables, arguments...)
	code := p.wait(doneWithin)
	stdout, _ := p.stdout.state()
	stderr, _ := p.stderr.state()
	return outcome{code, stdout, stderr}
}

// mustRun runs a verb that has to end with exit code 0.
func mustRun(t testing.TB, variables map[string]string, arguments ...string) outcome {
	t.Helper()
	o := run(t, variables, arguments...)
	if o.code != 0 {
		t.Fatalf("oneorder %s ended with exit code %d:\n%s%s", strings.Join(arguments, " "), o.code, o.stdout, o.stderr)
	}
	return o
}

// eventually polls until the check passes, and fails with its last error.
func eventually(t testing.TB, most time.Duration, check func() error) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(most)
	defer late.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("not so after %s: %v", most, err)
		}
	}
}

// call makes a request and gives the answer, with its body. The token may be empty.
func call(t testing.TB, method, url, token, contentType string, body []byte) (status int, text string) {
	t.Helper()
	status, text, err := tryCall(t.Context(), method, url, token, contentType, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

func tryCall(ctx context.Context, method, url, token, contentType string, body []byte) (status int, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), err
}

// fixedAddress gives a loopback address that is free, and is none of those that the system hands out by
// itself: nobody takes it while a killed process is away.
func fixedAddress(t testing.TB) string {
	t.Helper()
	for port := 20000 + os.Getpid()%5000; port < 32000; port++ {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		taken.Lock()
		used := taken.ports[port]
		taken.ports[port] = true
		taken.Unlock()
		if used {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatal("no port from 20000 to 32000 is free")
	return ""
}

var taken = struct {
	sync.Mutex
	ports map[int]bool
}{ports: make(map[int]bool)}

// engines lists the processes that run an engine on this folder. It reads /proc; where there is none it
// lists nothing.
func engines(t testing.TB, folder string) []string {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range lines {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		arguments := strings.Split(string(line), "\x00")
		if len(arguments) > 2 && arguments[1] == "engine" && strings.Contains(string(line), folder) {
			found = append(found, fmt.Sprintf("%s: %s", file, strings.Join(arguments, " ")))
		}
	}
	return found
}
