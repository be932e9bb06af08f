package dcsa

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Version22 is what data.detail.conversion.standard says of an event converted from Track & Trace 2.2.
const Version22 = "DCSA Track & Trace 2.2"

// builder makes the canonical event of one sound message. What it places it takes out of the message; the
// rest becomes the event's detail.
type builder struct {
	*converter
	o     *jsondoc.Object
	flags trade.Flags
	data  trade.Data
}

func (b *builder) build(kind eventKind, v jsondoc.Value) *trade.Event {
	e := &trade.Event{
		SpecVersion: trade.SpecVersion, ID: b.id(v), Source: b.source,
		Time: b.time("eventDateTime"), Recorded: b.time("eventCreatedDateTime"), Data: &b.data,
	}
	if c := b.o.Text("eventClassifierCode"); classifierKnown(c) {
		b.data.Classifier = trade.Classifier(c)
		b.o.Take("eventClassifierCode")
	}
	switch kind {
	case shipmentEvent:
		b.shipment(e)
	case transportEvent:
		b.transport(e)
	case equipmentEvent:
		b.equipment(e)
	case unknownEvent: // was refused
	}
	b.data.Detail = b.detail()
	e.Flags = b.flags
	return e
}

func classifierKnown(c string) bool {
	switch trade.Classifier(c) {
	case trade.Planned, trade.Estimated, trade.Actual:
		return true
	}
	return false
}

// id is the event's own, in lower case, or comes from the content of the message when it has none.
func (b *builder) id(v jsondoc.Value) string {
	id := b.o.Text("eventID")
	if id == "" {
		sum := sha256.Sum256(v.AppendSorted(nil))
		return "sha256-" + hex.EncodeToString(sum[:])
	}
	lower := strings.ToLower(id)
	if lower == id {
		b.o.Take("eventID")
	}
	return lower
}

// time reads a member, whose text stays in the detail when it was not in UTC: it tells the local time.
func (b *builder) time(name string) time.Time {
	text := b.o.Text(name)
	t, _ := standard.Instant(text) // checked before
	if t.Format(time.RFC3339Nano) == text {
		b.o.Take(name)
	}
	return t
}

// detail writes what is left of the message and, as the member "conversion", which standard it is of and
// what was flagged. An unknown place is not among that: it depends on the place table, and the same message must
// make the same event under every table. Readers flag it by their own.
func (b *builder) detail() json.RawMessage {
	detail := b.o.Rest([]byte{'{'})
	name := "conversion"
	for b.o.Has(name) {
		name += "_"
	}
	detail = append(jsondoc.AppendName(detail, name), '{')
	detail = jsondoc.AppendList(detail, "flags", (b.flags &^ trade.FlagUnknownPlace).Names())
	detail = jsondoc.AppendString(jsondoc.AppendName(detail, "standard"), Version22)
	return append(detail, "}}"...)
}

// shipment is what became of a document.
func (b *builder) shipment(e *trade.Event) {
	status, document, id := b.o.Text("shipmentEventTypeCode"), b.o.Text("documentTypeCode"), b.o.Text("documentID")
	e.Type = shipmentType(status, document)
	kind := documentKinds[document]
	b.data.Document = trade.Document{Kind: string(kind), Number: id, Status: statuses[status]}
	b.o.Take("documentID")
	if kind != "" {
		b.reference(kind, id)
	}
	if len(id) <= maxSubject && !strings.ContainsFunc(id, control) {
		e.Subject = id
	}
	if shipment := b.o.Text("shipmentID"); isUUID(shipment) {
		if b.reference(trade.Shipment, shipment) {
			b.o.Take("shipmentID")
		}
	} else if b.o.Has("shipmentID") {
		b.flags |= trade.FlagIdentifierInvalid
	}
	b.documents()
	b.customerReferences(true)
}

const maxSubject = 512

// transport is where a conveyance is.
func (b *builder) transport(e *trade.Event) {
	call := b.o.Object("transportCall")
	code := b.o.Text("transportEventTypeCode")
	e.Type = transportType(code)
	b.conveyance(call, code == "ARRI")
	b.places(call, call.Object("location"))
	b.documents()
	b.customerReferences(true)
	e.Subject = b.data.Transport.Conveyance
}

// equipment is what was done with a container.
func (b *builder) equipment(e *trade.Event) {
	call, at := b.o.Object("transportCall"), b.o.Object("eventLocation")
	code, indicator := b.o.Text("equipmentEventTypeCode"), b.o.Text("emptyIndicatorCode")
	facility := call.Text("facilityTypeCode")
	if own := at.Text("facilityTypeCode"); own != "" {
		facility = own
	}
	e.Type = equipmentType(code, indicator == "EMPTY", facility, len(b.o.Objects("seals")) > 0)
	b.conveyance(call, code == "DISC")
	if says(at) && code != "LOAD" && code != "DISC" && b.data.Transport.Mode == trade.Sea {
		b.places(at) // the call of the vessel may be at another place, such as the port that a depot serves
	} else {
		b.places(at, call, call.Object("location"))
	}
	b.documents()
	b.customerReferences(b.container())
	if len(b.data.Equipment) == 1 {
		b.describe(&b.data.Equipment[0], indicator)
		e.Subject = b.data.Equipment[0].Number
	}
}

// conveyance places the mode, the vessel and the voyage: on arrival the one that ends there.
func (b *builder) conveyance(call *jsondoc.Object, inbound bool) {
	if call == nil {
		return
	}
	t := &b.data.Transport
	if mode, ok := modes[call.Text("modeOfTransport")]; ok {
		t.Mode = mode
		call.Take("modeOfTransport")
	}
	names := [...]string{"exportVoyageNumber", "carrierVoyageNumber", "importVoyageNumber"}
	if inbound {
		names = [...]string{"importVoyageNumber", "exportVoyageNumber", "carrierVoyageNumber"}
	}
	for _, name := range names {
		if t.Voyage = call.Text(name); t.Voyage != "" {
			call.Take(name)
			break
		}
	}
	vessel := call.Object("vessel")
	if vessel == nil {
		return
	}
	if t.Carrier = vessel.Text("vesselOperatorCarrierCode"); t.Carrier != "" {
		vessel.Take("vesselOperatorCarrierCode")
	}
	if t.Name = vessel.Text("vesselName"); t.Name != "" {
		vessel.Take("vesselName")
	}
	b.imo(vessel)
}

func (b *builder) imo(vessel *jsondoc.Object) {
	written := vessel.Text("vesselIMONumber")
	number := strings.TrimPrefix(identifier.NormalContainer(written), "IMO")
	switch {
	case identifier.Placeholder(number):
		b.flags |= trade.FlagPlaceholder
		return
	case len(number) > maxSubject:
		b.flags |= trade.FlagIdentifierInvalid
		return
	case identifier.IMO(number) != nil:
		b.flags |= trade.FlagIdentifierInvalid
	}
	b.data.Transport.Conveyance = number
	if number == written {
		vessel.Take("vesselIMONumber")
	}
}
