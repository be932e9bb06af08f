package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// number is a document, identity number or bundle, its issuer resolved.
type number struct {
	key       string   // group, NUL, value, NUL, issuer
	firstSeq  uint64   // of the first message that named it with its issuer, current or not; 0: there is none
	firstTime int64    // that message's broker time, milliseconds since 1970
	masters   uint32   // mentions that show it to be a master
	beside    uint32   // references beside it in its mentions, those that come twice counted twice
	tied      uint32   // mentions that may make it one with another, of a bundle
	look      uint32   // beside that many it may be wide; 0: not known
	suspect   bool     // it is of a group without a document that is past belief
	wide      bool     // it stands beside more than wide numbers of one kind
	holder    string   // root of the consignment, of those it belongs to, that began first
	rival     bool     // a bill or booking that was compared with others (see shares)
	named     uint32   // mentions other than as covered; of a bundle, those in references
	roll               // the events that name it
	members   []Member // what the rules derived: sorted by root
	direct    []Member // bundles: from events that name identity numbers or cover some
	v         *value   // the number without issuer, once it was asked for
	class     trade.Class
	rank      int // order of the group among kinds: bundles from narrow to broad
	size      int // in memory, about
	dirty     bool

	// What a batch has still to derive.
	reheld bool    // its holder
	queued bool    // in the worklist of its class
	full   bool    // from all its mentions
	added  []*fact // else from these
}

// mention is an event that names the number, and how.
type mention struct {
	event trade.EventKey
	bits  uint8
	f     *fact // once it was asked for
}

func newNumber(key string) *number {
	group := groupOfKey(key)
	return &number{key: key, class: group.Class(), rank: group.Order()}
}

const (
	inRefs uint8 = 1 << iota
	inCovers
	inReplaces
	showsMaster // the event shows the number to be a master
	hasIdentity // the event names documents or identity numbers
	hasCovers   // the event covers numbers
	sees        // the event sees containers
	ties        // the event may make two numbers one: it replaces, asserts, or names a one_order
)

// Member is a consignment that a number, bundle or cycle belongs to. Root is the number that the
// consignment is known by within linkage: a document's, a group's or a provisional one's.
type Member struct {
	Root  string
	Steps uint16         // events between the number and the root
	By    trade.EventKey // the event that made the membership

	at int64 // when that event happened, milliseconds since 1970
}

func numberKey(group trade.Kind, value, issuer string) string {
	return string(group) + "\x00" + value + "\x00" + issuer
}

// group of the number's kinds.
func (n *number) group() trade.Kind {
	group, _, _ := strings.Cut(n.key, "\x00")
	return trade.Kind(group)
}

func groupOfKey(key string) trade.Kind {
	group, _, _ := strings.Cut(key, "\x00")
	return trade.Kind(group)
}

// show writes a number's key as people read it: kind:value@issuer.
func show(key string) string {
	kind, rest, _ := strings.Cut(key, "\x00")
	value, issuer, ok := strings.Cut(rest, "\x00")
	if !ok {
		return key
	}
	return trade.Reference{Kind: trade.Kind(kind), Value: value, Issuer: issuer}.String()
}

// spelled notes that an event named the number with its issuer.
func (n *number) spelled(f *fact) {
	if n.firstSeq == 0 {
		n.firstSeq, n.firstTime = f.sequence, f.received
	}
}

// isDocument says whether the number founds a consignment: what is only covered is not known yet.
func (n *number) isDocument() bool {
	return n.class == trade.ClassDocument && n.masters == 0 && !n.wide && n.named > 0
}

// count counts a mention by what it says that the bits of the same event did not yet, or no longer counts it: by is -1.
// Beside is how many references stand beside the number in that event.
func (n *number) count(bits, had uint8, beside, by int) {
	newly := func(b uint8) uint32 {
		if bits&b != 0 && had&b == 0 {
			return uint32(int32(by))
		}
		return 0
	}
	n.masters += newly(showsMaster)
	n.beside += newly(inRefs) * uint32(beside)
	if n.class == trade.ClassBundle {
		n.tied += newly(ties)
		n.named += newly(inRefs)
	} else {
		n.named += newly(inRefs | inReplaces)
	}
}

