package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Engine is a ClickHouse engine in a child process, behind a loopback proxy
// that keeps its addresses while it is restarted.
type Engine struct {
	cfg          EngineConfig
	folder       *folder
	native, http *proxy
	cancel       context.CancelFunc
	done         chan struct{} // closed when the supervisor has returned
	left         error         // of the last child, when it was asked to leave; set before done is closed

	mu       sync.Mutex
	child    *child        // the one that answers, nil while there is none
	up       chan struct{} // closed while child is set
	err      error         // why there is none
	restarts int
}

const (
	startWithin   = 2 * time.Minute
	portAttempts  = 5
	firstBackOff  = 100 * time.Millisecond
	longestWait   = 10 * time.Second
	steadyAfter   = time.Minute
	restartWithin = 10 * time.Second // how long a connection waits for a restart
)

var errStopped = errors.New("engine stopped")

// StartEngine starts the engine and returns once it answers. From then on it is
// restarted, with growing pauses, whenever it dies, until Stop is called or this
// process dies, in whichever way: then it leaves too. ctx bounds the start only.
func StartEngine(ctx context.Context, cfg EngineConfig) (*Engine, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	held, err := holdFolder(cfg.Dir, ctx.Done())
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, folder: held, done: make(chan struct{}), up: make(chan struct{})}
	if err := e.listen(); err != nil {
		return nil, errors.Join(err, held.free())
	}
	first, err := e.launch(ctx)
	if err != nil {
		e.native.close()
		e.http.close()
		return nil, errors.Join(fmt.Errorf("start engine in %s: %w", held.path, err), held.free())
	}
	var running context.Context
	running, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	e.set(first, nil)
	go e.supervise(running, first)
	return e, nil
}

func (e *Engine) listen() error {
	var err error
	e.native, err = listenProxy("native", e.cfg.NativeAddr, readNativeOpening, e.nativeBackend)
	if err != nil {
		return err
	}
	e.http, err = listenProxy("http", e.cfg.HTTPAddr, readHTTPOpening, e.httpBackend)
	if err != nil {
		e.native.close()
	}
	return err
}

// launch starts a child and waits until it answers.
func (e *Engine) launch(ctx context.Context) (*child, error) {
	for attempt := 1; ; attempt++ {
		c, err := startChild(e.cfg, e.folder)
		if err != nil {
			return nil, err
		}
		err = c.ready(ctx)
		if err == nil {
			return c, nil
		}
		_ = c.close(context.WithoutCancel(ctx), abandonTime) // it said already what was wrong
		if attempt == portAttempts || !c.portTaken() {
			return nil, err
		}
	}
}

// supervise keeps a child running until ctx ends.
func (e *Engine) supervise(ctx context.Context, c *child) {
	defer close(e.done)
	pause := firstBackOff
	for {
		if c != nil {
			since := time.Now()
			select {
			case <-ctx.Done():
				e.left = c.close(context.WithoutCancel(ctx), leaveTime)
				e.set(nil, errStopped)
				return
			case <-c.gone:
			}
			if time.Since(since) > steadyAfter {
				pause = firstBackOff
			}
			_ = c.close(ctx, leaveTime) // it has gone
			e.lost(c.err, pause)
		}
		if !sleep(ctx, pause) {
			e.set(nil, errStopped)
			return
		}
		pause = min(2*pause, longestWait)
		var err error
		if c, err = e.relaunch(ctx); err != nil {
			e.lost(err, pause)
			continue
		}
		e.set(c, nil)
	}
}

func (e *Engine) relaunch(ctx context.Context) (*child, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	return e.launch(ctx)
}

func (e *Engine) lost(err error, pause time.Duration) {
	e.set(nil, err)
	e.mu.Lock()
	e.restarts++
	restarts := e.restarts
	e.mu.Unlock()
	e.cfg.Logger.Error("engine lost", slog.Any("error", err), slog.Int("restarts", restarts), slog.Duration("restart_in", pause))
}

func (e *Engine) set(c *child, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c != nil {
		close(e.up)
	} else if e.child != nil {
		e.up = make(chan struct{})
	}
	e.child, e.err = c, err
}

// current is the child that answers, or why there is none.
func (e *Engine) current() (c *child, up <-chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.child, e.up, e.err
}

// await is the child that answers, waited for through a restart.
func (e *Engine) await(ctx context.Context) (*child, error) {
	ctx, cancel := context.WithTimeout(ctx, restartWithin)
	defer cancel()
	for {
		c, up, err := e.current()
		if c != nil {
			return c, nil
		}
		if errors.Is(err, errStopped) {
			return nil, err
		}
		select {
		case <-up:
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

func (e *Engine) nativeBackend(ctx context.Context) (string, error) {
	c, err := e.await(ctx)
	if err != nil {
		return "", err
	}
	return c.probe.Native, nil
}

func (e *Engine) httpBackend(ctx context.Context) (string, error) {
	c, err := e.await(ctx)
	if err != nil {
		return "", err
	}
	return c.probe.HTTP, nil
}

// NativeAddr is the HOST:PORT where clients of the native protocol connect.
func (e *Engine) NativeAddr() string { return e.native.addr() }

// HTTPAddr is the HOST:PORT of the HTTP interface, /play and /dashboard.
func (e *Engine) HTTPAddr() string { return e.http.addr() }

// Health asks the engine over both its ports, the way clients come in. While it
// is being restarted, the error says why, with its last lines.
func (e *Engine) Health(ctx context.Context) error {
	c, _, err := e.current()
	if c == nil {
		return fmt.Errorf("engine is being restarted: %w", err)
	}
	return errors.Join(c.probe.overHTTP(ctx, reachable(e.HTTPAddr())), c.probe.overNative(ctx, reachable(e.NativeAddr())))
}

// Err is why the engine does not answer now; nil while it should.
func (e *Engine) Err() error {
	_, _, err := e.current()
	return err
}

// PID is the process of the engine; 0 while it is being restarted.
func (e *Engine) PID() int {
	if c, _, _ := e.current(); c != nil {
		return c.cmd.Process.Pid
	}
	return 0
}

// Restarts counts how often the engine was lost.
func (e *Engine) Restarts() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.restarts
}

// Stop lets nobody in any more, asks the engine to leave, and waits; when ctx
// ends first, or ten seconds have passed, the engine is killed, which is an
// error. Calling it again does nothing.
func (e *Engine) Stop(ctx context.Context) error {
	e.native.refuse()
	e.http.refuse()
	e.cancel()
	select {
	case <-e.done:
	case <-ctx.Done():
		if c, _, _ := e.current(); c != nil {
			_ = c.cmd.Process.Kill() // fails only when it has gone
		}
		<-e.done
	}
	e.native.close()
	e.http.close()
	err := e.folder.free()
	if alreadyClosed(err) {
		return nil
	}
	if e.left != nil {
		err = errors.Join(fmt.Errorf("stop engine: %w", e.left), err)
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
