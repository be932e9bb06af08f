package linkage

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Changes is what a batch changed in the joining, in a fixed order. Its lists hold until the next batch. Founded is the broker date of the
// making of the chain's id, UTC midnight.
type Changes struct {
	Chains    []ChainChange
	Led       []ChainChange // chains that are as they were, but that other numbers may lead to (see LedBy)
	Placed    []Placement   // attributions that are new or have other evidence
	Withdrawn []Withdrawal
	Waiting   []trade.EventKey // events that belong to no chain yet, and need one
	Found     []trade.EventKey // events that belonged to none and do now
	Conflicts []trade.EventKey // events with two contents at one revision
	Flagged   []trade.EventKey // events on which joining remarks something else than before
	Replaced  []uint64         // messages whose content is current no more
	Apart     []Apart          // events stored once that are new, have other chains or are so no more
	Stays     []Stay           // times aboard that are new, have another evidence or are no more
	Work      Work
}

// ChainChange is a chain whose events changed, or that is no more.
type ChainChange struct {
	ID      string
	Founded time.Time
	Root    string // for Events
	Was     string // the id that the consignment had before, if another
	Deleted bool
	Rebuild bool             // an event left or was replaced, so that adding is not enough
	Added   []trade.EventKey // events that came in, when Rebuild is false
}

// Placement is an attribution and the founding date of its chain.
type Placement struct {
	trade.Attribution
	Founded time.Time
}

// Withdrawal says that an event is in a chain no more.
type Withdrawal struct {
	Event   trade.EventKey
	Chain   string
	Founded time.Time
}

// Apart is an event that is stored once instead of in each of its chains: one about a conveyance, of whoever is aboard
// at its time; a reading, or one of more than 64 chains, of those it lists.
type Apart struct {
	Event      trade.EventKey
	Conveyance string
	Chains     []Placement // sorted by chain; none where there is a conveyance
	Deleted    bool        // it stands no more, or in each of its chains
}

// Stay is a time that a chain is aboard a conveyance, both ends included. The evidence is that of the load.
type Stay struct {
	Root        string // for StaysOf
	Chain       string
	Founded     time.Time
	Conveyance  string
	From, Until time.Time
	Steps       uint16
	By          trade.EventKey
	Deleted     bool
}

// encoding is Crockford's base32: no I, L, O or U, which people misread.
var encoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// ChainID gives the id that a number makes: 16 characters of Crockford base32 from the SHA-256 of its key.
func ChainID(r trade.Reference) string {
	return chainID(numberKey(groupOf(r.Kind), r.Value, r.Issuer))
}

func chainID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return encoding.EncodeToString(sum[:10])
}

// naming is when a number was first named. A mention without issuer counts for the number that it stands for now.
type naming struct {
	n        *number
	sequence uint64
	time     int64 // since when there is the number with its issuer: broker time, milliseconds since 1970
}

func (l *Linker) naming(n *number) naming {
	value, issuer := cutIssuer(n.key)
	if n.v == nil {
		n.v = l.value(value)
	}
	v := n.v
	switch {
	case issuer == "":
		return naming{n, v.firstSeq, v.firstTime}
	case v.firstSeq != 0 && v.firstSeq < n.firstSeq && v.resolved() == issuer:
		return naming{n, v.firstSeq, n.firstTime}
	default:
		return naming{n, n.firstSeq, n.firstTime}
	}
}

// cutIssuer cuts the issuer from a number's key.
func cutIssuer(key string) (value, issuer string) {
	i := strings.LastIndexByte(key, 0)
	return key[:i], key[i+1:]
}

// before orders births; numbers first named by one message stand in the order of kinds, then of their keys.
func (b naming) before(other naming) bool {
	return other.n == nil || cmp.Or(
		cmp.Compare(b.sequence, other.sequence),
		cmp.Compare(b.n.rank, other.n.rank),
		cmp.Compare(b.n.key, other.n.key),
	) < 0
}

