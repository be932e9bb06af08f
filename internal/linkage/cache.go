package linkage

import "oneorder/internal/trade"

// The stored keys: a letter for what it is, then its own key.
const (
	factPrefix        = 'f'
	numberPrefix      = 'n'
	valuePrefix       = 'v'
	containerPrefix   = 'c'
	consignmentPrefix = 'g'
)

// nodes is what is held in memory. Nodes point at each other, so they are let go all at once, when all is
// written: what is still in use is then read again.
type nodes struct {
	facts        map[trade.EventKey]*fact
	numbers      map[string]*number
	values       map[string]*value
	containers   map[string]*container
	consignments map[string]*consignment
}

func newNodes() nodes {
	return nodes{
		facts: make(map[trade.EventKey]*fact), numbers: make(map[string]*number), values: make(map[string]*value),
		containers: make(map[string]*container), consignments: make(map[string]*consignment),
	}
}

// read loads and decodes a node that is not held; nil: it was never stored, or the store failed.
func read[V any](l *Linker, prefix byte, key string, decode func([]byte) (*V, error)) *V {
	if l.err != nil {
		return nil
	}
	l.buffer = append(append(l.buffer[:0], prefix), key...)
	b, err := l.store.Load(l.buffer)
	if err == nil && b != nil {
		var v *V
		if v, err = decode(b); err == nil {
			return v
		}
	}
	if err != nil {
		l.err = err
	}
	return nil
}

// fact gives the current content of an event, nil when it is not known.
func (l *Linker) fact(k trade.EventKey) *fact {
	if f, ok := l.facts[k]; ok {
		return f
	}
	f := read(l, factPrefix, string(k[:]), func(b []byte) (*fact, error) { return decodeFact(k, b) })
	if f != nil {
		l.facts[k] = f
	}
	return f
}

// of gives the event of a mention; nil when it is not known.
func (l *Linker) of(m *mention) *fact {
	if m.f == nil {
		m.f = l.fact(m.event)
	}
	return m.f
}

func (l *Linker) number(key string) *number {
	n, ok := l.numbers[key]
	if !ok {
		if n = read(l, numberPrefix, key, func(b []byte) (*number, error) { return decodeNumber(key, b) }); n == nil {
			n = newNumber(key)
		}
		l.numbers[key] = n
	}
	return n
}

func (l *Linker) value(key string) *value {
	v, ok := l.values[key]
	if !ok {
		if v = read(l, valuePrefix, key, func(b []byte) (*value, error) { return decodeValue(key, b) }); v == nil {
			v = &value{key: key}
		}
		l.values[key] = v
	}
	return v
}

func (l *Linker) container(key string) *container {
	c, ok := l.containers[key]
	if !ok {
		if c = read(l, containerPrefix, key, func(b []byte) (*container, error) { return decodeContainer(key, b) }); c == nil {
			c = &container{number: key}
		}
		l.containers[key] = c
	}
	return c
}

func (l *Linker) consignment(root string) *consignment {
	c, ok := l.consignments[root]
	if !ok {
		if c = read(l, consignmentPrefix, root, func(b []byte) (*consignment, error) { return decodeConsignment(root, b) }); c == nil {
			c = &consignment{root: root}
		}
		l.consignments[root] = c
	}
	return c
}

// resolve finds the numbers and containers that the event names, once.
func (l *Linker) resolve(f *fact) {
	if f.resolved {
		return
	}
	f.resolved = true
	f.refNumbers = l.resolveAll(f.refs)
	f.coverNumbers = l.resolveAll(f.covers)
	f.replaceNumbers = l.resolveAll(f.replaces)
	if f.boxes == nil && len(f.equipment) > 0 {
		f.boxes = make([]*container, len(f.equipment))
		for i, number := range f.equipment {
			f.boxes[i] = l.container(number)
		}
	}
}

func (l *Linker) resolveAll(refs []ref) []*number {
	if len(refs) == 0 {
		return nil
	}
	list := make([]*number, len(refs))
	for i, r := range refs {
		issuer := r.issuer
		if issuer == "" {
			issuer = l.value(valueKey(r)).resolved()
		}
		list[i] = l.number(numberKey(r.group(), r.value, issuer))
	}
	return list
}

// refs gives the numbers that the event names, in the order of its references.
func (l *Linker) refs(f *fact) []*number {
	l.resolve(f)
	return f.refNumbers
}

func (l *Linker) covered(f *fact) []*number {
	l.resolve(f)
	return f.coverNumbers
}

func (l *Linker) replaced(f *fact) []*number {
	l.resolve(f)
	return f.replaceNumbers
}

func (l *Linker) boxes(f *fact) []*container {
	l.resolve(f)
	return f.boxes
}
