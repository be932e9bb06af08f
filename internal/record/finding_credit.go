package record

import (
	"strconv"
	"time"

	"oneorder/internal/trade"
)

// creditTerms is what the standing version of a documentary credit demands.
type creditTerms struct {
	number       string
	rank         rank
	shipBy       string // dates; empty: not said
	expiry       string
	presentation uint32 // days after shipment
	scaled       int64  // amount by 10^4; 0: not said
	currency     string
	tolerance    float64 // in percent
}

// presentation is documents shown under a credit.
type presentation struct {
	number string
	rank   rank
	at     int64
}

func (b *Builder) examineCredit(d *trade.Data, r rank) {
	number := numberOf(d, trade.LetterOfCredit)
	if number == "" || d.Credit == (trade.Credit{}) {
		return
	}
	t := creditTerms{number: b.own(number), rank: r, shipBy: b.own(d.Credit.LatestShipment), expiry: b.own(d.Credit.Expiry), presentation: d.Credit.PresentationDays}
	if scaled, currency, ok := amountOf(d.Amount); ok {
		t.scaled, t.currency = scaled, b.own(currency)
	}
	if pct, err := d.Credit.TolerancePct.Scaled(); err == nil && pct > 0 {
		t.tolerance = float64(pct) / 10_000
	}
	for i := range b.examined.terms {
		if held := &b.examined.terms[i]; held.number == number {
			if b.beats(r, held.rank) {
				*held = t
			}
			return
		}
	}
	b.examined.terms = append(b.examined.terms, t)
}

func (b *Builder) examinePresentation(d *trade.Data, r rank, at int64) {
	if number := numberOf(d, trade.LetterOfCredit); number != "" {
		b.examined.shown = append(b.examined.shown, presentation{b.own(number), r, at})
	}
}

// creditFindings holds shipment and presentation against the credit's own dates. The shipment is late when even its first
// departure is; the documents are late counted from the issue of the bill, the latest that shipment can mean.
func (b *Builder) creditFindings(list []trade.Finding) []trade.Finding {
	for i := range b.examined.terms {
		t := &b.examined.terms[i]
		found := func(code trade.FindingCode, demands, until string, did trade.Side) {
			list = append(list, trade.Finding{
				Code: code, Severity: trade.Warning, About: t.number, Sides: [2]trade.Side{b.side(t.rank.by, demands, until, unitDate), did},
			})
		}
		if departed := b.marks[trade.Departed]; departed.known() && t.shipBy != "" && day(departed.at) > t.shipBy {
			found(trade.FoundLateShipment, "shipment by "+t.shipBy, t.shipBy, b.side(departed.rank.by, "departed on "+day(departed.at), day(departed.at), unitDate))
		}
		issued := b.milestones[trade.TitleIssuedAt]
		for _, p := range b.examined.shown {
			if p.number != t.number {
				continue
			}
			if t.expiry != "" && day(p.at) > t.expiry {
				found(trade.FoundCreditExpired, "expires on "+t.expiry, t.expiry, b.side(p.rank.by, "documents presented on "+day(p.at), day(p.at), unitDate))
			}
			days := b.tolerances().PresentationDays
			if t.presentation > 0 {
				days = t.presentation
			}
			if !issued.known() || days >= 10_000 {
				continue
			}
			if last := day(issued.at + int64(days)*int64(24*time.Hour)); day(p.at) > last {
				found(trade.FoundLatePresentation, "documents within "+strconv.FormatUint(uint64(days), 10)+" days of shipment", last,
					b.side(p.rank.by, "presented on "+day(p.at)+", the bill is of "+day(issued.at), day(p.at), unitDate))
			}
		}
	}
	return list
}