// identify gives the consignment's chain id and the time of its making: over the earliest number it holds.
// A consignment without events is no chain.
func (l *Linker) identify(c *consignment) (id string, founded int64) {
	if len(c.events)+len(c.aside) == 0 {
		return "", 0
	}
	var first naming
	consider := func(keys []string) {
		for _, key := range keys {
			if n := l.number(key); n.holder == c.root {
				if b := l.naming(n); b.before(first) {
					first = b
				}
			}
		}
	}
	consider(c.numbers)
	for _, note := range c.notes {
		consider(l.consignment(note).numbers)
	}
	if first.n == nil {
		return "", 0
	}
	return chainID(first.n.key), first.time
}

// begin gives the naming of the consignment's first document or, without any, of what stands for one.
func (l *Linker) begin(root string) naming {
	var documents, others naming
	if n := l.number(root); n.class == trade.ClassBundle {
		return l.naming(n)
	}
	for _, key := range l.consignment(root).numbers {
		if groupOfKey(key).Class() == trade.ClassBundle {
			continue
		}
		n := l.number(key)
		if !hasRoot(n.members, root) {
			continue
		}
		b := l.naming(n)
		if n.isDocument() && n.members[0].Steps == 0 {
			if b.before(documents) {
				documents = b
			}
		} else if b.before(others) {
			others = b
		}
	}
	if documents.n != nil {
		return documents
	}
	for _, note := range l.consignment(root).notes {
		for _, key := range l.consignment(note).numbers {
			if n := l.number(key); n.class != trade.ClassBundle {
				if b := l.naming(n); b.before(others) {
					others = b
				}
			}
		}
	}
	return others
}

// findHolder finds the consignment, of those the number belongs to, that began first. Where that is another than
// before, both may have another id.
func (l *Linker) findHolder(n *number) {
	n.reheld = false
	holder := ""
	var first naming
	for _, m := range l.forwarded(n.members) {
		began := l.consignment(m.Root).began
		if began == "" {
			continue // taken apart
		}
		if b := l.naming(l.number(began)); b.before(first) {
			holder, first = m.Root, b
		}
	}
	if holder == n.holder {
		return
	}
	for _, root := range [2]string{n.holder, holder} {
		if root != "" {
			l.touch(root).renumbered = true
		}
	}
	n.holder = holder
	l.markNumber(n)
}

// beganAgain finds again which number the consignment began with. Where that changed, numbers that it shares may
// be another's now.
func (l *Linker) beganAgain(c *consignment) {
	began, beganAt := "", uint64(0)
	if b := l.begin(c.root); b.n != nil {
		began, beganAt = b.n.key, b.sequence
	}
	if began == c.began && beganAt == c.beganAt {
		return
	}
	c.began, c.beganAt = began, beganAt
	hold := func(c *consignment) {
		for _, key := range c.numbers {
			l.holdAgain(l.number(key))
		}
	}
	hold(c)
	for _, note := range c.notes {
		hold(l.consignment(note))
	}
}

// addNumber adds to the numbers of a consignment.
func (l *Linker) addNumber(root, key string) {
	c := l.renumbered(root, key)
	c.numbers, _ = insertSorted(c.numbers, key, strings.Compare)
}

// dropNumber takes one out.
func (l *Linker) dropNumber(root, key string) {
	c := l.renumbered(root, key)
	c.numbers, _ = removeSorted(c.numbers, key, strings.Compare)
}

// renumbered gives a consignment that gains or loses a number. One that began with a document of its own did so whatever
// other numbers it has.
func (l *Linker) renumbered(root, key string) *consignment {
	c := l.touch(root)
	c.renumbered, c.led = true, true
	if !c.rebegin {
		_, own := slices.BinarySearch(c.numbers, c.began) // it may have begun with a note's
		c.rebegin = groupOfKey(key).Class() == trade.ClassDocument || !own || !l.number(c.began).isDocument()
	}
	return c
}

