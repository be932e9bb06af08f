package archive

import (
	"context"
	"log/slog"

	"golang.org/x/time/rate"
)

// What became of an event stands in the log, under the trace of whoever published it: of one that is refused always, of one that is stored at
// level debug. What it says of parties, goods and money does not.

// traced is an event in the log.
type traced struct {
	subject  string
	sequence uint64
	parent   string // W3C traceparent; "": it has none
}

// How many refusals are said a second, and at once: a publisher that sends nothing right must not fill the disk.
const (
	refusalsASecond = 20
	refusalsAtOnce  = 200
)

// tracer says what became of events. A nil one says nothing.
type tracer struct {
	log     *slog.Logger
	limit   *rate.Limiter
	leftOut int
}

func newTracer(log *slog.Logger) *tracer {
	return &tracer{log: log, limit: rate.NewLimiter(refusalsASecond, refusalsAtOnce)}
}

// all says whether events that are stored are said as well.
func (t *tracer) all() bool { return t != nil && t.log.Enabled(context.Background(), slog.LevelDebug) }

// said says what became of a batch that has taken effect. Only the goroutine of Commit calls it.
func (t *tracer) said(p *pending) {
	if t == nil {
		return
	}
	for i, r := range p.refused {
		if !t.limit.Allow() {
			t.leftOut += len(p.refused) - i
			break
		}
		n := &p.notices[i]
		t.log.Info("event rejected", "subject", r.subject, "sequence", r.sequence, "code", n.Code, "pointer", n.Pointer, "traceparent", r.parent, "left_out", t.leftOut)
		t.leftOut = 0
	}
	for _, s := range p.stored {
		t.log.Debug("event stored", "subject", s.subject, "sequence", s.sequence, "traceparent", s.parent)
	}
}
