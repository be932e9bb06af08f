package linkage

import (
	"fmt"
	"slices"
	"time"

	"oneorder/internal/trade"
)

// Linker joins events into consignments, incrementally. It is not for concurrent use.
type Linker struct {
	cache
	store     Store
	many      int   // manyChains, but in tests
	doubts    int   // suspect, but in tests
	rollBlock int   // rollBlock, but in tests
	err       error // the first error of the store; sticky
	buffer    []byte
	name      []byte      // a key at hand
	all       []placement // of the event at hand
	common    []placement
	denied    map[trade.EventKey]*denials // by the event that numbers are taken out of; few, so all that were asked for

	// What changed since the last Flush.
	dirtyFacts        []*fact
	dirtyNumbers      []*number
	dirtyValues       []*value
	dirtyContainers   []*container
	dirtyConsignments []*consignment
	dirtyDenials      []*denials
	dirtyPassages     []*passage
	dirtyBlocks       []*block

	touched []*consignment // that this batch changed

	work batchWork
	out  Changes // the lists of the batch before, to be used again
}

// batchWork is what a batch has still to derive.
type batchWork struct {
	identity   queue[number]
	bundles    queue[number]
	containers queue[container]
	members    queue[container]
	forwards   queue[consignment]
	flipped    []*number // became wide, or are so no longer
	holders    queue[number]
	booked     []*fact        // were entered, and name bookings
	hung       []*number      // known before as covered only, and given members at once
	events     []*fact        // to be placed again
	stays      []*consignment // when they are aboard is to be found again
	apart      []*fact        // stored once, and to be told
	waiting    []trade.EventKey
	found      []trade.EventKey
	conflicts  []trade.EventKey
	flagged    []trade.EventKey
	replaced   []uint64
	linked     []*fact // whose content is new
	moved      []*fact
	renamed    []*fact // of chains that have another id
	done       Work
}

// Input is an event with its place in the stream.
type Input struct {
	Event    *trade.Event
	Sequence uint64
	Received time.Time // the broker's timestamp
	Digest   [32]byte  // of the event's canonical bytes
}

// New gives a linker over the store. What it holds in memory takes about most bytes when all is written; 0
// means 256 MiB. What is not held is read from the store when an event leads to it.
func New(store Store, most int) *Linker {
	if most <= 0 {
		most = 256 << 20
	}
	return &Linker{cache: cache{young: newGeneration(), old: newGeneration(), most: most}, store: store, many: manyChains, doubts: suspect, rollBlock: rollBlock, denied: make(map[trade.EventKey]*denials)}
}

// Apply takes a batch of events and gives what it changed. Repeats and superseded revisions change
// nothing. After an error the linker is of no more use: what it held in memory may be half changed.
func (l *Linker) Apply(inputs []Input) (Changes, error) {
	for i := range inputs {
		l.accept(&inputs[i])
	}
	l.derive()
	changes := l.changes()
	l.work = batchWork{}
	for _, c := range l.touched {
		c.touched, c.renumbered, c.rebegin, c.revised, c.led = false, false, false, false, false
		c.added, c.removed = nil, nil
		c.restay, c.stood = false, nil
	}
	l.touched = emptied(l.touched)
	if l.err != nil {
		return Changes{}, fmt.Errorf("link events: %w", l.err)
	}
	return changes, nil
}

// accept makes the event's content current, unless a later or equal one is already.
func (l *Linker) accept(in *Input) {
	have := l.fact(in.Event.Key())
	f := factOf(in.Event, in.Sequence, in.Digest)
	f.received = in.Received.UnixMilli()
	if have != nil {
		if have.revision == f.revision && have.digest != f.digest {
			l.work.conflicts = append(l.work.conflicts, f.key)
			f.conflict = true
		}
		if !f.supersedes(have) {
			if f.conflict && !have.conflict {
				have.conflict = true
				l.markFact(have)
				l.again(have)
			}
			return
		}
	}
	f.own()
	if have != nil {
		l.unlink(have)
		f.placed, f.apart, f.on, f.enters, f.flags, f.revises = have.placed, have.apart, have.on, have.enters, have.flags, true
		if have.moves() {
			for i := range have.placed {
				l.leaveMove(have.placed[i].root, have.key)
			}
		}
		have.dirty, have.again, have.fresh = false, false, false
		l.work.replaced = append(l.work.replaced, have.sequence)
	}
	l.hold(f, have)
	f.fresh = true
	l.markFact(f)
	l.apply(f)
	l.link(f)
	l.again(f)
	l.work.linked = append(l.work.linked, f)
	l.work.done.Arrived++
}

