package wco

import (
	"cmp"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

const wantDeclaration = "a WCO declaration: MetaData with a Declaration, or a Declaration"

func declarationTypes() []trade.Type {
	return []trade.Type{
		trade.DeclarationLodged, trade.DeclarationAmended, trade.DeclarationCancelled, trade.TransitOpened, trade.DocumentPresented,
	}
}

// Declaration converts a WCO declaration: what an importer, exporter or carrier lodges, the request to amend or to
// cancel it, the notice that the goods are presented. A response, and anything else that is no declaration, is
// declined with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of its sound
// declarations. Only an Org that can be no organisation makes another error.
func Declaration(data []byte, o standard.Options) ([]*trade.Event, error) {
	m, err := open(data, o, "Declaration", wantDeclaration)
	if err != nil {
		return nil, err
	}
	for _, e := range m.contents {
		m.declaration(e)
	}
	return m.End()
}

// declaration is one that is being converted.
type declaration struct {
	*message
	e         xmldoc.Element
	d         *standard.Draft
	shipment  xmldoc.Element
	declarant string // number of the declarant, who gave the LRN
	mrn       string
	direction string
	content   string // digest of what it says, where nothing else tells it from another of its numbers
}

func (m *message) declaration(e xmldoc.Element) {
	before := m.Faults()
	m.checkDeclaration(e)
	if m.Faults() > before {
		return
	}
	x := declaration{message: m, e: e, d: m.Draft(), shipment: e.Child("GoodsShipment")}
	x.declarant = cmp.Or(e.Child("Declarant", "ID").Text(), e.Child("Submitter", "ID").Text(), e.Child("Agent", "ID").Text())
	if id := e.Child("ID").Text(); id != "" {
		x.mrn = id
	}
	made := xmldoc.Event{At: e, Type: x.becomes(), Draft: x.d}
	x.when(&made)
	x.numbers()
	x.customs()
	x.transport()
	parties(x.d, e)
	parties(x.d, x.shipment)
	parties(x.d, x.shipment.Child("Consignment"))
	parties(x.d, e.Child("Consignment"))
	x.goods()
	function, kind, lrn := e.Child("FunctionCode").Text(), e.Child("TypeCode").Text(), e.Child("FunctionalReferenceID").Text()
	identity := []string{x.territory(x.mrn), x.declarant, function, requestOf(kind), lrn, x.mrn}
	if x.content != "" {
		identity = append(identity, x.content)
	}
	made.ID = xmldoc.Key("declaration", identity...)
	document := string(trade.Declaration)
	if x.d.Data.Classifier == trade.Planned || made.Type == trade.DocumentPresented {
		document = "declaration_request" // whose digest is not that of the declaration
	}
	x.d.Data.Document = trade.Document{Kind: document, Number: cmp.Or(x.mrn, lrn), Digest: m.Digest, Status: kind}
	made.Subject = x.d.Data.Document.Number
	made.Detail = m.detail(e)
	if m.Faults() == before {
		m.Add(made)
	}
}

// detail is what is left of a message, with what its envelope says.
func (m *message) detail(e xmldoc.Element) []byte {
	return xmldoc.AppendRest(append([]byte{'{'}, m.head...), e)
}

// requestOf is the type of a declaration as far as it belongs to its identity: what a request asks for. That of a
// declaration proper may be corrected.
func requestOf(kind string) string {
	switch kind {
	case amends, cancels, presents:
		return kind
	}
	return ""
}

// Function codes of a declaration (UN/EDIFACT 1225) and, for function 13, the types of request.
const (
	cancellation = "1"
	replacement  = "5"
	change       = "4"
	original     = "9"
	request      = "13"
	amends       = "COR"
	cancels      = "INV"
	presents     = "GPR"
)

// becomes tells the type of event. What only asks customs for something has not happened yet.
func (x *declaration) becomes() trade.Type {
	kind := x.e.Child("TypeCode").Text()
	switch function := x.e.Child("FunctionCode").Text(); {
	case kind == cancels, function == cancellation:
		x.d.Data.Classifier = trade.Planned
		return trade.DeclarationCancelled
	case kind == amends, function == change, function == replacement:
		x.d.Data.Classifier = trade.Planned
		return trade.DeclarationAmended
	case kind == presents:
		x.d.Data.Classifier = trade.Actual
		return trade.DocumentPresented
	case function != original:
		x.d.Flags |= trade.FlagUnknownCode
		x.d.Data.Classifier = trade.Actual
		return trade.DocumentPresented
	case directionOf(kind, "") == "transit":
		x.d.Data.Classifier = trade.Actual
		return trade.TransitOpened
	}
	x.d.Data.Classifier = trade.Actual
	return trade.DeclarationLodged
}

// when tells the time: of the message, else the one that customs accepted it, else that of the gateway, else when
// we received it. The profile of most customs services has none of the first three.
func (x *declaration) when(made *xmldoc.Event) {
	issued, accepted := x.stamp(x.e.Child("IssueDateTime")), x.stamp(x.e.Child("AcceptanceDateTime"))
	s, of := issued, "IssueDateTime"
	if !s.known() {
		s, of = accepted, "AcceptanceDateTime"
	}
	if !s.known() {
		for _, name := range []string{"receiptDate", "dateTimeStamp"} {
			if t, local, ok := xmldoc.Instant(x.gateway.Child(name).Text()); ok && !s.known() {
				s, of = stamp{at: t, local: local}, name
			}
		}
	}
	if s.known() {
		made.Time, made.Recorded = s.at, issued.at
		made.Revision = xmldoc.Revision(s.at)
		if s.day {
			x.d.Data.Precision = "day"
		}
	} else {
		made.Time, made.Revision = standard.Receipt(x.Received)
		x.d.Data.Precision, of = "day", "received"
	}
	if version := x.e.Child("VersionID").Text(); digits(version) && len(version) < 6 {
		if of == "received" {
			made.Revision |= revisionOf(version) << standard.ReceiptBits
		} else if made.Revision == 0 {
			made.Revision = revisionOf(version)
		}
	} else if of == "received" {
		// Nothing says that a declaration of other content is the later one: it is one of its own.
		x.content = standard.Digest(xmldoc.AppendRest(nil, x.e))
	}
	made.Remarks = append(made.Remarks, xmldoc.Remark{Name: "time", Value: of})
	if s.local {
		made.Remarks = append(made.Remarks, xmldoc.Remark{Name: "offset", Value: "none: taken as UTC"})
	}
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// revisionOf makes 0 of version 1.
func revisionOf(version string) uint32 {
	n := uint32(0)
	for _, c := range version {
		n = n*10 + uint32(c-'0')
	}
	return max(n, 1) - 1
}

// numbers places the numbers of the whole declaration, then those of its items.
func (x *declaration) numbers() {
	if id := x.e.Child("ID"); x.mrn != "" && x.d.Refer(trade.Declaration, x.mrn, "") {
		id.Take()
	}
	lrn(x.d, x.e.Child("FunctionalReferenceID"), x.declarant)
	docs := documents{d: x.d}
	consignments := []xmldoc.Element{x.shipment.Child("Consignment"), x.e.Child("Consignment")}
	for _, u := range []xmldoc.Element{x.e, x.shipment, consignments[0], consignments[1]} {
		docs.ucr(u.Child("UCR"))
		docs.of(u)
	}
	for _, c := range consignments {
		docs.contract(c)
	}
	for item := range x.items {
		docs.ucr(item.Child("UCR"))
		docs.of(item)
	}
	docs.settle()
}

// of places the documents that stand within an element.
func (x *documents) of(e xmldoc.Element) {
	for _, name := range []string{"PreviousDocument", "PrecedingDocument"} {
		for p := range e.Each(name) {
			x.previous(p)
		}
	}
	for a := range e.Each("AdditionalDocument") {
		x.additional(a)
	}
}

// ucr places a unique consignment reference.
func (x *documents) ucr(e xmldoc.Element) {
	for _, name := range []string{"ID", "TraderAssignedReferenceID"} {
		if id := e.Child(name); id.Text() != "" && ucr(x.d.Refer, id.Text()) {
			id.Take()
		}
	}
}

// contract places the transport document that the consignment moves under.
func (x *documents) contract(e xmldoc.Element) {
	for _, name := range []string{"TransportContractDocument", "AssociatedTransportDocument"} {
		for c := range e.Each(name) {
			kind := kindOf("", c.Child("TypeCode").Text())
			if kind.Class() == trade.ClassDocument || kind == trade.MasterBL || kind == trade.MasterAirWaybill {
				if x.d.Refer(kind, c.Child("ID").Text(), "") {
					c.Child("ID").Take()
				}
			}
		}
	}
}

// items goes through the goods items, in either of the places that the model has for them.
func (x *declaration) items(yield func(xmldoc.Element) bool) {
	for item := range x.shipment.Each("GovernmentAgencyGoodsItem") {
		if !yield(item) {
			return
		}
	}
	for item := range x.shipment.Child("Consignment").Each("ConsignmentItem") {
		if !yield(item) {
			return
		}
	}
}

// customs places what the declaration is to which customs.
func (x *declaration) customs() {
	c := &x.d.Data.Customs
	c.Territory = x.territory(x.mrn)
	kind := x.e.Child("TypeCode").Text()
	for item := range x.items {
		procedure := item.Child("GovernmentProcedure")
		current, previous := procedure.Child("CurrentCode").Text(), procedure.Child("PreviousCode").Text()
		if len(current) <= 4 && len(previous) <= 4 {
			c.Procedure = current + previous
		}
		break
	}
	x.direction = directionOf(kind, c.Procedure)
	c.Direction = x.direction
	for _, path := range [][]string{{"DeclarationOfficeID"}, {"DeclarationOffice", "ID"}, {"ExitOffice", "ID"}, {"EntryOffice", "ID"}, {"PresentationOffice", "ID"}} {
		if office := x.e.Child(path...); c.Office == "" && office.Text() != "" && len(office.Text()) <= 17 {
			c.Office = office.Text()
			office.Take()
		}
	}
	c.Code = x.e.Child("FunctionCode").Text()
}

// directionOf tells the direction by the type of declaration: IM or EX, T1, T2 or TIR for transit, and CO, which is
// trade with territories that are outside of the tax union only, by its procedure.
func directionOf(kind, procedure string) string {
	switch {
	case strings.HasPrefix(kind, "IM"):
		return "import"
	case strings.HasPrefix(kind, "EX"), strings.HasPrefix(kind, "EU") && len(kind) > 2:
		return "export"
	case kind == "T", strings.HasPrefix(kind, "T1"), strings.HasPrefix(kind, "T2"), strings.HasPrefix(kind, "TIR"), strings.HasPrefix(kind, "TRA"):
		return "transit"
	}
	if kind == amends || kind == cancels || kind == presents || procedure == "" {
		return ""
	}
	switch procedure[0] {
	case '1', '2', '3':
		return "export"
	case '0', '4', '5', '6', '7', '9':
		return "import"
	}
	return ""
}
