package chain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/linkage"
)

// The work of joining is counted over all batches, and its ratio batch by batch; a batch in which nothing arrived has none.
func TestWorkIsMeasured(t *testing.T) {
	m := newMetrics()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.work, m.again, m.held)
	m.linked(linkage.Work{Arrived: 10, Placed: 8, Told: 6, Moved: 5})
	m.linked(linkage.Work{Arrived: 10, Placed: 30, Told: 30, Moved: 30})
	m.linked(linkage.Work{})
	m.holds(100, 20)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		for _, x := range f.GetMetric() {
			value := fmt.Sprint(x.GetCounter().GetValue() + x.GetGauge().GetValue())
			if h := x.GetHistogram(); h != nil {
				value = fmt.Sprintf("%d of %g in all", h.GetSampleCount(), h.GetSampleSum())
			}
			name := f.GetName()
			for _, label := range x.GetLabel() {
				name += " " + label.GetValue()
			}
			got = append(got, name+": "+value)
		}
	}
	slices.Sort(got)
	want := []string{
		"oneorder_chain_held_bytes linkage: 100",
		"oneorder_chain_held_bytes records: 20",
		"oneorder_chain_linked_events_total arrived: 20",
		"oneorder_chain_linked_events_total moved: 35",
		"oneorder_chain_linked_events_total placed: 38",
		"oneorder_chain_linked_events_total told: 36",
		"oneorder_chain_moved_per_event: 2 of 3.5 in all",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}
