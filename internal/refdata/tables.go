package refdata

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"

	"oneorder/deploy"
)

//go:embed data/*.csv
var builtin embed.FS

// The files of the built-in tables, in the order that the digest takes them.
const (
	countriesFile  = "countries.csv"
	placesFile     = "places.csv"
	aliasesFile    = "aliases.csv"
	facilitiesFile = "facilities.csv"
	ratesFile      = "rates.csv"
	corridorsFile  = "corridors.yaml"
)

var files = [...]string{countriesFile, placesFile, aliasesFile, facilitiesFile, ratesFile, corridorsFile}

// Tables is one version of the reference data. It never changes once loaded and may be used by many at once.
type Tables struct {
	digest     string
	countries  map[string]*country
	places     map[string]*spot // by UN/LOCODE and by alias
	facilities map[string]*spot // by facility code
	rates      map[string]*rates
	corridors  []corridor
	other      MilestoneSet
}

// Load reads and checks the built-in tables. An error joins every fault found, each with file and line.
func Load() (*Tables, error) {
	return LoadWith(deploy.Corridors)
}

// LoadWith is Load with other corridors than the built-in ones: the content of a corridors.yaml.
func LoadWith(corridors []byte) (*Tables, error) {
	contents := make(map[string][]byte, len(files))
	for _, name := range files {
		if name == corridorsFile {
			contents[name] = corridors
			continue
		}
		data, err := builtin.ReadFile("data/" + name)
		if err != nil {
			return nil, fmt.Errorf("built-in table: %w", err)
		}
		contents[name] = data
	}
	return load(contents)
}

func load(contents map[string][]byte) (*Tables, error) {
	t := &Tables{
		countries:  make(map[string]*country),
		places:     make(map[string]*spot),
		facilities: make(map[string]*spot),
		rates:      make(map[string]*rates),
	}
	hash := sha256.New()
	for _, name := range files {
		_, _ = fmt.Fprintf(hash, "%s %d\n", name, len(contents[name]))
		_, _ = hash.Write(contents[name])
	}
	t.digest = hex.EncodeToString(hash.Sum(nil))

	var faults []error
	for _, step := range []struct {
		name string
		load func(*table)
	}{
		{countriesFile, t.loadCountries},
		{placesFile, t.loadPlaces},
		{aliasesFile, t.loadAliases},
		{facilitiesFile, t.loadFacilities},
		{ratesFile, t.loadRates},
	} {
		rows := &table{name: step.name, data: contents[step.name]}
		step.load(rows)
		faults = append(faults, rows.faults...)
	}
	faults = append(faults, t.loadCorridors(contents[corridorsFile])...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("reference data: %w", errors.Join(faults...))
	}
	return t, nil
}

// Digest names the version of all the tables: 64 hex digits, the same for the same content.
func (t *Tables) Digest() string { return t.digest }
