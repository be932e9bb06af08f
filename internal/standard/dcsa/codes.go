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

	// of 3.0
	"AMF": trade.Manifest,
	"CEA": trade.Certificate,
	"CEO": trade.CertificateOfOrigin,
	"DEO": trade.DeliveryOrder,
	"FCE": trade.Certificate,
	"HCE": trade.Certificate,
	"ICE": trade.Certificate,
	"INV": trade.Invoice,
	"PCE": trade.Certificate,
	"VCE": trade.Certificate,
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

	// of 3.0
	"AMCF": "AMENDMENT_CONFIRMED", "AMCN": "AMENDMENT_CANCELLED", "AMDC": "AMENDMENT_DECLINED", "AMPR": "AMENDMENT_IN_PROGRESS",
	"AMRE": "AMENDMENT_RECEIVED", "CACF": "CANCELLATION_CONFIRMED", "CADC": "CANCELLATION_DECLINED", "CARE": "CANCELLATION_RECEIVED",
	"DECL": "DECLINED", "PENM": "PENDING_AMENDMENT", "PSAM": "PENDING_SURRENDER_FOR_AMENDMENT",
	"PSDL": "PENDING_SURRENDER_FOR_DELIVERY", "SUAM": "SURRENDERED_FOR_AMENDMENT", "SUDL": "SURRENDERED_FOR_DELIVERY",
	"UPCF": "UPDATE_CONFIRMED", "UPCN": "UPDATE_CANCELLED", "UPDC": "UPDATE_DECLINED", "UPDT": "UPDATE_IN_PROGRESS",
	"UPRE": "UPDATE_RECEIVED",
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

// issued3 is what the issue of the documents is that 3.0 added.
var issued3 = map[string]trade.Type{
	"CEA": trade.CertificateIssued, "FCE": trade.CertificateIssued, "HCE": trade.CertificateIssued, "ICE": trade.CertificateIssued,
	"PCE": trade.CertificateIssued, "VCE": trade.CertificateIssued, "CEO": trade.OriginCertified, "DEO": trade.DeliveryOrderIssued,
	"INV": trade.InvoiceIssued, "AMF": trade.ManifestFiled,
}

// shipmentType3 is what a SHIPMENT event of 3.0 becomes. Amendments, updates and cancellations that are asked for
// or refused leave the document as it was: they present or refuse a document, no more.
func shipmentType3(status, document string) trade.Type {
	if document == "CUC" {
		document = "CUS"
	}
	booking := document == "BKG" || document == "CBR"
	switch status {
	case "AMRE", "AMPR", "PENM", "CARE":
		return trade.DocumentPresented
	case "AMDC", "AMCN", "CADC", "UPDC", "UPCN":
		return trade.DocumentRefused
	case "AMCF":
		switch {
		case booking:
			return trade.BookingConfirmed
		case document == "TRD":
			return trade.TitleAmended
		}
		return trade.DocumentRecognised
	case "UPCF":
		status = "CONF"
		if booking {
			status = "RECE" // the request was updated, not yet confirmed
		}
	case "UPRE", "UPDT":
		status = "RECE"
	case "CACF":
		status = "VOID"
	case "DECL":
		status = "REJE"
	case "PSAM", "PSDL":
		status = "SURR"
	case "SUAM", "SUDL":
		if document == "TRD" {
			return trade.TitleSurrenderAnswered
		}
		status = "SURR"
	case "ISSU":
		if t, ok := issued3[document]; ok {
			return t
		}
	case "APPR", "CONF":
		if document == "AMF" {
			return trade.ManifestAccepted
		}
	}
	return shipmentType(status, document)
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
	for _, t := range []trade.Type{
		trade.TitleAmended, trade.TitleSurrenderAnswered, trade.CertificateIssued, trade.OriginCertified, trade.DeliveryOrderIssued,
		trade.InvoiceIssued, trade.ManifestFiled, trade.ManifestAccepted, trade.BorderCrossed, trade.InspectionOrdered,
		trade.GoodsReleased, trade.TemperatureRead,
	} {
		made[t] = true
	}
	return slices.DeleteFunc(trade.Types(), func(t trade.Type) bool { return !made[t] })
}
