package iso20022

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{
		Name: "iso20022", Domain: trade.DomainFinance, Convert: Convert,
		Types: []trade.Type{
			trade.PaymentInstructed, trade.PaymentSettled, trade.PaymentRejected, trade.FinancingRequested, trade.FinancingGranted, trade.DocumentRefused,
			trade.DocumentPresented, trade.DocumentRecognised,
		},
	}}
}

const wantMessage = "an ISO 20022 message of pacs.008, pacs.002, camt.053, camt.054, tsin.001, tsin.002, tsin.006, tsin.007, tsin.008 or tsin.013 that tells of a transaction"

// kind is a kind of message.
type kind struct {
	name string // of the message, without variant and version
	read func(*message)
}

// kinds are the messages that are read, by their element within Document.
var kinds = map[string]kind{
	"FIToFICstmrCdtTrf":     {"pacs.008", (*message).creditTransfers},
	"FIToFIPmtStsRpt":       {"pacs.002", (*message).statusReport},
	"BkToCstmrStmt":         {"camt.053", func(m *message) { m.account("Stmt") }},
	"BkToCstmrDbtCdtNtfctn": {"camt.054", func(m *message) { m.account("Ntfctn") }},
	"InvcFincgReq":          {"tsin.001", (*message).financingRequest},
	"InvcFincgReqSts":       {"tsin.002", (*message).financingStatus},
	"InvcAssgnmtReq":        {"tsin.006", func(m *message) { m.assignment("AssgnmtList") }},
	"InvcAssgnmtSts":        {"tsin.007", func(m *message) { m.assignment("AssgnmtList") }},
	"InvcAssgnmtNtfctn":     {"tsin.008", func(m *message) { m.assignment("NtfctnList") }},
	"InvcAssgnmtAck":        {"tsin.013", func(m *message) { m.assignment("PmtStsList") }},
}

// firstName is how the first versions name the element: with its version behind it, or by the message's identifier.
var firstName = regexp.MustCompile(`^(?:(\w+?)V\d{1,2}|(pacs\.008|pacs\.002)\.\d{3}\.\d{2})$`)

// kindOfMessage tells a message by its element.
func kindOfMessage(name string) (kind, bool) {
	m := firstName.FindStringSubmatch(name)
	switch {
	case m == nil:
	case m[2] == "pacs.008":
		name = "FIToFICstmrCdtTrf"
	case m[2] == "pacs.002":
		name = "FIToFIPmtStsRpt"
	default:
		name = m[1]
	}
	k, ok := kinds[name]
	return k, ok
}

// Convert converts a message, bare or in the envelope of a network. One that tells of no transaction (a query, a
// request for cancellation, a report without a status) is declined with not_an_event_document.
//
// An error is a trade.Faults with every fault of the document; the events beside it are those of its sound
// transactions. Only an Org that can be no organisation makes another error.
func Convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	c, root, err := xmldoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	header, documents := envelope(root)
	used := make(map[string]int)
	for _, d := range documents {
		body := d
		if d.Name() == "Document" {
			body = firstChild(d)
		}
		kind, known := kindOfMessage(body.Name())
		if !known {
			continue
		}
		c.Standard = "ISO 20022 " + version(d.Space(), kind.name)
		m := message{Conversion: c, kind: kind.name, body: body, used: used}
		m.head = m.header(header)
		m.group()
		kind.read(&m)
	}
	events, err := c.End()
	if err == nil && len(events) == 0 {
		return nil, xmldoc.Decline(root, shown(root, documents), wantMessage)
	}
	return events, err
}

// message is one that is being converted.
type message struct {
	*xmldoc.Conversion
	kind    string
	body    xmldoc.Element
	id      string         // of the message
	created time.Time      // when it was
	local   bool           // without an offset
	day     bool           // to the day only
	head    []byte         // JSON members: what the envelope and the group header say
	used    map[string]int // how often an id came up in this document
	rail    string
	sender  string // BIC of the instructing agent, eight characters
}

// envelopes is how deep within the envelopes of networks a Document may stand.
const envelopes = 6

