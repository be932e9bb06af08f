package linkage

import (
	"bytes"
	"flag"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// The property: Linker gives what Spec gives. Whatever the order in which events arrive, however they are cut
// into batches, repeated, revised and taken back, and wherever the linker is closed and opened again: the chains
// are those that the rules make of the set of current events, each event there for the same reason.

// features are what the generated events may have.
type features struct {
	documents, notes, masters, issuers, ties         bool
	bundles, covers, containers, transfers, readings bool
	revisions, silentDepots, conveyances, denials    bool
	splits                                           bool // several new numbers of a kind for one that is replaced
	coveredBundles                                   bool
	instants                                         bool // several events at one instant
	wides                                            bool // numbers beside more than 64 of one kind
	voyages                                          bool // most events are of ships
	evidence, ids, waits                             bool // are compared, too
	events                                           int
}

var allFeatures = features{
	documents: true, notes: true, masters: true, issuers: true, ties: true, bundles: true, covers: true, containers: true,
	transfers: true, readings: true, revisions: true, silentDepots: true, denials: true, splits: true, coveredBundles: true, ids: true,
	instants: true, wides: true, conveyances: true, evidence: true, waits: true, events: 12,
}

// voyageFeatures draw loads, discharges and what happens to ships, with little besides.
var voyageFeatures = features{
	documents: true, covers: true, containers: true, revisions: true, denials: true, instants: true, conveyances: true, voyages: true,
	bundles: true, evidence: true, waits: true, ids: true, events: 10,
}

// pool is a few numbers, so that events meet in them.
type pool struct {
	t *rapid.T
	features
}

func (p pool) pick(name string, of ...string) string { return rapid.SampledFrom(of).Draw(p.t, name) }

func (p pool) chance(name string, percent int) bool {
	return rapid.IntRange(0, 99).Draw(p.t, name) >= 100-percent
}

func (p pool) issuer() string {
	if !p.issuers {
		return ""
	}
	return p.pick("issuer", "", "S", "S", "M")
}

// identity draws a document or an identity number.
func (p pool) identity() trade.Reference {
	kinds := []string{"invoice", "declaration"}
	if p.documents {
		kinds = append(kinds, "bl", "bl")
	}
	if p.notes {
		kinds = append(kinds, "consignment_note")
	}
	if p.masters {
		kinds = append(kinds, "house_bl", "master_bl", "house_air_waybill", "air_waybill")
	}
	if p.ties {
		kinds = append(kinds, "one_order")
	}
	switch kind := p.pick("kind", kinds...); kind {
	case "bl", "house_bl", "master_bl":
		return trade.Reference{Kind: trade.Kind(kind), Value: p.pick("bill", "B1", "B2", "B3"), Issuer: p.issuer()}
	case "air_waybill", "house_air_waybill":
		return trade.Reference{Kind: trade.Kind(kind), Value: p.pick("waybill", "W1", "W2")}
	default:
		return trade.Reference{Kind: trade.Kind(kind), Value: strings.ToUpper(kind[:1]) + p.pick("number", "1", "2")}
	}
}

func (p pool) bundle() trade.Reference {
	kind := p.pick("bundle", "booking", "booking", "purchase_order", "letter_of_credit", "payment")
	return trade.Reference{Kind: trade.Kind(kind), Value: strings.ToUpper(kind[:2]) + p.pick("number", "1", "2")}
}

func (p pool) box() string { return p.pick("box", "C1", "C1", "C2", "C3") }

// time draws when the event happened: some share an instant, if they may, and some are long after.
func (p pool) time(id string) time.Time {
	halfDays := 13
	if p.silentDepots {
		halfDays = 50
	}
	t := storyStart.Add(time.Duration(rapid.IntRange(0, halfDays).Draw(p.t, "half days")) * 12 * time.Hour)
	if p.chance("late", 10) {
		t = t.AddDate(0, 0, 60)
	}
	if !p.instants {
		t = t.Add(time.Duration(id[0]-'a') * time.Minute)
	}
	return t
}

// content draws one content of an event.
func (p pool) content(id string, revision uint32) *trade.Event {
	e := &trade.Event{
		SpecVersion: "1.0", ID: id, Source: "urn:oneorder:org:pool", Revision: revision,
		Data: &trade.Data{Classifier: trade.Actual},
	}
	e.Time = p.time(id)
	papers := []trade.Type{trade.TitleIssued, trade.InvoiceIssued, trade.DeclarationLodged, trade.BookingConfirmed, trade.PaymentSettled, trade.LoanDrawn}
	moves := []trade.Type{
		trade.EmptyPickedUp, trade.EquipmentLoaded, trade.EquipmentLoaded, trade.EquipmentGatedIn, trade.EquipmentDischarged, trade.EquipmentGatedOut,
		trade.EquipmentStripped, trade.EmptyReturned,
	}
	if revision > 0 && p.chance("retracted", 40) {
		e.Retracted, e.Data = true, nil
		e.Type = rapid.SampledFrom(papers).Draw(p.t, "type")
		return e
	}
	p.numbers(e.Data)
	p.aboard(e.Data)
	switch {
	case p.voyages && p.chance("voyage", 70):
		e.Type = rapid.SampledFrom([]trade.Type{
			trade.EquipmentLoaded, trade.EquipmentLoaded, trade.EquipmentDischarged, trade.ConveyanceArrived, trade.ConveyanceArrived, trade.PositionRead,
		}).Draw(p.t, "voyage type")
		switch {
		case e.Type == trade.ConveyanceArrived || e.Type == trade.PositionRead:
			e.Data.References, e.Data.Covers, e.Data.Replaces = nil, nil, nil
			if p.chance("planned arrival", 15) {
				e.Data.Classifier = trade.Planned
			}
		case p.chance("boxed", 30):
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: p.box()})
		}
	case p.conveyances && p.chance("conveyance", 12):
		e.Type = rapid.SampledFrom([]trade.Type{trade.ConveyanceDeparted, trade.ConveyanceArrived, trade.PositionRead}).Draw(p.t, "type")
		if p.chance("bare", 80) {
			e.Data.References, e.Data.Covers, e.Data.Replaces = nil, nil, nil
		}
	case p.readings && p.chance("reading", 5):
		e.Type = trade.TemperatureRead
		if p.chance("read box", 80) {
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: p.box()})
		}
	case p.denials && p.chance("denied", 10):
		e.Type = trade.LinkDenied
		e.Data.Detail = fmt.Appendf(nil, `{"source":%q,"id":%q}`, e.Source, p.pick("denied event", "a", "b", "c", "d"))
		if p.chance("denied box", 20) {
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: p.box()})
		}
	case p.transfers && p.chance("transfer", 8):
		e.Type = trade.CargoTransferred
		from := p.box()
		to := "C2"
		if from == to {
			to = p.pick("to", "C1", "C3")
		}
		e.Data.Transfer = trade.Transfer{From: []string{from}, To: []string{to}}
	case p.containers && p.chance("move", 60):
		e.Type = rapid.SampledFrom(moves).Draw(p.t, "move type")
		for range rapid.IntRange(1, 2).Draw(p.t, "boxes") {
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: p.box()})
		}
		if p.readings && p.chance("planned", 10) {
			e.Data.Classifier = trade.Planned
		}
	default:
		e.Type = rapid.SampledFrom(papers).Draw(p.t, "type")
		if p.ties && p.chance("asserted", 5) {
			e.Type = trade.LinkAsserted
		}
		if p.containers && p.readings && p.chance("paper box", 25) {
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: p.box()})
		}
	}
	return e
}

