package dcsa

import (
	"slices"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{
		{Name: "dcsa-tnt", Domain: trade.DomainLogistics, Types: trackAndTraceTypes(), Convert: TrackAndTrace},
		{Name: "dcsa-booking", Domain: trade.DomainLogistics, Types: bookingTypes(), Convert: bookings.convert},
		{Name: "dcsa-ebl", Domain: trade.DomainTrade, Types: billTypes(), Convert: bills.convert},
		{Name: "dcsa-pint", Domain: trade.DomainTrade, Types: billTypes(), Convert: transfers},
	}
}

var bookings = &family{
	wanted: "a booking of DCSA Booking 2.0, a request for one, or a notification about one",
	messages: []message{
		{name: "BookingNotification", standard: versionBooking, recognise: notifies("org.dcsa.booking.", "bookingStatus"), build: bookingNotification},
		{name: "Booking", standard: versionBooking, recognise: hasSome(3, "receiptTypeAtOrigin", "deliveryTypeAtDestination", "shipmentLocations", "requestedEquipments", "isEquipmentSubstitutionAllowed"), build: booking},
	},
}

var bills = &family{
	wanted: "a message of DCSA eBL 3.0: shipping instructions, a transport document or a notification about one, an issuance " +
		"or a surrender with its answer, an endorsement chain",
	messages: []message{
		{name: "TransportDocumentNotification", standard: versionEBL, recognise: notifies("org.dcsa.transport-document.", "transportDocumentStatus"), build: documentNotification},
		{name: "ShippingInstructionsNotification", standard: versionEBL, recognise: notifies("org.dcsa.shipping-instructions.", "shippingInstructionsStatus"), build: instructionsNotification},
		{
			name: "IssuanceRequest", standard: versionEBL, file: "eBLVisualisationByCarrier",
			recognise: hasSome(2, "document", "issueTo", "issuanceManifestSignedContent"), build: issuanceRequest,
		},
		{name: "IssuanceResponse", standard: versionEBL, recognise: answersIssuance, build: issuanceResponse},
		{name: "SurrenderRequest", standard: versionEBL, recognise: asksSurrender, build: surrenderRequest},
		{name: "SurrenderAnswer", standard: versionEBL, recognise: hasSome(1, "surrenderRequestReference", "action"), build: surrenderAnswer},
		{name: "EndorsementChain", standard: versionEBL, recognise: hasSome(1, "endorsementChain"), build: endorsementChain},
		{name: "TransportDocumentAmend", standard: versionEBL, recognise: hasSome(1, "amendedTransportDocument", "amendedTransportDocumentStatus"), build: amendedDocument},
		transportDocumentMessage,
		{name: "ShippingInstructions", standard: versionEBL, recognise: hasSome(4, contents...), build: shippingInstructions},
	},
}

var transportDocumentMessage = message{
	name: "TransportDocument", standard: versionEBL, build: transportDocument,
	recognise: func(o *jsondoc.Object) bool {
		return hasSome(2, "transports", "termsAndConditions", "transportDocumentStatus", "receiptTypeAtOrigin")(o) && hasSome(4, contents...)(o)
	},
}

// contents are members of a bill and of shipping instructions alike.
var contents = []string{
	"transportDocumentTypeCode", "isShippedOnBoardType", "isElectronic", "isToOrder", "documentParties", "consignmentItems",
	"utilizedTransportEquipments", "partyContactDetails",
}

var envelopes = &family{
	wanted: "a message of DCSA PINT 3.0: an envelope, or an answer to its transfer",
	messages: []message{
		{
			name: "EblEnvelope", standard: versionPINT, build: envelope,
			recognise: hasSome(2, "transportDocument", "envelopeManifestSignedContent", "envelopeTransferChain"),
		},
		{
			name: "EnvelopeTransferStartedResponse", standard: versionPINT, build: transferStarted,
			recognise: hasSome(2, "envelopeReference", "transportDocumentChecksum", lastChecksum),
		},
		{name: "EnvelopeTransferFinishedResponse", standard: versionPINT, recognise: hasSome(1, "responseCode", lastChecksum), build: transferFinished},
		transportDocumentMessage,
	},
}

