package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// fact is what joining needs to know of one current event.
type fact struct {
	key       trade.EventKey
	sequence  uint64 // of the message whose content is current
	received  int64  // broker time of that message, milliseconds since 1970
	revision  uint32
	digest    [32]byte // of the canonical bytes
	retracted bool     // then nothing below is set
	kind      int16    // trade.Type's order
	actual    bool
	time      int64 // milliseconds since 1970
	source    string
	id        string
	refs      []ref
	covers    []ref
	replaces  []ref
	equipment []string // containers, normal form
	from, to  []string // cargo.transferred
	ship      string   // conveyance, of a load or of an event that may be about one
	denies    *denial
	whole     *named // what it names, where some of that is denied
	placed    []placement
	conflict  bool        // of its content there is another at the same revision
	flags     trade.Flags // what joining remarks on it
	apart     bool        // it is stored once, not in each of its chains
	on        string      // the conveyance on which, if on one
	enters    bool        // the records of its chains

	// The numbers and containers that it names, resolved; not stored.
	refNumbers, coverNumbers, replaceNumbers []*number
	boxes                                    []*container
	resolved                                 bool

	size int // in memory, about

	identity bool // it names a document or an identity number
	dirty    bool // to be written
	fresh    bool // its content is new in this batch
	revises  bool // and took the place of another
	again    bool // to be placed again
	shifted  bool // became an event about a conveyance, or is one no more
	moved    bool // placed otherwise than before this batch

	// What it was before this batch, if it moved.
	had   []placement
	hadIn []string // ids of the chains, sorted; not for one whose content is new
	stood bool     // apart
	wasOn string
}

// placement is an event's place in a consignment, with its evidence.
type placement struct {
	root  string
	rule  trade.Rule
	via   string // key of a number, or a container's number
	steps uint16
	by    trade.EventKey
}

// ref is a number as an event names it, before its issuer is resolved.
type ref struct {
	kind   trade.Kind
	value  string
	issuer string
}

// group is what the kinds of one number have in common: a bill is one number in three roles.
func (r ref) group() trade.Kind { return groupOf(r.kind) }

func groupOf(k trade.Kind) trade.Kind {
	switch k {
	case trade.BL, trade.HouseBL, trade.MasterBL:
		return trade.BL
	case trade.AirWaybill, trade.HouseAirWaybill, trade.MasterAirWaybill:
		return trade.AirWaybill
	default:
		return k
	}
}

func (r ref) isMaster() bool { return r.kind == trade.MasterBL || r.kind == trade.MasterAirWaybill }
func (r ref) isHouse() bool  { return r.kind == trade.HouseBL || r.kind == trade.HouseAirWaybill }

// factOf takes from the event what joining needs. The strings alias the event.
func factOf(e *trade.Event, sequence uint64, digest [32]byte) *fact {
	f := &fact{
		key: e.Key(), sequence: sequence, revision: e.Revision, digest: digest, retracted: e.Retracted,
		kind: int16(e.Type.Order()), time: e.Time.UnixMilli(), source: e.Source, id: e.ID,
	}
	if e.Retracted || e.Data == nil {
		return f
	}
	f.actual = e.Data.Classifier == trade.Actual || e.Data.Classifier == ""
	if f.kind == loaded && f.actual || slices.Contains(voyaging, f.kind) {
		f.ship = identifier.Conveyance(e.Data.Transport.Mode, e.Data.Transport.Conveyance)
	}
	if e.Type == trade.LinkDenied {
		// A denial belongs where its numbers are, so that it can be read there, and joins nothing.
		f.covers = append(refsOf(e.Data.References), refsOf(e.Data.Covers)...)
		f.denies = denialOf(e)
		return f
	}
	f.refs = refsOf(e.Data.References)
	f.covers = refsOf(e.Data.Covers)
	f.replaces = refsOf(e.Data.Replaces)
	for i := range e.Data.Equipment {
		if q := &e.Data.Equipment[i]; q.Kind == trade.Container && q.Number != "" {
			f.equipment = appendNew(f.equipment, q.Number)
		}
	}
	f.from, f.to = slices.Clone(e.Data.Transfer.From), slices.Clone(e.Data.Transfer.To)
	for _, number := range f.from {
		f.equipment = appendNew(f.equipment, number)
	}
	for _, number := range f.to {
		f.equipment = appendNew(f.equipment, number)
	}
	return f
}

// own gives the fact memory of its own for its texts, which alias the event: one piece for all.
func (f *fact) own() {
	size := 0
	f.eachText(func(s *string) { size += len(*s) })
	var b strings.Builder
	b.Grow(size)
	f.eachText(func(s *string) { b.WriteString(*s) })
	all := b.String()
	f.eachText(func(s *string) {
		*s, all = all[:len(*s)], all[len(*s):]
	})
	f.settle()
}

// eachText visits the texts of the fact.
func (f *fact) eachText(visit func(s *string)) {
	visit(&f.source)
	visit(&f.id)
	visit(&f.ship)
	lists := [...][]ref{f.refs, f.covers, f.replaces, nil, nil}
	texts := [...][]string{f.equipment, f.from, f.to, nil}
	if f.denies != nil {
		lists[3], lists[4], texts[3] = f.denies.refs, f.denies.replaces, f.denies.boxes
	}
	for _, list := range lists {
		for i := range list {
			visit(&list[i].value)
			visit(&list[i].issuer)
		}
	}
	for _, list := range texts {
		for i := range list {
			visit(&list[i])
		}
	}
}

func refsOf(list []trade.Reference) []ref {
	if len(list) == 0 {
		return nil
	}
	refs := make([]ref, 0, len(list))
	for _, r := range list {
		if r.Kind.Class() != trade.ClassUnknown && r.Value != "" {
			refs = append(refs, ref{kinds[r.Kind.Order()], r.Value, r.Issuer}) // the kind is ours, not the event's text
		}
	}
	return refs
}

// settle sets what follows from the stored members.
func (f *fact) settle() {
	f.identity = false
	for i := range f.refs {
		if c := f.refs[i].kind.Class(); c == trade.ClassDocument || c == trade.ClassIdentity {
			f.identity = true
			return
		}
	}
}

// observes says whether the event sees its containers with its own eyes: an actual move of the box,
// not a reading, a plan or a paper.
func (f *fact) observes() bool {
	return f.actual && !f.retracted && len(f.equipment) > 0 && f.kind >= 0 && observation[f.kind]
}

var observation = func() []bool {
	seen := make([]bool, len(trade.Types()))
	for _, t := range trade.Types() {
		if strings.HasPrefix(string(t), "logistics.equipment.") || strings.HasPrefix(string(t), "logistics.empty.") || t == trade.CargoTransferred {
			seen[t.Order()] = true
		}
	}
	return seen
}()

// supersedes says whether this content takes the place of the other as the event's current one: the
// higher revision; at equal revisions the smaller digest, so that arrival order does not decide.
func (f *fact) supersedes(other *fact) bool {
	if f.revision != other.revision {
		return f.revision > other.revision
	}
	return string(f.digest[:]) < string(other.digest[:])
}

func appendNew[T comparable](list []T, v T) []T {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}
