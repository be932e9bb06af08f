package tradetrust

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// maxID is how long the id of a document may be to serve as the event's; a longer one is that of its bytes.
const maxID = 400

// issue makes the event that a document was issued, and puts it among the events.
func (c *converter) issue(a *attestation) *trade.Event {
	before := c.log.Len()
	d := standard.Draft{KnownPlace: c.KnownPlace}
	kind, known := recognise(a.subject, a.names)
	if !known {
		d.Flags |= trade.FlagUnknownCode
	}
	number, member := kind.number(a.subject)
	if number == "" && kind.kind != "" {
		at := a.subject.At
		for _, name := range strings.Split(member, ".") {
			at = at.Member(name)
		}
		c.fault("missing", at, "", "the number of the document")
		return nil
	}
	d.Data.Classifier = trade.Actual
	d.Data.Document = trade.Document{
		Kind: string(kind.kind), Number: number, Digest: c.digest, Status: "ISSUED", Platform: platform(a),
	}
	if kind.kind != "" {
		value, issuer := number, ""
		if kind.kind == trade.BL {
			if issuer = textOf(a.subject, "scac"); issuer != "" && !scac(issuer) {
				d.Flags |= trade.FlagIdentifierInvalid
			}
			d.Data.Transport.Mode, d.Data.Transport.Carrier = trade.Sea, issuer
		}
		if host, last, ok := qualified(number); ok {
			value, issuer = last, host
		}
		d.Refer(kind.kind, value, issuer)
		if len(d.Data.References) > 0 {
			d.Data.Document.Number = d.Data.References[0].Value
		}
	}
	carriage(&d, a.subject)
	c.consignment(&d, a.subject)
	papersGoods(&d, a.subject)
	amount(&d, a.subject)
	id := a.id
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, control) {
		id = c.digest
	}
	at, day, revision, ok := c.issued(a)
	if !ok {
		return nil
	}
	if day {
		d.Data.Precision = "day"
	}
	e := &trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: c.Source(), Type: kind.event, Time: at, Revision: revision, Subject: d.Subject(),
		Data: &d.Data, Flags: d.Flags,
	}
	d.Data.Detail = c.detail(&d, a)
	return c.keep(e, a.whole.At, before)
}

