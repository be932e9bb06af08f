package refdata

import (
	"strings"

	"oneorder/internal/trade"
)

// Place is a location of the tables.
type Place struct {
	UNLOCODE  string  // empty for a facility at a place that has none
	Name      string  // in Latin letters
	Country   string  // ISO 3166-1 alpha-2
	Lat       float64 // degrees north, WGS 84
	Lon       float64 // degrees east, WGS 84
	Functions string  // 1 port, 2 rail, 3 road, 4 airport, 5 post, 6 inland depot, B border crossing
}

type country struct {
	name      string
	territory string // customs territory: the country itself, or EU
	currency  string
	nodes     nodes
}

// spot is a place or facility with what the tables derive from it.
type spot struct {
	Place
	code  string // UN/LOCODE, or the facility code where there is none
	added bool   // by a folder
	nodes nodes
}

func (t *Tables) loadCountries(rows *table) {
	rows.each([]string{"code", "name", "customs_territory", "currency"}, func(row []string) {
		code := strings.Clone(row[0])
		switch {
		case !upper(code, 2):
			rows.fault(0, "%q is not two capital letters (ISO 3166-1)", code)
		case t.countries[code] != nil:
			rows.fault(0, "%s is there twice", code)
		case row[1] == "":
			rows.fault(1, "%s has no name", code)
		case row[2] != code && row[2] != "EU":
			rows.fault(2, "the customs territory of %s is %q, want %s or EU", code, row[2], code)
		case row[3] != "" && !upper(row[3], 3):
			rows.fault(3, "%q is not three capital letters (ISO 4217)", row[3])
		}
		t.countries[code] = &country{name: strings.Clone(row[1]), territory: strings.Clone(row[2]), currency: strings.Clone(row[3])}
	})
}

func (t *Tables) loadPlaces(rows *table) {
	rows.each([]string{"unlocode", "name", "country", "lat", "lon", "functions"}, func(row []string) {
		code := strings.Clone(row[0])
		switch {
		case !validUNLOCODE(code):
			rows.fault(0, "%q is not a UN/LOCODE", code)
		case t.places[code] != nil:
			rows.fault(0, "%s is there twice", code)
		case row[1] == "":
			rows.fault(1, "%s has no name", code)
		case row[2] != code[:2] || t.countries[row[2]] == nil:
			rows.fault(2, "the country of %s is %q, want %s, and that in %s", code, row[2], code[:2], countriesFile)
		case row[5] == "" || strings.Trim(row[5], "123456B") != "":
			rows.fault(5, "%q is not functions out of 123456B", row[5])
		}
		t.places[code] = &spot{code: code, Place: Place{
			UNLOCODE: code, Name: strings.Clone(row[1]), Country: strings.Clone(row[2]),
			Lat: rows.degrees(3, row[3], 90), Lon: rows.degrees(4, row[4], 180), Functions: strings.Clone(row[5]),
		}}
	})
}

func (t *Tables) loadAliases(rows *table) {
	rows.each([]string{"code", "unlocode", "why"}, func(row []string) {
		at := t.places[row[1]]
		switch {
		case row[0] == "":
			rows.fault(0, "the alias is empty")
		case t.places[row[0]] != nil && t.places[row[0]].added:
			return // the list of a folder has a place of its own under the code
		case t.places[row[0]] != nil:
			rows.fault(0, "%s is a place or an alias already", row[0])
		case at == nil:
			rows.fault(1, "%s is not in %s", row[1], placesFile)
		case row[2] == "":
			rows.fault(2, "why is not said")
		}
		if at != nil {
			t.places[strings.Clone(row[0])] = at
		}
	})
}

func (t *Tables) loadFacilities(rows *table) {
	rows.each([]string{"code", "name", "unlocode", "country", "lat", "lon"}, func(row []string) {
		code := strings.Clone(row[0])
		switch {
		case code == "" || t.facilities[code] != nil || t.places[code] != nil:
			rows.fault(0, "%q is empty, there twice or a place's code", code)
		case row[1] == "":
			rows.fault(1, "%s has no name", code)
		case row[2] != "" && t.places[row[2]] == nil:
			rows.fault(2, "%s is not in %s", row[2], placesFile)
		case t.countries[row[3]] == nil || row[2] != "" && row[2][:2] != row[3]:
			rows.fault(3, "%q is not in %s, or not the country of %s", row[3], countriesFile, row[2])
		}
		s := &spot{code: code, Place: Place{
			UNLOCODE: strings.Clone(row[2]), Name: strings.Clone(row[1]), Country: strings.Clone(row[3]),
			Lat: rows.degrees(4, row[4], 90), Lon: rows.degrees(5, row[5], 180),
		}}
		if s.UNLOCODE != "" {
			s.code = s.UNLOCODE
		}
		t.facilities[code] = s
	})
}

