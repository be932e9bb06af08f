package onerecord

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// event makes the event of a LogisticsEvent. It happened to what it names, else to the object that it stands in.
func (c *converter) event(n node, v jsondoc.Value, owner node) *trade.Event {
	d := standard.Draft{KnownPlace: c.KnownPlace}
	at, ok := c.date(n, "eventDate", &d)
	code := n.code("eventCode")
	if code == "" {
		c.fault("missing", n.At.Member("cargo:eventCode"), "", "a code of StatusCode, such as {\"@id\": \"https://onerecord.iata.org/ns/code-lists/StatusCode#DEP\"}")
	}
	if !ok || code == "" {
		return nil
	}
	typ, known := statuses[strings.ToUpper(code)]
	if !known {
		typ = trade.PositionRead
		d.Flags |= trade.FlagUnknownCode
	}
	d.Data.Classifier = trade.Actual
	if kind := n.code("eventTimeType"); kind != "" {
		if d.Data.Classifier, ok = timeTypes[strings.ToUpper(kind)]; !ok {
			c.fault("not_in_list", n.At.Member("cargo:eventTimeType"), trade.Quote(kind), "ACTUAL, ESTIMATED, EXPECTED, PLANNED, SCHEDULED or REQUESTED")
			return nil
		}
		n.take("eventTimeType")
	}
	var recorded time.Time
	if _, _, there := n.member("creationDate"); there {
		recorded, _ = c.date(n, "creationDate", &standard.Draft{})
	}
	subjects := n.children("eventFor")
	if len(subjects) == 0 && owner.Object != nil {
		subjects = []node{owner}
	}
	for _, subject := range subjects {
		c.subject(&d, subject)
	}
	c.place(&d, n.child("eventLocation"))
	for _, who := range n.children("recordingOrganization") {
		c.party(&d, who, "reporter")
	}
	e := c.finish(&d, n, v)
	if n.address() == "" && owner.Object != nil {
		e.ID = addressless(jsondoc.Value(jsondoc.AppendString(nil, fmt.Sprint(d.Data.References))), v) // the same may have happened to another
	}
	e.Type, e.Time, e.Recorded = typ, at, recorded
	return e
}

// subject names what an event happened to.
func (c *converter) subject(d *standard.Draft, n node) {
	if n.Object == nil {
		return
	}
	d.Data.Transport.Mode = trade.Air
	switch {
	case n.is("Waybill"):
		c.number(d, n, trade.AirWaybill)
		c.consignment(d, n)
		return
	case n.is("TransportMovement"), n.is("TransportMeans"):
		c.movement(d, n)
		return
	case n.is("Loading"), n.is("ULD"), n.is("UnitComposition"), n.is("LoadingUnit"):
		c.unit(d, n)
	case n.is("Shipment"):
		shipment(d, n)
		c.goods(d, n)
	case n.is("Piece"):
		// A piece is of one shipment, which it may name; by itself it is told by its own number.
		if whole := n.child("ofShipment"); whole.address() != "" {
			shipment(d, whole)
		} else {
			shipment(d, n)
		}
	default:
		shipment(d, n)
	}
	for _, m := range waybillMembers {
		for _, w := range n.children(m.name) {
			c.number(d, w, m.kind)
		}
	}
}

// shipment refers to an object by its address.
func shipment(d *standard.Draft, n node) {
	d.Refer(trade.Shipment, identifierOf(n.address()), hostOf(n.address()))
}

// waybillDates are the dates of a waybill, the most telling first.
var waybillDates = []string{"carrierDeclarationDate", "issueDate", "consignorDeclarationDate", "creationDate"}