// numbers draws the numbers that an event names, covers and replaces.
func (p pool) numbers(d *trade.Data) {
	for range rapid.SampledFrom([]int{0, 1, 1, 1, 2, 2, 3}).Draw(p.t, "references") {
		if p.bundles && p.chance("bundle", 35) {
			d.References = append(d.References, p.bundle())
		} else {
			d.References = append(d.References, p.identity())
		}
	}
	of := func(group trade.Kind) int {
		n := 0
		for _, r := range d.References {
			if groupOf(r.Kind) == group {
				n++
			}
		}
		return n
	}
	if p.wides && p.chance("many", 10) {
		for i := range 40 {
			d.References = append(d.References, trade.Reference{Kind: trade.Invoice, Value: fmt.Sprintf("M%d", 30*rapid.IntRange(0, 1).Draw(p.t, "from")+i)})
		}
	}
	if p.covers && p.chance("covers", 15) {
		for range rapid.IntRange(1, 2).Draw(p.t, "covered") {
			covered := p.identity()
			if p.bundles && p.chance("covered bundle", 30) {
				covered = p.bundle()
			}
			d.Covers = append(d.Covers, covered)
		}
	}
	if p.ties && p.chance("replaces", 10) {
		old := p.identity()
		if p.bundles && p.chance("replaced bundle", 40) {
			old = p.bundle()
		}
		if p.splits || of(groupOf(old.Kind)) < 2 {
			d.Replaces = append(d.Replaces, old)
		}
	}
}

