package refdata

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"oneorder/deploy"
	"oneorder/internal/trade"
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
	rcepFile       = "rcep.csv"
	emissionsFile  = "emissions.csv"
	corridorsFile  = "corridors.yaml"
	tolerancesFile = "tolerances.yaml"
	freeTimeFile   = "free_time.yaml"
	hsFile         = "hs.csv"
	zonesFile      = "zones.csv"
)

var files = [...]string{countriesFile, placesFile, aliasesFile, facilitiesFile, ratesFile, rcepFile, emissionsFile, corridorsFile, tolerancesFile, freeTimeFile, hsFile, zonesFile}

// Tables is one version of the reference data. It never changes once loaded and may be used by many at once.
type Tables struct {
	digest     string
	countries  map[string]*country
	places     map[string]*spot // by UN/LOCODE and by alias
	facilities map[string]*spot // by facility code
	rates      map[string]*rates
	corridors  []corridor
	other      MilestoneSet
	rcep       map[string]time.Time // country to the day from which on RCEP is in force for it
	tolerances trade.Tolerances
	freeTimes  []FreeTime
	factors    map[string]factor // by mode
	hs         harmonised
	zones      zones
	dues       [trade.MilestoneCount]due
	dueOrder   []trade.Milestone // in the order of corridors.yaml

	factorVersion string
}

// Load reads and checks the built-in tables. An error joins every fault found, each with file and line.
func Load() (*Tables, error) {
	return LoadWith(deploy.Corridors)
}

// LoadWith is Load with other corridors than the built-in ones: the content of a corridors.yaml.
func LoadWith(corridors []byte) (*Tables, error) {
	contents, err := builtinContents()
	if err != nil {
		return nil, err
	}
	contents[corridorsFile] = corridors
	return load(contents)
}

// builtinContents gives the built-in files by name.
func builtinContents() (map[string][]byte, error) {
	contents := map[string][]byte{corridorsFile: deploy.Corridors, tolerancesFile: deploy.Tolerances, freeTimeFile: deploy.FreeTime}
	for _, name := range files {
		if contents[name] != nil {
			continue
		}
		data, err := builtin.ReadFile("data/" + name)
		if err != nil {
			return nil, fmt.Errorf("built-in table: %w", err)
		}
		contents[name] = data
	}
	return contents, nil
}

func load(contents map[string][]byte) (*Tables, error) {
	t := &Tables{
		countries:  make(map[string]*country),
		places:     make(map[string]*spot),
		facilities: make(map[string]*spot),
		rates:      make(map[string]*rates),
		rcep:       make(map[string]time.Time),
		factors:    make(map[string]factor),
		hs:         harmonised{names: make(map[string]string)},
		zones:      zones{at: make(map[string][]string)},
	}
	hash := sha256.New()
	for _, name := range slices.Concat(files[:], []string{folderPrefix + placesFile, folderPrefix + aliasesFile, folderPrefix + ratesFile, folderPrefix + hsFile}) {
		if data, ok := contents[name]; ok {
			_, _ = fmt.Fprintf(hash, "%s %d\n", name, len(data))
			_, _ = hash.Write(data)
		}
	}
	t.digest = hex.EncodeToString(hash.Sum(nil))

	var faults []error
	for _, step := range []struct {
		name string
		load func(*table)
	}{
		{countriesFile, t.loadCountries},
		{placesFile, t.loadPlaces},
		{folderPrefix + placesFile, t.addPlaces},
		{aliasesFile, t.loadAliases},
		{folderPrefix + aliasesFile, t.addAliases},
		{facilitiesFile, t.loadFacilities},
		{ratesFile, t.loadRates},
		{folderPrefix + ratesFile, t.addRates},
		{rcepFile, t.loadRCEP},
		{emissionsFile, t.loadFactors},
		{zonesFile, t.loadZones},
		{hsFile, t.loadHS},
		{folderPrefix + hsFile, t.addHS},
	} {
		data, ok := contents[step.name]
		if !ok {
			continue
		}
		rows := &table{name: step.name, data: data}
		step.load(rows)
		faults = append(faults, rows.faults...)
	}
	faults = append(faults, t.loadCorridors(contents[corridorsFile])...)
	faults = append(faults, t.loadTolerances(contents[tolerancesFile])...)
	faults = append(faults, t.loadFreeTime(contents[freeTimeFile])...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("reference data: %w", errors.Join(faults...))
	}
	return t, nil
}

// Digest names the version of all the tables: 64 hex digits, the same for the same content.
func (t *Tables) Digest() string { return t.digest }
