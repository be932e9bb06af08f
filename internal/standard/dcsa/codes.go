package dcsa

import (
	"slices"

	"oneorder/internal/trade"
)

// What the codes of Track & Trace 2.2 become. docs/standards.md explains the choices, and a test holds the
// two tables against each other.

// documentKinds says which kind of number names a document. An arrival notice, a customs inspection and an
// out-of-gauge request have no kind of ours: their number stands in data.document only, and joins nothing.
var documentKinds = map[string]trade.Kind{
	"CBR": trade.Booking,
	"BKG": trade.Booking,
	"SHI": trade.Shipment,
	"TRD": trade.BL,
	"SRM": trade.DeliveryOrder,
	"VGM": trade.Certificate,
	"CAS": trade.Certificate,
	"DGD": trade.Certificate,
}

// referenceKinds says which references of the customer name a number that joining can trust to be one thing.
// The free references (FF, SI, CR, AAO …) are anything from a shipment's number to an account's name: they
// stay in detail. EQ is a container.
var referenceKinds = map[string]trade.Kind{
	"PO":  trade.PurchaseOrder,
	"SPO": trade.PurchaseOrder,
	"CPO": trade.PurchaseOrder,
	"INV": trade.Invoice,
}

var modes = map[string]string{"VESSEL": trade.Sea, "RAIL": trade.Rail, "TRUCK": trade.Road, "BARGE": trade.Barge}

var statuses = map[string]string{
	"RECE": "RECEIVED", "DRFT": "DRAFTED", "PENA": "PENDING_APPROVAL", "PENU": "PENDING_UPDATE",
	"PENC": "PENDING_CONFIRMATION", "REJE": "REJECTED", "APPR": "APPROVED", "ISSU": "ISSUED",
	"SURR": "SURRENDERED", "SUBM": "SUBMITTED", "VOID": "VOID", "CANC": "CANCELLED", "CONF": "CONFIRMED",
	"REQS": "REQUESTED", "CMPL": "COMPLETED", "COMP": "COMPLETED", "HOLD": "ON_HOLD", "RELS": "RELEASED",
}

// progress is what a status says of any document.
type progress uint8

const (
	underway  progress = iota // drafted, sent, waiting for somebody
	accepted                  // the other side agrees
	issued                    // it stands
	completed                 // what it asked for has been done
	refused                   // the other side does not agree
	withdrawn                 // it stands no more
	given                     // surrendered to the carrier
	held                      // container or shipment must not move
	released                  // container or shipment may move
	unknown
)

func progressOf(status string) progress {
	switch status {
	case "RECE", "DRFT", "PENA", "PENU", "PENC", "SUBM", "REQS":
		return underway
	case "APPR", "CONF":
		return accepted
	case "ISSU":
		return issued
	case "CMPL", "COMP":
		return completed
	case "REJE":
		return refused
	case "VOID", "CANC":
		return withdrawn
	case "SURR":
		return given
	case "HOLD":
		return held
	case "RELS":
		return released
	}
	return unknown
}

// outcomes has a row per document type: what each progress of it is. Types of other documents, and of
// documents that we do not know, are in the row "".
var outcomes = map[string][unknown]trade.Type{
	"BKG": bookingOutcomes,
	"CBR": bookingOutcomes,
	"SHI": {
		underway: trade.TitleDrafted, accepted: trade.TitleDrafted, issued: trade.TitleDrafted, completed: trade.TitleDrafted,
		refused: trade.DocumentRefused, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.CargoHeld, released: trade.ReleaseAuthorised,
	},
	"TRD": {
		underway: trade.TitleDrafted, accepted: trade.TitleDrafted, issued: trade.TitleIssued, completed: trade.DocumentRecognised,
		refused: trade.DocumentRefused, withdrawn: trade.TitleVoided, given: trade.TitleSurrendered,
		held: trade.CargoHeld, released: trade.ReleaseAuthorised,
	},
	"SRM": {
		underway: trade.DocumentPresented, accepted: trade.DocumentRecognised, issued: trade.ReleaseAuthorised, completed: trade.DocumentRecognised,
		refused: trade.DocumentRefused, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.CargoHeld, released: trade.ReleaseAuthorised,
	},
	"ARN": {
		underway: trade.DocumentPresented, accepted: trade.DocumentRecognised, issued: trade.DocumentPresented, completed: trade.DocumentRecognised,
		refused: trade.DocumentRefused, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.CargoHeld, released: trade.ReleaseAuthorised,
	},
	"CUS": {
		underway: trade.InspectionOrdered, accepted: trade.InspectionDone, issued: trade.InspectionDone, completed: trade.InspectionDone,
		refused: trade.InspectionDone, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.GoodsDetained, released: trade.GoodsReleased,
	},
	"CAS": {
		underway: trade.DocumentPresented, accepted: trade.CargoInspected, issued: trade.CargoInspected, completed: trade.CargoInspected,
		refused: trade.DocumentRefused, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.CargoHeld, released: trade.DocumentRecognised,
	},
	"": { // VGM, DGD, OOG
		underway: trade.DocumentPresented, accepted: trade.DocumentRecognised, issued: trade.DocumentPresented, completed: trade.DocumentRecognised,
		refused: trade.DocumentRefused, withdrawn: trade.DocumentRefused, given: trade.DocumentPresented,
		held: trade.CargoHeld, released: trade.DocumentRecognised,
	},
}

