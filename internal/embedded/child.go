package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lifelineFD is what the child inherits after the standard descriptors:
// a pipe that ends when the parent does. The one after it is the folder's
// lock, held as long as anybody works there.
const lifelineFD = 3

const (
	readyPoll   = 10 * time.Millisecond
	leaveTime   = 10 * time.Second // for an engine to leave before it is killed
	abandonTime = 2 * time.Second  // the same, for one that never answered
)

// child is one run of the engine.
type child struct {
	probe    probe
	cmd      *exec.Cmd
	stdin    *os.File // ends the engine when closed
	lifeline *os.File
	errors   *tail
	gone     chan struct{} // closed when the process has ended
	err      error         // why, for whom did not want it to; set before gone is closed
	exit     error         // how; nil when it left in good order; set before gone is closed
}

// startChild starts the engine on free loopback ports. It does not wait for it
// to answer. The engine ends when close is called or this process dies.
func startChild(cfg EngineConfig, held *folder) (*child, error) {
	native, http, err := freePorts()
	if err != nil {
		return nil, err
	}
	in, err := openInput(cfg.onPipe)
	if err != nil {
		return nil, err
	}
	defer in.given.Close() //nolint:errcheck // the child has its own
	c := &child{stdin: in.held, errors: newTail(cfg.Stderr), gone: make(chan struct{})}
	c.probe = probe{Native: native, HTTP: http, User: probeUser, Password: rand.Text(), Instance: rand.Text()}
	config, err := cfg.write(held.path, c.probe, in.onPipe)
	if err != nil {
		return nil, errors.Join(err, in.held.Close())
	}
	far, lifeline, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start engine: %w", err), in.held.Close())
	}
	defer far.Close() //nolint:errcheck // the child has its own
	c.lifeline = lifeline
	args := append([]string{
		"engine", cfg.Library,
		"--config-file", config, "--path", filepath.Join(held.path, "data"),
		"--listen_host", "127.0.0.1", "--tcp_port", portOf(native), "--http_port", portOf(http),
	}, in.args()...)
	// No context of the caller's: the engine is asked to leave before it is killed, see close.
	c.cmd = exec.CommandContext(context.Background(), cfg.Executable, args...) // #nosec G204 -- the binary is the caller's choice
	c.cmd.Stdin = in.given
	c.cmd.Stderr = c.errors
	c.cmd.ExtraFiles = []*os.File{far, held.file}
	c.cmd.SysProcAttr = ownSession()
	c.cmd.WaitDelay = time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start engine: %w", err), in.held.Close(), lifeline.Close())
	}
	go c.wait()
	return c, nil
}

func (c *child) wait() {
	defer close(c.gone)
	c.exit = c.cmd.Wait()
	how := "left"
	if c.exit != nil {
		how = c.exit.Error()
	}
	c.err = fmt.Errorf("%w (%s)%s", ErrEngineDied, how, quoted(c.errors.String()))
}

func quoted(lines string) string {
	if lines == "" {
		return ", and said nothing"
	}
	return "; it said last:\n\t" + strings.ReplaceAll(lines, "\n", "\n\t")
}

// ready waits until the engine answers, says that it can't, or ends.
func (c *child) ready(ctx context.Context) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		if c.probe.overHTTP(ctx, c.probe.HTTP) == nil {
			return nil
		}
		select {
		case <-c.gone:
			return c.err
		case <-c.errors.faulted:
			return fmt.Errorf("%w before it listened%s", ErrEngineDied, quoted(c.errors.String()))
		case <-ctx.Done():
			return fmt.Errorf("wait for the engine: %w%s", context.Cause(ctx), quoted(c.errors.String()))
		case <-tick.C:
		}
	}
}

// close asks the engine to leave, waits, and kills it when it takes too long.
// The error is that of an engine that did not leave in good order.
func (c *child) close(ctx context.Context, within time.Duration) error {
	// Nothing was written, so nothing can be lost in closing.
	_ = c.stdin.Close()
	_ = c.lifeline.Close()
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	select {
	case <-c.gone:
	case <-ctx.Done():
		_ = c.cmd.Process.Kill() // fails only when it has gone
		<-c.gone
	}
	if c.exit != nil {
		return c.err
	}
	return nil
}

func (c *child) portTaken() bool {
	return strings.Contains(c.errors.String(), "Address already in use")
}

// freePorts finds two free loopback addresses. Somebody may take them before the
// engine does; then it is started again on others.
func freePorts() (native, http string, err error) {
	a, err := net.Listen("tcp", anyLoopback) //nolint:noctx // does not block
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer a.Close()                          //nolint:errcheck // nobody connected
	b, err := net.Listen("tcp", anyLoopback) //nolint:noctx // does not block
	if err != nil {
		return "", "", fmt.Errorf("find a free port: %w", err)
	}
	defer b.Close() //nolint:errcheck // nobody connected
	return a.Addr().String(), b.Addr().String(), nil
}

func portOf(addr string) string {
	ap, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return ""
	}
	return strconv.Itoa(ap.Port)
}
