package dcsa

import (
	"slices"
	"strconv"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// versionEBL is what data.detail.conversion.standard says of an event converted from a message of the eBL standard.
const versionEBL = "DCSA eBL 3.0"

// titleTypes is what a transport document is by its status. The notification spells some of them otherwise than
// the document does.
var titleTypes = map[string]trade.Type{
	"DRAFT":                           trade.TitleDrafted,
	"APPROVED":                        trade.TitleDrafted,
	"ISSUED":                          trade.TitleIssued,
	"PENDING_SURRENDER_FOR_AMENDMENT": trade.TitleSurrendered,
	"PENDING_SURRENDER_FOR_DELIVERY":  trade.TitleSurrendered,
	"SURRENDERED_FOR_AMENDMENT":       trade.TitleSurrenderAnswered,
	"SURRENDERED_FOR_DELIVERY":        trade.TitleSurrenderAnswered,
	"SURRENDER_FOR_AMENDMENT":         trade.TitleSurrenderAnswered,
	"SURRENDER_FOR_DELIVERY":          trade.TitleSurrenderAnswered,
	"VOIDED":                          trade.TitleVoided,
	"VOID":                            trade.TitleVoided,
}

// amendmentTypes is what the amendment of an issued transport document is by its status.
var amendmentTypes = map[string]trade.Type{
	"AMENDMENT_RECEIVED":  trade.DocumentPresented,
	"AMENDMENT_CONFIRMED": trade.TitleAmended,
	"AMENDMENT_CANCELLED": trade.DocumentRefused,
	"AMENDMENT_DECLINED":  trade.DocumentRefused,
}

// instructionTypes is what shipping instructions are by their status, or by that of their update.
var instructionTypes = map[string]trade.Type{
	"":                 trade.TitleDrafted, // they are being sent
	"RECEIVED":         trade.TitleDrafted,
	"PENDING_UPDATE":   trade.TitleDrafted,
	"COMPLETED":        trade.DocumentRecognised,
	"CANCELLED":        trade.DocumentRefused,
	"DECLINED":         trade.DocumentRefused,
	"UPDATE_RECEIVED":  trade.TitleDrafted,
	"UPDATE_CONFIRMED": trade.TitleDrafted,
	"UPDATE_CANCELLED": trade.DocumentRefused,
	"UPDATE_DECLINED":  trade.DocumentRefused,
}

// known gives the type for a status, and for one that is on no list that the document was presented, no more.
func known(types map[string]trade.Type, status string) trade.Type {
	if t, ok := types[status]; ok {
		return t
	}
	return trade.DocumentPresented
}

// bill is a transport document within a message.
type bill struct {
	o *jsondoc.Object // nil when the message only names it
	v jsondoc.Value
}

func (a *assembly) bill(o *jsondoc.Object, name string) bill {
	v, _ := o.Value(name)
	return bill{o.Object(name), v}
}

// issuerOf is the carrier that numbers the bill.
func issuerOf(o *jsondoc.Object) string { return o.Text("carrierCode") }

// transportDocument is a transport document by itself: what GET answers, or an amendment of it.
func transportDocument(a *assembly) {
	a.id = contentID(a.text)
	status := a.root.Text("transportDocumentStatus")
	d := a.draft()
	b := bill{a.root, a.text}
	a.describe(d, b, status)
	at, remarks := a.stood(b.o, known(titleTypes, status))
	a.tell(fact{what: known(titleTypes, status), when: at, draft: d, rest: a.root, remarks: remarks})
	a.plan(b, status)
}

// amendedDocument is the amendment of a transport document with its status.
func amendedDocument(a *assembly) {
	a.id = contentID(a.text)
	status := a.root.Text("amendedTransportDocumentStatus")
	d := a.draft()
	a.describe(d, a.bill(a.root, "amendedTransportDocument"), status)
	a.root.Take("amendedTransportDocumentStatus")
	a.tell(fact{what: known(amendmentTypes, status), when: a.received(), draft: d, rest: a.root, remarks: receipt})
}

// receipt says that the time is that of the receipt.
var receipt = []remark{{"time", "received"}}

// stood is the day from which the document is what it says, where it says so.
func (a *assembly) stood(o *jsondoc.Object, what trade.Type) (when, []remark) {
	if what == trade.TitleIssued {
		for _, name := range [...]string{"issueDate", "shippedOnBoardDate", "receivedForShipmentDate"} {
			if at, ok := day(o, name); ok {
				return at, nil
			}
		}
	}
	return a.received(), receipt
}

// documentNotification tells of the status of a transport document, with the document or without it.
func documentNotification(a *assembly) {
	data := a.notification()
	status, amended := data.Text("transportDocumentStatus"), data.Text("amendedTransportDocumentStatus")
	what, shown := known(titleTypes, status), a.bill(data, "transportDocument")
	if amended != "" && what == trade.TitleIssued {
		what = known(amendmentTypes, amended)
		if later := a.bill(data, "amendedTransportDocument"); later.o != nil {
			shown = later
		}
		status = amended
	}
	d := a.draft()
	if shown.o != nil {
		a.describe(d, shown, status)
	}
	issuer, number := issuerOf(shown.o), data.Text("transportDocumentReference")
	a.name(d, data, issuer)
	d.Data.Document.Kind, d.Data.Document.Number, d.Data.Document.Status = documentKindOf(shown.o), number, status
	a.tell(fact{what: what, when: when{at: a.recorded}, draft: d, rest: a.root})
	a.plan(shown, status)
}

// name places the numbers that a message gives a transport document.
func (a *assembly) name(d *standard.Draft, o *jsondoc.Object, issuer string) {
	a.refer(d, trade.BL, o, "transportDocumentReference", issuer)
	a.refer(d, trade.Shipment, o, "shippingInstructionsReference", "")
}

// refer places a member that is a number, and takes it when its text now stands there, whatever the issuer became.
func (a *assembly) refer(d *standard.Draft, kind trade.Kind, o *jsondoc.Object, member, issuer string) {
	written := o.Text(member)
	d.Refer(kind, written, issuer)
	if slices.ContainsFunc(d.Data.References, func(r trade.Reference) bool { return r.Kind == kind && r.Value == written }) {
		o.Take(member)
	}
}

// notification reads the envelope of a notification (CloudEvents 1.0) and gives its data.
func (a *assembly) notification() *jsondoc.Object {
	a.id = a.root.Text("id")
	a.recorded = moments(a.root, "time")
	if len(a.id) > maxID {
		a.id = contentID(a.text)
	} else {
		a.root.Take("id")
	}
	a.root.Take("specversion", "datacontenttype")
	return a.root.Object("data")
}

// maxID leaves room for what the ids of further events add.
const maxID = 400

// describe places what a transport document says.
func (a *assembly) describe(d *standard.Draft, b bill, status string) {
	issuer := issuerOf(b.o)
	d.Data.Document = trade.Document{
		Kind: documentKindOf(b.o), Number: b.o.Text("transportDocumentReference"), Digest: digestOf(b.v), Status: status,
	}
	if status == b.o.Text("transportDocumentStatus") {
		b.o.Take("transportDocumentStatus")
	}
	all := b.o.Object("documentParties")
	d.Data.Document.Beneficiary = beneficiary(d, b.o, all)
	a.name(d, b.o, issuer)
	for _, item := range b.o.Objects("consignmentItems") {
		d.Refer(trade.Booking, item.Text("carrierBookingReference"), issuer)
	}
	purchaseOrders(d, all)
	consignmentItems(d, b.o.Objects("consignmentItems"))
	licences(d, b.o)
	customsReferences(d, b.o)
	loaded(d, b.o.Objects("utilizedTransportEquipments"))
	parties(d, all)
	d.Data.Transport = voyage(d, b.o)
	d.Data.Place = issuePlace(d, b.o.Object("placeOfIssue"))
}

// documentKindOf says whether it is a bill, which gives title, or a waybill, which gives none. Either has a number
// of the kind bl.
func documentKindOf(o *jsondoc.Object) string {
	if o.Text("transportDocumentTypeCode") == "SWB" {
		return "sea_waybill"
	}
	return string(trade.BL)
}

// beneficiary is whom a bill entitles: the endorsee of one to order, the consignee of a straight one.
func beneficiary(d *standard.Draft, o, all *jsondoc.Object) trade.PartyID {
	if to, _ := o.Value("isToOrder"); to == "true" {
		return identity(d, all.Object("endorsee"))
	}
	return identity(d, all.Object("consignee"))
}

func purchaseOrders(d *standard.Draft, all *jsondoc.Object) {
	for _, name := range [...]string{"shipper", "consignee"} {
		for _, order := range texts(all.Object(name), "purchaseOrderReferences") {
			d.Refer(trade.PurchaseOrder, order, "")
		}
	}
}

// voyage is the main carriage of a bill. The ports stand in transport alone; other places stay in the detail.
func voyage(d *standard.Draft, o *jsondoc.Object) trade.Transport {
	t := trade.Transport{Mode: trade.Sea, Carrier: issuerOf(o)}
	route := o.Object("transports")
	t.From = port(d, route.Object("portOfLoading"))
	t.To = port(d, route.Object("portOfDischarge"))
	if voyages := route.Objects("vesselVoyages"); len(voyages) > 0 {
		t.Name, t.Voyage = voyages[0].Text("vesselName"), voyages[0].Text("carrierExportVoyageNumber")
		if len(voyages) == 1 {
			voyages[0].Take("vesselName", "carrierExportVoyageNumber")
		}
	}
	return t
}

func port(d *standard.Draft, o *jsondoc.Object) string {
	code := d.Locode(o.Text("UNLocationCode"))
	if code != "" && code == o.Text("UNLocationCode") {
		o.Take("UNLocationCode")
	}
	return code
}

func issuePlace(d *standard.Draft, o *jsondoc.Object) trade.Place {
	p := trade.Place{UNLOCODE: port(d, o), Name: o.Text("locationName")}
	if p.Name != "" {
		o.Take("locationName")
	}
	return p
}

// plan tells when the vessel is to leave and to arrive, while the bill is being made or has just been issued.
func (a *assembly) plan(b bill, status string) {
	if b.o == nil || !slices.Contains([]string{"DRAFT", "APPROVED", "ISSUED", "AMENDMENT_CONFIRMED"}, status) {
		return
	}
	route := b.o.Object("transports")
	voyages := route.Objects("vesselVoyages")
	if len(voyages) == 0 {
		return
	}
	ends := [...]struct {
		what         trade.Type
		date, suffix string
		port         *jsondoc.Object
		vessel       *jsondoc.Object
	}{
		{trade.ConveyanceDeparted, "plannedDepartureDate", "/departure", route.Object("portOfLoading"), voyages[0]},
		{trade.ConveyanceArrived, "plannedArrivalDate", "/arrival", route.Object("portOfDischarge"), voyages[len(voyages)-1]},
	}
	for _, end := range ends {
		at, ok := day(route, end.date)
		if !ok || at.at.Year() < trade.FirstYear || at.at.Year() > trade.LastYear {
			continue
		}
		d := a.draft()
		d.Data.Classifier = trade.Planned
		d.Refer(trade.BL, b.o.Text("transportDocumentReference"), issuerOf(b.o))
		d.Data.Transport = voyage(d, b.o)
		d.Data.Transport.Name, d.Data.Transport.Voyage = end.vessel.Text("vesselName"), end.vessel.Text("carrierExportVoyageNumber")
		d.Data.Place = trade.Place{UNLOCODE: d.Locode(end.port.Text("UNLocationCode")), Name: end.port.Text("locationName")}
		a.tell(fact{what: end.what, suffix: end.suffix, when: at, draft: d})
	}
}

// shippingInstructions are those that a shipper sends, or that GET answers.
func shippingInstructions(a *assembly) {
	a.id = contentID(a.text)
	status := a.root.Text("shippingInstructionsStatus")
	if updated := a.root.Text("updatedShippingInstructionsStatus"); updated != "" && status != "COMPLETED" {
		status = updated
	}
	d := a.draft()
	a.instruct(d, a.root, a.text, status)
	a.tell(fact{what: known(instructionTypes, status), when: a.received(), draft: d, rest: a.root, remarks: receipt})
}

// instructionsNotification tells of the status of shipping instructions, with them or without.
func instructionsNotification(a *assembly) {
	data := a.notification()
	status, shown := data.Text("shippingInstructionsStatus"), "shippingInstructions"
	if updated := data.Text("updatedShippingInstructionsStatus"); updated != "" && status != "COMPLETED" {
		status = updated
		if data.Has("updatedShippingInstructions") {
			shown = "updatedShippingInstructions"
		}
	}
	d := a.draft()
	o := data.Object(shown)
	if o != nil {
		v, _ := data.Value(shown)
		a.instruct(d, o, v, status)
	}
	a.name(d, data, issuerOf(o))
	d.Data.Document.Kind, d.Data.Document.Status = instructionsKind, status
	if number := data.Text("shippingInstructionsReference"); number != "" {
		d.Data.Document.Number = number
	}
	a.tell(fact{what: known(instructionTypes, status), when: when{at: a.recorded}, draft: d, rest: a.root})
}

const instructionsKind = "shipping_instructions"

// instruct places what shipping instructions say. House bills make the bill that is asked for a master; several of
// them are several consignments.
func (a *assembly) instruct(d *standard.Draft, o *jsondoc.Object, v jsondoc.Value, status string) {
	d.Data.Document = trade.Document{
		Kind: instructionsKind, Number: o.Text("shippingInstructionsReference"), Digest: digestOf(v), Status: status,
	}
	if revision, ok := o.Value("shippingInstructionsRevisionNumber"); ok && d.Data.Document.Number == "" {
		d.Data.Document.Number = "revision " + string(revision)
	}
	issuer, all, houses := issuerOf(o), o.Object("documentParties"), o.Objects("houseBillOfLadings")
	kind := trade.BL
	if len(houses) > 0 {
		kind = trade.MasterBL
	}
	d.Refer(kind, o.Text("transportDocumentReference"), issuer)
	d.Refer(trade.Shipment, o.Text("shippingInstructionsReference"), "")
	for _, house := range houses {
		number := house.Text("houseBillOfLadingReference")
		if len(houses) == 1 {
			d.Refer(trade.HouseBL, number, "")
		} else {
			d.Cover(trade.HouseBL, number, "")
		}
	}
	for _, item := range o.Objects("consignmentItems") {
		d.Refer(trade.Booking, item.Text("carrierBookingReference"), issuer)
	}
	purchaseOrders(d, all)
	consignmentItems(d, o.Objects("consignmentItems"))
	licences(d, o)
	customsReferences(d, o)
	loaded(d, o.Objects("utilizedTransportEquipments"))
	parties(d, all)
	d.Data.Place = issuePlace(d, o.Object("placeOfIssue"))
	d.Data.Transport.Carrier = issuer
}

// ordinal writes the place of an event among those of its message.
func ordinal(i int) string { return strconv.Itoa(i + 1) }
