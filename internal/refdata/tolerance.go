package refdata

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"oneorder/internal/trade"
)

// Tolerances say how far reports may differ before it is a finding (deploy/tolerances.yaml).
func (t *Tables) Tolerances() trade.Tolerances { return t.tolerances }

func (t *Tables) loadTolerances(data []byte) (faults []error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&t.tolerances); err != nil {
		return []error{fmt.Errorf("%s: %w", tolerancesFile, err)}
	}
	v := &t.tolerances
	for _, pct := range []struct {
		name string
		of   float64
	}{
		{"weight_pct", v.WeightPct},
		{"value_pct", v.ValuePct},
		{"other_currency_pct", v.OtherCurrencyPct},
		{"financed_pct", v.FinancedPct},
	} {
		if !(pct.of >= 0 && pct.of < 100) {
			faults = append(faults, fmt.Errorf("%s: %s is %v, want 0 to below 100", tolerancesFile, pct.name, pct.of))
		}
	}
	if !(v.TemperatureC > 0 && v.TemperatureC < 100) {
		faults = append(faults, fmt.Errorf("%s: temperature_c is %v, want more than 0 degrees and below 100", tolerancesFile, v.TemperatureC))
	}
	const most = 10_000
	if v.PresentationDays == 0 || v.PresentationDays > most || v.OriginDays == 0 || v.OriginDays > most {
		faults = append(faults, fmt.Errorf("%s: presentation_days is %d and origin_days %d, want 1 to %d", tolerancesFile, v.PresentationDays, v.OriginDays, most))
	}
	return faults
}

func (t *Tables) loadRCEP(rows *table) {
	rows.each([]string{"country", "since", "why"}, func(row []string) {
		since, err := time.Parse(time.DateOnly, row[1])
		switch {
		case t.countries[row[0]] == nil:
			rows.fault(0, "%q is not in %s", row[0], countriesFile)
		case !t.rcep[row[0]].IsZero():
			rows.fault(0, "%s is there twice", row[0])
		case err != nil:
			rows.fault(1, "%q is not a date such as 2022-01-01", row[1])
		}
		t.rcep[strings.Clone(row[0])] = since
	})
}

// RCEP says whether the Regional Comprehensive Economic Partnership is in force for the country at the time.
func (t *Tables) RCEP(country string, at time.Time) bool {
	since := t.rcep[country]
	return !since.IsZero() && !at.Before(since)
}
