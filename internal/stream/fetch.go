package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// fetched is a batch on its way to the sink.
type fetched struct {
	Batch
	bytes   int
	size    int       // messages, once the sink has them
	begun   time.Time // when its first message came
	pending uint64    // messages of the stream after the last one, when it came
	replay  bool      // to be prepared, not committed
	mark    mark      // of the last message
	ack     string    // reply subject of the last message
	session int       // that it came in
}

// fetcher cuts the stream into batches and hands them on, one at a time. It holds at most one batch and what one
// pull request brings, and both together are within the limits of one batch.
type fetcher struct {
	*run
	out chan<- *fetched

	s        *session
	sessions int
	next     uint64 // the sequence to come
	mark     mark   // of the message before it
	missed   uint64 // the sequence that did not come the last time
	taken    uint64 // the sequence that was to come at the last heartbeat, if that said that it was delivered; 0: it did not
	timer    *time.Timer
}

// bound says where the batch that begins at next must end, if it must. Exact: exactly there, however large that is.
func (f *fetcher) bound() (last uint64, exact, replay bool) {
	switch {
	case f.next <= f.start.Written:
		return f.start.Written, false, true
	case f.next == f.start.First:
		return f.start.Last, true, false
	default:
		return 0, false, false
	}
}

func (f *fetcher) fetch(ctx context.Context) error {
	f.timer = time.NewTimer(time.Hour)
	defer f.timer.Stop()
	defer func() {
		if f.s != nil {
			f.s.close()
		}
	}()
	for {
		b := &fetched{Batch: Batch{First: f.next, Epoch: f.start.Epoch, Generation: f.start.Generation}}
		var last uint64
		var exact bool
		last, exact, b.replay = f.bound()
		err := f.fill(ctx, b, last, exact)
		for err != nil {
			// The batch keeps what it has; the next session goes on behind it.
			if err = f.recover(ctx, err); err != nil {
				return err
			}
			err = f.fill(ctx, b, last, exact)
		}
	}
}

