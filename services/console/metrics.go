package console

import "github.com/prometheus/client_golang/prometheus"

// metrics count what was asked and what became of it; no number that was looked up stands in them.
type metrics struct {
	lookups *prometheus.CounterVec
	letters *prometheus.CounterVec
}

func newMetrics() metrics {
	return metrics{
		lookups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "oneorder", Subsystem: "console", Name: "lookups_total",
			Help: "Numbers looked up, by outcome: found, unknown, failed.",
		}, []string{"outcome"}),
		letters: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "oneorder", Subsystem: "console", Name: "letters_total",
			Help: "Rejections dealt with on the page, by what was done: retry, resolve.",
		}, []string{"act"}),
	}
}
