package linkage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Linker joins events into consignments, incrementally. It is not for concurrent use.
type Linker struct {
	store Store
	err   error // the first error of the store; sticky

	facts        generations[trade.EventKey, *fact]
	numbers      generations[string, *number]
	values       generations[string, *value]
	containers   generations[string, *container]
	consignments generations[string, *consignment]
	most         int
	keyBuffer    []byte

	// What this batch changed, to be written by Flush.
	dirtyFacts        []*fact
	dirtyNumbers      []*number
	dirtyValues       []*value
	dirtyContainers   []*container
	dirtyConsignments map[string]*touched

	work batchWork
}

// touched is a consignment that a batch changed, and what it was before.
type touched struct {
	*consignment
	before []trade.EventKey
}

// batchWork is what a batch has still to derive.
type batchWork struct {
	identity   worklist
	bundles    worklist
	containers worklist
	events     map[trade.EventKey]bool // to be placed again; true: its content is new
	moved      map[trade.EventKey]bool // placed otherwise than before
	revised    map[string]bool         // roots with an event whose content was replaced
	waiting    []trade.EventKey        // belong nowhere yet
	found      []trade.EventKey        // did not before, and do now
	conflicts  []trade.EventKey
	replaced   []uint64
}

// Input is an event with its place in the stream.
type Input struct {
	Event    *trade.Event
	Sequence uint64
	Received time.Time // the broker's timestamp
	Digest   [32]byte  // of the event's canonical bytes
}

// New gives a linker over the store. It holds at most about twice most nodes of each kind in memory; 0
// means 100,000.
func New(store Store, most int) *Linker {
	if most <= 0 {
		most = 100_000
	}
	return &Linker{store: store, most: most, dirtyConsignments: make(map[string]*touched)}
}

// Apply takes a batch of events and gives what it changed. Repeats and superseded revisions change
// nothing. After an error the linker is of no more use: what it held in memory may be half changed.
func (l *Linker) Apply(inputs []Input) (Changes, error) {
	l.work = batchWork{
		events: make(map[trade.EventKey]bool, len(inputs)), moved: make(map[trade.EventKey]bool, len(inputs)),
		revised: make(map[string]bool),
	}
	for i := range inputs {
		l.accept(&inputs[i])
	}
	l.derive()
	changes := l.changes()
	if l.err != nil {
		return Changes{}, fmt.Errorf("link events: %w", l.err)
	}
	return changes, nil
}

// accept makes the event's content current, unless a later or equal one is already.
func (l *Linker) accept(in *Input) {
	have := l.fact(in.Event.Key())
	f := factOf(in.Event, in.Sequence, in.Digest)
	if have != nil {
		if have.revision == f.revision && have.digest != f.digest {
			l.work.conflicts = append(l.work.conflicts, f.key)
		}
		if !f.supersedes(have) {
			return
		}
	}
	// The encoded form owns its memory, which the event does not.
	f, err := decodeFact(f.key, f.encode(nil))
	if err != nil {
		l.err = err
		return
	}
	if have != nil {
		l.unlink(have)
		f.placed = have.placed
		have.dirty = false
		l.work.replaced = append(l.work.replaced, have.sequence)
	}
	l.facts.put(f.key, f)
	l.markFact(f)
	l.link(f, in)
	l.work.events[f.key] = true
}

// link enters the fact at every number and container that it names.
func (l *Linker) link(f *fact, in *Input) {
	for _, r := range f.refs {
		l.register(f, r, 1)
	}
	for _, r := range f.covers {
		l.register(f, r, 1)
	}
	for _, r := range f.replaces {
		l.register(f, r, 1)
	}
	l.mentionAll(f, true, in)
	for _, number := range f.equipment {
		c := l.container(number)
		c.mentions = append(c.mentions, f.key)
		l.markContainer(c)
		l.work.containers.add(number)
	}
	l.dirtyBeside(f)
}

// unlink takes the fact out again.
func (l *Linker) unlink(f *fact) {
	l.dirtyBeside(f)
	l.mentionAll(f, false, nil)
	for _, list := range [][]ref{f.refs, f.covers, f.replaces} {
		for _, r := range list {
			l.register(f, r, -1)
		}
	}
	for _, number := range f.equipment {
		c := l.container(number)
		c.mentions = slices.DeleteFunc(c.mentions, func(k trade.EventKey) bool { return k == f.key })
		l.markContainer(c)
		l.work.containers.add(number)
	}
}

