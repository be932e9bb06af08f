package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"oneorder/internal/linkage"
)

// linkStats is what each event that arrived made the linker do to those that had come before.
type linkStats struct{ placed, told, moved []int }

func (s *linkStats) add(w linkage.Work) {
	if w.Arrived == 0 {
		return // a repeat
	}
	s.placed, s.told, s.moved = append(s.placed, w.Placed), append(s.told, w.Told), append(s.moved, w.Moved)
}

// print tells the distribution, as a table and as a chart.
func (s *linkStats) print(w io.Writer) error {
	if len(s.placed) == 0 {
		return nil
	}
	lists := [][]int{s.placed, s.told, s.moved}
	for _, list := range lists {
		slices.Sort(list)
	}
	fmt.Fprintf(w, "Of the events that came before each of %d events:\n", len(s.placed))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, of func(sorted []int) string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", name, of(lists[0]), of(lists[1]), of(lists[2]))
	}
	fmt.Fprintln(t, "\tLOOKED AT AGAIN\tTOLD OTHERWISE\tIN OTHER CHAINS\t")
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
	return chart(w, s.moved)
}

// chart draws how many events put how many others in other chains: a bar for each range of counts.
func chart(w io.Writer, sorted []int) error {
	const width = 50
	most := sorted[len(sorted)-1]
	_, err := fmt.Fprintln(w, "\nIN OTHER CHAINS, share of the events that did that:")
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
