package linkage

import "oneorder/internal/trade"

// The stored keys: a letter for what it is, then its own key. A value, its numbers and the consignments that go by them stand
// side by side, since who asks for one of them asks for the others: the key of a value has one NUL byte, that of a number two, and
// that of a consignment a third one, at its end.
const (
	factPrefix      = 'f'
	numberPrefix    = 'n'
	containerPrefix = 'c'
	denialPrefix    = 'd'
	passagePrefix   = 'h'
	blockPrefix     = 'b'
)

// valuePrefix tells the blocks of a value from those of a number.
const valuePrefix = 'v'

// consignmentSuffix is what the key of a consignment has after that of its root.
const consignmentSuffix = "\x00"

// cache is what is held in memory: what was used in this turn, and what was used in the turn before and not
// since. A turn ends when what it used takes half of the memory that is allowed; what was not used for a
// whole turn is then let go.
//
// Nodes point at each other. A node in the young generation points at young ones only: pointers are set to
// what was just asked for, and one that comes over from the old generation forgets those it had.
type cache struct {
	young, old generation
	held       int // bytes that the young generation takes, about
	kept       int // bytes that the old one took when its turn ended
	most       int // bytes that both may take
}

type generation struct {
	facts        map[trade.EventKey]*fact
	numbers      map[string]*number
	values       map[string]*value
	containers   map[string]*container
	consignments map[string]*consignment
	passages     map[string]*passage
	blocks       map[string]*block
}

func newGeneration() generation {
	return generation{
		facts: make(map[trade.EventKey]*fact), numbers: make(map[string]*number), values: make(map[string]*value),
		containers: make(map[string]*container), consignments: make(map[string]*consignment), passages: make(map[string]*passage),
		blocks: make(map[string]*block),
	}
}

func (g *generation) clear() {
	clear(g.facts)
	clear(g.numbers)
	clear(g.values)
	clear(g.containers)
	clear(g.consignments)
	clear(g.passages)
	clear(g.blocks)
}

// What a node takes in memory, about: a part of its own, its place in the map included, and twice its
// encoded form.
const (
	factBytes        = 500
	numberBytes      = 350
	valueBytes       = 200
	containerBytes   = 300
	consignmentBytes = 350
	passageBytes     = 200
	blockBytes       = 200
)

// turn ends a turn when it is time. Nothing may be dirty, and nothing outside may point at a node.
func (c *cache) turn() {
	if c.held <= c.most/2 {
		return
	}
	c.old.clear()
	c.young, c.old = c.old, c.young
	c.held, c.kept = 0, c.held
}

// Held says how many bytes what is held takes, about and at most: what came over from the old generation counts twice.
func (c *cache) Held() int { return c.held + c.kept }

// weigh accounts for a node of which the memory was taken to be have, and gives what it is now.
func (c *cache) weigh(have, now int) int {
	c.held += now - have
	return now
}

// appendKey writes a stored key, the own key of what it is given in parts.
func appendKey(b []byte, prefix byte, parts ...string) []byte {
	b = append(b, prefix)
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}

// load reads what is stored under a key; nil: nothing is, or the store failed.
func (l *Linker) load(prefix byte, parts ...string) []byte {
	if l.err != nil {
		return nil
	}
	l.buffer = appendKey(l.buffer[:0], prefix, parts...)
	b, err := l.store.Load(l.buffer)
	if err != nil {
		l.err = err
		return nil
	}
	return b
}

// sound remembers that a stored node is not readable.
func (l *Linker) sound(err error) bool {
	if err != nil && l.err == nil {
		l.err = err
	}
	return err == nil
}

// fact gives the current content of an event, nil when it is not known.
func (l *Linker) fact(k trade.EventKey) *fact {
	if f, ok := l.young.facts[k]; ok {
		return f
	}
	if f, ok := l.old.facts[k]; ok {
		f.forget()
		l.young.facts[k] = f
		l.held += f.size
		return f
	}
	b := l.load(factPrefix, string(k[:]))
	if b == nil {
		return nil
	}
	f, err := decodeFact(k, b)
	if !l.sound(err) {
		return nil
	}
	f.size = l.weigh(0, factBytes+2*len(b))
	l.young.facts[k] = f
	return f
}

