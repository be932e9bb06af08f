package linkage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

const (
	// mostApart is how many consignments an event may belong to before it is stored once instead of in each.
	mostApart = 64
	// longestAboard is how long goods may be aboard without being seen to leave.
	longestAboard = 60 * aDay
)

// evidence says why an event belongs to a consignment: by which rule, through which number, how many steps from
// that number to the consignment's document, and which event made the number, box or bundle part of it.
type evidence struct {
	rule  trade.Rule
	via   string // as people read it
	steps int
	by    *report // nil: the event itself
}

// reasons are an event's consignments, by root.
type reasons map[string]evidence

// add keeps the evidence with the fewest steps; of equals, the one through the first number in the order of
// their keys.
func (e reasons) add(root string, rule trade.Rule, via string, c claim) {
	if have, ok := e[root]; !ok || c.steps < have.steps || c.steps == have.steps && via < have.via {
		e[root] = evidence{rule, via, c.steps, c.by}
	}
}

// named gives the consignments that an event belongs to by the documents and identity numbers it names (rule
// 5): those common to all its numbers or, if none is, those of each. An event that names an invoice for three
// bills and one of the bills is about that bill.
func (s *spec) named(r *report) reasons {
	each, common := reasons{}, claims(nil)
	for _, n := range s.numbers(r.refs, isIdentity) {
		belongs := s.belongs[n]
		if len(belongs) == 0 {
			continue // a wide number says nothing
		}
		for root, c := range belongs {
			each.add(root, trade.ByReference, n, c)
		}
		if common == nil {
			common = maps.Clone(belongs)
		}
		maps.DeleteFunc(common, func(root string, _ claim) bool { return !belongs.has(root) })
	}
	if len(common) > 0 {
		maps.DeleteFunc(each, func(root string, _ evidence) bool { return !common.has(root) })
	}
	return each
}

// covered gives the consignments of the numbers that an event covers. A payment of five invoices belongs to all
// five and joins none of them. To cover a booking is to cover its members.
func (s *spec) covered(r *report) reasons {
	out := reasons{}
	for _, n := range s.numbers(r.covers, anyKind) {
		for root, c := range s.of(n) {
			out.add(root, trade.ByCovers, n, c)
		}
	}
	return out
}

// of gives the consignments that a number of any class leads to.
func (s *spec) of(n string) claims {
	if isBundle(groupOfKey(n)) {
		return s.bundle[n]
	}
	return s.belongs[n]
}

// attribution says which chains each event belongs to, and why (rule 5). An event that names documents or
// identity numbers belongs to their consignments, and to what it covers besides. One that names none belongs to
// what it covers, if that is known; else to what its containers and bundles say together.
func (s *spec) attribution() {
	for _, r := range s.reports {
		placed := s.covered(r)
		switch {
		case r.hasIdentity():
			// What it names is the better evidence, and is not narrowed by what it covers.
			maps.Copy(placed, s.named(r))
		case len(placed) == 0:
			placed = s.common(r)
		}
		s.placed[r] = placed
	}
}

// common gives the consignments common to the event's containers and all its bundles, the broadest bundle left
// out until some remain (rule 5). Several containers, or bundles of one kind, count together; what leads nowhere
// yet does not count. The box or the narrowest bundle is the evidence.
func (s *spec) common(r *report) reasons {
	var says []reasons // containers, then bundles from narrow to broad
	boxes := reasons{}
	for _, number := range r.boxes {
		if c := s.boxes[number].holding(r); c != nil {
			for root, m := range c.members {
				boxes.add(root, trade.ByContainer, containerVia+number, m)
			}
		}
	}
	says = append(says, boxes)
	for _, kind := range trade.Kinds() {
		bundles := reasons{}
		for _, n := range s.bundlesNamed(r) {
			if groupOfKey(n) != kind {
				continue
			}
			for root, m := range s.bundle[n] {
				bundles.add(root, trade.ByBundle, n, m)
			}
		}
		says = append(says, bundles)
	}
	says = slices.DeleteFunc(says, func(e reasons) bool { return len(e) == 0 })
	for n := len(says); n > 0; n-- {
		common := maps.Clone(says[0])
		for _, other := range says[1:n] {
			maps.DeleteFunc(common, func(root string, _ evidence) bool { _, ok := other[root]; return !ok })
		}
		if len(common) > 0 {
			return common
		}
	}
	return nil
}

// conveyances gives what happens to a ship, train, flight or truck to the consignments aboard (rule 6). A
// consignment is aboard from the actual load of something of it to its next actual discharge, and for 60 days at
// most: somebody may have forgotten to report it. A ship goes by its IMO number and the time, since one voyage
// has several numbers. An event that names a number or a container besides is about that, and not about the
// whole ship.
func (s *spec) conveyances() {
	for _, r := range s.reports {
		name := conveyanceOf(r)
		if !aboutConveyance(r) {
			continue
		}
		placed := reasons{}
		for i, load := range s.reports {
			if load.event.Type != trade.EquipmentLoaded || !load.actual() || conveyanceOf(load) != name || load.time() > r.time() {
				continue
			}
			for root, why := range s.placed[load] {
				if r.time() <= min(s.discharge(root, i), load.time()+longestAboard) {
					s.aboard(placed, root, evidence{trade.ByConveyance, name, why.steps, load})
				}
			}
		}
		s.placed[r] = placed
	}
}

