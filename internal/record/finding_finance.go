package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// pledge is one event of a financing.
type pledge struct {
	loan      string // number and issuer; empty: it has none, and stands alone
	financier string
	step      trade.Type
	docs      extract
	scaled    int64 // amount by 10^4; 0: not said
	currency  string
	shared    bool // it is about several consignments
	rank      rank
	at        int64
}

// pledged is a document given as security.
type pledged struct{ kind, value, issuer string }

func (b *Builder) examinePledge(e *trade.Event, x extent, r rank, at int64) {
	d, out := e.Data, &b.examined
	p := pledge{step: e.Type, shared: x.shared || len(d.Covers) > 0, rank: r, at: at}
	p.financier = b.own(d.Finance.Financier.Value)
	if p.financier == "" && e.Type != trade.FinancingRequested {
		p.financier = b.sources[b.members[r.by].source].uri
	}
	p.docs.from = len(out.documents)
	for i := range d.References {
		switch ref := &d.References[i]; {
		case ref.Kind == trade.Loan:
			if number := ref.Value + "@" + ref.Issuer; p.loan == "" || number < p.loan {
				p.loan = number
			}
		case ref.Kind.Class() == trade.ClassDocument || ref.Kind.Class() == trade.ClassIdentity:
			out.documents = append(out.documents, pledged{b.own(string(ref.Kind)), b.own(ref.Value), b.own(ref.Issuer)})
		}
	}
	if d.Document.Digest != "" {
		out.documents = append(out.documents, pledged{"digest", b.own(d.Document.Digest), ""})
	}
	p.docs.to = len(out.documents)
	if scaled, currency, ok := amountOf(d.Amount); ok {
		p.scaled, p.currency = scaled, b.own(currency)
	}
	out.pledges = append(out.pledges, p)
}

// financing is what the events of one loan come to.
type financing struct {
	financier string
	granted   stamp
	repaid    int64 // 0: not yet
	docs      []pledged
	scaled    int64
	currency  string
	shared    bool
}

// financings puts the events of each loan together. What was asked for and never granted is none.
func (b *Builder) financings() []financing {
	events := b.examined.pledges
	slices.SortFunc(events, func(x, y pledge) int {
		return cmp.Or(cmp.Compare(x.loan, y.loan), cmp.Compare(x.at, y.at), b.compare(x.rank, y.rank))
	})
	var list []financing
	for i := 0; i < len(events); {
		end := i + 1
		for end < len(events) && events[i].loan != "" && events[end].loan == events[i].loan {
			end++
		}
		var f financing
		for _, p := range events[i:end] {
			f.docs = append(f.docs, b.examined.documents[p.docs.from:p.docs.to]...)
			f.shared = f.shared || p.shared
			switch p.step {
			case trade.FinancingGranted:
				if !f.granted.known() {
					f.granted, f.financier = stamp{rank: p.rank, at: p.at}, p.financier
					f.scaled, f.currency = p.scaled, p.currency
				}
			case trade.FinancingRepaid:
				f.repaid = p.at
			default: // asked for
			}
		}
		if f.granted.known() {
			list = append(list, f)
		}
		i = end
	}
	return list
}

// financeFindings looks for documents that two loans stand on at one time. Two financiers on one document is the fraud
// that an electronic bill is to end; a bill here and the invoice of the same goods there is the same fraud. A
// repayment frees the document. One financier may lend twice, but not more than the goods are worth.
func (b *Builder) financeFindings(list []trade.Finding) []trade.Finding {
	if len(b.examined.pledges) < 2 {
		return list
	}
	loans := b.financings()
	for i := range loans {
		for j := i + 1; j < len(loans); j++ {
			x, y := &loans[i], &loans[j]
			if x.repaid != 0 && x.repaid <= y.granted.at || y.repaid != 0 && y.repaid <= x.granted.at {
				continue
			}
			same, common := commonDocument(x.docs, y.docs)
			own := !x.shared && !y.shared
			switch {
			case same && x.financier != y.financier:
			case own && x.financier != y.financier && len(x.docs) > 0 && len(y.docs) > 0:
				common = "the same goods"
			case own && b.beyondValue(x, y):
				common = "the same goods, beyond their value"
			default:
				continue
			}
			lent := func(f *financing) trade.Side {
				value, unit := day(f.granted.at), unitDate
				if f.scaled > 0 {
					value, unit = string(trade.DecimalOf(f.scaled)), f.currency
				}
				return b.side(f.granted.rank.by, f.financier+" lent on "+common+" on "+day(f.granted.at), value, unit)
			}
			list = append(list, trade.Finding{
				Code: trade.FoundDoubleFinancing, Severity: trade.Critical, About: common, Sides: [2]trade.Side{lent(x), lent(y)},
			})
		}
	}
	return list
}

// commonDocument finds a document that both loans stand on. A number without issuer is that with one.
func commonDocument(x, y []pledged) (bool, string) {
	best := ""
	for _, a := range x {
		for _, c := range y {
			if a.kind == c.kind && a.value == c.value && (a.issuer == c.issuer || a.issuer == "" || c.issuer == "") {
				if name := a.kind + " " + a.value; best == "" || name < best {
					best = name
				}
			}
		}
	}
	return best != "", best
}

// beyondValue says whether two loans in the currency of the goods' value come to more than it.
func (b *Builder) beyondValue(x, y *financing) bool {
	v := &b.value
	return v.rank.class != 0 && x.scaled > 0 && y.scaled > 0 && x.currency == v.currency && y.currency == v.currency &&
		x.scaled+y.scaled > v.scaled && beyond(x.scaled+y.scaled, v.scaled, b.tolerances().FinancedPct)
}