// aboard draws the ship.
func (p pool) aboard(d *trade.Data) {
	if p.conveyances && (p.voyages || p.chance("ship", 40)) {
		d.Transport = trade.Transport{Mode: trade.Sea, Conveyance: p.pick("ship", "9793911", "9839272")}
	}
}

// contents draws the events: of each, one content or more.
func (p pool) contents() []*trade.Event {
	var all []*trade.Event
	n := rapid.IntRange(2, p.events).Draw(p.t, "events")
	for i := range n {
		id := string(rune('a' + i))
		revision := uint32(0)
		all = append(all, p.content(id, revision))
		for p.revisions && p.chance("again", 15) {
			if p.chance("raised", 80) {
				revision++
			}
			all = append(all, p.content(id, revision))
		}
	}
	return all
}

// follower follows a linker's changes as the chain service does, and checks each.
type follower struct {
	t        *rapid.T
	store    Memory
	linker   *Linker
	sequence uint64
	received time.Time
	messages []Input // all that arrived

	chains  map[string]map[trade.EventKey]trade.Attribution
	apart   map[apartKey]Apart
	stays   map[stayKey]Stay
	live    map[string]ChainChange
	founded map[string]time.Time
	led     map[string][]trade.Reference       // the numbers that lead to each chain
	records map[string]map[trade.EventKey]bool // what the record of each chain was folded from
	waiting map[trade.EventKey]bool
	kept    map[uint64]bool // messages whose bytes are kept
	names   map[trade.EventKey]string
	of      features
	flags   map[trade.EventKey]trade.Flags
	doubts  int // numbers that may hang together before none of it is believed
	most    int // chains that an event may be in before it is stored once
	block   int // mentions that are stored together
}

type apartKey struct {
	event trade.EventKey
	ship  string
}

type stayKey struct {
	chain, ship string
	from        time.Time
}

func newFollower(t *rapid.T, most, doubts, block int) *follower {
	f := &follower{
		most: most, doubts: doubts, block: block, flags: make(map[trade.EventKey]trade.Flags),
		t: t, store: Memory{}, received: storyStart,
		chains: make(map[string]map[trade.EventKey]trade.Attribution), live: make(map[string]ChainChange),
		apart: make(map[apartKey]Apart), stays: make(map[stayKey]Stay),
		led:     make(map[string][]trade.Reference),
		founded: make(map[string]time.Time), records: make(map[string]map[trade.EventKey]bool),
		waiting: make(map[trade.EventKey]bool), kept: make(map[uint64]bool), names: make(map[trade.EventKey]string),
	}
	f.reload()
	return f
}

func (f *follower) reload() {
	f.linker = New(f.store, 6)
	f.linker.many, f.linker.doubts, f.linker.rollBlock = f.most, f.doubts, f.block
}

// crash applies a batch and dies before anything of it is written.
func (f *follower) crash(events []*trade.Event) {
	var inputs []Input
	for i, e := range events {
		inputs = append(inputs, Input{Event: e, Sequence: f.sequence + uint64(i) + 1, Received: f.received, Digest: wire.Digest(e)})
	}
	if _, err := f.linker.Apply(inputs); err != nil {
		f.t.Fatal(err)
	}
	f.reload()
}

func (f *follower) batch(events []*trade.Event) {
	f.t.Helper()
	inputs := make([]Input, len(events))
	for i, e := range events {
		f.sequence++
		f.received = f.received.Add(10 * time.Hour)
		f.names[e.Key()] = e.ID
		inputs[i] = Input{Event: e, Sequence: f.sequence, Received: f.received, Digest: wire.Digest(e)}
	}
	f.messages = append(f.messages, inputs...)
	before, about := f.byEvent(), f.aboutConveyances()
	changes, err := f.linker.Apply(inputs)
	if err != nil {
		f.t.Fatal(err)
	}
	f.follow(changes)
	f.checkWork(changes.Work, before, about, inputs[0].Sequence)
	for _, in := range inputs {
		if f.linker.Sequence(in.Event.Key()) == in.Sequence {
			f.kept[in.Sequence] = true
		}
	}
	for _, sequence := range changes.Replaced {
		delete(f.kept, sequence)
	}
	if err := f.linker.Flush(f.store); err != nil {
		f.t.Fatal(err)
	}
	f.check()
}