// scac says whether a code has the form of a Standard Carrier Alpha Code: two to four letters.
func scac(code string) bool {
	return len(code) >= 2 && len(code) <= 4 && strings.Trim(strings.ToUpper(code), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// keep puts a sound event among the events.
func (c *converter) keep(e *trade.Event, at *jsondoc.Path, before int) *trade.Event {
	if !c.log.Room(c.size, len(c.events), at.String) {
		return nil
	}
	c.log.Sound(e, at.String)
	if len(e.Data.Detail) > trade.MaxEventBytes-128<<10 || jsondoc.Value(e.Data.Detail).Deeper(trade.MaxDepth-2) {
		c.fault("too_large", at, "", "a document of less than a megabyte without its attachments, and of at most 28 levels")
	}
	if c.log.Len() > before {
		return nil
	}
	c.events = append(c.events, e)
	return e
}

func control(c rune) bool { return c < 0x20 || c == 0x7f }

// platform names where the title is kept: the token registry.
func platform(a *attestation) string {
	if a.registry == "" {
		return ""
	}
	return "tradetrust:" + a.registry
}

// issued is when the document was issued, with whether only the day is known. A document that does not say takes the
// day it came in.
func (c *converter) issued(a *attestation) (at time.Time, day bool, revision uint32, ok bool) {
	for _, text := range a.issued {
		if text == "" {
			continue
		}
		if t, ok := standard.Instant(text); ok {
			at = t
			break
		}
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			at, day = t, true
			break
		}
	}
	if at.IsZero() {
		at, revision = standard.Receipt(c.Received)
		return at, true, revision, true
	}
	if at.Year() < trade.FirstYear || at.Year() > trade.LastYear {
		c.fault("time_implausible", a.whole.At, trade.Quote(at.Format(time.RFC3339)), "issued in a year from 1980 to 2079")
		return at, day, 0, false
	}
	return at, day, 0, true
}

// carriage places parties, vessel, voyage and ports as TradeTrust's bill of lading names them.
func carriage(d *standard.Draft, s *jsondoc.Object) {
	for role, names := range map[string][]string{
		"shipper": {"shipper", "shipperName"}, "consignee": {"consignee", "consigneeName"}, "notify": {"notifyParty", "notifyPartyName"},
	} {
		o := s.Object(names[0])
		d.Involve(trade.Party{Role: role, Name: first(textOf(o, "name"), textOf(o, names[1]), textOf(s, names[0]), textOf(o, "toOrderOfText"))})
	}
	d.Involve(trade.Party{Role: "carrier", Name: textOf(s, "carrierName"), ID: trade.PartyID{Kind: "scac", Value: textOf(s, "scac")}})
	d.Involve(trade.Party{Role: "seller", Name: first(textOf(s.Object("billFrom"), "name"), textOf(s.Object("billFrom"), "billFromName"))})
	d.Involve(trade.Party{Role: "buyer", Name: first(textOf(s.Object("billToCompany"), "billToCompanyName"), textOf(s.Object("billTo"), "name"), textOf(s.Object("billTo"), "billToName"))})
	slices.SortFunc(d.Data.Parties, func(a, b trade.Party) int { return strings.Compare(a.Role, b.Role) })
	t := &d.Data.Transport
	t.Name, t.Voyage = textOf(s, "vessel"), textOf(s, "voyageNo")
	t.From, t.To = port(d, textOf(s, "portOfLoading")), port(d, textOf(s, "portOfDischarge"))
	d.Data.Place.Name = textOf(s, "placeOfIssueBL")
}

// port gives the UN/LOCODE of a port that is written as one; its name stays in the detail.
func port(d *standard.Draft, text string) string {
	if len(text) != 5 || strings.ToUpper(text) != text || strings.Trim(text[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return d.Locode(text)
}

// qualified takes a number apart that names who gave it and what it is: dbschenker.com:hawb:DBS626578.
func qualified(id string) (host, value string, ok bool) {
	parts := strings.Split(id, ":")
	if len(parts) < 2 || !strings.Contains(parts[0], ".") {
		return "", "", false
	}
	return parts[0], parts[len(parts)-1], true
}

// consignment places what a certificate of origin tells of the consignment (UN/CEFACT supply chain reference data
// model: supplyChainConsignment).
func (c *converter) consignment(d *standard.Draft, s *jsondoc.Object) {
	o := s.Object("supplyChainConsignment")
	if o == nil {
		return
	}
	if id := textOf(o, "iD"); id != "" {
		host, value, ok := qualified(id)
		switch {
		case !ok:
		case strings.Contains(id, ":hawb:"):
			d.Refer(trade.HouseAirWaybill, value, host)
		case strings.Contains(id, ":mawb:"):
			d.Refer(trade.MasterAirWaybill, value, "")
		case strings.Contains(id, ":awb:"):
			d.Refer(trade.AirWaybill, value, "")
		case strings.Contains(id, ":hbl:"):
			d.Refer(trade.HouseBL, value, host)
		case strings.Contains(id, ":bl:"), strings.Contains(id, ":bol:"):
			d.Refer(trade.BL, value, host)
		default:
			d.Refer(trade.Shipment, value, host)
		}
	}
	for role, name := range map[string]string{"exporter": "exporter", "importer": "importer"} {
		p := o.Object(name)
		d.Involve(trade.Party{Role: role, Name: textOf(p, "name"), Country: textOf(p.Object("postalAddress"), "countryCode"), ID: trade.PartyID{Kind: "other", Value: textOf(p, "iD")}})
	}
	slices.SortFunc(d.Data.Parties, func(a, b trade.Party) int { return strings.Compare(a.Role, b.Role) })
	t := &d.Data.Transport
	t.From = port(d, lastPart(textOf(o.Object("loadingBaseportLocation"), "iD")))
	t.To = port(d, lastPart(textOf(o.Object("unloadingBaseportLocation"), "iD")))
	movement := o.Object("mainCarriageTransportMovement")
	if id := textOf(movement, "iD"); id != "" {
		t.Voyage = lastPart(id)
		if strings.HasPrefix(id, "iata.org:") {
			t.Mode = trade.Air
		}
	}
	for _, item := range o.Objects("includedConsignmentItems") {
		c.item(d, item)
	}
}

// maxGoods is how many lines of goods are placed; further ones stay in the detail.
const maxGoods = 200

// item places the lines of goods of a consignment item, and the invoices that they were sold under.
func (c *converter) item(d *standard.Draft, item *jsondoc.Object) {
	for _, line := range item.Objects("tradeLineItems") {
		if host, value, ok := qualified(textOf(line.Object("invoiceReference"), "iD")); ok {
			d.Refer(trade.Invoice, value, host)
		}
		product := line.Object("tradeProduct")
		g := trade.Goods{
			HS:          d.Harmonised(textOf(product.Object("harmonisedTariffCode"), "classCode")),
			Description: textOf(product, "description"),
			Origin:      d.Country(textOf(product.Object("originCountry"), "code")),
		}
		packages := line.Objects("transportPackages")
		g.Packages = uint32(len(packages))
		g.GrossKG = sum(packages, "grossWeight")
		if len(d.Data.Goods) < maxGoods && g != (trade.Goods{}) {
			d.Data.Goods = append(d.Data.Goods, g)
		}
	}
}

func lastPart(id string) string { return id[strings.LastIndexByte(id, ':')+1:] }

// papersGoods places the goods of a bill of lading and of a warehouse receipt.
func papersGoods(d *standard.Draft, s *jsondoc.Object) {
	for _, o := range s.Objects("packages") {
		g := trade.Goods{Description: first(textOf(o, "packagesDescription"), textOf(o, "description")), GrossKG: kilograms(first(textOf(o, "packagesWeight"), textOf(o, "weight")), "")}
		if len(d.Data.Goods) < maxGoods && g != (trade.Goods{}) {
			d.Data.Goods = append(d.Data.Goods, g)
		}
	}
	commodity := textOf(s.Object("warehouseReceiptDetails"), "commodity")
	for _, o := range s.Objects("goods") {
		g := trade.Goods{
			Description: first(textOf(o, "description"), commodity, textOf(o, "brand")),
			GrossKG:     kilograms(textOf(o, "grossWeight"), "MT"), NetKG: kilograms(textOf(o, "netWeight"), "MT"),
		}
		if len(d.Data.Goods) < maxGoods && g != (trade.Goods{}) {
			d.Data.Goods = append(d.Data.Goods, g)
		}
	}
}

// amount places the total of an invoice that says its currency.
func amount(d *standard.Draft, s *jsondoc.Object) {
	total := trade.Decimal(strings.ReplaceAll(first(textOf(s, "total"), textOf(s.Object("paymentDetails"), "amount")), ",", ""))
	currency := strings.ToUpper(first(textOf(s, "currency"), textOf(s.Object("paymentDetails"), "currency")))
	if _, err := total.Scaled(); total == "" || err != nil || len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return
	}
	d.Data.Amount = trade.Money{Amount: total, Currency: currency}
}

// detail writes the document, and as the member "conversion" what it is of, who issued it and what was flagged.
func (c *converter) detail(d *standard.Draft, a *attestation) json.RawMessage {
	text := a.whole.Rest([]byte{'{'})
	name := "conversion"
	for a.whole.Has(name) {
		name += "_"
	}
	text = append(jsondoc.AppendName(text, name), '{')
	text = jsondoc.AppendList(text, "flags", d.RemarkedFlags())
	if a.issuer != "" {
		text = jsondoc.AppendString(jsondoc.AppendName(text, "issuer"), a.issuer)
	}
	text = jsondoc.AppendString(jsondoc.AppendName(text, "standard"), a.standard)
	if a.token != "" {
		text = jsondoc.AppendString(jsondoc.AppendName(text, "token"), a.token)
	}
	return append(text, "}}"...)
}