// hold puts the fact in the place of the one that it supersedes, if any.
func (l *Linker) hold(f, have *fact) {
	if have != nil {
		f.size = have.size
	} else {
		f.size = l.weigh(0, factBytes)
	}
	l.young.facts[f.key] = f
}

// link enters the fact at every number and container that it names, and has it deny what it denies.
func (l *Linker) link(f *fact) {
	l.linkNames(f)
	if f.denies != nil {
		l.deny(f, true)
	}
}

// unlink takes the fact out again.
func (l *Linker) unlink(f *fact) {
	if f.denies != nil {
		l.deny(f, false)
	}
	l.unlinkNames(f)
}

func (l *Linker) linkNames(f *fact) {
	if f.whole != nil {
		l.bornBy(f, f.whole.refs, f.whole.covers, f.whole.replaces)
	}
	if f.denies != nil {
		l.bornBy(f, f.denies.replaces)
	}
	for _, list := range [...][]ref{f.refs, f.covers, f.replaces} {
		for _, r := range list {
			l.register(f, r, 1)
		}
	}
	l.mentionAll(f)
	l.bundlesTied(f)
	for _, c := range l.boxes(f) {
		l.enter(c, f)
		l.markContainer(c)
		l.containerAdded(c, f)
	}
	if !l.settle(f) {
		l.identityBeside(f)
	}
	if f.about() {
		l.enterCall(f)
	}
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle {
			l.bundleAdded(n, f)
			if n.rank == bookingRank {
				l.work.booked = append(l.work.booked, f)
			}
		}
	}
}

func (l *Linker) unlinkNames(f *fact) {
	if f.about() {
		l.leaveCall(f)
	}
	l.booked(f)
	l.identityBeside(f)
	l.bundlesTied(f)
	l.forgetAll(f)
	for _, list := range [...][]ref{f.refs, f.covers, f.replaces} {
		for _, r := range list {
			l.register(f, r, -1)
		}
	}
	for _, c := range l.boxes(f) {
		c.leave(f)
		l.markContainer(c)
		l.containerChanged(c, f)
	}
	for _, n := range l.refs(f) {
		if n.class == trade.ClassBundle {
			l.bundleAgain(n)
		}
	}
}

// register counts an issuer, or an unscoped mention, of a value. When that changes what the unscoped
// mentions of other events stand for, they move.
func (l *Linker) register(f *fact, r ref, by int) {
	v := l.valueOf(r)
	before := v.resolved()
	if r.issuer != "" && v.turns(r.issuer, by) {
		// Who named it without issuer must be known under the number that it stood for until now.
		for m := range l.unscoped(v) {
			if g := l.of(m); g != nil && g.key != f.key {
				l.resolve(g)
			}
		}
	}
	switch {
	case r.issuer != "":
		v.adjust(r.issuer, by)
	case by > 0:
		if v.newest(f.key) == nil { // as one that the event names twice would be
			l.enterRoll(&v.roll, valuePrefix, v.key, mention{event: f.key})
		}
		l.born(v, f)
	default:
		if _, ok := v.takeNewest(f.key); !ok && v.blocks > 0 {
			l.strike(&v.roll, valuePrefix, v.key, f.key)
		}
	}
	l.markValue(v)
	if v.resolved() == before {
		return
	}
	for _, issuer := range [2]string{before, v.resolved()} {
		if issuer != "" {
			l.renumber(l.number(v.key + "\x00" + issuer))
		}
	}
	for m := range l.unscoped(v) {
		if g := l.of(m); g != nil && g.key != f.key {
			l.relink(g)
		}
	}
}

