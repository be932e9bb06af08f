package intake

import "sync"

// seats bounds the requests that are read at once, and those of one organisation to a share of them: whoever sends its bodies
// slowly must not keep the others out.
type seats struct {
	mu        sync.Mutex
	all, each int
	taken     int
	by        map[string]int // of each organisation that has any
}

func newSeats(all int) *seats {
	return &seats{all: all, each: max(1, all/4), by: map[string]int{}}
}

// take gives a seat, which leave gives back; nil: there is none for the caller. Who may name anyone may have all.
func (s *seats) take(c Caller) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken == s.all || !c.Operator && s.by[c.Org] == s.each {
		return nil
	}
	s.taken++
	if !c.Operator {
		s.by[c.Org]++
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.taken--
		if c.Operator {
			return
		}
		if s.by[c.Org]--; s.by[c.Org] == 0 {
			delete(s.by, c.Org)
		}
	}
}
