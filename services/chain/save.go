package chain

import (
	"errors"
	"time"
)

// unsaved is what the state does not have yet. After a death it is made again from the stream, which holds
// every message since the state was saved.
type unsaved struct {
	since          time.Time // of the last save
	pile           pile
	forgotten      []uint64           // messages that the state has and whose content is no longer current
	written        map[string]written // by chain; no references: no number leads to it
	outbox         []outboxItem
	applied, saved uint64
	epoch          uint64
	held           uint64 // ordinal of the last message that the state has
}

type outboxItem struct {
	sequence uint64 // ordinal of the last message of its batch
	entry    []byte
}

func newUnsaved(applied uint64) unsaved {
	return unsaved{since: time.Now(), written: make(map[string]written), applied: applied, saved: applied}
}

// forget notes messages whose content is no longer current. Those on the pile are not saved in the first place.
func (u *unsaved) forget(replaced []uint64) {
	for _, sequence := range replaced {
		if sequence <= u.held {
			u.forgotten = append(u.forgotten, sequence)
		}
	}
}

// done says that everything is saved.
func (u *unsaved) done() {
	u.pile.clear()
	clear(u.written)
	clear(u.outbox)
	u.since, u.saved, u.held = time.Now(), u.applied, ordinal(u.epoch, u.applied)
	u.forgotten, u.outbox = u.forgotten[:0], u.outbox[:0]
}

// The state is saved when this much is unsaved, whichever comes first: more means fewer writes of what
// changes often, and more to read again after a death.
const (
	saveEvents = 100_000
	saveBytes  = 16 << 20
	saveAfter  = time.Second
)

func (s *sink) due() bool {
	u := &s.unsaved
	return u.pile.events >= saveEvents || u.pile.bytes >= saveBytes || time.Since(u.since) >= saveAfter
}

// packed gives the event in a message, packed, and when the broker had it.
func (s *sink) packed(sequence uint64) ([]byte, time.Time, error) {
	if packed, received := s.unsaved.pile.find(sequence); len(packed) > 0 {
		return packed, received, nil
	}
	return s.store.Payload(sequence)
}

// save writes everything that is unsaved, with the outbox of the batches that the warehouse does not have, or might lose.
func (s *sink) save() error {
	u := &s.unsaved
	if u.applied == u.saved {
		return nil
	}
	batch := s.store.Begin()
	fail := func(err error) error { return errors.Join(err, batch.Discard()) }
	err := u.pile.each(func(sequence uint64, x *span, packed []byte) error {
		if s.linker.Sequence(x.key) != sequence {
			return nil // a repeat, or superseded since
		}
		return batch.Keep(sequence, x.received, packed)
	})
	if err != nil {
		return fail(err)
	}
	for _, sequence := range u.forgotten {
		if err := batch.Forget(sequence); err != nil {
			return fail(err)
		}
	}
	var key, value []byte
	for chain, w := range u.written {
		key = append(append(key[:0], writtenPrefix), chain...)
		if len(w.references) > 0 {
			value = w.encode(value[:0])
			err = batch.Set(key, value)
		} else {
			err = batch.Delete(key)
		}
		if err != nil {
			return fail(err)
		}
	}
	safe := ordinal(u.epoch, min(s.safe.Load(), s.committed.Load()))
	for _, item := range u.outbox {
		if item.sequence > safe {
			if err := batch.Emit(item.sequence, item.entry); err != nil {
				return fail(err)
			}
		}
	}
	if err := s.linker.Flush(batch); err != nil {
		return fail(err)
	}
	if err := batch.Commit(u.applied, u.epoch); err != nil {
		return err
	}
	u.done()
	return s.store.Trim(safe)
}
