package chain

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	events  *prometheus.CounterVec // by outcome: linked, ignored
	rows    *prometheus.CounterVec // by table
	rebuilt prometheus.Counter
	waiting prometheus.Counter
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
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.events, m.rows, m.rebuilt, m.waiting}
}
