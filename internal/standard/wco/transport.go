package wco

import (
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// modes of transport, by the first digit of UN/ECE Recommendation 19. Post, fixed installations and own propulsion
// have no mode of ours.
var modes = map[string]string{"1": trade.Sea, "2": trade.Rail, "3": trade.Road, "4": trade.Air, "6": trade.Multimodal, "8": trade.Barge}

// transport places the means of transport at the border, the containers and the place of the goods.
func (x *declaration) transport() {
	consignment := x.shipment.Child("Consignment")
	border := x.e.Child("BorderTransportMeans")
	if !border.Exists() {
		border = consignment.Child("BorderTransportMeans")
	}
	t := &x.d.Data.Transport
	if code := border.Child("ModeCode"); code.Text() != "" {
		if t.Mode = modes[code.Text()[:1]]; t.Mode != "" {
			code.Take()
		}
	}
	means := []xmldoc.Element{border}
	if x.direction != "export" {
		means = append(means, consignment.Child("ArrivalTransportMeans"))
	}
	if x.direction != "import" {
		means = append(means, consignment.Child("DepartureTransportMeans"))
	}
	for _, e := range means {
		if t.Conveyance == "" && t.Name == "" {
			x.means(e)
		}
	}
	for _, leg := range []struct {
		path []string
		to   *string
	}{{[]string{"LoadingLocation", "ID"}, &t.From}, {[]string{"UnloadingLocation", "ID"}, &t.To}} {
		at := consignment.Child(leg.path...)
		if identifier.UNLOCODE(at.Text()) == nil {
			*leg.to = x.d.Locode(at.Text())
			at.Take()
		}
	}
	for _, c := range []xmldoc.Element{consignment, x.e.Child("Consignment")} {
		for e := range c.Each("TransportEquipment") {
			x.equipment(e)
		}
	}
	x.place(consignment.Child("GoodsLocation"))
}

// means places the conveyance by the kind of its number (Union customs code, data element 19 05).
func (x *declaration) means(e xmldoc.Element) {
	t := &x.d.Data.Transport
	id := e.Child("ID")
	switch text := id.Text(); e.Child("IdentificationTypeCode").Text() {
	case "10":
		number := strings.TrimPrefix(identifier.NormalContainer(text), "IMO")
		switch {
		case identifier.Placeholder(number):
			if text != "" {
				x.d.Flags |= trade.FlagPlaceholder
			}
			return
		case identifier.IMO(number) != nil:
			x.d.Flags |= trade.FlagIdentifierInvalid
		}
		t.Conveyance = number
		if number == text {
			id.Take()
		}
	case "11":
		t.Name = text
		id.Take()
	case "20", "21", "30", "40", "41", "80", "81":
		t.Conveyance = text
		id.Take()
	default:
		if name := e.Child("Name"); name.Text() != "" {
			t.Name = name.Text()
			name.Take()
		}
	}
}

// equipment places a container with its first seal.
func (x *declaration) equipment(e xmldoc.Element) {
	id := e.Child("ID")
	q := x.d.Equip(trade.Container, id.Text())
	if q == nil {
		return
	}
	if q.Number == id.Text() {
		id.Take()
	}
	q.State = trade.Laden
	if seal := e.Child("Seal", "ID"); q.Seal == "" && seal.Text() != "" && len(seal.Text()) <= 64 {
		q.Seal = seal.Text()
		seal.Take()
	}
	if code := e.Child("CharacteristicCode"); q.ISOType == "" && len(code.Text()) == 4 {
		q.ISOType = code.Text()
		code.Take()
	}
}

// place places where the goods may be examined. A location qualified as a UN/LOCODE (U) has the place's three
// letters in front, and the country beside it.
func (x *declaration) place(e xmldoc.Element) {
	p := &x.d.Data.Place
	name, id := e.Child("Name"), e.Child("ID")
	country := e.Child("Address", "CountryCode").Text()
	if q := e.Child("Address", "TypeCode").Text(); q == "U" && letters(country, 2) {
		for _, at := range []xmldoc.Element{name, id} {
			code := at.Text()
			if strings.HasPrefix(code, country) && len(code) == 5 {
				code = code[2:]
			}
			if len(code) >= 3 && identifier.UNLOCODE(country+code[:3]) == nil && p.UNLOCODE == "" {
				p.UNLOCODE = x.d.Locode(country + code[:3])
			}
		}
	} else if identifier.UNLOCODE(id.Text()) == nil && id.Exists() {
		p.UNLOCODE = x.d.Locode(id.Text())
		id.Take()
	}
	if text := name.Text(); text != "" {
		p.Name = text
		name.Take()
	}
}
