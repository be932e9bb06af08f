package xmldoc

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

const (
	// maxDetail is how long the detail of an event may be. What is longer is left out of the event, which says so.
	maxDetail = 448 << 10
	// maxText bounds all other text of an event, so that all of it together stays below trade.MaxEventBytes.
	maxText = 256 << 10
)

// Conversion turns one document into events, or collects why it can't be.
type Conversion struct {
	standard.Options
	Standard string // the document's standard and version, as data.detail.conversion.standard says it
	Digest   string // of the document as it came: sha256: and hex digits
	source   string
	log      jsondoc.Log
	events   []*trade.Event
	size     int // of the document, in bytes
}

// Open reads a document. The error is a trade.Faults of one fault when it cannot be read; only an Org that can be
// no organisation makes another error.
func Open(data []byte, o standard.Options) (*Conversion, Element, error) {
	if err := o.Check(); err != nil {
		return nil, Element{}, err
	}
	root, fault := Read(data, standard.MaxDocumentBytes)
	if fault != nil {
		return nil, Element{}, trade.Faults{*fault}
	}
	return &Conversion{Options: o, Digest: standard.Digest(data), source: o.Source(), size: len(data)}, root, nil
}

// Decline is the answer to a document that holds no event.
func Decline(root Element, found, want string) error {
	if found == "" {
		found = trade.Quote(root.Name())
	}
	return trade.Faults{{Code: NotAnEventDocument, Pointer: root.Path(), Value: found, Message: want}}
}

// Fault puts down what is wrong with the document.
func (c *Conversion) Fault(f trade.Fault) { c.log.Add(f) }

// Faults is how many there are so far.
func (c *Conversion) Faults() int { return c.log.Len() }

// Draft begins the data of an event.
func (c *Conversion) Draft() *standard.Draft {
	return &standard.Draft{KnownPlace: c.KnownPlace}
}

// Remark is a member of data.detail.conversion.
type Remark struct{ Name, Value string }

// Event is what Add makes a canonical event of.
type Event struct {
	At       Element // what it was made from
	Type     trade.Type
	ID       string
	Revision uint32
	Time     time.Time
	Recorded time.Time
	Subject  string
	Draft    *standard.Draft
	Detail   []byte // "{" and members, without the closing brace
	Remarks  []Remark
}

// Add completes an event and checks it; a fault is put down instead of an event that is not sound.
func (c *Conversion) Add(m Event) {
	if !c.log.Room(c.size, len(c.events), m.At.Path) {
		return
	}
	before := c.log.Len()
	d := m.Draft
	if textOf(&d.Data) > maxText && len(d.Data.Goods) > 1 {
		m.Remarks = append(m.Remarks, Remark{"merged_goods", strconv.Itoa(len(d.Data.Goods)) + " items"})
		d.Data.Goods = mergeGoods(d.Data.Goods)
	}
	d.Data.Detail = c.detail(&m)
	if jsondoc.Value(d.Data.Detail).Deeper(standard.MaxDetailDepth) {
		c.log.Add(trade.Fault{
			Code: "too_deep", Pointer: m.At.Path(), Message: fmt.Sprintf("at most %d levels in an event's detail", standard.MaxDetailDepth),
		})
	}
	if n := textOf(&d.Data); n > maxText {
		c.log.Add(trade.Fault{
			Code: "too_large", Pointer: m.At.Path(), Value: fmt.Sprintf("%d bytes", n), Message: fmt.Sprintf("at most %d bytes of goods, parties and numbers an event", maxText),
		})
	}
	e := &trade.Event{
		SpecVersion: trade.SpecVersion, ID: m.ID, Source: c.source, Type: m.Type, Time: m.Time, Recorded: m.Recorded,
		Revision: m.Revision, Subject: m.Subject, Data: &d.Data, Flags: d.Flags,
	}
	if e.Subject == "" {
		e.Subject = d.Subject()
	}
	if c.log.Sound(e, m.At.Path) && c.log.Len() == before {
		c.events = append(c.events, e)
	}
}

// detail closes the detail with the member "conversion": which standard it is of, what was flagged, and the
// adapter's remarks. An unknown place is not among the flags: see standard.Draft.
func (c *Conversion) detail(m *Event) json.RawMessage {
	detail := m.Detail
	if len(detail) == 0 {
		detail = []byte{'{'}
	}
	omitted := 0
	if len(detail) > maxDetail {
		omitted = len(detail)
		detail = []byte{'{'}
	}
	detail = append(jsondoc.AppendName(detail, "conversion"), '{')
	detail = jsondoc.AppendList(detail, "flags", m.Draft.RemarkedFlags())
	if omitted > 0 {
		// The whole detail would not fit; the document, which data.document.digest names, has it.
		detail = strconv.AppendInt(jsondoc.AppendName(detail, "omitted_bytes"), int64(omitted), 10)
	}
	for _, r := range m.Remarks {
		detail = jsondoc.AppendString(jsondoc.AppendName(detail, r.Name), r.Value)
	}
	detail = jsondoc.AppendString(jsondoc.AppendName(detail, "standard"), c.Standard)
	return append(detail, "}}"...)
}

// textOf is about how long the JSON of the event's data is, but for the detail.
func textOf(d *trade.Data) int {
	n := 0
	for _, list := range [][]trade.Reference{d.References, d.Covers, d.Replaces} {
		for _, r := range list {
			n += 48 + len(r.Kind) + len(r.Value) + len(r.Issuer)
		}
	}
	for _, q := range d.Equipment {
		n += 64 + len(q.Number) + len(q.Seal)
	}
	for _, p := range d.Parties {
		n += 64 + len(p.Name) + len(p.ID.Value)
	}
	for _, g := range d.Goods {
		n += 128 + len(g.Description) + len(g.HS) + len(g.GrossKG) + len(g.NetKG)
	}
	return n + len(d.Place.Name) + len(d.Document.Number) + len(d.Transport.Name)
}

// End gives the events, and every fault as a trade.Faults.
func (c *Conversion) End() ([]*trade.Event, error) {
	if faults := c.log.Faults(); faults != nil {
		return c.events, faults
	}
	return c.events, nil
}

// AppendRest adds what is left of an element as a member of its own, unless nothing is.
func AppendRest(dst []byte, e Element) []byte {
	before := len(dst)
	dst = append(jsondoc.AppendName(dst, e.Name()), '{')
	start := len(dst)
	if dst = e.Rest(dst); len(dst) == start {
		return dst[:before]
	}
	return append(dst, '}')
}

// AppendLeaf adds an element without children as a member of its own, unless it was taken or says nothing.
func AppendLeaf(dst []byte, e Element) []byte {
	if !e.Exists() {
		return dst
	}
	before := len(dst)
	dst = jsondoc.AppendName(dst, e.Name())
	start := len(dst)
	if dst = e.d.appendValue(dst, e.i); len(dst) == start {
		return dst[:before]
	}
	return dst
}
