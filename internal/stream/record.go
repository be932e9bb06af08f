package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
)

// record is what the readers of one name share, as it stands in the bucket. Messages up to Written have taken effect; First to
// Last are under way, or done and not yet said to be; First and Last are 0 when nothing is.
type record struct {
	Stream      string `json:"stream"`
	Owner       string `json:"owner"` // the Run that wrote it
	Epoch       uint64 `json:"epoch"`
	Generation  uint64 `json:"generation"`
	Written     uint64 `json:"written"`
	First       uint64 `json:"first"`
	Last        uint64 `json:"last"`
	Fingerprint string `json:"fingerprint"`
	Mark        mark   `json:"mark"` // of message Last, or of Written if nothing is under way
	Marks       []mark `json:"marks,omitempty"`
	Since       uint64 `json:"since,omitempty"`     // the epoch has everything after this message
	GapFirst    uint64 `json:"gap_first,omitempty"` // messages that an operator accepted to be lost unread
	GapLast     uint64 `json:"gap_last,omitempty"`
	Booted      int64  `json:"booted,omitempty"` // when the machine of the sink's store did, in seconds since 1970; 0: not known
	Past        []past `json:"past,omitempty"`
}

// mark tells a message from another that has its sequence in another history of the stream.
type mark struct {
	Sequence uint64 `json:"sequence"`
	ID       string `json:"id,omitempty"` // its MsgID
	Nanos    int64  `json:"nanos"`        // the broker's timestamp
}

// of says whether the mark is that of a message.
func (m mark) of(msg *jetstream.RawStreamMsg) bool {
	return msg.Time.UnixNano() == m.Nanos && msg.Header.Get(headerMsgID) == m.ID
}

// top is the last message that the record knows to have been in the stream.
func (r record) top() uint64 { return max(r.Written, r.Last) }

func (r record) position() Position {
	return Position{Epoch: r.Epoch, Generation: r.Generation, Written: r.Written, First: r.First, Last: r.Last, Since: r.Since, Safe: r.safe()}
}

// ledger is one Run's hold on the shared record: what it wrote last, and the revision that gave it.
type ledger struct {
	conn *Conn
	kv   jetstream.KeyValue
	key  string

	mu  sync.Mutex // the fetcher checks while the committer puts
	rev uint64
	record
}

// records opens the bucket of the readers' records.
func (c *Conn) records(ctx context.Context) (jetstream.KeyValue, error) {
	kv, err := c.js.KeyValue(ctx, Readers)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", Readers, err)
	}
	return kv, nil
}

// errRaced says that the record changed between reading and claiming it.
var errRaced = errors.New("the record was changed meanwhile")

// claim takes the record over for owner, with whatever stands in it. A reader that had it finds itself fenced at
// its next put. Where there is none, it begins with the epoch after past.
func (l *ledger) claim(ctx context.Context, cfg ReaderConfig, owner string, past uint64) error {
	kv, err := l.conn.records(ctx)
	if err != nil {
		return err
	}
	l.kv, l.key = kv, cfg.Name
	rec := record{Stream: cfg.Stream, Epoch: past + 1, Generation: 1, Fingerprint: cfg.Fingerprint}
	rev := uint64(0)
	entry, err := kv.Get(ctx, l.key)
	switch {
	case err == nil:
		rev = entry.Revision()
		if err := json.Unmarshal(entry.Value(), &rec); err != nil {
			return fatal(fmt.Errorf("record of %s: %w", l.key, err))
		}
	case !errors.Is(err, jetstream.ErrKeyNotFound):
		return fmt.Errorf("read record of %s: %w", l.key, err)
	}
	if rec.Epoch > lastEpoch {
		return fatal(fmt.Errorf("the store is of epoch %d, the last one there is: rebuild into an empty database", lastEpoch))
	}
	if rec.Stream != cfg.Stream {
		return fatal(fmt.Errorf("record of %s is of stream %s, not %s", l.key, rec.Stream, cfg.Stream))
	}
	if rec.Fingerprint != cfg.Fingerprint {
		rec.Generation++
		rec.Fingerprint = cfg.Fingerprint
	}
	rec.Owner = owner
	data, err := json.Marshal(rec)
	if err != nil {
		return fatal(err)
	}
	if rev == 0 {
		rev, err = kv.Create(ctx, l.key, data)
	} else {
		rev, err = kv.Update(ctx, l.key, data, rev)
	}
	if mismatch(err) {
		return errRaced // by another claim, or by this one if its answer was lost: read it again either way
	}
	if err != nil {
		return fmt.Errorf("claim record of %s: %w", l.key, err)
	}
	l.mu.Lock()
	l.rev, l.record = rev, rec
	l.mu.Unlock()
	return nil
}

// put replaces the record if it still is what this Run wrote last; else the error is ErrFenced. An error of
// another kind leaves open whether it was written: put the same again.
func (l *ledger) put(ctx context.Context, rec record) error {
	data, err := json.Marshal(rec)
	if err != nil {
		return fatal(err)
	}
	rev, err := l.kv.Update(ctx, l.key, data, l.rev)
	if mismatch(err) {
		// It may be ours, from a put whose answer was lost: no other Run writes this owner.
		entry, gerr := l.kv.Get(ctx, l.key)
		switch {
		case gerr == nil && bytes.Equal(entry.Value(), data):
			rev, err = entry.Revision(), nil
		case gerr == nil || errors.Is(gerr, jetstream.ErrKeyNotFound):
			return fmt.Errorf("put record of %s: %w", l.key, ErrFenced)
		default:
			return fmt.Errorf("read record of %s: %w", l.key, gerr)
		}
	}
	if err != nil {
		return fmt.Errorf("put record of %s: %w", l.key, err)
	}
	l.mu.Lock()
	l.rev, l.record = rev, rec
	l.mu.Unlock()
	return nil
}

// check returns ErrFenced if it finds that another Run has the record. Nil is no promise: only put fences.
func (l *ledger) check(ctx context.Context) error {
	entry, err := l.kv.Get(ctx, l.key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return fmt.Errorf("record of %s was removed: %w", l.key, ErrFenced)
	}
	if err != nil {
		return fmt.Errorf("read record of %s: %w", l.key, err)
	}
	l.mu.Lock()
	owner, rev := l.Owner, l.rev
	l.mu.Unlock()
	var rec record
	if err := json.Unmarshal(entry.Value(), &rec); err != nil || rec.Owner != owner && entry.Revision() > rev {
		return fmt.Errorf("check record of %s: %w", l.key, ErrFenced)
	}
	return nil
}

func mismatch(err error) bool {
	return errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyRevisionMismatch)
}