func (n *number) encode(b []byte) []byte {
	e := encoder{append(b, rollVersion)}
	e.uint(n.firstSeq)
	e.int(n.firstTime)
	e.uint(uint64(n.masters))
	e.uint(uint64(n.beside))
	e.uint(uint64(n.tied))
	e.uint(uint64(n.named))
	e.uint(uint64(n.look)<<3 | bit(n.suspect)<<2 | bit(n.rival)<<1 | bit(n.wide))
	e.roll(&n.roll)
	e.members(n.members)
	e.members(n.direct)
	e.string(n.holder)
	return e.b
}

func decodeNumber(key string, b []byte) (*number, error) {
	d, rolls := openRoll(b)
	n := newNumber(key)
	n.firstSeq, n.firstTime, n.masters, n.beside = d.uint(), d.int(), uint32(d.uint()), uint32(d.uint())
	if rolls {
		n.tied, n.named = uint32(d.uint()), uint32(d.uint())
	}
	look := d.uint()
	n.look, n.suspect, n.rival, n.wide = uint32(look>>3), look&4 != 0, look&2 != 0, look&1 != 0
	if rolls {
		n.roll = d.roll()
	} else {
		masters := n.masters
		n.last = d.mentions()
		for i := range n.last {
			n.count(n.last[i].bits, 0, 0, 1)
		}
		n.masters = masters
	}
	n.members = listOf(&d, (*decoder).member)
	n.direct = listOf(&d, (*decoder).member)
	n.holder = d.string()
	return n, d.done()
}

// value is a number without its issuer: it tells what an unscoped mention means.
type value struct {
	key     string // group, NUL, value
	issuers []issuerCount
	roll    // the events that name it without issuer
	// Of the first message that named it without issuer, current or not: its sequence (0: there is none) and broker
	// time, milliseconds since 1970.
	firstSeq  uint64
	firstTime int64
	size      int // in memory, about
	dirty     bool
}

type issuerCount struct {
	issuer string
	count  uint32 // events that name it with this issuer
}

// resolved gives the issuer that an unscoped mention stands for: the only one known, else none.
func (v *value) resolved() string {
	if len(v.issuers) == 1 {
		return v.issuers[0].issuer
	}
	return ""
}

// turns says whether adding to the count of an issuer makes it known, or no longer known.
func (v *value) turns(issuer string, by int) bool {
	for _, c := range v.issuers {
		if c.issuer == issuer {
			return int(c.count)+by == 0
		}
	}
	return true
}

// adjust adds to the count of an issuer.
func (v *value) adjust(issuer string, by int) {
	i := slices.IndexFunc(v.issuers, func(c issuerCount) bool { return c.issuer == issuer })
	if i < 0 {
		v.issuers = append(v.issuers, issuerCount{issuer: strings.Clone(issuer)})
		i = len(v.issuers) - 1
	}
	v.issuers[i].count = uint32(int64(v.issuers[i].count) + int64(by))
	if v.issuers[i].count == 0 {
		v.issuers = slices.Delete(v.issuers, i, i+1)
	}
}

func (v *value) encode(b []byte) []byte {
	e := encoder{append(b, rollVersion)}
	e.uint(uint64(len(v.issuers)))
	for _, c := range v.issuers {
		e.string(c.issuer)
		e.uint(uint64(c.count))
	}
	e.roll(&v.roll)
	e.uint(v.firstSeq)
	e.int(v.firstTime)
	return e.b
}

func decodeValue(key string, b []byte) (*value, error) {
	d, rolls := openRoll(b)
	v := &value{key: key}
	v.issuers = listOf(&d, func(d *decoder) issuerCount { return issuerCount{d.string(), uint32(d.uint())} })
	if rolls {
		v.roll = d.roll()
	} else {
		v.last = listOf(&d, func(d *decoder) mention { return mention{event: d.key()} })
	}
	v.firstSeq, v.firstTime = d.uint(), d.int()
	return v, d.done()
}

