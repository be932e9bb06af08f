package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func newSimulate() *cobra.Command {
	config := simulator.Defaults()
	config.Seed, config.Chains = 1, 2000
	var out, truth, planted string
	c := &cobra.Command{
		Use: "simulate", Short: "Write simulated traffic of the five corridors, with the truth beside it", Args: noArguments,
		Long: "Writes events as canonical NDJSON in the order in which they arrive, and with --truth a line for each event:\n" +
			`{"source","id","chains":["…"]}. The same seed gives the same events. Where the traffic has more than the usual, the` + "\n" +
			"truth also names the scenario; what is revised or taken back has the line of what stands in the end, or none.\n" +
			"With --faults the papers of some consignments contradict each other, one way each; --planted then has a line for each of\n" +
			`these consignments: {"chain","number","code"}, the code that of the finding that must be found there, and there alone.`,
		Example: "  oneorder simulate --seed 7 --chains 50 --out events.ndjson --truth truth.ndjson\n" +
			"  oneorder simulate --faults 0.5 --out events.ndjson --planted planted.ndjson",
	}
	f := c.Flags()
	f.Uint64Var(&config.Seed, "seed", config.Seed, "`number` that the random choices follow")
	f.IntVar(&config.Chains, "chains", config.Chains, "`number` of consignments, about 35 events each")
	f.IntVar(&config.PerDay, "per-day", config.PerDay, "`number` of consignments that begin each day")
	f.Float64Var(&config.Disorder, "disorder", config.Disorder, "`share` of events reported late, 0 to 1")
	f.DurationVar(&config.Late, "late", config.Late, "those are reported up to this `duration` after their time")
	f.Float64Var(&config.Repeats, "repeats", config.Repeats, "`share` of events that arrive again, 0 to 1")
	share := func(of *float64, name, usage string) { f.Float64Var(of, name, *of, "`share` of "+usage+", 0 to 1") }
	share(&config.SharedInvoices, "shared-invoices", "deals with one invoice for two consignments")
	share(&config.Revisions, "revisions", "events that name a wrong bill at first, and are revised")
	share(&config.Retractions, "retractions", "consignments tied to another by an event that is taken back")
	share(&config.MissingIssuers, "missing-issuers", "consignments in half of whose events numbers stand without issuer")
	share(&config.Groupage, "groupage", "deals of 3 to 12 consignments in one box, under one master")
	share(&config.Splits, "splits", "deals of one booking for two or three bills")
	share(&config.SilentDepots, "silent-depots", "consignments whose empties nobody reports")
	share(&config.QuickReuse, "quick-reuse", "boxes that go out again a day after they came back")
	share(&config.Faults, "faults", "consignments whose papers contradict each other")
	share(&config.Wide, "wide", "consignments with one code among their numbers, the same in all")
	f.StringVar(&out, "out", "-", "`file` for the events, or - for standard output")
	f.StringVar(&truth, "truth", "", "`file` for the truth")
	f.StringVar(&planted, "planted", "", "`file` for the faults that were planted")
	c.RunE = func(*cobra.Command, []string) error {
		if err := config.Validate(); err != nil {
			return usageError{err}
		}
		return simulate(config, out, truth, planted)
	}
	return c
}

func simulate(config simulator.Config, out, truth, planted string) (err error) {
	sim, err := simulator.New(config)
	if err != nil {
		return err
	}
	events, closeEvents, err := createFile(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEvents()) }()
	truths, closeTruths, err := createFile(truth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeTruths()) }()
	var e trade.Event
	var line []byte
	count, repeats := 0, 0
	for {
		chains, ok := sim.Next(&e)
		if !ok {
			break
		}
		count++
		line = append(wire.Append(line[:0], &e), '\n')
		if _, err := events.Write(line); err != nil {
			return err
		}
		if sim.Repeated() {
			repeats++
		}
		if !sim.Stands() {
			continue
		}
		line = simulator.Truth{Source: e.Source, ID: e.ID, Chains: chains, Scenario: sim.Scenario()}.Append(line[:0])
		if _, err := truths.Write(line); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%d events, %d of them repeats, of %d consignments\n", count, repeats, config.Chains)
	return tellPlanted(planted, sim.Planted())
}

// tellPlanted writes the faults that were planted.
func tellPlanted(name string, list []simulator.Planted) (err error) {
	out, closeFile, err := createFile(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeFile()) }()
	lines := json.NewEncoder(out)
	for i := range list {
		if err := lines.Encode(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// createFile opens a file to write; - is standard output, and no name is nowhere.
func createFile(name string) (w io.Writer, closeFile func() error, err error) {
	switch name {
	case "":
		return io.Discard, func() error { return nil }, nil
	case "-":
		b := bufio.NewWriterSize(os.Stdout, 1<<20)
		return b, b.Flush, nil
	}
	f, err := os.Create(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, nil, err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	return b, func() error { return errors.Join(b.Flush(), f.Close()) }, nil
}