// born notes that a number was named without issuer.
func (l *Linker) born(v *value, f *fact) {
	if v.firstSeq != 0 && v.firstSeq <= f.sequence {
		return
	}
	v.firstSeq, v.firstTime = f.sequence, f.received
	if issuer := v.resolved(); issuer != "" {
		l.renumber(l.number(v.key + "\x00" + issuer))
	}
	l.renumber(l.number(v.key + "\x00"))
}

// bornBy notes that the event named numbers, though it joins nothing by them.
func (l *Linker) bornBy(f *fact, lists ...[]ref) {
	for _, list := range lists {
		for _, r := range list {
			if r.issuer == "" {
				v := l.valueOf(r)
				l.born(v, f)
				l.markValue(v)
				continue
			}
			n := l.number(numberKey(r.group(), r.value, r.issuer))
			n.spelled(f)
			l.markNumber(n)
		}
	}
}

// relink enters an event anew at the numbers that it now names.
func (l *Linker) relink(g *fact) {
	l.booked(g)
	l.identityBeside(g)
	l.bundlesTied(g)
	l.forgetAll(g)
	for _, n := range l.refs(g) {
		if n.class == trade.ClassBundle {
			l.bundleAgain(n)
		}
	}
	g.resolved = false
	l.mentionAll(g)
	l.bundlesTied(g)
	l.identityBeside(g)
	for _, n := range l.refs(g) {
		if n.class == trade.ClassBundle {
			l.bundleAgain(n)
		}
	}
	for _, c := range l.boxes(g) {
		c.leave(g)
		l.enter(c, g)
		l.markContainer(c)
		l.containerChanged(c, g)
	}
	l.work.booked = append(l.work.booked, g)
	l.again(g)
}

// mentionAll enters the fact's mention at each number that it names.
func (l *Linker) mentionAll(f *fact) {
	l.eachNamed(f, func(n *number, r ref, bits uint8) { l.mention(n, f, r, bits) })
}

// eachNamed visits the numbers that the fact names, with how it does; one that it names twice, twice.
func (l *Linker) eachNamed(f *fact, visit func(n *number, r ref, bits uint8)) {
	var common uint8
	if f.identity {
		common |= hasIdentity
	}
	var house [2]bool // a house bill, a house air waybill
	for _, r := range f.refs {
		if r.kind == trade.OneOrder {
			common |= ties
		}
		if r.isHouse() {
			house[houseIndex(r)] = true
		}
	}
	if len(f.covers) > 0 {
		common |= hasCovers
	}
	if f.observes() {
		common |= sees
	}
	if len(f.replaces) > 0 || f.kind == linkAsserted {
		common |= ties
	}
	for i, n := range l.refs(f) {
		r := f.refs[i]
		bits := inRefs | common
		if r.isMaster() || !r.isHouse() && r.isBill() && house[houseIndex(r)] {
			bits |= showsMaster
		}
		visit(n, r, f.bitsAt(n, bits))
	}
	for i, n := range l.covered(f) {
		bits := inCovers | common&hasIdentity
		if f.covers[i].isMaster() {
			bits |= showsMaster
		}
		visit(n, f.covers[i], f.bitsAt(n, bits))
	}
	for i, n := range l.replaced(f) {
		bits := inReplaces | common | ties
		if f.replaces[i].isMaster() {
			bits |= showsMaster
		}
		visit(n, f.replaces[i], f.bitsAt(n, bits))
	}
}

// bitsAt gives of what is said of the fact's numbers that which matters for this one.
func (f *fact) bitsAt(n *number, bits uint8) uint8 {
	if n.class == trade.ClassBundle && len(f.replaces) == 0 && f.kind != linkAsserted {
		bits &^= ties // a one-order number ties documents only
	}
	return bits
}

