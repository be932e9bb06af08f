package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a process of this binary that bench watches.
type child struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	stderr bytes.Buffer
}

// startChild runs this binary with other arguments.
func startChild(ctx context.Context, environment []string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, args...)} //nolint:gosec // our own binary
	c.cmd.Env = append(os.Environ(), environment...)
	c.cmd.Stderr = &c.stderr
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 20 * time.Second
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", strings.Join(args, " "), err)
	}
	return c, nil
}

// line reads one line of what the child prints.
func (c *child) line() (string, error) {
	s, err := c.out.ReadString('\n')
	if err != nil {
		return "", errors.Join(fmt.Errorf("a child said nothing: %s", strings.TrimSpace(c.stderr.String())), c.cmd.Wait())
	}
	return strings.TrimSpace(s), nil
}

// wait reads the rest, waits for the end, and tells what the child used.
func (c *child) wait() (out []byte, used usage, err error) {
	out, err = io.ReadAll(c.out)
	if waitErr := c.cmd.Wait(); waitErr != nil {
		return out, used, fmt.Errorf("%w: %s", waitErr, strings.TrimSpace(c.stderr.String()))
	}
	state := c.cmd.ProcessState
	used.CPUSeconds = (state.UserTime() + state.SystemTime()).Seconds()
	used.PeakMemoryMiB = peakOf(state)
	return out, used, err
}

// stop ends a child that runs until it is told to stop.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_, _, err := c.wait()
	return err
}

// usage is what a process took.
type usage struct {
	CPUSeconds    float64 `json:"cpu_s"`
	PeakMemoryMiB float64 `json:"peak_memory_mib"`
}

// usageOf reads what a running process has used so far; zero where the system does not tell.
func usageOf(pid int) usage {
	var u usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u
	}
	// The name in parentheses may hold spaces; the fields after it are counted from 3 (proc(5)).
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const user, system, hertz = 14 - 3, 15 - 3, 100
	if len(fields) > system {
		ticks := 0
		for _, f := range fields[user : system+1] {
			n, err := strconv.Atoi(f)
			if err != nil {
				return u
			}
			ticks += n
		}
		u.CPUSeconds = float64(ticks) / hertz
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			if err == nil {
				u.PeakMemoryMiB = float64(kib) / 1024
			}
		}
	}
	return u
}

// since gives the CPU used since an earlier reading, and the peak so far.
func (u usage) since(before usage) usage {
	return usage{CPUSeconds: u.CPUSeconds - before.CPUSeconds, PeakMemoryMiB: u.PeakMemoryMiB}
}

func decodeRun(out []byte) (readerRun, error) {
	var r readerRun
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("a reader's last words %q: %w", out, err)
	}
	return r, nil
}
