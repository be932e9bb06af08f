package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// chaosLoad is simulated traffic in as many files as there are kills: a file is published when its kill is
// due, so that there is load at every kill, however fast the machine is.
type chaosLoad struct {
	folder string
	chunks int
	truth  []simulator.Truth // of every event that is published

	mu       sync.Mutex
	released int           // chunks that may be published
	changed  chan struct{} // closed when released grows
}

// eventsPerChain is a little less than the simulator makes for a consignment.
const eventsPerChain = 30

func newChaosLoad(folder string, seed uint64, events, chunks int) (*chaosLoad, error) {
	l := &chaosLoad{folder: filepath.Join(folder, "traffic"), chunks: chunks, changed: make(chan struct{})}
	if err := os.MkdirAll(l.folder, 0o750); err != nil {
		return nil, err
	}
	config := simulator.Defaults()
	config.Seed = seed
	for config.Chains = events/eventsPerChain + 1; ; config.Chains += config.Chains/20 + 1 {
		lines, err := l.simulate(config)
		if err != nil {
			return nil, err
		}
		if len(l.truth) >= events {
			return l, l.write(lines)
		}
	}
}

// simulate gives the lines to publish, repeats included, and notes the truth.
func (l *chaosLoad) simulate(config simulator.Config) ([][]byte, error) {
	sim, err := simulator.New(config)
	if err != nil {
		return nil, usageError{err}
	}
	l.truth = l.truth[:0]
	var lines [][]byte
	var e trade.Event
	for {
		chains, ok := sim.Next(&e)
		if !ok {
			return lines, nil
		}
		lines = append(lines, append(wire.Append(nil, &e), '\n'))
		if !sim.Repeated() {
			l.truth = append(l.truth, simulator.Truth{Source: e.Source, ID: e.ID, Chains: slices.Clone(chains)})
		}
	}
}

func (l *chaosLoad) write(lines [][]byte) error {
	for i := range l.chunks {
		from, to := i*len(lines)/l.chunks, (i+1)*len(lines)/l.chunks
		if err := writeLines(l.file(i), lines[from:to]); err != nil {
			return err
		}
	}
	return nil
}

func writeLines(name string, lines [][]byte) (err error) {
	f, err := os.Create(name) //nolint:gosec // in the folder of the run
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	for _, line := range lines {
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (l *chaosLoad) file(chunk int) string {
	return filepath.Join(l.folder, fmt.Sprintf("%05d.ndjson", chunk))
}

// release lets that many chunks be published.
func (l *chaosLoad) release(chunks int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if chunks > l.released {
		l.released = chunks
		close(l.changed)
		l.changed = make(chan struct{})
	}
}

func (l *chaosLoad) await(ctx context.Context, chunk int) error {
	for {
		l.mu.Lock()
		released, changed := l.released, l.changed
		l.mu.Unlock()
		if chunk < released {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// publish publishes chunk after chunk, each by a process of its own, and again if that was killed: what it had
// published by then is a repeat.
func (l *chaosLoad) publish(ctx context.Context, rig *chaosRig) error {
	for i := range l.chunks {
		if err := l.await(ctx, i); err != nil {
			return err
		}
		for {
			p, err := rig.launch("publisher", nil, "publish", "--no-wait", l.file(i))
			if err != nil {
				return err
			}
			rig.setPublisher(p)
			select {
			case <-p.exited:
			case <-ctx.Done():
				return errors.Join(context.Cause(ctx), p.end())
			}
			if p.killed.Load() {
				continue
			}
			if p.err != nil {
				return fmt.Errorf("publisher: %w: %s", p.err, p.words())
			}
			break
		}
	}
	rig.setPublisher(nil)
	return nil
}
