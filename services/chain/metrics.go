package chain

import (
	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/linkage"
)

type metrics struct {
	events  *prometheus.CounterVec // by outcome: linked, ignored
	rows    *prometheus.CounterVec // by table
	rebuilt prometheus.Counter
	waiting prometheus.Counter
	work    *prometheus.CounterVec // by what: arrived, placed, told, moved
	again   prometheus.Histogram
	held    *prometheus.GaugeVec   // by what: linkage, records
	notices *prometheus.CounterVec // by what they tell
}

func newMetrics() *metrics {
	return &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneorder_chain_events_total",
			Help: "Events of batches that were applied, by outcome: linked, or ignored because it is no event (archive rejects it).",
		}, []string{"outcome"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneorder_chain_rows_total",
			Help: "Rows written to the warehouse, by table.",
		}, []string{"table"}),
		rebuilt: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "oneorder_chain_records_rebuilt_total",
			Help: "Records folded from all their events, since they were not in memory or an event left them.",
		}),
		waiting: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "oneorder_chain_waiting_events_total",
			Help: "Events that belonged to no chain when they came.",
		}),
		held: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "oneorder_chain_held_bytes",
			Help: "Memory that is held, about, by what: linkage, the nodes of joining; records, the events of the chains that move. All else is in the state.",
		}, []string{"what"}),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneorder_chain_notices_total",
			Help: "Notices of chains published to those who asked, by what they tell: changed, gone, overdue.",
		}, []string{"tells"}),
		work: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneorder_chain_linked_events_total",
			Help: "What joining did, by what: events that arrived with new content; of those before them, events placed again, told otherwise, and moved to other chains.",
		}, []string{"what"}),
		again: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "oneorder_chain_moved_per_event",
			Help:    "Of each batch: earlier events that moved to other chains, per event that arrived.",
			Buckets: []float64{0, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100},
		}),
	}
}

// linked takes note of what joining a batch took.
func (m *metrics) linked(w linkage.Work) {
	m.work.WithLabelValues("arrived").Add(float64(w.Arrived))
	m.work.WithLabelValues("placed").Add(float64(w.Placed))
	m.work.WithLabelValues("told").Add(float64(w.Told))
	m.work.WithLabelValues("moved").Add(float64(w.Moved))
	if w.Arrived > 0 {
		m.again.Observe(float64(w.Moved) / float64(w.Arrived))
	}
}

// holds takes note of the memory that is held.
func (m *metrics) holds(linkage, records int) {
	m.held.WithLabelValues("linkage").Set(float64(linkage))
	m.held.WithLabelValues("records").Set(float64(records))
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.events, m.rows, m.rebuilt, m.waiting, m.work, m.again, m.held, m.notices}
}
