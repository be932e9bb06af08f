package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Historian is a Sink whose store outlives the broker's folder.
type Historian interface {
	// LastEpoch is the highest epoch of what the store has; 0: it has nothing. It is asked where there is no record: then
	// the broker's folder is new, and what is read belongs to the epoch after that.
	LastEpoch(ctx context.Context) (uint64, error)
}

// Rewinder is a Sink whose store can lose what it had, as when it is restored from an older copy, and which can be
// given that again.
type Rewinder interface {
	// Holds says what the store has. If that is less than pos.Written, the reader goes back to it under a new generation.
	Holds(ctx context.Context, pos Position) (Held, error)
}

// Held is what the store of a sink says of itself.
type Held struct {
	Last   uint64    // the store has everything that took effect up to this message
	Booted time.Time // when its machine did; zero: not known
}

// past is where a reader stood at a time.
type past struct {
	Written uint64 `json:"written"`
	At      int64  `json:"at"` // milliseconds since 1970, by the reader's clock
}

func (p past) before(now time.Time) time.Duration { return now.Sub(time.UnixMilli(p.At)) }

// pass notes where the reader stands, if that was not done lately; it says whether it was done. Of what is so far back that
// the store cannot lose it, the last is kept.
func (r *record) pass(now time.Time, safeAfter time.Duration) bool {
	n := len(r.Past)
	if n > 0 && r.Past[n-1].before(now) < safeAfter/10 {
		return false
	}
	kept := r.Past
	for len(kept) > 1 && kept[1].before(now) >= safeAfter {
		kept = kept[1:]
	}
	r.Past = append(slices.Clone(kept), past{r.Written, now.UnixMilli()})
	return true
}

// safe is the last message whose effect the store cannot lose any more.
func (r *record) safe() uint64 {
	if len(r.Past) == 0 {
		return r.Written
	}
	return min(r.Past[0].Written, r.Written)
}

// saw notes when the store's machine booted, if that is known.
func (r *record) saw(booted time.Time) {
	if !booted.IsZero() {
		r.Booted = booted.Unix()
	}
}

// rebooted says whether the store's machine is known to have booted since the record was written. A minute is allowed for:
// a server can only say how long its machine has been up.
func (r *record) rebooted(booted time.Time) bool {
	return r.Booted != 0 && !booted.IsZero() && booted.Sub(time.Unix(r.Booted, 0)).Abs() > time.Minute
}

const (
	marksEvery = 15 * time.Second // of the broker's time
	marksKept  = 16               // more than the two minutes between the broker's syncs
	lastEpoch  = 1<<16 - 1
)

// remember adds a mark to the few, far apart, by which the fork of two histories is found.
func (r *record) remember(m mark) {
	if m.Sequence == 0 || len(r.Marks) > 0 && m.Nanos-r.Marks[len(r.Marks)-1].Nanos < int64(marksEvery) {
		return
	}
	r.Marks = append(slices.Clone(r.Marks[max(0, len(r.Marks)-marksKept+1):]), m)
}

// errAgain ends a run that is to begin again, with what the record says then.
var errAgain = errors.New("the reader begins again")

// settleHistory brings the record and the stream, and then the record and the sink's store, together before anything is
// read.
func (x *run) settleHistory(ctx context.Context) error {
	said := func(err error) { x.trouble(troubleStart, err) }
	err := x.conn.persist(ctx, func(ctx context.Context) error {
		s := x.start
		err := x.verify(ctx, s.Mark, s.top(), s.Written+1)
		if errors.Is(err, ErrFork) {
			return x.newEpoch(ctx, err)
		}
		return err
	}, said)
	if err != nil {
		return err
	}
	return x.conn.persist(ctx, x.rewind, said)
}