func (r ref) isBill() bool { g := r.group(); return g == trade.BL || g == trade.AirWaybill }

func houseIndex(r ref) int {
	if r.group() == trade.AirWaybill {
		return 1
	}
	return 0
}

// mention enters one mention.
func (l *Linker) mention(n *number, f *fact, r ref, bits uint8) {
	document := n.isDocument()
	if r.issuer != "" {
		n.spelled(f)
	}
	// The same event names a number twice only within itself, so its mention would be the last.
	if m := n.newest(f.key); m != nil {
		n.count(bits, m.bits, len(f.refs)-1, 1)
		m.bits |= bits
	} else {
		n.count(bits, 0, len(f.refs)-1, 1)
		l.enterRoll(&n.roll, numberPrefix, n.key, mention{f.key, bits, f})
	}
	l.mentioned(n, document)
}

// forgetAll removes the fact's mentions.
func (l *Linker) forgetAll(f *fact) {
	var struck []*number
	for _, list := range [...][]*number{l.refs(f), l.covered(f), l.replaced(f)} {
		for _, n := range list {
			document := n.isDocument()
			bits, ok := n.takeNewest(f.key)
			switch {
			case ok:
			case n.blocks == 0 || slices.Contains(struck, n):
				continue // it was named twice
			default:
				l.eachNamed(f, func(m *number, _ ref, said uint8) {
					if m == n {
						bits |= said
					}
				})
				l.strike(&n.roll, numberPrefix, n.key, f.key)
			}
			if n.blocks > 0 {
				struck = append(struck, n)
			}
			n.count(bits, 0, len(f.refs)-1, -1)
			n.look = 0
			l.mentioned(n, document)
		}
	}
}

// mentioned follows a change of a number's mentions; document says whether it was one before.
func (l *Linker) mentioned(n *number, document bool) {
	l.markNumber(n)
	l.widen(n)
	if n.class != trade.ClassBundle && n.isDocument() != document {
		l.renumber(n) // its consignment begins with its documents
		l.identityAgain(n)
		l.eachNeighbour(n, func(y *number, _ *fact) { l.identityAgain(y) })
	}
}

// renumber says that what a number's consignments are called may change.
func (l *Linker) renumber(n *number) {
	for _, m := range n.members {
		c := l.touch(m.Root)
		c.renumbered, c.rebegin = true, true
	}
	l.holdAgain(n)
}

// holdAgain says that another consignment may be the number's holder now.
func (l *Linker) holdAgain(n *number) {
	if !n.reheld {
		n.reheld = true
		l.work.holders.add(n)
	}
}

// identityBeside marks the identity numbers that an added or removed fact may change.
func (l *Linker) identityBeside(f *fact) {
	for _, n := range l.replaced(f) {
		l.identityAgain(n)
	}
	if !f.identity {
		return
	}
	for _, n := range l.refs(f) {
		if n.class != trade.ClassBundle {
			l.identityAgain(n)
		}
	}
}

func (l *Linker) markFact(f *fact) {
	if !f.dirty {
		f.dirty = true
		l.dirtyFacts = append(l.dirtyFacts, f)
	}
}

func (l *Linker) markNumber(n *number) {
	if !n.dirty {
		n.dirty = true
		l.dirtyNumbers = append(l.dirtyNumbers, n)
	}
}

func (l *Linker) markValue(v *value) {
	if !v.dirty {
		v.dirty = true
		l.dirtyValues = append(l.dirtyValues, v)
	}
}

func (l *Linker) markContainer(c *container) {
	if !c.dirty {
		c.dirty = true
		l.dirtyContainers = append(l.dirtyContainers, c)
	}
}

// touch gives a consignment to be changed.
func (l *Linker) touch(root string) *consignment {
	c := l.consignment(root)
	if !c.touched {
		c.touched = true
		l.touched = append(l.touched, c)
	}
	if !c.dirty {
		c.dirty = true
		l.dirtyConsignments = append(l.dirtyConsignments, c)
	}
	return c
}

