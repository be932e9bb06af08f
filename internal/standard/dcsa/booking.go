package dcsa

import (
	"oneorder/internal/identifier"
	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// versionBooking is what data.detail.conversion.standard says of an event converted from a message about a booking.
const versionBooking = "DCSA Booking 2.0"

// bookingStatuses is what a booking is by its status. One without is being requested. An amendment of a confirmed
// booking leaves it confirmed, until it is cancelled.
var bookingStatuses = map[string]trade.Type{
	"":                       trade.BookingRequested,
	"RECEIVED":               trade.BookingRequested,
	"PENDING_UPDATE":         trade.BookingRequested,
	"UPDATE_RECEIVED":        trade.BookingRequested,
	"CONFIRMED":              trade.BookingConfirmed,
	"PENDING_AMENDMENT":      trade.BookingConfirmed,
	"REJECTED":               trade.BookingDeclined,
	"DECLINED":               trade.BookingDeclined,
	"CANCELLED":              trade.BookingCancelled,
	"CANCELLATION_CONFIRMED": trade.BookingCancelled,
	"COMPLETED":              trade.DocumentRecognised,
}

// bookingStatus gives the status that rules.
func bookingStatus(o *jsondoc.Object) string {
	if o.Text("bookingCancellationStatus") == "CANCELLATION_CONFIRMED" {
		return "CANCELLATION_CONFIRMED"
	}
	return o.Text("bookingStatus")
}

// booking is a booking by itself: a request, or what GET answers.
func booking(a *assembly) {
	a.id = contentID(a.text)
	status := bookingStatus(a.root)
	d := a.draft()
	a.book(d, a.root, a.text)
	a.number(d, a.root, issuerOf(a.root))
	d.Data.Document.Status = status
	a.root.Take("bookingStatus")
	a.tell(fact{what: known(bookingStatuses, status), when: a.received(), draft: d, rest: a.root, remarks: receipt})
	a.legs(a.root, a.root)
}

// bookingNotification tells of the status of a booking, with the booking or without it.
func bookingNotification(a *assembly) {
	data := a.notification()
	status, shown := bookingStatus(data), "booking"
	if data.Text("amendedBookingStatus") == "AMENDMENT_CONFIRMED" && data.Has("amendedBooking") {
		shown = "amendedBooking"
	}
	d := a.draft()
	o := data.Object(shown)
	if o != nil {
		v, _ := data.Value(shown)
		a.book(d, o, v)
	}
	a.number(d, data, issuerOf(o))
	d.Data.Document.Status = status
	a.tell(fact{what: known(bookingStatuses, status), when: when{at: a.recorded}, draft: d, rest: a.root})
	a.legs(o, data)
}

// number places the booking's numbers. The carrier's own takes the place of the one that the request had.
func (a *assembly) number(d *standard.Draft, o *jsondoc.Object, issuer string) {
	request, confirmed := o.Text("carrierBookingRequestReference"), o.Text("carrierBookingReference")
	d.Data.Document.Kind = string(trade.Booking)
	if confirmed == "" {
		a.refer(d, trade.Booking, o, "carrierBookingRequestReference", issuer)
		d.Data.Document.Number = request
		return
	}
	d.Data.Document.Number = confirmed
	a.refer(d, trade.Booking, o, "carrierBookingReference", issuer)
	if request != confirmed {
		d.Replace(trade.Booking, request, issuer)
	}
}

// book places what a booking says.
func (a *assembly) book(d *standard.Draft, o *jsondoc.Object, v jsondoc.Value) {
	issuer, all := issuerOf(o), o.Object("documentParties")
	d.Data.Document.Digest = digestOf(v)
	documents := append(texts(o, "transportDocumentReferences"), o.Text("transportDocumentReference"))
	bills := standard.Draft{}
	for _, number := range documents {
		bills.Refer(trade.BL, number, issuer)
	}
	for _, number := range documents {
		if len(bills.Data.References) > 1 { // each is a consignment
			d.Cover(trade.BL, number, issuer)
		} else {
			d.Refer(trade.BL, number, issuer)
		}
	}
	d.Refer(trade.Declaration, o.Text("exportDeclarationReference"), "")
	for _, reference := range o.Objects("references") {
		refer(d, reference.Text("type"), reference.Text("value"))
	}
	purchaseOrders(d, all)
	customsReferences(d, o)
	requested(d, o.Objects("requestedEquipments"))
	parties(d, all)
	if terms := o.Text("incoTerms"); terms != "" {
		d.Data.Terms.Incoterm = terms
		o.Take("incoTerms")
	}
	d.Data.Transport = carriage(d, o)
}

// requested places the equipment and the goods that a booking asks for.
func requested(d *standard.Draft, all []*jsondoc.Object) {
	for _, r := range all {
		customsReferences(d, r)
		for _, number := range texts(r, "equipmentReferences") {
			if q := d.Equip(trade.Container, number); q != nil && q.ISOType == "" {
				q.ISOType = r.Text("ISOEquipmentCode")
			}
		}
		for _, reference := range r.Objects("references") {
			refer(d, reference.Text("type"), reference.Text("value"))
		}
		for _, commodity := range r.Objects("commodities") {
			g := trade.Goods{
				HS: harmonised(d, commodity), Description: commodity.Text("commodityType"),
				GrossKG: kilograms(commodity.Object("cargoGrossWeight")), NetKG: kilograms(commodity.Object("cargoNetWeight")),
			}
			packages(&g, commodity.Object("outerPackaging"))
			commodity.Take("commodityType")
			d.Data.Goods = append(d.Data.Goods, g)
			licences(d, commodity)
			customsReferences(d, commodity)
			for _, reference := range commodity.Objects("references") {
				refer(d, reference.Text("type"), reference.Text("value"))
			}
		}
	}
}

// carriage is the main carriage that a booking asks for, from the port of loading to that of discharge.
func carriage(d *standard.Draft, o *jsondoc.Object) trade.Transport {
	t := trade.Transport{
		Mode: trade.Sea, Carrier: issuerOf(o), Name: o.Object("vessel").Text("name"), Voyage: o.Text("carrierExportVoyageNumber"),
		Conveyance: vesselNumber(d, o.Object("vessel")),
	}
	if t.Name != "" {
		o.Object("vessel").Take("name")
	}
	if t.Voyage != "" {
		o.Take("carrierExportVoyageNumber")
	}
	for _, l := range o.Objects("shipmentLocations") {
		code := d.Locode(l.Object("location").Text("UNLocationCode"))
		switch l.Text("locationTypeCode") {
		case "POL":
			t.From = code
		case "POD":
			t.To = code
		}
	}
	return t
}

// vesselNumber places the IMO number of a vessel.
func vesselNumber(d *standard.Draft, vessel *jsondoc.Object) string {
	written := vessel.Text("vesselIMONumber")
	number := identifier.NormalContainer(written)
	switch {
	case written == "":
		return ""
	case identifier.Placeholder(number):
		d.Flags |= trade.FlagPlaceholder
		return ""
	case len(number) > maxSubject:
		d.Flags |= trade.FlagIdentifierInvalid
		return ""
	case identifier.IMO(number) != nil:
		d.Flags |= trade.FlagIdentifierInvalid
	}
	if number == written {
		vessel.Take("vesselIMONumber")
	}
	return number
}

// noDate is the day that stands for none in a transport plan.
const noDate = "1970-01-01"

// legs tells of the departure and the arrival that the carrier plans for each leg.
func (a *assembly) legs(o, numbers *jsondoc.Object) {
	for i, leg := range o.Objects("transportPlan") {
		ends := [...]struct {
			what         trade.Type
			date, suffix string
			place        *jsondoc.Object
		}{
			{trade.ConveyanceDeparted, "plannedDepartureDate", "/departure", leg.Object("loadLocation")},
			{trade.ConveyanceArrived, "plannedArrivalDate", "/arrival", leg.Object("dischargeLocation")},
		}
		for _, end := range ends {
			at, ok := day(leg, end.date)
			if !ok || leg.Text(end.date) == noDate || at.at.Year() < trade.FirstYear || at.at.Year() > trade.LastYear {
				continue
			}
			d := a.draft()
			d.Data.Classifier = trade.Planned
			a.number(d, numbers, issuerOf(o))
			d.Data.Document, d.Data.Replaces = trade.Document{}, nil
			d.Data.Transport = legTransport(d, leg, issuerOf(o), end.what == trade.ConveyanceArrived)
			d.Data.Place = legPlace(d, end.place)
			a.tell(fact{
				what: end.what, suffix: "/leg-" + ordinal(i) + end.suffix, when: at, draft: d,
				remarks: []remark{{"stage", leg.Text("transportPlanStage")}},
			})
		}
	}
}

// planModes are the modes of a leg; more than one is multimodal.
var planModes = map[string]string{
	"VESSEL": trade.Sea, "RAIL": trade.Rail, "TRUCK": trade.Road, "BARGE": trade.Barge,
	"RAIL_TRUCK": trade.Multimodal, "BARGE_TRUCK": trade.Multimodal, "BARGE_RAIL": trade.Multimodal, "MULTIMODAL": trade.Multimodal,
}

func legTransport(d *standard.Draft, leg *jsondoc.Object, carrier string, inbound bool) trade.Transport {
	t := trade.Transport{
		Mode: planModes[leg.Text("modeOfTransport")], Carrier: carrier, Name: leg.Text("vesselName"),
		Voyage: leg.Text("carrierExportVoyageNumber"),
		From:   d.Locode(leg.Object("loadLocation").Text("UNLocationCode")),
		To:     d.Locode(leg.Object("dischargeLocation").Text("UNLocationCode")),
	}
	if arriving := leg.Text("carrierImportVoyageNumber"); inbound && arriving != "" || t.Voyage == "" {
		t.Voyage = arriving
	}
	if t.Conveyance = vesselNumber(d, leg); t.Conveyance != "" && t.Mode == "" {
		t.Mode = trade.Sea
	}
	return t
}

func legPlace(d *standard.Draft, o *jsondoc.Object) trade.Place {
	p := trade.Place{UNLOCODE: d.Locode(o.Text("UNLocationCode")), Name: o.Text("locationName")}
	if code := o.Object("facility").Text("facilityCode"); code != "" {
		p.Facility = p.UNLOCODE + code
	}
	return p
}
