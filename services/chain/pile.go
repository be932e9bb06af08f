package chain

import (
	"time"

	"oneorder/internal/trade"
)

// pile holds the events, packed, that the state does not have yet: a stack for each batch.
type pile struct {
	stacks []*stack // in order of sequence
	free   []*stack
	events int
	bytes  int
}

// stack holds the events of one batch. Its memory is used again.
type stack struct {
	first uint64
	spans []span // of message first and those after it
	bytes []byte
}

// span says where an event of a stack is. One that is empty is of a message that is no event.
type span struct {
	key        trade.EventKey
	received   time.Time
	start, end int
}

// begin starts the stack of a batch whose first message is first.
func (p *pile) begin(first uint64, messages int) *stack {
	var s *stack
	if n := len(p.free); n > 0 {
		s, p.free = p.free[n-1], p.free[:n-1]
	} else {
		s = &stack{spans: make([]span, 0, messages)}
	}
	s.first = first
	p.stacks = append(p.stacks, s)
	return s
}

// find gives an event of a message; nil: the pile has none.
func (p *pile) find(sequence uint64) (packed []byte, received time.Time) {
	for i := len(p.stacks) - 1; i >= 0; i-- {
		s := p.stacks[i]
		if sequence < s.first {
			continue
		}
		at := sequence - s.first
		if at >= uint64(len(s.spans)) {
			break
		}
		x := &s.spans[at]
		return s.bytes[x.start:x.end:x.end], x.received
	}
	return nil, time.Time{}
}

// each calls yield with every event.
func (p *pile) each(yield func(sequence uint64, x *span, packed []byte) error) error {
	for _, s := range p.stacks {
		for i := range s.spans {
			x := &s.spans[i]
			if x.start == x.end {
				continue
			}
			if err := yield(s.first+uint64(i), x, s.bytes[x.start:x.end]); err != nil {
				return err
			}
		}
	}
	return nil
}

// clear forgets all events.
func (p *pile) clear() {
	const most = 4 // stacks kept
	for _, s := range p.stacks {
		s.spans, s.bytes = s.spans[:0], s.bytes[:0]
		if len(p.free) < most {
			p.free = append(p.free, s)
		}
	}
	clear(p.stacks)
	p.stacks, p.events, p.bytes = p.stacks[:0], 0, 0
}
