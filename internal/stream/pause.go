package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Pause says since when a reader rests, and who asked for it.
type Pause struct {
	Since time.Time `json:"since"`
	By    string    `json:"by"`
}

// String says it in words.
func (p Pause) String() string {
	return fmt.Sprintf("paused by %s since %s", p.By, p.Since.UTC().Format(time.RFC3339))
}

// A pause stands beside the reader's record, and not in it: the record is the working reader's alone to write, and whoever else did
// would depose it.
const pausedPrefix = "paused."

// pauseEvery is how often a reader looks whether it is to rest, or to go on.
const pauseEvery = 500 * time.Millisecond

// errPaused ends a reader's work until it is to go on.
var errPaused = errors.New("reader is paused")

// Pause lets the reader of this name rest, whoever works under it now or later, until Resume: it finishes the batch under way
// and begins no other. A pause that stands already stays as it is, and is returned. ErrNoReader: there has been no such reader.
func (c *Conn) Pause(ctx context.Context, reader, by string, now time.Time) (Pause, error) {
	if _, err := c.recordOf(ctx, reader); errors.Is(err, jetstream.ErrKeyNotFound) || !validName(reader) {
		return Pause{}, fmt.Errorf("reader %q: %w", reader, ErrNoReader)
	} else if err != nil {
		return Pause{}, err
	}
	kv, err := c.records(ctx)
	if err != nil {
		return Pause{}, err
	}
	p := Pause{Since: now.UTC().Truncate(time.Second), By: by}
	text, err := json.Marshal(p)
	if err != nil {
		return Pause{}, err
	}
	_, err = kv.Create(ctx, pausedPrefix+reader, text)
	if mismatch(err) {
		standing, paused, err := pauseOf(ctx, kv, reader)
		if err == nil && !paused {
			err = fmt.Errorf("pause %s: it was resumed at the same time: say it again", reader)
		}
		return standing, err
	}
	if err != nil {
		return Pause{}, fmt.Errorf("pause %s: %w", reader, err)
	}
	return p, nil
}

// Resume lets a reader that rests go on. One that does not rest goes on anyway.
func (c *Conn) Resume(ctx context.Context, reader string) error {
	if !validName(reader) {
		return fmt.Errorf("reader %q: %w", reader, ErrNoReader)
	}
	kv, err := c.records(ctx)
	if err != nil {
		return err
	}
	if err := kv.Purge(ctx, pausedPrefix+reader); err != nil {
		return fmt.Errorf("resume %s: %w", reader, err)
	}
	return nil
}

// pauseOf says whether the reader is to rest.
func pauseOf(ctx context.Context, kv jetstream.KeyValue, reader string) (p Pause, paused bool, err error) {
	entry, err := kv.Get(ctx, pausedPrefix+reader)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("pause of %s: %w", reader, err)
	}
	// What nobody can read is still a word to rest.
	if json.Unmarshal(entry.Value(), &p) != nil {
		p = Pause{Since: entry.Created(), By: "operator"}
	}
	return p, true, nil
}

// heed returns errPaused once the reader is to rest.
func (x *run) heed(ctx context.Context) error {
	tick := time.NewTicker(pauseEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		attempt, done := x.conn.attempt(ctx)
		_, paused, err := pauseOf(attempt, x.led.kv, x.cfg.Name)
		done()
		if err == nil && paused {
			return errPaused
		}
	}
}

// rest blocks while the reader is to rest. It is well then: that it does nothing is what somebody wants.
func (r *Reader) rest(ctx context.Context) error {
	rested := false
	defer func() {
		r.update(func(p *Progress) { p.Paused = nil })
		r.cfg.Metrics.paused(false)
	}()
	for {
		attempt, done := r.conn.attempt(ctx)
		p, written, err := r.pause(attempt)
		done()
		switch {
		case err == nil && p == nil, err != nil && !rested:
			if rested {
				r.cfg.Logger.Info("reader goes on", "reader", r.cfg.Name)
			}
			return nil // without a word from the broker the claim of the record waits for one
		case err == nil:
			if !rested {
				r.cfg.Logger.Info("reader is paused", "reader", r.cfg.Name, "by", p.By, "since", p.Since)
			}
			rested = true
			r.update(func(at *Progress) { at.Paused = p })
			r.cfg.Metrics.paused(true)
			r.setHealth(nil)
			_, _ = newRun(r).unread(ctx, written) // what waits meanwhile shows
		default:
			r.setHealth(err)
		}
		if err := r.conn.pause(ctx, pauseEvery); err != nil {
			return err
		}
	}
}

// pause gives the reader's pause, nil if there is none, and how far it has written.
func (r *Reader) pause(ctx context.Context) (*Pause, uint64, error) {
	kv, err := r.conn.records(ctx)
	if err != nil {
		return nil, 0, err
	}
	p, paused, err := pauseOf(ctx, kv, r.cfg.Name)
	if err != nil || !paused {
		return nil, 0, err
	}
	rec, err := r.conn.recordOf(ctx, r.cfg.Name)
	return &p, rec.Written, err
}

// Note says in words that the reader rests, if it does; "" otherwise.
func (r *Reader) Note() string {
	if p := r.Progress().Paused; p != nil {
		return p.String()
	}
	return ""
}
