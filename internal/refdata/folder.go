package refdata

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A folder of reference data stands beside the built-in tables: what it has wins. Of places, aliases, rates and the Harmonized System its rows come to those
// that are built in; a file of any other name takes the place of the built-in one.
var folderFiles = [...]string{placesFile, aliasesFile, ratesFile, rcepFile, emissionsFile, corridorsFile, tolerancesFile, freeTimeFile, hsFile, zonesFile}

// FolderFiles lists the names that the files of a folder may have.
func FolderFiles() []string { return slices.Clone(folderFiles[:]) }

// folderPrefix tells a file of the folder from the built-in one that it adds to.
const folderPrefix = "folder/"

// LoadFolder reads and checks the built-in tables and a folder beside them. A folder that does not exist, or none, has nothing to add.
func LoadFolder(folder string) (*Tables, error) {
	own, err := readFolder(folder)
	if err != nil {
		return nil, err
	}
	return loadBeside(own)
}

func readFolder(folder string) (map[string][]byte, error) {
	own := make(map[string][]byte)
	if folder == "" {
		return own, nil
	}
	for _, name := range folderFiles {
		data, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // the operator names the folder
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("reference data: %w", err)
		default:
			own[name] = data
		}
	}
	return own, nil
}

func loadBeside(own map[string][]byte) (*Tables, error) {
	contents, err := builtinContents()
	if err != nil {
		return nil, err
	}
	for name, data := range own {
		switch name {
		case placesFile, aliasesFile, ratesFile, hsFile:
			contents[folderPrefix+name] = data
		default:
			contents[name] = data
		}
	}
	return load(contents)
}

// addPlaces takes in the places of a folder. What it does not say of one that is built in, stays.
func (t *Tables) addPlaces(rows *table) {
	rows.each([]string{"unlocode", "name", "country", "lat", "lon", "functions"}, func(row []string) {
		code := strings.Clone(row[0])
		switch {
		case !validUNLOCODE(code):
			rows.fault(0, "%q is not a UN/LOCODE", code)
			return
		case row[1] == "":
			rows.fault(1, "%s has no name", code)
		case row[2] != code[:2]:
			rows.fault(2, "the country of %s is %q, want %s", code, row[2], code[:2])
		case strings.Trim(row[5], "1234567B") != "":
			rows.fault(5, "%q is not functions out of 1234567B", row[5])
		}
		if t.countries[row[2]] == nil {
			return // XZ, installations in international waters, and codes of no country of ISO 3166-1
		}
		s := t.places[code]
		if s == nil {
			s = &spot{code: code, added: true, Place: Place{UNLOCODE: code, Country: code[:2]}}
			t.places[code] = s
		}
		s.Name = strings.Clone(row[1])
		if row[5] != "" {
			s.Functions = strings.Clone(row[5])
		}
		if row[3] != "" || row[4] != "" {
			s.Lat, s.Lon = rows.degrees(3, row[3], 90), rows.degrees(4, row[4], 180)
		}
	})
}

// addAliases takes in codes that were superseded. One that has a place of its own stays that place.
func (t *Tables) addAliases(rows *table) {
	rows.each([]string{"code", "unlocode", "why"}, func(row []string) {
		switch at := t.places[row[1]]; {
		case row[0] == "":
			rows.fault(0, "the alias is empty")
		case row[2] == "":
			rows.fault(2, "why is not said")
		case at == nil:
			rows.fault(1, "%s is no place of the tables", row[1])
		case t.places[row[0]] == nil:
			t.places[strings.Clone(row[0])] = at
		}
	})
}

// addRates takes in rates of months and days. They win over those that are built in.
func (t *Tables) addRates(rows *table) {
	type change struct {
		month  int
		perUSD uint64
		source string
	}
	months := make(map[string][]change)
	rows.each([]string{"currency", "month", "per_usd", "source"}, func(row []string) {
		perUSD, ok := parseRate(row[2])
		when, err := time.Parse("2006-01", row[1])
		day, notDay := time.Parse(time.DateOnly, row[1])
		switch {
		case !upper(row[0], 3) || row[0] == usd:
			rows.fault(0, "%q is not three capital letters (ISO 4217), or the US dollar itself", row[0])
			return
		case err != nil && notDay != nil:
			rows.fault(1, "%q is not a month such as 2026-06 or a day such as 2026-06-15", row[1])
			return
		case !ok:
			rows.fault(2, "%q is not units for one US dollar, such as 6.7758", row[2])
			return
		case row[3] == "":
			rows.fault(3, "the source is not said")
			return
		}
		currency := strings.Clone(row[0])
		if notDay != nil {
			months[currency] = append(months[currency], change{monthOf(when), perUSD, strings.Clone(row[3])})
			return
		}
		r := t.rates[currency]
		if r == nil {
			r = &rates{}
			t.rates[currency] = r
		}
		if r.daily == nil {
			r.daily = make(map[string]fixing)
		}
		r.daily[day.Format(time.DateOnly)] = fixing{perUSD: perUSD, source: strings.Clone(row[3])}
	})
	for currency, list := range months {
		slices.SortStableFunc(list, func(x, y change) int { return x.month - y.month })
		r := t.rates[currency]
		if r == nil || len(r.perUSD) == 0 {
			daily := map[string]fixing(nil)
			if r != nil {
				daily = r.daily
			}
			r = &rates{first: list[0].month, daily: daily}
			t.rates[currency] = r
		}
		for _, c := range list {
			name := fmt.Sprintf("%04d-%02d", c.month/12, c.month%12+1)
			switch at := c.month - r.first; {
			case at < 0:
				rows.faults = append(rows.faults, fmt.Errorf("%s: %s %s is before the first month that is known, %s", rows.name, currency, name, r.months[0]))
			case at < len(r.perUSD):
				r.perUSD[at], r.sources[at] = c.perUSD, c.source
			case at == len(r.perUSD):
				r.perUSD, r.months, r.sources = append(r.perUSD, c.perUSD), append(r.months, name), append(r.sources, c.source)
			default:
				rows.faults = append(rows.faults, fmt.Errorf("%s: %s %s: the month before is not known", rows.name, currency, name))
			}
		}
	}
}

