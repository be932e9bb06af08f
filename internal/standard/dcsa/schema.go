package dcsa

// form is what a member has to be.
type form uint8

const (
	text    form = iota
	code         // a string out of a list that may grow: what is not on it is flagged
	number       // a number that somebody gave, flagged when it is longer than the standard allows
	uuid         // a string that is a UUID
	instant      // a string that is a date-time of RFC 3339
	moment       // an instant whose seconds may be left out, as the standard's own examples do
	date         // a string that is a day
	integer      // a whole number
	decimal      // any number
	boolean
	object // with members of its own
	list   // an array of objects
	values // an array of anything else
)

// rule is what the standard says of one member. Of its value it says more than form: what breaks most, least,
// sign, codes and pattern is flagged, not refused.
type rule struct {
	name     string
	form     form
	required bool
	most     int               // characters of a number, or elements of an array; 0: any
	least    int               // elements of an array; fewer break the structure
	sign     sign              // of a decimal
	codes    []string          // those on the list
	pattern  func(string) bool // of a number; an empty one that is required is missing
	of       *schema           // of an object, and of a list's elements
	each     *rule             // of values
}

// sign is what a decimal may be.
type sign uint8

const (
	signed sign = iota
	unsigned
	positive
)

// choice is members of which at least one must be there and, if only, no more than one should.
type choice struct {
	names []string
	only  bool
}

type schema struct {
	rules   []rule
	choices []choice
	index   map[string]*rule
}

func structure(rules ...rule) *schema {
	s := &schema{rules: rules, index: make(map[string]*rule, len(rules))}
	for i := range s.rules {
		s.index[s.rules[i].name] = &s.rules[i]
	}
	return s
}

// with is the structure and more rules.
func (s *schema) with(rules ...rule) *schema {
	return structure(append(append([]rule(nil), s.rules...), rules...)...)
}

// The structure of Track & Trace 2.2, as its OpenAPI definition has it. That of the other messages is in the
// folder definition.

// Code lists. Beside those of 2.2 they have what DCSA's reference lists, which 2.2 points to, took up later.
var (
	classifierCodes = []string{"ACT", "PLN", "EST"}
	shipmentCodes   = []string{
		"RECE", "DRFT", "PENA", "PENU", "REJE", "APPR", "ISSU", "SURR", "SUBM", "VOID", "CONF", "REQS", "CMPL",
		"HOLD", "RELS", "PENC", "CANC", "COMP",
	}
	transportCodes = []string{"ARRI", "DEPA"}
	equipmentCodes = []string{
		"LOAD", "DISC", "GTIN", "GTOT", "STUF", "STRP", "PICK", "DROP", "INSP", "RSEA", "RMVD", "HOLD",
	}
	documentCodes  = []string{"CBR", "BKG", "SHI", "SRM", "TRD", "ARN", "VGM", "CAS", "CUS", "DGD", "OOG"}
	referenceCodes = []string{
		"FF", "SI", "PO", "CR", "AAO", "EQ", "SPO", "CPO", "INV", "BPR", "BID", "ECR", "CSI",
	}
	modeCodes     = []string{"VESSEL", "RAIL", "TRUCK", "BARGE"}
	facilityCodes = []string{"BOCR", "CLOC", "COFS", "COYA", "OFFD", "DEPO", "INTE", "POTE", "RAMP", "PBPL", "BRTH"}
)

