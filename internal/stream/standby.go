package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// Follower is a Sink with a state of its own, which a standby keeps up with the reader that works.
type Follower interface {
	Sink
	// Follow is called by a standby, between batches, with the last message that has taken effect by the reader that
	// works, and the last one that is safe (Position). What the sink keeps in order to emit messages up to that is no longer
	// needed. The sink is never given a message beyond written, so that its batches never straddle those of the other.
	Follow(written, safe uint64) error
}

// followEvery is how often a standby looks how far the reader that works is.
const followEvery = 250 * time.Millisecond

// shared is Run for a reader that has others of its name: it works while it has the lease, and else stands by.
func (r *Reader) shared(ctx context.Context) error {
	l := &lease{conn: r.conn, key: leasePrefix + r.cfg.Name, member: r.cfg.Member}
	for first := true; ; first = false {
		if err := r.standBy(ctx, l, first); err != nil {
			return stopped(ctx, err)
		}
		err := r.lead(ctx, l)
		if !errors.Is(err, ErrFenced) {
			l.release(ctx)
			return err
		}
		r.cfg.Logger.Warn("another reader has taken over; standing by", "reader", r.cfg.Name)
	}
}

// lead runs the reader for as long as the lease is its own.
func (r *Reader) lead(ctx context.Context, l *lease) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		if err := l.keep(ctx); errors.Is(err, ErrFenced) {
			cancel(err)
		}
	}()
	err := r.work(ctx)
	if lost := context.Cause(ctx); errors.Is(lost, ErrFenced) && err == nil {
		err = lost
	}
	cancel(nil)
	<-kept
	return err
}

// standBy follows until the lease is this reader's. A standby that cannot follow is none: it returns why.
func (r *Reader) standBy(ctx context.Context, l *lease, first bool) error {
	r.update(func(p *Progress) { p.Standby = true })
	r.cfg.Metrics.standingBy(true)
	defer func() {
		r.update(func(p *Progress) { p.Standby = false })
		r.cfg.Metrics.standingBy(false)
	}()
	x := newRun(r)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	announced := make(chan struct{})
	go func() {
		defer close(announced)
		r.announce(ctx)
	}()
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		if err := x.follow(ctx); err != nil && ctx.Err() == nil {
			cancel(err)
		}
	}()
	err := l.await(ctx, first, func(err error) { x.trouble(troubleSession, err) })
	if err != nil && context.Cause(ctx) != nil {
		err = context.Cause(ctx) // why the following ended, if that was first
	}
	cancel(nil)
	<-followed
	<-announced
	return err
}

// stopped is nil for an error that only says that ctx has ended.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

// errHistory says that the record is of another history than the one the standby followed.
var errHistory = errors.New("the record has begun a new epoch or generation")

// follow keeps the sink up with the record. It returns an error that waiting does not cure, or ctx's.
func (x *run) follow(ctx context.Context) error {
	follower, ok := x.r.sink.(Follower)
	if !ok {
		x.trouble(troubleStart, nil)
		<-ctx.Done()
		return ctx.Err()
	}
	for {
		rec, err := x.awaitRecord(ctx)
		if err != nil {
			return err
		}
		applied, _, err := follower.Start(ctx, rec.position())
		if err != nil {
			return fmt.Errorf("start sink: %w", err)
		}
		x.trouble(troubleStart, nil)
		s := &standby{run: x, sink: follower, epoch: rec.Epoch, generation: rec.Generation, next: applied + 1}
		if err := s.follow(ctx); !errors.Is(err, errHistory) {
			return err
		}
	}
}

// awaitRecord waits until there is a record.
func (x *run) awaitRecord(ctx context.Context) (record, error) {
	for {
		attempt, done := x.conn.attempt(ctx)
		rec, err := x.conn.recordOf(attempt, x.cfg.Name)
		done()
		if err == nil || permanent(err) {
			return rec, err
		}
		if !errors.Is(err, jetstream.ErrKeyNotFound) {
			x.trouble(troubleStart, err)
		}
		if err := x.conn.pause(ctx, followEvery); err != nil {
			return record{}, err
		}
	}
}

