package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// act is that a document was presented, recognised or refused.
type act struct {
	what                 string
	kind, number, digest string
	rank                 rank
	at                   int64
}

// The acts of recognition.
const (
	actPresented  = "presented"
	actRecognised = "recognised"
	actRefused    = "refused"
)

var actNames = map[trade.Type]string{
	trade.DocumentPresented: actPresented, trade.DocumentRecognised: actRecognised, trade.DocumentRefused: actRefused,
}

// examineAct keeps which document the event is about: the one that it tells the number or the digest of, else all of whose numbers
// it names, as documents presented under a credit are.
func (b *Builder) examineAct(e *trade.Event, r rank, at int64) {
	d := e.Data
	a := act{what: actNames[e.Type], rank: r, at: at}
	if d.Document.Number != "" || d.Document.Digest != "" {
		a.kind, a.number, a.digest = b.own(d.Document.Kind), b.own(d.Document.Number), b.own(d.Document.Digest)
		b.examined.acts = append(b.examined.acts, a)
		return
	}
	for i := range d.References {
		if ref := &d.References[i]; isDocument(ref.Kind) {
			a.kind, a.number = b.own(string(ref.Kind)), b.own(ref.Value)
			b.examined.acts = append(b.examined.acts, a)
		}
	}
}

// isDocument says whether a number is one of a document: not of an order, a shipment or an arrangement.
func isDocument(k trade.Kind) bool {
	switch k {
	case trade.UCR, trade.Shipment, trade.OneOrder:
		return false
	default:
		return k.Class() == trade.ClassDocument || k.Class() == trade.ClassIdentity
	}
}

// makeRecognition lists the acts in the order of time, each with how it agrees with what the others of the chain say of the document.
func (b *Builder) makeRecognition(c *trade.Chain) {
	c.Recognition = nil
	acts := b.examined.acts
	if len(acts) == 0 {
		return
	}
	slices.SortFunc(acts, func(x, y act) int {
		return cmp.Or(cmp.Compare(x.at, y.at), b.compare(x.rank, y.rank), cmp.Compare(x.kind, y.kind), cmp.Compare(x.number, y.number))
	})
	acts = slices.CompactFunc(acts, func(x, y act) bool { return x == y })
	b.examined.acts = acts
	list := empty(b, b.recognised, len(acts))
	for i := range acts {
		a := &acts[i]
		r := trade.Recognition{
			At: (stamp{rank: a.rank, at: a.at}).time(), Act: a.what, Kind: a.kind, Number: a.number, Digest: a.digest,
			Org: b.sources[b.members[a.rank.by].source].org, Event: b.keyOf(a.rank.by),
		}
		b.match(a, &r)
		list = append(list, r)
	}
	b.recognised, c.Recognition = list, list
}

// match finds the document among those that other events of the chain tell of.
func (b *Builder) match(a *act, r *trade.Recognition) {
	r.Match = trade.MatchNone
	versions := false // of which a digest is known
	var same *copied
	for i := range b.examined.copies {
		v := &b.examined.copies[i]
		if v.shown || v.rank.by == a.rank.by || a.number != "" && (v.number != a.number || v.kind != string(documentKind(trade.Kind(a.kind))) && a.kind != "") {
			continue
		}
		versions = true
		if v.digest == a.digest && a.digest != "" && (same == nil || b.beats(v.rank, same.rank)) {
			same = v
		}
	}
	switch {
	case same != nil:
		r.Match = trade.MatchDigest
		if a.number == "" {
			r.Kind, r.Number = same.kind, same.number
		}
	case a.number == "":
	case versions && a.digest != "":
		r.Match = trade.MatchOther
	case b.named(a):
		r.Match = trade.MatchNumber
	}
}

// named says whether another event of the chain names the document.
func (b *Builder) named(a *act) bool {
	return slices.ContainsFunc(b.references, func(n number) bool {
		return n.ref.Value == a.number && (n.several || n.rank.by != a.rank.by) &&
			(a.kind == "" || documentKind(n.ref.Kind) == documentKind(trade.Kind(a.kind)))
	})
}
