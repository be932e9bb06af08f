package wco

import (
	"slices"
	"strconv"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// goods places the items, the totals and the terms.
func (x *declaration) goods() {
	basis := ""
	terms := x.shipment.Child("TradeTerms")
	if code := terms.Child("ConditionCode"); letters(code.Text(), 3) {
		basis = code.Text()
		x.d.Data.Terms.Incoterm = basis
		code.Take()
	}
	if freight, ok := money(x.shipment.Child("CustomsValuation", "FreightChargeAmount")); ok {
		x.d.Data.Terms.Freight = freight
		x.shipment.Child("CustomsValuation", "FreightChargeAmount").Take()
	}
	if total := x.e.Child("InvoiceAmount"); total.Exists() {
		if amount, ok := money(total); ok {
			x.d.Data.Amount = amount
			total.Take()
		}
	}
	for item := range x.items {
		g := x.item(item, basis)
		if g != (trade.Goods{}) {
			x.d.Data.Goods = append(x.d.Data.Goods, g)
		}
	}
}

func (x *declaration) item(e xmldoc.Element, basis string) trade.Goods {
	var g trade.Goods
	commodity := e.Child("Commodity")
	if text := commodity.Child("Description"); text.Text() != "" {
		g.Description = text.Text()
		text.Take()
	}
	g.HS = x.hs(commodity)
	packaging(e, &g)
	measure := commodity.Child("GoodsMeasure")
	if !measure.Exists() {
		measure = e.Child("GoodsMeasure")
	}
	g.GrossKG = kilograms(measure.Child("GrossMassMeasure"))
	g.NetKG = kilograms(measure.Child("NetNetWeightMeasure"))
	if g.NetKG == "" {
		g.NetKG = kilograms(measure.Child("NetWeightMeasure"))
	}
	for _, at := range []xmldoc.Element{commodity.Child("InvoiceLine", "ItemChargeAmount"), e.Child("CustomsValueAmount"), e.Child("StatisticalValueAmount")} {
		if value, ok := money(at); ok && g.Value.IsZero() {
			g.Value = value
			if at.Name() == "ItemChargeAmount" {
				g.Basis = basis
			}
			at.Take()
		}
	}
	x.origin(e, &g)
	for t := range commodity.Each("TransportEquipment") {
		x.equipment(t)
	}
	return g
}

// hs puts together the code of the goods: that of the combined or national nomenclature (TSP, HS …) and the
// further digits of TARIC behind it.
func (x *declaration) hs(commodity xmldoc.Element) string {
	var code, taric xmldoc.Element
	for c := range commodity.Each("Classification") {
		switch c.Child("IdentificationTypeCode").Text() {
		case "TSP", "HS", "CC", "SRZ", "TRH":
			if !code.Exists() {
				code = c
			}
		case "TRC":
			taric = c
		case "":
			if !code.Exists() && identifier.HS(c.Child("ID").Text()) == nil {
				code = c
			}
		}
	}
	written := code.Child("ID").Text()
	hs := x.d.Harmonised(written)
	if hs == "" {
		return ""
	}
	if more := taric.Child("ID").Text(); len(hs) == 8 && len(more) == 2 && digits(more) {
		hs += more
		taric.Child("ID").Take()
	}
	if written == hs[:min(len(written), len(hs))] {
		code.Child("ID").Take()
	}
	return hs
}

// packaging counts the packages of an item, and says their kind where they are of one.
func packaging(e xmldoc.Element, g *trade.Goods) {
	var total uint64
	var kinds []string
	var of []xmldoc.Element
	for _, from := range []xmldoc.Element{e, e.Child("Commodity")} {
		for p := range from.Each("Packaging") {
			n, err := strconv.ParseUint(p.Child("QuantityQuantity").Text(), 10, 32)
			if err == nil {
				total += n
			}
			if kind := p.Child("TypeCode").Text(); !slices.Contains(kinds, kind) && len(kinds) < 2 {
				kinds = append(kinds, kind)
			}
			of = append(of, p)
		}
	}
	if total >= 1<<32 {
		return
	}
	g.Packages = uint32(total)
	if len(kinds) == 1 && len(kinds[0]) <= 4 {
		g.PackageKind = kinds[0]
		if len(of) == 1 {
			of[0].Child("TypeCode").Take()
			of[0].Child("QuantityQuantity").Take()
		}
	}
}

// kilograms reads a mass. One in another unit than kilograms, tonnes or grams stays in the detail.
func kilograms(e xmldoc.Element) trade.Decimal {
	d, ok := xmldoc.Decimal(e.Text())
	if !ok || strings.HasPrefix(string(d), "-") {
		return ""
	}
	switch e.Attr("unitCode") {
	case "", "KGM":
		e.Take()
		return d
	case "TNE":
		return thousandfold(d)
	}
	return ""
}

// thousandfold gives a number of tonnes in kilograms.
func thousandfold(d trade.Decimal) trade.Decimal {
	whole, fraction, _ := strings.Cut(string(d), ".")
	fraction += "000"
	whole = strings.TrimLeft(whole+fraction[:3], "0")
	if whole == "" {
		whole = "0"
	}
	if rest := strings.TrimRight(fraction[3:], "0"); rest != "" {
		whole += "." + rest
	}
	if _, err := trade.Decimal(whole).Scaled(); err != nil {
		return ""
	}
	return trade.Decimal(whole)
}

// money reads an amount with its currency. Without one it says nothing that could be compared.
func money(e xmldoc.Element) (trade.Money, bool) {
	amount, ok := xmldoc.Decimal(e.Text())
	currency := e.Attr("currencyID")
	if !ok || !letters(currency, 3) {
		return trade.Money{}, false
	}
	return trade.Money{Amount: amount, Currency: currency}, true
}

// origin takes the non-preferential origin (type 1), else the first.
func (x *declaration) origin(e xmldoc.Element, g *trade.Goods) {
	var chosen xmldoc.Element
	for o := range e.Each("Origin") {
		if !letters(o.Child("CountryCode").Text(), 2) {
			continue
		}
		if !chosen.Exists() || o.Child("TypeCode").Text() == "1" && chosen.Child("TypeCode").Text() != "1" {
			chosen = o
		}
	}
	if chosen.Exists() {
		g.Origin = chosen.Child("CountryCode").Text()
		chosen.Child("CountryCode").Take()
	}
}
