package wire

import (
	"encoding/binary"
	"errors"
	"time"
	"unsafe"

	"oneorder/internal/trade"
)

// Pack adds the event to dst in a short binary form, which Unpacker reads: for a store of our own, at less than
// half the bytes of the canonical JSON and a fraction of the time. It holds everything that the canonical form
// holds, and the flags. The event must be one that Decode gave.
func Pack(dst []byte, e *trade.Event) []byte {
	p := packing{b: dst, writing: true}
	p.event(e)
	return p.b
}

// Unpacker reads what Pack wrote into memory that it reuses: what Unpack filled is overwritten by the next
// Unpack. It is not for concurrent use. The zero Unpacker is ready.
type Unpacker struct {
	data    trade.Data
	sources map[string]string // by what follows our prefix; few organisations report
}

// mostSources bounds the sources that an unpacker remembers.
const mostSources = 1 << 12

var errPacked = errors.New("packed event is not readable")

// Unpack reads one event. The event's strings alias packed, and its Data belongs to the unpacker, until the next
// call. The only error is that packed is nothing that Pack wrote.
func (u *Unpacker) Unpack(packed []byte, e *trade.Event) error {
	if u.sources == nil || len(u.sources) > mostSources {
		u.sources = make(map[string]string)
	}
	p := packing{b: packed, sources: u.sources}
	v := &u.data
	*v = trade.Data{
		References: v.References[:0], Covers: v.Covers[:0], Replaces: v.Replaces[:0], Equipment: v.Equipment[:0],
		Transfer: trade.Transfer{From: v.Transfer.From[:0], To: v.Transfer.To[:0]},
		Parties:  v.Parties[:0], Goods: v.Goods[:0],
	}
	*e = trade.Event{Data: v}
	p.event(e)
	if p.bad || len(p.b) > 0 {
		return errPacked
	}
	return nil
}

// packing goes over an event's members in a fixed order, and writes or reads each: the order stands once, so the
// two cannot differ.
type packing struct {
	b       []byte // what was written so far, or is still to be read
	writing bool
	bad     bool
	sources map[string]string
}

// part is a member, or a group of them, that most events do not have.
type part uint32

const (
	hasRecorded part = 1 << iota
	hasRevision
	hasRetracted
	hasSubject
	hasContentType
	hasSchema
	hasTraceParent
	hasFlags
	hasData
	hasReferences
	hasCovers
	hasReplaces
	hasEquipment
	hasTransfer
	hasTransport
	hasPlace
	hasParties
	hasGoods
	hasAmount
	hasDocument
	hasCustoms
	hasFinance
	hasTerms
	hasCredit
	hasTemperature
	hasDetail
	hasOrg // the source is our prefix and what is written
)

// parts says what the event has.
func parts(e *trade.Event) (has part) {
	is := func(p part, there bool) {
		if there {
			has |= p
		}
	}
	is(hasRecorded, !e.Recorded.IsZero())
	is(hasRevision, e.Revision != 0)
	is(hasRetracted, e.Retracted)
	is(hasSubject, e.Subject != "")
	is(hasContentType, e.DataContentType != "")
	is(hasSchema, e.DataSchema != "")
	is(hasTraceParent, e.TraceParent != "")
	is(hasFlags, e.Flags != 0)
	is(hasOrg, len(e.Source) > len(trade.SourcePrefix) && e.Source[:len(trade.SourcePrefix)] == trade.SourcePrefix)
	d := e.Data
	if d == nil {
		return has
	}
	has |= hasData
	is(hasReferences, len(d.References) > 0)
	is(hasCovers, len(d.Covers) > 0)
	is(hasReplaces, len(d.Replaces) > 0)
	is(hasEquipment, len(d.Equipment) > 0)
	is(hasTransfer, len(d.Transfer.From)+len(d.Transfer.To) > 0)
	is(hasTransport, d.Transport != trade.Transport{})
	is(hasPlace, d.Place != trade.Place{})
	is(hasParties, len(d.Parties) > 0)
	is(hasGoods, len(d.Goods) > 0)
	is(hasAmount, d.Amount != trade.Money{})
	is(hasDocument, d.Document != trade.Document{})
	is(hasCustoms, d.Customs != trade.Customs{})
	is(hasFinance, d.Finance != trade.Finance{})
	is(hasTerms, d.Terms != trade.Terms{})
	is(hasCredit, d.Credit != trade.Credit{})
	is(hasTemperature, d.TemperatureC != "")
	is(hasDetail, len(d.Detail) > 0)
	return has
}

