package wire_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// loaded is a usual event of some 600 bytes, as a carrier sends it.
const loaded = `{"specversion":"1.0","id":"0192f6c1-7d1e-7c3a-9f00-5b1f0c2d3e4f","source":"urn:oneorder:org:sitc",` +
	`"type":"logistics.equipment.loaded","time":"2026-09-11T08:15:00Z","recorded":"2026-09-11T08:20:11Z","data":{` +
	`"classifier":"ACT","references":[{"kind":"bl","value":"SITGCKSG026001","issuer":"SITC"},{"kind":"booking","value":"BK7700123","issuer":"SITC"}],` +
	`"equipment":[{"kind":"container","number":"SITU9070320","iso_type":"45G1","seal":"CN123456","state":"laden"}],` +
	`"transport":{"mode":"sea","carrier":"SITC","conveyance":"9793911","name":"SITC MINHE","voyage":"2617S","from":"CNQZH","to":"SGSIN"},` +
	`"place":{"unlocode":"CNQZH"}}}`

// draws gives the values of one event. Every member may be absent, and every text may hold what JSON escapes.
type draws struct{ t *rapid.T }

func (d draws) pick(name string, of ...string) string { return rapid.SampledFrom(of).Draw(d.t, name) }
func (d draws) some(name string) bool                 { return rapid.Bool().Draw(d.t, name) }

// text is often absent, and never in need of normalising.
func (d draws) text(name string) string {
	if !d.some("has " + name) {
		return ""
	}
	return rapid.OneOf(rapid.StringN(0, 12, -1).Filter(func(s string) bool { return !strings.Contains(s, "\x00") }), rapid.SampledFrom([]string{"a\"b", "\\", "\t", "\u2028", "渝新欧", "😀", "\x7f", "</script>"})).Draw(d.t, name)
}

func (d draws) code(name string) string {
	return d.pick(name, "", "CNQZH", "SGSIN", "45G1", "2617S", "FOB")
}

func (d draws) port(name string) string { return d.pick(name, "", "CNQZH", "SGSIN", "PLMAA") }

func (d draws) decimal(name string) trade.Decimal {
	return trade.Decimal(d.pick(name, "", "0", "1", "-18.4", "125000.50", "99999999999999.9999", "0.80", "007"))
}

func (d draws) degrees(name string, most float64) json.Number {
	if !d.some("has " + name) {
		return ""
	}
	f := rapid.Float64Range(-most, most).Draw(d.t, name)
	if f == 0 {
		return "0"
	}
	b, err := json.Marshal(f) // ECMAScript's form, which is the canonical one
	if err != nil {
		d.t.Fatal(err)
	}
	return json.Number(b)
}

func (d draws) money(name string) trade.Money {
	amount := d.decimal(name)
	if amount == "" {
		return trade.Money{}
	}
	return trade.Money{Amount: amount, Currency: d.pick(name+" currency", "USD", "CNY", "SGD")}
}

func (d draws) party(name string) trade.PartyID {
	switch kind := d.pick(name+" kind", "", "lei", "uscc", "uen", "scac"); kind {
	case "lei":
		return trade.PartyID{Kind: kind, Value: d.pick(name, "", "5493006MHB84DD0ZWV18", "5493006MHB84DD0ZWV19")}
	case "uscc":
		return trade.PartyID{Kind: kind, Value: d.pick(name, "", "91330106673959654P")}
	case "uen":
		return trade.PartyID{Kind: kind, Value: d.pick(name, "", "197401143C", "S16FC0121D", "00192200M")}
	default:
		return trade.PartyID{Kind: kind, Value: d.text(name + " value")}
	}
}

func (d draws) references(name string, most int) []trade.Reference {
	var refs []trade.Reference
	for range rapid.IntRange(0, most).Draw(d.t, name) {
		refs = append(refs, trade.Reference{
			Kind:   trade.Kind(d.pick("reference kind", "bl", "house_bl", "master_bl", "booking", "invoice", "declaration", "customer_code")),
			Value:  d.pick("reference value", "B1", "SITGCKSG026001", "24-1-11", "发票9", "A\"1"),
			Issuer: d.pick("issuer", "", "SITC", "ACME"),
		})
	}
	for i := range refs { // documents lose the dashes that this one has
		if refs[i].Kind.Class() == trade.ClassDocument || refs[i].Kind == trade.Declaration {
			refs[i].Value = d.pick("document value", "B1", "SITGCKSG026001")
		}
	}
	return refs
}

func (d draws) boxes(name string) []string {
	var numbers []string
	for range rapid.IntRange(0, 3).Draw(d.t, name) {
		numbers = append(numbers, d.pick("box", "SITU9070320", "MSKU1234565", "BAD1"))
	}
	return numbers
}

func (d draws) time(name string) time.Time {
	t := time.Unix(rapid.Int64Range(315532800, 3471292799).Draw(d.t, name), 0).UTC() // 1980 to 2079
	return t.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 120_000_000, 999_999_999}).Draw(d.t, name+" nanoseconds")))
}

// detail is an object in canonical form.
func (d draws) detail() json.RawMessage {
	if !d.some("has detail") {
		return nil
	}
	text := func(name string) string {
		b, _ := json.Marshal(map[string]string{"a": d.pick(name, "x", "", "y z")})
		return string(b)
	}
	return json.RawMessage(fmt.Sprintf(`{"a":%s,"b":[1,null,true,%s],"c":%d}`, text("detail"), text("nested"), rapid.IntRange(-5, 5).Draw(d.t, "n")))
}

