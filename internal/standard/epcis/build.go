package epcis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// builder makes the canonical events of one sound event of the standard.
type builder struct {
	*converter
	o     *jsondoc.Object
	draft standard.Draft
	scene scene
}

// build gives the event, and one more of each temperature that it does not tell itself.
func (b *builder) build() []*trade.Event {
	id := b.id()
	b.scene.step = word(b.o.Text("bizStep"))
	b.scene.joined, b.scene.parted = b.o.Text("action") == "ADD", b.o.Text("action") == "DELETE"
	b.objects()
	b.transactions()
	b.places()
	b.parties("sourceList", "source")
	b.parties("destinationList", "destination")
	readings := b.temperatures()
	b.scene.measured = len(readings) > 0
	main := &trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: b.source, Type: typeOf(b.scene), Time: b.time("eventTime"),
		Recorded: b.recorded(), Subject: b.draft.Subject(), Data: &b.draft.Data,
	}
	b.draft.Data.Classifier = trade.Actual
	b.draft.Data.Document.Digest = b.digest
	if main.Type == trade.TemperatureRead {
		b.draft.Data.TemperatureC, main.Time = readings[0].celsius, readings[0].at
		readings = readings[1:]
	}
	events := []*trade.Event{main}
	for _, r := range readings {
		events = append(events, b.reading(main, r))
	}
	b.draft.Data.Detail = b.detail()
	main.Flags = b.draft.Flags
	if b.o.Has("errorDeclaration") {
		for _, e := range events {
			e.Retracted, e.Revision = true, 1
		}
	}
	return events
}

// id is the event's own. One that has none gets the hash of what it says, without what may be said of it later:
// when it was recorded, and that it was wrong (EPCIS 2.0, 8.9.2, leaves the same two out).
func (b *builder) id() string {
	if id := b.o.Text("eventID"); id != "" && len(id) <= 400 && !strings.ContainsFunc(id, control) {
		b.o.Take("eventID")
		return id
	}
	hash := sha256.New()
	var text []byte
	for name, v := range b.o.Names {
		if name != "recordTime" && name != "errorDeclaration" && name != "eventID" && name != "@context" {
			text = v.AppendSorted(jsondoc.AppendString(text[:0], name))
			sum := sha256.Sum256(text)
			hash.Write(sum[:])
		}
	}
	return "sha256-" + hex.EncodeToString(hash.Sum(nil))
}

func control(c rune) bool { return c < 0x20 || c == 0x7f }

// time reads a member, whose text stays in the detail when it was not in UTC: it tells the local time.
func (b *builder) time(name string) time.Time {
	text := b.o.Text(name)
	t, _ := standard.Instant(text) // checked before
	if t.Format(time.RFC3339Nano) == text {
		b.o.Take(name)
	}
	return t
}

// recorded is when the publisher said so: when a repository took the event in, else when the document was made.
func (b *builder) recorded() time.Time {
	if b.o.Has("recordTime") {
		return b.time("recordTime")
	}
	t, _ := standard.Instant(b.created)
	return t
}

// objects places what the event is about: containers, the ship, and the numbers of shipment and consignment.
func (b *builder) objects() {
	for _, name := range []string{"epcList", "childEPCs", "inputEPCList", "outputEPCList"} {
		if v, ok := b.o.Value(name); ok {
			for _, element := range v.Elements {
				b.object(element.Text())
			}
		}
	}
	parent := b.o.Text("parentID")
	boxed := b.scene.boxed
	b.object(parent)
	if container(parent) != "" {
		b.scene.boxed, b.scene.parent = boxed, true
	}
}

func (b *builder) object(uri string) {
	if uri == "" {
		return
	}
	if number := container(uri); number != "" {
		b.draft.Equip(trade.Container, number)
		b.scene.boxed = true
	}
	if number := vessel(uri); number != "" {
		if identifier.IMO(number) != nil {
			b.draft.Flags |= trade.FlagIdentifierInvalid
		}
		b.draft.Data.Transport.Conveyance, b.draft.Data.Transport.Mode = number, trade.Sea
	}
	shipment, consignment := consignmentNumber(uri)
	b.draft.Refer(trade.Shipment, shipment, "")
	b.draft.Refer(trade.UCR, consignment, "")
}

