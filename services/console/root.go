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
	metrics   metrics
	failure   atomic.Pointer[failure]
}

type failure struct {
	err error
	at  time.Time
}

// New makes a console that reads from the warehouse; nothing runs before its routes are asked for.
func New(config Config, log *slog.Logger, warehouse Warehouse) *Service {
	return &Service{config: config, log: log, warehouse: warehouse, metrics: newMetrics()}
}

// Name of the component.
func (s *Service) Name() string { return "console" }

// Run blocks until ctx ends: the console works in the requests it answers.
func (s *Service) Run(ctx context.Context) error {
	<-ctx.Done()
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
	return []prometheus.Collector{s.metrics.lookups}
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