// byEvent gives the attributions of each event, by chain.
func (f *follower) byEvent() map[trade.EventKey]map[string]trade.Attribution {
	events := make(map[trade.EventKey]map[string]trade.Attribution)
	for id, chain := range f.expanded() {
		for key, a := range chain {
			if events[key] == nil {
				events[key] = make(map[string]trade.Attribution)
			}
			events[key][id] = a
		}
	}
	return events
}

// aboutConveyances gives the events of which whoever is aboard has them, and that are in no list of a chain's events.
func (f *follower) aboutConveyances() map[trade.EventKey]bool {
	about := make(map[trade.EventKey]bool)
	for key := range f.names {
		if x := f.linker.fact(key); x != nil {
			about[key] = x.about() && !x.calls()
		}
	}
	return about
}

// checkWork compares what the linker counts with what became of the events that had come before the batch, which began
// with message first.
func (f *follower) checkWork(work Work, before map[trade.EventKey]map[string]trade.Attribution, about map[trade.EventKey]bool, first uint64) {
	f.t.Helper()
	told, moved := 0, 0
	after, now := f.byEvent(), f.aboutConveyances()
	for key := range f.names {
		if f.linker.Sequence(key) >= first || about[key] || now[key] {
			continue
		}
		if !maps.Equal(before[key], after[key]) {
			told++
		}
		if !maps.EqualFunc(before[key], after[key], func(_, _ trade.Attribution) bool { return true }) {
			moved++
		}
	}
	if work.Moved != moved || work.Told < told {
		f.t.Fatalf("the linker counts %+v, and %d events are in other chains, %d have another reason", work, moved, told-moved)
	}
}

func (f *follower) sameFounded(chain string, founded time.Time) {
	f.t.Helper()
	if have, ok := f.founded[chain]; ok && !have.Equal(founded) {
		f.t.Fatalf("chain %s was founded on %s, now on %s", chain, have, founded)
	}
	f.founded[chain] = founded
}

func (f *follower) follow(c Changes) {
	f.t.Helper()
	for _, x := range c.Withdrawn {
		f.sameFounded(x.Chain, x.Founded)
		if _, ok := f.chains[x.Chain][x.Event]; !ok {
			f.t.Fatalf("withdrew %s, which was not in chain %s", f.names[x.Event], x.Chain)
		}
		delete(f.chains[x.Chain], x.Event)
	}
	for _, p := range c.Placed {
		f.sameFounded(p.Chain, p.Founded)
		if p.Via == "" || p.Rule == "" || p.By == (trade.EventKey{}) {
			f.t.Fatalf("%s is placed without evidence: %+v", f.names[p.Event], p)
		}
		if f.chains[p.Chain] == nil {
			f.chains[p.Chain] = make(map[trade.EventKey]trade.Attribution)
		}
		f.chains[p.Chain][p.Event] = p.Attribution
	}
	for _, x := range c.Apart {
		key := apartKey{x.Event, x.Conveyance}
		if f.apart[key] = x; x.Deleted {
			delete(f.apart, key)
		}
		for _, p := range x.Chains {
			f.sameFounded(p.Chain, p.Founded)
		}
	}
	for _, x := range c.Stays {
		f.sameFounded(x.Chain, x.Founded)
		key := stayKey{x.Chain, x.Conveyance, x.From}
		if f.stays[key] = x; x.Deleted {
			delete(f.stays, key)
		}
	}
	for _, x := range c.Chains {
		f.sameFounded(x.ID, x.Founded)
		if x.Deleted {
			if _, ok := f.live[x.ID]; !ok {
				f.t.Fatalf("chain %s is deleted, and was not there", x.ID)
			}
			delete(f.live, x.ID)
			delete(f.records, x.ID)
			delete(f.led, x.ID)
			continue
		}
		f.led[x.ID] = f.linker.LedBy(x.Root, nil)
		f.live[x.ID] = x
		record := f.records[x.ID]
		added := x.Added
		if record == nil || x.Rebuild {
			record = make(map[trade.EventKey]bool)
			f.records[x.ID] = record
			added = f.linker.Events(x.Root)
		}
		for _, key := range added {
			record[key] = true
		}
	}
	for _, x := range c.Led {
		f.sameFounded(x.ID, x.Founded)
		if _, ok := f.live[x.ID]; !ok {
			f.t.Fatalf("numbers lead to chain %s, which is not there", x.ID)
		}
		f.led[x.ID] = f.linker.LedBy(x.Root, nil)
	}
	for _, key := range c.Flagged {
		f.flags[key] = f.linker.Flags(key)
	}
	for _, key := range slices.Concat(c.Waiting, c.Found) {
		delete(f.waiting, key)
		if f.linker.Waits(key) {
			f.waiting[key] = true
		}
	}
}

