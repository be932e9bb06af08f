package chain

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// outboxEntry names what a batch changed. It holds keys only: what is written for them is what the state
// says of them when it is written.
type outboxEntry struct {
	chains    []outboxChain
	pairs     []outboxPair
	waiting   []trade.EventKey
	conflicts []trade.EventKey
	flagged   []trade.EventKey
	dropped   []outboxReference
	gone      []outboxFinding
	apart     []outboxApart
	stays     []outboxStay
}

type outboxApart struct {
	event      trade.EventKey
	conveyance string
}

type outboxStay struct {
	stayKey
	root    string
	founded time.Time
}

type stayKey struct {
	chain, conveyance string
	from              int64 // milliseconds since 1970
}

type outboxChain struct {
	id, root string
	founded  time.Time
}

type outboxPair struct {
	event   trade.EventKey
	chain   string
	founded time.Time
}

type outboxReference struct {
	chain     string
	founded   time.Time
	reference trade.Reference
}

// newOutboxEntry takes the keys of what changed.
func newOutboxEntry(c *linkage.Changes) outboxEntry {
	e := outboxEntry{
		chains:    make([]outboxChain, 0, len(c.Chains)+len(c.Led)),
		pairs:     make([]outboxPair, 0, len(c.Placed)+len(c.Withdrawn)),
		waiting:   slices.Concat(c.Waiting, c.Found),
		conflicts: c.Conflicts,
		flagged:   c.Flagged,
	}
	for _, list := range [2][]linkage.ChainChange{c.Chains, c.Led} {
		for i := range list {
			e.chains = append(e.chains, outboxChain{list[i].ID, list[i].Root, list[i].Founded})
		}
	}
	for i := range c.Placed {
		p := &c.Placed[i]
		e.pairs = append(e.pairs, outboxPair{p.Event, p.Chain, p.Founded})
	}
	for i := range c.Withdrawn {
		x := &c.Withdrawn[i]
		e.pairs = append(e.pairs, outboxPair{x.Event, x.Chain, x.Founded})
	}
	for i := range c.Apart {
		e.apart = append(e.apart, outboxApart{c.Apart[i].Event, c.Apart[i].Conveyance})
	}
	for i := range c.Stays {
		s := &c.Stays[i]
		e.stays = append(e.stays, outboxStay{stayKey{s.Chain, s.Conveyance, s.From.UnixMilli()}, s.Root, s.Founded})
	}
	return e
}

// size is about how long the encoded entry is.
func (e *outboxEntry) size() int {
	return 64*len(e.chains) + 40*len(e.pairs) + 16*(len(e.waiting)+len(e.conflicts)+len(e.flagged)) + 80*len(e.dropped) + 40*len(e.apart) + 60*len(e.stays) + 512*len(e.gone) + 16
}

// ahead is what the state has beyond the record. It is written in pieces, with as many inserts, however much it is.
type ahead struct {
	sink    *sink
	version uint64
}

// Commit implements stream.Pending.
func (a *ahead) Commit(ctx context.Context, c stream.Claim) error {
	rest := c
	write := func(last uint64, m *merged) error {
		w := &writer{sink: a.sink, blocks: a.sink.take(), version: a.version}
		if err := w.write(m); err != nil {
			return fmt.Errorf("write what changed in %d-%d: %w", rest.First, last, err)
		}
		piece := rest
		piece.Last = last
		rest.First = last + 1
		return w.blocks.Commit(ctx, piece)
	}
	err := a.sink.pieces(ordinal(c.Epoch, c.First-1), func(last uint64, m *merged) error {
		return write(min(last&(1<<48-1), c.Last), m)
	})
	if err == nil && rest.First <= c.Last {
		err = write(c.Last, newMerged())
	}
	return err
}

// Of what changed a piece holds this much, and at least what one batch changed.
const (
	pieceChains = 20_000
	piecePairs  = 100_000
)

// pieces yields all that changed after a message, by their ordinals, and the last message of each piece.
func (s *sink) pieces(after uint64, yield func(last uint64, m *merged) error) error {
	m, last := newMerged(), after
	err := s.store.Outbox(after, func(sequence uint64, b []byte) error {
		entry, err := decodeOutbox(b)
		if err != nil {
			return err
		}
		if len(m.chains) >= pieceChains || len(m.pairs) >= piecePairs {
			if err := yield(last, m); err != nil {
				return err
			}
			m = newMerged()
		}
		m.add(entry)
		last = sequence
		return nil
	})
	if err != nil || last == after {
		return err
	}
	return yield(last, m)
}