// changes compares every touched consignment with what it was.
func (l *Linker) changes() Changes {
	out := Changes{
		Chains: l.out.Chains[:0], Led: l.out.Led[:0], Placed: l.out.Placed[:0], Withdrawn: l.out.Withdrawn[:0],
		Apart: l.out.Apart[:0], Stays: l.out.Stays[:0], Waiting: l.work.waiting, Found: l.work.found, Conflicts: l.work.conflicts, Flagged: l.work.flagged,
		Replaced: l.work.replaced,
	}
	for _, list := range [][]trade.EventKey{out.Waiting, out.Found, out.Conflicts, out.Flagged} {
		slices.SortFunc(list, compareKeys)
	}
	for i := 0; i < len(l.touched); i++ {
		c := l.touched[i]
		if !c.renumbered {
			continue
		}
		if c.rebegin {
			l.beganAgain(c)
		}
		for _, m := range c.forward {
			// A bill has the numbers of its notes.
			g := l.touch(m.Root)
			g.led = g.led || c.led
			if !g.renumbered {
				g.renumbered, g.rebegin = true, true
				l.beganAgain(g)
			}
		}
	}
	for n := l.work.holders.next(); n != nil; n = l.work.holders.next() {
		l.findHolder(n)
	}
	for _, f := range l.work.moved {
		if f.apart && !f.stood {
			for i := range f.had {
				if c := l.consignment(f.had[i].root); c.id != "" {
					out.Withdrawn = append(out.Withdrawn, Withdrawal{f.key, c.id, dayOf(c.founded)})
				}
			}
		}
	}
	slices.SortFunc(l.touched, func(a, b *consignment) int { return strings.Compare(a.root, b.root) })
	for _, c := range l.touched {
		l.change(c, &out)
	}
	for _, f := range l.work.moved {
		if f.stood && (!f.apart || f.on != f.wasOn) {
			out.Apart = append(out.Apart, Apart{Event: f.key, Conveyance: f.wasOn, Deleted: true})
		}
		if f.apart {
			if !f.stood || f.fresh || !f.about() || f.on != f.wasOn {
				l.work.apart = append(l.work.apart, f)
			}
			continue
		}
		out.Placed = l.placements(f, f.placed, out.Placed)
	}
	slices.SortFunc(l.work.apart, func(a, b *fact) int { return compareKeys(a.key, b.key) })
	for _, f := range slices.Compact(l.work.apart) {
		out.Apart = append(out.Apart, l.apart(f))
	}
	out.settle()
	out.Work = l.count()
	for _, f := range l.work.moved {
		f.moved, f.had, f.hadIn = false, nil, nil
	}
	for _, f := range l.work.linked {
		f.fresh = false
	}
	l.out = out
	return out
}

// change adds what happened to one consignment.
func (l *Linker) change(c *consignment, out *Changes) {
	oldID, oldFounded := c.id, dayOf(c.founded)
	id, founded := c.id, c.founded
	if c.renumbered || id == "" || len(c.events) == 0 {
		id, founded = l.identify(c)
	}
	l.tellStays(c, id, founded, out)
	if oldID != id {
		if oldID != "" {
			out.Chains = append(out.Chains, ChainChange{ID: oldID, Founded: oldFounded, Deleted: true})
			for _, key := range c.before() {
				l.withdraw(key, oldID, oldFounded, out)
			}
		}
		c.id, c.founded = id, founded
		if id == "" {
			return
		}
		out.Chains = append(out.Chains, ChainChange{ID: id, Founded: dayOf(founded), Root: c.root, Was: oldID, Rebuild: true})
		if oldID == "" && len(c.added) == len(c.events) {
			return // its events are all among those that moved
		}
		for _, key := range slices.Concat(c.events, c.aside) {
			f := l.fact(key)
			if f == nil {
				continue
			}
			l.work.renamed = append(l.work.renamed, f)
			switch {
			case !f.apart:
				out.Placed = append(out.Placed, l.placement(f, c))
			case !f.about():
				l.work.apart = append(l.work.apart, f)
			}
		}
		return
	}
	if id == "" {
		return
	}
	added, removed := without(c.added, c.removed), without(c.removed, c.added)
	if len(added)+len(removed) > 0 || c.revised {
		out.Chains = append(out.Chains, ChainChange{
			ID: id, Founded: dayOf(founded), Root: c.root, Rebuild: len(removed) > 0 || c.revised, Added: added,
		})
	} else if c.led {
		out.Led = append(out.Led, ChainChange{ID: id, Founded: dayOf(founded), Root: c.root})
	}
	for _, key := range removed {
		l.withdraw(key, id, oldFounded, out)
	}
}

