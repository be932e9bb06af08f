package epcis

import (
	"fmt"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Version is what data.detail.conversion.standard says.
const Version = "GS1 EPCIS 2.0"

const (
	notAnEventDocument = "not_an_event_document"
	wanted             = "an EPCIS 2.0 event, an EPCISDocument or an EPCISQueryDocument, in JSON"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{Name: "epcis", Domain: trade.DomainLogistics, Types: types(), Convert: Convert}}
}

// Convert turns an EPCIS 2.0 document into events: an EPCISDocument, an EPCISQueryDocument with the events that
// answer a query or a subscription, or one event by itself. An event that another one declares to be in error is
// taken back: that declaration has the id of the event it speaks of, and becomes its retraction.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of its sound part.
// A query, a subscription or an error body is declined with the code not_an_event_document. Only an Org that can be
// no organisation makes another error.
func Convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	v, err := jsondoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	c := converter{Options: o, source: o.Source(), size: len(data)}
	c.checker.log = &c.log
	if v.Kind() != jsondoc.Structure {
		return nil, trade.Faults{{Code: notAnEventDocument, Value: v.Shown(), Message: wanted}}
	}
	if v.Check(&c.log, nil); c.log.Len() > 0 {
		return nil, c.log.Faults()
	}
	c.digest = standard.Digest(data)
	document := v.Open(nil)
	if fault := c.document(document); fault != nil {
		return nil, trade.Faults{*fault}
	}
	if faults := c.log.Faults(); faults != nil {
		return c.events, faults
	}
	return c.events, nil
}

// converter turns the events of one document.
type converter struct {
	standard.Options
	source, digest string
	size           int // of the document, in bytes
	log            jsondoc.Log
	checker        checker
	header         []byte // what surrounds the events, for the detail
	created        string // creationDate of the document
	events         []*trade.Event
}

// document converts what the document holds, or gives the fault of one that is none of ours.
func (c *converter) document(o *jsondoc.Object) *trade.Fault {
	name := o.Text("type")
	if _, single := eventShapes[name]; single {
		if !o.Has("@context") {
			c.checker.fault("missing", o.At.Member("@context"), "", "the member @context, which says what the names mean")
		}
		c.event(o)
		return nil
	}
	if name != "EPCISDocument" && name != "EPCISQueryDocument" {
		if event := looksLikeEvent(o); event {
			v, _ := o.Value("type")
			c.checker.fault("event_type_unknown", o.At.Member("type"), v, eventTypes)
			return nil
		}
		return &trade.Fault{Code: notAnEventDocument, Pointer: "/type", Value: trade.Quote(name), Message: wanted}
	}
	before := c.log.Len()
	c.checker.object(o, envelope)
	body := o.Object("epcisBody")
	at := body
	if name == "EPCISQueryDocument" {
		results := body.Object("queryResults")
		if body != nil && results == nil {
			c.checker.fault("missing", body.At.Member("queryResults"), "", "an object with the results of the query")
		}
		if at = results.Object("resultsBody"); results != nil && at == nil {
			c.checker.fault("missing", results.At.Member("resultsBody"), "", "an object with an eventList")
		}
	}
	if at == nil {
		return nil
	}
	broken := c.log.Len() > before // the envelope: its events are checked all the same, and none is made
	c.surround(o)
	c.list(at)
	if broken {
		c.events = nil
	}
	return nil
}

// surround keeps what the document says beside its events.
func (c *converter) surround(o *jsondoc.Object) {
	c.created = o.Text("creationDate")
	o.Take("epcisBody", "type", "schemaVersion")
	header := append(o.Rest([]byte{'{'}), '}')
	if len(header) > len(`{}`) && len(header) <= trade.MaxStringBytes && !jsondoc.Value(header).Deeper(standard.MaxDetailDepth-2) {
		c.header = header
	}
}

// list converts the events of a body.
func (c *converter) list(body *jsondoc.Object) {
	if v, single := body.Value("event"); single {
		c.element(v, body.At.Member("event"))
	}
	v, ok := body.Value("eventList")
	switch {
	case !ok:
		if !body.Has("event") {
			c.checker.fault("missing", body.At.Member("eventList"), "", "an array of events")
		}
	case v.Kind() != jsondoc.Array:
		c.checker.fault("mistyped", body.At.Member("eventList"), v, "an array of events")
	default:
		at := body.At.Member("eventList")
		for i, element := range v.Elements {
			c.element(element, at.Element(i))
		}
	}
}

const eventTypes = "ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or AssociationEvent"

func (c *converter) element(v jsondoc.Value, at *jsondoc.Path) {
	switch {
	case v.Kind() != jsondoc.Structure:
		c.checker.fault("mistyped", at, v, "an event object")
		return
	case len(v) > standard.MaxDetailBytes:
		c.checker.fault("too_large", at, "", fmt.Sprintf("at most %d bytes an event", standard.MaxDetailBytes))
		return
	case v.Deeper(standard.MaxDetailDepth):
		c.checker.fault("too_deep", at, "", fmt.Sprintf("at most %d levels of objects and arrays", standard.MaxDetailDepth))
		return
	}
	c.event(v.Open(at))
}

// event checks one event and converts it.
func (c *converter) event(o *jsondoc.Object) {
	before := c.log.Len()
	name := o.Text("type")
	s, known := eventShapes[name]
	if !known {
		v, there := o.Value("type")
		if !there {
			c.checker.fault("missing", o.At.Member("type"), "", eventTypes)
		} else {
			c.checker.fault("event_type_unknown", o.At.Member("type"), v, eventTypes)
		}
		return
	}
	c.checker.flags = 0
	if c.checker.object(o, s); c.log.Len() > before {
		return
	}
	b := builder{converter: c, o: o, draft: standard.Draft{Flags: c.checker.flags, KnownPlace: c.KnownPlace}}
	events := b.build()
	b.o = nil // the events hold the builder, and need no more of the document
	for _, e := range events {
		if !c.log.Room(c.size, len(c.events), o.At.String) {
			return
		}
		if c.log.Sound(e, o.At.String) {
			c.events = append(c.events, e)
		}
	}
}

// looksLikeEvent tells an event of unknown type from what is no event at all.
func looksLikeEvent(o *jsondoc.Object) bool {
	return o.Has("eventTime") || o.Has("eventTimeZoneOffset") || o.Has("epcList")
}

// version checks the version of the standard.
func version(c *checker, at *jsondoc.Path, v jsondoc.Value) {
	if s := v.Text(); v.Kind() != jsondoc.String || s != "2" && s != "2.0" && (len(s) < 4 || s[:3] != "2.0") {
		c.fault("unsupported_version", at, v, `"2.0"`)
	}
}
