package refdata

import (
	"maps"
	"slices"
	"testing"

	"oneorder/internal/identifier"
)

// The tables and the lists of codes are kept apart, since the contract is pure; they must not say different things.
func TestTheTablesAgreeWithTheListsOfCodes(t *testing.T) {
	tables := tables(t)
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string([]rune{first, second})
			_, ok := tables.countries[code]
			userAssigned := code == "XK" || code == "XI" // taken, and of no country of ISO 3166-1
			if listed := identifier.Country(code) == nil && !userAssigned; ok != listed {
				t.Errorf("country %s: in the table %v, in the list %v", code, ok, identifier.Country(code))
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(tables.countries)) {
		c := tables.countries[code]
		if err := identifier.Territory(c.territory); err != nil {
			t.Errorf("%s: territory %s: %v", code, c.territory, err)
		}
		if c.currency != "" && identifier.Currency(c.currency) != nil {
			t.Errorf("%s: currency %s: %v", code, c.currency, identifier.Currency(c.currency))
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(tables.rates)) {
		if err := identifier.Currency(currency); err != nil {
			t.Errorf("rate of %s: %v", currency, err)
		}
	}
}
