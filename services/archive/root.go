// Package archive reads every event of the stream, checks and enriches it, and stores it in the table
// `events_all`. What is no event goes to the stream REJECTED and to the table `rejected_events`, with the
// reason; what the domain services refuse it stores there too. It keeps no state of its own: its tables collapse repeats. When it starts it
// writes the reference data, if ClickHouse has other.
package archive

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/stream"
)

// mapping names how messages become rows. Raise it when that changes, so that batches under way are not
// redone otherwise than they were begun.
const mapping = "1"

// Service is the archive. It is a service.Component with metrics.
type Service struct {
	reader     *stream.Reader
	rejections *rejections
	reference  func(context.Context)
	metrics    *metrics
	flow       *stream.Metrics
}

// New makes the service; nothing runs before Run.
func New(config Config, logger *slog.Logger) (*Service, error) {
	config = config.withDefaults()
	if err := config.Validate(); err != nil {
		return nil, err
	}
	s := &Service{metrics: newMetrics(), flow: stream.NewMetrics("archive")}
	sink := newSink(config, s.metrics)
	sink.trace = newTracer(logger)
	sink.publisher = config.Stream.Publisher(stream.PublisherConfig{Logger: logger, Metrics: s.flow})
	s.reader = config.Stream.NewReader(stream.ReaderConfig{
		Name: config.Reader, Fingerprint: config.fingerprint(), Logger: logger, Metrics: s.flow,
	}, sink)
	s.rejections = newRejections(config, logger)
	s.reference = func(ctx context.Context) { putReference(ctx, config.Warehouse, config.Tables, logger) }
	return s, nil
}

// Name implements service.Component.
func (s *Service) Name() string { return "archive" }

// Run reads and stores until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.reader.Run(ctx) })
	group.Go(func() error { return s.rejections.run(ctx) })
	group.Go(func() error { s.reference(ctx); return nil })
	return group.Wait()
}

// Health is nil while what is read takes effect.
func (s *Service) Health() error { return errors.Join(s.reader.Health(), s.rejections.reader.Health()) }

// Note says which of its readers are paused.
func (s *Service) Note() string {
	var notes []string
	if note := s.reader.Note(); note != "" {
		notes = append(notes, note)
	}
	if note := s.rejections.reader.Note(); note != "" {
		notes = append(notes, "rejections: "+note)
	}
	return strings.Join(notes, "; ")
}

// Progress says where the reader stands.
func (s *Service) Progress() stream.Progress { return s.reader.Progress() }

// Collectors implements service.Measured.
func (s *Service) Collectors() []prometheus.Collector {
	return []prometheus.Collector{s.metrics.events, s.flow}
}
