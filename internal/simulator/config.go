package simulator

import (
	"errors"
	"fmt"
	"time"
)

// Config says what traffic to make.
type Config struct {
	Seed   uint64
	Chains int       // consignments, about 35 events each
	Start  time.Time // when the first deal begins; to the second, UTC
	PerDay int       // consignments that begin per day: the density of the traffic, whatever its length

	Disorder float64       // share of events reported late, 0 to 1
	Late     time.Duration // at most so late
	Repeats  float64       // share of events that arrive once more, unchanged, 0 to 1

	SharedInvoices float64 // share of deals with one invoice for two consignments

	Faults float64 // share of consignments whose papers contradict each other, 0 to 1: Planted tells where

	// What is none in usual traffic, each a share from 0 to 1.
	Revisions      float64 // of events that name a wrong bill at first, and are revised
	Retractions    float64 // of consignments of which an event is taken back that tied it to another
	MissingIssuers float64 // of consignments in half of whose events the numbers stand without issuer
	Groupage       float64 // of deals: 3 to 12 consignments in one box under one master, which the carrier calls a bill
	Splits         float64 // of deals: one booking for two or three bills, each with boxes of its own
	SilentDepots   float64 // of consignments by sea or road whose empties nobody reports
	QuickReuse     float64 // of boxes that go out again a day after they came back
	Wide           float64 // of consignments with one department's code among their numbers, the same in all
}

// Defaults are usual traffic: 30 consignments a day, one event in twenty late by up to five days, one in fifty
// repeated. Seed and Chains are left to say.
func Defaults() Config {
	return Config{
		Start:  time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
		PerDay: 30, Disorder: 0.05, Late: 5 * 24 * time.Hour, Repeats: 0.02, SharedInvoices: 0.03,
	}
}

// MaxChains is where numbers with few digits would begin to repeat.
const MaxChains = 5_000_000

// fewestWide is how many consignments must share a code, so that it is wide for sure (docs/joining.md).
const fewestWide = 200

// troubled says whether the traffic has more than the usual: then the truth names the scenarios.
func (c Config) troubled() bool {
	return c.Revisions+c.Retractions+c.MissingIssuers+c.Groupage+c.Splits+c.SilentDepots+c.QuickReuse+c.Wide > 0
}

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
	for _, share := range []struct {
		name string
		of   float64
	}{
		{"disorder", c.Disorder},
		{"repeats", c.Repeats},
		{"shared invoices", c.SharedInvoices},
		{"faults", c.Faults},
		{"revisions", c.Revisions},
		{"retractions", c.Retractions},
		{"missing issuers", c.MissingIssuers},
		{"groupage", c.Groupage},
		{"splits", c.Splits},
		{"silent depots", c.SilentDepots},
		{"quick reuse", c.QuickReuse},
		{"wide", c.Wide},
	} {
		if share.of < 0 || share.of > 1 {
			fault("%s %v: want a share from 0 to 1", share.name, share.of)
		}
	}
	if c.Groupage+c.Splits > 1 {
		fault("groupage %v and splits %v: want at most 1 together", c.Groupage, c.Splits)
	}
	if c.Wide > 0 && c.Wide*float64(c.Chains) < fewestWide {
		fault("wide %v of %d consignments: want %d of them or more, or the code is beside too few numbers to be wide", c.Wide, c.Chains, fewestWide)
	}
	if c.Late < 0 || c.Late > 365*24*time.Hour {
		fault("late %v: want up to a year", c.Late)
	}
	return errors.Join(faults...)
}
