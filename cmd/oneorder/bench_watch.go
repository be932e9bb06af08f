package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"oneorder/internal/stream"
)

// watcher publishes at a steady rate and watches the newest version in `chains`.
type watcher struct {
	b     *bench
	mu    sync.Mutex
	sent  []sending // in order of sequence
	waits []time.Duration
}

// sending is a batch on its way: every event in it was published at the same moment.
type sending struct {
	at   time.Time
	last uint64
	n    int
}

func newWatcher(b *bench) *watcher { return &watcher{b: b} }

// warm is what is published first and not counted: the readers' connections and caches begin cold.
const warm = 10 * time.Second

func (w *watcher) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, w.b.latencyFor+warm+2*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- w.publish(ctx) }()
	published := false
	for {
		seen, err := w.b.warehouse.NewestVersion(ctx)
		if err != nil {
			return err
		}
		w.settle(seen, time.Now())
		if published && w.settled() {
			return nil
		}
		select {
		case err := <-done:
			if err != nil {
				return err
			}
			published = true
		case <-ctx.Done():
			return fmt.Errorf("wait for chains: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// publish sends a hundred small batches a second.
func (w *watcher) publish(ctx context.Context) error {
	const ticks = 100
	publisher := w.b.conn.Publisher(stream.PublisherConfig{})
	tick := time.NewTicker(time.Second / ticks)
	defer tick.Stop()
	began := time.Now()
	for time.Since(began) < w.b.latencyFor+warm {
		out := w.b.make(max(1, w.b.rate/ticks))
		at := time.Now()
		if err := w.b.send(ctx, publisher, out); err != nil {
			return err
		}
		if time.Since(began) > warm {
			w.mu.Lock()
			w.sent = append(w.sent, sending{at, w.b.last, len(out)})
			w.mu.Unlock()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// settle counts what has become visible by now.
func (w *watcher) settle(version uint64, now time.Time) {
	const sequence = 1<<48 - 1
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.sent) > 0 && w.sent[0].last <= version&sequence {
		for range w.sent[0].n {
			w.waits = append(w.waits, now.Sub(w.sent[0].at))
		}
		w.sent = w.sent[1:]
	}
}

func (w *watcher) settled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent) == 0
}
