package record

import (
	"time"

	"oneorder/internal/trade"
)

// Tables is the reference data that a record is read by; *refdata.Tables has it. A code is what Locate gave.
type Tables interface {
	// Locate gives the code by which places are compared: the UN/LOCODE, else that of the facility.
	Locate(unlocode, facility string) string
	// Country gives the ISO 3166-1 code of a place's country, or "".
	Country(code string) string
	// Territory gives the customs territory of a country: "EU" for its members, else the same.
	Territory(country string) string
	// Hub says whether goods change conveyance at the place, so that a journey hardly begins or ends there.
	Hub(code string) bool
	// Corridor gives the id of the corridor of a journey: its places in order and the modes between them.
	Corridor(places, modes []string) string
	// Expected gives the milestones of a complete record on the corridor, a bit each: 1<<milestone.
	Expected(corridor string) uint32
	// Due adds the chain's next milestones to the list, with the times at which they are normally reached.
	Due(c *trade.Chain, list []trade.Due) []trade.Due
	// Emissions gives what carrying so many kilograms, scaled by 10^4, between two places by a mode emits.
	Emissions(mode, from, to string, kg int64) (trade.Emission, bool)
	// RCEP says whether the agreement is in force for the country at the time.
	RCEP(country string, at time.Time) bool
	// Tolerances say how far reports may differ before it is a finding.
	Tolerances() trade.Tolerances
	// ZonesAt gives the codes of the bonded and free-trade zones and parks in which a facility lies, by its code or name; the list is not
	// to be changed.
	ZonesAt(facility, name string) []string
	// Rate gives the rate at which USD converts at the time; false: there is none.
	Rate(currency string, at time.Time) (trade.Rate, bool)
	// USD converts an amount scaled by 10^4 to US dollars, likewise scaled.
	USD(scaled int64, currency string, at time.Time) (int64, bool)
}
