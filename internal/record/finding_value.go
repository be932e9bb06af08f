package record

import (
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// worth is what a document says that the goods, or a part of them, are worth.
type worth struct {
	kind      worthKind
	number    string // of the document
	territory string // of a declaration
	rank      rank
	at        int64
	total     int64 // by 10^4; 0: not said
	items     int64 // sum over the items; 0: they do not say
	currency  string
	basis     string // Incoterm; empty: not said
	freight   int64
	insurance int64
	packages  uint64
	kg        int64
	several   bool    // it is of several consignments
	names     extract // of an invoice number in the examination's names: what a declaration declares
}

type worthKind uint8

const (
	invoiced worthKind = iota
	declaredOut
	declaredIn
)

// examineInvoice keeps what an invoice says. A credit note or debit note corrects one by a part, which is not compared.
func (b *Builder) examineInvoice(e *trade.Event, x extent, r rank, at int64) {
	switch e.Data.Document.Kind {
	case "credit_note", "debit_note", "proforma_invoice":
		return
	default:
	}
	if number := numberOf(e.Data, trade.Invoice); number != "" {
		b.examineWorth(e.Data, worth{kind: invoiced, number: number, rank: r, at: at, several: x.shared})
	}
}

func (b *Builder) examineDeclaration(e *trade.Event, x extent, r rank, at int64) {
	w := worth{
		number: numberOf(e.Data, trade.Declaration), territory: b.own(b.tables.Territory(e.Data.Customs.Territory)), rank: r, at: at, several: x.shared,
	}
	switch e.Data.Customs.Direction {
	case "export":
		w.kind = declaredOut
	case "import":
		w.kind = declaredIn
	default:
		return
	}
	if w.number != "" {
		b.examineWorth(e.Data, w)
	}
}

// numberOf gives the event's number of the kind; of several the smallest.
func numberOf(d *trade.Data, of trade.Kind) string {
	number := ""
	for i := range d.References {
		if r := &d.References[i]; r.Kind == of && (number == "" || r.Value < number) {
			number = r.Value
		}
	}
	return number
}

func (b *Builder) examineWorth(d *trade.Data, w worth) {
	out := &b.examined
	held := slices.IndexFunc(out.worths, func(o worth) bool { return o.kind == w.kind && o.number == w.number })
	if held >= 0 && !b.beats(w.rank, out.worths[held].rank) {
		return
	}
	ok := false
	if w.total, w.currency, ok = amountOf(d.Amount); !ok {
		w.total, w.currency = 0, ""
	}
	w.basis = strings.ToUpper(d.Terms.Incoterm)
	w.packages, w.kg = quantity(d.Goods)
	mixed := false
	for i := range d.Goods {
		g := &d.Goods[i]
		if basis := strings.ToUpper(g.Basis); basis != "" {
			mixed = mixed || w.basis != "" && w.basis != basis
			w.basis = basis
		}
		n, currency, sound := amountOf(g.Value)
		if !sound {
			continue
		}
		if w.currency != "" && currency != w.currency || w.items+n >= maxScaled {
			mixed = true
			continue
		}
		w.items, w.currency = w.items+n, currency
	}
	switch {
	case mixed:
		w.total, w.items = 0, 0 // two currencies or bases in one document: it cannot be compared as a whole
	case w.value() == 0:
		return
	}
	w.number, w.currency, w.basis = b.own(w.number), b.own(w.currency), b.own(w.basis)
	w.freight, w.insurance = charge(d.Terms.Freight, w.currency), charge(d.Terms.Insurance, w.currency)
	w.names.from = len(out.names)
	if w.kind != invoiced {
		for i := range d.References {
			if r := &d.References[i]; r.Kind == trade.Invoice {
				out.names = append(out.names, b.own(r.Value))
			}
		}
	}
	w.names.to = len(out.names)
	if held >= 0 {
		out.worths[held] = w
		return
	}
	out.worths = append(out.worths, w)
}

// charge gives freight or insurance in the currency, 0 where it is not known.
func charge(m trade.Money, currency string) int64 {
	if n, in, ok := amountOf(m); ok && in == currency {
		return n
	}
	return 0
}

// ended says whether the declaration or payment was cancelled, or refused, after it was reported.
func (b *Builder) ended(number string, at int64) bool {
	return slices.ContainsFunc(b.examined.ends, func(e ending) bool { return e.number == number && e.at >= at })
}

// ending is a declaration or payment that is no more.
type ending struct {
	number string
	at     int64
}

func (b *Builder) examineEnding(d *trade.Data, of trade.Kind, at int64) {
	if number := numberOf(d, of); number != "" {
		b.examined.ends = append(b.examined.ends, ending{b.own(number), at})
	}
}

// value is the total, or what the items come to.
func (w *worth) value() int64 {
	if w.total > 0 {
		return w.total
	}
	return w.items
}

// sum is what several documents of one kind come to.
type sum struct {
	worth
	first  *worth
	others []trade.EventKey
	whole  bool // the items of each make up its total, so that it is of these goods and no others
}

// sumOf adds documents up; false: their values cannot be added.
func (b *Builder) sumOf(list []*worth) (s sum, ok bool) {
	slices.SortFunc(list, func(x, y *worth) int { return strings.Compare(x.number, y.number) })
	s.whole = true
	for i, w := range list {
		if w.value() == 0 || i > 0 && (w.currency != s.currency || w.basis != s.basis) || s.total+w.value() >= maxScaled {
			return sum{}, false
		}
		if i == 0 {
			s.first, s.currency, s.basis = w, w.currency, w.basis
		} else {
			s.others = append(s.others, b.keyOf(w.rank.by))
		}
		s.at = max(s.at, w.at)
		s.total, s.items = s.total+w.value(), s.items+w.items
		s.freight, s.insurance = s.freight+w.freight, s.insurance+w.insurance
		s.packages, s.kg = s.packages+w.packages, s.kg+w.kg
		s.several = s.several || w.several
		s.whole = s.whole && (w.items == 0 || w.total == 0 || !beyond(w.items, w.total, b.tolerances().ValuePct))
	}
	return s, len(list) > 0
}

var worthNames = [...]string{"invoiced", "declared for export", "declared for import"}

func (s *sum) says(kind worthKind) string {
	return strings.TrimSpace(string(trade.DecimalOf(s.total))+" "+s.currency+" "+s.basis) + " " + worthNames[kind]
}

// valueFindings compares what was declared with what was invoiced. More declared than all the invoices that the declarations
// name is wrong in any case. Less may be a part, so the documents must agree in packages or weight, and the items of the
// invoices must make up their totals: else they are of other goods too, perhaps of another consignment.
func (b *Builder) valueFindings(list []trade.Finding) []trade.Finding {
	worths := b.examined.worths
	for _, kind := range [...]worthKind{declaredOut, declaredIn} {
		var declared, invoices []*worth
		var names []string
		for i := range worths {
			if w := &worths[i]; w.kind == kind && !b.ended(w.number, w.at) {
				declared = append(declared, w)
				names = append(names, b.examined.names[w.names.from:w.names.to]...)
			}
		}
		if len(declared) == 0 {
			continue
		}
		for i := range worths {
			if w := &worths[i]; w.kind == invoiced && (len(names) == 0 || slices.Contains(names, w.number)) {
				invoices = append(invoices, w)
			}
		}
		slices.Sort(names)
		known := len(slices.Compact(names))
		left, ok := b.sumOf(invoices)
		right, fits := b.sumOf(declared)
		if !ok || !fits || right.several || known > 0 && known != len(invoices) {
			continue
		}
		elsewhere := slices.ContainsFunc(declared, func(w *worth) bool { return w.territory != declared[0].territory })
		if elsewhere {
			continue // the same goods, entered twice on their way
		}
		a, c, pct, held := b.alike(&left, &right, kind == declaredOut)
		if !held || !beyond(a, c, pct) {
			continue
		}
		if c < a && (left.several || !left.whole || !b.sameQuantity(&left, &right)) {
			continue // a part
		}
		if c > a && (known == 0 || len(declared) > 1) && !b.sameQuantity(&left, &right) {
			continue // other invoices are not known, or the goods were declared to a zone and then out of it
		}
		list = append(list, trade.Finding{
			Code: trade.FoundValueMismatch, Severity: trade.Warning, Others: append(left.others, right.others...), Sides: [2]trade.Side{
				b.side(left.first.rank.by, left.says(invoiced), string(trade.DecimalOf(left.total)), left.currency),
				b.side(right.first.rank.by, right.says(kind), string(trade.DecimalOf(right.total)), right.currency),
			},
		})
	}
	return b.paymentFindings(b.drawingFindings(list))
}

// alike gives two values in one currency and on one basis, and by how many percent they may differ. False: they cannot be
// compared.
func (b *Builder) alike(x, y *sum, export bool) (a, c int64, pct float64, ok bool) {
	a, c, pct = x.total, y.total, b.tolerances().ValuePct
	switch {
	case x.basis == y.basis:
		if x.basis == "" && !export {
			return 0, 0, 0, false // customs values of imports hold freight and insurance too
		}
	case x.basis == "" || y.basis == "":
		return 0, 0, 0, false
	default:
		low, lowBasis, highBasis := &a, x.basis, y.basis
		if laden(lowBasis) > laden(highBasis) {
			low, lowBasis, highBasis = &c, y.basis, x.basis
		}
		freight, insurance := max(x.freight, y.freight), max(x.insurance, y.insurance)
		if x.currency != y.currency || laden(lowBasis) != 1 || laden(highBasis) < 2 || freight == 0 || laden(highBasis) == 3 && insurance == 0 {
			return 0, 0, 0, false
		}
		*low += freight
		if laden(highBasis) == 3 {
			*low += insurance
		}
	}
	if x.currency == y.currency {
		return a, c, pct, true
	}
	at := time.Unix(0, max(x.at, y.at)).UTC()
	left, known := b.tables.USD(a, x.currency, at)
	right, too := b.tables.USD(c, y.currency, at)
	return left, right, b.tolerances().OtherCurrencyPct, known && too
}

// laden says what a basis holds: 1 neither freight nor insurance, 2 freight, 3 both, 0 something else.
func laden(basis string) int {
	switch basis {
	case "FOB", "FCA", "FAS":
		return 1
	case "CFR", "CPT":
		return 2
	case "CIF", "CIP":
		return 3
	default:
		return 0
	}
}

// sameQuantity says whether two documents are of the same quantity by what both say, and both say something.
func (b *Builder) sameQuantity(x, y *sum) bool {
	packages, kg := x.packages > 0 && y.packages > 0, x.kg > 0 && y.kg > 0
	return (packages || kg) && (!packages || x.packages == y.packages) && (!kg || !beyond(x.kg, y.kg, b.tolerances().WeightPct))
}

// beyond says whether two amounts differ by more than so many percent of the larger.
func beyond(x, y int64, pct float64) bool {
	low, high := min(x, y), max(x, y)
	return float64(high)-float64(low) > float64(high)/100*pct
}
