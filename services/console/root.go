// Package console is the web page of operations: corridors and counts, the look-up of any number, and the one
// order of a chain with its four legs over time, its route, what each document states, its findings and the evidence of
// each event. The same answers stand as JSON under /api/v1.
//
// The pages are whole without the script, which only adds to them, and load nothing from elsewhere.
package console

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Service is the console. It is a service.Component with routes and metrics.
type Service struct {
	config    Config
	log       *slog.Logger
	warehouse Warehouse
	stream    Stream
	metrics   metrics
	board     *board
	sessions  sessions
	attempts  *rates // with a token that may be wrong
	requests  *rates
	local     bool          // only this machine reaches the address
	stopping  chan struct{} // closed when Run is told to end
	failure   atomic.Pointer[failure]
}

type failure struct {
	err error
	at  time.Time
}

// New makes a console that does nothing yet. It is for one Run.
func New(config Config, log *slog.Logger, warehouse Warehouse, stream Stream) *Service {
	pages() // not at the first request
	return &Service{
		config: config, log: log, warehouse: warehouse, stream: stream, metrics: newMetrics(), board: newBoard(),
		attempts: newRates(attemptRate, attemptBurst), requests: newRates(config.Rate, int(4*config.Rate)),
		local: true, stopping: make(chan struct{}),
	}
}

// How often one address may try a token: ten at once, then one in six seconds.
const (
	attemptRate  = 1.0 / 6
	attemptBurst = 10
)

// Name of the component.
func (s *Service) Name() string { return "console" }

// Run watches the broker and the warehouse for the pages that show them, and blocks until ctx ends. Then pages that wait for news
// are let go.
func (s *Service) Run(ctx context.Context) error {
	defer close(s.stopping)
	s.poll(ctx)
	return nil
}

// Health tells the failure of the last question to the warehouse, while it was the last.
func (s *Service) Health() error {
	if f := s.failure.Load(); f != nil {
		return fmt.Errorf("the warehouse gave no answer at %s: %w", f.at.Format(time.RFC3339), f.err)
	}
	return nil
}

// Collectors gives the console's counters.
func (s *Service) Collectors() []prometheus.Collector {
	return []prometheus.Collector{s.metrics.lookups, s.metrics.letters}
}

// asked notes what became of a question to the warehouse.
func (s *Service) asked(what string, err error) {
	if err == nil {
		s.failure.Store(nil)
		return
	}
	if s.failure.Swap(&failure{err, time.Now().UTC()}) == nil {
		s.log.Error("warehouse gave no answer", "question", what, "error", err)
	}
}
