package onerecord_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/onerecord"
	"oneorder/internal/trade"
)

var options = standard.Options{Org: "cq-air-cargo", Received: time.Date(2026, 9, 12, 7, 8, 9, 0, time.UTC)}

const departed = `{"@context":{"cargo":"https://onerecord.iata.org/ns/cargo#"},"@type":"cargo:LogisticsEvent",
	"@id":"https://1r.cqcargo.example/logistics-objects/s-77/logistics-events/e-1",
	"cargo:eventDate":{"@type":"http://www.w3.org/2001/XMLSchema#dateTime","@value":"2026-09-11T10:38:00+08:00"},
	"cargo:eventCode":{"@id":"https://onerecord.iata.org/ns/code-lists/StatusCode#DEP"},"cargo:eventTimeType":{"@id":"cargo:ACTUAL"},
	"cargo:eventLocation":{"@type":"cargo:Location","cargo:locationName":"Chongqing Jiangbei","cargo:locationCodes":[{"@type":"cargo:CodeListElement","cargo:code":"CKG"},{"cargo:code":"CNCKG"}]},
	"cargo:eventFor":{"@type":"cargo:Shipment","@id":"https://1r.cqcargo.example/logistics-objects/s-77",
	"cargo:waybill":{"@type":"cargo:Waybill","cargo:waybillType":{"@id":"cargo:DIRECT"},"cargo:waybillPrefix":"618","cargo:waybillNumber":"12345675"}}}`

func convert(t *testing.T, text string) []*trade.Event {
	t.Helper()
	events, err := onerecord.Convert([]byte(text), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		conformance.CheckEvent(t, onerecord.Formats()[0], e)
	}
	return events
}

