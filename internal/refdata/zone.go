package refdata

import (
	"regexp"
	"slices"
	"strings"
)

// Zone is a place with a border or a trade of its own: a bonded or free-trade zone, a special economic zone, a logistics park.
type Zone struct {
	Code     string // lower-case letters, digits and -; stable
	Name     string
	Kind     string // bonded, free_trade, special_economic or logistics_park
	UNLOCODE string // of the place that it is at; empty: it has none
	Country  string // ISO 3166-1 alpha-2
	Source   string // who says so
	// Confirmed says whether the source was read; else the source says what is unconfirmed.
	Confirmed bool
}

var (
	zoneKinds = [...]string{"bonded", "free_trade", "special_economic", "logistics_park"}
	zoneCode  = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)
)

// zones are the zones, and which lie at a facility's code or a name.
type zones struct {
	list []Zone              // in the order of the file
	at   map[string][]string // by code of a facility, by name as written and in capitals: codes, sorted
}

func (t *Tables) loadZones(rows *table) {
	rows.each([]string{"code", "name", "kind", "unlocode", "country", "facilities", "names", "source"}, func(row []string) {
		z := Zone{
			Code: strings.Clone(row[0]), Name: strings.Clone(row[1]), Kind: strings.Clone(row[2]), UNLOCODE: strings.Clone(row[3]),
			Country: strings.Clone(row[4]), Source: strings.Clone(row[7]), Confirmed: !strings.Contains(row[7], "unconfirmed"),
		}
		switch {
		case !zoneCode.MatchString(z.Code):
			rows.fault(0, "%q is not a letter and lower-case letters, digits and -", z.Code)
		case slices.ContainsFunc(t.zones.list, func(o Zone) bool { return o.Code == z.Code }):
			rows.fault(0, "%s is there twice", z.Code)
		case z.Name == "":
			rows.fault(1, "%s has no name", z.Code)
		case !slices.Contains(zoneKinds[:], z.Kind):
			rows.fault(2, "the kind is %q, want one of %v", z.Kind, zoneKinds)
		case z.UNLOCODE != "" && (t.places[z.UNLOCODE] == nil || z.UNLOCODE[:2] != z.Country):
			rows.fault(3, "%s is no place of the tables, or not in %s", z.UNLOCODE, z.Country)
		case t.countries[z.Country] == nil:
			rows.fault(4, "%q is not in %s", z.Country, countriesFile)
		case z.Source == "":
			rows.fault(7, "the source is not said")
		}
		t.zones.list = append(t.zones.list, z)
		for _, code := range strings.Fields(row[5]) {
			if t.facilities[code] == nil {
				rows.fault(5, "%s is not in %s", code, facilitiesFile)
			}
			t.zones.put(code, z.Code)
		}
		for _, name := range append(strings.Split(row[6], "|"), row[1]) {
			t.zones.put(name, z.Code)
			t.zones.put(strings.ToUpper(name), z.Code)
		}
	})
}

// put says that a zone lies at a code or name.
func (z *zones) put(at, code string) {
	list := z.at[at]
	i, found := slices.BinarySearch(list, code)
	if at == "" || found {
		return
	}
	z.at[strings.Clone(at)] = slices.Insert(list, i, code)
}

// Zones lists the zones in the order of their table.
func (t *Tables) Zones() []Zone { return slices.Clone(t.zones.list) }

// ZonesAt gives the codes of the zones in which a facility lies, by its code, or where that tells of none, by its name as the table writes it or in
// capitals. The list is sorted, and must not be changed.
func (t *Tables) ZonesAt(facility, name string) []string {
	if list := t.zones.at[facility]; list != nil {
		return list
	}
	return t.zones.at[name]
}
