package onerecord

import (
	"bytes"
	"fmt"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Version is what data.detail.conversion.standard says.
const Version = "IATA ONE Record"

const (
	notAnEventDocument = "not_an_event_document"
	wanted             = "a ONE Record LogisticsEvent, a Collection of them, a Waybill, or an object with such in it"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{Name: "onerecord", Domain: trade.DomainLogistics, Types: types(), Convert: Convert}}
}

// Convert turns a ONE Record document in JSON-LD into events: a LogisticsEvent, a Collection or @graph of them, a
// Waybill, or a logistics object or notification that has such within it.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of its sound part.
// Other objects, changes and requests are declined with the code not_an_event_document. Only an Org that can be no
// organisation makes another error.
func Convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	v, err := jsondoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	c := converter{Options: o, digest: standard.Digest(data), size: len(data)}
	if v.Kind() >= jsondoc.Array {
		if v.Check(&c.log, nil); c.log.Len() > 0 {
			return nil, c.log.Faults()
		}
		c.read(v)
	}
	switch faults := c.log.Faults(); {
	case faults != nil:
		return c.events, faults
	case c.events == nil && !c.empty:
		return nil, trade.Faults{{Code: notAnEventDocument, Value: named(v), Message: wanted}}
	}
	return c.events, nil
}

// named tells a document that is declined by its type.
func named(v jsondoc.Value) string {
	if v.Kind() == jsondoc.Structure {
		if t, ok := v.Open(nil).Value("@type"); ok {
			return t.Shown()
		}
	}
	return v.Shown()
}

type converter struct {
	standard.Options
	digest string
	size   int // of the document, in bytes
	log    jsondoc.Log
	empty  bool // a collection that says of itself that nothing is in it
	events []*trade.Event
}

// read converts what a document holds: one object, or an array of objects as JSON-LD's expanded form has it.
func (c *converter) read(v jsondoc.Value) {
	if v.Kind() == jsondoc.Structure {
		o := v.Open(nil)
		context := contextOf(o)
		root := node{o, &context}
		if graph, ok := root.Value("@graph"); ok && graph.Kind() == jsondoc.Array {
			context.link(graph)
		}
		c.object(root, v, 0, node{})
		c.surround(root.Rest([]byte{'{'}), '}')
		return
	}
	shared := contextOf(nil)
	shared.link(v)
	rest := []byte{'['}
	for i, element := range v.Elements {
		if element.Kind() == jsondoc.Structure {
			o := element.Open((*jsondoc.Path)(nil).Element(i))
			context := contextOf(o)
			context.linked = shared.linked
			c.object(node{o, &context}, element, 0, node{})
			beside := o.Rest(nil)
			if len(beside) == 0 {
				continue
			}
			if len(rest) > 1 {
				rest = append(rest, ',')
			}
			rest = append(append(append(rest, '{'), beside...), '}')
		}
	}
	c.surround(rest, ']')
}

// surround keeps in the first event what the document says beside its events: the JSON of it but for the last bracket.
func (c *converter) surround(rest []byte, bracket byte) {
	if len(c.events) == 0 || len(rest) == 1 {
		return
	}
	detail := &c.events[0].Data.Detail
	open := bytes.TrimSuffix(*detail, []byte("}}"))
	rest = append(jsondoc.AppendName(open, "document"), append(rest, bracket, '}', '}')...)
	if len(rest) <= standard.MaxDetailBytes && !jsondoc.Value(rest).Deeper(standard.MaxDetailDepth) {
		*detail = rest
	}
}

// maxNesting is how deep events may lie within objects: event in shipment in waybill in notification.
const maxNesting = 8

// object converts an object that is an event or a waybill, and looks into the others. owner is the object of the cargo
// ontology that it stands in.
func (c *converter) object(n node, v jsondoc.Value, depth int, owner node) {
	switch {
	case n.is("LogisticsEvent"):
		c.convert(n, v, func() *trade.Event { return c.event(n, v, owner) })
		return
	case n.is("Waybill"):
		if _, _, numbered := n.member("waybillNumber"); depth == 0 || numbered && (dated(n) || !owner.is("Waybill")) {
			c.convert(n, v, func() *trade.Event { return c.waybill(n, v) })
		}
	case n.has(apiNamespace + "Collection"):
		c.collection(n)
		return
	}
	if depth >= maxNesting {
		return
	}
	if t, ok := n.Value("@type"); ok && strings.HasPrefix(n.context.meaning(single(t).Text()), cargoNamespace) && (n.address() != "" || !n.is("Piece")) {
		owner = n // a piece without an address is told by the shipment that it is in
	}
	for name, value := range n.Names {
		if name != "@context" {
			c.within(n, name, value, depth, owner)
		}
	}
}

// dated says whether a waybill has a date of its own. One that has none and stands in another is only named there.
func dated(n node) bool {
	for _, name := range waybillDates {
		if _, _, there := n.member(name); there {
			return true
		}
	}
	return false
}

// within looks for events in a member. An object that the event happened to, named within the event, is not looked
// into: object returns before.
func (c *converter) within(n node, name string, v jsondoc.Value, depth int, owner node) {
	switch v.Kind() {
	case jsondoc.Structure:
		c.object(node{n.Object.Object(name), n.context}, v, depth+1, owner)
	case jsondoc.Array:
		i := 0
		list := n.Objects(name)
		for _, element := range v.Elements {
			if list[i] != nil {
				c.object(node{list[i], n.context}, element, depth+1, owner)
			}
			i++
		}
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
	}
}

// collection converts the items of a collection.
func (c *converter) collection(n node) {
	for name, v := range n.Names {
		switch n.context.meaning(name) {
		case apiNamespace + "hasItem":
			c.within(n, name, v, 0, node{})
		case apiNamespace + "hasTotalItems":
			c.empty = scalar(v) == "0"
		}
	}
}

// convert checks an object's size and makes its event.
func (c *converter) convert(n node, v jsondoc.Value, build func() *trade.Event) {
	switch {
	case len(v) > standard.MaxDetailBytes:
		c.fault("too_large", n.At, "", fmt.Sprintf("at most %d bytes an object", standard.MaxDetailBytes))
		return
	case v.Deeper(standard.MaxDetailDepth):
		c.fault("too_deep", n.At, "", fmt.Sprintf("at most %d levels of objects and arrays", standard.MaxDetailDepth))
		return
	}
	before := c.log.Len()
	if !c.log.Room(c.size, len(c.events), n.At.String) {
		return
	}
	e := build()
	if c.log.Len() > before {
		return
	}
	if c.log.Sound(e, n.At.String) {
		c.events = append(c.events, e)
		for name := range n.Names {
			n.Take(name) // the event has it, so that surround leaves it out
		}
	}
}

func (c *converter) fault(code string, at *jsondoc.Path, value, want string) {
	c.log.Add(trade.Fault{Code: code, Pointer: at.String(), Value: value, Message: want})
}
