package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func newChaos() *cobra.Command {
	c := &cobra.Command{
		Use: "chaos", Short: "Kill the parts of a deployment under load, and compare what is left with the truth", Args: noArguments,
		Long: "Runs a broker, a ClickHouse engine, archive, two chains (one stands by) and a publisher, each a process of its own, on\n" +
			"simulated traffic. Ends a random one at random moments, by SIGKILL or by SIGSTOP and a later SIGCONT, and starts it\n" +
			"again. At the end every event must be stored once and be in the chains of the truth. Exit code 1 unless lost,\n" +
			"duplicated and misjoined are all 0.\n\n" +
			"With --away the engine is first taken away for so long, while the load goes on, and brought back: both readers must catch up\n" +
			"and none of the parts end. The exit code is 1 also if one did.\n\n" +
			"A stall is a recovery that took longer than " + stallAfter.String() + "; a recovery lasts from the moment at which the process is back until\n" +
			"both readers have written what was published by then.",
		Example: "  oneorder chaos --kills 12 --events 20000 --seed 1 --json\n" +
			"  oneorder chaos --kills 0 --events 300000 --away 10m",
	}
	run := chaos{kills: 12, events: 20_000, seed: 1}
	f := c.Flags()
	f.IntVar(&run.kills, "kills", run.kills, "`number` of kills")
	f.IntVar(&run.events, "events", run.events, "`number` of events, at least")
	f.Uint64Var(&run.seed, "seed", run.seed, "`number` that traffic, victims and moments follow")
	f.DurationVar(&run.away, "away", 0, "how long ClickHouse is away, before any kill")
	f.StringVar(&run.keep, "data", "", "`folder` for the run, kept; default: a temporary one, kept if the run was bad")
	asJSON := f.Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if run.kills < 0 || run.kills > 100_000 {
			return usageError{fmt.Errorf("--kills %d: want 0 to 100000", run.kills)}
		}
		if run.events < 1 || run.events > 50_000_000 {
			return usageError{fmt.Errorf("--events %d: want 1 to 50000000", run.events)}
		}
		if run.away < 0 || run.away > 24*time.Hour {
			return usageError{fmt.Errorf("--away %s: want 0 to 24h", run.away)}
		}
		result, err := run.run(c.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(result)
		} else {
			err = result.print()
		}
		if err == nil && !result.OK {
			err = errTold
		}
		return err
	}
	return c
}

// chaosResult is what chaos prints.
type chaosResult struct {
	Kills       int     `json:"kills"`
	Events      int     `json:"events"`     // different ones published
	Lost        int     `json:"lost"`       // of these, not in the view events
	Duplicated  int     `json:"duplicated"` // rows of events, or of its chains, beyond the one
	Misjoined   int64   `json:"misjoined"`  // pairs of events that are joined and should not be, or the other way round
	Stalls      int     `json:"stalls"`     // recoveries that took longer than stallAfter
	MaxRecovery float64 `json:"max_recovery_s"`
	Away        float64 `json:"away_s,omitempty"`   // how long ClickHouse was away
	AwayLag     uint64  `json:"away_lag,omitempty"` // messages that were unwritten when it came back
	Restarts    int     `json:"restarts,omitempty"` // parts that ended by themselves while it was
	OK          bool    `json:"ok"`                 // lost, duplicated, misjoined and restarts are 0
}

func (r chaosResult) print() error {
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KILLS\tEVENTS\tLOST\tDUPLICATED\tMISJOINED\tSTALLS\tLONGEST RECOVERY\tOK")
	fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\t%d\t%.1f s\t%t\n", r.Kills, r.Events, r.Lost, r.Duplicated, r.Misjoined, r.Stalls, r.MaxRecovery, r.OK)
	return t.Flush()
}

const (
	// stallAfter is how long a recovery may take before it counts as a stall.
	stallAfter = 30 * time.Second
	// chaosPatience is how long the run waits for anything before it gives up.
	chaosPatience = 5 * time.Minute
)

// chaos is one run of the verb.
type chaos struct {
	kills, events int
	away          time.Duration
	seed          uint64
	keep          string

	folder string
	rig    *chaosRig
	load   *chaosLoad
	result chaosResult
}

func (c *chaos) run(ctx context.Context) (result chaosResult, err error) {
	c.folder = c.keep
	if c.folder == "" {
		if c.folder, err = os.MkdirTemp("", "oneorder-chaos-"); err != nil {
			return result, err
		}
	}
	defer func() {
		if c.keep == "" && err == nil && c.result.OK {
			err = os.RemoveAll(c.folder)
		} else if c.keep == "" {
			fmt.Fprintf(os.Stderr, "the data and the processes' words are kept in %s\n", c.folder)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if c.load, err = newChaosLoad(c.folder, c.seed, c.events, max(c.awayChunks()+c.kills, 1)); err != nil {
		return result, err
	}
	c.rig = &chaosRig{folder: c.folder, failed: cancel}
	defer func() { err = errors.Join(err, c.rig.stop()) }()
	if err := c.rig.start(ctx); err != nil {
		return result, err
	}
	published := make(chan error, 1)
	go func() { published <- c.load.publish(ctx, c.rig) }()
	if err = c.withoutClickHouse(ctx); err == nil {
		err = c.killing(ctx)
	}
	c.load.release(c.load.chunks)
	if err != nil {
		cancel(err)
	}
	if err := errors.Join(err, <-published); err != nil {
		return result, errors.Join(err, context.Cause(ctx))
	}
	if err := c.rig.settled(ctx); err != nil {
		return result, err
	}
	err = c.check(ctx)
	return c.result, err
}
