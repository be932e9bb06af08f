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
	// Holds is the last message up to which the store has everything that took effect. If that is less than
	// pos.Written, the reader goes back to it under a new generation.
	Holds(ctx context.Context, pos Position) (uint64, error)
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

// rewind goes back to what the sink's store has.
func (x *run) rewind(ctx context.Context) error {
	sink, ok := x.r.sink.(Rewinder)
	if !ok || x.start.Written == 0 {
		return nil
	}
	holds, err := sink.Holds(ctx, x.start.position())
	holds = x.start.beyondGap(holds)
	if err != nil || holds >= x.start.Written {
		return err
	}
	rec := x.led.record
	rec.Generation++
	rec.Written, rec.First, rec.Last, rec.Mark = holds, 0, 0, mark{}
	if err := x.led.put(ctx, rec); err != nil {
		return err
	}
	x.log.Error("the store has less than the record says: it is written again", "generation", rec.Generation,
		"written", x.start.Written, "holds", holds)
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
	rec.GapFirst, rec.GapLast = first, last
	return l.put(ctx, rec)
}