// of gives the event of a mention; nil when it is not known.
func (l *Linker) of(m *mention) *fact {
	if m.f == nil {
		m.f = l.fact(m.event)
	}
	return m.f
}

// ofBox is the same for a container's mention.
func (l *Linker) ofBox(m *boxMention) *fact {
	if m.f == nil {
		m.f = l.fact(m.event)
	}
	return m.f
}

func (l *Linker) number(key string) *number {
	if n, ok := l.young.numbers[key]; ok {
		return n
	}
	n, ok := l.old.numbers[key]
	switch {
	case ok:
		n.v = nil
		n.forgetFacts()
		l.held += n.size
	default:
		b := l.load(numberPrefix, key)
		if b != nil {
			var err error
			if n, err = decodeNumber(key, b); !l.sound(err) {
				n = nil
			}
		}
		if n == nil {
			n = newNumber(key)
		}
		n.size = l.weigh(0, numberBytes+2*len(b))
	}
	l.young.numbers[n.key] = n
	return n
}

func (l *Linker) value(key string) *value {
	if v, ok := l.young.values[key]; ok {
		return v
	}
	v, ok := l.old.values[key]
	switch {
	case ok:
		v.forgetFacts()
		l.held += v.size
	default:
		b := l.load(numberPrefix, key)
		if b != nil {
			var err error
			if v, err = decodeValue(key, b); !l.sound(err) {
				v = nil
			}
		}
		if v == nil {
			v = &value{key: key}
		}
		v.size = l.weigh(0, valueBytes+2*len(b))
	}
	l.young.values[v.key] = v
	return v
}

func (l *Linker) container(key string) *container {
	if c, ok := l.young.containers[key]; ok {
		return c
	}
	c, ok := l.old.containers[key]
	switch {
	case ok:
		for i := range c.mentions {
			c.mentions[i].f = nil
		}
		l.held += c.size
	default:
		b := l.load(containerPrefix, key)
		if b != nil {
			var err error
			if c, err = decodeContainer(key, b); !l.sound(err) {
				c = nil
			}
		}
		if c == nil {
			c = newContainer(key)
		}
		c.size = l.weigh(0, containerBytes+2*len(b))
	}
	l.young.containers[c.number] = c
	return c
}

func (l *Linker) consignment(root string) *consignment {
	if c, ok := l.young.consignments[root]; ok {
		return c
	}
	c, ok := l.old.consignments[root]
	switch {
	case ok:
		l.held += c.size
	default:
		b := l.load(numberPrefix, root, consignmentSuffix)
		if b != nil {
			var err error
			if c, err = decodeConsignment(root, b); !l.sound(err) {
				c = nil
			}
		}
		if c == nil {
			c = &consignment{root: root}
		}
		c.size = l.weigh(0, consignmentBytes+2*len(b))
	}
	l.young.consignments[c.root] = c
	return c
}

// forget drops what the fact points at.
func (f *fact) forget() {
	f.resolved = false
	f.refNumbers, f.coverNumbers, f.replaceNumbers, f.boxes = nil, nil, nil, nil
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
			issuer = l.valueOf(r).resolved()
		}
		l.name = append(appendValueKey(l.name[:0], r), 0)
		l.name = append(l.name, issuer...)
		if n, ok := l.young.numbers[string(l.name)]; ok {
			list[i] = n
		} else {
			list[i] = l.number(string(l.name))
		}
	}
	return list
}

// valueOf gives the number, without its issuer.
func (l *Linker) valueOf(r ref) *value {
	l.name = appendValueKey(l.name[:0], r)
	if v, ok := l.young.values[string(l.name)]; ok {
		return v
	}
	return l.value(string(l.name))
}

func appendValueKey(b []byte, r ref) []byte {
	b = append(append(b, r.group()...), 0)
	return append(b, r.value...)
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