func TestADepartureIsPlacedInTheEvent(t *testing.T) {
	e := convert(t, departed)[0]
	if !strings.Contains(string(e.Data.Detail), "StatusCode#DEP") {
		t.Errorf("the code is not in the detail: %s", e.Data.Detail)
	}
	e.Data.Detail, e.Data.Document = nil, trade.Document{}
	want := &trade.Event{
		SpecVersion: "1.0", ID: "https://1r.cqcargo.example/logistics-objects/s-77/logistics-events/e-1", Source: "urn:oneorder:org:cq-air-cargo",
		Type: trade.ConveyanceDeparted, Time: time.Date(2026, 9, 11, 2, 38, 0, 0, time.UTC), Subject: "S-77",
		Data: &trade.Data{
			Classifier: trade.Actual,
			References: []trade.Reference{
				{Kind: trade.Shipment, Value: "S-77", Issuer: "1R.CQCARGO.EXAMPLE"}, {Kind: trade.AirWaybill, Value: "61812345675"},
			},
			Transport: trade.Transport{Mode: trade.Air},
			Place:     trade.Place{UNLOCODE: "CNCKG", Facility: "CKG", Name: "Chongqing Jiangbei"},
		},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestNamesMeanTheSameInEveryForm(t *testing.T) {
	want := convert(t, departed)[0]
	for name, text := range map[string]string{
		"full names":     strings.ReplaceAll(strings.Replace(departed, `"@context":{"cargo":"https://onerecord.iata.org/ns/cargo#"},`, "", 1), `"cargo:`, `"https://onerecord.iata.org/ns/cargo#`),
		"another prefix": strings.ReplaceAll(strings.ReplaceAll(departed, `"cargo:`, `"c:`), `"cargo"`, `"c"`),
		"a vocabulary":   strings.ReplaceAll(strings.Replace(departed, `"cargo":"h`, `"@vocab":"h`, 1), `"cargo:`, `"`),
		"expanded":       "[" + departed + "]",
	} {
		t.Run(name, func(t *testing.T) {
			got := convert(t, text)[0]
			for _, e := range []*trade.Event{want, got} {
				e.Data.Detail, e.Data.Document = nil, trade.Document{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAWaybillIsIssuedWhenTheCarrierHasSigned(t *testing.T) {
	data, err := os.ReadFile("testdata/waybill.json")
	if err != nil {
		t.Fatal(err)
	}
	e := convert(t, string(data))[0]
	if e.Type != trade.TitleIssued || e.Data.Document.Number != "61812345675" || e.Data.Document.Kind != "master_air_waybill" {
		t.Errorf("%s of %+v, want the issue of the master waybill", e.Type, e.Data.Document)
	}
	want := []trade.Reference{
		{Kind: trade.MasterAirWaybill, Value: "61812345675"},
		{Kind: trade.HouseAirWaybill, Value: "CQHAWB0091"},
		{Kind: trade.Shipment, Value: "S-77", Issuer: "1R.CQCARGO.EXAMPLE"},
	}
	if diff := cmp.Diff(want, e.Data.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	if g := e.Data.Goods; len(g) != 1 || g[0].GrossKG != "812.5" || g[0].HS != "847130" {
		t.Errorf("goods %+v", g)
	}
	if p := e.Data.Parties; len(p) != 2 || p[0].Role != "shipper" || p[1].Role != "consignee" {
		t.Errorf("parties %+v", p)
	}
	if e.Data.Transport.From != "CNCKG" || e.Data.Transport.To != "SGSIN" {
		t.Errorf("transport %+v", e.Data.Transport)
	}
	undated := strings.Replace(string(data), "carrierDeclarationDate", "remark", 1)
	unsigned := convert(t, undated)[0]
	if unsigned.Type != trade.TitleDrafted || unsigned.Time.Format(time.DateOnly) != options.Received.Format(time.DateOnly) || unsigned.Data.Precision != "day" {
		t.Errorf("%s at %s, want a draft on the day it came", unsigned.Type, unsigned.Time)
	}
	conformance.FirstStands(t, onerecord.Formats()[0], undated)
}

func TestAnEventBelongsToTheObjectThatItStandsIn(t *testing.T) {
	const event = `{"@type":"LogisticsEvent","eventDate":"2026-09-11T08:15:00Z","eventCode":"DEP"}`
	within := func(object string) string {
		return `{"@context":{"@vocab":"https://onerecord.iata.org/ns/cargo#"},` + object + `}`
	}
	of := map[string]string{
		`"@type":"Shipment","@id":"https://1r.example/s-1","goodsDescription":"laptops","events":[` + event + `]`:                           "shipment:S-1@1R.EXAMPLE",
		`"@type":"Shipment","@id":"https://1r.example/s-2","events":[` + event + `]`:                                                        "shipment:S-2@1R.EXAMPLE",
		`"@type":"Shipment","@id":"https://1r.example/s-1","pieces":[{"@type":"Piece","events":[` + event + `]}]`:                           "shipment:S-1@1R.EXAMPLE",
		`"@type":"Waybill","waybillPrefix":"160","waybillNumber":"12345675","carrierDeclarationDate":"2026-09-01","events":[` + event + `]`: "air_waybill:16012345675@",
		`"@type":"Shipment","@id":"_:s","events":[` + event + `]`:                                                                           "",
	}
	ids := map[string]bool{}
	for object, want := range of {
		events := convert(t, within(object))
		e := events[len(events)-1]
		got := ""
		for _, r := range e.Data.References {
			got = string(r.Kind) + ":" + r.Value + "@" + r.Issuer
		}
		if got != want {
			t.Errorf("%s: of %q, want %q", object, got, want)
		}
		ids[e.ID] = true
	}
	if len(ids) != 4 { // two are of one shipment
		t.Errorf("%d ids, want one for each object that is known", len(ids))
	}
	if detail := string(convert(t, within(`"@type":"Shipment","@id":"https://1r.example/s-1","goodsDescription":"laptops","events":[`+event+`]`))[0].Data.Detail); !strings.Contains(detail, `"laptops"`) {
		t.Errorf("what the shipment says is lost: %s", detail)
	}
}

func TestObjectsThatStandBesideOneAnotherAreLinked(t *testing.T) {
	const graph = `[{"@id":"_:e","@type":"cargo:LogisticsEvent","cargo:eventDate":"2026-09-11T08:15:00Z","cargo:eventCode":"DEP","cargo:eventFor":{"@id":"_:s"},"cargo:eventLocation":{"@id":"_:l"}},
		{"@id":"_:s","@type":"cargo:Shipment","cargo:waybill":{"@type":"cargo:Waybill","cargo:waybillPrefix":"160","cargo:waybillNumber":"12345675"}},
		{"@id":"_:l","@type":"cargo:Location","cargo:locationName":"Jiangbei"}]`
	for _, text := range []string{`{"@context":{"cargo":"https://onerecord.iata.org/ns/cargo#"},"@graph":` + graph + `}`, graph} {
		e := convert(t, text)[0]
		if len(e.Data.References) != 1 || e.Data.References[0].Value != "16012345675" || e.Data.Place.Name != "Jiangbei" || e.Data.Place.Facility != "" {
			t.Errorf("references %v, place %+v", e.Data.References, e.Data.Place)
		}
		if !strings.Contains(string(e.Data.Detail), `"cargo:Location"`) {
			t.Errorf("what stands beside the event is lost: %s", e.Data.Detail)
		}
	}
}

func TestTermsOfTheContextStandForWhatItSays(t *testing.T) {
	const context = `{"@context":{"happening":{"@id":"https://onerecord.iata.org/ns/cargo#LogisticsEvent"},"c":"https://onerecord.iata.org/ns/cargo#","when":"c:eventDate",` +
		`"what":{"@id":"c:eventCode","@type":"@id"},"id":"@id","type":"@type"},"type":"happening","id":"https://1r.example/e-1","when":"2026-09-11T08:15:00Z","what":"ARR"}`
	if e := convert(t, context)[0]; e.Type != trade.ConveyanceArrived || e.ID != "https://1r.example/e-1" {
		t.Errorf("%s %s", e.Type, e.ID)
	}
}

func TestAWaybillThatIsOnlyNamedInAnotherMakesNoEvent(t *testing.T) {
	const text = `{"@context":{"@vocab":"https://onerecord.iata.org/ns/cargo#"},"@type":"Waybill","@id":"https://1r.example/w","waybillPrefix":"160","waybillNumber":"12345675",` +
		`"carrierDeclarationDate":"2026-09-11","masterWaybill":{"@type":"Waybill","waybillPrefix":"618","waybillNumber":"98765433"},"houseWaybills":[{"waybillNumber":"DBS626578"}]}`
	events := convert(t, text)
	want := []trade.Reference{{Kind: trade.AirWaybill, Value: "16012345675"}, {Kind: trade.HouseAirWaybill, Value: "DBS626578"}, {Kind: trade.MasterAirWaybill, Value: "61898765433"}}
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	if diff := cmp.Diff(want, events[0].Data.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}

func TestEventsAreFoundWithinWhatTheyHappenedTo(t *testing.T) {
	shipment := `{"@type":"cargo:Shipment","@id":"https://1r.cqcargo.example/s-77","cargo:events":[` + departed + `,` + strings.Replace(departed, "e-1", "e-2", 1) + `]}`
	for name, text := range map[string]string{
		"a shipment":     shipment,
		"a notification": `{"@type":"api:Notification","api:hasLogisticsObject":` + shipment + `}`,
		"a collection":   `{"@type":"api:Collection","api:hasTotalItems":2,"api:hasItem":[` + departed + `,` + strings.Replace(departed, "e-1", "e-2", 1) + `]}`,
		"a graph":        `{"@graph":[` + departed + `,` + strings.Replace(departed, "e-1", "e-2", 1) + `]}`,
	} {
		if events := convert(t, text); len(events) != 2 {
			t.Errorf("%s: %d events, want 2", name, len(events))
		}
	}
	if events := convert(t, `{"@type":"api:Collection","api:hasTotalItems":0}`); len(events) != 0 {
		t.Errorf("an empty collection makes %d events", len(events))
	}
}

func TestRevisionsAndClassifiers(t *testing.T) {
	e := convert(t, strings.Replace(strings.Replace(departed, "cargo:ACTUAL", "cargo:ESTIMATED", 1), `"@type":"cargo:LogisticsEvent"`, `"@type":"cargo:LogisticsEvent","api:hasRevision":3`, 1))[0]
	if e.Revision != 2 || e.Data.Classifier != trade.Estimated {
		t.Errorf("revision %d, classifier %s; want 2, EST", e.Revision, e.Data.Classifier)
	}
	if e := convert(t, strings.Replace(departed, "#DEP", "#ZZZ", 1))[0]; e.Type != trade.PositionRead || e.Flags != trade.FlagUnknownCode {
		t.Errorf("an unknown code is %s, flags %v", e.Type, e.Flags.Names())
	}
}

func TestEveryFaultIsTold(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no time":      {strings.Replace(departed, "eventDate", "eventDay", 1), "/cargo:eventDate missing"},
		"no code":      {strings.Replace(departed, "eventCode", "eventKode", 1), "/cargo:eventCode missing"},
		"no date":      {strings.Replace(departed, "2026-09-11T10:38:00+08:00", "11SEP26", 1), "/cargo:eventDate time_malformed"},
		"long ago":     {strings.Replace(departed, "2026", "0026", 1), "/cargo:eventDate time_implausible"},
		"odd time":     {strings.Replace(departed, "cargo:ACTUAL", "cargo:MAYBE", 1), "/cargo:eventTimeType not_in_list"},
		"no number":    {`{"@type":"cargo:Waybill","cargo:waybillPrefix":"618"}`, "/cargo:waybillNumber missing"},
		"a piece":      {`{"@type":"cargo:Piece"}`, "not_an_event_document"},
		"a change":     {`{"@type":"api:Change"}`, "not_an_event_document"},
		"a number":     {`7`, "not_an_event_document"},
		"twice":        {`{"@type":"cargo:Piece","@type":"cargo:Piece"}`, "/@type duplicate_member"},
		"within":       {`{"@type":"cargo:Shipment","cargo:events":[{"@type":"cargo:LogisticsEvent","cargo:eventDate":"2026-09-11T10:38:00Z"}]}`, "/cargo:events/0/cargo:eventCode missing"},
		"no JSON text": {`{`, "json_syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := onerecord.Convert([]byte(c.text), options)
			var faults trade.Faults
			if !errors.As(err, &faults) || len(faults) != 1 {
				t.Fatalf("%v, want one fault", err)
			}
			if got := strings.TrimSpace(faults[0].Pointer + " " + faults[0].Code); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzConvert(f *testing.F) {
	f.Add([]byte(departed))
	data, err := os.ReadFile("testdata/waybill.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) { conformance.CheckAny(t, onerecord.Formats()[0], data, options) })
}

func BenchmarkConvert(b *testing.B) {
	data := []byte("[" + strings.Repeat(departed+",", 3000) + departed + "]")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := onerecord.Convert(data, options); err != nil {
			b.Fatal(err)
		}
	}
}
