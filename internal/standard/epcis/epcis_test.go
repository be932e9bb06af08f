package epcis_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/epcis"
	"oneorder/internal/trade"
)

var options = standard.Options{Org: "guoyuan-port", Received: time.Date(2026, 9, 12, 0, 0, 0, 0, time.UTC)}

// document wraps events as they are captured.
func document(events ...string) string {
	return `{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"cq":"https://port.example/voc/"}],` +
		`"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-09-11T09:00:00Z","epcisBody":{"eventList":[` +
		strings.Join(events, ",") + `]}}`
}

// gatedIn is a laden container that comes to Guoyuan by road.
const gatedIn = `{"type":"ObjectEvent","eventID":"urn:uuid:8f1f2ad2-6f1e-4f0c-9c5b-0f3a4f0a7b11","eventTime":"2026-09-11T08:15:00Z",
	"eventTimeZoneOffset":"+08:00","action":"OBSERVE","bizStep":"arriving","epcList":["urn:epc:id:bic:SITU9070325"],
	"readPoint":{"id":"https://port.example/locode/CNGUY"},
	"bizTransactionList":[{"type":"bol","bizTransaction":"urn:epcglobal:cbv:bt:6901234000009:SITGCKSG026001"},
	{"type":"po","bizTransaction":"https://buyer.example/po/PO-7788"},{"type":"cq:gate_pass","bizTransaction":"cq:pass/1"}],
	"destinationList":[{"type":"owning_party","destination":"urn:epc:id:pgln:690123400.001"}],"cq:lane":"7"}`

func convert(t *testing.T, text string) []*trade.Event {
	t.Helper()
	events, err := epcis.Convert([]byte(text), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		conformance.CheckEvent(t, epcis.Formats()[0], e)
	}
	return events
}

func faultsOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := epcis.Convert([]byte(text), options)
	var faults trade.Faults
	if err != nil && !errors.As(err, &faults) {
		t.Fatalf("error is %T: %v", err, err)
	}
	var told []string
	for _, f := range faults {
		told = append(told, strings.TrimSpace(f.Pointer+" "+f.Code))
	}
	return told
}

