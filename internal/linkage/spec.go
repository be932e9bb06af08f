package linkage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Joined is what the rules of joining make of a set of events.
type Joined struct {
	Chains  []Joint                        // sorted by id
	Placed  []trade.Attribution            // every event of every chain, and why: sorted by chain, event
	Waiting []trade.EventKey               // current events in no chain, but those about conveyances or of the corridor
	Apart   map[trade.EventKey][]string    // stored once, on these numbers, boxes or conveyances (rule 7)
	Aliases map[string][]string            // id that a number would make → the chains that the number leads to
	Flags   map[trade.EventKey]trade.Flags // what is remarked on the events that are flagged
}

// Joint is one chain.
type Joint struct {
	ID      string
	Founded time.Time // broker date of the id's making, UTC midnight
	Events  []trade.EventKey
	Record  []trade.EventKey // of these, those that enter its record
}

// Spec joins events into chains, by the rules that docs/joining.md tells in words: one function per rule, in
// the order in which they build on each other. It takes every message of the stream, in any order, each with
// its sequence, its numbers in normal form as wire decodes them.
//
// It is the judge of Linker: written to be read, not to be fast, and it shares no rule with it. Linker must
// give the same, whatever the order in which events arrive.
func Spec(messages []Input) Joined { return newSpec().join(messages) }

func (s *spec) join(messages []Input) Joined {
	s.currentEvents(messages)
	s.deniedNumbers()
	s.issuers()
	s.wideNumbers()
	s.replacedBundles()
	s.documents()
	s.identity()
	s.besideBundles()
	s.cycles()
	s.transfers()
	s.papers()
	s.notes()
	s.besideBundles()
	s.bundles()
	s.cycleMembers()
	s.attribution()
	s.conveyances()
	return s.joined()
}

// spec is the table on which the rules work. A number is known by its key (see numberKey), a consignment by its
// root: the smallest key among its documents or, while it has none, among the numbers that stand for it.
type spec struct {
	doubts    int       // numbers that may hang together before none of it is believed
	most      int       // consignments that an event may belong to before it is stored once
	reports   []*report // the current events, in the order of time
	effective []Input   // messages that were current when they arrived, in the order of the stream
	conflict  map[trade.EventKey]bool

	known   map[string][]string // kind and value → issuers known for it
	wide    map[string]bool
	suspect map[string]bool

	document map[string]string    // number that founds a consignment → root of that consignment
	belongs  map[string]claims    // document or identity number → its consignments
	beside   map[string]claims    // bundle → consignments that some event puts beside it
	alone    map[string][]*report // bundle → events that name it and no document or identity number
	bundle   map[string]claims    // bundle → all its members
	one      *same                // bundles that are one

	boxes  map[string]*box
	placed map[*report]map[string]evidence // event → root of consignment → why
}

// report is a current event as joining reads it.
type report struct {
	event  *trade.Event
	key    trade.EventKey
	input  Input
	refs   []trade.Reference // of known kinds
	covers []trade.Reference
	olds   []trade.Reference // that it replaces
	boxes  []string          // containers that it names
	from   []string
	to     []string
}

// claim says how near a number, bundle or box stands to a consignment, and which event made it so; nil: it is
// the consignment's own number.
type claim struct {
	steps int
	by    *report
}

// claims are the consignments that something belongs to, by root.
type claims map[string]claim

// add keeps the nearest claim; of equally near ones, the earliest event's. It says whether it changed anything.
func (c claims) add(root string, steps int, by *report) bool {
	have, ok := c[root]
	if ok && (have.steps < steps || have.steps == steps && (have.by == nil || by != nil && !by.before(have.by))) {
		return false
	}
	c[root] = claim{steps, by}
	return true
}

func (c claims) has(root string) bool { _, ok := c[root]; return ok }

func (c claims) roots() []string {
	roots := make([]string, 0, len(c))
	for root := range c {
		roots = append(roots, root)
	}
	slices.Sort(roots)
	return roots
}

func newSpec() *spec {
	return &spec{
		most: mostApart, doubts: suspectNumbers,
		conflict: map[trade.EventKey]bool{}, known: map[string][]string{}, wide: map[string]bool{}, suspect: map[string]bool{},
		document: map[string]string{}, belongs: map[string]claims{}, beside: map[string]claims{}, bundle: map[string]claims{},
		boxes: map[string]*box{}, placed: map[*report]map[string]evidence{},
	}
}

