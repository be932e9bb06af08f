package archive

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	events *prometheus.CounterVec // by outcome: stored, rejected
}

func newMetrics() *metrics {
	return &metrics{events: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "oneorder_archive_events_total",
		Help: "Events of batches that took effect, by outcome: stored or rejected. Repeats count as stored.",
	}, []string{"outcome"})}
}
