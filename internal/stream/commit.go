package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"oneorder/internal/failure"
)

const (
	// settleAfter is how long nothing must come before the record is told that the last batch is done.
	settleAfter = 250 * time.Millisecond
	// checkEvery is how often an idle reader looks whether another has taken over.
	checkEvery = 2 * time.Second
	// logEvery spaces out what is said of one batch that does not get through.
	logEvery = 10 * time.Second
)

// committer lets batches take effect, one after the other.
type committer struct {
	*run
	in   <-chan prepared
	done time.Time // when a batch last took effect
}

func (c *committer) commits(ctx context.Context) error {
	graced, stop := withGrace(ctx, c.cfg.Grace)
	defer stop()
	timer := time.NewTimer(checkEvery)
	defer timer.Stop()
	for {
		select {
		case p := <-c.in:
			if err := c.commit(ctx, p.fetched, p.pending); err != nil {
				if ctx.Err() != nil && !errors.Is(err, ErrFenced) && !permanent(err) {
					return c.leave(graced, err)
				}
				return err
			}
			timer.Reset(settleAfter)
		case <-timer.C:
			if err := c.idle(ctx); err != nil {
				return err
			}
			timer.Reset(checkEvery)
		case <-ctx.Done():
			return c.leave(graced, ctx.Err())
		}
	}
}

// leave settles the record at a stop, if it can: whoever comes next does again what the record does not say is done.
func (c *committer) leave(ctx context.Context, cause error) error {
	if err := c.settle(ctx); errors.Is(err, ErrFenced) {
		return err
	}
	return cause
}

// commit records the range, which is the fence, and then lets the batch take effect, retrying for as long as it takes. It ends
// early when ctx does, once the attempt under way is over.
func (c *committer) commit(ctx context.Context, b *fetched, p Pending) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	began := time.Now()
	graced, stop := withGrace(ctx, c.cfg.Grace)
	defer stop()
	claim := Claim{Reader: c.cfg.Name, Epoch: b.Epoch, Generation: b.Generation, First: b.First, Last: b.Last, Safe: c.led.safe()}
	if err := c.effect(ctx, graced, claim, b.mark, p); err != nil {
		return err
	}
	c.trouble(troubleCommit, nil)
	if b.ack != "" && c.current.Load() == int64(b.session) {
		// Only shows the lag; the place is in the record.
		_ = c.conn.nc.Publish(b.ack, nil)
	}
	var lag uint64
	c.r.update(func(p *Progress) {
		p.Written = b.Last
		p.Batches++
		p.Messages += uint64(b.size) // a length
		p.Bytes += uint64(b.bytes)   // a sum of lengths
		p.LastCommit = time.Now()
		lag = p.Pending + p.Received - min(p.Received, p.Written)
	})
	c.cfg.Metrics.committed(b.size, time.Since(began).Seconds(), lag)
	return nil
}

// effect records a range and lets it take effect. If a message of it is at fault, it does so with the halves of the
// range, each with a record of its own, until the one message is found, which is refused.
func (c *committer) effect(ctx, graced context.Context, claim Claim, m mark, p Pending) error {
	rec := c.led.record
	rec.Written, rec.First, rec.Last, rec.Mark = claim.First-1, claim.First, claim.Last, m
	rec.remember(m)
	if _, ok := c.r.sink.(Rewinder); ok {
		rec.pass(time.Now(), c.cfg.SafeAfter)
		rec.saw(c.booted)
	}
	if err := c.put(ctx, graced, rec); err != nil {
		return err
	}
	err := c.attempts(ctx, graced, claim, p)
	if failure.Of(err) != failure.Permanent {
		return err
	}
	whole, ok := p.(Divisible)
	if !ok {
		return fatal(fmt.Errorf("%w; it cannot be told which message it comes from: take back the event, or mend the table", err))
	}
	if claim.First == claim.Last {
		return c.refuse(ctx, graced, claim, whole, err)
	}
	left, right := claim, claim
	left.Last = claim.First + (claim.Last-claim.First)/2
	right.First = left.Last + 1
	c.log.Warn("a message cannot be stored; looking for it", "first", claim.First, "last", claim.Last, "error", err)
	first, second, err := whole.Split(left.Last)
	if err != nil {
		return fmt.Errorf("split batch %d-%d: %w", claim.First, claim.Last, err)
	}
	// Known from the stream only, and only to tell a history from another.
	middle, err := c.markOf(graced, left.Last)
	if err != nil {
		middle = mark{}
	}
	if err := c.effect(ctx, graced, left, middle, first); err != nil {
		return err
	}
	return c.effect(ctx, graced, right, m, second)
}

