package dcsa

import (
	"fmt"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{
		Name: "dcsa-tnt", Domain: trade.DomainLogistics, Types: trackAndTraceTypes(), Convert: TrackAndTrace,
	}}
}

// maxEventText is how long the text of one event may be. What the event repeats of it (a document's number
// stands in up to four places) and adds to it fits into the difference to trade.MaxEventBytes.
const maxEventText = trade.MaxEventBytes - 256<<10

// maxEventDepth leaves room for the two levels above data.detail.
const maxEventDepth = trade.MaxDepth - 2

// TrackAndTrace converts a Track & Trace 2.2 document: one event, or an array of events, as `GET /v2/events`
// answers and as a subscriber is sent. An empty array makes no events. A 3.0 document is refused with the
// code unsupported_version, anything else that is no event with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of the array's
// sound elements. Only an Org that can be no organisation makes another error.
func TrackAndTrace(data []byte, o standard.Options) ([]*trade.Event, error) {
	if !trade.ValidOrg(o.Org) {
		return nil, fmt.Errorf("convert for organisation %q: want [a-z0-9][a-z0-9-]{1,30}", o.Org)
	}
	document, fault := jsondoc.Read(data, standard.MaxDocumentBytes)
	if fault != nil {
		if fault.Code == "json_syntax" && !opensJSON(data) {
			fault.Code, fault.Message = notAnEventDocument, eventDocument+"; this is no JSON object or array"
		}
		return nil, trade.Faults{*fault}
	}
	if fault = declined(document); fault != nil {
		return nil, trade.Faults{*fault}
	}
	c := converter{Options: o, source: o.Source()}
	if document.Kind() == jsondoc.Array {
		for i, element := range document.Elements {
			c.event(element, (*jsondoc.Path)(nil).Element(i))
		}
	} else {
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
	log    jsondoc.Log
	events []*trade.Event
}

// event converts one event, or puts down why it can't be.
func (c *converter) event(v jsondoc.Value, at *jsondoc.Path) {
	if len(v) > maxEventText {
		c.log.Add(trade.Fault{
			Code: "too_large", Pointer: at.String(), Value: fmt.Sprintf("%d bytes", len(v)),
			Message: fmt.Sprintf("at most %d bytes an event", maxEventText),
		})
		return
	}
	if v.Deeper(maxEventDepth) {
		c.log.Add(trade.Fault{
			Code: "too_deep", Pointer: at.String(), Message: fmt.Sprintf("at most %d levels of objects and arrays", maxEventDepth),
		})
		return
	}
	before := c.log.Len()
	if v.Check(&c.log, at); c.log.Len() > before {
		return
	}
	if v.Kind() != jsondoc.Structure {
		c.log.Add(trade.Fault{Code: "mistyped", Pointer: at.String(), Value: v.Shown(), Message: "an event object"})
		return
	}
	o := v.Open(at)
	if nature(o) == version3 {
		c.log.Add(unsupported(at))
		return
	}
	if at != nil && nature(o) != version2 {
		c.log.Add(trade.Fault{Code: notAnEventDocument, Pointer: at.String(), Message: eventDocument})
		return
	}
	ck := checker{log: &c.log}
	kind := ck.event(o)
	if c.log.Len() > before {
		return
	}
	b := builder{converter: c, o: o, flags: ck.flags}
	e := b.build(kind, v)
	if c.log.Len() > before {
		return
	}
	for _, f := range trade.Validate(e) {
		f.Message += " (of the converted event's " + f.Pointer + ")"
		f.Pointer = at.String()
		c.log.Add(f)
	}
	if c.log.Len() == before {
		c.events = append(c.events, e)
	}
}