func TestAContainerAtAGateIsPlacedInTheEvent(t *testing.T) {
	e := convert(t, document(gatedIn))[0]
	e.Data.Detail, e.Data.Document = nil, trade.Document{}
	want := &trade.Event{
		SpecVersion: "1.0", ID: "urn:uuid:8f1f2ad2-6f1e-4f0c-9c5b-0f3a4f0a7b11", Source: "urn:oneorder:org:guoyuan-port",
		Type: trade.EquipmentGatedIn, Time: time.Date(2026, 9, 11, 8, 15, 0, 0, time.UTC),
		Recorded: time.Date(2026, 9, 11, 9, 0, 0, 0, time.UTC), Subject: "SITU9070325", Flags: trade.FlagUnknownCode,
		Data: &trade.Data{
			Classifier: trade.Actual,
			References: []trade.Reference{
				{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "6901234000009"},
				{Kind: trade.PurchaseOrder, Value: "PO-7788", Issuer: "BUYER.EXAMPLE"},
			},
			Equipment: []trade.Equipment{{Kind: trade.Container, Number: "SITU9070325"}},
			Place:     trade.Place{UNLOCODE: "CNGUY"},
			Parties:   []trade.Party{{Role: "buyer", ID: trade.PartyID{Kind: "other", Value: "6901234000016"}}},
		},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestWhatHasNoPlaceStaysInTheDetail(t *testing.T) {
	e := convert(t, document(gatedIn))[0]
	for _, kept := range []string{`"cq:lane":"7"`, `"eventTimeZoneOffset":"+08:00"`, `"cq:pass/1"`, `"creationDate":"2026-09-11T09:00:00Z"`, `https://port.example/voc/`} {
		if !strings.Contains(string(e.Data.Detail), kept) {
			t.Errorf("%s is not in the detail:\n%s", kept, e.Data.Detail)
		}
	}
}

func TestTheStepDecidesTheType(t *testing.T) {
	const box, pallet = `"epcList":["urn:epc:id:bic:SITU9070325"]`, `"epcList":["urn:epc:id:sscc:690123400.0000000017"]`
	for name, c := range map[string]struct {
		text string
		want trade.Type
	}{
		"a box departs":            {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"departing",` + box, trade.EquipmentGatedOut},
		"a pallet departs":         {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"https://ref.gs1.org/cbv/BizStep-departing",` + pallet, trade.ConveyanceDeparted},
		"a box is loaded":          {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"cbv:BizStep-loading",` + box, trade.EquipmentLoaded},
		"a pallet is loaded":       {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"loading",` + pallet, trade.PositionRead},
		"pallets into a box":       {`"type":"AggregationEvent","action":"ADD","bizStep":"packing","parentID":"urn:epc:id:bic:SITU9070325","childEPCs":[]`, trade.EquipmentStuffed},
		"pallets out of a box":     {`"type":"AggregationEvent","action":"DELETE","bizStep":"unpacking","parentID":"urn:epc:id:bic:SITU9070325","childEPCs":[]`, trade.EquipmentStripped},
		"received":                 {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"receiving",` + pallet, trade.WarehouseReceived},
		"inspected":                {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"inspecting",` + pallet, trade.CargoInspected},
		"held":                     {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"holding",` + pallet, trade.CargoHeld},
		"a step of somebody's own": {`"type":"ObjectEvent","action":"OBSERVE","bizStep":"cq:weighing",` + pallet, trade.PositionRead},
		"made into something else": {`"type":"TransformationEvent","inputEPCList":[]`, trade.PositionRead},
	} {
		t.Run(name, func(t *testing.T) {
			events := convert(t, document(`{"eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00",`+c.text+`}`))
			if len(events) != 1 || events[0].Type != c.want {
				t.Errorf("got %d events, the first %s, want %s", len(events), events[0].Type, c.want)
			}
		})
	}
}

func TestEachTemperatureIsAnEvent(t *testing.T) {
	events := convert(t, document(`{"type":"ObjectEvent","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00","action":"OBSERVE",
		"bizStep":"sensor_reporting","epcList":["urn:epc:id:bic:SITU9070325"],"sensorElementList":[
		{"sensorMetadata":{"time":"2026-09-11T06:00:00Z"},"sensorReport":[{"type":"Temperature","value":-18.4,"uom":"CEL"},{"type":"RelativeHumidity","value":40,"uom":"A93"}]},
		{"sensorMetadata":{"time":"2026-09-11T07:00:00Z"},"sensorReport":[{"type":"gs1:Temperature","value":14,"uom":"FAH"}]},
		{"sensorReport":[{"type":"Temperature","meanValue":255.15,"uom":"KEL"}]}]}`))
	var got []string
	for _, e := range events {
		got = append(got, string(e.Type)+" "+e.Time.Format("15:04")+" "+string(e.Data.TemperatureC)+" "+e.Data.Equipment[0].Number)
	}
	want := []string{
		"logistics.temperature.read 06:00 -18.4 SITU9070325",
		"logistics.temperature.read 07:00 -10 SITU9070325",
		"logistics.temperature.read 08:15 -18 SITU9070325",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("readings (-want +got):\n%s", diff)
	}
}

func TestAnEventDeclaredWrongIsTakenBack(t *testing.T) {
	const wrong = `,"recordTime":"2026-09-12T00:00:00Z","errorDeclaration":{"declarationTime":"2026-09-12T00:00:00Z","reason":"did_not_occur"}}`
	nameless := strings.Replace(gatedIn, `"eventID":"urn:uuid:8f1f2ad2-6f1e-4f0c-9c5b-0f3a4f0a7b11",`, "", 1)
	for _, text := range []string{gatedIn, nameless} {
		said := convert(t, document(text))[0]
		back := convert(t, document(strings.TrimSuffix(text, "}")+wrong))[0]
		if back.ID != said.ID || !back.Retracted || back.Revision != 1 || said.Retracted {
			t.Errorf("%s revision %d retracted %t; want the retraction of %s", back.ID, back.Revision, back.Retracted, said.ID)
		}
	}
}

func TestSeveralBillsAreCoveredAndNotJoined(t *testing.T) {
	e := convert(t, document(`{"type":"TransactionEvent","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00","action":"ADD",
		"bizTransactionList":[{"type":"bol","bizTransaction":"urn:epcglobal:cbv:bt:6901234000009:A1"},{"type":"bol","bizTransaction":"urn:epcglobal:cbv:bt:6901234000009:A2"},
		{"type":"inv","bizTransaction":"urn:epcglobal:cbv:bt:6901234000009:I1"}]}`))[0]
	if len(e.Data.References) != 0 || len(e.Data.Covers) != 2 {
		t.Errorf("references %v, covers %v; want the two bills covered", e.Data.References, e.Data.Covers)
	}
}

func TestKeysAreReadInBothForms(t *testing.T) {
	e := convert(t, document(`{"type":"ObjectEvent","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00","action":"OBSERVE",
		"epcList":["urn:epc:id:gsin:4012345.999987654","https://id.gs1.org/401/4012345333","urn:epc:id:imovn:9793911"],
		"readPoint":{"id":"urn:epc:id:sgln:4012345.00011.987"},"bizLocation":{"id":"geo:21.73,108.6;u=10"},
		"bizTransactionList":[{"type":"inv","bizTransaction":"https://id.gs1.org/253/4012345555554INV9"}]}`))[0]
	want := []trade.Reference{
		{Kind: trade.Shipment, Value: "40123459999876541"}, {Kind: trade.UCR, Value: "4012345333"}, {Kind: trade.Invoice, Value: "4012345555554INV9"},
	}
	if diff := cmp.Diff(want, e.Data.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	if p := e.Data.Place; p.Facility != "4012345000115.987" || p.Lat != "21.73" || p.Lon != "108.6" || e.Data.Transport.Conveyance != "9793911" {
		t.Errorf("place %+v, conveyance %s", p, e.Data.Transport.Conveyance)
	}
}

func TestEveryFaultIsTold(t *testing.T) {
	const sound = `"eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00","action":"OBSERVE"`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no version and no date":       {`{"@context":"x:y","type":"EPCISDocument","epcisBody":{"eventList":[]}}`, []string{"/schemaVersion missing", "/creationDate missing"}},
		"another version":              {strings.Replace(document(gatedIn), `"2.0"`, `"1.2"`, 1), []string{"/schemaVersion unsupported_version"}},
		"no list":                      {`{"@context":"x:y","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-09-11T09:00:00Z","epcisBody":{}}`, []string{"/epcisBody/eventList missing"}},
		"no event":                     {document(`7`), []string{"/epcisBody/eventList/0 mistyped"}},
		"no kind":                      {document(`{` + sound + `}`), []string{"/epcisBody/eventList/0/type missing"}},
		"an unknown kind alone":        {`{"@context":"x:y","type":"ObjectEvents",` + sound + `}`, []string{"/type event_type_unknown"}},
		"a lone event without context": {`{"type":"ObjectEvent",` + sound + `}`, []string{"/@context missing"}},
		"an offset out of range":       {document(`{"type":"ObjectEvent","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+15:00","action":"OBSERVE"}`), []string{"/epcisBody/eventList/0/eventTimeZoneOffset offset_malformed"}},
		"a time without offset":        {document(`{"type":"ObjectEvent","eventTime":"2026-09-11T08:15:00","eventTimeZoneOffset":"+08:00","action":"OBSERVE"}`), []string{"/epcisBody/eventList/0/eventTime time_malformed"}},
		"a time long ago":              {document(`{"type":"ObjectEvent","eventTime":"1066-10-14T08:15:00Z","eventTimeZoneOffset":"+08:00","action":"OBSERVE"}`), []string{"/epcisBody/eventList/0/eventTime time_implausible"}},
		"names of no namespace":        {document(`{"type":"ObjectEvent",` + sound + `,"lane":"7","sensorElementList":[{"sensorReport":[{"kind":"x"}]}]}`), []string{"/epcisBody/eventList/0/lane unknown_member", "/epcisBody/eventList/0/sensorElementList/0/sensorReport/0/kind unknown_member"}},
		"a name and no URI":            {document(`{"type":"ObjectEvent",` + sound + `,"epcList":["SITU9070325",3],"readPoint":{"name":"gate"}}`), []string{"/epcisBody/eventList/0/epcList/0 uri_malformed", "/epcisBody/eventList/0/epcList/1 mistyped", "/epcisBody/eventList/0/readPoint/name unknown_member", "/epcisBody/eventList/0/readPoint/id missing"}},
		"an odd unit":                  {document(`{"type":"ObjectEvent",` + sound + `,"quantityList":[{"epcClass":"urn:x","quantity":1,"uom":"kilo"}]}`), []string{"/epcisBody/eventList/0/quantityList/0/uom unit_malformed"}},
		"a member twice":               {document(`{"type":"ObjectEvent","type":"ObjectEvent",` + sound + `}`), []string{"/epcisBody/eventList/0/type duplicate_member"}},
		"a query":                      {`{"eventType":["ObjectEvent"]}`, []string{"/type not_an_event_document"}},
		"a list of names":              {`["a"]`, []string{"not_an_event_document"}},
		"no JSON":                      {`<xml/>`, []string{"json_syntax"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, faultsOf(t, c.text)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSoundEventsOfADocumentAreGivenBesideItsFaults(t *testing.T) {
	events, err := epcis.Convert([]byte(document(`{"type":"ObjectEvent"}`, gatedIn)), options)
	if err == nil || len(events) != 1 {
		t.Errorf("%d events, %v; want one, and faults", len(events), err)
	}
}

func FuzzConvert(f *testing.F) {
	f.Add([]byte(document(gatedIn)))
	for _, name := range []string{"testdata/cold_chain.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, epcis.Formats()[0], data, options) })
}

func BenchmarkConvert(b *testing.B) {
	one, err := os.ReadFile("testdata/cold_chain.json")
	if err != nil {
		b.Fatal(err)
	}
	text := string(bytes.TrimSpace(one))
	start, end := strings.Index(text, `"eventList"`), strings.LastIndex(text, `]`)
	start += strings.Index(text[start:], "[") + 1
	data := []byte(text[:start] + strings.Repeat(text[start:end]+",", 4<<20/(end-start)) + text[start:end] + text[end:])
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := epcis.Convert(data, options); err != nil {
			b.Fatal(err)
		}
	}
}