func (p *packing) event(e *trade.Event) {
	var has part
	if p.writing {
		has = parts(e)
	}
	p.fixed32((*uint32)(&has))
	packText(p, &e.ID)
	p.source(&e.Source, has&hasOrg != 0)
	p.kind(&e.Type)
	packWord(p, &e.SpecVersion)
	p.instant(&e.Time)
	if has&hasRecorded != 0 {
		p.instant(&e.Recorded)
	}
	if has&hasRevision != 0 {
		p.uint32(&e.Revision)
	}
	e.Retracted = has&hasRetracted != 0
	for _, member := range [...]struct {
		part part
		text *string
	}{{hasSubject, &e.Subject}, {hasContentType, &e.DataContentType}, {hasSchema, &e.DataSchema}, {hasTraceParent, &e.TraceParent}} {
		if has&member.part != 0 {
			packText(p, member.text)
		}
	}
	if has&hasFlags != 0 {
		p.uint32((*uint32)(&e.Flags))
	}
	if has&hasData == 0 {
		e.Data = nil
		return
	}
	p.data(e.Data, has)
}

func (p *packing) data(d *trade.Data, has part) {
	packWord(p, &d.Classifier)
	packWord(p, &d.Precision)
	if has&hasReferences != 0 {
		packList(p, &d.References, (*packing).reference)
	}
	if has&hasCovers != 0 {
		packList(p, &d.Covers, (*packing).reference)
	}
	if has&hasReplaces != 0 {
		packList(p, &d.Replaces, (*packing).reference)
	}
	if has&hasEquipment != 0 {
		packList(p, &d.Equipment, (*packing).equipment)
	}
	if has&hasTransfer != 0 {
		packList(p, &d.Transfer.From, packText[string])
		packList(p, &d.Transfer.To, packText[string])
	}
	if has&hasTransport != 0 {
		p.transport(&d.Transport)
	}
	if has&hasPlace != 0 {
		p.place(&d.Place)
	}
	if has&hasParties != 0 {
		packList(p, &d.Parties, (*packing).party)
	}
	if has&hasGoods != 0 {
		packList(p, &d.Goods, (*packing).goods)
	}
	if has&hasAmount != 0 {
		p.money(&d.Amount)
	}
	if has&hasDocument != 0 {
		p.document(&d.Document)
	}
	if has&hasCustoms != 0 {
		p.customs(&d.Customs)
	}
	if has&hasFinance != 0 {
		p.finance(&d.Finance)
	}
	if has&hasTerms != 0 {
		packWord(p, &d.Terms.Incoterm)
		p.money(&d.Terms.Freight)
		p.money(&d.Terms.Insurance)
	}
	if has&hasCredit != 0 {
		packText(p, &d.Credit.LatestShipment)
		packText(p, &d.Credit.Expiry)
		p.uint32(&d.Credit.PresentationDays)
		packText(p, &d.Credit.TolerancePct)
	}
	if has&hasTemperature != 0 {
		packText(p, &d.TemperatureC)
	}
	if has&hasDetail != 0 {
		p.bytes((*[]byte)(&d.Detail))
	}
}

func (p *packing) reference(r *trade.Reference) {
	packWord(p, &r.Kind)
	packText(p, &r.Value)
	packText(p, &r.Issuer)
}

func (p *packing) equipment(q *trade.Equipment) {
	packWord(p, &q.Kind)
	packText(p, &q.Number)
	packText(p, &q.ISOType)
	packText(p, &q.Seal)
	packWord(p, &q.State)
}

func (p *packing) transport(t *trade.Transport) {
	packWord(p, &t.Mode)
	packText(p, &t.Carrier)
	packText(p, &t.Conveyance)
	packText(p, &t.Name)
	packText(p, &t.Voyage)
	packText(p, &t.From)
	packText(p, &t.To)
}

func (p *packing) place(l *trade.Place) {
	packText(p, &l.UNLOCODE)
	packText(p, &l.Facility)
	packText(p, &l.Name)
	packText(p, &l.Lat)
	packText(p, &l.Lon)
}

func (p *packing) partyID(id *trade.PartyID) {
	packWord(p, &id.Kind)
	packText(p, &id.Value)
}

func (p *packing) party(v *trade.Party) {
	packWord(p, &v.Role)
	p.partyID(&v.ID)
	packText(p, &v.Name)
	packText(p, &v.Country)
}

func (p *packing) money(m *trade.Money) {
	packText(p, &m.Amount)
	packWord(p, &m.Currency)
}

func (p *packing) goods(g *trade.Goods) {
	packText(p, &g.HS)
	packText(p, &g.Description)
	p.uint32(&g.Packages)
	packText(p, &g.PackageKind)
	packText(p, &g.GrossKG)
	packText(p, &g.NetKG)
	p.money(&g.Value)
	packWord(p, &g.Basis)
	packText(p, &g.Origin)
}

func (p *packing) document(d *trade.Document) {
	packWord(p, &d.Kind)
	packText(p, &d.Number)
	packText(p, &d.Digest)
	packText(p, &d.Status)
	p.partyID(&d.Holder)
	p.partyID(&d.Beneficiary)
	packText(p, &d.Platform)
}

func (p *packing) customs(c *trade.Customs) {
	packText(p, &c.Territory)
	packWord(p, &c.Direction)
	packText(p, &c.Office)
	packText(p, &c.Procedure)
	packText(p, &c.Code)
}

