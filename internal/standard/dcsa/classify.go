package dcsa

import (
	"bytes"
	"errors"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// notAnEventDocument is the code of a document that is declined as a whole.
const notAnEventDocument = "not_an_event_document"

const eventDocument = "a Track & Trace event of 2.2 or 3.0, an array of them, or an object whose events they are"

// What an object is.
type natureOf uint8

const (
	foreign  natureOf = iota // nothing of Track & Trace, or no event: an error body, a subscription, a query
	version2                 // an event of 2.2, sound or not
	version3                 // an event of 3.0, or its envelope
)

// open reads a document. What does not even begin as JSON does is declined, with what is wanted instead of it.
func open(data []byte, o standard.Options, wanted string) (jsondoc.Value, error) {
	v, err := jsondoc.Open(data, o)
	var faults trade.Faults
	if errors.As(err, &faults) && faults[0].Code == "json_syntax" && !opensJSON(data) {
		faults[0].Code, faults[0].Message = notAnEventDocument, wanted+"; this is no JSON object or array"
	}
	return v, err
}

// opensJSON says whether the text at least begins as an object or array does.
func opensJSON(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}

// declined gives the fault of a document that holds no event at all.
func declined(document jsondoc.Value) *trade.Fault {
	decline := func(found string) *trade.Fault {
		return &trade.Fault{Code: notAnEventDocument, Value: found, Message: eventDocument}
	}
	switch document.Kind() {
	case jsondoc.Structure:
		if nature(document.Open(nil)) != foreign {
			return nil
		}
		return decline(firstNames(document))
	case jsondoc.Array:
		elements := 0
		for i, element := range document.Elements {
			elements = i + 1
			if element.Kind() == jsondoc.Structure && nature(element.Open(nil)) != foreign {
				return nil
			}
		}
		if elements == 0 {
			return nil
		}
		return decline("an array without an event")
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
	}
	return decline(document.Shown())
}

// firstNames tells a foreign object by its first members.
func firstNames(v jsondoc.Value) string {
	b := []byte{'{'}
	n := 0
	for name := range v.Open(nil).Names {
		if n++; n > 4 {
			b = append(b, ", …"...)
			break
		}
		if n > 1 {
			b = append(b, ", "...)
		}
		b = append(b, trade.Quote(name)...)
	}
	return string(append(b, '}'))
}

// Members that every event of 2.2 has or may have, and those that only other documents have.
var (
	baseMembers  = [...]string{"eventID", "eventCreatedDateTime", "eventType", "eventClassifierCode", "eventDateTime"}
	codeMembers  = [...]string{"transportEventTypeCode", "equipmentEventTypeCode", "shipmentEventTypeCode"}
	otherMembers = [...]string{
		"callbackUrl", "subscriptionID", "secret", // a subscription
		"httpMethod", "requestUri", "statusCode", "statusCodeText", "errors", // an error body
		"limit", "cursor", "sort", "API-Version", // a query
	}
)

// nature tells an object by its members: an event of 2.2 has at least two of the base members, or one and a
// code of its own, and none that subscriptions, error bodies and queries have. One of 3.0 has its classification;
// a retraction may have nothing but its id.
func nature(o *jsondoc.Object) natureOf {
	if o.Has("eventClassification") || o.Has("eventRouting") || o.Has("isRetracted") || o.Has("eventUpdatedDateTime") {
		return version3
	}
	if envelope, ok := o.Value("events"); ok && envelope.Kind() == jsondoc.Array {
		for _, element := range envelope.Elements {
			if element.Kind() == jsondoc.Structure {
				return natureOfElement(element.Open(nil)) // the first object tells
			}
		}
		return version3
	}
	for _, name := range otherMembers {
		if o.Has(name) {
			return foreign
		}
	}
	base, codes := 0, 0
	for _, name := range baseMembers {
		if v, ok := o.Value(name); ok && v.Kind() != jsondoc.Array {
			base++
		}
	}
	for _, name := range codeMembers {
		if v, ok := o.Value(name); ok && v.Kind() != jsondoc.Array {
			codes++
		}
	}
	if base >= 2 || base == 1 && codes == 1 {
		return version2
	}
	return foreign
}

// natureOfElement tells the envelope by an event in it: that of 3.0 holds anything that has a member of such an event.
func natureOfElement(o *jsondoc.Object) natureOf {
	if !o.Has("eventType") {
		for i := range defined("Event").rules {
			if o.Has(defined("Event").rules[i].name) {
				return version3
			}
		}
	}
	return foreign
}
