package dcsa

import (
	"strconv"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// endorsement is one link of the chain that tells who had a bill, and who may claim the goods.
type endorsement struct {
	o          *jsondoc.Object
	text       jsondoc.Value
	definition string // of the link
	document   string // the bill's number
	version    string // its sub-reference
	issuer     string
	family     string // the standard's part that it is told in: another may say more or less of it
	id         string // where the link has one; else it comes from its content
	digest     string // of the bill, where the chain says it
	also       string // a number that later messages know the chain by
	remarks    []remark
	describe   func(*standard.Draft) // what else the event says; may be nil
	rest       *jsondoc.Object       // of the event's detail; nil: the link
}

// actions is what each action makes of the title.
var actions = map[string]trade.Type{
	"ISSUE":                   trade.TitleIssued,
	"TRANSFER":                trade.TitleTransferred,
	"ENDORSE":                 trade.TitleEndorsed,
	"ENDORSE_TO_ORDER":        trade.TitleEndorsed,
	"BLANK_ENDORSE":           trade.TitleEndorsed,
	"SURRENDER_FOR_DELIVERY":  trade.TitleSurrendered,
	"SURRENDER_FOR_AMENDMENT": trade.TitleSurrendered,
	"SURRENDERED":             trade.TitleSurrendered,
	"SACC":                    trade.TitleSurrenderAnswered,
	"SREJ":                    trade.TitleSurrenderAnswered,
	"SIGN":                    trade.DocumentRecognised,
}

func actionTime(link *jsondoc.Object) time.Time {
	t, _ := timeOf(moment, link.Text("actionDateTime")) // checked before
	return t
}

// endorse tells of a link. The event says nothing that is not of the link and its bill, so that the chain makes
// the same events whenever it is sent again, longer.
func (a *assembly) endorse(e endorsement) {
	action := e.o.Text("actionCode")
	actor, recipient := e.o.Object("actor"), e.o.Object("recipient")
	d := a.draft()
	d.Data.Document = trade.Document{Kind: string(trade.BL), Number: e.document, Status: action, Digest: e.digest}
	d.Refer(trade.BL, e.document, e.issuer)
	d.Refer(trade.Shipment, e.also, "")
	doc := &d.Data.Document
	doc.Holder, doc.Beneficiary, doc.Platform = entitled(d, action, actor, recipient)
	involve(d, "actor", actor)
	involve(d, "recipient", recipient)
	if e.describe != nil {
		e.describe(d)
	}
	id, recorded, flags := a.id, a.recorded, a.flags
	a.id, a.recorded = e.id, moments(e.o, "actionDateTime")
	if a.id == "" {
		head := `[` + strconv.Quote(e.family) + `,` + string(jsondoc.AppendString(nil, e.document)) + `,` +
			string(jsondoc.AppendString(nil, e.version)) + `,` + string(jsondoc.AppendString(nil, e.issuer)) + `]`
		a.id = contentID(jsondoc.Value(head), e.text)
	}
	e.o.Take("actionCode")
	rest := e.rest
	if rest == nil {
		rest = e.o
	}
	// What was flagged about the message need not be about this link.
	own := checker{log: new(jsondoc.Log)}
	own.object(e.o, defined(e.definition))
	a.flags = own.flags
	a.tell(fact{what: known(actions, action), when: when{at: a.recorded}, draft: d, rest: rest, remarks: e.remarks})
	a.id, a.recorded, a.flags = id, recorded, flags
}

// entitled says who holds the bill after the action, to whom it is endorsed, and on which platform it is. An
// endorsement leaves the bill where it is; an answer that refuses the surrender gives it back.
func entitled(d *standard.Draft, action string, actor, recipient *jsondoc.Object) (holder, beneficiary trade.PartyID, platform string) {
	platform = recipient.Text("eblPlatform")
	switch action {
	case "ISSUE", "TRANSFER", "SURRENDER_FOR_DELIVERY", "SURRENDER_FOR_AMENDMENT", "SURRENDERED", "SREJ":
		holder = identity(d, recipient)
	case "ENDORSE", "ENDORSE_TO_ORDER":
		holder, beneficiary, platform = identity(d, actor), identity(d, recipient), ""
	case "BLANK_ENDORSE", "SIGN", "SACC":
		holder, platform = identity(d, actor), ""
	}
	if platform == "" {
		platform = actor.Text("eblPlatform")
	}
	return holder, beneficiary, platform
}