// withdraw says that an event is in a chain no more, unless it was not stored there.
func (l *Linker) withdraw(key trade.EventKey, id string, founded time.Time, out *Changes) {
	if f := l.fact(key); f != nil && (f.moved && f.stood || !f.moved && f.apart) {
		return
	}
	out.Withdrawn = append(out.Withdrawn, Withdrawal{key, id, founded})
}

// tellStays adds what is new of when the consignment is aboard.
func (l *Linker) tellStays(c *consignment, id string, founded int64, out *Changes) {
	had := c.stays
	if c.restay {
		had = c.stood
	}
	if c.id != "" {
		for i := range had {
			if s := &had[i]; c.id != id || !slices.ContainsFunc(c.stays, s.sameBegin) {
				gone := s.of(c.root, c.id, c.founded)
				gone.Deleted = true
				out.Stays = append(out.Stays, gone)
			}
		}
	}
	if id == "" {
		return
	}
	for i := range c.stays {
		if s := &c.stays[i]; c.id != id || !slices.Contains(had, *s) {
			out.Stays = append(out.Stays, s.of(c.root, id, founded))
		}
	}
}

// sameBegin says whether another stay is known by the same conveyance and time.
func (s *stay) sameBegin(other stay) bool { return s.ship == other.ship && s.from == other.from }

// of gives the stay as one of a chain.
func (s *stay) of(root, id string, founded int64) Stay {
	return Stay{
		Root: root, Chain: id, Founded: dayOf(founded), Conveyance: s.ship, From: time.UnixMilli(s.from).UTC(), Until: time.UnixMilli(s.until).UTC(),
		Steps: s.steps, By: s.by,
	}
}

// apart gives an event that is stored once.
func (l *Linker) apart(f *fact) Apart {
	if f.about() {
		return Apart{Event: f.key, Conveyance: f.ship}
	}
	out := Apart{Event: f.key, Chains: l.placements(f, f.placed, nil)}
	slices.SortFunc(out.Chains, func(a, b Placement) int { return strings.Compare(a.Chain, b.Chain) })
	return out
}

// Apart gives the event if it is stored once; false: it is not.
func (l *Linker) Apart(key trade.EventKey) (Apart, bool) {
	f := l.fact(key)
	if f == nil || !f.apart {
		return Apart{Event: key, Deleted: true}, false
	}
	return l.apart(f), true
}

// StaysOf gives the times aboard of the consignment that root names, if it is the chain of that id now.
func (l *Linker) StaysOf(root, chain string) []Stay {
	c := l.consignment(root)
	if root == "" || c.id != chain {
		return nil
	}
	stays := make([]Stay, len(c.stays))
	for i := range c.stays {
		stays[i] = c.stays[i].of(c.root, c.id, c.founded)
	}
	return stays
}

// placements adds the placements of an event, with their evidence.
func (l *Linker) placements(f *fact, placed []placement, to []Placement) []Placement {
	for i := range placed {
		if c := l.consignment(placed[i].root); c.id != "" {
			to = append(to, placed[i].of(f, c))
		}
	}
	return to
}

