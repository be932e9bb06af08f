package chain

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"oneorder/internal/linkage"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// blocks are the rows of one batch, a block a table. They are its stream.Pending.
type blocks struct {
	sink       *sink
	chains     *warehouse.Chains
	events     *warehouse.ChainEvents
	apart      *warehouse.ApartEvents
	stays      *warehouse.ChainStays
	references *warehouse.ChainReferences
	aliases    *warehouse.ChainAliases
	findings   *warehouse.Findings
	waiting    *warehouse.UnattributedEvents
	flags      *warehouse.EventFlags
	heads      *warehouse.EventHeads
	notices    notices
}

func newBlocks(s *sink) *blocks {
	b := &blocks{
		sink: s, chains: warehouse.NewChains(), events: warehouse.NewChainEvents(),
		apart: warehouse.NewApartEvents(), stays: warehouse.NewChainStays(), aliases: warehouse.NewChainAliases(),
		references: warehouse.NewChainReferences(), findings: warehouse.NewFindings(), waiting: warehouse.NewUnattributedEvents(), heads: warehouse.NewEventHeads(),
		flags: warehouse.NewEventFlags(),
	}
	if name := s.config.Shadow; name != "" {
		b.chains.Shadow(name)
		b.events.Shadow(name)
		b.apart.Shadow(name)
		b.stays.Shadow(name)
		b.references.Shadow(name)
		b.aliases.Shadow(name)
		b.findings.Shadow(name)
		b.waiting.Shadow(name)
		b.flags.Shadow(name)
	}
	return b
}

// all gives the blocks. The chains are written last, so that whoever sees a chain finds its events and
// numbers.
func (b *blocks) all() []warehouse.Block {
	return append(b.before(), b.chains)
}

// before gives the blocks that are written before the chains.
func (b *blocks) before() []warehouse.Block {
	return []warehouse.Block{b.heads, b.flags, b.waiting, b.references, b.aliases, b.findings, b.stays, b.apart, b.events}
}

