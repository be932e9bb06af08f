package record

import (
	"encoding/json"
	"fmt"
	"slices"

	"oneorder/internal/trade"
)

// pair says that two numbers of documents are of one consignment: one takes the place of the other, or one order names both.
type pair struct {
	kind          trade.Kind // of document, whatever its role
	number, other string
}

// documentKind is the kind of a number without its role: a house bill and a master are bills.
func documentKind(k trade.Kind) trade.Kind {
	switch k {
	case trade.HouseBL, trade.MasterBL:
		return trade.BL
	case trade.HouseAirWaybill, trade.MasterAirWaybill:
		return trade.AirWaybill
	default:
		return k
	}
}

// addReplaced keeps which numbers are one by the event, and says whether that is new.
func (b *Builder) addReplaced(d *trade.Data) (learned bool) {
	add := func(kind trade.Kind, number, other string) {
		p := pair{kind, number, other}
		if number == other || slices.Contains(b.pairs, p) {
			return
		}
		b.pairs = append(b.pairs, pair{trade.Kind(b.own(string(kind))), b.own(number), b.own(other)})
		learned = true
	}
	for i := range d.Replaces {
		for j := range d.References {
			if kind := documentKind(d.References[j].Kind); kind == documentKind(d.Replaces[i].Kind) {
				add(kind, d.References[j].Value, d.Replaces[i].Value)
			}
		}
	}
	for i := range d.References {
		if d.References[i].Kind != trade.OneOrder {
			continue
		}
		for j := range d.References {
			if r := &d.References[j]; r.Kind.Class() == trade.ClassDocument {
				add(documentKind(r.Kind), r.Value, "one order "+d.References[i].Value)
			}
		}
	}
	return learned
}

// one says whether two numbers of documents are known to be of one consignment.
func (b *Builder) one(kind trade.Kind, x, y string) bool {
	if x == y {
		return true
	}
	if len(b.pairs) == 0 {
		return false
	}
	reached := []string{x}
	for i := 0; i < len(reached); i++ {
		for j := range b.pairs {
			p := &b.pairs[j]
			next := ""
			switch {
			case p.kind != kind:
			case p.number == reached[i]:
				next = p.other
			case p.other == reached[i]:
				next = p.number
			}
			if next == y && next != "" {
				return true
			}
			if next != "" && !slices.Contains(reached, next) {
				reached = append(reached, next)
			}
		}
	}
	return false
}

// supersededBy says whether the second number took the place of the first, at once or by way of others.
func (b *Builder) supersededBy(kind trade.Kind, old, number string) bool {
	reached := []string{number}
	for i := 0; i < len(reached); i++ {
		for j := range b.pairs {
			if p := &b.pairs[j]; p.kind == kind && p.number == reached[i] && !slices.Contains(reached, p.other) {
				reached = append(reached, p.other)
			}
		}
	}
	return old != number && slices.Contains(reached, old)
}

// doubt is an event that looked as if it were about several consignments, since nothing said that its numbers are one.
type doubt struct {
	event *trade.Event
	by    uint32
}

func (b *Builder) doubts(e *trade.Event, by uint32) {
	kept := *e
	if !b.borrows {
		// The texts are the decoder's. Few events name several documents, so this need not be fast.
		text, err := json.Marshal(e.Data)
		kept.Data = new(trade.Data)
		if err == nil {
			err = json.Unmarshal(text, kept.Data)
		}
		if err != nil {
			panic(fmt.Sprintf("data of an event of this program: %v", err)) // it is all texts and lists of texts
		}
		kept.ID, kept.Source, kept.Type = b.members[by].id, b.sources[b.members[by].source].uri, trade.Types()[e.Type.Order()]
	} else {
		d := *e.Data
		d.References, d.Covers, d.Replaces = slices.Clone(d.References), slices.Clone(d.Covers), slices.Clone(d.Replaces)
		d.Equipment, d.Parties, d.Goods = slices.Clone(d.Equipment), slices.Clone(d.Parties), slices.Clone(d.Goods)
		d.Transfer.From, d.Transfer.To = slices.Clone(d.Transfer.From), slices.Clone(d.Transfer.To)
		kept.Data = &d
	}
	b.doubted = append(b.doubted, doubt{&kept, by})
}

// reconsider takes the events in again of which it is known now that their numbers are of this one consignment. Of what such an
// event said before, everything is a part of what it says now, but for the lists of the examination.
func (b *Builder) reconsider() {
	b.doubted = slices.DeleteFunc(b.doubted, func(d doubt) bool {
		if b.extentOf(d.event.Data).several != otherNumber {
			return false
		}
		b.examined.forget(d.by)
		b.tell(d.event, d.by)
		return true
	})
}

// forget takes out of the lists what an event said.
func (x *examination) forget(by uint32) {
	x.worths = slices.DeleteFunc(x.worths, func(w worth) bool { return w.rank.by == by })
	x.drawings = slices.DeleteFunc(x.drawings, func(g drawing) bool { return g.rank.by == by })
	x.named = slices.DeleteFunc(x.named, func(n named) bool { return n.rank.by == by })
	x.copies = slices.DeleteFunc(x.copies, func(c copied) bool { return c.rank.by == by })
	x.tallies = slices.DeleteFunc(x.tallies, func(t tally) bool { return t.rank.by == by })
	x.unloadings = slices.DeleteFunc(x.unloadings, func(u unloading) bool { return u.rank.by == by })
	x.listings = slices.DeleteFunc(x.listings, func(l listing) bool { return l.rank.by == by })
	x.readings = slices.DeleteFunc(x.readings, func(r reading) bool { return r.rank.by == by })
	x.proofs = slices.DeleteFunc(x.proofs, func(p proof) bool { return p.rank.by == by })
	x.claims = slices.DeleteFunc(x.claims, func(c claim) bool { return c.rank.by == by })
	x.seals = slices.DeleteFunc(x.seals, func(s sealing) bool { return s.rank.by == by })
	x.pledges = slices.DeleteFunc(x.pledges, func(p pledge) bool { return p.rank.by == by })
	x.steps = slices.DeleteFunc(x.steps, func(s titleStep) bool { return s.rank.by == by })
	x.acts = slices.DeleteFunc(x.acts, func(a act) bool { return a.rank.by == by })
	x.terms = slices.DeleteFunc(x.terms, func(t creditTerms) bool { return t.rank.by == by })
	x.shown = slices.DeleteFunc(x.shown, func(p presentation) bool { return p.rank.by == by })
	x.transits = slices.DeleteFunc(x.transits, func(t transit) bool { return t.rank.by == by })
}
