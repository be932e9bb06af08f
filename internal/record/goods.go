package record

import (
	"slices"
	"time"

	"oneorder/internal/trade"
)

// codes are the HS codes of the chosen report.
type codes struct {
	rank rank
	list []string // six digits, sorted
}

// counted is the number of packages of the chosen report.
type counted struct {
	rank rank
	n    uint32
}

// measured is the gross weight of the chosen report, in kg scaled by 10^4.
type measured struct {
	rank rank
	kg   int64
}

// priced is the value of the chosen report.
type priced struct {
	rank     rank
	scaled   int64 // by 10^4
	currency string
	at       int64 // the event's time, nanoseconds since 1970
}

func (b *Builder) addGoods(d *trade.Data, says *rule, r rank, at int64) {
	if says.codes > 0 {
		r.standing = says.codes
		b.chooseCodes(d.Goods, r)
	}
	if says.measures > 0 {
		r.standing = says.measures
		b.chooseMeasures(d.Goods, r)
	}
	if says.value > 0 {
		r.standing = says.value
		if d.Customs.Direction == "import" {
			r.standing-- // landed values hold freight and insurance too
		}
		if b.beats(r, b.value.rank) {
			if scaled, currency, ok := valueOf(d, says.total); ok {
				b.value = priced{rank: r, scaled: scaled, currency: b.own(currency), at: at}
				b.stale |= staleGoods
			}
		}
	}
}

func (b *Builder) chooseCodes(goods []trade.Goods, r rank) {
	if !b.beats(r, b.codes.rank) {
		return
	}
	var buf [16]string
	list := buf[:0]
	for i := range goods {
		if hs := sixDigits(goods[i].HS); hs != "" && !slices.Contains(list, hs) {
			list = append(list, hs)
		}
	}
	if len(list) == 0 {
		return
	}
	b.codes.rank = r
	slices.Sort(list)
	if slices.Equal(list, b.codes.list) {
		return
	}
	held := empty(b, b.codes.list, len(list))
	for _, hs := range list {
		held = append(held, b.own(hs))
	}
	b.codes.list = held
	b.stale |= staleGoods
}

// sixDigits gives the first six digits of an HS code, "" when it has fewer.
func sixDigits(hs string) string {
	if len(hs) < 6 {
		return ""
	}
	for i := 0; i < 6; i++ {
		if hs[i] < '0' || hs[i] > '9' {
			return undotted(hs)
		}
	}
	return hs[:6]
}

// undotted is sixDigits for codes written with dots or spaces: 8703.23, 8703 23.
func undotted(hs string) string {
	var digits [6]byte
	n := 0
	for i := 0; i < len(hs) && n < 6; i++ {
		switch c := hs[i]; {
		case c >= '0' && c <= '9':
			digits[n] = c
			n++
		case c != '.' && c != ' ':
			return ""
		}
	}
	if n < 6 {
		return ""
	}
	return string(digits[:])
}

func (b *Builder) chooseMeasures(goods []trade.Goods, r rank) {
	if b.beats(r, b.packages.rank) {
		var n uint64
		for i := range goods {
			n += uint64(goods[i].Packages)
		}
		if n > 0 && n <= 1<<32-1 {
			b.packages = counted{rank: r, n: uint32(n)}
			b.stale |= staleGoods
		}
	}
	if b.beats(r, b.gross.rank) {
		var kg int64
		for i := range goods {
			if goods[i].GrossKG == "" {
				continue
			}
			scaled, err := goods[i].GrossKG.Scaled()
			if err != nil || scaled < 0 || kg+scaled >= maxScaled {
				return
			}
			kg += scaled
		}
		if kg > 0 {
			b.gross = measured{rank: r, kg: kg}
			b.stale |= staleGoods
		}
	}
}

// maxScaled bounds what Decimal(18,4) holds.
const maxScaled = 1_000_000_000_000_000_000

// valueOf gives the value that the event states: its total or the sum of its items, as the type has it.
func valueOf(d *trade.Data, means total) (scaled int64, currency string, ok bool) {
	if means == firstTotal {
		if scaled, currency, ok = amountOf(d.Amount); ok {
			return scaled, currency, ok
		}
	}
	for i := range d.Goods {
		v := d.Goods[i].Value
		if v.Amount == "" {
			continue
		}
		n, c, sound := amountOf(v)
		if !sound || currency != "" && c != currency || scaled+n >= maxScaled {
			return 0, "", false
		}
		scaled, currency, ok = scaled+n, c, true
	}
	if !ok && means == lastTotal {
		return amountOf(d.Amount)
	}
	return scaled, currency, ok
}

func amountOf(m trade.Money) (int64, string, bool) {
	if m.Amount == "" || m.Currency == "" {
		return 0, "", false
	}
	n, err := m.Amount.Scaled()
	return n, m.Currency, err == nil && n >= 0
}

func (b *Builder) makeGoods(c *trade.Chain) {
	c.HS = b.codes.list
	c.Packages = b.packages.n
	c.GrossKG, c.Value, c.ValueUSD, c.ValueRate = "", trade.Money{}, "", trade.Rate{}
	if b.gross.rank.class != 0 {
		c.GrossKG = trade.DecimalOf(b.gross.kg)
	}
	if b.value.rank.class != 0 {
		c.Value = trade.Money{Amount: trade.DecimalOf(b.value.scaled), Currency: b.value.currency}
		at := time.Unix(0, b.value.at).UTC()
		if usd, ok := b.tables.USD(b.value.scaled, b.value.currency, at); ok {
			c.ValueUSD = trade.DecimalOf(usd)
			c.ValueRate, _ = b.tables.Rate(b.value.currency, at) // none: it is in US dollars
		}
	}
}