// write writes the rows for all that changed.
func (w *writer) write(all *merged) error {
	for _, c := range all.chains {
		if err := w.chainAgain(c, all.gone); err != nil {
			return err
		}
	}
	for _, pair := range all.pairs {
		root := all.chains[pair.chain].root
		if root == "" {
			root = w.sink.linker.RootOf(pair.event, pair.chain)
		}
		if p, ok := w.sink.linker.Attribution(pair.event, pair.chain, root); ok {
			w.place(&p)
		} else {
			w.withdraw(pair.event, pair.chain, pair.founded)
		}
	}
	for key := range all.keys {
		w.wait(key)
	}
	for _, key := range all.conflicts {
		w.head(key)
	}
	for key := range all.flagged {
		w.flag(key)
	}
	w.droppedAgain(all.dropped)
	w.goneAgain(all.gone)
	for key := range all.apart {
		w.apartAgain(key)
	}
	for _, s := range all.stays {
		if root := all.chains[s.chain].root; root != "" {
			s.root = root
		}
		w.stayAgain(s)
	}
	return w.sink.linker.Err()
}

// chainAgain writes a chain as it is now.
func (w *writer) chainAgain(c outboxChain, gone []outboxFinding) error {
	if !w.sink.linker.Lives(c.root, c.id) {
		w.blocks.chains.Delete(c.id, c.founded, w.version)
		w.blocks.notices.gone(stream.AllOrgs, c.id, w.version)
		return nil
	}
	record, h, err := w.sink.fold(&linkage.ChainChange{ID: c.id, Root: c.root, Rebuild: true})
	if err != nil {
		return err
	}
	record.ID, record.FoundedOn, record.Version = c.id, c.founded, w.version
	w.blocks.chains.Append(&record)
	if err := w.blocks.notices.changed(&record, "", newsAgain(c.id, h.findings, gone)); err != nil {
		return err
	}
	for _, r := range h.references {
		w.blocks.reference(c.id, c.founded, r, w.version, true)
	}
	for i := range h.findings {
		w.finding(c.id, c.founded, &h.findings[i], time.Time{})
	}
	return nil
}

// apartAgain writes an event that was stored once, or is, as it is now.
func (w *writer) apartAgain(key outboxApart) {
	a, _ := w.sink.linker.Apart(key.event)
	if a.Conveyance != key.conveyance {
		a = linkage.Apart{Event: key.event, Conveyance: key.conveyance, Deleted: true}
	}
	w.apart(&a)
}

// stayAgain writes a time aboard as it is now.
func (w *writer) stayAgain(o outboxStay) {
	from := time.UnixMilli(o.from).UTC()
	for _, s := range w.sink.linker.StaysOf(o.root, o.chain) {
		if s.Conveyance == o.conveyance && s.From.Equal(from) {
			w.stay(&s)
			return
		}
	}
	w.stay(&linkage.Stay{Chain: o.chain, Founded: o.founded, Conveyance: o.conveyance, From: from, Until: from, Deleted: true})
}

// droppedAgain says that numbers do not lead to chains, unless they do again.
func (w *writer) droppedAgain(list []outboxReference) {
	for _, d := range list {
		if h := w.sink.records.find(d.chain); h != nil && len(without([]trade.Reference{d.reference}, h.references)) == 0 {
			continue
		}
		w.blocks.reference(d.chain, d.founded, d.reference, w.version, false)
	}
}

type pairKey struct {
	event trade.EventKey
	chain string
}

func newMerged() *merged {
	return &merged{
		chains: make(map[string]outboxChain), pairs: make(map[pairKey]outboxPair), keys: make(map[trade.EventKey]bool),
		flagged: make(map[trade.EventKey]bool),
		apart:   make(map[outboxApart]bool), stays: make(map[stayKey]outboxStay),
	}
}

// entry is all of it as one entry.
func (m *merged) entry() outboxEntry {
	return outboxEntry{
		chains: slices.Collect(maps.Values(m.chains)), pairs: slices.Collect(maps.Values(m.pairs)),
		waiting: slices.Collect(maps.Keys(m.keys)), conflicts: m.conflicts, flagged: slices.Collect(maps.Keys(m.flagged)), dropped: m.dropped, gone: m.gone,
		apart: slices.Collect(maps.Keys(m.apart)), stays: slices.Collect(maps.Values(m.stays)),
	}
}

// merged is several outbox entries as one: of each thing the latest.
type merged struct {
	chains    map[string]outboxChain
	pairs     map[pairKey]outboxPair
	keys      map[trade.EventKey]bool
	flagged   map[trade.EventKey]bool
	conflicts []trade.EventKey
	dropped   []outboxReference
	gone      []outboxFinding
	apart     map[outboxApart]bool
	stays     map[stayKey]outboxStay
}

func (m *merged) add(e outboxEntry) {
	for _, c := range e.chains {
		m.chains[c.id] = c
	}
	for _, p := range e.pairs {
		m.pairs[pairKey{p.event, p.chain}] = p
	}
	for _, key := range e.waiting {
		m.keys[key] = true
	}
	for _, key := range e.flagged {
		m.flagged[key] = true
	}
	m.conflicts = append(m.conflicts, e.conflicts...)
	m.dropped = append(m.dropped, e.dropped...)
	m.gone = append(m.gone, e.gone...)
	for _, a := range e.apart {
		m.apart[a] = true
	}
	for _, s := range e.stays {
		m.stays[s.stayKey] = s
	}
}