// Dirty is how many nodes Flush would write.
func (l *Linker) Dirty() int {
	return len(l.dirtyDenials) + len(l.dirtyPassages) + len(l.dirtyBlocks) + len(l.dirtyFacts) + len(l.dirtyNumbers) + len(l.dirtyValues) + len(l.dirtyContainers) + len(l.dirtyConsignments)
}

// Flush writes what was changed since the last Flush. It must be written in one piece with the sequence that
// was applied last; then the linker can be opened again at that point.
func (l *Linker) Flush(w Writer) error {
	var key, value []byte
	set := func(encode func([]byte) []byte, prefix byte, parts ...string) (int, error) {
		key, value = appendKey(key[:0], prefix, parts...), encode(value[:0])
		return 2 * len(value), w.Set(key, value)
	}
	remove := func(prefix byte, parts ...string) error {
		key = appendKey(key[:0], prefix, parts...)
		return w.Delete(key)
	}
	for _, f := range l.dirtyFacts {
		if !f.dirty {
			continue // superseded within the batch
		}
		f.dirty = false
		size, err := set(f.encode, factPrefix, string(f.key[:]))
		if err != nil {
			return err
		}
		f.size = l.weigh(f.size, factBytes+size)
	}
	for _, n := range l.dirtyNumbers {
		n.dirty = false
		size, err := set(n.encode, numberPrefix, n.key)
		if err != nil {
			return err
		}
		n.size = l.weigh(n.size, numberBytes+size)
	}
	for _, v := range l.dirtyValues {
		v.dirty = false
		size, err := set(v.encode, numberPrefix, v.key)
		if err != nil {
			return err
		}
		v.size = l.weigh(v.size, valueBytes+size)
	}
	for _, c := range l.dirtyContainers {
		c.dirty = false
		size, err := set(c.encode, containerPrefix, c.number)
		if err != nil {
			return err
		}
		c.size = l.weigh(c.size, containerBytes+size)
	}
	for _, h := range l.dirtyPassages {
		h.dirty = false
		if h.empty() {
			if err := remove(passagePrefix, h.key); err != nil {
				return err
			}
			continue
		}
		size, err := set(h.encode, passagePrefix, h.key)
		if err != nil {
			return err
		}
		h.size = l.weigh(h.size, passageBytes+size)
	}
	for _, b := range l.dirtyBlocks {
		b.dirty = false
		if len(b.list) == 0 {
			if err := remove(blockPrefix, b.key); err != nil {
				return err
			}
			continue
		}
		size, err := set(b.encode, blockPrefix, b.key)
		if err != nil {
			return err
		}
		b.size = l.weigh(b.size, blockBytes+size)
	}
	for _, d := range l.dirtyDenials {
		d.dirty = false
		if _, err := set(d.encode, denialPrefix, string(d.of[:])); err != nil {
			return err
		}
	}
	for _, c := range l.dirtyConsignments {
		c.dirty = false
		if c.empty() {
			if err := remove(numberPrefix, c.root, consignmentSuffix); err != nil {
				return err
			}
			continue
		}
		size, err := set(c.encode, numberPrefix, c.root, consignmentSuffix)
		if err != nil {
			return err
		}
		c.size = l.weigh(c.size, consignmentBytes+size)
	}
	// Emptied, not only cut: what they point at leads to everything that is to be let go.
	l.dirtyFacts, l.dirtyNumbers, l.dirtyValues = emptied(l.dirtyFacts), emptied(l.dirtyNumbers), emptied(l.dirtyValues)
	l.dirtyDenials, l.dirtyPassages, l.dirtyBlocks = emptied(l.dirtyDenials), emptied(l.dirtyPassages), emptied(l.dirtyBlocks)
	l.dirtyContainers, l.dirtyConsignments = emptied(l.dirtyContainers), emptied(l.dirtyConsignments)
	l.turn()
	return nil
}

// emptied gives the list's memory without what it points at.
func emptied[T any](list []*T) []*T {
	clear(list)
	return list[:0]
}