// waybill makes the event of an air waybill: it is issued when the carrier has signed it.
func (c *converter) waybill(n node, v jsondoc.Value) *trade.Event {
	d := standard.Draft{KnownPlace: c.KnownPlace}
	if n.text("waybillNumber") == "" && n.text("waybillnumber") == "" {
		c.fault("missing", n.At.Member("cargo:waybillNumber"), "", "the number of the waybill")
		return nil
	}
	typ, at := trade.TitleDrafted, time.Time{}
	for _, name := range waybillDates {
		if _, _, there := n.member(name); !there {
			continue
		}
		t, ok := c.date(n, name, &d)
		if !ok {
			return nil
		}
		if at = t; name == "carrierDeclarationDate" || name == "issueDate" {
			typ = trade.TitleIssued
		}
		break
	}
	d.Data.Classifier, d.Data.Transport.Mode = trade.Actual, trade.Air
	c.number(&d, n, trade.AirWaybill)
	if len(d.Data.References) > 0 {
		d.Data.Document.Kind, d.Data.Document.Number = string(d.Data.References[0].Kind), d.Data.References[0].Value
	}
	if typ == trade.TitleIssued {
		d.Data.Document.Status = "ISSUED"
	}
	for _, house := range n.children("houseWaybills") {
		c.number(&d, house, trade.HouseAirWaybill)
	}
	c.number(&d, n.child("masterWaybill"), trade.MasterAirWaybill)
	c.consignment(&d, n)
	c.place(&d, n.child("departureLocation"))
	d.Data.Transport.From, d.Data.Transport.To = c.locode(&d, n.child("departureLocation")), c.locode(&d, n.child("arrivalLocation"))
	for _, who := range n.children("involvedParties") {
		role := roles[strings.ToUpper(roleCode(who))]
		for _, name := range []string{"partyDetails", "organization"} {
			for _, organisation := range who.children(name) {
				c.party(&d, organisation, first(role, "other"))
			}
		}
	}
	undated := at.IsZero()
	if undated {
		d.Data.Precision = "day"
	}
	e := c.finish(&d, n, v)
	if e.Type, e.Time = typ, at; undated {
		var receipt uint32
		e.Time, receipt = standard.Receipt(c.Received)
		e.ID += undatedSuffix // its revisions are not those of the waybill that has a date
		e.Revision = e.Revision<<standard.ReceiptBits | receipt
	}
	return e
}

// undatedSuffix ends the id of a waybill that has no date as yet.
const undatedSuffix = "#undated"

// number places the number of a waybill: eleven digits, the airline's three before the eight.
// One that does not say of which type it is has the kind that its place tells.
func (c *converter) number(d *standard.Draft, n node, place trade.Kind) {
	if n.Object == nil {
		return
	}
	number := first(n.text("waybillNumber"), n.text("waybillnumber"))
	if number == "" {
		return
	}
	kind, known := waybillKinds[strings.ToUpper(n.code("waybillType"))]
	if !known {
		kind = place
	}
	prefix := n.text("waybillPrefix")
	if prefix != "" && !strings.HasPrefix(number, prefix+"-") {
		number = prefix + number
	}
	if d.Refer(kind, number, "") && prefix == "" {
		n.take("waybillNumber")
	}
}

// consignment places the shipment of a waybill, and its goods.
func (c *converter) consignment(d *standard.Draft, n node) {
	for _, s := range n.children("shipment") {
		shipment(d, s)
		c.goods(d, s)
	}
}

// goods places what a shipment says of its goods.
func (c *converter) goods(d *standard.Draft, n node) {
	g := trade.Goods{Description: n.text("goodsDescription"), GrossKG: kilograms(n.child("totalGrossWeight"))}
	for _, piece := range n.children("pieces") {
		for _, product := range piece.children("contentProducts") {
			if g.HS == "" {
				g.HS = d.Harmonised(product.code("hsCode"))
			}
		}
	}
	if g != (trade.Goods{}) && len(d.Data.Goods) < 100 {
		d.Data.Goods = append(d.Data.Goods, g)
	}
}

// kilograms reads a weight. ONE Record names units by UN/ECE Recommendation 20; without one it is kilograms.
func kilograms(n node) trade.Decimal {
	weight := trade.Decimal(first(n.text("numericalValue"), n.text("value")))
	if _, err := weight.Scaled(); err != nil || weight == "" {
		return ""
	}
	switch unit := strings.ToUpper(n.code("unit")); unit {
	case "KGM", "KG", "K", "":
		return weight
	}
	return "" // stays in the detail, in its own unit
}

// movement places the flight or truck.
func (c *converter) movement(d *standard.Draft, n node) {
	if mode, ok := modes[n.code("modeCode")]; ok {
		d.Data.Transport.Mode = mode
	}
	d.Data.Transport.Conveyance = first(n.text("transportIdentifier"), identifierOf(n.address()))
	d.Data.Transport.From, d.Data.Transport.To = c.locode(d, n.child("departureLocation")), c.locode(d, n.child("arrivalLocation"))
}

// unit places a unit load device.
func (c *converter) unit(d *standard.Draft, n node) {
	serial := first(n.text("uldSerialNumber"), n.text("serialNumber"))
	if serial != "" {
		d.Equip(trade.ULD, n.code("uldTypeCode")+serial+n.text("ownerCode"))
	}
}

// place places where it happened: the UN/LOCODE, or the airport's code as the facility.
func (c *converter) place(d *standard.Draft, n node) {
	if n.Object == nil {
		return
	}
	d.Data.Place.UNLOCODE = c.locode(d, n)
	for _, code := range codesOf(n) {
		if len(code) == 3 {
			d.Data.Place.Facility = code
		}
	}
	d.Data.Place.Name = first(n.text("locationName"), n.text("name"))
}

// locode gives the UN/LOCODE among the codes of a location.
func (c *converter) locode(d *standard.Draft, n node) string {
	for _, code := range codesOf(n) {
		if len(code) == 5 {
			return d.Locode(code)
		}
	}
	return ""
}

