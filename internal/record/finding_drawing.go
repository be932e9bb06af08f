package record

import (
	"cmp"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// drawing is an amount asked for or paid: under a credit, or for invoices.
type drawing struct {
	way      way
	number   string // of the credit or the payment
	papers   string // the invoices, else the documents, that it is for: one paper shown twice is drawn once
	invoices extract
	shared   bool // it is for what this consignment does not show
	scaled   int64
	currency string
	rank     rank
	at       int64
}

type way uint8

const (
	presented way = iota // documents under a credit
	settled              // under a credit
	instructed
	paid
)

func (b *Builder) examineDrawing(e *trade.Event, x extent, r rank, at int64) {
	d, out := e.Data, &b.examined
	g := drawing{rank: r, at: at, shared: x.several != otherNumber}
	of := trade.LetterOfCredit
	switch e.Type {
	case trade.DocumentPresented:
		g.way = presented
	case trade.CreditSettled:
		g.way = settled
	case trade.PaymentInstructed:
		g.way, of = instructed, trade.Payment
	default:
		g.way, of = paid, trade.Payment
	}
	if g.number = b.own(numberOf(d, of)); g.number == "" {
		return
	}
	ok := false
	if g.scaled, g.currency, ok = amountOf(d.Amount); !ok || g.scaled == 0 {
		return
	}
	g.currency = b.own(g.currency)
	g.invoices.from = len(out.names)
	for _, list := range [...][]trade.Reference{d.References, d.Covers} {
		for i := range list {
			if list[i].Kind == trade.Invoice {
				out.names = append(out.names, b.own(list[i].Value))
			}
		}
	}
	g.invoices.to = len(out.names)
	slices.Sort(out.names[g.invoices.from:g.invoices.to])
	g.papers = listed(out.names[g.invoices.from:g.invoices.to])
	if g.papers == "" {
		var papers []string
		for i := range d.References {
			if c := d.References[i].Kind.Class(); c == trade.ClassDocument || c == trade.ClassIdentity {
				papers = append(papers, d.References[i].Value)
			}
		}
		slices.Sort(papers)
		g.papers = listed(papers)
	}
	out.drawings = append(out.drawings, g)
}

// drawn sorts what is drawn by credit or payment and then by paper, of each paper the standing report first.
func (b *Builder) drawn() []drawing {
	list := b.examined.drawings
	slices.SortFunc(list, func(x, y drawing) int {
		return cmp.Or(cmp.Compare(x.way, y.way), strings.Compare(x.number, y.number), strings.Compare(x.papers, y.papers), b.compare(x.rank, y.rank))
	})
	return list
}

// drawingFindings holds what is drawn under a credit against its amount and tolerance. Partial drawings add up; documents shown
// again after a discrepancy do not.
func (b *Builder) drawingFindings(list []trade.Finding) []trade.Finding {
	if len(b.examined.terms) == 0 || len(b.examined.drawings) == 0 {
		return list
	}
	drawings := b.drawn()
	for i := range b.examined.terms {
		t := &b.examined.terms[i]
		if t.scaled == 0 {
			continue
		}
		for _, by := range [...]way{presented, settled} {
			var total int64
			var first *drawing
			var others []trade.EventKey
			fits := true
			for j := range drawings {
				g := &drawings[j]
				if g.way != by || g.number != t.number || j > 0 && drawings[j-1].way == by && drawings[j-1].number == g.number && drawings[j-1].papers == g.papers {
					continue
				}
				fits = fits && g.currency == t.currency && !g.shared && total+g.scaled < maxScaled
				total += g.scaled
				if first == nil {
					first = g
				} else {
					others = append(others, b.keyOf(g.rank.by))
				}
			}
			if first == nil || !fits || float64(total) <= float64(t.scaled)*(1+t.tolerance/100) {
				continue
			}
			drawn := string(trade.DecimalOf(total))
			list = append(list, trade.Finding{
				Code: trade.FoundValueMismatch, Severity: trade.Warning, About: t.number, Others: others, Sides: [2]trade.Side{
					b.side(t.rank.by, string(trade.DecimalOf(t.scaled))+" "+t.currency+" under the credit", string(trade.DecimalOf(t.scaled)), t.currency),
					b.side(first.rank.by, drawn+" "+t.currency+" drawn", drawn, t.currency),
				},
			})
		}
	}
	return list
}

// paymentFindings looks for a payment of more than the invoices that it pays. Less is a part, or has charges taken off.
func (b *Builder) paymentFindings(list []trade.Finding) []trade.Finding {
	drawings := b.examined.drawings
	for i := range drawings {
		g := &drawings[i]
		if g.way != paid || g.shared || b.ended(g.number, g.at) {
			continue
		}
		// What was instructed says what is paid, where the settlement does not.
		var names []string
		for j := range drawings {
			if o := &drawings[j]; o.way >= instructed && o.number == g.number {
				names = append(names, b.examined.names[o.invoices.from:o.invoices.to]...)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) == 0 {
			continue
		}
		var invoices []*worth
		for j := range b.examined.worths {
			if w := &b.examined.worths[j]; w.kind == invoiced && slices.Contains(names, w.number) {
				invoices = append(invoices, w)
			}
		}
		s, ok := b.sumOf(invoices)
		if !ok || len(invoices) != len(names) || s.currency != g.currency || g.scaled <= s.total || !beyond(g.scaled, s.total, b.tolerances().ValuePct) {
			continue
		}
		list = append(list, trade.Finding{
			Code: trade.FoundValueMismatch, Severity: trade.Warning, About: g.number, Others: s.others, Sides: [2]trade.Side{
				b.side(s.first.rank.by, s.says(invoiced), string(trade.DecimalOf(s.total)), s.currency),
				b.side(g.rank.by, string(trade.DecimalOf(g.scaled))+" "+g.currency+" paid", string(trade.DecimalOf(g.scaled)), g.currency),
			},
		})
	}
	return list
}
