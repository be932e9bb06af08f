package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

// denial is what an operator's event takes out of another: numbers and containers (rule 8).
type denial struct {
	of    trade.EventKey // the event that they are taken out of
	refs  []ref
	boxes []string

	replaces []ref // that it says to replace, to no effect
}

func denialOf(e *trade.Event) *denial {
	of, ok := e.Denied()
	if !ok {
		return nil
	}
	d := &denial{of: of, refs: refsOf(e.Data.References), replaces: refsOf(e.Data.Replaces)}
	for i := range e.Data.Equipment {
		d.boxes = append(d.boxes, e.Data.Equipment[i].Number)
	}
	return d
}

// named is everything that an event names.
type named struct {
	refs, covers, replaces []ref
	boxes, from, to        []string
}

// without gives what is left when a denial takes its numbers and containers out.
func (n named) without(d *denial) named {
	refs := func(list []ref) []ref {
		return slices.DeleteFunc(slices.Clone(list), func(r ref) bool { return slices.ContainsFunc(d.refs, r.meant) })
	}
	boxes := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(box string) bool { return slices.Contains(d.boxes, box) })
	}
	return named{refs(n.refs), refs(n.covers), refs(n.replaces), boxes(n.boxes), boxes(n.from), boxes(n.to)}
}

// meant says whether a denial of the other number means this one.
func (r ref) meant(other ref) bool {
	return r.group() == other.group() && r.value == other.value && (r.issuer == other.issuer || r.issuer == "" || other.issuer == "")
}

// denials are the events that deny numbers of one event.
type denials struct {
	of    trade.EventKey
	by    []trade.EventKey
	dirty bool
}

func (d *denials) encode(b []byte) []byte {
	e := encoder{append(b, codecVersion)}
	e.uint(uint64(len(d.by)))
	for _, k := range d.by {
		e.key(k)
	}
	return e.b
}

func decodeDenials(of trade.EventKey, b []byte) (*denials, error) {
	d := open(b)
	list := &denials{of: of, by: listOf(&d, (*decoder).key)}
	return list, d.done()
}

// deniedIn gives the events that deny numbers of an event; nil: there were never any.
func (l *Linker) deniedIn(of trade.EventKey) *denials {
	if d, ok := l.denied[of]; ok {
		return d
	}
	b := l.load(denialPrefix, string(of[:]))
	if b == nil {
		return nil
	}
	d, err := decodeDenials(of, b)
	if !l.sound(err) {
		return nil
	}
	l.denied[of] = d
	return d
}

// apply takes out of an event what is denied.
func (l *Linker) apply(f *fact) {
	if f.whole != nil {
		f.setNamed(*f.whole)
		f.whole = nil
	}
	d := l.deniedIn(f.key)
	if d == nil || f.retracted {
		return
	}
	whole := f.named()
	left := whole
	for _, key := range d.by {
		if by := l.fact(key); by != nil && by.denies != nil {
			left = left.without(by.denies)
		}
	}
	f.whole = &whole
	f.setNamed(left)
}

// deny follows an event that denies numbers of another, and came or went.
func (l *Linker) deny(f *fact, came bool) {
	of := f.denies.of
	d := l.deniedIn(of)
	if d == nil {
		d = &denials{of: of}
		l.denied[of] = d
	}
	d.by = slices.DeleteFunc(d.by, func(k trade.EventKey) bool { return k == f.key })
	if came {
		d.by = append(d.by, f.key)
	}
	if !d.dirty {
		d.dirty = true
		l.dirtyDenials = append(l.dirtyDenials, d)
	}
	target := l.fact(of)
	if target == nil {
		return
	}
	about := target.about()
	l.unlinkNames(target)
	l.apply(target)
	l.linkNames(target)
	target.shifted = target.shifted || target.about() != about
	l.markFact(target)
	l.again(target)
}

func (f *fact) named() named {
	return named{f.refs, f.covers, f.replaces, f.equipment, f.from, f.to}
}

func (f *fact) setNamed(n named) {
	f.forget()
	f.refs, f.covers, f.replaces, f.equipment, f.from, f.to = n.refs, n.covers, n.replaces, n.boxes, n.from, n.to
	f.settle()
}
