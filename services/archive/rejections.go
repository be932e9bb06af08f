package archive

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"oneorder/internal/erasure"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// rejections writes to rejected_events what the domain services refuse, from the stream REJECTED. What archive itself refuses
// stands there already, written with the batch that it was in.
type rejections struct {
	history
	conn     *stream.Conn
	reader   *stream.Reader
	erasures *erasure.List
	log      *slog.Logger
}

func newRejections(c Config, logger *slog.Logger) *rejections {
	name := c.Reader + "-rejections"
	r := &rejections{history: history{name, c.Warehouse}, conn: c.Stream, erasures: c.Erasures, log: logger}
	r.reader = c.Stream.NewReader(stream.ReaderConfig{Name: name, Stream: stream.Rejected, Fingerprint: strings.TrimSuffix(mapping+"/"+c.Erasures.Digest(), "/"), Logger: logger}, r)
	return r
}

// run reads until ctx ends. REJECTED drops its oldest when it is full, read or not: that is no reason to stop.
func (r *rejections) run(ctx context.Context) error {
	for {
		err := r.reader.Run(ctx)
		var gap *stream.GapError
		if !errors.As(err, &gap) {
			return err
		}
		r.log.Error("rejections were dropped before they were stored", "first", gap.First, "last", gap.Last)
		if err := r.conn.AcceptGap(ctx, gap.Reader, gap.First, gap.Last); err != nil {
			r.log.Warn("the reader of rejections does not go on yet", "error", err)
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Second):
			}
		}
	}
}

// Prepare implements stream.Sink.
func (r *rejections) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	rows := warehouse.NewRejectedEvents()
	for i := range b.Messages {
		m := &b.Messages[i]
		rejection, ok := m.Rejection()
		if !ok || rejection.Stage == stage {
			continue
		}
		r.erasures.Faults(rejection.Faults)
		rejection.Data, _ = r.erasures.Bytes(rejection.Data)
		row := warehouse.RejectedRow{
			Org: rejection.Org, Stage: rejection.Stage, Subject: rejection.Subject, Sequence: rejection.Sequence, Received: rejection.Received,
			Faults: rejection.Faults, Payload: rejection.Data, Version: b.Version(m.Sequence),
		}
		// One refused after it was stored comes again if the service dies between refusing and acknowledging: it is the same
		// row by its own sequence and time. One that came over HTTP is known by its place here alone.
		if row.Sequence == 0 {
			row.Sequence = m.Sequence
		}
		if row.Received.IsZero() {
			row.Received = m.Time
		}
		rows.Append(&row)
	}
	return &refusals{r.history, rows}, nil
}

// refusals is a batch of rejections as a block.
type refusals struct {
	history history
	rows    *warehouse.RejectedEvents
}

// Commit implements stream.Pending.
func (p *refusals) Commit(ctx context.Context, c stream.Claim) error {
	if err := p.history.insert(ctx, c, p.rows); err != nil {
		return err
	}
	return p.history.insertPosition(ctx, c)
}