// expanded gives what was followed with the events that are stored once in each of their chains.
func (f *follower) expanded() map[string]map[trade.EventKey]trade.Attribution {
	chains := make(map[string]map[trade.EventKey]trade.Attribution)
	put := func(a trade.Attribution) {
		if chains[a.Chain] == nil {
			chains[a.Chain] = make(map[trade.EventKey]trade.Attribution)
		}
		if _, ok := chains[a.Chain][a.Event]; ok {
			f.t.Fatalf("%s is stored twice in chain %s", f.names[a.Event], a.Chain)
		}
		chains[a.Chain][a.Event] = a
	}
	for _, chain := range f.chains {
		for _, a := range chain {
			put(a)
		}
	}
	for key, x := range f.apart {
		for _, p := range x.Chains {
			put(p.Attribution)
		}
		subject, _ := f.linker.Describe(key.event)
		for _, s := range f.stays {
			if s.Conveyance == x.Conveyance && !subject.Time.Before(s.From) && !subject.Time.After(s.Until) {
				put(trade.Attribution{Event: key.event, Chain: s.Chain, Rule: trade.ByConveyance, Via: s.Conveyance, Steps: s.Steps, By: s.By})
			}
		}
	}
	return chains
}

// check compares what was followed with what the linker says when asked.
func (f *follower) check() {
	f.t.Helper()
	kept, placed := make(map[uint64]bool), make(map[trade.EventKey]bool)
	told := make(map[string]map[trade.EventKey]trade.Attribution)
	for key := range f.names {
		kept[f.linker.Sequence(key)] = true
		says, _ := f.linker.Tell(key)
		for _, a := range says.Attributions {
			if told[a.Chain] == nil {
				told[a.Chain] = make(map[trade.EventKey]trade.Attribution)
			}
			told[a.Chain][key] = a
		}
	}
	chains := f.expanded()
	if diff := cmp.Diff(chains, told); diff != "" {
		f.t.Fatalf("the linker says other reasons (-followed +said):\n%s", diff)
	}
	for id, chain := range chains {
		x, ok := f.live[id]
		if !ok {
			f.t.Fatalf("chain %s has events %v and is not there", id, f.namesOf(maps.Keys(chain)))
		}
		if !f.linker.Lives(x.Root, id) {
			f.t.Fatalf("chain %s is not that of %q", id, x.Root)
		}
		if diff := cmp.Diff(f.namesOf(slices.Values(f.linker.Events(x.Root))), f.namesOf(maps.Keys(f.records[id]))); diff != "" {
			f.t.Fatalf("the record of chain %s was folded from other events (-said +record):\n%s", id, diff)
		}
		var stays []Stay
		for _, s := range f.stays {
			if s.Chain == id {
				stays = append(stays, s)
			}
		}
		said := f.linker.StaysOf(x.Root, id)
		slices.SortFunc(said, func(a, b Stay) int { return compareKeys(a.By, b.By) })
		slices.SortFunc(stays, func(a, b Stay) int { return compareKeys(a.By, b.By) })
		if diff := cmp.Diff(stays, said, cmpopts.EquateEmpty()); diff != "" {
			f.t.Fatalf("the linker says other stays of chain %s (-followed +said):\n%s", id, diff)
		}
		for key, a := range chain {
			placed[key] = true
			f.checkEvidence(a)
			said, ok := f.linker.Attribution(key, id, x.Root)
			have, stored := f.chains[id][key]
			if diff := cmp.Diff(have, said.Attribution); ok != stored || diff != "" {
				f.t.Fatalf("the linker says another reason for %s in chain %s (-followed +said):\n%s", f.names[key], id, diff)
			}
			if root := f.linker.RootOf(key, id); stored && root != x.Root {
				f.t.Fatalf("%s is in chain %s by %q, not %q", f.names[key], id, root, x.Root)
			}
		}
	}
	for id := range f.live {
		if len(chains[id]) == 0 {
			f.t.Fatalf("chain %s is there without events", id)
		}
	}
	for key, name := range f.names {
		if waits := f.linker.Waits(key); (waits != f.waiting[key] || waits && placed[key]) && f.of.waits {
			f.t.Fatalf("%s waits: %v, was followed as %v, placed: %v", name, waits, f.waiting[key], placed[key])
		}
		apart, stands := f.linker.Apart(key)
		followed, ok := f.apart[apartKey{key, apart.Conveyance}]
		if diff := cmp.Diff(followed, apart); stands != ok || stands && diff != "" {
			f.t.Fatalf("%s is stored once: %v, was followed as %v (-followed +said):\n%s", name, stands, ok, diff)
		}
	}
	if diff := cmp.Diff(kept, f.kept); diff != "" {
		f.t.Fatalf("bytes of other messages are kept (-current +kept):\n%s", diff)
	}
	f.checkStored()
}

