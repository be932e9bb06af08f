package dcsa

import (
	"strings"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Version30 is what data.detail.conversion.standard says of an event converted from Track & Trace 3.0.
const Version30 = "DCSA Track & Trace 3.0"

// events3 converts the envelope of 3.0, which POST /events carries and GET /events answers.
func (c *converter) events3(envelope *jsondoc.Object, events jsondoc.Value) {
	at := envelope.At.Member("events")
	for i, element := range events.Elements {
		if o := c.opened(element, at.Element(i)); o != nil {
			c.event3(o, element)
		}
	}
}

// event3 converts one event of 3.0, or puts down why it can't be.
func (c *converter) event3(o *jsondoc.Object, v jsondoc.Value) {
	before := c.log.Len()
	retracted, _ := o.Value("isRetracted")
	ck := checker{log: &c.log}
	if retracted == "true" {
		// Whatever else a retraction carries is irrelevant, and may be anything.
		ck.object(o, defined("Retraction"))
	} else {
		ck.object(o, defined("Event"))
		ck.subtype(o.Object("eventClassification"))
	}
	if c.log.Len() > before {
		return
	}
	a := &assembly{converter: c, root: o, text: v, standard: Version30, flags: ck.flags, id: o.Text("eventID")}
	if a.id == "" {
		a.id = contentID(v)
	} else {
		o.Take("eventID")
	}
	f := fact{when: when{at: exact(o, "eventDateTime")}, draft: a.draft(), rest: o}
	if a.recorded = exact(o, "eventUpdatedDateTime"); !a.recorded.IsZero() {
		f.revision = secondsSince1980(a.recorded)
	}
	if retracted == "true" {
		f.retracted, f.revision = true, f.revision+1
		o.Take("isRetracted")
	}
	if f.when.at.IsZero() {
		if f.when.at = a.recorded; f.when.at.IsZero() {
			f.when = a.received()
		}
	}
	b := builder3{assembly: a, d: f.draft}
	f.what = b.build(o.Object("eventClassification"))
	if len(a.id) > maxID || strings.ContainsFunc(a.id, control) {
		f.draft.Flags |= trade.FlagIdentifierInvalid
		a.id = contentID(jsondoc.Value(jsondoc.AppendString(nil, a.id)))
	}
	a.tell(f)
}

// exact reads a member that is an instant, and takes it when nothing of it is lost.
func exact(o *jsondoc.Object, name string) time.Time {
	text := o.Text(name)
	t, _ := standard.Instant(text) // checked before, but in a retraction
	if t.Format(time.RFC3339Nano) == text {
		o.Take(name)
	}
	return t
}

// secondsSince1980 is the revision that an update stamp makes: the later, the higher.
func secondsSince1980(t time.Time) uint32 {
	first := time.Date(trade.FirstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	return uint32(t.Sub(first) / time.Second)
}

// subtypes names the member that says more of each type of event.
var subtypes = map[string]string{
	"SHIPMENT": "shipmentEventTypeCode", "TRANSPORT": "transportEventTypeCode", "EQUIPMENT": "equipmentEventTypeCode",
	"IOT": "iotEventTypeCode", "REEFER": "reeferEventTypeCode",
}

// subtype puts down a type that is none, or one without the code that says what happened.
func (c *checker) subtype(o *jsondoc.Object) {
	v, ok := o.Value("eventTypeCode")
	if !ok || v.Kind() != jsondoc.String {
		return // was put down
	}
	name, known := subtypes[v.Text()]
	switch {
	case !known:
		c.fault("event_type_unknown", o.At.Member("eventTypeCode"), v, `"SHIPMENT", "TRANSPORT", "EQUIPMENT", "IOT" or "REEFER"`)
	case !o.Has(name):
		c.fault("missing", o.At.Member(name), "", "a string: what happened")
	}
}

// builder3 places what an event of 3.0 says.
type builder3 struct {
	*assembly
	d *standard.Draft
}

func (b *builder3) build(classification *jsondoc.Object) trade.Type {
	if c := classification.Text("eventClassifierCode"); classifierKnown(c) {
		b.d.Data.Classifier = trade.Classifier(c)
		classification.Take("eventClassifierCode")
	}
	details := b.root.Object("shipmentDetails")
	if details == nil {
		details = b.root // where the first drafts have what is of the shipment
	}
	b.numbers(details)
	b.equip()
	b.transport(b.root.Object("transportDetails").Object("transportCall"))
	b.place(b.root.Object("eventLocation"))
	switch kind := classification.Text("eventTypeCode"); kind {
	case "SHIPMENT":
		return b.shipment(classification.Text(subtypes[kind]), details.Object("documentReference"))
	case "TRANSPORT":
		return transportType(classification.Text(subtypes[kind]))
	case "EQUIPMENT":
		return b.moved(classification.Text(subtypes[kind]))
	case "REEFER":
		b.temperature()
		return trade.TemperatureRead
	}
	return trade.PositionRead // IOT: that the container was seen, and its door
}

// shipment is what became of a document.
func (b *builder3) shipment(status string, document *jsondoc.Object) trade.Type {
	code := document.Text("typeCode")
	kind := string(documentKinds[code])
	b.d.Data.Document.Kind, b.d.Data.Document.Number = kind, document.Text("reference")
	if b.d.Data.Document.Status = statuses[status]; b.d.Data.Document.Status == "" {
		b.d.Data.Document.Status = status
	}
	return shipmentType3(status, code)
}

// moved is what was done with a container.
func (b *builder3) moved(code string) trade.Type {
	details := b.root.Object("equipmentDetails")
	switch code {
	case "CROS":
		return trade.BorderCrossed
	case "CUSI", "CUSS":
		return trade.InspectionOrdered
	case "CUSR":
		return trade.GoodsReleased
	}
	return equipmentType(code, details.Text("emptyIndicatorCode") == "EMPTY", b.root.Object("eventLocation").Text("facilityTypeCode"),
		len(details.Objects("seals")) > 0)
}

// issuer is the carrier that the event is from, when it says so.
func (b *builder3) issuer() string {
	routing := b.root.Object("eventRouting")
	for _, from := range append(routing.Objects("originatingParties"), routing.Object("originatingParty")) {
		provider := from.Text("codeListProvider")
		if from.Text("partyFunction") == "CA" && (provider == "SMDG" || provider == "NMFTA") {
			return from.Text("partyCode")
		}
	}
	return ""
}

// numbers places the documents and the customer's references that the event is linked with. As in 2.2, several
// bookings beside several bills are many consignments, of which nobody says which booking belongs to which bill.
func (b *builder3) numbers(details *jsondoc.Object) {
	documents := append([]*jsondoc.Object{details.Object("documentReference")}, details.Objects("additionalDocumentReferences")...)
	bills, bookings := 0, 0
	for _, o := range documents {
		switch o.Text("typeCode") {
		case "TRD":
			bills++
		case "BKG", "CBR":
			bookings++
		}
	}
	many := bills > 1 && bookings > 1 || len(documents) > trade.MaxReferences-16
	for _, o := range documents {
		b.number(o, many, bills)
	}
	for _, r := range details.Objects("documentReferenceReplacements") {
		b.replaced(r)
	}
	for _, o := range details.Objects("shipmentReferences") {
		code, value := o.Text("typeCode"), o.Text("reference")
		switch code {
		case "EQ":
			b.d.Equip(trade.Container, value)
		case "DUE":
			b.d.Refer(trade.Declaration, value, "")
		default:
			refer(b.d, code, value)
		}
	}
}

func (b *builder3) number(o *jsondoc.Object, many bool, bills int) {
	kind, value := documentKinds[o.Text("typeCode")], o.Text("reference")
	placed := false
	switch {
	case kind == "":
	case !many:
		placed = b.d.Refer(kind, value, b.issuerFor(kind))
	case kind == trade.BL || bills == 0:
		placed = b.d.Cover(kind, value, b.issuerFor(kind))
	}
	if placed {
		o.Take("reference")
		if kind == trade.BL || kind == trade.Shipment || o.Text("typeCode") == "BKG" {
			o.Take("typeCode")
		}
	}
}

// issuerFor is the carrier for the numbers that carriers give.
func (b *builder3) issuerFor(kind trade.Kind) string {
	if kind == trade.BL || kind == trade.Booking {
		return b.issuer()
	}
	return ""
}

// replaced places numbers that one new number takes the place of. Where there are several new ones, each is a
// consignment of its own: the old ones are covered.
func (b *builder3) replaced(r *jsondoc.Object) {
	fresh := r.Objects("newReferences")
	for _, o := range fresh {
		kind := documentKinds[o.Text("typeCode")]
		switch {
		case kind == "":
		case len(fresh) == 1:
			b.d.Refer(kind, o.Text("reference"), b.issuerFor(kind))
		default:
			b.d.Cover(kind, o.Text("reference"), b.issuerFor(kind))
		}
	}
	for _, o := range r.Objects("oldReferences") {
		kind := documentKinds[o.Text("typeCode")]
		switch {
		case kind == "":
		case len(fresh) == 1:
			b.d.Replace(kind, o.Text("reference"), b.issuerFor(kind))
		default:
			b.d.Cover(kind, o.Text("reference"), b.issuerFor(kind))
		}
	}
}

func (b *builder3) equip() {
	o := b.root.Object("equipmentDetails")
	written := o.Text("equipmentReference")
	q := b.d.Equip(trade.Container, written)
	if q == nil {
		return
	}
	if q.Number == written {
		o.Take("equipmentReference")
	}
	if q.ISOType = o.Text("ISOEquipmentCode"); q.ISOType != "" {
		o.Take("ISOEquipmentCode")
	}
	switch o.Text("emptyIndicatorCode") {
	case "EMPTY":
		q.State = trade.Empty
		o.Take("emptyIndicatorCode")
	case "LADEN":
		q.State = trade.Laden
		o.Take("emptyIndicatorCode")
	}
	for _, seal := range o.Objects("seals") {
		if q.Seal = seal.Text("number"); q.Seal != "" {
			seal.Take("number")
			return
		}
	}
}

// transport places the conveyance and its voyage: on arrival and discharge the one that ends there.
func (b *builder3) transport(call *jsondoc.Object) {
	t := &b.d.Data.Transport
	if written := call.Text("modeOfTransport"); modes[written] != "" || written == "MULTIMODAL" {
		if t.Mode = modes[written]; t.Mode == "" {
			t.Mode = trade.Multimodal
		}
		call.Take("modeOfTransport")
	}
	names := [...]string{"exportVoyageNumberOrReference", "importVoyageNumberOrReference"}
	code := b.root.Object("eventClassification")
	if code.Text("transportEventTypeCode") == "ARRI" || code.Text("equipmentEventTypeCode") == "DISC" {
		names[0], names[1] = names[1], names[0]
	}
	for _, name := range names {
		for _, number := range [...]string{"carrierVoyageNumber", "universalVoyageReference"} {
			if o := call.Object(name); t.Voyage == "" && o.Text(number) != "" {
				t.Voyage = o.Text(number)
				o.Take(number)
			}
		}
	}
	vessel := call.Object("vesselTransport")
	if t.Carrier = vessel.Text("operatorCarrierCode"); t.Carrier != "" {
		vessel.Take("operatorCarrierCode")
	}
	if t.Name = vessel.Text("vesselName"); t.Name != "" {
		vessel.Take("vesselName")
	}
	t.Conveyance = vesselNumber(b.d, vessel)
	b.overland(call)
}

// overland places the train or the truck, where there is no vessel.
func (b *builder3) overland(call *jsondoc.Object) {
	t := &b.d.Data.Transport
	rail, truck := call.Object("railTransport"), call.Object("truckTransport").Object("tractorDetails")
	for _, from := range [...]struct {
		o    *jsondoc.Object
		name string
	}{{rail, "departureID"}, {rail, "railServiceReference"}, {truck, "licensePlate"}} {
		if number := from.o.Text(from.name); number != "" && t.Conveyance == "" && len(number) <= maxSubject && !strings.ContainsFunc(number, control) {
			t.Conveyance = number
			from.o.Take(from.name)
		}
	}
	if car := rail.Text("railCarReference"); car != "" && b.d.Equip(trade.Wagon, car) != nil && identifier.NormalContainer(car) == car {
		rail.Take("railCarReference")
	}
}

func (b *builder3) place(o *jsondoc.Object) {
	p := &b.d.Data.Place
	p.UNLOCODE = port(b.d, o)
	facility := o.Object("facility")
	if code := facility.Text("facilityCode"); code != "" {
		p.Facility = p.UNLOCODE + code
		facility.Take("facilityCode")
	}
	if p.Name = o.Text("locationName"); p.Name != "" {
		o.Take("locationName")
	}
	coordinate := o.Object("geoCoordinate")
	latitude, longitude := coordinate.Text("latitude"), coordinate.Text("longitude")
	lat, soundLat := degrees(latitude, 90)
	lon, soundLon := degrees(longitude, 180)
	switch {
	case latitude == "" && longitude == "":
	case !soundLat || !soundLon:
		b.d.Flags |= trade.FlagIdentifierInvalid
	default:
		p.Lat, p.Lon = lat, lon
		coordinate.Take("latitude", "longitude")
	}
}

// temperature places what the first probe measured. The ambient temperature is not that of the cargo, and the set
// point not measured: they stay in the detail.
func (b *builder3) temperature() {
	details := b.root.Object("reeferDetails")
	for _, probe := range details.Objects("temperatureProbeMeasurements") {
		v, _ := probe.Value("measuredTemperatureValue")
		if b.d.Data.TemperatureC = temperature(v, details.Text("temperatureUnit")); b.d.Data.TemperatureC != "" {
			return
		}
	}
	// In later drafts: the air that comes back from the cargo tells more than that which is blown in.
	for _, name := range []string{"returnAirTemperatureMeasurement", "supplyAirTemperatureMeasurement"} {
		v, _ := details.Object(name).Value("measuredTemperatureValue")
		if number, ok := details.Value(name); ok && number.Kind() == jsondoc.Number {
			v = number
		}
		if b.d.Data.TemperatureC = temperature(v, details.Text("temperatureUnit")); b.d.Data.TemperatureC != "" {
			return
		}
	}
}
