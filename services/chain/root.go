// Package chain reads every event of the stream and joins the events into trade chains: one record per
// consignment across trade, customs, logistics and finance. It is the only service with state.
package chain

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/state"
	"oneorder/internal/stream"
)

// mapping names how events become chains. Raise it when that changes.
const mapping = "9"

// A batch that is behind is large: a chain that many of its events change is folded and written once.
const (
	batchMessages = 32_000
	batchBytes    = 24 << 20
)

// fingerprint names what the service makes of a message.
func (c Config) fingerprint() string {
	fingerprint := mapping + "/" + c.Tables.Digest()
	if c.Erasures.Len() > 0 {
		fingerprint += "/" + c.Erasures.Digest()
	}
	return fingerprint
}

// Service joins events into chains. It is a service.Component with metrics.
type Service struct {
	config  Config
	logger  *slog.Logger
	metrics *metrics
	flow    *stream.Metrics
	reader  atomic.Pointer[stream.Reader] // while it runs
}

// New makes the service; nothing runs, and no folder is opened, before Run.
func New(config Config, logger *slog.Logger) (*Service, error) {
	config = config.withDefaults()
	if err := config.Validate(); err != nil {
		return nil, err
	}
	return &Service{config: config, logger: logger, metrics: newMetrics(), flow: stream.NewMetrics("chain")}, nil
}

// Name implements service.Component.
func (s *Service) Name() string { return "chain" }

// Run opens the state, and reads and joins until ctx ends; or follows, while another chain with the same reader does.
func (s *Service) Run(ctx context.Context) (err error) {
	if s.config.Shadow != "" {
		if err := s.config.Warehouse.CreateShadow(ctx, s.config.Shadow); err != nil {
			return err
		}
	}
	if err := cutShort(s.config.Data); err != nil {
		return err
	}
	store, err := state.Open(s.config.Data, state.Options{Logger: s.logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	name, err := member(s.config.Data)
	if err != nil {
		return err
	}
	sink := newSink(s.config, store, s.metrics, s.logger)
	sink.publisher = s.config.Stream.Publisher(stream.PublisherConfig{Logger: s.logger, Metrics: s.flow})
	reader := s.config.Stream.NewReader(stream.ReaderConfig{
		Name: s.config.Reader, Member: name,
		Fingerprint: s.config.fingerprint(), Logger: s.logger, Metrics: s.flow,
		MaxMessages: batchMessages, MaxBytes: batchBytes,
	}, sink)
	s.reader.Store(reader)
	defer s.reader.Store(nil)
	defer s.watchOverdue(ctx, sink)()
	if err := reader.Run(ctx); err != nil {
		return err // what is unsaved may be half changed: the stream has it
	}
	return sink.leave()
}

// watchOverdue tells of what becomes overdue, until what it gives is called.
func (s *Service) watchOverdue(ctx context.Context, sink *sink) (stop func()) {
	if s.config.Shadow != "" || s.config.Notices == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	o := &overdue{
		warehouse: s.config.Warehouse, publisher: sink.publisher, asked: s.config.Notices, leads: s.leads, written: s.writtenVersion, every: s.config.OverdueEvery,
		now: time.Now, metrics: s.metrics, logger: s.logger,
	}
	go func() {
		defer close(ended)
		o.run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// leads says whether this process is the one of its reader that writes.
func (s *Service) leads() bool {
	p := s.Progress()
	return p.Epoch > 0 && !p.Standby && s.Health() == nil
}

// writtenVersion is the version of the last message that the rows of chains hold.
func (s *Service) writtenVersion() uint64 {
	p := s.Progress()
	return stream.Version(p.Epoch, p.Written)
}

// Health is nil while what is read takes effect.
func (s *Service) Health() error {
	if reader := s.reader.Load(); reader != nil {
		return reader.Health()
	}
	return stream.ErrNotRunning
}

// Note says that the reader is paused, if it is.
func (s *Service) Note() string {
	if reader := s.reader.Load(); reader != nil {
		return reader.Note()
	}
	return ""
}

// Progress says where the reader stands; zero while it does not run.
func (s *Service) Progress() stream.Progress {
	if reader := s.reader.Load(); reader != nil {
		return reader.Progress()
	}
	return stream.Progress{}
}

// Collectors implements service.Measured.
func (s *Service) Collectors() []prometheus.Collector {
	return append(s.metrics.collectors(), s.flow)
}
