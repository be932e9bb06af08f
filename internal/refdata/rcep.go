package refdata

import (
	"strings"
	"time"
)

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
