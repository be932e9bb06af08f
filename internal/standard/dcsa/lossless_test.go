package dcsa_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"oneorder/internal/standard/dcsa"
	"oneorder/internal/wire"
)

// full has each member that the standard knows, most of them with a value found nowhere else, and members it
// does not know.
var full = map[string]string{
	"SHIPMENT": `{"eventID":"00000000-0000-4000-8000-0000000000a1","eventCreatedDateTime":"2026-01-01T00:00:01+01:00","eventType":"SHIPMENT",
		"eventClassifierCode":"ACT","eventDateTime":"2026-01-01T00:00:02+02:00","eventTypeCode":"v01","shipmentEventTypeCode":"ISSU","documentID":"V02",
		"documentTypeCode":"TRD","shipmentInformationTypeCode":"v03","reason":"v04","shipmentID":"00000000-0000-4000-8000-0000000000a2",
		"references":[{"referenceType":"FF","referenceValue":"v05"},{"referenceType":"CPO","referenceValue":"V06"},{"referenceType":"EQ","referenceValue":"V07","x":"v08"}],
		"documentReferences":[{"documentReferenceType":"BKG","documentReferenceValue":"V09"},{"documentReferenceType":"ARN","documentReferenceValue":"v10"},{"y":"v11"}],
		"extension":{"v12":["v13",14.25,{"v15":{"v16":"v17"}}]},"other":"v18"}`,
	"TRANSPORT": `{"eventID":"00000000-0000-4000-8000-0000000000b1","eventCreatedDateTime":"2026-01-01T00:00:01+01:00","eventType":"TRANSPORT",
		"eventClassifierCode":"EST","eventDateTime":"2026-01-01T00:00:02+02:00","eventTypeCode":"w01","transportEventTypeCode":"ARRI","delayReasonCode":"w02",
		"vesselScheduleChangeRemark":"w03","changeRemark":"w04","transportCallID":"w05","transportCall":{"transportCallID":"w06","carrierServiceCode":"w07",
		"carrierVoyageNumber":"w08","exportVoyageNumber":"w09","importVoyageNumber":"w10","transportCallSequenceNumber":1234,"UNLocationCode":"XXAAA",
		"facilityCode":"w11","facilityCodeListProvider":"w12","facilityTypeCode":"w13","otherFacility":"w14","modeOfTransport":"w15",
		"location":{"locationName":"w16","latitude":"1.5","longitude":"2.5","UNLocationCode":"XXBBB","facilityCode":"w17","facilityCodeListProvider":"w18",
		"address":{"name":"w19","street":"w20","streetNumber":"w21","floor":"w22","postCode":"w23","city":"w24","stateRegion":"w25","country":"w26"}},
		"vessel":{"vesselIMONumber":"7654321","vesselName":"w27","vesselFlag":"w28","vesselCallSignNumber":"w29","vesselOperatorCarrierCode":"w30","vesselOperatorCarrierCodeListProvider":"w31","z":"w32"}},
		"documentReferences":[{"documentReferenceType":"CBR","documentReferenceValue":"W33"},{"documentReferenceType":"VGM","documentReferenceValue":"W34"}],
		"references":[{"referenceType":"w35","referenceValue":"w36"}]}`,
	"EQUIPMENT": `{"eventID":"00000000-0000-4000-8000-0000000000c1","eventCreatedDateTime":"2026-01-01T00:00:01+01:00","eventType":"EQUIPMENT",
		"eventClassifierCode":"PLN","eventDateTime":"2026-01-01T00:00:02+02:00","eventTypeCode":"u01","equipmentEventTypeCode":"GTOT","equipmentReference":"u02",
		"ISOEquipmentCode":"u03","emptyIndicatorCode":"u04","eventLocation":{"locationName":"u05","latitude":"1.5","longitude":"2.5","UNLocationCode":"XXAAA",
		"facilityCode":"u06","facilityCodeListProvider":"u07","address":{"name":"u08"}},"transportCallID":"u09","transportCall":{"transportCallID":"u10",
		"modeOfTransport":"u11","location":{"latitude":"3.5","longitude":"4.5"},"vessel":{"vesselIMONumber":"7654321"}},
		"references":[{"referenceType":"EQ","referenceValue":"u12"}],
		"seals":[{"sealNumber":"u13","sealSource":"u14","sealType":"u15"},{"sealNumber":"u16","sealType":"u17"}]}`,
}