// Accept converts documents of one kind only, named as in DCSA's definitions: those that one path takes. Anything
// else is declined. There must be such a kind.
func Accept(name string) func(data []byte, o standard.Options) ([]*trade.Event, error) {
	for _, f := range []*family{bookings, bills, envelopes} {
		for _, m := range f.messages {
			if m.name == name {
				one := family{wanted: f.wanted + "; here one of the kind " + name, messages: []message{m}}
				return one.convert
			}
		}
	}
	return nil
}

// transfers converts a document of PINT. A signed answer may come by itself: a JSON string that is a JWS.
func transfers(data []byte, o standard.Options) ([]*trade.Event, error) {
	if v, fault := jsondoc.Read(data, standard.MaxDocumentBytes); fault == nil && v.Kind() == jsondoc.String {
		a := assembly{converter: &converter{}}
		if answer, ok := a.decode(v.Text(), nil, "EnvelopeTransferFinishedResponse"); ok {
			return envelopes.signed(answer, o)
		}
		if isCompactJWS(v.Text()) {
			return nil, a.log.Faults()
		}
	}
	return envelopes.convert(data, o)
}

// signed converts an answer and keeps its JWS.
func (f *family) signed(answer jws, o standard.Options) ([]*trade.Event, error) {
	text := strings.TrimSuffix(string(answer.payload), "}")
	if strings.TrimSpace(text) != "{" {
		text += ","
	}
	return f.convert(append(jsondoc.AppendString([]byte(text+`"signedContent":`), answer.compact), '}'), o)
}

// notifies recognises a notification by its type or by a member of its data.
func notifies(typePrefix, member string) func(*jsondoc.Object) bool {
	return func(o *jsondoc.Object) bool {
		if strings.HasPrefix(o.Text("type"), typePrefix) {
			return true
		}
		return o.Has("specversion") && o.Object("data").Has(member)
	}
}

// answersIssuance recognises the answer to an issuance, also one without its code.
func answersIssuance(o *jsondoc.Object) bool {
	if o.Has("issuanceResponseCode") {
		return true
	}
	for name := range o.Names {
		if !slices.Contains([]string{"transportDocumentReference", "transportDocumentSubReference", "reason", "errors"}, name) {
			return false
		}
	}
	return o.Has("transportDocumentReference")
}

// asksSurrender recognises a request to surrender, also one without its code.
func asksSurrender(o *jsondoc.Object) bool {
	return o.Has("surrenderRequestCode") || o.Has("surrenderRequestReference") && (o.Has("transportDocumentReference") || o.Has("endorsementChain"))
}

func bookingTypes() []trade.Type {
	made := []trade.Type{trade.DocumentPresented, trade.ConveyanceDeparted, trade.ConveyanceArrived}
	for _, t := range bookingStatuses {
		made = append(made, t)
	}
	return ordered(made)
}

func billTypes() []trade.Type {
	made := []trade.Type{
		trade.TitleIssued, trade.TitleSwitched, trade.TitleAmended, trade.TitleSurrendered, trade.TitleSurrenderAnswered,
		trade.DocumentPresented, trade.DocumentRefused, trade.DocumentRecognised, trade.ConveyanceDeparted, trade.ConveyanceArrived,
	}
	for _, types := range []map[string]trade.Type{titleTypes, amendmentTypes, instructionTypes, actions, transferAnswers} {
		for _, t := range types {
			made = append(made, t)
		}
	}
	return ordered(made)
}

// ordered lists the types once, in the order of all types.
func ordered(made []trade.Type) []trade.Type {
	return slices.DeleteFunc(trade.Types(), func(t trade.Type) bool { return !slices.Contains(made, t) })
}