// recordOf reads the shared record of a reader.
func (c *Conn) recordOf(ctx context.Context, name string) (record, error) {
	var rec record
	kv, err := c.records(ctx)
	if err != nil {
		return rec, err
	}
	entry, err := kv.Get(ctx, name)
	if err != nil {
		return rec, fmt.Errorf("read record of %s: %w", name, err)
	}
	if err := json.Unmarshal(entry.Value(), &rec); err != nil {
		return rec, fatal(fmt.Errorf("record of %s: %w", name, err))
	}
	return rec, nil
}

// standby is one stretch of following, in one history.
type standby struct {
	*run
	sink              Follower
	epoch, generation uint64
	next              uint64
}

func (s *standby) follow(ctx context.Context) error {
	for {
		attempt, done := s.conn.attempt(ctx)
		err := s.step(attempt)
		done()
		switch {
		case permanent(err), errors.Is(err, errHistory), errors.Is(err, errPrepare):
			return err
		case err != nil && ctx.Err() == nil:
			s.trouble(troubleSession, err)
		default:
			s.trouble(troubleSession, nil)
		}
		if err := s.conn.pause(ctx, followEvery); err != nil {
			return err
		}
	}
}

// errPrepare marks an error of the sink, which may have half applied what it was given.
var errPrepare = errors.New("follow")

// step brings the sink up to what the record says is written.
func (s *standby) step(ctx context.Context) error {
	rec, err := s.conn.recordOf(ctx, s.cfg.Name)
	if err != nil {
		return err
	}
	if rec.Epoch != s.epoch || rec.Generation != s.generation {
		return errHistory
	}
	if err := s.sink.Follow(rec.Written, rec.safe()); err != nil {
		return fmt.Errorf("%w: %w", errPrepare, err)
	}
	for s.next <= rec.Written {
		b, err := s.read(ctx, rec.Written)
		if err != nil {
			return err
		}
		s.r.update(func(p *Progress) { p.Received = b.Last })
		// What is prepared is dropped: the reader that works lets it take effect.
		if _, err := s.r.sink.Prepare(context.WithoutCancel(ctx), b); err != nil {
			return fmt.Errorf("%w: prepare %d-%d: %w", errPrepare, b.First, b.Last, err)
		}
		s.cfg.Metrics.replayed(len(b.Messages))
		s.next = b.Last + 1
	}
	return nil
}

// read reads some of the messages from next to last.
func (s *standby) read(ctx context.Context, last uint64) (Batch, error) {
	b := Batch{First: s.next, Last: s.next - 1, Epoch: s.epoch, Generation: s.generation}
	most := int(min(last-s.next+1, uint64(s.cfg.MaxMessages), 1000))
	messages, err := jetstreamext.GetBatch(ctx, s.conn.js, s.cfg.Stream, most,
		jetstreamext.GetBatchSeq(s.next), jetstreamext.GetBatchMaxBytes(s.cfg.MaxBytes))
	if err != nil {
		return b, fmt.Errorf("read %s from %d: %w", s.cfg.Stream, s.next, err)
	}
	for m, err := range messages {
		if err != nil {
			if len(b.Messages) > 0 {
				break
			}
			return b, fmt.Errorf("read %s from %d: %w", s.cfg.Stream, s.next, err)
		}
		if m.Sequence != b.Last+1 {
			if len(b.Messages) > 0 {
				break
			}
			return b, &GapError{Reader: s.cfg.Name, Stream: s.cfg.Stream, First: b.Last + 1, Last: m.Sequence - 1}
		}
		b.Messages = append(b.Messages, Message{
			Sequence: m.Sequence, Time: m.Time.UTC(), Subject: m.Subject, Header: Header(m.Header), Data: m.Data,
		})
		b.Last = m.Sequence
		if m.Sequence == last {
			break
		}
	}
	if len(b.Messages) == 0 {
		return b, errNoAnswer
	}
	return b, nil
}