var bookingOutcomes = [unknown]trade.Type{
	underway: trade.BookingRequested, accepted: trade.BookingConfirmed, issued: trade.BookingConfirmed, completed: trade.DocumentRecognised,
	refused: trade.BookingDeclined, withdrawn: trade.BookingCancelled, given: trade.DocumentPresented,
	held: trade.CargoHeld, released: trade.DocumentRecognised,
}

// shipmentType is what a SHIPMENT event becomes. A status that we do not know presents the document, no more.
func shipmentType(status, document string) trade.Type {
	row, ok := outcomes[document]
	if !ok {
		row = outcomes[""]
	}
	if p := progressOf(status); p != unknown {
		return row[p]
	}
	return trade.DocumentPresented
}

// transportType is what a TRANSPORT event becomes. Of a code that we do not know, only that it is about the
// schedule can be said.
func transportType(code string) trade.Type {
	switch code {
	case "ARRI":
		return trade.ConveyanceArrived
	case "DEPA":
		return trade.ConveyanceDeparted
	}
	return trade.ScheduleChanged
}

// equipmentType is what an EQUIPMENT event becomes. Pick-up and drop-off happen at the customer's, unless the
// facility is of another kind. Of a code that we do not know, only that the container was seen can be said.
func equipmentType(code string, empty bool, facility string, sealed bool) trade.Type {
	atCustomer := facility == "CLOC"
	atTerminal := facility != "" && !atCustomer
	switch code {
	case "LOAD":
		return trade.EquipmentLoaded
	case "DISC":
		return trade.EquipmentDischarged
	case "STUF":
		return trade.EquipmentStuffed
	case "STRP":
		return trade.EquipmentStripped
	case "GTIN":
		if empty && !atCustomer {
			return trade.EmptyReturned
		}
		return trade.EquipmentGatedIn
	case "GTOT", "PICK":
		if empty && !atCustomer {
			return trade.EmptyPickedUp
		}
		return trade.EquipmentGatedOut
	case "DROP":
		switch {
		case empty && !atCustomer:
			return trade.EmptyReturned
		case empty || atTerminal:
			return trade.EquipmentGatedIn
		}
		return trade.CargoDelivered
	case "INSP":
		return trade.CargoInspected
	case "HOLD":
		return trade.CargoHeld
	case "RSEA":
		return trade.SealChanged
	case "RMVD":
		if sealed {
			return trade.SealChanged
		}
	}
	return trade.PositionRead
}

// trackAndTraceTypes lists every type that a Track & Trace event can become.
func trackAndTraceTypes() []trade.Type {
	made := map[trade.Type]bool{}
	for _, row := range outcomes {
		for _, t := range row {
			made[t] = true
		}
	}
	for _, code := range append([]string{""}, transportCodes...) {
		made[transportType(code)] = true
	}
	for _, code := range append([]string{""}, equipmentCodes...) {
		for _, facility := range append([]string{""}, facilityCodes...) {
			for _, is := range []bool{false, true} {
				made[equipmentType(code, is, facility, is)] = true
			}
		}
	}
	return slices.DeleteFunc(trade.Types(), func(t trade.Type) bool { return !made[t] })
}
