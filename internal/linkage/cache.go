package linkage

import (
	"oneorder/internal/trade"
)

// generations is a cache of two generations: what was used since the last turn, and what was used in the
// generation before. It is bounded without a list to keep in order.
type generations[K comparable, V any] struct {
	young, old map[K]V
}

func (g *generations[K, V]) find(k K) (V, bool) {
	if v, ok := g.young[k]; ok {
		return v, true
	}
	v, ok := g.old[k]
	if ok {
		g.put(k, v)
	}
	return v, ok
}

func (g *generations[K, V]) put(k K, v V) {
	if g.young == nil {
		g.young = make(map[K]V)
	}
	g.young[k] = v
}

// turn makes what is young old once there are more than most of it; what was old and unused goes.
func (g *generations[K, V]) turn(most int) {
	if len(g.young) > most {
		g.old, g.young = g.young, make(map[K]V, most)
	}
}

// The stored keys: a letter for what it is, then its own key.
const (
	factPrefix        = 'f'
	numberPrefix      = 'n'
	valuePrefix       = 'v'
	containerPrefix   = 'c'
	consignmentPrefix = 'g'
)

// load reads through the cache. A node that was never stored is made by fresh; nil stays nil and uncached.
func load[K comparable, V any](l *Linker, g *generations[K, *V], k K, prefix byte, key string,
	decode func([]byte) (*V, error), fresh func() *V,
) *V {
	if v, ok := g.find(k); ok {
		return v
	}
	if l.err != nil {
		return fresh()
	}
	l.keyBuffer = append(append(l.keyBuffer[:0], prefix), key...)
	b, err := l.store.Load(l.keyBuffer)
	if err != nil {
		l.err = err
		return fresh()
	}
	var v *V
	if b == nil {
		v = fresh()
	} else if v, err = decode(b); err != nil {
		l.err = err
		return fresh()
	}
	if v != nil {
		g.put(k, v)
	}
	return v
}

// fact gives the current content of an event, nil when it is not known.
func (l *Linker) fact(k trade.EventKey) *fact {
	return load(l, &l.facts, k, factPrefix, string(k[:]),
		func(b []byte) (*fact, error) { return decodeFact(k, b) }, func() *fact { return nil })
}

func (l *Linker) number(key string) *number {
	return load(l, &l.numbers, key, numberPrefix, key,
		func(b []byte) (*number, error) { return decodeNumber(key, b) }, func() *number { return &number{key: key} })
}

func (l *Linker) value(key string) *value {
	return load(l, &l.values, key, valuePrefix, key,
		func(b []byte) (*value, error) { return decodeValue(key, b) }, func() *value { return &value{key: key} })
}

func (l *Linker) container(key string) *container {
	return load(l, &l.containers, key, containerPrefix, key,
		func(b []byte) (*container, error) { return decodeContainer(key, b) }, func() *container { return &container{number: key} })
}

func (l *Linker) consignment(root string) *consignment {
	return load(l, &l.consignments, root, consignmentPrefix, root,
		func(b []byte) (*consignment, error) { return decodeConsignment(root, b) }, func() *consignment { return &consignment{root: root} })
}
