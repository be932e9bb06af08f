package dcsa

import (
	"encoding/json"
	"strconv"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// says tells whether a location has anything to say of where it is.
func says(location *jsondoc.Object) bool {
	if location == nil {
		return false
	}
	for _, value := range location.Names {
		if value.Kind() == jsondoc.Structure || value.Text() != "" {
			return true
		}
	}
	return false
}

// places fills data.place from the first of the locations that says something, and from those after it that
// are the same place. What another place is called stays in the detail.
func (b *builder) places(locations ...*jsondoc.Object) {
	p := &b.data.Place
	for _, location := range locations {
		if !says(location) {
			continue
		}
		written := location.Text("UNLocationCode")
		code := identifier.NormalContainer(written)
		if identifier.Placeholder(code) && written != "" {
			b.flags |= trade.FlagPlaceholder
			code = ""
		}
		if code != "" && identifier.UNLOCODE(code) != nil {
			b.flags |= trade.FlagUnknownPlace
			code = ""
		}
		switch {
		case p.UNLOCODE == "":
			p.UNLOCODE = code
			b.known(code)
		case code != "" && code != p.UNLOCODE:
			continue
		}
		if code == written {
			location.Take("UNLocationCode")
		}
		b.facility(location)
		for _, name := range []string{"locationName", "otherFacility"} {
			if s := location.Text(name); s != "" && (p.Name == "" || p.Name == s) {
				p.Name = s
				location.Take(name)
			}
		}
		b.coordinates(location)
	}
}

// known flags a UN/LOCODE that the place table does not have.
func (b *builder) known(code string) {
	if code != "" && b.KnownPlace != nil && !b.KnownPlace(code) {
		b.flags |= trade.FlagUnknownPlace
	}
}

// facility places the facility's code behind the UN/LOCODE, without which it means nothing: FRPAR and ADT
// are FRPARADT.
func (b *builder) facility(location *jsondoc.Object) {
	code := location.Text("facilityCode")
	if code == "" {
		return
	}
	full := b.data.Place.UNLOCODE + code
	switch b.data.Place.Facility {
	case "":
		b.data.Place.Facility = full
		location.Take("facilityCode")
	case full:
		location.Take("facilityCode")
	}
}

// coordinates places latitude and longitude, when both are degrees.
func (b *builder) coordinates(location *jsondoc.Object) {
	latitude, longitude := location.Text("latitude"), location.Text("longitude")
	if latitude == "" && longitude == "" {
		return
	}
	lat, soundLat := degrees(latitude, 90)
	lon, soundLon := degrees(longitude, 180)
	p := &b.data.Place
	switch {
	case !soundLat || !soundLon:
		b.flags |= trade.FlagIdentifierInvalid
	case p.Lat == "":
		p.Lat, p.Lon = lat, lon
		location.Take("latitude", "longitude")
	case p.Lat == lat && p.Lon == lon:
		location.Take("latitude", "longitude")
	}
}

// degrees makes a JSON number of a decimal number of degrees.
func degrees(s string, most float64) (json.Number, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return "", false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < -most || f > most {
		return "", false
	}
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), true
}