// aboard adds to what is aboard; of several loads of one consignment, the earliest is the evidence.
func (s *spec) aboard(placed reasons, root string, e evidence) {
	if _, ok := placed[root]; !ok {
		placed[root] = e
	}
}

// discharge gives the time of the consignment's next actual discharge after report i, a load.
func (s *spec) discharge(root string, i int) int64 {
	for _, r := range s.reports[i+1:] {
		if _, ok := s.placed[r][root]; ok && r.event.Type == trade.EquipmentDischarged && r.actual() {
			return r.time()
		}
	}
	return s.reports[i].time() + longestAboard
}

func conveyanceOf(r *report) string {
	t := r.event.Data.Transport
	return identifier.Conveyance(t.Mode, t.Conveyance)
}

// aboutConveyance says whether the event is about a conveyance as a whole.
func aboutConveyance(r *report) bool {
	about := slices.Contains([]trade.Type{
		trade.ConveyanceDeparted, trade.ConveyanceArrived, trade.ConveyanceHandedOver, trade.BorderCrossed, trade.ScheduleChanged, trade.PositionRead,
	}, r.event.Type)
	return about && conveyanceOf(r) != "" && len(r.refs)+len(r.covers)+len(r.olds)+len(r.boxes) == 0
}

// width says on which numbers, boxes or conveyances an event is stored once, to be expanded when it is read,
// instead of in each chain (rule 7): where it belongs to more than 64 consignments, is a reading, or is about a
// conveyance; and an event that names nothing but wide numbers, which waits, stays on them. None: it is stored in
// each of its chains.
func (s *spec) width(r *report) []string {
	placed := s.placed[r]
	var on []string
	switch {
	case aboutConveyance(r):
		return []string{conveyanceOf(r)}
	case len(placed) == 0:
		for _, n := range s.numbers(r.refs, anyKind) {
			if s.wide[n] {
				on = appendNew(on, show(n))
			}
		}
	case len(placed) > s.most, r.event.Type == trade.TemperatureRead, r.event.Type == trade.PositionRead:
		for _, e := range placed {
			on = appendNew(on, s.shown(e))
		}
	}
	slices.Sort(on)
	return on
}

// recorded says whether an event enters the records of its chains (rule 7). What is about a whole ship, or about
// more than 64 consignments, would have all of them told anew each time; only an actual departure or arrival is
// worth that. A reading of a box is one chain's, as a rule, and its temperature is compared there.
func (s *spec) recorded(r *report) bool {
	moves := r.event.Type == trade.ConveyanceDeparted || r.event.Type == trade.ConveyanceArrived
	return moves && r.actual() || !aboutConveyance(r) && len(s.placed[r]) <= s.most
}

func (s *spec) shown(e evidence) string {
	if e.rule == trade.ByConveyance {
		return e.via
	}
	return showVia(e.via)
}

// joined tells the result by chain ids.
func (s *spec) joined() Joined {
	out := Joined{Apart: map[trade.EventKey][]string{}, Aliases: map[string][]string{}, Flags: map[trade.EventKey]trade.Flags{}}
	events := map[string][]*report{}
	for _, r := range s.reports {
		for root := range s.placed[r] {
			events[root] = append(events[root], r)
		}
		if len(s.placed[r]) == 0 && !aboutConveyance(r) && !r.event.Type.OfCorridor() {
			out.Waiting = append(out.Waiting, r.key)
		}
		if on := s.width(r); len(on) > 0 {
			out.Apart[r.key] = on
		}
	}
	ids := s.ids(events)
	live := map[string]bool{}
	for root, made := range ids {
		live[made.id] = true
		chain := Joint{ID: made.id, Founded: made.founded}
		for _, r := range events[root] {
			e := s.placed[r][root]
			by := e.by
			if by == nil {
				by = r
			}
			chain.Events = append(chain.Events, r.key)
			if s.recorded(r) {
				chain.Record = append(chain.Record, r.key)
			}
			out.Placed = append(out.Placed, trade.Attribution{
				Event: r.key, Chain: made.id, Rule: e.rule, Via: s.shown(e), Steps: uint16(e.steps), By: by.key,
			})
		}
		slices.SortFunc(chain.Events, compareKeys)
		slices.SortFunc(chain.Record, compareKeys)
		out.Chains = append(out.Chains, chain)
	}
	s.aliases(&out, ids, live)
	s.flags(&out)
	out.sort()
	return out
}

