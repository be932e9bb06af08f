package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// watchEvery is how often the watchdog looks.
const watchEvery = 5 * time.Second

// errStalled says that the reader stood still while the stream moved.
var errStalled = errors.New("the reader stands still while the stream moves")

// watch returns errAgain once the reader has stood still for as long as the configuration allows, although there was something to read and
// nothing that it would have said is in its way. What it waits for then is lost: it begins again.
func (x *run) watch(ctx context.Context) error {
	tick := time.NewTicker(min(watchEvery, x.cfg.StallAfter/2))
	defer tick.Stop()
	var seen Progress
	since := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		now := x.r.Progress()
		behind, err := x.unread(ctx, now.Written)
		moved := now.Written != seen.Written || now.Received != seen.Received || now.Retries != seen.Retries
		if err != nil || !behind || moved || x.r.Health() != nil {
			seen, since = now, time.Now()
			continue
		}
		if time.Since(since) >= x.cfg.StallAfter {
			x.cfg.Metrics.stalled()
			return fmt.Errorf("%w: %w, at message %d for %s", errAgain, errStalled, now.Written, time.Since(since).Round(time.Second))
		}
	}
}

// unread says whether the stream has messages after written, and measures how old the first of them is.
func (x *run) unread(ctx context.Context, written uint64) (bool, error) {
	attempt, done := x.conn.attempt(ctx)
	defer done()
	st, err := x.conn.js.Stream(attempt, x.cfg.Stream)
	if err != nil {
		return false, err
	}
	state := st.CachedInfo().State
	if state.LastSeq <= written {
		x.cfg.Metrics.unread(0, 0)
		return false, nil
	}
	msg, err := st.GetMsg(attempt, max(written+1, state.FirstSeq))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	x.cfg.Metrics.unread(state.LastSeq-written, time.Since(msg.Time).Seconds())
	return true, nil
}