// of gives the placement as one in a chain.
func (p *placement) of(f *fact, c *consignment) Placement {
	return Placement{trade.Attribution{
		Event: f.key, Chain: c.id, Rule: p.rule, Via: showVia(p.via), Steps: p.steps, By: p.by,
	}, dayOf(c.founded)}
}

// before gives the consignment's events as they were before this batch.
func (c *consignment) before() []trade.EventKey {
	events := slices.DeleteFunc(slices.Clone(c.events), func(k trade.EventKey) bool { return slices.Contains(c.added, k) })
	for _, k := range c.removed {
		if !slices.Contains(c.added, k) {
			events = append(events, k)
		}
	}
	return events
}

// without gives what is in the first list and not in the second.
func without(list, other []trade.EventKey) []trade.EventKey {
	out := slices.Clone(list)
	if len(other) > 0 {
		out = slices.DeleteFunc(out, func(k trade.EventKey) bool { return slices.Contains(other, k) })
	}
	return out
}

// placement gives the evidence for an event of the consignment.
func (l *Linker) placement(f *fact, c *consignment) Placement {
	if i := slices.IndexFunc(f.placed, func(q placement) bool { return q.root == c.root }); i >= 0 {
		return f.placed[i].of(f, c)
	}
	return Placement{Attribution: trade.Attribution{Event: f.key, Chain: c.id}, Founded: dayOf(c.founded)}
}

// settle drops the withdrawals and deletions that another consignment, now of the same id, made void.
func (c *Changes) settle() {
	if slices.ContainsFunc(c.Chains, func(x ChainChange) bool { return x.Deleted }) {
		live := make(map[string]bool, len(c.Chains))
		for i := range c.Chains {
			if !c.Chains[i].Deleted {
				live[c.Chains[i].ID] = true
			}
		}
		c.Chains = slices.DeleteFunc(c.Chains, func(x ChainChange) bool { return x.Deleted && live[x.ID] })
	}
	if len(c.Withdrawn) > 0 {
		type pair struct {
			chain string
			event trade.EventKey
		}
		void := make(map[pair]bool, len(c.Withdrawn)) // withdrawn, and true: placed again
		for i := range c.Withdrawn {
			void[pair{c.Withdrawn[i].Chain, c.Withdrawn[i].Event}] = false
		}
		for i := range c.Placed {
			p := pair{c.Placed[i].Chain, c.Placed[i].Event}
			if _, ok := void[p]; ok {
				void[p] = true
			}
		}
		c.Withdrawn = slices.DeleteFunc(c.Withdrawn, func(w Withdrawal) bool { return void[pair{w.Chain, w.Event}] })
	}
	slices.SortFunc(c.Chains, func(a, b ChainChange) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Led, func(a, b ChainChange) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Placed, func(a, b Placement) int {
		return cmp.Or(strings.Compare(a.Chain, b.Chain), compareKeys(a.Event, b.Event))
	})
	c.Placed = slices.CompactFunc(c.Placed, func(a, b Placement) bool { return a.Chain == b.Chain && a.Event == b.Event })
	slices.SortFunc(c.Withdrawn, func(a, b Withdrawal) int {
		return cmp.Or(strings.Compare(a.Chain, b.Chain), compareKeys(a.Event, b.Event))
	})
	c.Withdrawn = slices.Compact(c.Withdrawn)
	slices.SortFunc(c.Apart, func(a, b Apart) int {
		return cmp.Or(compareKeys(a.Event, b.Event), strings.Compare(a.Conveyance, b.Conveyance))
	})
	c.settleStays()
}

// settleStays puts the stays in order, and drops the ends that another one, of the same chain, conveyance and
// beginning, made void.
func (c *Changes) settleStays() {
	order := func(a, b Stay) int {
		return cmp.Or(strings.Compare(a.Chain, b.Chain), strings.Compare(a.Conveyance, b.Conveyance), a.From.Compare(b.From))
	}
	slices.SortFunc(c.Stays, func(a, b Stay) int { return cmp.Or(order(a, b), int(bit(a.Deleted))-int(bit(b.Deleted))) })
	c.Stays = slices.CompactFunc(c.Stays, func(a, b Stay) bool { return order(a, b) == 0 })
}

