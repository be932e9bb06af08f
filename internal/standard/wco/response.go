package wco

import (
	"cmp"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

const wantResponse = "a WCO response: MetaData with a Response, or a Response"

// status is what a response's function code says.
type status struct {
	kind  trade.Type
	stage int // place among the statuses that a declaration goes through
	own   string
}

// statuses by function code, as customs services that run the Union's data model give them. The stage orders
// statuses of one moment: customs systems issue several within the second, and stamp them to the second.
var statuses = map[string]status{
	// Received: registered, and not yet accepted. It was so before the notice of it, and the acceptance that follows
	// may bear a stamp before that notice's.
	"02": {trade.DeclarationLodged, -990, ""},
	"03": {trade.DeclarationRejected, 15, "RejectionDateTime"},
	"01": {trade.DeclarationAccepted, 20, "AcceptanceDateTime"},
	"17": {trade.DocumentPresented, 22, ""}, // handled outside of the system
	"50": {trade.DocumentsRequested, 24, ""},
	"51": {trade.DocumentsRequested, 25, ""},
	"06": {trade.DocumentsRequested, 26, ""},
	"05": {trade.InspectionOrdered, 30, ""},
	"13": {trade.DutyAssessed, 40, ""},
	"14": {trade.DutyAssessed, 44, ""}, // the balance does not suffice
	"15": {trade.DutyAssessed, 46, ""}, // reminder of a payment
	"11": {trade.DeclarationAmended, 38, ""},
	"07": {trade.DeclarationAmended, 50, ""}, // corrected by customs
	"08": {trade.GoodsReleased, 60, ""},
	"09": {trade.GoodsCleared, 70, ""},
	"18": {trade.DocumentsRequested, 80, ""}, // where is the proof of exit
	"16": {trade.GoodsExited, 90, ""},
	"10": {trade.DeclarationCancelled, 95, "CancellationDateTime"},
}

// Status codes beside the function code (UN/EDIFACT 4405 and the Union's code list of control results).
const (
	granted       = "39"
	refused       = "41"
	provisional   = "67"
	secured       = "115"
	notSatisfying = "B1"
)

func responseTypes() []trade.Type {
	types := []trade.Type{trade.DocumentRefused, trade.GoodsDetained}
	seen := map[trade.Type]bool{}
	for _, s := range statuses {
		if !seen[s.kind] {
			seen[s.kind] = true
			types = append(types, s.kind)
		}
	}
	return types
}

// Response converts the responses of customs: each is an event of the declaration that it is about. A declaration,
// a query and its answer, and anything else that is no response, is declined with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of its sound
// responses. Only an Org that can be no organisation makes another error.
func Response(data []byte, o standard.Options) ([]*trade.Event, error) {
	m, err := open(data, o, "Response", wantResponse)
	if err != nil {
		return nil, err
	}
	for _, e := range m.contents {
		m.response(e)
	}
	return m.End()
}

func (m *message) response(e xmldoc.Element) {
	before := m.Faults()
	m.checkResponse(e)
	if m.Faults() > before {
		return
	}
	d := m.Draft()
	d.Data.Classifier = trade.Actual
	about := aboutOf(e)
	mrn, function := about.Child("ID").Text(), twoDigits(e.Child("FunctionCode").Text())
	s, known := statuses[function]
	if !known {
		d.Flags |= trade.FlagUnknownCode
		s = status{kind: trade.DocumentPresented, stage: 99}
	}
	s = s.with(function, e.Child("Status", "NameCode").Text(), d)
	made := xmldoc.Event{At: e, Type: s.kind, Draft: d}
	m.whenStatus(&made, s, e, about)
	if d.Refer(trade.Declaration, mrn, "") {
		about.Child("ID").Take()
	}
	lrn(d, about.Child("FunctionalReferenceID"), cmp.Or(about.Child("Declarant", "ID").Text(), e.Child("Declarant", "ID").Text()))
	docs := documents{d: d}
	for _, u := range []xmldoc.Element{about, about.Child("GoodsShipment")} {
		docs.ucr(u.Child("UCR"))
		docs.of(u)
	}
	docs.settle()
	parties(d, about)
	d.Data.Customs = trade.Customs{Territory: m.territory(mrn), Code: function, Direction: directionOf(about.Child("TypeCode").Text(), "")}
	if function == "16" || function == "18" {
		d.Data.Customs.Direction = "export"
	}
	d.Data.Customs.Office = office(e)
	if amount, ok := owed(function, about); ok {
		d.Data.Amount = amount
	}
	id := e.Child("FunctionalReferenceID").Text()
	made.ID = xmldoc.Key("response", d.Data.Customs.Territory, mrn, about.Child("FunctionalReferenceID").Text(), function, id)
	if id == "" {
		made.ID = xmldoc.Key("response", m.Digest, e.Path())
	}
	d.Data.Document = trade.Document{Kind: "customs_response", Number: id, Digest: m.Digest, Status: e.Child("Status", "NameCode").Text()}
	made.Subject = cmp.Or(mrn, about.Child("FunctionalReferenceID").Text())
	made.Detail = m.detail(e)
	m.Add(made)
}

// aboutOf is the declaration that a response is about; a second one may say what customs corrected.
func aboutOf(e xmldoc.Element) xmldoc.Element {
	for d := range e.Each("Declaration") {
		if d.Child("ID").Text() != "" || d.Child("FunctionalReferenceID").Text() != "" {
			return d
		}
	}
	return e.Child("Declaration")
}

func twoDigits(code string) string {
	if len(code) == 1 {
		return "0" + code
	}
	return code
}

// with is the status as the status code beside the function code makes it.
func (s status) with(function, code string, d *standard.Draft) status {
	switch {
	case function == "11" && code == refused:
		s.kind = trade.DocumentRefused // the request was, and the declaration stands as it is
	case function == "11" && code != granted:
		s.kind = trade.DocumentPresented
		d.Flags |= trade.FlagUnknownCode
	case function == "16" && code == notSatisfying:
		s.kind = trade.GoodsDetained
	case function == "13" && code == secured:
		s.stage += 11 // with the release
	case function == "13" && code != provisional && code != "":
		s.stage += 12
	}
	return s
}

// whenStatus tells the time of a status: when customs says that it took effect, if that is a moment and not after
// the response was issued, else when it was issued. The status's stage is added in milliseconds, which no customs
// system gives, so that the statuses of one second stand in the order in which they follow one another.
func (m *message) whenStatus(made *xmldoc.Event, s status, e, about xmldoc.Element) {
	issued := m.stamp(e.Child("IssueDateTime"))
	at, of := issued, "IssueDateTime"
	if s.own != "" {
		own := m.stamp(about.Child(s.own))
		if own.known() && (!issued.known() || !own.wholeDay() && !own.at.After(issued.at)) {
			at, of = own, s.own
		}
	}
	made.Time = at.at.Truncate(time.Second).Add(time.Duration(s.stage) * time.Millisecond)
	made.Recorded = issued.at
	made.Revision = xmldoc.Revision(issued.at)
	if at.day {
		made.Draft.Data.Precision = "day"
	}
	made.Remarks = []xmldoc.Remark{{Name: "time", Value: of}, {Name: "stage", Value: time.Duration(s.stage * 1e6).String()}}
	if at.local {
		made.Remarks = append(made.Remarks, xmldoc.Remark{Name: "offset", Value: "none: taken as UTC"})
	}
}

func office(e xmldoc.Element) string {
	for _, path := range [][]string{{"ContactOffice", "ID"}, {"IssueOffice", "ID"}, {"ExitOffice", "ID"}} {
		if at := e.Child(path...); at.Text() != "" && len(at.Text()) <= 17 {
			text := at.Text()
			at.Take()
			return text
		}
	}
	return ""
}

// owed sums what a response on duties says is to be paid, if it is in one currency.
func owed(function string, about xmldoc.Element) (trade.Money, bool) {
	if function != "13" && function != "14" && function != "15" {
		return trade.Money{}, false
	}
	var sum int64
	currency := ""
	add := func(within xmldoc.Element) bool {
		for fee := range within.Each("DutyTaxFee") {
			amount := fee.Child("Payment", "PaymentAmount")
			if amount.Text() == "" {
				continue
			}
			m, ok := money(amount)
			n, err := m.Amount.Scaled()
			if !ok || err != nil || currency != "" && m.Currency != currency || n >= 1<<60-sum {
				return false
			}
			sum, currency = sum+n, m.Currency
		}
		return true
	}
	sound := add(about)
	for item := range about.Child("GoodsShipment").Each("GovernmentAgencyGoodsItem") {
		sound = sound && add(item.Child("Commodity")) && add(item)
	}
	return trade.Money{Amount: trade.DecimalOf(sum), Currency: currency}, sound && currency != ""
}

// checkResponse holds a response against the model.
func (m *message) checkResponse(e xmldoc.Element) {
	m.required(e, wantOf, "FunctionCode", "Declaration")
	if function := e.Child("FunctionCode").Text(); function != "" && (!digits(function) || len(function) > 2) {
		m.wrong(e.Child("FunctionCode"), "mistyped", "one or two digits")
	}
	about := aboutOf(e)
	if about.HasChildren() && about.Child("ID").Text() == "" && about.Child("FunctionalReferenceID").Text() == "" {
		m.Fault(about.Missing("ID", "the MRN, or the declarant's own reference in FunctionalReferenceID"))
	}
	own := statuses[twoDigits(e.Child("FunctionCode").Text())].own
	if issued := e.Child("IssueDateTime"); issued.Text() == "" && !issued.HasChildren() && (own == "" || !about.Child(own).Exists()) {
		m.Fault(e.Missing("IssueDateTime", wantOf["IssueDateTime"]))
	}
	m.check(e)
}
