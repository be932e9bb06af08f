package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/failure"
)

// run is one call of Reader.Run.
type run struct {
	r    *Reader
	cfg  ReaderConfig
	conn *Conn
	log  *slog.Logger
	led  *ledger

	start   record       // as claimed; First and Last are what has to be done again exactly, or 0
	current atomic.Int64 // the fetcher's session
	booted  time.Time    // when the store's machine did, as it was said last

	mu       sync.Mutex
	troubles [len(troubleOrder)]error
}

// trouble is what a reader may be unhealthy for.
type trouble int

const (
	troubleStart trouble = iota
	troubleSession
	troubleRecord
	troubleCommit
)

var troubleOrder = [...]trouble{troubleStart, troubleSession, troubleRecord, troubleCommit}

var errStarting = errors.New("reader is starting")

func newRun(r *Reader) *run {
	return &run{r: r, cfg: r.cfg, conn: r.conn, log: r.cfg.Logger.With("reader", r.cfg.Name), led: &ledger{conn: r.conn}}
}

// trouble notes why the reader is unhealthy, or with nil that this is over.
func (x *run) trouble(t trouble, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.troubles[t] = err
	for _, err := range x.troubles {
		if err != nil {
			x.r.setHealth(err)
			return
		}
	}
	x.r.setHealth(nil)
}

func (x *run) run(ctx context.Context) error {
	err := x.work(ctx)
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

func (x *run) work(ctx context.Context) error {
	x.trouble(troubleStart, errStarting)
	if err := x.claim(ctx); err != nil {
		return err
	}
	if err := x.settleHistory(ctx); err != nil {
		return err
	}
	f := &fetcher{run: x, mark: x.start.Mark}
	c := &committer{run: x}
	applied, err := x.begin(ctx, f, c)
	if err != nil {
		return err
	}
	f.next = applied + 1
	if f.next >= x.start.GapFirst && f.next <= x.start.GapLast {
		f.next, applied = x.start.GapLast+1, x.start.GapLast
	}
	if f.mark.Sequence != applied {
		f.mark = mark{}
	}
	// Also with nothing to read, a stream that is not the one read before must not be taken for it.
	err = f.recover(ctx, errReset)
	if err == nil {
		x.trouble(troubleStart, nil)
		err = x.pipeline(ctx, f, c)
	}
	if errors.Is(err, ErrFork) {
		return fmt.Errorf("%w: %w", errAgain, err)
	}
	return err
}

// claim takes the shared record over, retrying while the broker is away.
func (x *run) claim(ctx context.Context) error {
	owner := nuid.Next()
	var past uint64
	if h, ok := x.r.sink.(Historian); ok {
		alike := 0
		err := x.conn.persist(ctx, func(ctx context.Context) error {
			_, err := x.conn.recordOf(ctx, x.cfg.Name)
			if !errors.Is(err, jetstream.ErrKeyNotFound) {
				return err
			}
			if past, err = h.LastEpoch(ctx); failure.Of(err) != failure.Fatal {
				alike = 0
			} else if alike++; alike >= fatalAfter {
				return fatal(err)
			}
			return err
		}, func(err error) { x.trouble(troubleStart, err) })
		if err != nil {
			return err
		}
	}
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		attempt, done := x.conn.attempt(ctx)
		err := x.led.claim(attempt, x.cfg, owner, past)
		done()
		if err == nil {
			break
		}
		if permanent(err) || ctx.Err() != nil {
			return err
		}
		if !errors.Is(err, errRaced) {
			x.trouble(troubleStart, err)
		}
		if stop := x.conn.pause(ctx, wait); stop != nil {
			return fmt.Errorf("%w (%w)", stop, err)
		}
	}
	x.began(x.led.record)
	x.log.Info("reader claimed its record", "epoch", x.start.Epoch, "generation", x.start.Generation,
		"written", x.start.Written, "first", x.start.First, "last", x.start.Last)
	return nil
}

// begin starts the sink, and lets what it had applied beyond the record take effect. It returns the message behind which reading
// begins.
func (x *run) begin(ctx context.Context, f *fetcher, c *committer) (uint64, error) {
	s := x.start
	applied, p, err := x.r.sink.Start(ctx, s.position())
	if err != nil {
		return 0, fmt.Errorf("start sink: %w", err)
	}
	if applied <= s.Written {
		return applied, nil
	}
	if p == nil {
		return 0, fatal(fmt.Errorf("start sink: it has applied message %d beyond %d and gives no way to emit it", applied, s.Written))
	}
	b := &fetched{Batch: Batch{First: s.Written + 1, Last: applied, Epoch: s.Epoch, Generation: s.Generation}, session: -1}
	err = x.conn.persist(ctx, func(ctx context.Context) (err error) {
		b.mark, err = x.markOf(ctx, applied)
		return err
	}, func(err error) { x.trouble(troubleStart, err) })
	if err != nil {
		return 0, err
	}
	if err := c.commit(ctx, b, p); err != nil {
		return 0, err
	}
	x.start.Written, x.start.First, x.start.Last = applied, 0, 0
	f.mark = b.mark
	return applied, nil
}

