package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"oneorder/internal/embedded"
)

// awayEvery spaces out the parts of the load that are published while ClickHouse is away.
const awayEvery = 2 * time.Second

// awayChunks is in how many parts the load comes while ClickHouse is away, and one before.
func (c *chaos) awayChunks() int {
	if c.away == 0 {
		return 0
	}
	return 1 + max(int(c.away/awayEvery), 1)
}

// withoutClickHouse takes ClickHouse away under load, and brings it back: the readers must go on and catch up by themselves.
func (c *chaos) withoutClickHouse(ctx context.Context) error {
	if c.away == 0 {
		return nil
	}
	bar := newProgress(os.Stderr, "parts of the load without ClickHouse", c.awayChunks()-1)
	defer bar.end()
	c.load.release(1)
	if err := c.rig.working(ctx); err != nil {
		return err
	}
	if err := c.rig.engine.Stop(ctx); err != nil {
		return fmt.Errorf("take ClickHouse away: %w", err)
	}
	for i := 1; i < c.awayChunks(); i++ {
		c.load.release(i + 1)
		if err := pause(ctx, c.away/time.Duration(c.awayChunks()-1)); err != nil {
			return err
		}
		bar.add(1)
	}
	last, written, err := c.rig.progress(ctx)
	if err != nil {
		return err
	}
	if err := c.rig.startEngine(ctx); err != nil {
		return fmt.Errorf("bring ClickHouse back: %w", err)
	}
	took, err := c.rig.caughtUp(ctx)
	if err != nil {
		return fmt.Errorf("after ClickHouse was away for %s: %w", c.away, err)
	}
	c.result.Away, c.result.AwayLag = c.away.Seconds(), last-written
	c.result.MaxRecovery = max(c.result.MaxRecovery, float64(took.Milliseconds())/1000)
	c.result.Restarts = int(c.rig.restarts.Load())
	return nil
}

// working waits until every part is up and the readers have written something: a service that starts while ClickHouse is away
// ends, and is not what is looked at here.
func (r *chaosRig) working(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, chaosPatience, errors.New("the parts do not come up"))
	defer cancel()
	for {
		_, written, err := r.progress(ctx)
		up := err == nil && written > 0
		for _, p := range r.parts {
			up = up && (p.name == "broker" || strings.Contains(p.current().words(), "msg=serving"))
		}
		if up {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// startEngine starts ClickHouse, the second time where it was.
func (r *chaosRig) startEngine(ctx context.Context) (err error) {
	cfg := embedded.EngineConfig{Dir: filepath.Join(r.folder, "clickhouse"), Logger: r.quiet, NativeAddr: r.native}
	if r.engine, err = embedded.StartEngine(ctx, cfg); err == nil {
		r.native = r.engine.NativeAddr()
	}
	return err
}
