package dcsa

import (
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// TrackAndTrace converts a Track & Trace document. Of 2.2 that is one event, or an array of events, as
// `GET /v2/events` answers and as a subscriber is sent; of 3.0 the object with the member events, and also an event
// or an array by itself. An empty array makes no events. What is no event is refused with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of the array's
// sound elements. Only an Org that can be no organisation makes another error.
func TrackAndTrace(data []byte, o standard.Options) ([]*trade.Event, error) {
	document, err := open(data, o, eventDocument)
	if err != nil {
		return nil, err
	}
	if fault := declined(document); fault != nil {
		return nil, trade.Faults{*fault}
	}
	c := converter{Options: o, source: o.Source(), size: len(data)}
	switch {
	case document.Kind() == jsondoc.Array:
		for i, element := range document.Elements {
			c.event(element, (*jsondoc.Path)(nil).Element(i))
		}
	default:
		o := document.Open(nil)
		if events, enveloped := o.Value("events"); enveloped && nature(o) == version3 {
			c.events3(o, events)
			break
		}
		c.event(document, nil)
	}
	if faults := c.log.Faults(); faults != nil {
		return c.events, faults
	}
	return c.events, nil
}

// converter turns the events of one document.
type converter struct {
	standard.Options
	source string
	size   int // of the document, in bytes
	log    jsondoc.Log
	events []*trade.Event
}

// opened checks the text of an event and opens it; nil when it is at fault.
func (c *converter) opened(v jsondoc.Value, at *jsondoc.Path) *jsondoc.Object {
	if !c.bounded(len(v), v, at) {
		return nil
	}
	before := c.log.Len()
	if v.Check(&c.log, at); c.log.Len() > before {
		return nil
	}
	if v.Kind() != jsondoc.Structure {
		c.log.Add(trade.Fault{Code: "mistyped", Pointer: at.String(), Value: v.Shown(), Message: "an event object"})
		return nil
	}
	return v.Open(at)
}

// event converts one event of either version, or puts down why it can't be.
func (c *converter) event(v jsondoc.Value, at *jsondoc.Path) {
	o := c.opened(v, at)
	if o == nil {
		return
	}
	switch kind := nature(o); {
	case kind == version3 && !o.Has("events"):
		c.event3(o, v)
		return
	case at != nil && kind != version2:
		c.log.Add(trade.Fault{Code: notAnEventDocument, Pointer: at.String(), Message: eventDocument})
		return
	}
	before := c.log.Len()
	ck := checker{log: &c.log}
	kind := ck.event(o)
	if c.log.Len() > before {
		return
	}
	b := builder{converter: c, o: o, flags: ck.flags}
	e := b.build(kind, v)
	if c.log.Len() == before {
		c.keep(e, at)
	}
}