// persist calls f until it returns nil, a permanent error, or ctx ends; said is told each error in between.
func (c *Conn) persist(ctx context.Context, f func(context.Context) error, said func(error)) error {
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		attempt, done := c.attempt(ctx)
		err := f(attempt)
		done()
		if err == nil || permanent(err) || errors.Is(err, ErrFenced) || ctx.Err() != nil {
			return err
		}
		said(err)
		if stop := c.pause(ctx, wait); stop != nil {
			return fmt.Errorf("%w (%w)", stop, err)
		}
	}
}

// verify checks that the stream is still the one that message known was read from, and that what comes at next has
// not been removed.
func (x *run) verify(ctx context.Context, m mark, known, next uint64) error {
	st, err := x.conn.js.Stream(ctx, x.cfg.Stream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", x.cfg.Stream, err)
	}
	state := st.CachedInfo().State
	if state.LastSeq < known {
		return &ForkError{Reader: x.cfg.Name, Stream: x.cfg.Stream, Sequence: known, Reason: fmt.Sprintf("the stream ends at %d", state.LastSeq)}
	}
	if m.Sequence != 0 && m.Sequence >= state.FirstSeq {
		msg, err := st.GetMsg(ctx, m.Sequence)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound): // removed since; what follows it tells
		case err != nil:
			return fmt.Errorf("message %d of %s: %w", m.Sequence, x.cfg.Stream, err)
		case !m.of(msg):
			return &ForkError{Reader: x.cfg.Name, Stream: x.cfg.Stream, Sequence: m.Sequence, Reason: "another message stands"}
		}
	}
	if state.FirstSeq > next {
		return &GapError{Reader: x.cfg.Name, Stream: x.cfg.Stream, First: next, Last: state.FirstSeq - 1}
	}
	return nil
}

// markOf reads the mark of a message that the sink has applied.
func (x *run) markOf(ctx context.Context, seq uint64) (mark, error) {
	st, err := x.conn.js.Stream(ctx, x.cfg.Stream)
	if err != nil {
		return mark{}, fmt.Errorf("stream %s: %w", x.cfg.Stream, err)
	}
	if last := st.CachedInfo().State.LastSeq; last < seq {
		return mark{}, &ForkError{Reader: x.cfg.Name, Stream: x.cfg.Stream, Sequence: seq, Reason: fmt.Sprintf("the stream ends at %d", last)}
	}
	msg, err := st.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return mark{}, nil
	}
	if err != nil {
		return mark{}, fmt.Errorf("message %d of %s: %w", seq, x.cfg.Stream, err)
	}
	return mark{Sequence: seq, ID: msg.Header.Get(headerMsgID), Nanos: msg.Time.UnixNano()}, nil
}

// pipeline fetches, prepares and commits, each in its own goroutine and one batch ahead of the next.
func (x *run) pipeline(ctx context.Context, f *fetcher, c *committer) error {
	batches, ready := make(chan *fetched), make(chan prepared)
	f.out, c.in = batches, ready
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.fetch(ctx) })
	g.Go(func() error { return x.prepare(ctx, batches, ready) })
	g.Go(func() error { return c.commits(ctx) })
	g.Go(func() error { return x.watch(ctx) })
	g.Go(func() error { return x.heed(ctx) })
	return g.Wait()
}

// prepared is a batch whose commit is due.
type prepared struct {
	*fetched
	pending Pending
}

func (x *run) prepare(ctx context.Context, in <-chan *fetched, out chan<- prepared) error {
	for {
		var b *fetched
		select {
		case b = <-in:
		case <-ctx.Done():
			return ctx.Err()
		}
		x.r.update(func(p *Progress) { p.Received, p.Pending = b.Last, b.pending })
		p, err := x.r.sink.Prepare(ctx, b.Batch)
		if err != nil {
			return fmt.Errorf("prepare batch %d-%d: %w", b.First, b.Last, err)
		}
		if b.replay {
			x.cfg.Metrics.replayed(len(b.Messages))
			continue
		}
		if p == nil {
			return fatal(fmt.Errorf("prepare batch %d-%d: the sink gave nothing to commit", b.First, b.Last))
		}
		b.size, b.Messages = len(b.Messages), nil // the sink's now; not held here through the commit
		select {
		case out <- prepared{b, p}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