// currentEvents takes of each event the content that stands (rule 8): the highest revision and, where two
// contents claim one revision, the one with the smaller digest, so that nobody gains by being first; that is remarked. What is
// taken back is as if it had never been said.
func (s *spec) currentEvents(messages []Input) {
	messages = slices.Clone(messages)
	slices.SortFunc(messages, func(a, b Input) int { return cmp.Compare(a.Sequence, b.Sequence) })
	current := map[trade.EventKey]Input{}
	for _, m := range messages {
		key := m.Event.Key()
		have, ok := current[key]
		if ok && have.Event.Revision == m.Event.Revision && have.Digest != m.Digest {
			s.conflict[key] = true
		}
		stands := !ok || m.Event.Revision > have.Event.Revision ||
			m.Event.Revision == have.Event.Revision && slices.Compare(m.Digest[:], have.Digest[:]) < 0
		if stands {
			if ok && m.Event.Revision > have.Event.Revision {
				delete(s.conflict, key) // the publisher has spoken again
			}
			current[key] = m
			s.effective = append(s.effective, m)
		}
	}
	for key, m := range current {
		if !m.Event.Retracted && m.Event.Data != nil {
			s.reports = append(s.reports, newReport(key, m))
		}
	}
	slices.SortFunc(s.reports, func(a, b *report) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
}

func newReport(key trade.EventKey, m Input) *report {
	d := m.Event.Data
	r := &report{event: m.Event, key: key, input: m, covers: knownKinds(d.Covers)}
	if m.Event.Type == trade.LinkDenied {
		// A denial belongs where its numbers are, so that it can be read there, and joins nothing.
		r.covers = append(knownKinds(d.References), r.covers...)
		return r
	}
	r.refs, r.olds = knownKinds(d.References), knownKinds(d.Replaces)
	for _, q := range d.Equipment {
		if q.Kind == trade.Container && q.Number != "" {
			r.boxes = appendNew(r.boxes, q.Number)
		}
	}
	r.from, r.to = slices.Clone(d.Transfer.From), slices.Clone(d.Transfer.To)
	for _, number := range slices.Concat(r.from, r.to) {
		r.boxes = appendNew(r.boxes, number)
	}
	return r
}

func knownKinds(list []trade.Reference) []trade.Reference {
	var out []trade.Reference
	for _, r := range list {
		if r.Kind.Class() != trade.ClassUnknown && r.Value != "" {
			out = append(out, r)
		}
	}
	return out
}

// before orders events by time; at one instant, by the order of types, source and id.
func (r *report) before(other *report) bool {
	return cmp.Or(
		r.event.Time.Truncate(time.Millisecond).Compare(other.event.Time.Truncate(time.Millisecond)),
		cmp.Compare(r.event.Type.Order(), other.event.Type.Order()),
		strings.Compare(r.event.Source, other.event.Source),
		strings.Compare(r.event.ID, other.event.ID),
	) < 0
}

func (r *report) actual() bool {
	return r.event.Data.Classifier == trade.Actual || r.event.Data.Classifier == ""
}

// time of the event, milliseconds since 1970.
func (r *report) time() int64 { return r.event.Time.UnixMilli() }

// hasIdentity says whether the event names a document or an identity number.
func (r *report) hasIdentity() bool {
	return slices.ContainsFunc(r.refs, func(ref trade.Reference) bool { return isIdentity(ref.Kind) })
}

func isIdentity(k trade.Kind) bool {
	return k.Class() == trade.ClassDocument || k.Class() == trade.ClassIdentity
}

// deniedNumbers takes the numbers and containers that operators deny out of the events they deny them in (rule
// 8): so a wrong join is repaired on the record, with an event, and the repair taken back the same way.
func (s *spec) deniedNumbers() {
	for _, denial := range s.reports {
		key, ok := denial.event.Denied()
		at := slices.IndexFunc(s.reports, func(r *report) bool { return r.key == key })
		if !ok || at < 0 {
			continue
		}
		r := s.reports[at]
		for _, denied := range denial.event.Data.References {
			same := func(ref trade.Reference) bool {
				return groupOf(ref.Kind) == groupOf(denied.Kind) && ref.Value == denied.Value &&
					(ref.Issuer == denied.Issuer || ref.Issuer == "" || denied.Issuer == "")
			}
			r.refs, r.covers, r.olds = slices.DeleteFunc(r.refs, same), slices.DeleteFunc(r.covers, same), slices.DeleteFunc(r.olds, same)
		}
		for _, q := range denial.event.Data.Equipment {
			same := func(number string) bool { return number == q.Number }
			r.boxes, r.from, r.to = slices.DeleteFunc(r.boxes, same), slices.DeleteFunc(r.from, same), slices.DeleteFunc(r.to, same)
		}
	}
}
