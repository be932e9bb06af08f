package simulator

import (
	"errors"
	"fmt"
	"time"
)

// Config says what traffic to make.
type Config struct {
	Seed   uint64
	Chains int       // consignments, about 30 events each
	Start  time.Time // when the first deal begins; to the second, UTC
	PerDay int       // consignments that begin per day: the density of the traffic, whatever its length

	Disorder float64       // share of events reported late, 0 to 1
	Late     time.Duration // at most so late
	Repeats  float64       // share of events that arrive once more, unchanged, 0 to 1
}

// Defaults are usual traffic: 30 consignments a day, one event in twenty late by up to five days, one in fifty
// repeated. Seed and Chains are left to say.
func Defaults() Config {
	return Config{
		Start:  time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
		PerDay: 30, Disorder: 0.05, Late: 5 * 24 * time.Hour, Repeats: 0.02,
	}
}

// MaxChains is where numbers with few digits would begin to repeat.
const MaxChains = 5_000_000

// Validate gives all that is wrong.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Chains < 1 || c.Chains > MaxChains {
		fault("chains %d: want 1 to %d", c.Chains, MaxChains)
	}
	if c.PerDay < 1 {
		fault("per day %d: want at least 1", c.PerDay)
	}
	if y := c.Start.Year(); y < 2000 || y > 2070 {
		fault("start %s: want a year from 2000 to 2070", c.Start.Format(time.DateOnly))
	} else if c.PerDay > 0 && y+c.Chains/c.PerDay/365 > 2070 {
		fault("%d consignments at %d a day last until after 2070: raise the number per day", c.Chains, c.PerDay)
	}
	if c.Disorder < 0 || c.Disorder > 1 {
		fault("disorder %v: want a share from 0 to 1", c.Disorder)
	}
	if c.Repeats < 0 || c.Repeats > 1 {
		fault("repeats %v: want a share from 0 to 1", c.Repeats)
	}
	if c.Late < 0 || c.Late > 365*24*time.Hour {
		fault("late %v: want up to a year", c.Late)
	}
	return errors.Join(faults...)
}
