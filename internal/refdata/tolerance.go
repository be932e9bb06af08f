package refdata

import (
	"bytes"
	"fmt"

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