// checkRolls holds the rolls of the numbers against what the current events name.
func (f *follower) checkRolls() {
	f.t.Helper()
	type mentioned struct{ number, event string }
	want, got := make(map[mentioned]uint8), make(map[mentioned]uint8)
	counts := make(map[string]number)
	for key, name := range f.names {
		g := f.linker.fact(key)
		f.linker.eachNamed(g, func(n *number, _ ref, bits uint8) {
			at := mentioned{n.key, name}
			counted := counts[n.key]
			counted.class = n.class
			counted.count(bits, want[at], len(g.refs)-1, 1)
			counts[n.key] = counted
			want[at] |= bits
		})
	}
	blocks := 0
	for key := range f.store {
		switch storedAs(key) {
		case "block":
			blocks++
		case "value":
			blocks -= f.linker.value(key[1:]).blocks
		case "number":
			n := f.linker.number(key[1:])
			blocks -= n.blocks
			for m := range f.linker.on(n) {
				at := mentioned{n.key, f.names[m.event]}
				if _, ok := got[at]; ok {
					f.t.Fatalf("%s is twice on the roll of %q", at.event, at.number)
				}
				got[at] = m.bits
			}
			counted := counts[n.key]
			if n.named != counted.named || n.masters != counted.masters || n.tied != counted.tied || n.beside != counted.beside {
				f.t.Fatalf("number %q is counted as named %d, master %d, tied %d, beside %d; want %d, %d, %d, %d", n.key,
					n.named, n.masters, n.tied, n.beside, counted.named, counted.masters, counted.tied, counted.beside)
			}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(mentioned{})); diff != "" {
		f.t.Fatalf("other events are on the rolls (-named +on):\n%s", diff)
	}
	if blocks != 0 {
		f.t.Fatalf("%d blocks of no roll are stored", blocks)
	}
}

// checkStored looks for what must not be in the store.
func (f *follower) checkStored() {
	f.t.Helper()
	f.checkRolls()
	ids, boxes := make(map[string]string), make(map[string][]string)
	for key, value := range f.store {
		if key[0] != containerPrefix {
			continue
		}
		c, err := decodeContainer(key[1:], value)
		if err != nil {
			f.t.Fatal(err)
		}
		for i := range c.cycles {
			for _, m := range c.cycles[i].own {
				boxes[m.Root] = appendNew(boxes[m.Root], c.number)
			}
		}
	}
	for key, value := range f.store {
		if storedAs(key) != "consignment" {
			continue
		}
		c, err := decodeConsignment(strings.TrimSuffix(key[1:], consignmentSuffix), value)
		if err != nil {
			f.t.Fatal(err)
		}
		slices.Sort(boxes[c.root])
		if !slices.Equal(c.containers, boxes[c.root]) {
			f.t.Fatalf("consignment %q has the containers %v, and is in cycles of %v", c.root, c.containers, boxes[c.root])
		}
		if c.id == "" {
			continue
		}
		if other, ok := ids[c.id]; ok {
			f.t.Fatalf("id %s is that of %q and of %q", c.id, other, c.root)
		}
		ids[c.id] = c.root
		if len(c.events)+len(c.aside) == 0 {
			f.t.Fatalf("consignment %q has an id and no events", c.root)
		}
	}
}

// storedAs says what is stored under a key: a block, a value, a number, a consignment, or another.
func storedAs(key string) string {
	switch key[0] {
	case blockPrefix:
		return "block"
	case numberPrefix:
		return [...]string{1: "value", 2: "number", 3: "consignment"}[strings.Count(key, "\x00")]
	default:
		return ""
	}
}

func (f *follower) namesOf(keys func(func(trade.EventKey) bool)) []string {
	var list []string
	for key := range keys {
		list = append(list, f.names[key])
	}
	slices.Sort(list)
	return list
}

// joined tells the groups, and the reason of every event in them, as Linker's changes told them.
func (f *follower) joined() []string {
	var out []string
	for id, chain := range f.expanded() {
		out = append(out, f.told(id, f.founded[id], maps.Values(chain), len(chain))...)
		if f.of.evidence {
			out = append(out, fmt.Sprintf("the record of %v is of %v", f.namesOf(maps.Keys(chain)), f.namesOf(maps.Keys(f.records[id]))))
		}
	}
	for key, x := range f.apart {
		on := []string{x.Conveyance}
		if x.Conveyance == "" {
			on = on[:0]
			for _, p := range x.Chains {
				on = appendNew(on, p.Via)
			}
		}
		slices.Sort(on)
		out = append(out, fmt.Sprintf("%s is stored once, on %v", f.names[key.event], on))
	}
	for key, waits := range f.waiting {
		if waits {
			out = append(out, f.names[key]+" waits")
		}
	}
	out = append(out, f.flagged(f.flags)...)
	out = append(out, aliased(f.aliases())...)
	slices.Sort(out)
	return out
}

// specified tells the same as Spec gives it for all messages so far.
func (f *follower) specified() []string {
	var out []string
	s := newSpec()
	s.most, s.doubts = f.most, f.doubts
	spec := s.join(f.messages)
	for _, chain := range spec.Chains {
		placed := slices.DeleteFunc(slices.Clone(spec.Placed), func(a trade.Attribution) bool { return a.Chain != chain.ID })
		out = append(out, f.told(chain.ID, chain.Founded, slices.Values(placed), len(placed))...)
		if f.of.evidence {
			out = append(out, fmt.Sprintf("the record of %v is of %v", f.namesOf(slices.Values(chain.Events)), f.namesOf(slices.Values(chain.Record))))
		}
	}
	for _, key := range spec.Waiting {
		delete(spec.Apart, key) // on wide numbers
		out = append(out, f.names[key]+" waits")
	}
	for key, on := range spec.Apart {
		out = append(out, fmt.Sprintf("%s is stored once, on %v", f.names[key], on))
	}
	out = append(out, f.flagged(spec.Flags)...)
	out = append(out, aliased(spec.Aliases)...)
	slices.Sort(out)
	return out
}

// aliases gives the ids that the numbers of the chains would make, and where they lead. Which of them is a chain's own id, and so
// no alias, depends on the order of the stream; Spec is told the same order.
func (f *follower) aliases() map[string][]string {
	aliases := make(map[string][]string)
	for id, numbers := range f.led {
		for _, r := range numbers {
			alias := ChainID(r)
			if _, live := f.live[alias]; !live {
				aliases[alias] = appendNew(aliases[alias], id)
			}
		}
	}
	return aliases
}

func aliased(aliases map[string][]string) []string {
	var out []string
	for alias, chains := range aliases {
		slices.Sort(chains)
		out = append(out, fmt.Sprintf("%s leads to %v", alias, slices.Compact(chains)))
	}
	return out
}

// flagged tells what is remarked on events.
func (f *follower) flagged(flags map[trade.EventKey]trade.Flags) []string {
	var out []string
	for key, of := range flags {
		if of != 0 {
			out = append(out, fmt.Sprintf("%s is flagged %v", f.names[key], of.Names()))
		}
	}
	return out
}

// told tells a chain in lines, one for each event, as far as the features ask.
func (f *follower) told(id string, founded time.Time, chain iter.Seq[trade.Attribution], n int) []string {
	events := make([]string, 0, n)
	for a := range chain {
		events = append(events, f.names[a.Event])
	}
	slices.Sort(events)
	group := strings.Join(events, " ")
	if f.of.ids {
		group = fmt.Sprintf("%s, founded %s: %s", id, founded.Format(time.DateOnly), group)
	}
	var out []string
	for a := range chain {
		line := fmt.Sprintf("[%s] %s", group, f.names[a.Event])
		if f.of.evidence {
			line += fmt.Sprintf(": %s via %s, %d steps, by %s", a.Rule, a.Via, a.Steps, f.names[a.By])
		}
		out = append(out, line)
	}
	return out
}

// write tells an event as people read it.
func write(e *trade.Event) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s", e.ID)
	if e.Revision > 0 {
		fmt.Fprintf(&b, " (revision %d)", e.Revision)
	}
	fmt.Fprintf(&b, " day %g", e.Time.Sub(storyStart).Hours()/24)
	if e.Retracted {
		return b.String() + " RETRACTED"
	}
	fmt.Fprintf(&b, " %s", e.Type)
	if e.Data.Classifier != trade.Actual {
		b.WriteString(" plan")
	}
	for _, r := range e.Data.References {
		fmt.Fprintf(&b, " %s", r)
	}
	for _, r := range e.Data.Covers {
		fmt.Fprintf(&b, " covers=%s", r)
	}
	for _, r := range e.Data.Replaces {
		fmt.Fprintf(&b, " replaces=%s", r)
	}
	for _, q := range e.Data.Equipment {
		fmt.Fprintf(&b, " box=%s", q.Number)
	}
	if ship := e.Data.Transport.Conveyance; ship != "" {
		fmt.Fprintf(&b, " ship=%s", ship)
	}
	if len(e.Data.Detail) > 0 {
		fmt.Fprintf(&b, " of=%s", e.Data.Detail)
	}
	for _, c := range e.Data.Transfer.From {
		fmt.Fprintf(&b, " from=%s", c)
	}
	for _, c := range e.Data.Transfer.To {
		fmt.Fprintf(&b, " to=%s", c)
	}
	return b.String()
}

