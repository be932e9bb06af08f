package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

// linkStats is what each event that arrived made the linker do to those that had come before.
type linkStats struct {
	placed, told, moved, regrouped []int
	groups                         *regrouping
}

func newLinkStats() *linkStats { return &linkStats{groups: newRegrouping()} }

func (s *linkStats) add(c *linkage.Changes, arrived trade.EventKey) {
	w := c.Work
	moved, regrouped := s.groups.follow(c, arrived)
	if w.Arrived == 0 {
		return // a repeat
	}
	s.placed, s.told, s.moved = append(s.placed, w.Placed), append(s.told, w.Told), append(s.moved, w.Moved)
	// An event about a ship has the chains aboard, which are not listed: it counts for one that is with others.
	s.regrouped = append(s.regrouped, regrouped+w.Moved-min(w.Moved, moved))
}

// print tells the distribution, as a table and as a chart.
func (s *linkStats) print(w io.Writer) error {
	if len(s.placed) == 0 {
		return nil
	}
	lists := [][]int{s.placed, s.told, s.moved, s.regrouped}
	for _, list := range lists {
		slices.Sort(list)
	}
	fmt.Fprintf(w, "Of the events that came before each of %d events:\n", len(s.placed))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, of func(sorted []int) string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t\n", name, of(lists[0]), of(lists[1]), of(lists[2]), of(lists[3]))
	}
	fmt.Fprintln(t, "\tLOOKED AT AGAIN\tTOLD OTHERWISE\tIN OTHER CHAINS\tREGROUPED\t")
	for _, p := range []struct {
		name  string
		share float64
	}{{"median", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"most", 1}} {
		row(p.name, func(sorted []int) string { return fmt.Sprint(sorted[int(p.share*float64(len(sorted)-1))]) })
	}
	row("mean", func(sorted []int) string {
		sum := 0
		for _, n := range sorted {
			sum += n
		}
		return fmt.Sprintf("%.3f", float64(sum)/float64(len(sorted)))
	})
	if err := t.Flush(); err != nil {
		return err
	}
	if err := chart(w, "IN OTHER CHAINS", s.moved); err != nil {
		return err
	}
	return chart(w, "REGROUPED", s.regrouped)
}

// chart draws how many events did that to how many others: a bar for each range of counts.
func chart(w io.Writer, what string, sorted []int) error {
	const width = 50
	most := sorted[len(sorted)-1]
	_, err := fmt.Fprintf(w, "\n%s, share of the events that did that:\n", what)
	from := 0
	for _, to := range []int{0, 1, 2, 5, 10, 20, 50, 100, most} {
		if from > most || err != nil {
			break
		}
		n := 0
		for _, v := range sorted {
			if from <= v && v <= to {
				n++
			}
		}
		label := fmt.Sprint(to)
		if from != to {
			label = fmt.Sprintf("%d to %d", from, to)
		}
		share := float64(n) / float64(len(sorted))
		_, err = fmt.Fprintf(w, "%10s  %7.3f%% %s\n", label, 100*share, strings.Repeat("█", int(width*share+0.5)))
		from = to + 1
	}
	return err
}