// fill takes messages into the batch until the sink has taken the batch. A batch that could go, but is not taken yet,
// grows on.
func (f *fetcher) fill(ctx context.Context, b *fetched, last uint64, exact bool) error {
	if f.s == nil {
		return errReset
	}
	heard := time.Now()
	var idle time.Time // since when nothing has come
	large := false     // the next message does not fit
	for {
		full := last != 0 && f.next > last ||
			!exact && (len(b.Messages) >= f.cfg.MaxMessages || b.bytes >= f.cfg.MaxBytes || large && len(b.Messages) > 0)
		var in <-chan *nats.Msg
		if !full {
			in = f.s.in
			if !f.s.open() {
				if err := f.ask(b, exact, large); err != nil {
					return err
				}
			}
			select {
			case m := <-in:
				end, err := f.take(b, m)
				if err != nil {
					return err
				}
				large = end == endedLarge
				idle = time.Time{}
				continue
			default:
			}
		}
		now := time.Now()
		if idle.IsZero() {
			idle, heard = now, now
		}
		out, wait := f.offer(b, full, exact, now, idle)
		if !full {
			wait = min(wait, time.Until(heard.Add(silence)))
		}
		f.timer.Reset(wait)
		select {
		case out <- b:
			return nil
		case m := <-in:
			end, err := f.take(b, m)
			if err != nil {
				return err
			}
			large = end == endedLarge
			idle = time.Time{}
		case <-f.timer.C:
			if err := f.s.broken(); err != nil && !full {
				return err
			}
			if !full && time.Since(heard) >= silence {
				return errSilent
			}
		case <-f.conn.changes():
			if err := f.s.broken(); err != nil && !full {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// offer says whether the batch may go now (a nil channel if not), and when to look again.
func (f *fetcher) offer(b *fetched, full, exact bool, now, idle time.Time) (chan<- *fetched, time.Duration) {
	const long = time.Hour
	switch {
	case full:
		return f.out, long
	case exact || len(b.Messages) == 0:
		return nil, long
	}
	due := b.begun.Add(f.cfg.MaxWait)
	if b.pending == 0 {
		if rest := idle.Add(f.cfg.Linger); rest.Before(due) {
			due = rest
		}
	}
	if !now.Before(due) {
		return f.out, long
	}
	return nil, due.Sub(now)
}

// ask opens the next pull request: for what the batch has room for.
func (f *fetcher) ask(b *fetched, exact, large bool) error {
	n, room := f.cfg.MaxMessages-len(b.Messages), f.cfg.MaxBytes-b.bytes
	switch {
	case large: // larger than a whole batch: it goes alone
		n, room = 1, 0
	case exact: // as it was recorded, also if the limits were higher then
		n, room = f.cfg.MaxMessages, f.cfg.MaxBytes
	}
	return f.s.ask(n, room)
}

// take takes one message of the session in.
func (f *fetcher) take(b *fetched, m *nats.Msg) (ended, error) {
	if m == nil {
		return endedNot, nats.ErrBadSubscription
	}
	d, err := parseDelivery(m.Reply)
	if err != nil {
		end, err := f.s.status(m)
		if err == nil && end == endedNot {
			err = f.overheard(m)
		}
		return end, err
	}
	f.s.took(m)
	if d.sequence != f.next {
		return endedNot, fmt.Errorf("%w: got message %d for %d", errContended, d.sequence, f.next)
	}
	if len(b.Messages) == 0 {
		b.begun = time.Now()
		b.Messages = make([]Message, 0, f.capacity(d.pending))
	}
	b.Messages = append(b.Messages, Message{
		Sequence: d.sequence, Time: time.Unix(0, d.nanos).UTC(), Subject: m.Subject, Header: Header(m.Header), Data: m.Data,
	})
	b.Last, b.pending, b.ack, b.session = d.sequence, d.pending, m.Reply, f.s.id
	b.bytes += m.Size()
	b.mark = mark{Sequence: d.sequence, ID: m.Header.Get(headerMsgID), Nanos: d.nanos}
	f.mark = b.mark
	f.next++
	return endedNot, nil
}

// overheard reads a heartbeat, which says up to which message the broker has delivered. All of those that are for this reader come
// before it. If two in a row say so of the one to come, then another reader, which does not know yet that it was deposed, had a
// request open and got what was meant for this one. Nobody would send it again.
func (f *fetcher) overheard(m *nats.Msg) error {
	said := m.Header.Get(headerLastStream)
	if said == "" {
		return nil // no heartbeat, but about a request that is over
	}
	last, err := strconv.ParseUint(said, 10, 64)
	switch {
	case err != nil:
		return fmt.Errorf("heartbeat: last message %q: %w", said, err)
	case last < f.next:
		f.taken = 0
	case f.taken == f.next:
		return fmt.Errorf("%w: messages %d-%d went elsewhere", errContended, f.next, last)
	default:
		f.taken = f.next
	}
	return nil
}

func (f *fetcher) capacity(pending uint64) int {
	return int(min(pending+1, uint64(f.cfg.MaxMessages))) // at most MaxMessages
}

// recover opens a new session after cause, retrying until that has worked, ctx ends, or it is clear that the stream
// or the record does not allow it.
func (f *fetcher) recover(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	contended := errors.Is(cause, errContended)
	if f.s != nil {
		f.s.close()
		f.s = nil
		f.trouble(troubleSession, cause)
		f.log.Warn("reader session ended", "next", f.next, "error", cause)
	}
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := f.reopen(ctx, contended)
		if err == nil {
			f.trouble(troubleSession, nil)
			return nil
		}
		if permanent(err) || errors.Is(err, ErrFenced) || ctx.Err() != nil {
			return err
		}
		f.trouble(troubleSession, err)
		if err := f.conn.pause(ctx, wait); err != nil {
			return err
		}
	}
}

func (f *fetcher) reopen(ctx context.Context, contended bool) error {
	ctx, done := f.conn.attempt(ctx)
	defer done()
	// Resetting the consumer would take messages from a reader that has taken over.
	if err := f.led.check(ctx); err != nil {
		return err
	}
	if err := f.verify(ctx, f.mark, f.next-1, f.next); err != nil {
		return err
	}
	if contended {
		if err := f.missing(ctx); err != nil {
			return err
		}
	}
	f.sessions++
	// A reader that was deposed may have a request open at the first.
	s, err := f.conn.openSession(ctx, f.sessions, f.cfg.Stream, f.cfg.Name, f.next, f.cfg.MaxMessages, contended || f.sessions == 1)
	if err != nil {
		return err
	}
	f.s = s
	f.current.Store(int64(s.id))
	f.cfg.Metrics.session()
	f.r.update(func(p *Progress) { p.Resets++ })
	return nil
}

// missing returns a GapError if the next message is not in the stream though later ones are. It believes that only the
// second time: a replica that lags does not have it yet.
func (f *fetcher) missing(ctx context.Context) error {
	st, err := f.conn.js.Stream(ctx, f.cfg.Stream)
	if err != nil {
		return err
	}
	_, err = st.GetMsg(ctx, f.next)
	if !errors.Is(err, jetstream.ErrMsgNotFound) {
		return err
	}
	last := st.CachedInfo().State.LastSeq
	if last < f.next {
		return nil
	}
	if f.missed != f.next {
		f.missed = f.next
		return nil
	}
	gap := &GapError{Reader: f.cfg.Name, Stream: f.cfg.Stream, First: f.next, Last: f.next}
	for gap.Last < last {
		if _, err := st.GetMsg(ctx, gap.Last+1); !errors.Is(err, jetstream.ErrMsgNotFound) {
			return errors.Join(gap, err)
		}
		gap.Last++
	}
	return gap
}
