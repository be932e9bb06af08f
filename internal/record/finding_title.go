package record

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// titleFindings tells the steps of the title that could not be: what was surrendered, voided or replaced can no longer be passed on, who does
// not hold it cannot pass it on, and what was issued to one, or on one platform, cannot be issued to another. Nobody may have
// the goods before the bill is given up or its carrier has authorised the release.
func (b *Builder) titleFindings(list []trade.Finding) []trade.Finding {
	for i := range b.titled.conflicts {
		c := &b.titled.conflicts[i]
		did := c.step.name
		if c.step.actor.Value != "" {
			did += " by " + shown(c.step.actor)
		}
		list = append(list, trade.Finding{
			Code: trade.FoundTitleConflict, Severity: trade.Critical, About: c.step.number, Sides: [2]trade.Side{
				b.side(c.with.rank.by, b.stepSays(c.with, c.was), titleNames[c.with.state], unitText),
				b.side(c.step.rank.by, b.stepSays(c.step, did), titleNames[c.step.state], unitText),
			},
		})
	}
	return b.releaseFindings(list)
}

func (b *Builder) stepSays(s *titleStep, what string) string {
	return strings.TrimSpace(what+" "+s.number) + " at " + moment(s.at)
}

// releaseFindings looks for goods that were delivered under a bill of lading before it was given up.
func (b *Builder) releaseFindings(list []trade.Finding) []trade.Finding {
	delivered := b.examined.deliveries
	if !delivered.known() || b.titled.freed != 0 && b.titled.freed <= delivered.at {
		return list
	}
	doc := b.issuedBill()
	if doc == nil {
		return list
	}
	issue := doc.issue
	return append(list, trade.Finding{Code: trade.FoundReleasedWithoutTitle, Severity: trade.Critical, Sides: [2]trade.Side{
		b.side(issue.rank.by, "bill "+issue.number+" issued at "+moment(issue.at)+", not surrendered by then", instant(issue.at), unitTime),
		b.side(delivered.rank.by, "delivered at "+moment(delivered.at), instant(delivered.at), unitTime),
	}})
}

// issuedBill gives the consignment's bill, if it is a document of title and was issued for this consignment alone.
func (b *Builder) issuedBill() *titleOf {
	if len(b.titled.docs) == 0 {
		return nil
	}
	doc := b.titled.standing()
	if doc.issue == nil || !doc.issue.bill || doc.issue.shared {
		return nil
	}
	passed := slices.ContainsFunc(b.titled.docs, func(t titleOf) bool { return t.passed })
	if !passed && !b.bySea() {
		return nil
	}
	return doc
}

// bySea says whether the goods went by ship: only then is a bill of lading a document of title by itself. A forwarder's
// bill over a railway is one only where somebody passed it on.
func (b *Builder) bySea() bool {
	return slices.ContainsFunc(b.chain.Legs, func(l trade.Leg) bool { return l.Mode == trade.Sea || l.Mode == trade.Barge })
}