func TestNothingOfAMessageIsLost(t *testing.T) {
	for kind, message := range full {
		events, err := dcsa.TrackAndTrace([]byte(message), options)
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %d events, %v", kind, len(events), err)
		}
		checkEvent(t, events[0])
		event := string(wire.Append(nil, events[0]))
		// What stands between quotes, and the numbers: the names of members too, unless their value moved.
		values := strings.FieldsFunc(message, func(c rune) bool { return strings.ContainsRune("\"{}[],:\n\t", c) })
		for _, value := range values {
			told := len(value) == 3 && strings.ContainsAny(value[:1], "uvwUVW") || slices.Contains([]string{
				"1234", "14.25", "1.5", "2.5", "3.5", "4.5", "XXAAA", "XXBBB", "7654321",
				"00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000a2",
				"2026-01-01T00", "01+01", "02+02",
			}, value)
			if told && !strings.Contains(event, value) {
				t.Errorf("%s: %s is not in the event:\n%s", kind, value, event)
			}
		}
	}
}

// Who gave a party's number, and in which list, stands in the event, but for GLEIF's LEI, which its kind says.
func TestWhoGaveAPartysNumberIsNotLost(t *testing.T) {
	text := string(message(t, "bill"))
	for from, to := range map[string]string{`"codeListProvider": "GLEIF"`: `"codeListProvider": "REGISTER"`, `"codeListName": "LEI"`: `"codeListName": "Lei"`} {
		events, err := format(t, "dcsa-ebl").Convert([]byte(strings.Replace(text, from, to, 1)), options)
		if err != nil || len(events) == 0 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		_, value, _ := strings.Cut(to, ": ")
		if event := string(wire.Append(nil, events[0])); !strings.Contains(event, value) {
			t.Errorf("%s is not in the event:\n%s", value, event)
		}
	}
}

func TestTheTableOfTheDocumentationIsTheOneOfTheCode(t *testing.T) {
	page, err := os.ReadFile("../../../docs/standards.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := documented(string(page))
	checked := 0
	try := func(message, row string) {
		t.Helper()
		events, err := dcsa.TrackAndTrace([]byte(message), options)
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %v", row, err)
		}
		checked++
		if got := string(events[0].Type); got != rows[row] {
			t.Errorf("%s is %s, and docs/standards.md says %q", row, got, rows[row])
		}
	}
	for _, status := range []string{
		"RECE", "DRFT", "PENA", "PENU", "REJE", "APPR", "ISSU", "SURR", "SUBM", "VOID", "CONF", "REQS", "CMPL", "HOLD", "RELS",
	} {
		for _, document := range []string{"CBR", "BKG", "SHI", "SRM", "TRD", "ARN", "VGM", "CAS", "CUS", "DGD", "OOG"} {
			try(edit(t, edit(t, shipment, `"ISSU"`, `"`+status+`"`), `"TRD"`, `"`+document+`"`), document+" "+status)
		}
	}
	for _, code := range []string{"ARRI", "DEPA"} {
		try(edit(t, transport, `"DEPA"`, `"`+code+`"`), code)
	}
	for _, code := range []string{"LOAD", "DISC", "GTIN", "GTOT", "STUF", "STRP", "PICK", "DROP", "INSP", "RSEA", "RMVD"} {
		for _, state := range []string{"LADEN", "EMPTY"} {
			for place, facility := range map[string]string{"": "", " at a customer": "CLOC", " elsewhere": "DEPO"} {
				message := edit(t, edit(t, equipment, `"LOAD"`, `"`+code+`"`), `"LADEN"`, `"`+state+`"`)
				if facility != "" {
					message = edit(t, message, `"seals"`, `"transportCall":{"transportCallID":"1","modeOfTransport":"TRUCK","facilityTypeCode":"`+facility+`"},"seals"`)
				}
				try(message, code+" "+state+place)
			}
		}
	}
	if len(rows) != checked {
		t.Errorf("docs/standards.md has %d rows, the codes make %d", len(rows), checked)
	}
}

// documented reads the tables of the section on dcsa-tnt: "TRD ISSU" → "trade.title.issued". A cell lists codes
// with commas between them; the head of a table names what it is about.
func documented(page string) map[string]string {
	rows := map[string]string{}
	_, section, _ := strings.Cut(page, "## dcsa-tnt")
	section, _, _ = strings.Cut(section, "\n## ")
	table := ""
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 2 {
			table = ""
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		switch {
		case table == "":
			table = cells[0]
		case strings.HasPrefix(cells[0], "-"):
		case table == "document":
			for _, document := range codesIn(cells[0]) {
				for _, status := range codesIn(cells[1]) {
					rows[document+" "+status] = cells[2]
				}
			}
		case table == "transport code":
			rows[cells[0]] = cells[1]
		case table == "equipment code":
			for _, code := range codesIn(cells[0]) {
				for _, state := range codesIn(cells[1]) {
					for _, place := range strings.Split(cells[2], ", ") {
						switch place {
						case "not said":
							rows[code+" "+state] = cells[3]
						default:
							rows[code+" "+state+" "+place] = cells[3]
						}
					}
				}
			}
		}
	}
	return rows
}

func codesIn(cell string) []string {
	return strings.FieldsFunc(cell, func(c rune) bool { return c < 'A' || c > 'Z' })
}
