package chain

import (
	"errors"
	"time"

	"oneorder/internal/trade"
)

// unsaved is what the state does not have yet. After a death it is made again from the stream, which holds
// every message since the state was saved.
type unsaved struct {
	since          time.Time // of the last save
	bytes          int
	events         map[uint64]kept              // by sequence
	forgotten      []uint64                     // sequences whose content is no longer current
	references     map[string][]trade.Reference // by chain; empty: no number leads to it
	outbox         []outboxItem
	applied, saved uint64
	epoch          uint64
}

// kept is an event's canonical bytes and when the broker had it.
type kept struct {
	payload  []byte
	received time.Time
}

type outboxItem struct {
	sequence uint64
	entry    []byte
}

func newUnsaved(applied uint64) unsaved {
	return unsaved{
		since: time.Now(), events: make(map[uint64]kept), references: make(map[string][]trade.Reference),
		applied: applied, saved: applied,
	}
}

// The state is saved when this much is unsaved, whichever comes first: more means fewer writes of what
// changes often, and more to read again after a death.
const (
	saveEvents = 40_000
	saveBytes  = 32 << 20
	saveAfter  = time.Second
)

func (s *sink) due() bool {
	u := &s.unsaved
	return len(u.events) >= saveEvents || u.bytes >= saveBytes || time.Since(u.since) >= saveAfter
}

// keep remembers the bytes of the batch's events that are current, and forgets those that no longer are.
func (s *sink) keep(replaced []uint64) {
	u := &s.unsaved
	for i := range s.inputs {
		in := &s.inputs[i]
		if s.linker.Sequence(in.Event.Key()) == in.Sequence {
			u.events[in.Sequence] = kept{s.slots[i].payload, in.Received}
			u.bytes += len(s.slots[i].payload)
		}
	}
	for _, sequence := range replaced {
		if _, ok := u.events[sequence]; ok {
			delete(u.events, sequence)
		} else {
			u.forgotten = append(u.forgotten, sequence)
		}
	}
}

// payload gives the bytes of the event in a message and when the broker had it.
func (s *sink) payload(sequence uint64) ([]byte, time.Time, error) {
	if k, ok := s.unsaved.events[sequence]; ok {
		return k.payload, k.received, nil
	}
	return s.store.Payload(sequence)
}

// save writes everything that is unsaved, with the outbox of the batches that the warehouse does not have.
func (s *sink) save() error {
	u := &s.unsaved
	if u.applied == u.saved {
		return nil
	}
	batch := s.store.Begin()
	fail := func(err error) error { return errors.Join(err, batch.Discard()) }
	for sequence, k := range u.events {
		if err := batch.Keep(sequence, k.received, k.payload); err != nil {
			return fail(err)
		}
	}
	for _, sequence := range u.forgotten {
		if err := batch.Forget(sequence); err != nil {
			return fail(err)
		}
	}
	for chain, references := range u.references {
		key := referencesKey(chain)
		err := batch.Delete(key)
		if len(references) > 0 {
			err = batch.Set(key, encodeReferences(nil, references))
		}
		if err != nil {
			return fail(err)
		}
	}
	committed := s.committed.Load()
	for _, item := range u.outbox {
		if item.sequence > committed {
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
	*u = newUnsaved(u.applied)
	return s.store.Trim(committed)
}
