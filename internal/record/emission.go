package record

import "oneorder/internal/trade"

// makeEmissions fills in what each leg emits, by the consignment's gross weight, and the sum where it is known for all.
func (b *Builder) makeEmissions(c *trade.Chain) {
	c.Emissions, c.CO2eTTW, c.CO2e = nil, "", ""
	if len(c.Legs) == 0 || b.gross.rank.class == 0 {
		return
	}
	list := empty(b, b.emissions, len(c.Legs))
	var ttw, wtw int64
	known := true
	for i := range c.Legs {
		l := &c.Legs[i]
		e, ok := b.tables.Emissions(l.Mode, l.From, l.To, b.gross.kg)
		known = known && ok
		if ok {
			ttw, wtw = ttw+scaledOf(e.TTW), wtw+scaledOf(e.WTW)
		}
		list = append(list, e)
	}
	b.emissions, c.Emissions = list, list
	if known && wtw < maxScaled {
		c.CO2eTTW, c.CO2e = trade.DecimalOf(ttw), trade.DecimalOf(wtw)
	}
}

// scaledOf is for decimals that this program wrote.
func scaledOf(d trade.Decimal) int64 {
	n, err := d.Scaled()
	if err != nil {
		return 0
	}
	return n
}
