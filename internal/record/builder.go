package record

import (
	"hash/maphash"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// Builder folds events into a record one by one. It keeps its own copies of what it needs of them, and stays ready
// for the next event after Chain. It is not for concurrent use.
type Builder struct {
	tables    Tables
	tolerated trade.Tolerances
	borrows   bool // texts are not copied, and memory is used again

	members []member
	hashes  []uint64         // of the members, in their order
	index   map[uint64]int32 // hash to the last member that has it, once there are many
	events  uint32           // members that are not retracted
	latest  int64            // nanoseconds since 1970, of actual events

	sources    []source
	references []number
	containers []box
	handlings  []boxReport // at the end of the journey
	outgoing   []boxReport // before it
	parties    []party
	calls      []call
	borders    []crossing
	spans      []span
	controls   []controlled
	bounds     []bound
	milestones [trade.MilestoneCount]stamp
	pairs      []pair // numbers that are one
	doubted    []doubt
	titled     titles
	codes      codes
	packages   counted
	gross      measured
	value      priced
	rails      []string // of its finance, sorted
	zones      []string // where it was, sorted; the tables' texts
	green      bool
	examined   examination
	found      []trade.Finding // by the last Chain

	stale group
	chain trade.Chain
	marks [trade.MilestoneCount]stamp // the reports of the chain's milestones

	places, modes []string // of the journey; memory that is used again
	emissions     []trade.Emission
	steps         []trade.TitleStep
	recognised    []trade.Recognition
}

// group is a part of the record that is made anew when something of it changed.
type group uint8

const (
	staleReferences group = 1 << iota
	staleOrgs
	staleParties
	staleContainers
	staleGoods
	staleJourney    // legs, ends, corridor, and with them all of the next
	staleMilestones // milestones, title, completeness, status
	staleAll        = staleReferences | staleOrgs | staleParties | staleContainers | staleGoods | staleJourney | staleMilestones
)

// source is a reporter of events.
type source struct {
	uri, org string
	reports  bool // an event of it counts, since it is not retracted
}

// NewBuilder returns a builder of the record of no events.
func NewBuilder(tables Tables) *Builder {
	return &Builder{
		tables: tables, tolerated: tables.Tolerances(), stale: staleAll,
		members: make([]member, 0, 16), hashes: make([]uint64, 0, 16),
		sources: make([]source, 0, 8), references: make([]number, 0, 8),
	}
}

// NewScratch returns a builder for one record after another, with Reset between them. It copies no text: what it was
// given must stay as it is until Reset, and so long last the lists and texts that Chain gives.
func NewScratch(tables Tables) *Builder {
	b := NewBuilder(tables)
	b.borrows = true
	return b
}

// Reset forgets the events of a builder that NewScratch made.
func (b *Builder) Reset() {
	b.examined.reset()
	*b = Builder{
		examined: b.examined, found: b.found[:0],
		tables: b.tables, tolerated: b.tolerated, borrows: true, stale: staleAll,
		members: b.members[:0], hashes: b.hashes[:0], sources: b.sources[:0], references: b.references[:0],
		containers: b.containers[:0], handlings: b.handlings[:0], outgoing: b.outgoing[:0], parties: b.parties[:0], calls: b.calls[:0], borders: b.borders[:0],
		spans: b.spans[:0], controls: b.controls[:0], bounds: b.bounds[:0], codes: codes{list: b.codes.list[:0]},
		chain: trade.Chain{
			References: b.chain.References, Orgs: b.chain.Orgs, Parties: b.chain.Parties,
			Containers: b.chain.Containers, Boxes: b.chain.Boxes, ExportBoxes: b.chain.ExportBoxes, Legs: b.chain.Legs,
			Due: b.chain.Due, Rails: b.chain.Rails, Zones: b.chain.Zones,
		},
		places: b.places, modes: b.modes, emissions: b.emissions, steps: b.steps, recognised: b.recognised,
		rails: b.rails[:0], zones: b.zones[:0], pairs: b.pairs[:0], doubted: b.doubted[:0],
		titled: titles{docs: b.titled.docs[:0], conflicts: b.titled.conflicts[:0], refused: b.titled.refused[:0]},
	}
}

// empty gives an empty list: the memory of the one before, if that may be used again.
func empty[T any](b *Builder, before []T, capacity int) []T {
	if b.borrows {
		return before[:0]
	}
	return make([]T, 0, capacity)
}

// indexFrom is the number of members from which on they are looked up in a map.
const indexFrom = 96

var seed = maphash.MakeSeed()

func identityHash(source, id string) uint64 {
	return maphash.String(seed, id) ^ maphash.String(seed, source)*31
}

// Add takes an event in. Repeats, and revisions below the one that the
// builder has, change nothing. It returns false when the builder has a lower revision of the event, whose part in
// the record cannot be taken out again: then the record must be built anew from the current events.
func (b *Builder) Add(e *trade.Event) bool {
	hash := identityHash(e.Source, e.ID)
	if i := b.find(hash, e.Source, e.ID); i >= 0 {
		return e.Revision <= b.members[i].revision
	}
	by := b.join(hash, e)
	if e.Retracted || e.Data == nil {
		return true
	}
	b.events++
	if b.addReplaced(e.Data) {
		b.reconsider()
	}
	if x := b.tell(e, by); x.several != otherNumber {
		b.doubts(e, by)
	}
	return true
}

// tell lets a member's event say what it has to say, and gives how much of the world it is about.
func (b *Builder) tell(e *trade.Event, by uint32) (x extent) {
	if from := &b.sources[b.members[by].source]; !from.reports {
		from.reports = true
		b.stale |= staleOrgs
	}
	d := e.Data
	recorded := e.Recorded
	if recorded.IsZero() {
		recorded = e.Time
	}
	r := rank{class: classOf(d.Classifier), recorded: recorded.UnixNano(), by: by}
	at := e.Time.UnixNano()
	if r.class == actual && (at > b.latest || b.latest == 0) {
		b.latest = at
	}
	var says rule
	order := e.Type.Order()
	if order >= 0 {
		says = rules[order]
	}
	if says.mute {
		return x
	}
	x = b.extentOf(d)
	b.addReferences(d, x, r)
	b.addContainers(d, x, r)
	b.addParties(d, r)
	if says.box != noHandling && r.class == actual {
		b.addHandling(d, says.box, r, at)
	}
	b.addJourney(d, &says, r, at)
	b.addMilestones(d, &says, r, at)
	b.addBound(d)
	if r.class == actual && d.Finance != (trade.Finance{}) {
		b.addFinance(&d.Finance)
	}
	if r.class == actual && len(d.Place.Facility)+len(d.Place.Name) > 0 {
		b.addZones(&d.Place)
	}
	if !x.shared && len(d.Goods)+len(d.Amount.Amount) > 0 {
		b.addGoods(d, &says, r, at)
	}
	if r.class == actual {
		b.examine(e, order, &says, x, r, at)
	}
	return x
}

func (b *Builder) find(hash uint64, source, id string) int {
	same := func(i int) bool {
		m := &b.members[i]
		return m.id == id && b.sources[m.source].uri == source
	}
	if b.index != nil {
		if i, ok := b.index[hash]; !ok {
			return -1
		} else if same(int(i)) {
			return int(i)
		}
	}
	for i, h := range b.hashes {
		if h == hash && same(i) {
			return i
		}
	}
	return -1
}

// join makes the event a member and returns its number.
func (b *Builder) join(hash uint64, e *trade.Event) uint32 {
	from := -1
	for i := range b.sources {
		if b.sources[i].uri == e.Source {
			from = i
			break
		}
	}
	if from < 0 {
		from = len(b.sources)
		uri := b.own(e.Source)
		b.sources = append(b.sources, source{uri: uri, org: (&trade.Event{Source: uri}).Org()})
	}
	by := len(b.members)
	b.members = append(b.members, member{id: b.own(e.ID), source: uint32(from), revision: e.Revision})
	b.hashes = append(b.hashes, hash)
	if by == indexFrom {
		b.index = make(map[uint64]int32, 2*indexFrom)
		for i, h := range b.hashes {
			b.index[h] = int32(i)
		}
	} else if b.index != nil {
		b.index[hash] = int32(by) // below 2^31 events
	}
	return uint32(by) // below 2^32 events
}

// addZones keeps in which zones the goods, or what carries them, were.
func (b *Builder) addZones(p *trade.Place) {
	for _, code := range b.tables.ZonesAt(p.Facility, p.Name) {
		if at, found := slices.BinarySearch(b.zones, code); !found {
			b.zones = slices.Insert(b.zones, at, code)
		}
	}
}

// addFinance keeps by which rails the consignment is financed and paid, and whether any of it is green.
func (b *Builder) addFinance(f *trade.Finance) {
	b.green = b.green || f.Green
	if at, found := slices.BinarySearch(b.rails, f.Rail); !found && f.Rail != "" {
		b.rails = slices.Insert(b.rails, at, b.own(f.Rail))
	}
}

func (b *Builder) addMilestones(d *trade.Data, says *rule, r rank, at int64) {
	if r.class != actual {
		return
	}
	if says.reaches > 0 {
		r.standing = says.reaches
		if says.milestone != trade.DutyPaidAt || d.Customs.Direction != "export" {
			if b.offer(&b.milestones[says.milestone], r, at) {
				b.stale |= staleMilestones
			}
		}
	}
	if says.customs != noControl {
		b.addControl(d, says.customs, r, at)
	}
}

// own copies a text that the record keeps, unless it may borrow. Codes of few values are not copied.
func (b *Builder) own(s string) string {
	if b.borrows {
		return s
	}
	switch s {
	case "":
		return ""
	case trade.Sea:
		return trade.Sea
	case trade.Rail:
		return trade.Rail
	case trade.Road:
		return trade.Road
	case trade.Air:
		return trade.Air
	case trade.Barge:
		return trade.Barge
	case trade.Multimodal:
		return trade.Multimodal
	case "USD":
		return "USD"
	case "CNY":
		return "CNY"
	case "SGD":
		return "SGD"
	case "EUR":
		return "EUR"
	}
	return strings.Clone(s)
}
