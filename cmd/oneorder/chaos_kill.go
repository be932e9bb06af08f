package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"

	"oneorder/internal/simulator"
	"oneorder/internal/trade"
)

// The moments of a kill.
const (
	killWithin   = 500 * time.Millisecond // of the load being released
	awayWithin   = 300 * time.Millisecond // a killed process stays away
	frozenAtMost = 6 * time.Second        // a stopped one stays stopped: longer than a lease lasts
)

// killing ends a random process at a random moment, as often as asked.
func (c *chaos) killing(ctx context.Context) error {
	random := rand.New(rand.NewPCG(c.seed, 0xc4a05)) //nolint:gosec // the seed is to give the same run again
	bar := newProgress(os.Stderr, "kills", c.kills)
	defer bar.end()
	victims := []string{"broker", "engine", "archive", "chain-a", "chain-b", "publisher"}
	for i := range c.kills {
		c.load.release(c.awayChunks() + i + 1)
		blow := chaosBlow{
			victim: victims[random.IntN(len(victims))],
			at:     time.Duration(random.Int64N(int64(killWithin))),
			freeze: random.IntN(3) == 0,
			away:   time.Duration(random.Int64N(int64(awayWithin))),
			frozen: time.Duration(random.Int64N(int64(frozenAtMost))),
		}
		// Every fourth blow falls before the one before it is got over.
		hurry := random.IntN(4) == 0
		if err := c.strike(ctx, blow); err != nil {
			return fmt.Errorf("kill %d, %s: %w", i+1, blow, err)
		}
		c.result.Kills++
		bar.add(1)
		if hurry && i < c.kills-1 {
			continue
		}
		took, err := c.rig.caughtUp(ctx)
		if err != nil {
			return fmt.Errorf("after kill %d, %s: %w", i+1, blow, err)
		}
		if took > stallAfter {
			c.result.Stalls++
			fmt.Fprintf(os.Stderr, "kill %d, %s: recovered after %s\n", i+1, blow, took.Round(time.Millisecond))
		}
		c.result.MaxRecovery = max(c.result.MaxRecovery, float64(took.Milliseconds())/1000)
	}
	return nil
}

// chaosBlow is one kill.
type chaosBlow struct {
	victim       string
	at           time.Duration // after the load was released
	freeze       bool          // SIGSTOP and SIGCONT; else SIGKILL
	away, frozen time.Duration
}

func (b chaosBlow) String() string {
	if b.freeze {
		return fmt.Sprintf("%s stopped for %s", b.victim, b.frozen.Round(time.Millisecond))
	}
	return fmt.Sprintf("%s killed and away for %s", b.victim, b.away.Round(time.Millisecond))
}

// strike waits for the moment, ends the victim, and lets it come back.
func (c *chaos) strike(ctx context.Context, b chaosBlow) error {
	if err := pause(ctx, b.at); err != nil {
		return err
	}
	switch b.victim {
	case "engine":
		return c.strikeEngine(ctx, b)
	case "publisher":
		p := c.rig.getPublisher()
		if p == nil || !p.running() {
			return nil // it is through with this part of the load
		}
		if b.freeze {
			return freeze(ctx, p.cmd.Process, b.frozen)
		}
		p.kill()
		return nil
	}
	for _, part := range c.rig.parts {
		if part.name != b.victim {
			continue
		}
		process := part.current()
		if b.freeze {
			return freeze(ctx, process.cmd.Process, b.frozen)
		}
		process.kill()
		if err := pause(ctx, b.away); err != nil {
			return err
		}
		return part.launch()
	}
	return fmt.Errorf("there is no %s", b.victim)
}

// strikeEngine hits the engine itself; who watches over it starts it again.
func (c *chaos) strikeEngine(ctx context.Context, b chaosBlow) error {
	pid := c.rig.engine.PID()
	if pid == 0 {
		return nil // not back from the blow before
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	if b.freeze {
		return freeze(ctx, process, b.frozen)
	}
	return gone(process.Kill())
}

// freeze stops a process, and lets it go on later.
func freeze(ctx context.Context, p *os.Process, d time.Duration) error {
	if err := gone(p.Signal(syscall.SIGSTOP)); err != nil {
		return err
	}
	err := pause(ctx, d)
	return errors.Join(err, gone(p.Signal(syscall.SIGCONT)))
}

// gone takes it well that a process has ended meanwhile.
func gone(err error) error {
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// check compares what ClickHouse has with the truth.
func (c *chaos) check(ctx context.Context) error {
	r := &c.result
	var scorer simulator.Scorer
	known := make(map[trade.EventKey]bool, len(c.load.truth))
	for _, t := range c.load.truth {
		scorer.Truth(t)
		known[trade.KeyOf(t.Source, t.ID)] = false
	}
	r.Events = len(known)
	var at simulator.Truth
	for a, err := range c.rig.warehouse.Attributions(ctx) {
		if err != nil {
			return err
		}
		if a.Source != at.Source || a.ID != at.ID {
			if at.ID != "" {
				scorer.Joined(at)
			}
			at = simulator.Truth{Source: a.Source, ID: a.ID}
			known[trade.KeyOf(a.Source, a.ID)] = true
		}
		if a.Chain != "" {
			at.Chains = append(at.Chains, a.Chain)
		}
	}
	if at.ID != "" {
		scorer.Joined(at)
	}
	for _, stored := range known {
		if !stored {
			r.Lost++
		}
	}
	doubles, err := c.rig.warehouse.Doubles(ctx)
	if err != nil {
		return err
	}
	r.Duplicated = int(doubles)
	score := scorer.Score()
	r.Misjoined = score.Truth + score.Joined - 2*score.Both + int64(score.Unknown)
	if r.Misjoined == 0 && !score.Exact && r.Lost == 0 {
		r.Misjoined = 1 // the same pairs in other chains
	}
	for _, d := range score.Differences {
		fmt.Fprintf(os.Stderr, "%s %s: should be with %d more, is with %d too many\n", d.Source, d.ID, d.Lacks, d.Wrong)
	}
	r.OK = r.Lost == 0 && r.Duplicated == 0 && r.Misjoined == 0 && r.Restarts == 0
	return nil
}
