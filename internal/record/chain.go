package record

import (
	"math/bits"
	"slices"
	"time"

	"oneorder/internal/trade"
)

// Statuses of a chain.
const (
	Open      = "open"
	InTransit = "in_transit"
	Arrived   = "arrived"
	Delivered = "delivered"
	Closed    = "closed"
)

// Chain gives the record of the events so far. Its ID, FoundedOn and Version are the caller's to set. Its lists are shared with
// later results and must not be changed.
func (b *Builder) Chain() trade.Chain {
	c := &b.chain
	if b.stale&staleReferences != 0 {
		c.References = b.makeReferences()
	}
	if b.stale&staleOrgs != 0 {
		c.Orgs = b.makeOrgs()
	}
	if b.stale&staleParties != 0 {
		c.Parties = b.makeParties()
	}
	if b.stale&staleContainers != 0 {
		c.Containers = b.makeContainers()
	}
	if b.stale&staleGoods != 0 {
		b.makeGoods(c)
	}
	if b.stale&staleJourney != 0 {
		b.makeJourney(c)
	}
	if b.stale&(staleJourney|staleMilestones|staleContainers) != 0 {
		b.makeMilestones(c)
		var due []trade.Due
		if b.borrows {
			due = c.Due[:0]
		}
		c.Due = b.tables.Due(c, due)
	}
	if b.stale&(staleJourney|staleGoods) != 0 {
		b.makeEmissions(c)
	}
	b.makeRecognition(c)
	b.stale = 0
	c.Rails, c.Green = append(empty(b, c.Rails, len(b.rails)), b.rails...), b.green
	c.Zones = append(empty(b, c.Zones, len(b.zones)), b.zones...)
	c.Events = b.events
	c.LastEvent = time.Time{}
	if b.latest != 0 {
		c.LastEvent = time.Unix(0, b.latest).UTC()
	}
	b.found = b.findings(b.found[:0])
	c.Findings = codesOf(b.found)
	return *c
}

// domains in the order of Chain.Completeness.
var domains = [4]string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance}

// milestonesOf has the milestones of each domain, a bit each.
var milestonesOf = func() (sets [4]uint32) {
	for m := range trade.MilestoneCount {
		for i, domain := range domains {
			if m.Domain() == domain {
				sets[i] |= 1 << m
			}
		}
	}
	return sets
}()

// completeness is the share of the expected milestones that are reached, by domain and over all; 1 where none is expected.
func completeness(c *trade.Chain, expected uint32) (share [4]float32, whole float32) {
	var reached uint32
	for m := range c.Milestones {
		if !c.Milestones[m].IsZero() {
			reached |= 1 << m
		}
	}
	of := func(expected uint32) float32 {
		if expected == 0 {
			return 1
		}
		return float32(bits.OnesCount32(expected&reached)) / float32(bits.OnesCount32(expected))
	}
	for i, domain := range milestonesOf {
		share[i] = of(expected & domain)
	}
	return share, of(expected)
}

// anyOut says whether a container that came to the destination is not back.
func anyOut(boxes []trade.Box) bool {
	return slices.ContainsFunc(boxes, func(b trade.Box) bool { return b.Terminal != "" && b.Returned.IsZero() })
}

// statusOf gives how far the consignment is. It is closed when it is delivered and paid and no container is still out.
func statusOf(c *trade.Chain) string {
	reached := func(m trade.Milestone) bool { return !c.Milestones[m].IsZero() }
	switch {
	case reached(trade.Delivered) && reached(trade.Paid) && (len(c.Containers) == 0 || reached(trade.EmptyReturnedAt) && !anyOut(c.Boxes)):
		return Closed
	case reached(trade.Delivered), reached(trade.EmptyReturnedAt):
		return Delivered
	case reached(trade.Arrived):
		return Arrived
	case reached(trade.Departed), reached(trade.AtBorder):
		return InTransit
	default:
		return Open
	}
}