var (
	addressSchema = structure(
		rule{name: "name"}, rule{name: "street"}, rule{name: "streetNumber"}, rule{name: "floor"},
		rule{name: "postCode"}, rule{name: "city"}, rule{name: "stateRegion"}, rule{name: "country"},
	)
	locationSchema = structure(
		rule{name: "locationName"}, rule{name: "latitude"}, rule{name: "longitude"},
		rule{name: "UNLocationCode"},
		rule{name: "facilityCode", form: number, most: 6},
		rule{name: "facilityCodeListProvider", form: code, codes: []string{"BIC", "SMDG"}},
		rule{name: "address", form: object, of: addressSchema},
	)
	vesselSchema = structure(
		rule{name: "vesselIMONumber", required: true},
		rule{name: "vesselName"},
		rule{name: "vesselFlag", form: number, most: 2},
		rule{name: "vesselCallSignNumber", form: number, most: 10},
		rule{name: "vesselOperatorCarrierCode", form: number, most: 10},
		rule{name: "vesselOperatorCarrierCodeListProvider", form: code, codes: []string{"SMDG", "NMFTA"}},
	)
	transportCallSchema = structure(
		rule{name: "transportCallID", form: number, most: 100, required: true},
		rule{name: "carrierServiceCode", form: number, most: 5},
		rule{name: "carrierVoyageNumber", form: number, most: 50},
		rule{name: "exportVoyageNumber", form: number, most: 50},
		rule{name: "importVoyageNumber", form: number, most: 50},
		rule{name: "transportCallSequenceNumber", form: integer},
		rule{name: "UNLocationCode"},
		rule{name: "facilityCode", form: number, most: 6},
		rule{name: "facilityCodeListProvider", form: code, codes: []string{"BIC", "SMDG"}},
		rule{name: "facilityTypeCode", form: code, codes: facilityCodes},
		rule{name: "otherFacility"},
		rule{name: "modeOfTransport", form: code, codes: modeCodes, required: true},
		rule{name: "location", form: object, of: locationSchema},
		rule{name: "vessel", form: object, of: vesselSchema},
	)
	documentReferenceSchema = structure(
		rule{name: "documentReferenceType", form: code, codes: documentCodes},
		rule{name: "documentReferenceValue"},
	)
	referenceSchema = structure(
		rule{name: "referenceType", form: code, codes: referenceCodes, required: true},
		rule{name: "referenceValue", form: number, most: 100, required: true},
	)
	sealSchema = structure(
		rule{name: "sealNumber", form: number, most: 15, required: true},
		rule{name: "sealSource", form: code, codes: []string{"CAR", "SHI", "PHY", "VET", "CUS"}},
		rule{name: "sealType", form: code, codes: []string{"KLP", "BLT", "WIR"}, required: true},
	)

	// baseSchema is what the three kinds of events share. Documents beside a SHIPMENT event are not in 2.2's
	// definition, but they are sent.
	baseSchema = structure(
		rule{name: "eventID", form: uuid},
		rule{name: "eventCreatedDateTime", form: instant, required: true},
		rule{name: "eventType", required: true},
		rule{name: "eventClassifierCode", form: code, codes: classifierCodes, required: true},
		rule{name: "eventDateTime", form: instant, required: true},
		rule{name: "eventTypeCode"},
		rule{name: "references", form: list, of: referenceSchema},
		rule{name: "documentReferences", form: list, of: documentReferenceSchema},
	)
	shipmentSchema = baseSchema.with(
		rule{name: "shipmentEventTypeCode", form: code, codes: shipmentCodes, required: true},
		rule{name: "documentID", required: true},
		rule{name: "documentTypeCode", form: code, codes: documentCodes, required: true},
		rule{name: "shipmentInformationTypeCode", form: code, codes: []string{"BOK", "BKG", "SHI", "VGM", "SRM", "TRD", "ARN"}},
		rule{name: "reason"},
		rule{name: "shipmentID"},
	)
	transportSchema = baseSchema.with(
		rule{name: "transportEventTypeCode", form: code, codes: transportCodes, required: true},
		rule{name: "delayReasonCode", form: number, most: 3},
		rule{name: "vesselScheduleChangeRemark"}, rule{name: "changeRemark"},
		rule{name: "transportCallID", form: number, most: 100},
		rule{name: "transportCall", form: object, of: transportCallSchema, required: true},
	)
	equipmentSchema = baseSchema.with(
		rule{name: "equipmentEventTypeCode", form: code, codes: equipmentCodes, required: true},
		rule{name: "equipmentReference"},
		rule{name: "ISOEquipmentCode", form: number, most: 4},
		rule{name: "emptyIndicatorCode", form: code, codes: []string{"EMPTY", "LADEN"}, required: true},
		rule{name: "eventLocation", form: object, of: locationSchema},
		rule{name: "transportCallID", form: number, most: 100},
		rule{name: "transportCall", form: object, of: transportCallSchema},
		rule{name: "seals", form: list, of: sealSchema},
	)
)

// eventKind tells the three kinds of events.
type eventKind uint8

const (
	unknownEvent eventKind = iota
	shipmentEvent
	transportEvent
	equipmentEvent
)

var eventSchemas = [...]*schema{baseSchema, shipmentSchema, transportSchema, equipmentSchema}

func kindOf(eventType string) eventKind {
	switch eventType {
	case "SHIPMENT":
		return shipmentEvent
	case "TRANSPORT":
		return transportEvent
	case "EQUIPMENT":
		return equipmentEvent
	}
	return unknownEvent
}
