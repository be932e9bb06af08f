package record

import (
	"slices"

	"oneorder/internal/trade"
)

// transit is a customs transit that was opened or closed.
type transit struct {
	number string
	closed bool
	rank   rank
	at     int64
}

func (b *Builder) examineTransit(e *trade.Event, r rank, at int64) {
	for i := range e.Data.References {
		if ref := &e.Data.References[i]; ref.Kind == trade.Declaration {
			b.examined.transits = append(b.examined.transits, transit{b.own(ref.Value), e.Type == trade.TransitClosed, r, at})
		}
	}
}

// follows are the milestones of which the second cannot come before the first.
var follows = [...][2]trade.Milestone{
	{trade.Departed, trade.Arrived},
	{trade.Departed, trade.Delivered},
	{trade.ExportLodged, trade.ExportCleared},
	{trade.ImportLodged, trade.ImportCleared},
	{trade.ImportLodged, trade.ImportReleased},
	{trade.TitleIssuedAt, trade.TitleSurrenderedAt},
}

// orderFindings looks for milestones in an order that cannot be, and for a transit that stayed open although the goods were
// delivered: until it is closed its guarantee is not free.
func (b *Builder) orderFindings(list []trade.Finding) []trade.Finding {
	for _, pair := range follows {
		first, second := b.marks[pair[0]], b.marks[pair[1]]
		if pair[0] == trade.TitleIssuedAt {
			first = b.firstIssue()
		}
		if !first.known() || !second.known() || second.at >= first.at {
			continue
		}
		list = append(list, trade.Finding{
			Code: trade.FoundSequenceAnomaly, Severity: trade.Notice, About: pair[0].String() + " " + pair[1].String(),
			Sides: [2]trade.Side{
				b.side(first.rank.by, pair[0].String()+" at "+moment(first.at), instant(first.at), unitTime),
				b.side(second.rank.by, pair[1].String()+" at "+moment(second.at), instant(second.at), unitTime),
			},
		})
	}
	delivered := b.examined.deliveries
	if !delivered.known() {
		return list
	}
	for i := range b.examined.transits {
		open := &b.examined.transits[i]
		closed := slices.ContainsFunc(b.examined.transits, func(t transit) bool { return t.closed && t.number == open.number })
		if !open.closed && !closed {
			list = append(list, trade.Finding{
				Code: trade.FoundTransitNotDischarged, Severity: trade.Warning, About: open.number, Sides: [2]trade.Side{
					b.side(open.rank.by, "transit "+open.number+" opened at "+moment(open.at), instant(open.at), unitTime),
					b.side(delivered.rank.by, "delivered at "+moment(delivered.at), instant(delivered.at), unitTime),
				},
			})
		}
	}
	return list
}
