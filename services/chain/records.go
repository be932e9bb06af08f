package chain

import (
	"fmt"

	"oneorder/internal/linkage"
	"oneorder/internal/record"
	"oneorder/internal/refdata"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// records holds the records of the chains that are moving. One that is not held is folded from its events.
type records struct {
	tables     *refdata.Tables
	most       int
	young, old map[string]*held
	decoder    wire.Decoder
	event      trade.Event
}

type held struct {
	builder    *record.Builder
	references []trade.Reference // as last written
}

func newRecords(tables *refdata.Tables, most int) *records {
	return &records{tables: tables, most: most, young: make(map[string]*held)}
}

func (r *records) find(id string) *held {
	if h, ok := r.young[id]; ok {
		return h
	}
	h, ok := r.old[id]
	if ok {
		r.young[id] = h
	}
	return h
}

// turn lets go of what was not used for a while.
func (r *records) turn() {
	if len(r.young) > r.most {
		r.old, r.young = r.young, make(map[string]*held, r.most)
	}
}

// fold brings the chain's record up to date and gives it, with what was last written of its numbers.
func (s *sink) fold(c *linkage.ChainChange, here map[trade.EventKey]*slot) (*held, error) {
	h := s.records.find(c.ID)
	events := c.Added
	if h == nil || h.builder == nil || c.Rebuild {
		if h == nil {
			references, err := s.references(c.ID)
			if err != nil {
				return nil, err
			}
			h = &held{references: references}
			s.records.young[c.ID] = h
		}
		h.builder = record.NewBuilder(s.config.Tables)
		events = s.linker.Events(c.Root)
		s.metrics.rebuilt.Inc()
	}
	for _, key := range events {
		sound, err := s.add(h.builder, key, here)
		if err != nil {
			return nil, err
		}
		if !sound && !c.Rebuild {
			// The builder holds an older content of the event, which it cannot take out.
			again := *c
			again.Rebuild = true
			return s.fold(&again, here)
		}
	}
	return h, nil
}

// add adds an event of this batch or of an earlier one; false: the record must be built anew.
func (s *sink) add(b *record.Builder, key trade.EventKey, here map[trade.EventKey]*slot) (bool, error) {
	if at, ok := here[key]; ok {
		return b.Add(&at.event), nil
	}
	return s.addStored(b, key)
}

// addStored adds an event of an earlier batch.
func (s *sink) addStored(b *record.Builder, key trade.EventKey) (bool, error) {
	sequence := s.linker.Sequence(key)
	payload, received, err := s.payload(sequence)
	if err != nil {
		return false, err
	}
	if payload == nil {
		return false, fmt.Errorf("the state has no bytes for event %s of message %d", key, sequence)
	}
	r := s.records
	if err := r.decoder.Decode(payload, &r.event); err != nil {
		return false, fmt.Errorf("event %s of message %d: %w", key, sequence, err)
	}
	if r.event.Recorded.IsZero() {
		r.event.Recorded = received
	}
	return b.Add(&r.event), nil
}
