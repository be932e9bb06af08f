package record

import (
	"slices"

	"oneorder/internal/trade"
)

// named is a party that a document names in a role.
type named struct {
	on   papers
	role string
	id   trade.PartyID
	rank rank
	more bool // the document names several in the role
}

type papers uint8

const (
	onTheBill papers = iota
	onTheInvoice
	onTheExport
	onTheImport
)

var paperNames = [...]string{"the bill", "the invoice", "the export declaration", "the import declaration"}

// roles that a document may not give to another than the one before it. A bill's consignee is left out: it may be a bank, or to
// order. So is the declarant, who is anybody's agent.
var sameRoles = [...]struct {
	first, second papers
	roles         []string
}{
	{onTheBill, onTheExport, []string{"shipper", "exporter", "seller"}},
	{onTheInvoice, onTheExport, []string{"shipper", "exporter", "seller"}},
	{onTheInvoice, onTheImport, []string{"consignee", "importer", "buyer"}},
}

// examineParties keeps who a document names. A master's parties are forwarders, and a switched bill has others on purpose.
func (b *Builder) examineParties(e *trade.Event, x extent, r rank) {
	on := onTheBill
	switch e.Type {
	case trade.InvoiceIssued, trade.InvoiceCorrected:
		on = onTheInvoice
	case trade.TitleIssued:
		if k := e.Data.Document.Kind; k == string(trade.MasterBL) || k == string(trade.MasterAirWaybill) {
			return
		}
	default:
		switch e.Data.Customs.Direction {
		case "export":
			on = onTheExport
		case "import":
			on = onTheImport
		default:
			return
		}
	}
	if x.shared {
		return
	}
	for i := range e.Data.Parties {
		p := &e.Data.Parties[i]
		if p.ID.Value == "" || p.ID.Kind == "" || p.ID.Kind == "other" || p.Role == "" {
			continue
		}
		b.nameParty(on, p, r)
	}
}

func (b *Builder) nameParty(on papers, p *trade.Party, r rank) {
	list := b.examined.named
	for i := range list {
		held := &list[i]
		if held.on != on || held.role != p.Role || held.id.Kind != p.ID.Kind {
			continue
		}
		switch {
		case r == held.rank:
			if held.id != p.ID {
				held.more = true
			}
		case b.beats(r, held.rank):
			held.rank, held.more = r, false
			held.id = trade.PartyID{Kind: held.id.Kind, Value: b.own(p.ID.Value)}
		}
		return
	}
	b.examined.named = append(list, named{on: on, role: b.own(p.Role), id: trade.PartyID{Kind: b.own(p.ID.Kind), Value: b.own(p.ID.Value)}, rank: r})
}

// partyFindings looks for a role that two documents give to two companies, each by a number of one register.
func (b *Builder) partyFindings(list []trade.Finding) []trade.Finding {
	for _, pair := range sameRoles {
		for i := range b.examined.named {
			x := &b.examined.named[i]
			if x.on != pair.first || x.more || !slices.Contains(pair.roles, x.role) {
				continue
			}
			for j := range b.examined.named {
				y := &b.examined.named[j]
				if y.on != pair.second || y.more || y.role != x.role || y.id.Kind != x.id.Kind || y.id.Value == x.id.Value {
					continue
				}
				says := func(n *named) trade.Side {
					return b.side(n.rank.by, n.role+" "+n.id.Value+" on "+paperNames[n.on], n.id.Value, n.id.Kind)
				}
				list = append(list, trade.Finding{
					Code: trade.FoundPartyMismatch, Severity: trade.Notice, About: x.role + " " + x.id.Kind, Sides: [2]trade.Side{says(x), says(y)},
				})
			}
		}
	}
	return list
}
