package linkage

import (
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// Told is a current event and what the linker says of it.
type Told struct {
	Source, ID   string
	Sequence     uint64              // of the message whose content is current
	Flags        trade.Flags         // what joining remarks on it
	Retracted    bool                // then it is in no chain
	Attributions []trade.Attribution // sorted by chain; none: it waits
}

// Tell gives what the linker says of an event after the last Apply; false: it knows no such event.
func (l *Linker) Tell(key trade.EventKey) (Told, bool) {
	f := l.fact(key)
	if f == nil {
		return Told{}, false
	}
	told := Told{Source: f.source, ID: f.id, Sequence: f.sequence, Retracted: f.retracted, Flags: f.flags}
	placed := f.placed
	if f.about() {
		placed = l.aboardAt(f.ship, f.time)
	}
	for _, p := range l.placements(f, placed, nil) {
		told.Attributions = append(told.Attributions, p.Attribution)
	}
	slices.SortFunc(told.Attributions, func(a, b trade.Attribution) int { return strings.Compare(a.Chain, b.Chain) })
	return told, true
}
