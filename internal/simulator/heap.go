package simulator

// heap is a binary heap whose first element comes before all others.
type heap[T interface{ Before(T) bool }] []T

func (h *heap[T]) push(v T) {
	*h = append(*h, v)
	s := *h
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !v.Before(s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = v
}

func (h *heap[T]) pop() T {
	s := *h
	top, last := s[0], s[len(s)-1]
	var none T
	s[len(s)-1] = none // so that what it points to can go
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(s) {
			break
		}
		if down+1 < len(s) && s[down+1].Before(s[down]) {
			down++
		}
		if !s[down].Before(last) {
			break
		}
		s[i] = s[down]
		i = down
	}
	s[i] = last
	return top
}