// refuse lets the refusal of a message take effect in its place.
func (c *committer) refuse(ctx, graced context.Context, claim Claim, p Divisible, cause error) error {
	refused, err := p.Refuse(cause)
	if err != nil {
		return fmt.Errorf("refuse message %d: %w", claim.First, err)
	}
	c.log.Error("message refused: it cannot be stored", "sequence", claim.First, "error", cause)
	err = c.attempts(ctx, graced, claim, refused)
	if failure.Of(err) == failure.Permanent {
		return fatal(err)
	}
	return err
}

const (
	// fatalAfter is how often a fatal answer must come in a row before it is believed: a server that is starting may
	// give one.
	fatalAfter = 4
	// permanentAfter is the same for an answer that costs a message.
	permanentAfter = 2
)

// attempts calls Commit until it has worked, or fails in a way that trying again does not cure.
func (c *committer) attempts(ctx, graced context.Context, claim Claim, p Pending) error {
	var logged time.Time
	alike, class := 0, failure.Retryable
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		var err error
		if alike > 0 || time.Since(c.done) > storeMemory {
			err = c.kept(graced)
		}
		if err == nil {
			err = p.Commit(graced, claim)
		}
		if err == nil {
			c.done = time.Now()
			return nil
		}
		if errors.Is(err, errAgain) {
			return err
		}
		err = fmt.Errorf("commit batch %d-%d: %w", claim.First, claim.Last, err)
		if permanent(err) {
			return err
		}
		if failure.Of(err) != class {
			alike, class = 0, failure.Of(err)
		}
		alike++
		switch {
		case ctx.Err() != nil:
			c.log.Warn("stopped before a batch was committed; it is done again at the next start", "first", claim.First, "last", claim.Last, "error", err)
			return ctx.Err()
		case class == failure.Permanent && alike >= permanentAfter:
			return err
		case class == failure.Fatal && alike >= fatalAfter:
			return fatal(err)
		}
		c.trouble(troubleCommit, err)
		c.cfg.Metrics.commitRetry()
		c.r.update(func(p *Progress) { p.Retries++ })
		if time.Since(logged) >= logEvery {
			logged = time.Now()
			c.log.Warn("commit failed, trying again", "first", claim.First, "last", claim.Last, "error", err)
		}
		if err := sleep(ctx, wait/2+rand.N(wait)); err != nil { //nolint:gosec // spreads retries, guards nothing
			return err
		}
		// While it was waiting another may have done this batch, and more.
		if err := c.led.check(ctx); errors.Is(err, ErrFenced) {
			return err
		}
	}
}

// storeMemory is less than it takes to put a store back to what it was: after a pause of this length, or an error, it may
// have less than it had.
const storeMemory = time.Second

// kept returns errAgain if the sink's store no longer has what came before the claim, or may have lost it. It must be asked
// before the claim takes effect, which would hide that.
func (c *committer) kept(ctx context.Context) error {
	sink, ok := c.r.sink.(Rewinder)
	if !ok {
		return nil
	}
	pos := c.led.position()
	held, err := sink.Holds(ctx, pos)
	switch {
	case err != nil:
		return err
	case c.led.beyondGap(held.Last) < pos.Written:
		return fmt.Errorf("%w: the store has lost what followed message %d", errAgain, held.Last)
	case c.led.rebooted(held.Booted):
		return fmt.Errorf("%w: the store's machine has booted", errAgain)
	}
	c.booted = held.Booted
	return nil
}

// put writes the record, retrying while the broker is away.
func (c *committer) put(ctx, graced context.Context, rec record) error {
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		attempt, done := c.conn.attempt(graced)
		err := c.led.put(attempt, rec)
		done()
		if err == nil {
			c.trouble(troubleRecord, nil)
			return nil
		}
		if errors.Is(err, ErrFenced) || permanent(err) {
			return err
		}
		c.trouble(troubleRecord, err)
		if stop := c.conn.pause(ctx, wait); stop != nil {
			return stop
		}
	}
}

// idle settles the record, or if that is done looks whether it still is ours.
func (c *committer) idle(ctx context.Context) error {
	err := c.settle(ctx)
	if err == nil {
		err = c.led.check(ctx)
	}
	if errors.Is(err, ErrFenced) {
		return err
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the caller looks
	}
	c.trouble(troubleRecord, err)
	return nil
}

// settle tells the record that the batch under way is done, if there is one and it is, and what has become safe meanwhile.
func (c *committer) settle(ctx context.Context) error {
	rec := c.led.record
	done := rec.Last != 0 && c.r.Progress().Written >= rec.Last
	if done {
		rec.Written, rec.First, rec.Last = rec.Last, 0, 0
	}
	passed := rec.Last == 0 && rec.safe() < rec.Written && rec.pass(time.Now(), c.cfg.SafeAfter)
	if !done && !passed {
		return nil
	}
	return c.led.put(ctx, rec)
}

// withGrace is a context that ends grace after ctx has.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	graced, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(graced, func() { timer.Stop() })
	})
	return graced, func() {
		stop()
		cancel()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
