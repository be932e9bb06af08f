package tradetrust

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// step is what an entry of an endorsement chain does to the title.
type step struct {
	event  trade.Type
	status string
}

// steps are the entries that token registries 4 and 5 tell of. Who owns the title is its beneficiary; who holds it
// is its holder.
var steps = map[string]step{
	"INITIAL":                     {trade.TitleTransferred, "ISSUED"},
	"NEW_OWNERS":                  {trade.TitleTransferred, "TRANSFERRED"},
	"TRANSFER_OWNERS":             {trade.TitleTransferred, "TRANSFERRED"},
	"ENDORSE":                     {trade.TitleTransferred, "TRANSFERRED"},
	"TRANSFER_HOLDER":             {trade.TitleTransferred, "TRANSFERRED"},
	"TRANSFER":                    {trade.TitleTransferred, "TRANSFERRED"},
	"TRANSFER_BENEFICIARY":        {trade.TitleEndorsed, "ENDORSED"},
	"NOMINATE":                    {trade.TitleEndorsed, "NOMINATED"},
	"REJECT_TRANSFER_OWNERS":      {trade.TitleTransferred, "TRANSFER_REJECTED"},
	"REJECT_TRANSFER_HOLDER":      {trade.TitleTransferred, "TRANSFER_REJECTED"},
	"REJECT_TRANSFER_BENEFICIARY": {trade.TitleEndorsed, "TRANSFER_REJECTED"},
	"REJECT_TRANSFER_OWNER":       {trade.TitleEndorsed, "TRANSFER_REJECTED"},
	"SURRENDER":                   {trade.TitleSurrendered, "SURRENDERED"},
	"SURRENDERED":                 {trade.TitleSurrendered, "SURRENDERED"},
	"RETURNED_TO_ISSUER":          {trade.TitleSurrendered, "SURRENDERED"},
	"SURRENDER_ACCEPTED":          {trade.TitleSurrenderAnswered, "ACCEPTED"},
	"RETURN_TO_ISSUER_ACCEPTED":   {trade.TitleSurrenderAnswered, "ACCEPTED"},
	"SURRENDER_REJECTED":          {trade.TitleSurrenderAnswered, "REJECTED"},
	"RETURN_TO_ISSUER_REJECTED":   {trade.TitleSurrenderAnswered, "REJECTED"},
}

// maxStep is how long the name of an entry may be, in bytes.
const maxStep = 100

// endorsements makes an event of each entry of the endorsement chain. A document that does not say when it was issued
// was so when its chain began.
func (c *converter) endorsements(issue *trade.Event, chain jsondoc.Value, at *jsondoc.Path) {
	for i, element := range chain.Elements {
		where := at.Element(i)
		if i == 0 && issue.Revision > 0 && element.Kind() == jsondoc.Structure {
			if began, ok := moment(element.Open(where)); ok {
				issue.Time, issue.Data.Precision, issue.Revision = began, "", 1<<standard.ReceiptBits // above that of any receipt
			}
		}
		if element.Kind() != jsondoc.Structure {
			c.fault("mistyped", where, element.Shown(), "an endorsement: an object with type, timestamp, owner and holder")
			continue
		}
		if element.Check(&c.log, where); c.log.Len() == 0 {
			c.endorsement(issue, element.Open(where), i)
		}
	}
}

func (c *converter) endorsement(issue *trade.Event, o *jsondoc.Object, i int) {
	before := c.log.Len()
	name := o.Text("type")
	var flags trade.Flags
	s, known := steps[strings.ToUpper(name)]
	if !known {
		s, flags = step{trade.DocumentPresented, name}, trade.FlagUnknownCode
	}
	if name == "" || len(name) > maxStep {
		v, _ := o.Value("type")
		c.fault("missing", o.At.Member("type"), v.Shown(), "an entry of a token registry such as INITIAL, TRANSFER_HOLDER, TRANSFER_BENEFICIARY or SURRENDERED")
	}
	when, ok := moment(o)
	if !ok {
		v, _ := o.Value("timestamp")
		c.fault("time_malformed", o.At.Member("timestamp"), v.Shown(), "milliseconds since 1970, or an RFC 3339 date-time")
	}
	if c.log.Len() > before {
		return
	}
	data := trade.Data{Classifier: trade.Actual, References: issue.Data.References[:min(1, len(issue.Data.References))], Document: issue.Data.Document}
	data.Document.Status = s.status
	data.Document.Holder, data.Document.Beneficiary = account(o, "holder"), account(o, "owner")
	if data.Document.Beneficiary == (trade.PartyID{}) {
		data.Document.Beneficiary = account(o, "beneficiary")
	}
	detail := o.Rest([]byte{'{'})
	detail = jsondoc.AppendList(append(jsondoc.AppendName(detail, "conversion"), '{'), "flags", flags.Names())
	detail = jsondoc.AppendString(jsondoc.AppendName(detail, "standard"), "TradeTrust endorsement chain")
	data.Detail = json.RawMessage(append(detail, "}}"...))
	// Entries of one transaction are told apart by their place; a chain only ever grows at its end.
	id := issue.ID + "#" + strconv.Itoa(i)
	c.keep(&trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: issue.Source, Type: s.event, Time: when, Subject: issue.Subject, Data: &data, Flags: flags,
	}, o.At, before)
}

// account is an address on the ledger; the null address is nobody's.
func account(o *jsondoc.Object, name string) trade.PartyID {
	address := o.Text(name)
	if address == "" || len(address) > 200 || strings.Trim(strings.TrimPrefix(address, "0x"), "0") == "" {
		return trade.PartyID{}
	}
	return trade.PartyID{Kind: "other", Value: address}
}

// moment reads the timestamp of an entry: milliseconds since 1970, or a date-time.
func moment(o *jsondoc.Object) (time.Time, bool) {
	v, ok := o.Value("timestamp")
	if !ok {
		return time.Time{}, false
	}
	at, ok := standard.Instant(v.Text())
	if !ok {
		ms, err := strconv.ParseInt(v.Text(), 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		at = time.UnixMilli(ms).UTC()
	}
	return at, at.Year() >= trade.FirstYear && at.Year() <= trade.LastYear
}
