package trade

// Tolerances say how far two reports of one consignment may differ before it is a finding. Percentages are of the larger
// of the two.
type Tolerances struct {
	WeightPct        float64 `yaml:"weight_pct"`         // gross weights
	ValuePct         float64 `yaml:"value_pct"`          // values in one currency, on one basis
	OtherCurrencyPct float64 `yaml:"other_currency_pct"` // values in two currencies
	FinancedPct      float64 `yaml:"financed_pct"`       // loans against the value of the goods
	TemperatureC     float64 `yaml:"temperature_c"`      // degrees Celsius, two readings in a row
	PresentationDays uint32  `yaml:"presentation_days"`  // from shipment, where the credit does not say
	OriginDays       uint32  `yaml:"origin_days"`        // that a certificate of origin is good for
}
