package intake

import "slices"

// Recent remembers values by their keys, and forgets the oldest once there are more than most. It is not safe for
// concurrent use.
type Recent[V any] struct {
	most  int
	known map[string]V
	order []string // keys, the oldest first
}

// NewRecent makes a memory of so many values.
func NewRecent[V any](most int) *Recent[V] {
	return &Recent[V]{most: most, known: make(map[string]V)}
}

// Value gives what is remembered of a key.
func (r *Recent[V]) Value(key string) (V, bool) {
	v, ok := r.known[key]
	return v, ok
}

// Remember takes a value in, in place of an earlier one of the key.
func (r *Recent[V]) Remember(key string, v V) {
	if _, known := r.known[key]; !known {
		if r.order = append(r.order, key); len(r.order) > r.most {
			r.Forget(r.order[0])
		}
	}
	r.known[key] = v
}

// Forget drops a key.
func (r *Recent[V]) Forget(key string) {
	if i := slices.Index(r.order, key); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
		delete(r.known, key)
	}
}
