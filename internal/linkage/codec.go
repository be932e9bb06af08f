package linkage

import (
	"encoding/binary"
	"errors"

	"oneorder/internal/trade"
)

// The stored forms. Each begins with a version byte; integers are varints, strings and lists carry their
// length. A decoded string aliases the stored bytes, which the store never reuses.

const codecVersion = 4

// rollVersion begins the nodes that hold a roll of events; in nodes of before, with codecVersion, it is one list.
const rollVersion = 5

var errCorrupt = errors.New("stored linkage state is not readable")

type encoder struct{ b []byte }

func (e *encoder) uint(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) int(v int64)   { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) string(s string) {
	e.uint(uint64(len(s)))
	e.b = append(e.b, s...)
}

func bit(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

func (e *encoder) key(k trade.EventKey) { e.b = append(e.b, k[:]...) }

func (e *encoder) strings(list []string) {
	e.uint(uint64(len(list)))
	for _, s := range list {
		e.string(s)
	}
}

func (e *encoder) refs(list []ref) {
	e.uint(uint64(len(list)))
	for _, r := range list {
		e.b = append(e.b, byte(r.kind.Order()))
		e.string(r.value)
		e.string(r.issuer)
	}
}

func (e *encoder) members(list []Member) {
	e.uint(uint64(len(list)))
	for _, m := range list {
		e.string(m.Root)
		e.uint(uint64(m.Steps))
		e.key(m.By)
		e.int(m.at)
	}
}

// decoder reads what encoder wrote. After a fault it gives zeros; err tells.
type decoder struct {
	s   string
	err error
}

func (d *decoder) fail() { d.s, d.err = "", errCorrupt }

func (d *decoder) byte() byte {
	if len(d.s) == 0 {
		d.fail()
		return 0
	}
	b := d.s[0]
	d.s = d.s[1:]
	return b
}

func (d *decoder) uint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	d.fail()
	return 0
}

func (d *decoder) int() int64 {
	u := d.uint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

func (d *decoder) take(n uint64) string {
	if n > uint64(len(d.s)) {
		d.fail()
		return ""
	}
	s := d.s[:n]
	d.s = d.s[n:]
	return s
}

func (d *decoder) string() string { return d.take(d.uint()) }

func (d *decoder) key() (k trade.EventKey) {
	copy(k[:], d.take(uint64(len(k))))
	return k
}

// count reads a list's length, which cannot exceed the bytes that are left.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.s)) {
		d.fail()
		return 0
	}
	return int(n)
}

func listOf[T any](d *decoder, one func(*decoder) T) []T {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = one(d)
	}
	return list
}

var kinds = trade.Kinds()

func (d *decoder) kind() trade.Kind {
	i := int(d.byte())
	if i >= len(kinds) {
		d.fail()
		return ""
	}
	return kinds[i]
}

func (d *decoder) ref() ref { return ref{d.kind(), d.string(), d.string()} }

func (d *decoder) member() Member {
	m := Member{Root: d.string()}
	m.Steps = uint16(d.uint())
	m.By = d.key()
	m.at = d.int()
	return m
}

func (d *decoder) done() error {
	if d.err == nil && len(d.s) != 0 {
		d.fail()
	}
	return d.err
}

func open(b []byte) decoder {
	d := decoder{s: string(b)}
	if d.byte() != codecVersion {
		d.fail()
	}
	return d
}

// openRoll opens a node that holds a roll, and says whether that is stored as one.
func openRoll(b []byte) (d decoder, rolls bool) {
	d = decoder{s: string(b)}
	switch d.byte() {
	case rollVersion:
		return d, true
	case codecVersion:
	default:
		d.fail()
	}
	return d, false
}

const (
	factRetracted = 1 << iota
	factActual
	factDenied // some of what it names
	factDenies // something of another
	factApart
	factEnters
	factConflict
)

func (e *encoder) named(n named) {
	e.refs(n.refs)
	e.refs(n.covers)
	e.refs(n.replaces)
	e.strings(n.boxes)
	e.strings(n.from)
	e.strings(n.to)
}

func (d *decoder) named() named {
	return named{
		refs: listOf(d, (*decoder).ref), covers: listOf(d, (*decoder).ref), replaces: listOf(d, (*decoder).ref),
		boxes: listOf(d, (*decoder).string), from: listOf(d, (*decoder).string), to: listOf(d, (*decoder).string),
	}
}

func (f *fact) encode(b []byte) []byte {
	e := encoder{append(b, codecVersion)}
	e.uint(f.sequence)
	e.int(f.received)
	e.uint(uint64(f.revision))
	e.b = append(e.b, f.digest[:]...)
	var bits byte
	if f.retracted {
		bits |= factRetracted
	}
	if f.actual {
		bits |= factActual
	}
	if f.whole != nil {
		bits |= factDenied
	}
	if f.denies != nil {
		bits |= factDenies
	}
	if f.apart {
		bits |= factApart
	}
	if f.enters {
		bits |= factEnters
	}
	if f.conflict {
		bits |= factConflict
	}
	e.b = append(e.b, bits)
	e.uint(uint64(f.flags))
	e.int(int64(f.kind))
	e.int(f.time)
	e.string(f.source)
	e.string(f.id)
	e.string(f.ship)
	e.named(f.named())
	if f.whole != nil {
		e.named(*f.whole)
	}
	if f.denies != nil {
		e.key(f.denies.of)
		e.refs(f.denies.refs)
		e.strings(f.denies.boxes)
		e.refs(f.denies.replaces)
	}
	if f.apart {
		e.string(f.on)
	}
	e.uint(uint64(len(f.placed)))
	for _, p := range f.placed {
		e.string(p.root)
		e.b = append(e.b, ruleByte(p.rule))
		e.string(p.via)
		e.uint(uint64(p.steps))
		e.key(p.by)
	}
	return e.b
}

func decodeFact(key trade.EventKey, b []byte) (*fact, error) {
	d := open(b)
	f := &fact{key: key, sequence: d.uint(), received: d.int(), revision: uint32(d.uint())}
	copy(f.digest[:], d.take(uint64(len(f.digest))))
	bits := d.byte()
	f.retracted, f.actual = bits&factRetracted != 0, bits&factActual != 0
	f.apart, f.enters, f.conflict = bits&factApart != 0, bits&factEnters != 0, bits&factConflict != 0
	f.flags = trade.Flags(d.uint())
	f.kind = int16(d.int())
	f.time = d.int()
	f.source, f.id, f.ship = d.string(), d.string(), d.string()
	f.setNamed(d.named())
	if bits&factDenied != 0 {
		whole := d.named()
		f.whole = &whole
	}
	if bits&factDenies != 0 {
		f.denies = &denial{of: d.key(), refs: listOf(&d, (*decoder).ref), boxes: listOf(&d, (*decoder).string)}
		f.denies.replaces = listOf(&d, (*decoder).ref)
	}
	if f.apart {
		f.on = d.string()
	}
	f.placed = listOf(&d, (*decoder).placement)
	return f, d.done()
}

var rules = [...]trade.Rule{trade.ByReference, trade.ByCovers, trade.ByContainer, trade.ByBundle, trade.ByConveyance}

func ruleByte(r trade.Rule) byte {
	for i, rule := range rules {
		if rule == r {
			return byte(i)
		}
	}
	return byte(len(rules))
}

func (d *decoder) placement() placement {
	p := placement{root: d.string()}
	if i := int(d.byte()); i < len(rules) {
		p.rule = rules[i]
	}
	p.via, p.steps, p.by = d.string(), uint16(d.uint()), d.key()
	return p
}
