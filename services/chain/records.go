package chain

import (
	"fmt"
	"slices"
	"strings"

	"oneorder/internal/linkage"
	"oneorder/internal/record"
	"oneorder/internal/refdata"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// records folds chains. It holds the events of the chains that are moving, packed: to fold all of a chain's
// events costs less than to keep a record ready for each chain, and an event that leaves is no trouble.
type records struct {
	most       int // bytes of the young, about; the old may have as many
	bytes      int // of the young, about
	kept       int // of the old, about, when they became old
	young, old map[string]*held

	scratch  *record.Builder
	unpacker wire.Unpacker
	event    trade.Event
	replaced map[uint64]bool // messages whose content is current no more since this batch
}

// held is what is held of a chain.
type held struct {
	events []heldEvent // sorted by key
	packed []byte      // of the events
	bytes  int         // when last weighed

	written // last
}

// written is what was written of a chain beside its row, and what the next writing must know of.
type written struct {
	references []trade.Reference
	findings   []standing
}

type heldEvent struct {
	key        trade.EventKey
	sequence   uint64
	received   int64  // by the broker, milliseconds since 1970
	start, end uint32 // in packed
}

func newRecords(tables *refdata.Tables, most int) *records {
	return &records{
		most: most, young: make(map[string]*held), scratch: record.NewScratch(tables), replaced: make(map[uint64]bool),
	}
}

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

// supersede notes messages whose content is current no more.
func (r *records) supersede(messages []uint64) {
	for _, sequence := range messages {
		r.replaced[sequence] = true
	}
}

// weigh takes note of how large a chain has become.
func (r *records) weigh(h *held) {
	const own, each, reference, finding = 256, 40, 96, 768
	bytes := own + each*cap(h.events) + cap(h.packed) + reference*len(h.references) + finding*len(h.findings)
	r.bytes += bytes - h.bytes
	h.bytes = bytes
}

// turn lets go of what was not used for a while.
func (r *records) turn() {
	if r.bytes > r.most {
		r.old, r.young, r.bytes, r.kept = r.young, make(map[string]*held, len(r.young)), 0, r.bytes
	}
	clear(r.replaced)
}

// find gives what is held of the chain, brought up to date with the change.
func (s *sink) find(c *linkage.ChainChange) (*held, error) {
	r := s.records
	h := r.find(c.ID)
	if h == nil {
		w, err := s.written(c.ID)
		if err != nil {
			return nil, err
		}
		h = &held{written: w}
		r.young[c.ID] = h
		s.metrics.rebuilt.Inc()
	} else if !c.Rebuild {
		for _, key := range c.Added {
			if err := s.hold(h, key); err != nil {
				return nil, err
			}
		}
		return h, nil
	}
	return h, s.collect(h, s.linker.Events(c.Root))
}

// collect makes h hold these events, sorted by key, and no others.
func (s *sink) collect(h *held, events []trade.EventKey) error {
	had, packed := h.events, h.packed
	h.events, h.packed = make([]heldEvent, 0, len(events)+2), make([]byte, 0, max(len(packed), 200*len(events)))
	for _, key := range events {
		for len(had) > 0 && string(had[0].key[:]) < string(key[:]) {
			had = had[1:]
		}
		if len(had) > 0 && had[0].key == key && !s.records.replaced[had[0].sequence] {
			h.append(len(h.events), had[0], packed[had[0].start:had[0].end])
			continue
		}
		if err := s.hold(h, key); err != nil {
			return err
		}
	}
	return nil
}

// hold makes h hold the event as it is now.
func (s *sink) hold(h *held, key trade.EventKey) error {
	sequence := s.linker.Sequence(key)
	packed, received, err := s.packed(sequence)
	if err != nil {
		return err
	}
	if len(packed) == 0 {
		return fmt.Errorf("the state has no bytes for event %s of message %d", key, sequence)
	}
	at, found := h.find(key)
	if found {
		h.events = slices.Delete(h.events, at, at+1) // its bytes stay until the chain is collected anew
	}
	h.append(at, heldEvent{key: key, sequence: sequence, received: received.UnixMilli()}, packed)
	return nil
}

// find gives the place of an event, and whether it is held.
func (h *held) find(key trade.EventKey) (int, bool) {
	return slices.BinarySearchFunc(h.events, key, func(e heldEvent, key trade.EventKey) int {
		return strings.Compare(string(e.key[:]), string(key[:]))
	})
}

// append puts an event at its place.
func (h *held) append(at int, e heldEvent, packed []byte) {
	e.start = uint32(len(h.packed)) // far below 4 GiB
	h.packed = append(h.packed, packed...)
	e.end = uint32(len(h.packed))
	h.events = slices.Insert(h.events, at, e)
}

// fold gives the chain's record, which lasts until the next fold, and what is held of it.
func (s *sink) fold(c *linkage.ChainChange) (trade.Chain, *held, error) {
	h, err := s.find(c)
	if err != nil {
		return trade.Chain{}, nil, err
	}
	r := s.records
	r.scratch.Reset()
	for i := range h.events {
		e := &h.events[i]
		if err := r.unpacker.Unpack(h.packed[e.start:e.end], &r.event); err != nil {
			return trade.Chain{}, nil, fmt.Errorf("event %s of message %d: %w", e.key, e.sequence, err)
		}
		r.scratch.Add(&r.event)
	}
	r.weigh(h)
	return r.scratch.Chain(), h, nil
}
