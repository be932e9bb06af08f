package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

const (
	leaseRenew = 500 * time.Millisecond
	// leaseLasts is how long a standby must see a lease unrenewed before it takes it over. With what a claim costs it
	// keeps a takeover within five seconds of a death.
	leaseLasts = 3 * time.Second
	// leaseSalvage bounds giving a lease up at a stop.
	leaseSalvage = time.Second
)

// lease says which of several readers of one name works. It only keeps them from deposing each other without need: what
// a reader may write is decided by the record, whoever has the lease. A holder renews it; nobody's clock is compared
// with another's, since a standby times with its own how long the lease has not changed.
type lease struct {
	conn   *Conn
	key    string // in the bucket of records, which no reader's name can be
	member string // who asks, across restarts
	kv     jetstream.KeyValue
	rev    uint64 // of what this one wrote last
}

// leasePrefix tells a lease's key from a record's.
const leasePrefix = "lease."

// leaseEntry is what stands in the bucket.
type leaseEntry struct {
	Member string `json:"member"`
	Term   string `json:"term"` // changes with each holder
}

// sight is how a lease looked at a standby's last look.
type sight struct {
	rev   uint64
	since time.Time // since when it has looked so, by this process's clock; zero: nothing is known
}

// take makes the lease this reader's if nobody renews it; false while somebody does. The very first time, what an
// earlier process of this member left is taken at once: that process is dead, or this one could not have opened its folder.
func (l *lease) take(ctx context.Context, last sight, first bool) (sight, bool, error) {
	if l.kv == nil {
		kv, err := l.conn.records(ctx)
		if err != nil {
			return sight{}, false, err
		}
		l.kv = kv
	}
	data, err := json.Marshal(leaseEntry{Member: l.member, Term: nuid.Next()})
	if err != nil {
		return sight{}, false, fatal(err)
	}
	entry, err := l.kv.Get(ctx, l.key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		l.rev, err = l.kv.Create(ctx, l.key, data)
		return l.taken(err)
	case err != nil:
		return sight{}, false, fmt.Errorf("read lease of %s: %w", l.key, err)
	}
	var held leaseEntry
	if err := json.Unmarshal(entry.Value(), &held); err != nil {
		held = leaseEntry{} // nobody's
	}
	now := time.Now()
	if entry.Revision() != last.rev || last.since.IsZero() {
		last = sight{entry.Revision(), now}
	}
	if now.Sub(last.since) < leaseLasts && held.Member != "" && (!first || held.Member != l.member) {
		return last, false, nil
	}
	l.rev, err = l.kv.Update(ctx, l.key, data, entry.Revision())
	return l.taken(err)
}

func (l *lease) taken(err error) (sight, bool, error) {
	if mismatch(err) {
		return sight{}, false, nil // another was faster, or the answer of our own write was lost: look again
	}
	if err != nil {
		return sight{}, false, fmt.Errorf("take lease of %s: %w", l.key, err)
	}
	return sight{}, true, nil
}

// await blocks until the lease is this reader's.
func (l *lease) await(ctx context.Context, first bool, said func(error)) error {
	var last sight
	for {
		attempt, done := l.conn.attempt(ctx)
		now, taken, err := l.take(attempt, last, first)
		done()
		if taken || permanent(err) {
			return err
		}
		// While the broker was away nobody could renew: the time begins anew.
		last = now
		if err != nil {
			said(err)
		} else {
			first = false
		}
		if err := l.conn.pause(ctx, leaseRenew/2); err != nil {
			return err
		}
	}
}

// keep renews the lease until ctx ends, or returns ErrFenced once another has it.
func (l *lease) keep(ctx context.Context) error {
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := l.renew(ctx); errors.Is(err, ErrFenced) {
			return err
		}
	}
}

func (l *lease) renew(ctx context.Context) error {
	ctx, done := l.conn.attempt(ctx)
	defer done()
	data, err := json.Marshal(leaseEntry{Member: l.member, Term: nuid.Next()})
	if err != nil {
		return err
	}
	rev, err := l.kv.Update(ctx, l.key, data, l.rev)
	if mismatch(err) {
		// It may be our own, from a renewal whose answer was lost.
		entry, gerr := l.kv.Get(ctx, l.key)
		var held leaseEntry
		switch {
		case errors.Is(gerr, jetstream.ErrKeyNotFound): // the bucket was made anew
			rev, err = l.kv.Create(ctx, l.key, data)
		case gerr == nil && json.Unmarshal(entry.Value(), &held) == nil && held.Member == l.member:
			rev, err = entry.Revision(), nil
		case gerr == nil:
			return fmt.Errorf("renew lease of %s: %w", l.key, ErrFenced)
		default:
			return gerr
		}
	}
	if err != nil {
		return fmt.Errorf("renew lease of %s: %w", l.key, err)
	}
	l.rev = rev
	return nil
}

// release lets a standby take over at once.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseSalvage)
	defer cancel()
	_ = l.kv.Delete(ctx, l.key, jetstream.LastRevision(l.rev)) // else it runs out
}
