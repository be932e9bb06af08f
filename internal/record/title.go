package record

import (
	"strings"

	"oneorder/internal/trade"
)

// titleState is what became of the title, in the order that breaks ties between events of one time.
type titleState uint8

const (
	noTitle titleState = iota
	drafted
	issued
	amended // reissued in place; the state stays
	transferred
	surrendered
	answered // of a surrender: accomplished, or refused, which undoes the surrender
	void
	titleCount
)

var titleNames = [titleCount]string{"none", "drafted", "issued", "issued", "transferred", "surrendered", "accomplished", "void"}

// addTitle keeps the latest event of each state: the latest by its own time, then by the rule of choice.
func (b *Builder) addTitle(d *trade.Data, state titleState, r rank, at int64) {
	held := &b.titles[state]
	if state == answered && refuses(d.Document.Status) {
		held = &b.refused
	}
	if !held.known() || at > held.at || at == held.at && b.beats(r, held.rank) {
		*held = stamp{rank: r, at: at}
		b.stale |= staleMilestones
	}
}

// refuses says whether the status of an answer is a refusal: DCSA's SREJ, or a word for it.
func refuses(status string) bool {
	for _, word := range [...]string{"SREJ", "REJ", "REFUS", "DECLIN"} {
		if len(status) >= len(word) && strings.EqualFold(status[:len(word)], word) {
			return true
		}
	}
	return false
}

// titleOf names the state that the latest title event left. Delivery of the goods against a surrendered title
// accomplishes it.
func (b *Builder) titleOf(delivered bool) string {
	state := noTitle
	for s := drafted; s < titleCount; s++ {
		switch held := b.titles[s]; {
		case !held.known():
		case s == surrendered && b.refused.known() && b.refused.at >= held.at:
		case s == amended && state != noTitle && state != drafted:
		case state == noTitle || held.at >= b.titles[state].at:
			state = s
		}
	}
	if state == surrendered && delivered {
		state = answered
	}
	return titleNames[state]
}
