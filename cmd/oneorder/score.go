package main

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"oneorder/internal/simulator"
)

func newScore() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "score [flags] LINKS TRUTH", Short: "Compare a joining with the truth, pair by pair",
		Long: "Compares the chains that `oneorder link` found with the truth, such as `oneorder simulate --truth` writes it: a line\n" +
			`for each event, {"source","id","chains":["…"]}, whatever the names of the chains. Two events are joined when some` + "\n" +
			"chain has both. Precision is the share of the joined pairs that are joined in truth, recall the share of the pairs\n" +
			"of the truth that are joined. Where the truth names a scenario, they are also given for the pairs of its events.\n" +
			"Exit code 1 where a file cannot be read or the truth is empty, whatever the score.",
		Example: "  oneorder link events.ndjson > links.ndjson\n  oneorder score links.ndjson truth.ndjson",
		Args:    exactly(2, "the file of the links and that of the truth"),
		RunE:    func(_ *cobra.Command, args []string) error { return score(args[0], args[1], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for a program to read")
	return c
}

func score(links, truth string, asJSON bool) error {
	var scorer simulator.Scorer
	for _, side := range []struct {
		file string
		each func(simulator.Truth)
	}{{truth, scorer.Truth}, {links, scorer.Joined}} {
		if err := readTruth(side.file, side.each); err != nil {
			return err
		}
	}
	s := scorer.Score()
	if s.Events == 0 {
		return fmt.Errorf("%s: no event, want a line for each", truth)
	}
	if asJSON {
		return printJSON(s)
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "SCENARIO\tEVENTS\tMISSING\tPAIRS IN TRUTH\tJOINED\tBOTH\tPRECISION\tRECALL\t")
	row := func(name string, events, missing int, truth, joined, both int64, precision, recall float64) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%.6f\t%.6f\t\n", name, events, missing, truth, joined, both, precision, recall)
	}
	row("all", s.Events, s.Missing, s.Truth, s.Joined, s.Both, s.Precision, s.Recall)
	for _, of := range s.Scenarios {
		row(of.Scenario, of.Events, of.Missing, of.Truth, of.Joined, of.Both, of.Precision, of.Recall)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, d := range s.Differences {
		fmt.Fprintf(os.Stderr, "%s %s: lacks %d, wrongly with %d\n", d.Source, d.ID, d.Lacks, d.Wrong)
	}
	if s.Unknown > 0 {
		fmt.Fprintf(os.Stderr, "%d events of %s are not in the truth\n", s.Unknown, links)
	}
	return nil
}

func readTruth(file string, each func(simulator.Truth)) (err error) {
	in, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := simulator.ReadTruth(in, func(t simulator.Truth) error { each(t); return nil }); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
