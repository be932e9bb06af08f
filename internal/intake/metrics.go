package intake

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the counters of one domain: what came, how, and what became of it.
type Metrics struct {
	events    *prometheus.CounterVec
	documents *prometheus.CounterVec
}

// NewMetrics makes the counters of the service of this name.
func NewMetrics(service string) *Metrics {
	return &Metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "oneorder", Subsystem: service, Name: "events_total",
			Help: "Canonical events taken in or made from documents, by what became of them.",
		}, []string{"outcome"}),
		documents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "oneorder", Subsystem: service, Name: "documents_total",
			Help: "Standard documents, by format, by the way they came (http, inbox) and by outcome.",
		}, []string{"format", "way", "outcome"}),
	}
}

// Collectors gives all of them, to be registered.
func (m *Metrics) Collectors() []prometheus.Collector {
	return []prometheus.Collector{m.events, m.documents}
}

func (m *Metrics) event(s Status) { m.events.WithLabelValues(string(s)).Inc() }

// Ways in for a document.
const (
	overHTTP  = "http"
	overInbox = "inbox"
)

func (m *Metrics) document(format, way string, s Status) {
	m.documents.WithLabelValues(format, way, string(s)).Inc()
}
