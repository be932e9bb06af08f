package stream

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what readers and publishers of one service do. A nil *Metrics counts nothing.
type Metrics struct {
	messages   *prometheus.CounterVec
	batches    prometheus.Counter
	retries    prometheus.Counter
	resets     prometheus.Counter
	size       prometheus.Histogram
	commit     prometheus.Histogram
	lag        prometheus.Gauge
	standby    prometheus.Gauge
	resting    prometheus.Gauge
	oldest     prometheus.Gauge
	stalls     prometheus.Counter
	outgoing   *prometheus.CounterVec
	resent     prometheus.Counter
	collectors []prometheus.Collector
}

// NewMetrics makes the metrics of a service, named `oneorder_<service>_…`.
func NewMetrics(service string) *Metrics {
	m := &Metrics{}
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "oneorder", Subsystem: service, Name: name, Help: help}
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts(opts(name, help)))
		m.collectors = append(m.collectors, c)
		return c
	}
	vector := func(name, help string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), []string{"outcome"})
		m.collectors = append(m.collectors, c)
		return c
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "oneorder", Subsystem: service, Name: name, Help: help, Buckets: buckets})
		m.collectors = append(m.collectors, h)
		return h
	}
	m.messages = vector("read_messages_total", "Messages read from the stream, by outcome: committed, replayed.")
	m.batches = counter("batches_total", "Batches that took effect.")
	m.retries = counter("commit_retries_total", "Commits tried again.")
	m.resets = counter("reader_sessions_total", "Sessions of the reader with the broker.")
	m.size = histogram("batch_messages", "Messages of a batch.", prometheus.ExponentialBuckets(1, 4, 9))
	m.commit = histogram("commit_seconds", "Time from the record's put to the batch having taken effect.", prometheus.ExponentialBuckets(0.001, 2, 16))
	m.lag = prometheus.NewGauge(prometheus.GaugeOpts(opts("lag_messages", "Messages of the stream that have not taken effect.")))
	m.collectors = append(m.collectors, m.lag)
	m.standby = prometheus.NewGauge(prometheus.GaugeOpts(opts("standby", "1 while another reader of the name works and this one stands by.")))
	m.collectors = append(m.collectors, m.standby)
	m.resting = prometheus.NewGauge(prometheus.GaugeOpts(opts("paused", "1 while the reader rests because an operator paused it.")))
	m.collectors = append(m.collectors, m.resting)
	m.oldest = prometheus.NewGauge(prometheus.GaugeOpts(opts("oldest_unread_seconds", "Age of the oldest message of the stream that has not taken effect.")))
	m.collectors = append(m.collectors, m.oldest)
	m.stalls = counter("reader_stalls_total", "Times that the reader stood still while the stream moved, and began again.")
	m.outgoing = vector("published_messages_total", "Messages published, by outcome: stored, duplicate, refused, unsettled.")
	m.resent = counter("publish_retries_total", "Rounds of publishing tried again.")
	return m
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.collectors {
		c.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.collectors {
		c.Collect(ch)
	}
}

func (m *Metrics) publishRetry() {
	if m != nil {
		m.resent.Inc()
	}
}

func (m *Metrics) published(receipts []Receipt) {
	if m == nil {
		return
	}
	var stored, duplicate, refused, unsettled float64
	for i := range receipts {
		switch r := &receipts[i]; {
		case r.Err == nil && r.Duplicate:
			duplicate++
		case r.Err == nil:
			stored++
		case errors.Is(r.Err, ErrUnsettled):
			unsettled++
		default:
			refused++
		}
	}
	m.outgoing.WithLabelValues("stored").Add(stored)
	m.outgoing.WithLabelValues("duplicate").Add(duplicate)
	m.outgoing.WithLabelValues("refused").Add(refused)
	m.outgoing.WithLabelValues("unsettled").Add(unsettled)
}

func (m *Metrics) commitRetry() {
	if m != nil {
		m.retries.Inc()
	}
}

func (m *Metrics) standingBy(by bool) {
	if m == nil {
		return
	}
	m.standby.Set(0)
	if by {
		m.standby.Set(1)
	}
}

func (m *Metrics) paused(is bool) {
	if m == nil {
		return
	}
	m.resting.Set(0)
	if is {
		m.resting.Set(1)
	}
}

func (m *Metrics) stalled() {
	if m != nil {
		m.stalls.Inc()
	}
}

// unread says how many messages have not taken effect, and the age of the oldest.
func (m *Metrics) unread(messages uint64, seconds float64) {
	if m != nil {
		m.lag.Set(float64(messages))
		m.oldest.Set(seconds)
	}
}

func (m *Metrics) session() {
	if m != nil {
		m.resets.Inc()
	}
}

func (m *Metrics) committed(messages int, seconds float64, lag uint64) {
	if m == nil {
		return
	}
	m.messages.WithLabelValues("committed").Add(float64(messages))
	m.batches.Inc()
	m.size.Observe(float64(messages))
	m.commit.Observe(seconds)
	m.lag.Set(float64(lag))
}

func (m *Metrics) replayed(messages int) {
	if m != nil {
		m.messages.WithLabelValues("replayed").Add(float64(messages))
	}
}
