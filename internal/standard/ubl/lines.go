package ubl

import (
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// terms places the total and the terms of delivery.
func (x *invoice) terms() {
	total := x.total()
	if m, ok := x.money(total); ok {
		x.d.Data.Amount = m
		if !x.credit {
			total.Take()
		}
	}
	for _, terms := range []xmldoc.Element{x.e.Child("DeliveryTerms"), x.e.Child("Delivery", "DeliveryTerms")} {
		if id := terms.Child("ID"); x.d.Data.Terms.Incoterm == "" && len(id.Text()) == 3 && capitals(id.Text()) {
			x.d.Data.Terms.Incoterm = id.Text()
			id.Take()
		}
	}
}

func capitals(s string) bool { return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }

// money reads an amount. What a credit note states is taken off.
func (x *invoice) money(e xmldoc.Element) (trade.Money, bool) {
	amount, ok := xmldoc.Decimal(e.Text())
	currency := e.Attr("currencyID")
	if !ok || len(currency) != 3 || !capitals(currency) {
		return trade.Money{}, false
	}
	if x.credit && strings.Trim(string(amount), "0.") != "" {
		if positive, negative := strings.CutPrefix(string(amount), "-"); negative {
			amount = trade.Decimal(positive)
		} else {
			amount = "-" + amount
		}
	}
	return trade.Money{Amount: amount, Currency: currency}, true
}

// lines places the goods, a line each, and the orders that lines name.
func (x *invoice) lines() {
	basis := x.d.Data.Terms.Incoterm
	for line := range x.e.Each(x.line) {
		item := line.Child("Item")
		g := trade.Goods{Basis: basis}
		if name := item.Child("Name"); name.Text() != "" {
			g.Description = name.Text()
			name.Take()
		} else if text := item.Child("Description"); text.Text() != "" {
			g.Description = text.Text()
			text.Take()
		}
		g.HS = hs(x.d, item)
		value := line.Child("LineExtensionAmount")
		if m, ok := x.money(value); ok {
			g.Value = m
			if !x.credit {
				value.Take()
			}
		}
		if origin := item.Child("OriginCountry", "IdentificationCode"); len(origin.Text()) == 2 && capitals(origin.Text()) {
			g.Origin = origin.Text()
			origin.Take()
		}
		if quantity := line.Child(x.quantity); quantity.Attr("unitCode") == "KGM" {
			if kg, ok := xmldoc.Decimal(quantity.Text()); ok && !strings.HasPrefix(string(kg), "-") {
				g.NetKG = kg
			}
		}
		if g.Value.IsZero() && g.Basis != "" {
			g.Basis = ""
		}
		if g != (trade.Goods{}) {
			x.d.Data.Goods = append(x.d.Data.Goods, g)
		}
		if order := line.Child("OrderLineReference", "OrderReference", "ID"); plausible(order.Text()) {
			x.d.Refer(trade.PurchaseOrder, order.Text(), x.buyer.Value)
		}
		for r := range line.Each("DocumentReference") {
			x.documentReference(r, "DocumentReference")
		}
	}
}

// hs finds the code of the Harmonized System among an item's classifications (UN/EDIFACT 7143, HS).
func hs(d *standard.Draft, item xmldoc.Element) string {
	for c := range item.Each("CommodityClassification") {
		code := c.Child("ItemClassificationCode")
		switch code.Attr("listID") {
		case "HS", "HSN":
			if s := d.Harmonised(code.Text()); s != "" {
				if s == code.Text() {
					code.Take()
				}
				return s
			}
		}
	}
	return ""
}
