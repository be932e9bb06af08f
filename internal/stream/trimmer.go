package stream

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// TrimmerConfig says what a Trimmer keeps.
type TrimmerConfig struct {
	// Readers must all have written a message before it goes, beside every other reader that has a record. While one of
	// them has none, nothing goes.
	Readers []string
	Window  time.Duration // younger messages stay, to be replayed; default 7 days
	Every   time.Duration // between two looks; default 1 minute
	Logger  *slog.Logger  // default: the connection's
}

// Trimmer purges the beginning of EVENTS that every reader has written and that is older than the window. Nothing else
// deletes from it. Several may run: what one has purged the other finds gone.
type Trimmer struct {
	conn    *Conn
	cfg     TrimmerConfig
	fill    prometheus.Gauge
	trimmed prometheus.Counter

	mu     sync.Mutex
	health error
	warned bool // that the stream is half full
}

// NewTrimmer makes a trimmer; it does nothing until Run.
func (c *Conn) NewTrimmer(cfg TrimmerConfig) *Trimmer {
	if cfg.Window <= 0 {
		cfg.Window = 7 * day
	}
	if cfg.Every <= 0 {
		cfg.Every = time.Minute
	}
	if cfg.Logger == nil {
		cfg.Logger = c.log
	}
	return &Trimmer{
		conn: c, cfg: cfg,
		fill:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "oneorder_events_fill_ratio", Help: "Share of its limit of bytes that the stream EVENTS holds; full it refuses publishers."}),
		trimmed: prometheus.NewCounter(prometheus.CounterOpts{Name: "oneorder_events_trimmed_total", Help: "Messages purged from EVENTS that every reader had written."}),
	}
}

// Name implements service.Component.
func (t *Trimmer) Name() string { return "trimmer" }

// Collectors implements service.Measured.
func (t *Trimmer) Collectors() []prometheus.Collector {
	return []prometheus.Collector{t.fill, t.trimmed}
}

// Health is why the last look failed, or nil.
func (t *Trimmer) Health() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.health
}

// Run trims until ctx ends.
func (t *Trimmer) Run(ctx context.Context) error {
	for {
		attempt, done := t.conn.attempt(ctx)
		_, err := t.Trim(attempt)
		done()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was asked to stop
		}
		t.mu.Lock()
		t.health = err
		t.mu.Unlock()
		wait := t.cfg.Every
		if err != nil {
			wait = min(wait, time.Second) // it is unhealthy until the next look
		}
		if sleep(ctx, wait) != nil {
			return nil //nolint:nilerr // it was asked to stop
		}
	}
}

// Trim looks once, and says up to which message it has purged; 0: nothing.
func (t *Trimmer) Trim(ctx context.Context) (last uint64, err error) {
	st, err := t.conn.js.Stream(ctx, Events)
	if err != nil {
		return 0, fmt.Errorf("trim %s: %w", Events, err)
	}
	info := st.CachedInfo()
	t.watch(info)
	if info.State.Msgs == 0 {
		return 0, nil
	}
	keep, err := t.unwritten(ctx)
	if err != nil || keep <= info.State.FirstSeq {
		return 0, err
	}
	young, err := t.young(ctx, info.State)
	if err != nil {
		return 0, err
	}
	if keep = min(keep, young); keep <= info.State.FirstSeq {
		return 0, nil
	}
	if err := st.Purge(ctx, jetstream.WithPurgeSequence(keep)); err != nil {
		return 0, fmt.Errorf("purge %s before %d: %w", Events, keep, err)
	}
	t.trimmed.Add(float64(keep - info.State.FirstSeq))
	t.cfg.Logger.Info("trimmed", "stream", Events, "first", info.State.FirstSeq, "last", keep-1)
	return keep - 1, nil
}

// watch says when the stream is half full: full, it refuses publishers.
func (t *Trimmer) watch(info *jetstream.StreamInfo) {
	if info.Config.MaxBytes <= 0 {
		return
	}
	share := float64(info.State.Bytes) / float64(info.Config.MaxBytes)
	t.fill.Set(share)
	if share > 0.5 && !t.warned {
		t.cfg.Logger.Warn("stream is more than half full", "stream", Events, "bytes", info.State.Bytes, "max_bytes", info.Config.MaxBytes)
	}
	t.warned = share > 0.5
}

// unwritten is the first message that some reader has not written for good; 0: a reader that must have has no record.
func (t *Trimmer) unwritten(ctx context.Context) (uint64, error) {
	missing := make(map[string]bool)
	for _, name := range t.cfg.Readers {
		missing[name] = true
	}
	infos, err := t.conn.Readers(ctx)
	if err != nil {
		return 0, fmt.Errorf("trim %s: %w", Events, err)
	}
	var first uint64
	for _, r := range infos {
		if r.Stream != Events {
			continue
		}
		delete(missing, r.Name)
		if first == 0 || r.Safe+1 < first {
			first = r.Safe + 1
		}
	}
	if len(missing) > 0 {
		return 0, nil
	}
	return first, nil
}

// young is the first message that is in the window, or the one after the last.
func (t *Trimmer) young(ctx context.Context, state jetstream.StreamState) (uint64, error) {
	since := time.Now().Add(-t.cfg.Window)
	if state.LastTime.Before(since) {
		return state.LastSeq + 1, nil
	}
	messages, err := jetstreamext.GetBatch(ctx, t.conn.js, Events, 1, jetstreamext.GetBatchStartTime(since))
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", Events, err)
	}
	for m, err := range messages {
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", Events, err)
		}
		return m.Sequence, nil
	}
	return 0, errNoAnswer
}