// codesOf gives the codes of a location, in capitals: of the list of codes, of one code, or the location named by
// its code alone.
func codesOf(n node) []string {
	if n.Object == nil {
		return nil
	}
	var codes []string
	for _, name := range []string{"locationCodes", "locationCode", "code"} {
		for _, element := range n.children(name) {
			codes = append(codes, element.text("code"), lastPart(element.address()))
		}
		codes = append(codes, lastPart(n.text(name)))
	}
	if id := n.address(); id != "" && !strings.Contains(id, "/") {
		codes = append(codes, id)
	}
	for i := range codes {
		codes[i] = strings.ToUpper(codes[i])
	}
	return codes
}

// party places an organisation, which is often only named by its address.
func (c *converter) party(d *standard.Draft, n node, role string) {
	if n.Object == nil {
		return
	}
	p := trade.Party{Role: role, Name: n.text("name")}
	if id := n.address(); id != "" && len(id) <= 200 {
		p.ID = trade.PartyID{Kind: "other", Value: id}
	}
	d.Involve(p)
}

// finish makes the event that a draft became. Its id is the object's address, else the hash of what it says.
func (c *converter) finish(d *standard.Draft, n node, v jsondoc.Value) *trade.Event {
	id := n.address()
	if id == "" || len(id) > 400 || strings.ContainsFunc(id, control) {
		id = addressless(v)
	}
	d.Data.Document.Digest = c.digest
	e := &trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: c.Source(), Subject: d.Subject(), Data: &d.Data, Flags: d.Flags,
		Revision: revision(n),
	}
	d.Data.Detail = detail(d, n)
	return e
}

// addressless is the id of what has no address: the hash of what it says.
func addressless(parts ...jsondoc.Value) string {
	var text []byte
	for _, v := range parts {
		text = v.AppendSorted(text)
	}
	sum := sha256.Sum256(text)
	return "sha256-" + hex.EncodeToString(sum[:])
}

// revision is the object's own, counted from one, less one; no higher than leaves room for that of a receipt.
func revision(n node) uint32 {
	for name, v := range n.Names {
		if n.context.meaning(name) != apiNamespace+"hasRevision" {
			continue
		}
		var r uint32
		if json.Unmarshal([]byte(scalar(v)), &r) == nil && r > 0 {
			return min(r-1, 1<<(32-standard.ReceiptBits)-1)
		}
	}
	return 0
}

func control(c rune) bool { return c < 0x20 || c == 0x7f }

// detail writes the object with all its members but those that were placed, and as the member "conversion" the
// standard and the flags. ONE Record names none of its members so.
func detail(d *standard.Draft, n node) json.RawMessage {
	text := n.Rest([]byte{'{'})
	text = append(jsondoc.AppendName(text, "conversion"), '{')
	text = jsondoc.AppendList(text, "flags", d.RemarkedFlags())
	text = jsondoc.AppendString(jsondoc.AppendName(text, "standard"), Version)
	return append(text, "}}"...)
}

// date reads a time, which ONE Record writes with or without an offset (xsd:dateTime), or a day. Without an offset it
// is UTC.
func (c *converter) date(n node, local string, d *standard.Draft) (time.Time, bool) {
	const want = "an RFC 3339 date-time, such as 2026-09-11T08:15:00Z"
	name, v, ok := n.member(local)
	if !ok {
		c.fault("missing", n.At.Member("cargo:"+local), "", want)
		return time.Time{}, false
	}
	text := scalar(v)
	t, ok := standard.Instant(text)
	if !ok {
		var err error
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", text); err == nil {
			ok = true
		} else if t, err = time.Parse(time.DateOnly, text); err == nil {
			d.Data.Precision, ok = "day", true
		}
	}
	if !ok {
		c.fault("time_malformed", n.At.Member(name), trade.Quote(first(text, string(v))), want)
		return time.Time{}, false
	}
	if t.Year() < trade.FirstYear || t.Year() > trade.LastYear {
		c.fault("time_implausible", n.At.Member(name), trade.Quote(text), "a year from 1980 to 2079")
		return time.Time{}, false
	}
	return t, true
}

// identifierOf is the last part of an object's address, by which its server knows it.
func identifierOf(address string) string {
	address = strings.TrimSpace(address)
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	return lastPart(strings.TrimRight(address, "/"))
}

func lastPart(s string) string { return s[strings.LastIndexAny(s, "/#:")+1:] }

// hostOf is who gave the number: the server of the address.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// roleCode gives the code of a party's role, without the name of the list that some write before it.
func roleCode(party node) string {
	code := strings.ReplaceAll(first(party.code("partyRole"), party.code("role")), " ", "")
	return code[strings.LastIndexByte(code, '_')+1:]
}
