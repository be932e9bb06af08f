package dcsa_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMessagesBecomeTheEventsOfTheirGoldenFile(t *testing.T) {
	for _, name := range []string{"journey", "odd"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			events, err := dcsa.TrackAndTrace(data, options)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for _, e := range events {
				checkEvent(t, e)
				if err := json.Indent(&got, wire.Append(nil, e), "", " "); err != nil {
					t.Fatal(err)
				}
				got.WriteString("\nflags: " + strings.Join(e.Flags.Names(), " ") + "\n\n")
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// Sound events of the three kinds, for tests that change one thing about them.
const (
	shipment = `{"eventID":"3f1c1a52-0001-4a6b-8c3d-1234567890ab","eventCreatedDateTime":"2026-09-11T08:20:11Z","eventType":"SHIPMENT",` +
		`"eventClassifierCode":"ACT","eventDateTime":"2026-09-11T08:20:11Z","shipmentEventTypeCode":"ISSU","documentID":"SITGCKSG026001","documentTypeCode":"TRD"}`
	transport = `{"eventID":"3f1c1a52-0002-4a6b-8c3d-1234567890ab","eventCreatedDateTime":"2026-09-11T08:20:11Z","eventType":"TRANSPORT",` +
		`"eventClassifierCode":"ACT","eventDateTime":"2026-09-11T08:20:11Z","transportEventTypeCode":"DEPA",` +
		`"transportCall":{"transportCallID":"1","modeOfTransport":"VESSEL","vessel":{"vesselIMONumber":"9793911"}}}`
	equipment = `{"eventID":"3f1c1a52-0003-4a6b-8c3d-1234567890ab","eventCreatedDateTime":"2026-09-11T08:20:11Z","eventType":"EQUIPMENT",` +
		`"eventClassifierCode":"ACT","eventDateTime":"2026-09-11T08:20:11Z","equipmentEventTypeCode":"LOAD","equipmentReference":"SITU9070325",` +
		`"emptyIndicatorCode":"LADEN","seals":[{"sealNumber":"1","sealType":"BLT"}],"references":[{"referenceType":"FF","referenceValue":"1"}]}`
)

// edit replaces old by new in a message, and fails when it is not there.
func edit(t *testing.T, message, old, replacement string) string {
	t.Helper()
	if strings.Count(message, old) != 1 {
		t.Fatalf("%q is not once in %s", old, message)
	}
	return strings.Replace(message, old, replacement, 1)
}

func TestBrokenStructureIsRefused(t *testing.T) {
	cases := []struct {
		fact, message, old, replacement string
		want                            []string
	}{
		{"eventID is a number", shipment, `"3f1c1a52-0001-4a6b-8c3d-1234567890ab"`, `1`, []string{"/eventID mistyped"}},
		{"eventID is null", shipment, `"3f1c1a52-0001-4a6b-8c3d-1234567890ab"`, `null`, []string{"/eventID mistyped"}},
		{"eventID is empty", shipment, `"3f1c1a52-0001-4a6b-8c3d-1234567890ab"`, `""`, []string{"/eventID uuid_malformed"}},
		{"eventID is in braces", shipment, `"3f1c1a52-0001-4a6b-8c3d-1234567890ab"`, `"{3f1c1a52-0001-4a6b-8c3d-1234567890ab}"`, []string{"/eventID uuid_malformed"}},
		{"no eventType", shipment, `"eventType":"SHIPMENT",`, ``, []string{"/eventType missing"}},
		{"an eventType of another standard", shipment, `"eventType":"SHIPMENT"`, `"eventType":"OPERATIONS"`, []string{"/eventType event_type_unknown"}},
		{"eventType is a list", shipment, `"eventType":"SHIPMENT"`, `"eventType":["SHIPMENT"]`, []string{"/eventType mistyped"}},
		{"no eventCreatedDateTime", shipment, `"eventCreatedDateTime":"2026-09-11T08:20:11Z",`, ``, []string{"/eventCreatedDateTime missing"}},
		{"no eventClassifierCode", shipment, `"eventClassifierCode":"ACT",`, ``, []string{"/eventClassifierCode missing"}},
		{"no eventDateTime", shipment, `"eventDateTime":"2026-09-11T08:20:11Z",`, ``, []string{"/eventDateTime missing"}},
		{"eventDateTime without an offset", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-09-11T08:20:11"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime with a short offset", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-09-11T08:20:11+0800"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime is a date", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-09-11"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime in a 13th month", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-13-11T08:20:11Z"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime on a 31st of September", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-09-31T08:20:11Z"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime with a comma", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"2026-09-11T08:20:11,5Z"`, []string{"/eventDateTime time_malformed"}},
		{"eventDateTime as seconds", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":1789114811`, []string{"/eventDateTime mistyped"}},
		{"eventDateTime in the year 9999", shipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"9999-12-31T23:59:59Z"`, []string{"/eventDateTime time_implausible"}},
		{"no shipmentEventTypeCode", shipment, `"shipmentEventTypeCode":"ISSU",`, ``, []string{"/shipmentEventTypeCode missing"}},
		{"shipmentEventTypeCode is a number", shipment, `"ISSU"`, `7`, []string{"/shipmentEventTypeCode mistyped"}},
		{"no documentID", shipment, `"documentID":"SITGCKSG026001",`, ``, []string{"/documentID missing"}},
		{"documentID is a number", shipment, `"SITGCKSG026001"`, `26001`, []string{"/documentID mistyped"}},
		{"no documentTypeCode", shipment, `,"documentTypeCode":"TRD"`, ``, []string{"/documentTypeCode missing"}},
		{"two documentIDs", shipment, `"documentTypeCode"`, `"documentID":"A","documentTypeCode"`, []string{"/documentID duplicate_member"}},
		{"half a character", shipment, `"SITGCKSG026001"`, `"\ud83d!"`, []string{"/documentID not_unicode"}},
		{"reason is null", shipment, `"documentTypeCode"`, `"reason":null,"documentTypeCode"`, []string{"/reason mistyped"}},
		{"no transportEventTypeCode", transport, `"transportEventTypeCode":"DEPA",`, ``, []string{"/transportEventTypeCode missing"}},
		{"no transportCall", transport, `"transportCall":{"transportCallID":"1","modeOfTransport":"VESSEL","vessel":{"vesselIMONumber":"9793911"}}`, `"x":1`, []string{"/transportCall missing"}},
		{"transportCall is an array", transport, `{"transportCallID":"1","modeOfTransport":"VESSEL","vessel":{"vesselIMONumber":"9793911"}}`, `[]`, []string{"/transportCall mistyped"}},
		{"an empty transportCall", transport, `{"transportCallID":"1","modeOfTransport":"VESSEL","vessel":{"vesselIMONumber":"9793911"}}`, `{}`, []string{"/transportCall/transportCallID missing", "/transportCall/modeOfTransport missing"}},
		{"no modeOfTransport", transport, `,"modeOfTransport":"VESSEL"`, ``, []string{"/transportCall/modeOfTransport missing"}},
		{"a vessel without IMO number", transport, `{"vesselIMONumber":"9793911"}`, `{"vesselName":"SITC MINHE"}`, []string{"/transportCall/vessel/vesselIMONumber missing"}},
		{"the IMO number is a number", transport, `"9793911"`, `9793911`, []string{"/transportCall/vessel/vesselIMONumber mistyped"}},
		{"the call's sequence number is a string", transport, `"modeOfTransport"`, `"transportCallSequenceNumber":"2","modeOfTransport"`, []string{"/transportCall/transportCallSequenceNumber mistyped"}},
		{"the call's sequence number is a fraction", transport, `"modeOfTransport"`, `"transportCallSequenceNumber":2.5,"modeOfTransport"`, []string{"/transportCall/transportCallSequenceNumber mistyped"}},
		{"latitude is a number", transport, `"modeOfTransport"`, `"location":{"latitude":48.8},"modeOfTransport"`, []string{"/transportCall/location/latitude mistyped"}},
		{"a document's value is a number", transport, `"transportCall"`, `"documentReferences":[{},{"documentReferenceType":"BKG","documentReferenceValue":5}],"transportCall"`, []string{"/documentReferences/1/documentReferenceValue mistyped"}},
		{"no equipmentEventTypeCode", equipment, `"equipmentEventTypeCode":"LOAD",`, ``, []string{"/equipmentEventTypeCode missing"}},
		{"no emptyIndicatorCode", equipment, `"emptyIndicatorCode":"LADEN",`, ``, []string{"/emptyIndicatorCode missing"}},
		{"emptyIndicatorCode is a boolean", equipment, `"LADEN"`, `false`, []string{"/emptyIndicatorCode mistyped"}},
		{"a seal without number and type", equipment, `{"sealNumber":"1","sealType":"BLT"}`, `{}`, []string{"/seals/0/sealNumber missing", "/seals/0/sealType missing"}},
		{"seals are strings", equipment, `{"sealNumber":"1","sealType":"BLT"}`, `"1","2"`, []string{"/seals/0 mistyped", "/seals/1 mistyped"}},
		{"a reference without value", equipment, `,"referenceValue":"1"`, ``, []string{"/references/0/referenceValue missing"}},
		{"references are one object", equipment, `[{"referenceType":"FF","referenceValue":"1"}]`, `{}`, []string{"/references mistyped"}},
	}
	for _, c := range cases {
		t.Run(c.fact, func(t *testing.T) {
			message := edit(t, c.message, c.old, c.replacement)
			events, err := dcsa.TrackAndTrace([]byte(message), options)
			if len(events) != 0 {
				t.Errorf("got %d events of a broken message", len(events))
			}
			if diff := cmp.Diff(c.want, faultsOf(t, err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			// In an array, the pointer begins with the index, and sound neighbours are converted.
			events, err = dcsa.TrackAndTrace([]byte("["+transport+", "+message+"]"), options)
			var want []string
			for _, w := range c.want {
				want = append(want, "/1"+w)
			}
			if diff := cmp.Diff(want, faultsOf(t, err)); diff != "" || len(events) != 1 {
				t.Errorf("in an array: %d events, faults (-want +got):\n%s", len(events), diff)
			}
		})
	}
}

func TestAllFaultsOfADocumentAreToldWithValueAndCure(t *testing.T) {
	document := "[" + edit(t, shipment, `"SITGCKSG026001"`, `7`) + "," +
		edit(t, edit(t, equipment, `"eventDateTime":"2026-09-11T08:20:11Z"`, `"eventDateTime":"today"`), `"sealType":"BLT"`, `"sealType":["BLT"]`) + ", 5]"
	_, err := dcsa.TrackAndTrace([]byte(document), options)
	want := trade.Faults{
		{Code: "mistyped", Pointer: "/0/documentID", Value: "7", Message: "a string"},
		{Code: "time_malformed", Pointer: "/1/eventDateTime", Value: `"today"`, Message: "an RFC 3339 date-time with an offset, such as 2026-09-11T08:15:00+08:00"},
		{Code: "mistyped", Pointer: "/1/seals/0/sealType", Value: `["BLT"]`, Message: "a string: KLP, BLT, WIR"},
		{Code: "mistyped", Pointer: "/2", Value: "5", Message: "an event object"},
	}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestDocumentsThatAreNoEventAreDeclined(t *testing.T) {
	cases := map[string]string{
		`{}`:                                 "not_an_event_document",
		`{"a":1}`:                            "not_an_event_document",
		`[{"a":1}]`:                          "not_an_event_document",
		`[1,2]`:                              "not_an_event_document",
		`"eventID"`:                          "not_an_event_document",
		`null`:                               "not_an_event_document",
		`<html><body>Bad Gateway</body>`:     "not_an_event_document",
		``:                                   "not_an_event_document",
		`upstream connect error`:             "not_an_event_document",
		`{"eventType":"SHIPMENT","limit":1}`: "not_an_event_document",
		`{"httpMethod":"GET","requestUri":"/v2/events","errors":[{"reason":"invalidQuery","message":"x"}],"statusCode":400,"statusCodeText":"Bad Request","errorDateTime":"2026-09-11T08:20:11Z"}`: "not_an_event_document",
		`{"callbackUrl":"https://example.org","eventType":["SHIPMENT"],"shipmentEventTypeCode":["DRFT"],"secret":"eA=="}`:                                                                          "not_an_event_document",
		`[{"subscriptionID":"3f1c1a52-0001-4a6b-8c3d-1234567890ab","callbackUrl":"https://example.org"}]`:                                                                                          "not_an_event_document",
		`{"events":[` + shipment + `]}`:                             "not_an_event_document",
		`{"feedbackElements":[{"severity":"ERROR","message":"x"}]}`: "not_an_event_document",
		`{"eventType":`:          "json_syntax",
		`[` + shipment + `,]`:    "json_syntax",
		shipment + shipment:      "json_syntax",
		"{\"eventID\":\"\xff\"}": "not_utf8",
		strings.Repeat("[", 33) + strings.Repeat("]", 33):          "too_deep",
		"[" + strings.Repeat(" ", standard.MaxDocumentBytes) + "]": "too_large",
	}
	for document, want := range cases {
		events, err := dcsa.TrackAndTrace([]byte(document), options)
		got := faultsOf(t, err)
		if len(events) != 0 || len(got) != 1 || !strings.HasSuffix(got[0], " "+want) {
			t.Errorf("%.60s: %d events, faults %q, want one %s", document, len(events), got, want)
		}
	}
}

func TestAnEventOfVersion3IsRefusedWhereItIsWrong(t *testing.T) {
	const sound = `{"eventID":"1","eventDateTime":"2026-09-12T01:40:00Z","eventClassification":{"eventTypeCode":"EQUIPMENT","eventClassifierCode":"ACT","equipmentEventTypeCode":"LOAD"},"equipmentDetails":{"equipmentReference":"SITU9070325","seals":[{"number":"1"}]}}`
	for _, c := range []struct {
		fact, old, replacement string
		want                   []string
	}{
		{"sound", `"ACT"`, `"EST"`, nil},
		{"no classification", `"eventClassification":{"eventTypeCode":"EQUIPMENT","eventClassifierCode":"ACT","equipmentEventTypeCode":"LOAD"},`, ``, []string{"/events/0/eventClassification missing"}},
		{"no time", `"eventDateTime":"2026-09-12T01:40:00Z",`, ``, []string{"/events/0/eventDateTime missing"}},
		{"a time without an offset", `01:40:00Z`, `01:40:00`, []string{"/events/0/eventDateTime time_malformed"}},
		{"no classifier", `"eventClassifierCode":"ACT",`, ``, []string{"/events/0/eventClassification/eventClassifierCode missing"}},
		{"no code", `,"equipmentEventTypeCode":"LOAD"`, ``, []string{"/events/0/eventClassification/equipmentEventTypeCode missing"}},
		{"another type", `"EQUIPMENT"`, `"OPERATIONS"`, []string{"/events/0/eventClassification/eventTypeCode event_type_unknown"}},
		{"no type", `"eventTypeCode":"EQUIPMENT",`, ``, []string{"/events/0/eventClassification/eventTypeCode missing"}},
		{"a number as container", `"SITU9070325"`, `9070325`, []string{"/events/0/equipmentDetails/equipmentReference mistyped"}},
		{"one seal as object", `[{"number":"1"}]`, `{"number":"1"}`, []string{"/events/0/equipmentDetails/seals mistyped"}},
	} {
		t.Run(c.fact, func(t *testing.T) {
			_, err := dcsa.TrackAndTrace([]byte(`{"events":[`+edit(t, sound, c.old, c.replacement)+`]}`), options)
			if diff := cmp.Diff(c.want, faultsOf(t, err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
	_, err := dcsa.TrackAndTrace([]byte(`{"events":[1,`+sound+`,{"isRetracted":true},{"eventID":"x"}]}`), options)
	want := []string{
		"/events/0 mistyped", "/events/2/eventID missing", "/events/3/eventDateTime missing", "/events/3/eventClassification missing",
	}
	if diff := cmp.Diff(want, faultsOf(t, err)); diff != "" {
		t.Errorf("several (-want +got):\n%s", diff)
	}
}

func TestAnEmptyAnswerHasNoEvents(t *testing.T) {
	for _, document := range []string{"[]", " [ ] ", "\ufeff[]", `{"events":[]}`} {
		if events, err := dcsa.TrackAndTrace([]byte(document), options); err != nil || len(events) != 0 {
			t.Errorf("%q: %d events, %v", document, len(events), err)
		}
	}
}

func TestAnEventIsTheSameInEveryWrapping(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "odd.json"))
	if err != nil {
		t.Fatal(err)
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(data, &elements); err != nil {
		t.Fatal(err)
	}
	whole, err := dcsa.TrackAndTrace(data, options)
	if err != nil {
		t.Fatal(err)
	}
	for i, element := range elements {
		var tree any
		if err := json.Unmarshal(element, &tree); err != nil {
			t.Fatal(err)
		}
		sorted, err := json.Marshal(tree) // other white space, other order of members, other escapes
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{element, sorted} {
			alone, err := dcsa.TrackAndTrace(text, options)
			if err != nil || len(alone) != 1 {
				t.Fatalf("element %d alone: %d events, %v", i, len(alone), err)
			}
			if diff := cmp.Diff(string(wire.Append(nil, whole[i])), string(wire.Append(nil, alone[0]))); diff != "" {
				t.Errorf("element %d (-in the array +alone):\n%s", i, diff)
			}
		}
	}
}

func TestAPlaceThatTheTableDoesNotHaveIsFlagged(t *testing.T) {
	o := options
	o.KnownPlace = func(code string) bool { return code == "CNQZH" }
	for code, want := range map[string]trade.Flags{"CNQZH": 0, "XYABC": trade.FlagUnknownPlace, "SINGAPORE": trade.FlagUnknownPlace, "": 0} {
		message := edit(t, transport, `"modeOfTransport"`, `"UNLocationCode":`+strconv.Quote(code)+`,"modeOfTransport"`)
		events, err := dcsa.TrackAndTrace([]byte(message), o)
		kept := code
		if code == "SINGAPORE" { // which is none; it stays in the detail
			kept = ""
		}
		if err != nil || len(events) != 1 || events[0].Flags != want || events[0].Data.Place.UNLOCODE != kept {
			t.Errorf("%s: %v, %+v, want flags %b", code, err, events, want)
			continue
		}
		plain, err := dcsa.TrackAndTrace([]byte(message), options)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(wire.Append(nil, plain[0])), string(wire.Append(nil, events[0]))); diff != "" {
			t.Errorf("%s is another event with a place table (-without +with):\n%s", code, diff)
		}
	}
}

func TestManyNumbersStayWithinTheLimitsOfAnEvent(t *testing.T) {
	var documents, equipped []string
	for i := range 1200 {
		documents = append(documents, `{"documentReferenceType":"TRD","documentReferenceValue":"T`+strconv.Itoa(1000+i)+`"}`)
		equipped = append(equipped, `{"referenceType":"EQ","referenceValue":"SITU`+strconv.Itoa(1000000+i)+`"}`)
	}
	message := edit(t, transport, `"transportCall":`, `"documentReferences":[`+strings.Join(documents, ",")+`],"references":[`+strings.Join(equipped, ",")+`],"transportCall":`)
	events, err := dcsa.TrackAndTrace([]byte(message), options)
	if err != nil {
		t.Fatal(err)
	}
	e := events[0]
	checkEvent(t, e)
	var detail struct {
		DocumentReferences []struct{ DocumentReferenceValue string }
		References         []struct{ ReferenceValue string }
	}
	if err := json.Unmarshal(e.Data.Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if got := len(e.Data.Covers) + len(detail.DocumentReferences); got != 1200 || len(e.Data.Covers) != trade.MaxCovers {
		t.Errorf("%d covers and %d in detail", len(e.Data.Covers), len(detail.DocumentReferences))
	}
	if got := len(e.Data.Equipment) + len(detail.References); got != 1200 || len(e.Data.Equipment) != trade.MaxEquipment {
		t.Errorf("%d containers and %d in detail", len(e.Data.Equipment), len(detail.References))
	}
}

func TestFaultsAreCounted(t *testing.T) {
	document := "[" + shipment + strings.Repeat(",1", 5000) + "]"
	_, err := dcsa.TrackAndTrace([]byte(document), options)
	got := faultsOf(t, err)
	if len(got) != 1001 || got[1000] != " too_many_faults" {
		t.Errorf("got %d faults, the last %s", len(got), got[len(got)-1])
	}
}

func TestAnOrganisationThatCannotBeIsNoFaultOfTheDocument(t *testing.T) {
	_, err := dcsa.TrackAndTrace([]byte(shipment), standard.Options{Org: "No Such"})
	if _, fault := err.(trade.Faults); err == nil || fault { //nolint:errorlint // Faults come unwrapped, by contract
		t.Errorf("got %v", err)
	}
}

func TestTheFormatNamesTheDomainsItSpeaksFor(t *testing.T) {
	formats := dcsa.Formats()
	if formats[0].Name != "dcsa-tnt" {
		t.Fatalf("formats: %+v", formats)
	}
	if diff := cmp.Diff([]string{"customs", "logistics", "trade"}, formats[0].Domains()); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
	for _, file := range []string{"journey", "odd"} {
		data, err := os.ReadFile(filepath.Join("testdata", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		events, err := formats[0].Convert(data, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if !slices.Contains(formats[0].Types, e.Type) {
				t.Errorf("%s is not among the format's types", e.Type)
			}
		}
	}
}