// Place gives the place of a UN/LOCODE or of an alias of one.
func (t *Tables) Place(unlocode string) (Place, bool) {
	if s, ok := t.places[unlocode]; ok {
		return s.Place, true
	}
	return Place{}, false
}

// find gives the spot of a place as an event names it: by facility, else by UN/LOCODE, else by the UN/LOCODE
// that a facility code begins with (SMDG and BIC codes do). nil: the tables don't have it.
func (t *Tables) find(unlocode, facility string) *spot {
	if facility != "" {
		if s := t.facilities[facility]; s != nil {
			return s
		}
	}
	if unlocode != "" {
		return t.places[unlocode]
	}
	if len(facility) > 5 {
		return t.places[facility[:5]]
	}
	return nil
}

// at gives the spot of a code that Locate gave.
func (t *Tables) at(code string) *spot {
	if s := t.places[code]; s != nil {
		return s
	}
	return t.facilities[code]
}

// Locate gives the code by which places are compared: the UN/LOCODE, aliases resolved; that of the facility
// where the event names none; the facility's own code where it has none; and an unknown UN/LOCODE as it is.
func (t *Tables) Locate(unlocode, facility string) string {
	if unlocode != "" {
		if s := t.places[unlocode]; s != nil {
			return s.code
		}
		return unlocode
	}
	if s := t.find("", facility); s != nil {
		return s.code
	}
	return ""
}

// Country gives the country of a code that Locate gave, or "".
func (t *Tables) Country(code string) string {
	if s := t.at(code); s != nil {
		return s.Country
	}
	if len(code) == 5 {
		if _, ok := t.countries[code[:2]]; ok {
			return code[:2]
		}
	}
	return ""
}

// Territory gives the customs territory of a country or territory: "EU" for its members, else the same.
func (t *Tables) Territory(country string) string {
	if c := t.countries[country]; c != nil {
		return c.territory
	}
	return country
}

// Enriched is what the tables know of an event's place.
type Enriched struct {
	UNLOCODE string      // of the place, aliases resolved; as the event has it when the tables don't know it
	Name     string      // of the facility, else of the place
	Country  string      // ISO 3166-1 alpha-2: the place's, else the customs territory's; empty: not known
	Node     string      // name of the corridor node that the place belongs to
	Lat      float64     // degrees north, WGS 84: the event's own place's; meaningful when Located
	Lon      float64     // degrees east
	Located  bool        // Lat and Lon are known
	Flags    trade.Flags // FlagUnknownPlace, FlagUnknownHS
}

// Enrich looks the event's place and goods up. It allocates nothing, and its strings are the tables' or the event's.
func (t *Tables) Enrich(e *trade.Event) Enriched {
	var r Enriched
	d := e.Data
	if d == nil {
		return r
	}
	r.Flags = t.unknownHS(d.Goods)
	if s := t.find(d.Place.UNLOCODE, d.Place.Facility); s != nil {
		r.UNLOCODE, r.Name, r.Country = s.UNLOCODE, s.Name, s.Country
		r.Lat, r.Lon, r.Located = s.Lat, s.Lon, s.Lat != 0 || s.Lon != 0
		r.Node = t.nodeName(s.nodes)
		return r
	}
	if code := d.Place.UNLOCODE; code != "" {
		r.UNLOCODE, r.Name = code, d.Place.Name
		r.Flags |= trade.FlagUnknownPlace
		r.Country = t.Country(code)
		if c := t.countries[r.Country]; c != nil {
			r.Node = t.nodeName(c.nodes)
		}
	}
	if r.Country == "" && d.Customs.Territory != "" {
		if c := t.countries[d.Customs.Territory]; c != nil {
			r.Country = d.Customs.Territory
		}
	}
	return r
}