// register counts an issuer, or an unscoped mention, of a value. When that changes what the unscoped
// mentions of other events stand for, they move.
func (l *Linker) register(f *fact, r ref, by int) {
	v := l.value(string(r.group()) + "\x00" + r.value)
	before := v.resolved()
	switch {
	case r.issuer != "":
		v.adjust(r.issuer, by)
	case by > 0:
		v.unscoped = appendNew(v.unscoped, f.key)
	default:
		v.unscoped = slices.DeleteFunc(v.unscoped, func(k trade.EventKey) bool { return k == f.key })
	}
	if !v.dirty {
		v.dirty = true
		l.dirtyValues = append(l.dirtyValues, v)
	}
	if v.resolved() == before {
		return
	}
	for _, key := range v.unscoped {
		g := l.fact(key)
		if g == nil || key == f.key {
			continue
		}
		l.dirtyBeside(g)
		l.mentionAll(g, false, nil)
		g.refKeys, g.coverKeys, g.replaceKeys = nil, nil, nil
		l.mentionAll(g, true, nil)
		l.dirtyBeside(g)
		l.work.events[key] = l.work.events[key]
	}
}

// keys gives the keys of the numbers that the event names, in the order of its references.
func (l *Linker) keys(f *fact) []string         { return l.resolve(f.refs, &f.refKeys) }
func (l *Linker) coveredKeys(f *fact) []string  { return l.resolve(f.covers, &f.coverKeys) }
func (l *Linker) replacedKeys(f *fact) []string { return l.resolve(f.replaces, &f.replaceKeys) }

func (l *Linker) resolve(refs []ref, keys *[]string) []string {
	if *keys == nil && len(refs) > 0 {
		list := make([]string, len(refs))
		for i, r := range refs {
			issuer := r.issuer
			if issuer == "" {
				issuer = l.value(string(r.group()) + "\x00" + r.value).resolved()
			}
			list[i] = numberKey(r.group(), r.value, issuer)
		}
		*keys = list
	}
	return *keys
}

// mentionAll enters or removes the fact's mention at each number that it names.
func (l *Linker) mentionAll(f *fact, enter bool, in *Input) {
	var common uint8
	house := map[trade.Kind]bool(nil)
	for _, r := range f.refs {
		if c := r.kind.Class(); c == trade.ClassDocument || c == trade.ClassIdentity {
			common |= hasIdentity
		}
		if r.kind == trade.OneOrder {
			common |= ties
		}
		if r.isHouse() {
			if house == nil {
				house = make(map[trade.Kind]bool)
			}
			house[r.group()] = true
		}
	}
	if len(f.replaces) > 0 || f.kind == linkAsserted {
		common |= ties
	}
	for i, key := range l.keys(f) {
		bits := inRefs | common
		if r := f.refs[i]; r.isMaster() || house[r.group()] && !r.isHouse() {
			bits |= showsMaster
		}
		l.mention(key, f, bits, enter, in)
	}
	for i, key := range l.coveredKeys(f) {
		bits := inCovers | common&hasIdentity
		if f.covers[i].isMaster() {
			bits |= showsMaster
		}
		l.mention(key, f, bits, enter, in)
	}
	for i, key := range l.replacedKeys(f) {
		bits := inReplaces | common | ties
		if f.replaces[i].isMaster() {
			bits |= showsMaster
		}
		l.mention(key, f, bits, enter, in)
	}
}

// mention enters or removes one mention.
func (l *Linker) mention(key string, f *fact, bits uint8, enter bool, in *Input) {
	n := l.number(key)
	document := n.isDocument()
	at := slices.IndexFunc(n.mentions, func(m mention) bool { return m.event == f.key })
	switch {
	case enter && at < 0:
		n.mentions = append(n.mentions, mention{f.key, bits})
		if bits&showsMaster != 0 {
			n.masters++
		}
	case enter:
		if bits&^n.mentions[at].bits&showsMaster != 0 {
			n.masters++
		}
		n.mentions[at].bits |= bits
	case at >= 0:
		if n.mentions[at].bits&showsMaster != 0 {
			n.masters--
		}
		n.mentions = slices.Delete(n.mentions, at, at+1)
	}
	if enter && (n.firstSeq == 0 || f.sequence < n.firstSeq) {
		n.firstSeq, n.firstTime = f.sequence, 0
		if in != nil {
			n.firstTime = in.Received.UnixMilli()
		} else if f.sequence != 0 {
			n.firstTime = l.firstTimeBeside(f)
		}
	}
	l.markNumber(n)
	if n.isDocument() != document {
		l.work.identity.add(key)
		l.eachNeighbour(n, func(y *number, _ *fact) { l.work.identity.add(y.key) })
	}
}

// firstTimeBeside gives the broker time of a fact that is not the one being accepted: of any other number
// that it was the first to name, else of its own time.
func (l *Linker) firstTimeBeside(f *fact) int64 {
	for _, key := range l.keys(f) {
		if n := l.number(key); n.firstSeq == f.sequence && n.firstTime != 0 {
			return n.firstTime
		}
	}
	return f.time
}

