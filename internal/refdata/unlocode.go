package refdata

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// List is the UN/LOCODE list as UNECE publishes it, in several files.
type List struct {
	places  map[string]listed // by code
	aliases map[string]alias  // by code
}

type listed struct {
	name, functions string
	lat, lon        string // degrees; empty: not said
}

type alias struct{ of, why string }

// Places is how many locations the list has so far.
func (l *List) Places() int { return len(l.places) }

// Superseded is how many codes the list has so far that another takes the place of.
func (l *List) Superseded() int { return len(l.aliases) }

// The columns of a code list part: change indicator, country, location, name, name without diacritics, subdivision,
// function, status, date, IATA, coordinates, remarks. The files have no header.
const (
	columnChange = iota
	columnCountry
	columnLocation
	columnName
	columnPlainName
	_ // subdivision
	columnFunction
	columnStatus
	_ // date
	_ // IATA
	columnCoordinates
	columnRemarks
	listColumns
)

var (
	functionForm = regexp.MustCompile(`^[0-9B-]{8}$`)
	useCode      = regexp.MustCompile(`(?i)\buse\s+([A-Z]{2})\s?([A-Z2-9]{3})\b`)
)

// Add takes in one part of the list: a file of comma-separated values, in UTF-8 or ISO 8859-1 (as UNECE has it), with or without a
// header. It gives all lines that are no entry as one error.
func (l *List) Add(name string, data []byte) error {
	if l.places == nil {
		l.places, l.aliases = make(map[string]listed), make(map[string]alias)
	}
	return eachEntry(name, data, l.entry)
}

// entry takes in a line. Lines that name a country and references from another name of a place have no code of a location.
func (l *List) entry(row []string) error {
	if len(row) < listColumns-1 || len(row) > listColumns {
		return fmt.Errorf("it has %d columns, want %d: change, country, location, name, name without diacritics, subdivision, function, status, date, IATA, coordinates, remarks", len(row), listColumns)
	}
	if strings.EqualFold(row[columnCountry], "country") || row[columnLocation] == "" {
		return nil
	}
	code := row[columnCountry] + row[columnLocation]
	if !validUNLOCODE(code) {
		return fmt.Errorf("%q is not a UN/LOCODE", code)
	}
	function := row[columnFunction]
	if !functionForm.MatchString(function) {
		function = row[columnStatus] // some packages of the list have the two the other way round
	}
	if !functionForm.MatchString(function) && function != "" && row[columnFunction] != "" {
		return fmt.Errorf("%s: the functions are %q, want eight of 0 to 7, B and -", code, row[columnFunction])
	}
	name := row[columnPlainName]
	if name == "" {
		name = row[columnName]
	}
	if name == "" {
		return fmt.Errorf("%s has no name", code)
	}
	if len(row) == listColumns {
		if use := useCode.FindStringSubmatch(row[columnRemarks]); use != nil && strings.HasPrefix(row[columnChange], "X") {
			l.aliases[strings.Clone(code)] = alias{strings.ToUpper(use[1] + use[2]), "superseded: UN/LOCODE says to use it"}
		}
	}
	p := listed{name: strings.Clone(name), functions: strings.NewReplacer("-", "", "0", "").Replace(function)}
	if at := row[columnCoordinates]; at != "" {
		lat, lon, ok := coordinates(at)
		if !ok {
			return fmt.Errorf("%s: the coordinates are %q, want such as 0117N 10351E", code, at)
		}
		p.lat, p.lon = degreesText(lat), degreesText(lon)
	}
	l.places[strings.Clone(code)] = p
	return nil
}

// coordinates reads degrees and minutes: 0117N 10351E.
func coordinates(s string) (lat, lon float64, ok bool) {
	north, east, found := strings.Cut(strings.TrimSpace(s), " ")
	read := func(s string, digits int, plus, minus byte, most float64) (float64, bool) {
		s = strings.TrimSpace(s)
		if len(s) != digits+3 {
			return 0, false
		}
		degrees, err := strconv.Atoi(s[:digits])
		minutes, err2 := strconv.Atoi(s[digits : digits+2])
		v := float64(degrees) + float64(minutes)/60
		switch hemisphere := s[digits+2]; {
		case err != nil || err2 != nil || minutes > 59 || degrees < 0 || minutes < 0 || v > most:
			return 0, false
		case hemisphere == minus:
			return -v, true
		default:
			return v, hemisphere == plus
		}
	}
	lat, okLat := read(north, 2, 'N', 'S', 90)
	lon, okLon := read(east, 3, 'E', 'W', 180)
	return lat, lon, found && okLat && okLon
}

// PutUNLOCODE takes the list as the places of the folder, and the codes that were superseded as its aliases.
func (f *Folder) PutUNLOCODE(l *List) {
	var places, aliases strings.Builder
	places.WriteString("unlocode,name,country,lat,lon,functions\n")
	for _, code := range slices.Sorted(maps.Keys(l.places)) {
		p := l.places[code]
		if a, superseded := l.aliases[code]; superseded && l.places[a.of].name != "" {
			continue
		}
		places.WriteString(code + "," + quoted(p.name) + "," + code[:2] + "," + p.lat + "," + p.lon + "," + p.functions + "\n")
	}
	aliases.WriteString("code,unlocode,why\n")
	for _, code := range slices.Sorted(maps.Keys(l.aliases)) {
		if a := l.aliases[code]; l.places[a.of].name != "" {
			aliases.WriteString(code + "," + a.of + "," + quoted(a.why) + "\n")
		}
	}
	f.own[placesFile], f.own[aliasesFile] = []byte(places.String()), []byte(aliases.String())
}