func (p *packing) finance(f *trade.Finance) {
	packWord(p, &f.Instrument)
	packText(p, &f.Rail)
	p.bool(&f.Green)
	p.partyID(&f.Financier)
	packText(p, &f.Share)
}

// source leaves out the prefix that nearly all sources begin with.
func (p *packing) source(source *string, org bool) {
	if !org {
		packText(p, source)
		return
	}
	if p.writing {
		rest := (*source)[len(trade.SourcePrefix):]
		packText(p, &rest)
		return
	}
	var rest string
	packText(p, &rest)
	known, ok := p.sources[rest]
	if !ok {
		known = trade.SourcePrefix + rest
		p.sources[known[len(trade.SourcePrefix):]] = known
	}
	*source = known
}

var allTypes = trade.Types()

// kind writes a known type as its place in the list.
func (p *packing) kind(t *trade.Type) {
	const other = 0xff
	if p.writing {
		if order := t.Order(); order >= 0 && order < other {
			p.b = append(p.b, byte(order))
			return
		}
		p.b = append(p.b, other)
		packText(p, t)
		return
	}
	switch order := p.byte(); {
	case order == other:
		packText(p, t)
	case int(order) < len(allTypes):
		*t = allTypes[order]
	default:
		p.fail()
	}
}

func (p *packing) instant(t *time.Time) {
	if p.writing {
		p.b = binary.LittleEndian.AppendUint64(p.b, uint64(t.UnixNano()))
		return
	}
	if b := p.take(8); b != nil {
		*t = time.Unix(0, int64(binary.LittleEndian.Uint64(b))).UTC()
	}
}

func (p *packing) fixed32(v *uint32) {
	if p.writing {
		p.b = binary.LittleEndian.AppendUint32(p.b, *v)
	} else if b := p.take(4); b != nil {
		*v = binary.LittleEndian.Uint32(b)
	}
}

func (p *packing) uint32(v *uint32) {
	if p.writing {
		p.b = binary.AppendUvarint(p.b, uint64(*v))
		return
	}
	n := p.uvarint()
	if n > 1<<32-1 {
		p.fail()
		n = 0
	}
	*v = uint32(n)
}

func (p *packing) bool(v *bool) {
	if p.writing {
		var b byte
		if *v {
			b = 1
		}
		p.b = append(p.b, b)
		return
	}
	*v = p.byte() == 1
}

func (p *packing) bytes(v *[]byte) {
	if p.writing {
		p.b = append(binary.AppendUvarint(p.b, uint64(len(*v))), *v...)
		return
	}
	*v = p.take(p.length(p.uvarint()))
}

// A text begins with a byte: below firstWord its length, then a word of the list, or longText before a length.
const (
	firstWord = 0x90
	longText  = 0xff
)

func packText[T ~string](p *packing, v *T) {
	if !p.writing {
		*v = T(p.text())
		return
	}
	if len(*v) < firstWord {
		p.b = append(p.b, byte(len(*v)))
	} else {
		p.b = binary.AppendUvarint(append(p.b, longText), uint64(len(*v)))
	}
	p.b = append(p.b, *v...)
}

// packWord is packText for what is mostly a word of the list.
func packWord[T ~string](p *packing, v *T) {
	if p.writing {
		if at, ok := wordPlace[string(*v)]; ok {
			p.b = append(p.b, firstWord+at)
			return
		}
	}
	packText(p, v)
}

func (p *packing) text() string {
	n := int(p.byte())
	switch {
	case n == longText:
		n = p.length(p.uvarint())
	case n >= firstWord:
		if n -= firstWord; n < len(words) {
			return words[n]
		}
		p.fail()
		return ""
	}
	b := p.take(n)
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // aliases packed, as Unpack says
}

func packList[T any](p *packing, list *[]T, each func(*packing, *T)) {
	n := len(*list)
	if p.writing {
		p.b = binary.AppendUvarint(p.b, uint64(n))
	} else {
		n = p.length(p.uvarint())
		if cap(*list) < n {
			*list = make([]T, n)
		}
		*list = (*list)[:n]
	}
	for i := range *list {
		each(p, &(*list)[i])
	}
}

// What follows reads. After a fault it gives zeros.

func (p *packing) fail() { p.b, p.bad = nil, true }

func (p *packing) take(n int) []byte {
	if n > len(p.b) {
		p.fail()
		return nil
	}
	b := p.b[:n:n]
	p.b = p.b[n:]
	return b
}

func (p *packing) byte() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (p *packing) uvarint() uint64 {
	v, n := binary.Uvarint(p.b)
	if n <= 0 {
		p.fail()
		return 0
	}
	p.b = p.b[n:]
	return v
}

// length bounds what is read as a length or a count: each element takes a byte at the least.
func (p *packing) length(n uint64) int {
	if n > uint64(len(p.b)) {
		p.fail()
		return 0
	}
	return int(n)
}