func (d draws) data() *trade.Data {
	v := &trade.Data{
		Classifier: trade.Classifier(d.pick("classifier", "", "PLN", "EST", "ACT")),
		References: d.references("references", 4), Covers: d.references("covers", 3), Replaces: d.references("replaces", 2),
		Transfer: trade.Transfer{From: d.boxes("from"), To: d.boxes("to")},
		Transport: trade.Transport{
			Mode: d.pick("mode", "", "sea", "rail"), Carrier: d.code("carrier"), Conveyance: d.pick("conveyance", "", "9793911", "X8044"),
			Name: d.text("name"), Voyage: d.code("voyage"), From: d.port("from port"), To: d.port("to port"),
		},
		Place:  trade.Place{UNLOCODE: d.port("place"), Facility: d.text("facility"), Name: d.text("place name"), Lat: d.degrees("lat", 90), Lon: d.degrees("lon", 180)},
		Amount: d.money("amount"),
		Document: trade.Document{
			Kind: d.pick("document kind", "", "bl"), Number: d.text("number"), Status: d.text("status"), Platform: d.text("platform"),
			Holder: d.party("holder"), Beneficiary: d.party("beneficiary"),
		},
		Customs: trade.Customs{Territory: d.pick("territory", "", "CN", "EU"), Direction: d.pick("direction", "", "import"), Office: d.text("office"), Procedure: d.code("procedure"), Code: d.code("function")},
		Finance: trade.Finance{Instrument: d.pick("instrument", "", "loan"), Rail: d.pick("rail", "", "CIPS"), Green: d.some("green"), Financier: d.party("financier"), Share: trade.Decimal(d.pick("share", "", "0", "0.80", "1.000"))},
		Terms:   trade.Terms{Incoterm: d.code("incoterm"), Freight: d.money("freight"), Insurance: d.money("insurance")},
		Credit: trade.Credit{
			LatestShipment: d.pick("latest shipment", "", "2026-10-01"), Expiry: d.pick("expiry", "", "2026-10-22"),
			PresentationDays: rapid.Uint32Range(0, 30).Draw(d.t, "days"), TolerancePct: d.decimal("tolerance"),
		},
		TemperatureC: d.decimal("temperature"), Precision: d.pick("precision", "", "second", "day"), Detail: d.detail(),
	}
	if d.some("digest") {
		v.Document.Digest = "sha256:" + fmt.Sprintf("%064x", rapid.Uint64().Draw(d.t, "digest of the document"))
	}
	for _, number := range d.boxes("equipment") {
		v.Equipment = append(v.Equipment, trade.Equipment{
			Kind: trade.EquipmentKind(d.pick("equipment kind", "container", "wagon", "truck", "uld")), Number: number,
			ISOType: d.code("iso type"), Seal: d.text("seal"), State: d.pick("state", "", "laden", "empty"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(d.t, "goods") {
		v.Goods = append(v.Goods, trade.Goods{
			HS: d.pick("hs", "", "870323"), Description: d.text("description"), Packages: rapid.Uint32Range(0, 3).Draw(d.t, "packages"),
			PackageKind: d.code("package kind"), GrossKG: d.decimal("gross"), NetKG: d.decimal("net"), Value: d.money("value"),
			Basis: d.code("basis"), Origin: d.pick("origin", "", "CN", "ZZ"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(d.t, "parties") {
		v.Parties = append(v.Parties, trade.Party{Role: d.pick("role", "", "shipper"), ID: d.party("party"), Name: d.text("party name"), Country: d.pick("country", "", "CN")})
	}
	return v
}

// anyEvent is a sound event, in normal form.
func anyEvent(t *rapid.T) *trade.Event {
	d := draws{t}
	e := &trade.Event{
		SpecVersion: "1.0", ID: strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "id")) + d.pick("id suffix", "", "-渝", " x\"y"),
		Source: d.pick("source", "urn:oneorder:org:sitc", "urn:oneorder:org:cq-customs", "https://example.org/events"),
		Type:   rapid.SampledFrom(trade.Types()).Draw(t, "type"), Time: d.time("time"),
		Revision: rapid.Uint32Range(0, 3).Draw(t, "revision"), Subject: d.text("subject"),
		DataContentType: d.pick("content type", "", "application/json"), DataSchema: d.text("schema"), TraceParent: d.text("traceparent"),
	}
	if d.some("recorded") {
		e.Recorded = d.time("recorded time")
	}
	e.Retracted = e.Revision > 0 && d.some("retracted")
	if !e.Retracted || d.some("retraction with data") {
		e.Data = d.data()
	}
	if !e.Retracted {
		enough(e)
	}
	return e
}

// enough adds what an event of its type must have.
func enough(e *trade.Event) {
	v := e.Data
	switch e.Type {
	case trade.CargoTransferred:
		v.Transfer = trade.Transfer{From: []string{"SITU9070320"}, To: []string{"MSKU1234565", "BAD1"}}
	case trade.TemperatureRead:
		v.TemperatureC = "-18.4"
	case trade.BondPriced, trade.LoanDrawn, trade.InvestmentApproved:
		v.Amount = trade.Money{Amount: "1", Currency: "CNY"}
	default:
	}
}

// decode is for events that must be sound.
func decode(t testing.TB, text string) *trade.Event {
	t.Helper()
	e, err := wire.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return e
}

// event writes an envelope around the members of data, or without data if there are none.
func event(members string) string {
	return `{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued","time":"2026-09-11T08:15:00Z","data":{` + members + `}}`
}