// envelope finds the documents, and the business application header.
func envelope(root xmldoc.Element) (header xmldoc.Element, documents []xmldoc.Element) {
	level := []xmldoc.Element{root}
	for range envelopes {
		var below []xmldoc.Element
		for _, e := range level {
			if _, bare := kindOfMessage(e.Name()); e.Name() == "Document" || bare {
				documents = append(documents, e)
				continue
			}
			if e.Name() == "AppHdr" {
				header = e
				continue
			}
			for c := range e.Children {
				if len(below) < 256 {
					below = append(below, c)
				}
			}
		}
		if documents != nil {
			break
		}
		level = below
	}
	return header, documents
}

func firstChild(e xmldoc.Element) xmldoc.Element {
	for c := range e.Children {
		return c
	}
	return xmldoc.Element{}
}

func shown(root xmldoc.Element, documents []xmldoc.Element) string {
	if documents == nil {
		return trade.Quote("{" + root.Space() + "}" + root.Name())
	}
	return trade.Quote(firstChild(documents[0]).Name() + " of " + documents[0].Space())
}

var identifierInSpace = regexp.MustCompile(`(?:pacs|camt|tsin)\.\d{3}\.\d{3}\.\d{2}`)

// version tells the message's identifier from its namespace.
func version(space, name string) string {
	if id := identifierInSpace.FindString(space); strings.HasPrefix(id, name) {
		return id
	}
	return name
}

// maxHead bounds what the envelope adds to every event of a message, in bytes; of a longer one each event has the
// message's id only.
const maxHead = 8 << 10

// header writes what the envelope and the group header say.
func (m *message) header(app xmldoc.Element) []byte {
	head := []byte{'{'}
	if app.Exists() {
		head = xmldoc.AppendRest(head, app)
	}
	for _, name := range []string{"GrpHdr", "ReqGrpInf", "StsId", "Hdr"} {
		if group := m.body.Child(name); group.Exists() {
			head = xmldoc.AppendRest(head, group)
		}
	}
	if len(head) > maxHead {
		head = xmldoc.AppendLeaf([]byte{'{'}, m.body.Child("GrpHdr", "MsgId"))
	}
	return head[1:]
}

// group reads the group header, which every message has under one name or another.
func (m *message) group() {
	group, id, made := m.body.Child("GrpHdr"), "MsgId", "CreDtTm"
	for _, other := range []struct{ name, id string }{{"ReqGrpInf", "GrpId"}, {"StsId", "Id"}} {
		if e := m.body.Child(other.name); !group.Exists() && e.Exists() {
			group, id = e, other.id
		}
	}
	if letter := m.body.Child("Hdr"); !group.Exists() && letter.Exists() {
		m.letter(letter)
		return
	}
	if !group.Exists() {
		m.Fault(m.body.Missing("GrpHdr", "the group header"))
		return
	}
	m.id = m.text(group, id, "the message's own id")
	m.created, m.local = m.instant(group.Child(made))
	if !group.Child(made).Exists() {
		m.Fault(group.Missing(made, wantInstant))
	}
	m.sender = bic(group.Child("InstgAgt"))
	m.rail = railOf(group)
}

// railOf tells the way that a payment takes.
func railOf(group xmldoc.Element) string {
	settlement := group.Child("SttlmInf")
	system := settlement.Child("ClrSys", "Cd").Text() + settlement.Child("ClrSys", "Prtry").Text()
	switch upper := strings.ToUpper(system); {
	case strings.Contains(upper, "CIPS"):
		return "CIPS"
	case upper == "FAST", strings.HasPrefix(upper, "SGFAST"):
		return "FAST"
	case strings.Contains(upper, "ECNY"), strings.Contains(upper, "DCEP"):
		return "ECNY"
	case upper != "":
		return "OTHER"
	}
	switch settlement.Child("SttlmMtd").Text() {
	case "INDA", "INGA", "COVE":
		return "SWIFT" // through correspondents
	}
	return ""
}

// unique makes sure of an id that no other event of the document has.
func (m *message) unique(prefix string, parts ...string) string {
	id := xmldoc.Key(prefix, parts...)
	m.used[id]++
	if n := m.used[id]; n > 1 {
		return xmldoc.Key(prefix, append(parts, "again", strconv.Itoa(n))...)
	}
	return id
}