func checkJoining(t *rapid.T, of features) {
	contents := pool{t, of}.contents()

	arriving := rapid.Permutation(contents).Draw(t, "order")
	for range rapid.IntRange(0, 2).Draw(t, "repeats") {
		again := rapid.SampledFrom(contents).Draw(t, "again")
		arriving = slices.Insert(arriving, rapid.IntRange(0, len(arriving)).Draw(t, "at"), again)
	}
	cuts := rapid.SliceOfN(rapid.SampledFrom([]string{"", "", "cut", "cut", "reload", "crash"}), len(arriving), len(arriving)).Draw(t, "cuts")
	var story strings.Builder
	got := newFollower(t, rapid.SampledFrom([]int{1, 2, manyChains}).Draw(t, "most chains"), rapid.SampledFrom([]int{3, suspect, suspect}).Draw(t, "most numbers"),
		rapid.SampledFrom([]int{1, 2, rollBlock}).Draw(t, "block"))
	got.of = of
	start := 0
	for i, e := range arriving {
		story.WriteString(write(e) + "\n")
		if cuts[i] == "" && i+1 < len(arriving) {
			continue
		}
		t.Logf("batch %d-%d:\n%s", start+1, i+1, story.String())
		story.Reset()
		if cuts[i] == "crash" {
			got.crash(arriving[start : i+1])
		}
		got.batch(arriving[start : i+1])
		start = i + 1
		if cuts[i] == "reload" {
			got.reload()
			got.check()
		}
	}
	if diff := lines(got.specified(), got.joined()); diff != "" {
		t.Fatalf("joined (-Spec +Linker):\n%s", diff)
	}
}

// lines tells which lines only one of the two lists has.
func lines(a, b []string) string {
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			out.WriteString("- " + line + "\n")
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out.WriteString("+ " + line + "\n")
		}
	}
	return out.String()
}

func TestLinkerGivesWhatSpecGives(t *testing.T) { checkCases(t, 2000, allFeatures) }

func TestLinkerGivesWhatSpecGivesOfVoyages(t *testing.T) { checkCases(t, 1000, voyageFeatures) }

func checkCases(t *testing.T, usual int, of features) {
	t.Helper()
	// The usual run draws the same cases each time; the nightly one, which asks for more, others each night.
	checks, seed := flag.Lookup("rapid.checks"), flag.Lookup("rapid.seed")
	if checks.Value.String() == checks.DefValue && seed.Value.String() == seed.DefValue {
		for f, value := range map[*flag.Flag]string{checks: strconv.Itoa(usual), seed: "20260911"} {
			if err := f.Value.Set(value); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
		}
	}
	rapid.Check(t, func(t *rapid.T) { checkJoining(t, of) })
}