// The encoding: counts and lengths are varints, dates are days since 1970.

func (e *outboxEntry) encode(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.chains)))
	for _, c := range e.chains {
		b = appendText(appendText(b, c.id), c.root)
		b = appendDay(b, c.founded)
	}
	b = binary.AppendUvarint(b, uint64(len(e.pairs)))
	for _, p := range e.pairs {
		b = append(b, p.event[:]...)
		b = appendDay(appendText(b, p.chain), p.founded)
	}
	for _, keys := range [][]trade.EventKey{e.waiting, e.conflicts, e.flagged} {
		b = binary.AppendUvarint(b, uint64(len(keys)))
		for _, k := range keys {
			b = append(b, k[:]...)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(e.dropped)))
	for _, d := range e.dropped {
		b = appendDay(appendText(b, d.chain), d.founded)
		b = appendReference(b, d.reference)
	}
	b = binary.AppendUvarint(b, uint64(len(e.gone)))
	for i := range e.gone {
		g := &e.gone[i]
		b = appendDay(appendText(b, g.chain), g.founded)
		b = appendTime(appendFinding(b, &g.finding), g.closed)
	}
	b = binary.AppendUvarint(b, uint64(len(e.apart)))
	for _, a := range e.apart {
		b = appendText(append(b, a.event[:]...), a.conveyance)
	}
	b = binary.AppendUvarint(b, uint64(len(e.stays)))
	for i := range e.stays {
		s := &e.stays[i]
		b = appendDay(appendText(appendText(appendText(b, s.chain), s.conveyance), s.root), s.founded)
		b = appendTime(b, time.UnixMilli(s.from))
	}
	return b
}

func decodeOutbox(b []byte) (e outboxEntry, err error) {
	d := reader{b: b}
	for range d.count() {
		e.chains = append(e.chains, outboxChain{d.text(), d.text(), d.day()})
	}
	for range d.count() {
		e.pairs = append(e.pairs, outboxPair{d.key(), d.text(), d.day()})
	}
	for range d.count() {
		e.waiting = append(e.waiting, d.key())
	}
	for range d.count() {
		e.conflicts = append(e.conflicts, d.key())
	}
	for range d.count() {
		e.flagged = append(e.flagged, d.key())
	}
	for range d.count() {
		e.dropped = append(e.dropped, outboxReference{d.text(), d.day(), d.reference()})
	}
	for range d.count() {
		e.gone = append(e.gone, outboxFinding{d.text(), d.day(), d.finding(), d.time()})
	}
	for range d.count() {
		e.apart = append(e.apart, outboxApart{d.key(), d.text()})
	}
	for range d.count() {
		s := outboxStay{stayKey: stayKey{chain: d.text(), conveyance: d.text()}, root: d.text(), founded: d.day()}
		s.from = d.time().UnixMilli()
		e.stays = append(e.stays, s)
	}
	return e, d.done()
}

// written gives what was last written of the chain: the numbers that lead to it and the findings that stand.
func (s *sink) written(chain string) (written, error) {
	if w, ok := s.unsaved.written[chain]; ok {
		return w, nil
	}
	b, err := s.store.Load(append([]byte{writtenPrefix}, chain...))
	if err != nil || b == nil {
		return written{}, err
	}
	d := reader{b: b}
	var w written
	for range d.count() {
		w.references = append(w.references, d.reference())
	}
	for len(d.b) > 0 {
		w.findings = append(w.findings, d.finding())
	}
	return w, d.done()
}

// writtenPrefix begins the keys of what was written of a chain.
const writtenPrefix = 'r'

func (w *written) encode(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(w.references)))
	for _, r := range w.references {
		b = appendReference(b, r)
	}
	for i := range w.findings {
		b = appendFinding(b, &w.findings[i])
	}
	return b
}

func appendReference(b []byte, r trade.Reference) []byte {
	return appendText(appendText(appendText(b, string(r.Kind)), r.Value), r.Issuer)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

const secondsADay = 24 * 60 * 60

func appendDay(b []byte, t time.Time) []byte { return binary.AppendVarint(b, t.Unix()/secondsADay) }

var errUnreadable = errors.New("stored entry is not readable")

// reader reads what the functions above wrote. After a fault it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail() { r.b, r.err = nil, errUnreadable }

func (r *reader) count() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) text() string { return string(r.take(r.count())) }

func (r *reader) key() (k trade.EventKey) {
	copy(k[:], r.take(len(k)))
	return k
}

func (r *reader) day() time.Time {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return time.Time{}
	}
	r.b = r.b[n:]
	return time.Unix(v*secondsADay, 0).UTC()
}

func (r *reader) reference() trade.Reference {
	return trade.Reference{Kind: trade.Kind(r.text()), Value: r.text(), Issuer: r.text()}
}

func (r *reader) done() error {
	if r.err == nil && len(r.b) > 0 {
		return errUnreadable
	}
	return r.err
}
