package linkage

import (
	"iter"
	"slices"
	"strconv"

	"oneorder/internal/trade"
)

// rollBlock is how many mentions are stored together: few enough to be written each time, enough that the rare walk over all
// reads few nodes.
const rollBlock = 128

// roll is the list of the events that name a number, in the order in which they were entered. A common number is named by
// hundreds of thousands: of those only the newest are a part of the number's own node, and written with it; the others stand
// in blocks that are written once, and read when all are asked for.
type roll struct {
	last   []mention // the newest
	blocks int       // before them
	gone   []gone    // what was taken out of blocks, sorted by event
}

// gone says that an event that stands in a block below the given one is named there no more.
type gone struct {
	event trade.EventKey
	below int
}

// block is a part of a roll that is stored apart.
type block struct {
	key   string // of the node that the roll is of, its letter before it, and the block's place
	list  []mention
	size  int // in memory, about
	dirty bool
}

// several says whether more than one event is on the roll.
func (r *roll) several() bool { return len(r.last) > 1 || r.blocks > 0 }

// newest gives the mention that was entered last, if that is the event's.
func (r *roll) newest(event trade.EventKey) *mention {
	if i := len(r.last) - 1; i >= 0 && r.last[i].event == event {
		return &r.last[i]
	}
	return nil
}

// forgetFacts drops what the mentions point at.
func (r *roll) forgetFacts() {
	for i := range r.last {
		r.last[i].f = nil
	}
}

// takeNewest takes the event out if it is among the newest, and gives how it named the number.
func (r *roll) takeNewest(event trade.EventKey) (bits uint8, ok bool) {
	at := slices.IndexFunc(r.last, func(m mention) bool { return m.event == event })
	if at < 0 {
		return 0, false
	}
	bits = r.last[at].bits
	r.last = slices.Delete(r.last, at, at+1)
	return bits, true
}

// void says whether what stands in a block of that place was taken out since.
func (r *roll) void(event trade.EventKey, place int) bool {
	at, found := slices.BinarySearchFunc(r.gone, event, compareGone)
	return found && place < r.gone[at].below
}

func compareGone(g gone, event trade.EventKey) int { return compareKeys(g.event, event) }

// on gives the events that name a number.
func (l *Linker) on(n *number) iter.Seq[*mention] { return l.enrolled(&n.roll, numberPrefix, n.key) }

// unscoped gives the events that name a value without issuer.
func (l *Linker) unscoped(v *value) iter.Seq[*mention] {
	return l.enrolled(&v.roll, valuePrefix, v.key)
}

func (l *Linker) enrolled(r *roll, prefix byte, key string) iter.Seq[*mention] {
	return func(yield func(*mention) bool) {
		if r.blocks > 0 && !l.eachInBlocks(r, prefix, key, yield) {
			return
		}
		for i := range r.last {
			if !yield(&r.last[i]) {
				return
			}
		}
	}
}

// eachInBlocks visits what stands in the blocks of a roll, and says whether all was visited.
func (l *Linker) eachInBlocks(r *roll, prefix byte, key string, visit func(*mention) bool) bool {
	for place := range r.blocks {
		b := l.block(blockKey(prefix, key, place))
		for i := range b.list {
			if m := &b.list[i]; !r.void(m.event, place) && !visit(m) {
				return false
			}
		}
	}
	return true
}

// enterRoll adds a mention at the end of a roll. What is full then stands in a block.
func (l *Linker) enterRoll(r *roll, prefix byte, key string, m mention) {
	for len(r.last) >= l.rollBlock {
		l.setBlock(blockKey(prefix, key, r.blocks), r.last[:l.rollBlock])
		r.last = slices.Delete(r.last, 0, l.rollBlock)
		r.blocks++
	}
	r.last = append(r.last, m)
}

// strike takes an event out of the blocks of a roll, in which it must stand. Where many were, the blocks are made anew.
func (l *Linker) strike(r *roll, prefix byte, key string, event trade.EventKey) {
	at, found := slices.BinarySearchFunc(r.gone, event, compareGone)
	if !found {
		r.gone = slices.Insert(r.gone, at, gone{event: event})
	}
	r.gone[at].below = r.blocks
	if len(r.gone) <= l.rollBlock {
		return
	}
	var left []mention
	l.eachInBlocks(r, prefix, key, func(m *mention) bool { left = append(left, *m); return true })
	was := r.blocks
	r.gone, r.blocks, r.last = nil, 0, append(left, r.last...)
	for len(r.last) > l.rollBlock {
		l.setBlock(blockKey(prefix, key, r.blocks), r.last[:l.rollBlock])
		r.last = r.last[l.rollBlock:]
		r.blocks++
	}
	for place := r.blocks; place < was; place++ {
		l.setBlock(blockKey(prefix, key, place), nil)
	}
}

func blockKey(prefix byte, key string, place int) string {
	return string(prefix) + key + "\x00" + strconv.Itoa(place)
}

func (l *Linker) setBlock(key string, list []mention) {
	b := l.block(key)
	b.list = slices.Clone(list)
	if !b.dirty {
		b.dirty = true
		l.dirtyBlocks = append(l.dirtyBlocks, b)
	}
}

func (l *Linker) block(key string) *block {
	if b, ok := l.young.blocks[key]; ok {
		return b
	}
	b, ok := l.old.blocks[key]
	switch {
	case ok:
		for i := range b.list {
			b.list[i].f = nil
		}
		l.held += b.size
	default:
		stored := l.load(blockPrefix, key)
		if stored != nil {
			var err error
			if b, err = decodeBlock(key, stored); !l.sound(err) {
				b = nil
			}
		}
		if b == nil {
			b = &block{key: key}
		}
		b.size = l.weigh(0, blockBytes+2*len(stored))
	}
	l.young.blocks[b.key] = b
	return b
}

func (e *encoder) mentions(list []mention) {
	e.uint(uint64(len(list)))
	for i := range list {
		e.key(list[i].event)
		e.b = append(e.b, list[i].bits)
	}
}

func (d *decoder) mentions() []mention {
	return listOf(d, func(d *decoder) mention { return mention{event: d.key(), bits: d.byte()} })
}

func (e *encoder) roll(r *roll) {
	e.uint(uint64(r.blocks))
	e.uint(uint64(len(r.gone)))
	for _, g := range r.gone {
		e.key(g.event)
		e.uint(uint64(g.below))
	}
	e.mentions(r.last)
}

func (d *decoder) roll() roll {
	r := roll{blocks: int(d.uint())}
	r.gone = listOf(d, func(d *decoder) gone { return gone{d.key(), int(d.uint())} })
	r.last = d.mentions()
	return r
}

func (b *block) encode(to []byte) []byte {
	e := encoder{append(to, codecVersion)}
	e.mentions(b.list)
	return e.b
}

func decodeBlock(key string, stored []byte) (*block, error) {
	d := open(stored)
	b := &block{key: key, list: d.mentions()}
	return b, d.done()
}