// dirtyBeside marks what an added or removed fact may change.
func (l *Linker) dirtyBeside(f *fact) {
	identities := 0
	for i := range f.refs {
		if c := f.refs[i].kind.Class(); c == trade.ClassDocument || c == trade.ClassIdentity {
			identities++
		}
	}
	known := identities > 0 && l.nothingNew(f)
	for i, key := range l.keys(f) {
		if f.refs[i].kind.Class() == trade.ClassBundle {
			l.work.bundles.add(key)
		} else if !known {
			l.work.identity.add(key)
		}
	}
	for _, key := range l.replacedKeys(f) {
		l.work.identity.add(key)
	}
	for _, number := range f.equipment {
		l.work.containers.add(number)
	}
	if f.kind == transferred {
		for _, number := range f.to {
			l.work.containers.add(number)
		}
	}
}

// nothingNew says whether another, earlier event already put the same identity numbers beside each other,
// so that this one adds no step between numbers. It looks at a few events only: a miss costs work, not
// correctness.
func (l *Linker) nothingNew(f *fact) bool {
	const look = 8
	keys := l.keys(f)
	if len(f.replaces) > 0 || f.kind == linkAsserted {
		return false
	}
	for i, key := range keys {
		if c := f.refs[i].kind.Class(); c != trade.ClassDocument && c != trade.ClassIdentity {
			continue
		}
		n := l.number(key)
		if len(n.members) == 0 {
			return false
		}
		looked := 0
		for j := len(n.mentions) - 1; j >= 0 && looked < look; j-- {
			looked++
			m := n.mentions[j]
			if m.event == f.key || m.bits&inRefs == 0 {
				continue
			}
			if g := l.fact(m.event); g != nil && !g.retracted && g.before(f) && l.coversIdentity(g, f) {
				return true
			}
		}
		return false
	}
	return false
}

// coversIdentity says whether g names every identity number that f names.
func (l *Linker) coversIdentity(g, f *fact) bool {
	have := l.keys(g)
	for i, key := range l.keys(f) {
		if c := f.refs[i].kind.Class(); c == trade.ClassBundle || c == trade.ClassUnknown {
			continue
		}
		if !slices.Contains(have, key) {
			return false
		}
	}
	return true
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

func (l *Linker) markContainer(c *container) {
	if !c.dirty {
		c.dirty = true
		l.dirtyContainers = append(l.dirtyContainers, c)
	}
}

// touch gives a consignment to be changed, and remembers what it was.
func (l *Linker) touch(root string) *consignment {
	if t, ok := l.dirtyConsignments[root]; ok {
		return t.consignment
	}
	c := l.consignment(root)
	l.dirtyConsignments[strings.Clone(root)] = &touched{consignment: c, before: slices.Clone(c.events)}
	return c
}

// Flush writes what the last Apply changed. It must be written in one piece with the sequence that was
// applied; then the linker can be opened again at that point.
func (l *Linker) Flush(w Writer) error {
	var key, value []byte
	set := func(prefix byte, k string, encode func([]byte) []byte) error {
		key = append(append(key[:0], prefix), k...)
		value = encode(value[:0])
		return w.Set(key, value)
	}
	for _, f := range l.dirtyFacts {
		if !f.dirty {
			continue // superseded within the batch
		}
		f.dirty = false
		if err := set(factPrefix, string(f.key[:]), f.encode); err != nil {
			return err
		}
	}
	for _, n := range l.dirtyNumbers {
		n.dirty = false
		if err := set(numberPrefix, n.key, n.encode); err != nil {
			return err
		}
	}
	for _, v := range l.dirtyValues {
		v.dirty = false
		if err := set(valuePrefix, v.key, v.encode); err != nil {
			return err
		}
	}
	for _, c := range l.dirtyContainers {
		c.dirty = false
		if err := set(containerPrefix, c.number, c.encode); err != nil {
			return err
		}
	}
	for root, c := range l.dirtyConsignments {
		key = append(append(key[:0], consignmentPrefix), root...)
		if c.empty() {
			if err := w.Delete(key); err != nil {
				return err
			}
			continue
		}
		if err := set(consignmentPrefix, root, c.encode); err != nil {
			return err
		}
	}
	l.dirtyFacts, l.dirtyNumbers, l.dirtyValues = l.dirtyFacts[:0], l.dirtyNumbers[:0], l.dirtyValues[:0]
	l.dirtyContainers = l.dirtyContainers[:0]
	clear(l.dirtyConsignments)
	l.facts.turn(l.most)
	l.numbers.turn(l.most)
	l.values.turn(l.most)
	l.containers.turn(l.most)
	l.consignments.turn(l.most)
	return nil
}