// Folder is what a folder of reference data has, to be added to.
type Folder struct {
	path string
	own  map[string][]byte
}

// OpenFolder reads a folder of reference data; it need not exist yet.
func OpenFolder(path string) (*Folder, error) {
	own, err := readFolder(path)
	return &Folder{path: path, own: own}, err
}

// Put takes a file as it is in the place of what the folder has under the name, or of the built-in file.
func (f *Folder) Put(name string, data []byte) error {
	if !slices.Contains(folderFiles[:], name) {
		return fmt.Errorf("%s is no file of reference data: want one of %v", name, folderFiles)
	}
	f.own[name] = data
	return nil
}

// AddRates adds rows to the rates of the folder: of one currency and time the later row wins.
func (f *Folder) AddRates(list []RateRow) {
	rows := make(map[[2]string]RateRow)
	if own := f.own[ratesFile]; own != nil {
		// One that cannot be read is told of by the check of the whole, before it would be lost.
		before, err := ReadRates(ratesFile, own)
		if err != nil {
			return
		}
		list = append(before, list...)
	}
	for _, r := range list {
		rows[[2]string{r.Currency, r.Of}] = r
	}
	var out strings.Builder
	out.WriteString("currency,month,per_usd,source\n")
	for _, key := range slices.SortedFunc(maps.Keys(rows), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		r := rows[key]
		out.WriteString(r.Currency + "," + r.Of + "," + r.PerUSD + "," + quoted(r.Source) + "\n")
	}
	f.own[ratesFile] = []byte(out.String())
}

// RateRow is a rate as a file has it: of a month, 2026-06, or of a day, 2026-06-15.
type RateRow struct{ Currency, Of, PerUSD, Source string }

// ReadRates reads the rows of a file of rates. What they say is checked with the whole.
func ReadRates(name string, data []byte) (list []RateRow, err error) {
	t := &table{name: name, data: data}
	t.each([]string{"currency", "month", "per_usd", "source"}, func(row []string) {
		list = append(list, RateRow{strings.Clone(row[0]), strings.Clone(row[1]), strings.Clone(row[2]), strings.Clone(row[3])})
	})
	return list, errors.Join(t.faults...)
}

func quoted(field string) string {
	if strings.ContainsAny(field, ",\"\r\n") {
		return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
	}
	return field
}

// Check gives the tables that the built-in ones and the folder make together. An error joins everything that is wrong.
func (f *Folder) Check() (*Tables, error) { return loadBeside(f.own) }

// Save writes the files, each at once in the place of the one before.
func (f *Folder) Save() error {
	if err := os.MkdirAll(f.path, 0o750); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(f.own)) {
		file := filepath.Join(f.path, name)
		next := file + ".next"
		if err := os.WriteFile(next, f.own[name], 0o640); err != nil { //nolint:gosec // other services of the host read it
			return err
		}
		if err := os.Rename(next, file); err != nil {
			return err
		}
	}
	return nil
}

// degreesText writes a coordinate for a file.
func degreesText(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

// Extent is how much the tables have.
type Extent struct {
	Places     int    `json:"places"`
	Aliases    int    `json:"aliases"`
	Facilities int    `json:"facilities"`
	Currencies int    `json:"currencies"`  // of which a rate is known, beside the US dollar
	DailyRates int    `json:"daily_rates"` // rates of one day
	Factors    string `json:"factors"`     // version of the emission factors
	Zones      int    `json:"zones"`
	HSChapters int    `json:"hs_chapters"` // that have a heading
	HSHeadings int    `json:"hs_headings"`
	HSCodes    int    `json:"hs_codes"` // those that a list of the operator divides further among them
}

// Size says how much the tables have.
func (t *Tables) Size() Extent {
	e := Extent{Facilities: len(t.facilities), Zones: len(t.zones.list), Currencies: len(t.rates), Factors: t.factorVersion}
	for code, s := range t.places {
		if s.UNLOCODE == code {
			e.Places++
		} else {
			e.Aliases++
		}
	}
	for _, r := range t.rates {
		e.DailyRates += len(r.daily)
	}
	e.HSChapters, e.HSHeadings, e.HSCodes = t.hs.size()
	return e
}