// consignment is the goods under one lowest-level transport document, or what stands in for one.
type consignment struct {
	root       string
	id         string           // chain id as last emitted; "" while it is not a chain
	began      string           // key of the document of it that was named first, or of what stands for one
	beganAt    uint64           // sequence of the message that named it first
	founded    int64            // broker time of the id's making, milliseconds since 1970
	numbers    []string         // keys of the numbers that have it among their members, sorted
	containers []string         // containers with a cycle that it is observed in or that it names, sorted
	events     []trade.EventKey // attributed, sorted: those that enter its record
	aside      []trade.EventKey // those that do not
	moves      []move           // its loads on conveyances and its discharges, as their events
	stays      []stay           // when it is aboard, by time
	forward    []Member         // bills that a note's consignment belongs to
	notes      []string         // roots of the notes' consignments that belong to this one
	rival      bool             // a bill or booking of it was compared with others (see shares)

	size  int  // in memory, about
	dirty bool // to be written

	// What this batch changed.
	queued         bool // its notes' bills are to be found again
	touched        bool
	renumbered     bool // the numbers that it holds may be others
	rebegin        bool // what it began with, too
	led            bool // others may lead to it
	revised        bool // an event's content was replaced
	added, removed []trade.EventKey
	restay         bool   // when it is aboard is to be found again
	stood          []stay // when it was aboard before this batch
}

func (c *consignment) encode(b []byte) []byte {
	e := encoder{append(b, codecVersion)}
	e.string(c.id)
	e.string(c.began)
	e.uint(c.beganAt)
	e.int(c.founded)
	e.strings(c.numbers)
	e.strings(c.containers)
	e.uint(uint64(len(c.events)))
	for _, k := range c.events {
		e.key(k)
	}
	e.members(c.forward)
	e.strings(c.notes)
	e.uint(bit(c.rival))
	e.uint(uint64(len(c.aside)))
	for _, k := range c.aside {
		e.key(k)
	}
	e.uint(uint64(len(c.moves)))
	for i := range c.moves {
		e.move(&c.moves[i])
	}
	e.uint(uint64(len(c.stays)))
	for i := range c.stays {
		e.stay(&c.stays[i])
	}
	return e.b
}

func decodeConsignment(root string, b []byte) (*consignment, error) {
	d := open(b)
	c := &consignment{root: root, id: d.string(), began: d.string(), beganAt: d.uint(), founded: d.int()}
	c.numbers = listOf(&d, (*decoder).string)
	c.containers = listOf(&d, (*decoder).string)
	c.events = listOf(&d, (*decoder).key)
	c.forward = listOf(&d, (*decoder).member)
	c.notes = listOf(&d, (*decoder).string)
	c.rival = d.uint() != 0
	c.aside = listOf(&d, (*decoder).key)
	c.moves = listOf(&d, (*decoder).move)
	c.stays = listOf(&d, (*decoder).stay)
	return c, d.done()
}

// empty says that nothing refers to the consignment any more.
func (c *consignment) empty() bool {
	return len(c.numbers) == 0 && len(c.containers) == 0 && len(c.events) == 0 && len(c.aside) == 0 && len(c.notes) == 0
}

// insertSorted adds v to a sorted list that does not have it.
func insertSorted[T any](list []T, v T, compare func(a, b T) int) ([]T, bool) {
	i, found := slices.BinarySearchFunc(list, v, compare)
	if found {
		return list, false
	}
	return slices.Insert(list, i, v), true
}

// removeSorted takes v out of a sorted list.
func removeSorted[T any](list []T, v T, compare func(a, b T) int) ([]T, bool) {
	i, found := slices.BinarySearchFunc(list, v, compare)
	if !found {
		return list, false
	}
	return slices.Delete(list, i, i+1), true
}

func compareKeys(a, b trade.EventKey) int { return slices.Compare(a[:], b[:]) }

func sameMembers(a, b []Member) bool { return slices.Equal(a, b) }

// sameRoots compares members by consignment only.
func sameRoots(a, b []Member) bool {
	return slices.EqualFunc(a, b, func(x, y Member) bool { return x.Root == y.Root })
}

// hasOtherBox says whether the consignment is in another container than this.
func (c *consignment) hasOtherBox(box *container) bool {
	return len(c.containers) > 1 || len(c.containers) == 1 && c.containers[0] != box.number
}

// addEvent adds an event: to those that enter the record, or to those that do not.
func (c *consignment) addEvent(key trade.EventKey, enters bool) {
	if !enters {
		c.aside, _ = insertSorted(c.aside, key, compareKeys)
		return
	}
	c.events, _ = insertSorted(c.events, key, compareKeys)
	c.added = append(c.added, key)
}

// removeEvent takes one out.
func (c *consignment) removeEvent(key trade.EventKey, entered bool) {
	if !entered {
		c.aside, _ = removeSorted(c.aside, key, compareKeys)
		return
	}
	c.events, _ = removeSorted(c.events, key, compareKeys)
	c.removed = append(c.removed, key)
}
