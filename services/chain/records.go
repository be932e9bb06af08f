package chain

import (
	"fmt"

	"oneorder/internal/linkage"
	"oneorder/internal/record"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// records holds the records of the chains that are moving. One that is not held is folded from its events.
type records struct {
	most       int // bytes of the young, about; the old may have as many
	bytes      int // of the young, about
	young, old map[string]*held
	unpacker   wire.Unpacker
	event      trade.Event
}

// held is a chain's record, ready for the next event.
type held struct {
	builder    *record.Builder
	bytes      int               // when last looked
	references []trade.Reference // as last written
	// The record's lists that references were made from: in the same memory they say the same.
	numbers    []trade.Reference
	containers []string
}

func newRecords(most int) *records { return &records{most: most, young: make(map[string]*held)} }

func (r *records) find(id string) *held {
	if h, ok := r.young[id]; ok {
		return h
	}
	h, ok := r.old[id]
	if ok {
		r.young[id] = h
		r.bytes += h.bytes
	}
	return h
}

func (r *records) forget(id string) {
	delete(r.young, id)
	delete(r.old, id)
}

// weigh takes note of how large a record has become.
func (r *records) weigh(h *held) {
	const own = 400 // of held and its places in the maps
	bytes := own + h.builder.Size() + 48*len(h.references)
	r.bytes += bytes - h.bytes
	h.bytes = bytes
}

// turn lets go of what was not used for a while.
func (r *records) turn() {
	if r.bytes > r.most {
		r.old, r.young, r.bytes = r.young, make(map[string]*held, len(r.young)), 0
	}
}

// fold brings the chain's record up to date and gives it, with what was last written of its numbers.
func (s *sink) fold(c *linkage.ChainChange) (*held, error) {
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
		h.numbers, h.containers = nil, nil
		events = s.linker.Events(c.Root)
		s.metrics.rebuilt.Inc()
	}
	for _, key := range events {
		sound, err := s.add(h.builder, key)
		if err != nil {
			return nil, err
		}
		if !sound && !c.Rebuild {
			// The builder holds an older content of the event, which it cannot take out.
			again := *c
			again.Rebuild = true
			return s.fold(&again)
		}
	}
	s.records.weigh(h)
	return h, nil
}

// add adds an event of this batch or of an earlier one; false: the record must be built anew.
func (s *sink) add(b *record.Builder, key trade.EventKey) (bool, error) {
	sequence := s.linker.Sequence(key)
	packed, _, err := s.packed(sequence)
	if err != nil {
		return false, err
	}
	if len(packed) == 0 {
		return false, fmt.Errorf("the state has no bytes for event %s of message %d", key, sequence)
	}
	r := s.records
	if err := r.unpacker.Unpack(packed, &r.event); err != nil {
		return false, fmt.Errorf("event %s of message %d: %w", key, sequence, err)
	}
	return b.Add(&r.event), nil
}