// transactions places the documents of the event. More than one bill of lading are many consignments, of which
// nobody says what else belongs to which: the event covers the bills, and the rest stays in the detail.
func (b *builder) transactions() {
	list := b.o.Objects("bizTransactionList")
	bills := 0
	for _, t := range list {
		if word(t.Text("type")) == "bol" {
			bills++
		}
	}
	for _, t := range list {
		kind, known := transactionKinds[word(t.Text("type"))]
		n := transactionNumber(t.Text("bizTransaction"))
		switch {
		case !known:
		case bills <= 1:
			b.draft.Refer(kind, n.value, n.issuer)
		case kind == trade.BL:
			b.draft.Cover(kind, n.value, n.issuer)
		}
	}
}

// places fills data.place from where the event was seen, else from where the objects are afterwards.
func (b *builder) places() {
	for _, name := range []string{"readPoint", "bizLocation"} {
		id := b.o.Object(name).Text("id")
		p := &b.draft.Data.Place
		if code := locode(id); code != "" && p.UNLOCODE == "" {
			p.UNLOCODE = b.draft.Locode(code)
		}
		if gln, extension := location(id); gln != "" && p.Facility == "" {
			p.Facility = gln
			if extension != "" {
				p.Facility += "." + extension
			}
		}
		if lat, lon, ok := coordinates(id); ok && p.Lat == "" {
			p.Lat, p.Lon = lat, lon
		}
	}
}

// parties places who gives and who takes.
func (b *builder) parties(list, side string) {
	for _, o := range b.o.Objects(list) {
		role := roles[side+" "+word(o.Text("type"))]
		if gln := party(o.Text(side)); role != "" && gln != "" {
			b.draft.Involve(trade.Party{Role: role, ID: trade.PartyID{Kind: "other", Value: gln}})
		}
	}
}

// reading is one temperature, in degrees Celsius.
type reading struct {
	celsius trade.Decimal
	at      time.Time
}

// temperatures gives the temperatures that sensors report: the value of each report, else its mean.
func (b *builder) temperatures() []reading {
	var list []reading
	for _, element := range b.o.Objects("sensorElementList") {
		about := element.Object("sensorMetadata")
		for _, r := range element.Objects("sensorReport") {
			if word(r.Text("type")) != "Temperature" {
				continue
			}
			v, ok := r.Value("value")
			if !ok {
				if v, ok = r.Value("meanValue"); !ok {
					continue
				}
			}
			celsius, ok := inCelsius(string(v), r.Text("uom"))
			if !ok {
				continue
			}
			at, _ := standard.Instant(b.o.Text("eventTime"))
			for _, text := range []string{r.Text("time"), about.Text("time"), about.Text("endTime")} {
				if t, ok := standard.Instant(text); ok {
					at = t
					break
				}
			}
			list = append(list, reading{celsius, at})
		}
	}
	return list
}

// inCelsius converts a temperature from its unit of UN/ECE Recommendation 20.
func inCelsius(value, unit string) (trade.Decimal, bool) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "", false
	}
	switch unit {
	case "CEL", "":
	case "FAH":
		f = (f - 32) * 5 / 9
	case "KEL":
		f -= 273.15
	default:
		return "", false
	}
	if f < -273.15 || f > 10_000 {
		return "", false
	}
	text := strconv.FormatFloat(f, 'f', 4, 64)
	return trade.Decimal(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), true
}

// reading makes the event of one more temperature: of the same goods at the same place. Its id is that of the event
// and the time, so that the order of the sensors in the document does not matter to it.
func (b *builder) reading(main *trade.Event, r reading) *trade.Event {
	e := *main
	e.Type, e.Time = trade.TemperatureRead, r.at
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s", main.ID, r.at.Format(time.RFC3339Nano), r.celsius))
	e.ID = main.ID + "#" + hex.EncodeToString(sum[:8])
	data := *main.Data
	data.TemperatureC = r.celsius
	data.Detail = json.RawMessage(`{"conversion":{"of":` + string(jsondoc.AppendString(nil, main.ID)) + `,"standard":"` + Version + `"}}`)
	e.Data = &data
	return &e
}

// maxRepeated is how long the text around the events may be to stand in the detail of each; a longer one stands in
// that of the first.
const maxRepeated = 512

// detail writes what is left of the event, and as the member "conversion" the document around it, the flags, and
// the standard.
func (b *builder) detail() json.RawMessage {
	detail := b.o.Rest([]byte{'{'})
	detail = append(jsondoc.AppendName(detail, "conversion"), '{')
	if b.header != nil {
		detail = append(jsondoc.AppendName(detail, "document"), b.header...)
	}
	if len(b.header) > maxRepeated {
		b.header = nil
	}
	detail = jsondoc.AppendList(detail, "flags", b.draft.RemarkedFlags())
	detail = jsondoc.AppendString(jsondoc.AppendName(detail, "standard"), Version)
	return append(detail, "}}"...)
}