// Commit implements stream.Pending.
func (b *blocks) Commit(ctx context.Context, c stream.Claim) error {
	b.sink.claims.put(c.Last)
	insert := func(block warehouse.Block) error {
		return b.sink.config.Warehouse.Insert(ctx, c.Token(block.Table()), block)
	}
	// The position may be there before the rows: it only says what is gone if it is not there afterwards.
	positions := warehouse.NewPositions()
	positions.Append(c.Reader, c.Version(c.Last), c.Generation)
	// One that fails does not cut the others short: the batch is done again as a whole, and what has arrived stays.
	var group errgroup.Group
	for _, block := range append(b.before(), positions) {
		group.Go(func() error { return insert(block) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := insert(b.chains); err != nil {
		return err
	}
	if err := b.sink.tell(ctx, &b.notices); err != nil {
		return err
	}
	for _, block := range b.all() {
		b.sink.metrics.rows.WithLabelValues(block.Table()).Add(float64(block.Len()))
		block.Reset()
	}
	b.sink.committed.Store(c.Last)
	b.sink.safe.Store(c.Safe)
	select {
	case b.sink.free <- b:
	default:
	}
	return nil
}

// reference says whether a number, and the id that it makes, lead to a chain.
func (b *blocks) reference(chain string, founded time.Time, r trade.Reference, version uint64, leads bool) {
	row := &warehouse.ChainReferenceRow{Reference: r, Chain: chain, FoundedOn: founded, Version: version}
	switch {
	case r.Kind == warehouse.KindNumber: // none of its events names it
	case leads:
		b.references.Append(row)
	default:
		b.references.Delete(row)
	}
	alias := &warehouse.AliasRow{Chain: chain, Kind: r.Kind, FoundedOn: founded, Version: version}
	switch r.Kind {
	case warehouse.KindContainer:
		return // it makes no id
	case warehouse.KindChain, warehouse.KindNumber:
		alias.Alias = r.Value
	default:
		alias.Alias = linkage.ChainID(r)
	}
	if leads {
		b.aliases.Append(alias)
	} else {
		b.aliases.Delete(alias)
	}
}

// writer turns changes into rows.
type writer struct {
	sink    *sink
	blocks  *blocks
	version uint64
	now     time.Time         // of the broker: when it had the last message of the batch
	numbers []trade.Reference // memory that is used again
}

// changes writes the rows of a batch, and gives its outbox entry.
func (w *writer) changes(c linkage.Changes) (outboxEntry, error) {
	entry := newOutboxEntry(&c)
	for i := range c.Chains {
		dropped, gone, err := w.chain(&c.Chains[i])
		if err != nil {
			return entry, err
		}
		entry.dropped, entry.gone = append(entry.dropped, dropped...), append(entry.gone, gone...)
	}
	for i := range c.Led {
		dropped, err := w.led(&c.Led[i])
		if err != nil {
			return entry, err
		}
		entry.dropped = append(entry.dropped, dropped...)
	}
	for i := range c.Placed {
		w.place(&c.Placed[i])
	}
	for i := range c.Withdrawn {
		x := &c.Withdrawn[i]
		w.withdraw(x.Event, x.Chain, x.Founded)
	}
	for i := range c.Apart {
		w.apart(&c.Apart[i])
	}
	for i := range c.Stays {
		w.stay(&c.Stays[i])
	}
	for _, key := range entry.waiting {
		w.wait(key)
	}
	for _, key := range c.Conflicts {
		w.head(key)
	}
	for _, key := range c.Flagged {
		w.flag(key)
	}
	return entry, nil
}

// carry writes, beside what a batch changed, what is carried along, and gives the outbox entry for both.
func (w *writer) carry(own outboxEntry) (outboxEntry, error) {
	carried := w.sink.carried
	if err := w.write(carried); err != nil {
		return own, err
	}
	w.sink.carried = nil
	carried.add(own)
	return carried.entry(), nil
}

// chain writes a chain's row, the numbers that lead to it and its findings. It gives the numbers that no longer do, and the
// findings that are no more.
func (w *writer) chain(c *linkage.ChainChange) ([]outboxReference, []outboxFinding, error) {
	if c.Deleted {
		w.blocks.chains.Delete(c.ID, c.Founded, w.version)
		w.blocks.notices.gone(stream.AllOrgs, c.ID, w.version)
		old, err := w.sink.written(c.ID)
		if err != nil {
			return nil, nil, err
		}
		w.sink.records.forget(c.ID)
		w.sink.unsaved.written[c.ID] = written{}
		return w.drop(c.ID, c.Founded, old.references), w.deleteFindings(c.ID, c.Founded, old.findings), nil
	}
	record, h, err := w.sink.fold(c)
	if err != nil {
		return nil, nil, err
	}
	stands, gone := w.findings(c, w.sink.records.scratch.Findings(), h)
	record.ID, record.FoundedOn, record.Version = c.ID, c.Founded, w.version
	w.blocks.chains.Append(&record)
	if err := w.blocks.notices.changed(&record, c.Was, newsOf(stands, h.findings)); err != nil {
		return nil, nil, err
	}
	numbers := w.leading(&record, c, h.references)
	same := slices.Equal(numbers, h.references)
	if same && slices.EqualFunc(stands, h.findings, func(x, y standing) bool { return x.equal(&y) }) {
		return nil, nil, nil
	}
	h.findings = stands
	var dropped []outboxReference
	if !same {
		numbers = owned(numbers)
		leave := without(h.references, numbers)
		for _, r := range without(numbers, h.references) {
			w.blocks.reference(c.ID, c.Founded, r, w.version, true)
		}
		h.references = numbers
		dropped = w.drop(c.ID, c.Founded, leave)
	}
	w.sink.unsaved.written[c.ID] = h.written
	return dropped, gone, nil
}

// drop says that numbers no longer lead to the chain.
func (w *writer) drop(id string, founded time.Time, gone []trade.Reference) []outboxReference {
	var dropped []outboxReference
	for _, r := range gone {
		w.blocks.reference(id, founded, r, w.version, false)
		dropped = append(dropped, outboxReference{id, founded, r})
	}
	return dropped
}

func (w *writer) place(p *linkage.Placement) {
	subject, _ := w.sink.linker.Describe(p.Event)
	w.blocks.events.Append(&warehouse.ChainEventRow{
		Attribution: p.Attribution, FoundedOn: p.Founded, Type: subject.Type, OccurredAt: subject.Time, Version: w.version,
	})
}

// apart says where an event that is stored once stands.
func (w *writer) apart(a *linkage.Apart) {
	subject, _ := w.sink.linker.Describe(a.Event)
	row := &warehouse.ApartRow{Event: a.Event, Conveyance: a.Conveyance, Type: subject.Type, OccurredAt: subject.Time, Version: w.version}
	if a.Deleted {
		w.blocks.apart.Delete(row)
		return
	}
	for i := range a.Chains {
		w.blocks.apart.In(&a.Chains[i].Attribution, a.Chains[i].Founded)
	}
	w.blocks.apart.Append(row)
}

// stay says when a chain is aboard a conveyance.
func (w *writer) stay(s *linkage.Stay) {
	row := &warehouse.StayRow{
		Chain: s.Chain, FoundedOn: s.Founded, Conveyance: s.Conveyance, From: s.From, Until: s.Until, Steps: s.Steps, By: s.By, Version: w.version,
	}
	if s.Deleted {
		w.blocks.stays.Delete(row)
	} else {
		w.blocks.stays.Append(row)
	}
}

// withdraw says that an event is in a chain no more. Chains are written before.
func (w *writer) withdraw(event trade.EventKey, chain string, founded time.Time) {
	subject, _ := w.sink.linker.Describe(event)
	w.blocks.notices.gone(strings.TrimPrefix(subject.Source, trade.SourcePrefix), chain, w.version)
	w.blocks.events.Delete(&warehouse.ChainEventRow{
		Attribution: trade.Attribution{Event: event, Chain: chain}, FoundedOn: founded,
		Type: subject.Type, OccurredAt: subject.Time, Version: w.version,
	})
}

// wait says whether the event belongs nowhere now.
func (w *writer) wait(key trade.EventKey) {
	subject, _ := w.sink.linker.Describe(key)
	row := &warehouse.UnattributedRow{Event: key, Type: subject.Type, OccurredAt: subject.Time, Version: w.version}
	if !w.sink.linker.Waits(key) {
		w.blocks.waiting.Delete(row)
		return
	}
	row.Org = strings.TrimPrefix(subject.Source, trade.SourcePrefix)
	row.Since = w.received(key)
	w.blocks.waiting.Append(row)
}

// received gives the broker time of the event's message; zero when it is no longer known.
func (w *writer) received(key trade.EventKey) time.Time {
	_, received, err := w.sink.packed(w.sink.linker.Sequence(key))
	if err != nil {
		return time.Time{}
	}
	return received
}

// head says which content of an event stands, where two share a revision.
func (w *writer) head(key trade.EventKey) {
	if subject, ok := w.sink.linker.Describe(key); ok {
		w.blocks.heads.Append(key, subject.Revision, &subject.Digest, w.version)
	}
}

// flag says what joining remarks on the event now.
func (w *writer) flag(key trade.EventKey) {
	w.blocks.flags.Append(key, w.sink.linker.Flags(key), w.version)
}

// led writes which numbers lead to a chain that is as it was otherwise. It gives those that no longer do.
func (w *writer) led(c *linkage.ChainChange) ([]outboxReference, error) {
	h := w.sink.records.find(c.ID)
	had := written{}
	if h != nil {
		had = h.written
	} else {
		var err error
		if had, err = w.sink.written(c.ID); err != nil {
			return nil, err
		}
	}
	numbers := slices.DeleteFunc(slices.Clone(had.references), func(r trade.Reference) bool { return r.Kind == warehouse.KindNumber })
	numbers = w.aside(numbers, c.Root)
	slices.SortFunc(numbers, compareReferences)
	if slices.Equal(numbers, had.references) {
		return nil, nil
	}
	for _, r := range without(numbers, had.references) {
		w.blocks.reference(c.ID, c.Founded, r, w.version, true)
	}
	dropped := w.drop(c.ID, c.Founded, without(had.references, numbers))
	had.references = numbers
	if h != nil {
		h.references = numbers
	}
	w.sink.unsaved.written[c.ID] = had
	return dropped, nil
}

// aside adds the ids of the numbers that lead to the consignment though none of its events names them. Numbers has those
// that they name.
func (w *writer) aside(numbers []trade.Reference, root string) []trade.Reference {
	for _, r := range w.sink.linker.LedBy(root, numbers) {
		numbers = append(numbers, trade.Reference{Kind: warehouse.KindNumber, Value: linkage.ChainID(r)})
	}
	return numbers
}

// leading gives every number that leads to the chain, sorted: its references, those of none of its events, its containers, its id
// and the ids that it had before, which are among those last written. The list lasts until the next call.
func (w *writer) leading(record *trade.Chain, c *linkage.ChainChange, written []trade.Reference) []trade.Reference {
	numbers := w.aside(append(w.numbers[:0], record.References...), c.Root)
	for _, container := range record.Containers {
		numbers = append(numbers, trade.Reference{Kind: warehouse.KindContainer, Value: container})
	}
	numbers = append(numbers, trade.Reference{Kind: warehouse.KindChain, Value: record.ID})
	for _, r := range written {
		if r.Kind == warehouse.KindChain {
			numbers = append(numbers, r)
		}
	}
	if c.Was != "" {
		numbers = append(numbers, trade.Reference{Kind: warehouse.KindChain, Value: c.Was})
	}
	slices.SortFunc(numbers, compareReferences)
	w.numbers = slices.Compact(numbers)
	return w.numbers
}

// owned copies the list with its texts, which lie in memory of an event.
func owned(list []trade.Reference) []trade.Reference {
	size := 0
	for _, r := range list {
		size += len(r.Value) + len(r.Issuer)
	}
	var text strings.Builder
	text.Grow(size) // so it stays one piece of memory
	own := func(s string) string {
		start := text.Len()
		text.WriteString(s)
		return text.String()[start:]
	}
	out := make([]trade.Reference, len(list))
	for i, r := range list {
		if r.Kind.Order() < 0 {
			r.Kind = trade.Kind(strings.Clone(string(r.Kind)))
		}
		out[i] = trade.Reference{Kind: r.Kind, Value: own(r.Value), Issuer: own(r.Issuer)}
	}
	return out
}

func compareReferences(a, b trade.Reference) int {
	if c := strings.Compare(a.Value, b.Value); c != 0 {
		return c
	}
	if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
		return c
	}
	return strings.Compare(a.Issuer, b.Issuer)
}

// without gives what is in the first sorted list and not in the second.
func without(list, other []trade.Reference) []trade.Reference {
	var out []trade.Reference
	for _, r := range list {
		if _, found := slices.BinarySearchFunc(other, r, compareReferences); !found {
			out = append(out, r)
		}
	}
	return out
}
