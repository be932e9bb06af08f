package dcsa

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// number of kilograms in a pound avoirdupois.
const pound = 0.45359237

// decimalOf makes a decimal of a JSON number, when it fits one.
func decimalOf(v jsondoc.Value) (trade.Decimal, bool) {
	if v == "" || v.Kind() != jsondoc.Number {
		return "", false
	}
	text := string(v)
	if strings.ContainsAny(text, "eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return "", false
		}
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if whole, fraction, dotted := strings.Cut(text, "."); dotted && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	d := trade.Decimal(text)
	_, err := d.Scaled()
	return d, err == nil
}

// kilograms reads a weight. One in pounds is converted, and stays in the message too.
func kilograms(weight *jsondoc.Object) trade.Decimal {
	value, _ := weight.Value("value")
	d, ok := decimalOf(value)
	if !ok {
		return ""
	}
	switch weight.Text("unit") {
	case "KGM":
		weight.Take("value", "unit")
		return d
	case "LBR":
		f, _ := strconv.ParseFloat(string(d), 64)
		return trade.DecimalOf(int64(math.Round(f * pound * 10_000)))
	}
	return ""
}

// packages reads the number and the kind of packages.
func packages(g *trade.Goods, packaging *jsondoc.Object) {
	if v, ok := packaging.Value("numberOfPackages"); ok {
		if n, err := strconv.ParseUint(strings.TrimSuffix(string(v), ".0"), 10, 32); err == nil {
			g.Packages = uint32(n)
			packaging.Take("numberOfPackages")
		}
	}
	if g.PackageKind = packaging.Text("packageCode"); g.PackageKind != "" {
		packaging.Take("packageCode")
	}
}

// harmonised gives the first HS code of goods. The others, one that can be none, and a list that is not the one that
// rules, stay.
func harmonised(d *standard.Draft, o *jsondoc.Object) string {
	for _, name := range [...]string{"extendedHSCodes", "HSCodes"} {
		codes := texts(o, name)
		if len(codes) == 0 {
			continue
		}
		hs := d.Harmonised(codes[0])
		if len(codes) == 1 && hs == codes[0] {
			o.Take(name)
		}
		return hs
	}
	return ""
}

// texts reads a member that is an array of strings.
func texts(o *jsondoc.Object, name string) []string {
	v, ok := o.Value(name)
	if !ok || v.Kind() != jsondoc.Array {
		return nil
	}
	var all []string
	for _, element := range v.Elements {
		if element.Kind() == jsondoc.String {
			all = append(all, element.Text())
		}
	}
	return all
}

// consignmentItems places the goods of a bill or of shipping instructions: an item for each cargo item, which is
// what lies in one container. Which that is stays in the detail.
func consignmentItems(d *standard.Draft, items []*jsondoc.Object) {
	for _, item := range items {
		lines := texts(item, "descriptionOfGoods")
		if len(lines) == 1 {
			item.Take("descriptionOfGoods")
		}
		description, hs := strings.Join(lines, " "), harmonised(d, item)
		for _, cargo := range item.Objects("cargoItems") {
			g := trade.Goods{
				HS: hs, Description: description,
				GrossKG: kilograms(cargo.Object("cargoGrossWeight")), NetKG: kilograms(cargo.Object("cargoNetWeight")),
			}
			packages(&g, cargo.Object("outerPackaging"))
			d.Data.Goods = append(d.Data.Goods, g)
			licences(d, cargo)
			customsReferences(d, cargo)
		}
		licences(d, item)
		customsReferences(d, item)
		for _, reference := range item.Objects("references") {
			for _, value := range texts(reference, "values") {
				refer(d, reference.Text("type"), value)
			}
		}
	}
}

// refer places a reference of the customer whose type names a number that joining can trust to be one thing.
func refer(d *standard.Draft, code, value string) {
	if kind := referenceKinds[code]; kind != "" {
		d.Refer(kind, value, "")
	}
}

// licences places the numbers of the licences under which goods leave and enter.
func licences(d *standard.Draft, o *jsondoc.Object) {
	for _, name := range [...]string{"exportLicense", "importLicense"} {
		if licence := o.Object(name); d.Refer(trade.Licence, licence.Text("reference"), "") {
			licence.Take("reference")
		}
	}
}

// declarationReferences are the customs references that number an export declaration, by country; a reference of
// another type is a filing ahead, a tracking note or a registration, and stays in the detail.
var declarationReferences = map[string]string{"DUE": "BR", "ITN": "US", "PEB": "ID", "MRN": "", "EDN": ""}

// customsReferences places those that number a declaration or are a unique consignment reference.
func customsReferences(d *standard.Draft, o *jsondoc.Object) {
	for _, reference := range o.Objects("customsReferences") {
		code := strings.ToUpper(reference.Text("type"))
		country, declares := declarationReferences[code]
		if declares && country != "" && country != reference.Text("countryCode") {
			continue
		}
		for _, value := range texts(reference, "values") {
			switch {
			case declares:
				d.Refer(trade.Declaration, value, "")
			case code == "UCR":
				d.Refer(trade.UCR, value, "")
			}
		}
	}
}

// loaded places the containers of a bill or of shipping instructions, with the first seal of each.
func loaded(d *standard.Draft, utilized []*jsondoc.Object) {
	for _, u := range utilized {
		own := u.Object("equipment")
		written := own.Text("equipmentReference")
		if written == "" {
			own, written = u, u.Text("equipmentReference")
		}
		q := d.Equip(trade.Container, written)
		if q == nil {
			continue
		}
		if q.State == "" {
			q.State = trade.Laden
		}
		if q.ISOType == "" {
			if q.ISOType = own.Text("ISOEquipmentCode"); q.ISOType != "" {
				own.Take("ISOEquipmentCode")
			}
		}
		for _, seal := range u.Objects("seals") {
			if q.Seal == "" {
				if q.Seal = seal.Text("number"); q.Seal != "" {
					seal.Take("number")
				}
			}
		}
	}
}

// temperature makes degrees Celsius of a measured value; "" when the unit is not known.
func temperature(v jsondoc.Value, unit string) trade.Decimal {
	d, ok := decimalOf(v)
	switch {
	case !ok:
		return ""
	case unit == "CEL":
		return d
	case unit == "FAH":
		f, err := json.Number(d).Float64()
		if err == nil {
			return trade.DecimalOf(int64(math.Round((f - 32) / 1.8 * 10_000)))
		}
	}
	return ""
}
