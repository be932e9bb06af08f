package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"oneorder/internal/embedded"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// chaosRig is the deployment that chaos runs: each part a process. Parts that end by themselves are started
// again, as any supervisor would do.
type chaosRig struct {
	folder    string
	failed    context.CancelCauseFunc
	quiet     *slog.Logger
	nats      string       // host:port
	native    string       // host:port of ClickHouse
	restarts  atomic.Int32 // of parts that ended by themselves
	engine    *embedded.Engine
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
	parts     []*chaosPart

	mu        sync.Mutex
	publisher *chaosProcess // nil between two
}

// start starts everything, in order.
func (r *chaosRig) start(ctx context.Context) (err error) {
	r.quiet = slog.New(slog.DiscardHandler)
	if r.native, err = quietAddress(ctx); err != nil {
		return err
	}
	if err := r.startEngine(ctx); err != nil {
		return err
	}
	if r.nats, err = quietAddress(ctx); err != nil {
		return err
	}
	if err := r.add("broker", "broker", "--listen", r.nats, "--data", filepath.Join(r.folder, "nats")); err != nil {
		return err
	}
	config := service.Default()
	config.NATS, config.ClickHouse = "nats://"+r.nats, r.native
	if r.conn, err = connectStream(ctx, &config, "chaos", r.quiet); err != nil {
		return err
	}
	if err := r.conn.Ensure(ctx, stream.Settings{}); err != nil {
		return err
	}
	if r.warehouse, err = openWarehouse(ctx, &config); err != nil {
		return err
	}
	if err := r.warehouse.Migrate(ctx); err != nil {
		return err
	}
	if err := r.add("archive", "archive", "--http", "127.0.0.1:0"); err != nil {
		return err
	}
	for _, name := range []string{"chain-a", "chain-b"} {
		if err := r.add(name, "chain", "--http", "127.0.0.1:0", "--data", filepath.Join(r.folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// quietAddress is a free loopback address outside the range from which the system hands out ports by itself: nobody
// takes it while the broker is away.
func quietAddress(ctx context.Context) (string, error) {
	for port := 20000 + os.Getpid()%10000; port < 32000; port++ {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			continue
		}
		return address, l.Close()
	}
	return "", errors.New("no port from 20000 to 32000 is free")
}

// stop ends everything.
func (r *chaosRig) stop() error {
	var err error
	if p := r.getPublisher(); p != nil {
		err = errors.Join(err, p.end())
	}
	for i := len(r.parts) - 1; i >= 0; i-- {
		err = errors.Join(err, r.parts[i].end())
	}
	if r.conn != nil {
		r.conn.Close()
	}
	if r.warehouse != nil {
		err = errors.Join(err, r.warehouse.Close())
	}
	if r.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		err = errors.Join(err, r.engine.Stop(ctx))
	}
	return err
}

func (r *chaosRig) setPublisher(p *chaosProcess) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.publisher = p
}

func (r *chaosRig) getPublisher() *chaosProcess {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.publisher
}

// chaosProcess is one run of this binary.
type chaosProcess struct {
	cmd    *exec.Cmd
	log    string
	killed atomic.Bool   // by us
	exited chan struct{} // closed when it has ended
	err    error         // how; set before exited is closed
}

// launch runs this binary with other arguments; what it says goes to a file of the run's folder.
func (r *chaosRig) launch(name string, environment []string, args ...string) (*chaosProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &chaosProcess{log: filepath.Join(r.folder, name+".log"), exited: make(chan struct{})}
	words, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer words.Close() //nolint:errcheck // the process has its own
	// No context: the run decides when which process ends.
	p.cmd = exec.CommandContext(context.Background(), self, args...) //nolint:gosec // our own binary
	p.cmd.Env = append(r.environment(), environment...)
	p.cmd.Stdout, p.cmd.Stderr = words, words
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// environment is that of this process, without what would lead a part elsewhere.
func (r *chaosRig) environment() []string {
	var all []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ONEORDER_") || strings.HasPrefix(v, embedded.LibraryVariable+"=") {
			all = append(all, v)
		}
	}
	return append(all, "ONEORDER_NATS=nats://"+r.nats, "ONEORDER_CLICKHOUSE="+r.native)
}

func (p *chaosProcess) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// kill ends the process at once; it sees nothing coming.
func (p *chaosProcess) kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill() // fails only when it has ended
	<-p.exited
}

// end asks the process to end, and waits.
func (p *chaosProcess) end() error {
	p.killed.Store(true)
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	select {
	case <-p.exited:
		return nil
	case <-late.C:
		p.kill()
		return fmt.Errorf("a process did not end in time: %s", p.words())
	}
}

// words are the last of what the process said.
func (p *chaosProcess) words() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}

// chaosPart is a part of the deployment that is there all the time.
type chaosPart struct {
	name string
	args []string
	rig  *chaosRig

	mu      sync.Mutex
	process *chaosProcess
	ended   bool // for good
	watch   sync.WaitGroup
}

func (r *chaosRig) add(name string, args ...string) error {
	p := &chaosPart{name: name, args: args, rig: r}
	if err := p.launch(); err != nil {
		return err
	}
	r.parts = append(r.parts, p)
	return nil
}

// launch starts the part, unless it has ended for good.
func (p *chaosPart) launch() error {
	return p.follow(nil)
}

// follow starts the part after a run of it that ended, unless another has begun since.
func (p *chaosPart) follow(last *chaosProcess) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || last != nil && p.process != last || p.process != nil && p.process.running() {
		return nil
	}
	process, err := p.rig.launch(p.name, nil, p.args...)
	if err != nil {
		return err
	}
	p.process = process
	p.watch.Go(func() {
		<-process.exited
		if process.killed.Load() {
			return
		}
		// It left by itself: a supervisor would start it again, after a while.
		p.rig.restarts.Add(1)
		time.Sleep(time.Second)
		if err := p.follow(process); err != nil {
			p.rig.failed(err)
		}
	})
	return nil
}

func (p *chaosPart) current() *chaosProcess {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.process
}

func (p *chaosPart) end() error {
	p.mu.Lock()
	p.ended = true
	process := p.process
	p.mu.Unlock()
	err := process.end()
	p.watch.Wait()
	return err
}

// progress is how far the stream and the slower of its readers are.
func (r *chaosRig) progress(ctx context.Context) (last, written uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	streams, err := r.conn.Streams(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range streams {
		if s.Name == stream.Events {
			last = s.Last
		}
	}
	readers, err := r.conn.Readers(ctx)
	if err != nil {
		return 0, 0, err
	}
	readers = slices.DeleteFunc(readers, func(r stream.ReaderInfo) bool { return r.Stream != stream.Events })
	if len(readers) < 2 {
		return last, 0, nil
	}
	written = last
	for _, reader := range readers {
		// The record says that a batch is done with the next one, or when it is quiet.
		written = min(written, reader.Written)
	}
	return last, written, nil
}

// caughtUp waits until both readers have written all that is in the stream now, and says how long that took.
func (r *chaosRig) caughtUp(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, chaosPatience, errors.New("nothing goes on"))
	defer cancel()
	var target uint64
	known := false
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		last, written, err := r.progress(ctx)
		if err == nil {
			if !known {
				target, known = last, true
			}
			if written >= target {
				return time.Since(began), nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, fmt.Errorf("after %s: written %d of %d (%w): %w", time.Since(began).Round(time.Second), written, target, context.Cause(ctx), err)
		}
	}
}

// settled waits until nothing is left to do.
func (r *chaosRig) settled(ctx context.Context) error {
	_, err := r.caughtUp(ctx)
	return err
}