// newEpoch begins a new history after the last message that the record and the stream are known to have in common.
// What lies between that and the true fork is read again, and is known to the sink.
func (x *run) newEpoch(ctx context.Context, cause error) error {
	rec := x.led.record
	if rec.Epoch >= lastEpoch {
		return fatal(fmt.Errorf("%w; there is no epoch after %d: rebuild into an empty database", cause, rec.Epoch))
	}
	st, err := x.conn.js.Stream(ctx, x.cfg.Stream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", x.cfg.Stream, err)
	}
	state := st.CachedInfo().State
	fork := mark{Sequence: max(state.FirstSeq, 1) - 1}
	known := append(slices.Clone(rec.Marks), rec.Mark)
	slices.SortFunc(known, func(a, b mark) int { return int(b.Nanos/1000 - a.Nanos/1000) })
	for _, m := range known {
		if m.Sequence == 0 || m.Sequence < state.FirstSeq || m.Sequence > state.LastSeq {
			continue
		}
		same, err := stands(ctx, st, m)
		if err != nil {
			return err
		}
		if same {
			fork = m
			break
		}
	}
	rec.Epoch++
	rec.Since, rec.Written, rec.First, rec.Last, rec.Mark = fork.Sequence, fork.Sequence, 0, 0, mark{}
	if fork.Nanos != 0 {
		rec.Mark = fork
	}
	rec.Marks = slices.DeleteFunc(slices.Clone(rec.Marks), func(m mark) bool { return m.Sequence > fork.Sequence })
	rec.Past = slices.Clone(rec.Past)
	for i := range rec.Past {
		rec.Past[i].Written = min(rec.Past[i].Written, fork.Sequence)
	}
	if err := x.led.put(ctx, rec); err != nil {
		return err
	}
	x.log.Error("the stream is not the one that was read: a new epoch begins", "epoch", rec.Epoch, "after", fork.Sequence, "error", cause)
	x.began(rec)
	return nil
}

// stands says whether the message of a mark is in the stream.
func stands(ctx context.Context, st jetstream.Stream, m mark) (bool, error) {
	msg, err := st.GetMsg(ctx, m.Sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	return m.of(msg), nil
}

// rewind goes back to what the sink's store is sure to have.
func (x *run) rewind(ctx context.Context) error {
	sink, ok := x.r.sink.(Rewinder)
	if !ok {
		return nil
	}
	held, err := sink.Holds(ctx, x.start.position())
	if err != nil {
		return err
	}
	held.Last = x.start.beyondGap(held.Last)
	x.booted = held.Booted
	rec := x.led.record
	cause := "the store has less than the record says"
	if rec.rebooted(held.Booted) {
		// Also what was under way: its token may be known there, and its rows gone.
		cause = "the machine of the store has booted: what it took shortly before may be lost"
		held.Last = min(held.Last, rec.safe())
	} else if held.Last >= rec.Written {
		return nil
	}
	rec.Generation++
	rec.Written, rec.First, rec.Last = min(held.Last, rec.Written), 0, 0
	if rec.Written < x.start.Written {
		rec.Mark = mark{}
	}
	rec.saw(held.Booted)
	if err := x.led.put(ctx, rec); err != nil {
		return err
	}
	x.log.Error("writing again", "cause", cause, "generation", rec.Generation, "written", x.start.Written, "after", rec.Written)
	x.began(rec)
	return nil
}

// beyondGap is the message up to which a store has everything that there is to have: what was accepted as lost is not.
func (r *record) beyondGap(holds uint64) uint64 {
	if r.GapFirst > 0 && holds+1 >= r.GapFirst && holds < r.GapLast {
		return r.GapLast
	}
	return holds
}

// began notes the record to go on from.
func (x *run) began(rec record) {
	x.start = rec
	x.r.update(func(p *Progress) {
		p.Epoch, p.Generation, p.Written, p.Received = rec.Epoch, rec.Generation, rec.Written, rec.Written
	})
}

// AcceptGap says on the record of a reader that the messages first to last, which are no longer in the stream, will not
// be read: the reader goes on after them, under a new generation. It is refused unless the reader stands right before the gap.
func (c *Conn) AcceptGap(ctx context.Context, reader string, first, last uint64) error {
	rec, err := c.recordOf(ctx, reader)
	if err != nil {
		return err
	}
	if first == 0 || last < first || first != rec.Written+1 {
		return fmt.Errorf("gap %d-%d: reader %s has written up to %d, so its gap begins at %d", first, last, reader, rec.Written, rec.Written+1)
	}
	st, err := c.js.Stream(ctx, rec.Stream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", rec.Stream, err)
	}
	if begins := st.CachedInfo().State.FirstSeq; last >= begins {
		return fmt.Errorf("gap %d-%d: the stream has messages from %d on, which are to be read", first, last, begins)
	}
	l := &ledger{conn: c}
	if err := l.claim(ctx, ReaderConfig{Name: reader, Stream: rec.Stream, Fingerprint: rec.Fingerprint}, "operator", 0); err != nil {
		return err
	}
	rec = l.record
	rec.Generation++
	rec.Written, rec.First, rec.Last, rec.Mark = last, 0, 0, mark{}
	rec.GapFirst, rec.GapLast, rec.Past = first, last, nil
	return l.put(ctx, rec)
}