// flags remarks on the events that name what joins less than it seems to: a wide number (Numbers), one of a group that is
// past belief (rule 2), one without issuer of which several are known (Numbers); and on those whose publisher says two
// things at one revision (rule 8).
func (s *spec) flags(out *Joined) {
	for _, r := range s.reports {
		var flags trade.Flags
		if s.conflict[r.key] {
			flags |= trade.FlagRevisionConflict
		}
		for _, ref := range slices.Concat(r.refs, r.covers, r.olds) {
			if s.wide[s.number(ref)] {
				flags |= trade.FlagWide
			}
			if s.suspect[s.number(ref)] {
				flags |= trade.FlagLinkSuspect
			}
			if ref.Issuer == "" && len(s.known[numberKey(groupOf(ref.Kind), ref.Value, "")]) > 1 {
				flags |= trade.FlagUnclear
			}
		}
		if flags != 0 {
			out.Flags[r.key] = flags
		}
	}
}

func (out *Joined) sort() {
	slices.SortFunc(out.Chains, func(a, b Joint) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Placed, func(a, b trade.Attribution) int {
		return cmp.Or(strings.Compare(a.Chain, b.Chain), compareKeys(a.Event, b.Event))
	})
	slices.SortFunc(out.Waiting, compareKeys)
}

// made is a chain's id and the day of its making.
type made struct {
	id      string
	founded time.Time
}

// birth is when a number was first named: by which message of the stream and, for one named with its issuer,
// since when there is that number.
type birth struct {
	key      string
	sequence uint64
	founded  time.Time
}

func (b birth) before(other birth) bool {
	return cmp.Or(
		cmp.Compare(b.sequence, other.sequence),
		cmp.Compare(groupOfKey(b.key).Order(), groupOfKey(other.key).Order()),
		strings.Compare(b.key, other.key),
	) < 0
}

// births finds the lowest sequence of a message that ever named each number, whether that message still stands
// or not (Ids): what is taken back must not give a chain another id. A mention without issuer counts for the
// number that it stands for now.
func (s *spec) births() map[string]birth {
	spelled := map[string]birth{}
	for _, m := range s.effective {
		if m.Event.Data == nil || m.Event.Retracted {
			continue
		}
		d := m.Event.Data
		for _, ref := range knownKinds(slices.Concat(d.References, d.Covers, d.Replaces)) {
			key := numberKey(groupOf(ref.Kind), ref.Value, ref.Issuer)
			if _, ok := spelled[key]; !ok {
				spelled[key] = birth{key, m.Sequence, m.Received.UTC().Truncate(24 * time.Hour)}
			}
		}
	}
	births := maps.Clone(spelled)
	for value, known := range s.known {
		if unscoped, ok := spelled[value]; ok && len(known) == 1 {
			number := numberKey(groupOfKey(value), valueOfKey(value), known[0])
			if b := births[number]; unscoped.sequence < b.sequence {
				births[number] = birth{number, unscoped.sequence, b.founded}
			}
		}
	}
	return births
}

func valueOfKey(key string) string { return strings.Split(key, "\x00")[1] }

// ids gives each chain its id (Ids): made of the earliest number that it holds. A number that several chains
// share is held by the one whose document came first, so that no two chains have one id; two masters that have no
// document of their own may begin with the one note that they share: then the first by root holds. Ids depend on
// the order of arrival; what is grouped never does.
func (s *spec) ids(events map[string][]*report) map[string]made {
	births := s.births()
	began := map[string]birth{} // root → birth of its first document, or of what stands for one
	begin := func(root string, b birth) {
		if have, ok := began[root]; !ok || b.before(have) {
			began[root] = b
		}
	}
	for n, root := range s.document {
		begin(root, births[n])
	}
	numbers := map[string]claims{}
	maps.Copy(numbers, s.belongs)
	maps.Copy(numbers, s.bundle)
	for n, c := range numbers {
		for root := range c {
			if _, document := s.document[root]; !document && (n == root || s.belongs[n] != nil) {
				begin(root, births[n])
			}
		}
	}
	ids := map[string]made{}
	earliest := map[string]birth{}
	for n, c := range numbers {
		holder := ""
		for _, root := range c.roots() {
			if holder == "" || began[root].before(began[holder]) {
				holder = root
			}
		}
		if have, ok := earliest[holder]; holder != "" && (!ok || births[n].before(have)) {
			earliest[holder] = births[n]
		}
	}
	for root := range events {
		b := earliest[root]
		ids[root] = made{chainID(b.key), b.founded}
	}
	return ids
}

// aliases gives for every number that is not its chain's own id the chains that it leads to (Ids), so that an id
// that a chain had before, or would have had, is still found.
func (s *spec) aliases(out *Joined, ids map[string]made, live map[string]bool) {
	for _, numbers := range []map[string]claims{s.belongs, s.bundle} {
		for n, c := range numbers {
			alias := chainID(n)
			if live[alias] {
				continue
			}
			for _, root := range c.roots() {
				if chain, ok := ids[root]; ok {
					out.Aliases[alias] = append(out.Aliases[alias], chain.id)
				}
			}
			slices.Sort(out.Aliases[alias])
		}
	}
}