func dayOf(millis int64) time.Time {
	return time.UnixMilli(millis).UTC().Truncate(24 * time.Hour)
}

// Events gives the events of a consignment, sorted by key. The caller must not change them.
func (l *Linker) Events(root string) []trade.EventKey { return l.consignment(root).events }

// LedBy gives, of the numbers that lead to the chain of the consignment that root names, those that are not among named,
// without roles of bills. None of its events may name such a number: an invoice leads to two bills, and the event that put a permit
// beside it named one of them, too.
func (l *Linker) LedBy(root string, named []trade.Reference) []trade.Reference {
	var others []trade.Reference
	add := func(keys []string) {
		for _, key := range keys {
			value, issuer := cutIssuer(key)
			group, value, _ := strings.Cut(value, "\x00")
			r := trade.Reference{Kind: trade.Kind(group), Value: value, Issuer: issuer}
			if !slices.ContainsFunc(named, func(x trade.Reference) bool {
				return x.Value == value && x.Issuer == issuer && groupOf(x.Kind) == r.Kind
			}) {
				others = append(others, r)
			}
		}
	}
	c := l.consignment(root)
	add(c.numbers)
	for _, note := range c.notes {
		add(l.consignment(note).numbers)
	}
	return others
}

// Sequence gives the sequence of the message whose content is current for the event; 0: not known.
func (l *Linker) Sequence(key trade.EventKey) uint64 {
	if f := l.fact(key); f != nil {
		return f.sequence
	}
	return 0
}

// Subject is what linkage knows of an event itself.
type Subject struct {
	Type     trade.Type
	Time     time.Time
	Source   string
	Revision uint32
	Digest   [32]byte // of the current content
}

var allTypes = trade.Types()

// Describe tells what is known of an event; false: nothing.
func (l *Linker) Describe(key trade.EventKey) (Subject, bool) {
	f := l.fact(key)
	if f == nil {
		return Subject{}, false
	}
	s := Subject{Time: time.UnixMilli(f.time).UTC(), Source: f.source, Revision: f.revision, Digest: f.digest}
	if f.kind >= 0 && int(f.kind) < len(allTypes) {
		s.Type = allTypes[f.kind]
	}
	return s, true
}

// Attribution gives the evidence for an event of the consignment that root names, if it is in the chain of
// that id now.
func (l *Linker) Attribution(key trade.EventKey, chain, root string) (Placement, bool) {
	c := l.consignment(root)
	if c.id != chain {
		return Placement{}, false
	}
	if _, found := slices.BinarySearchFunc(c.events, key, compareKeys); !found {
		return Placement{}, false
	}
	f := l.fact(key)
	if f == nil || f.apart {
		return Placement{}, false
	}
	return l.placement(f, c), true
}

// RootOf gives the root of the consignment through which the event is in the chain of that id, or "".
func (l *Linker) RootOf(key trade.EventKey, chain string) string {
	f := l.fact(key)
	if f == nil {
		return ""
	}
	for _, p := range f.placed {
		if l.consignment(p.root).id == chain {
			return p.root
		}
	}
	return ""
}

// Lives says whether the consignment that root names is the chain of that id now.
func (l *Linker) Lives(root, chain string) bool {
	return root != "" && l.consignment(root).id == chain
}

// Waits says whether the event belongs to no chain now, though it needs one.
func (l *Linker) Waits(key trade.EventKey) bool {
	f := l.fact(key)
	return f != nil && !f.retracted && len(f.placed) == 0 && !f.needless()
}

// Err gives the first error of the store, after which nothing the linker says holds.
func (l *Linker) Err() error { return l.err }
