package linkage

import (
	"slices"

	"oneorder/internal/trade"
)

// checkEvidence follows the evidence of an attribution as a person would: what does the event name, which event made that the
// chain's, and does that one name it too?
func (f *follower) checkEvidence(a trade.Attribution) {
	f.t.Helper()
	l := f.linker
	event, by := l.fact(a.Event), l.fact(a.By)
	fault := func(what string) {
		f.t.Helper()
		f.t.Fatalf("%s is in chain %s by %s via %s, %d steps, by %s: %s", f.names[a.Event], a.Chain, a.Rule, a.Via, a.Steps, f.names[a.By], what)
	}
	if event == nil || event.retracted {
		fault("the event does not stand")
	}
	if by == nil || by.retracted {
		fault("the event that made it so does not stand")
	}
	var via []*number // the number, and what is one with it
	switch a.Rule {
	case trade.ByReference, trade.ByBundle:
		via = l.oneWith(l.refs(event), a.Via)
	case trade.ByCovers:
		via = l.oneWith(l.covered(event), a.Via)
	case trade.ByContainer:
		box := slices.IndexFunc(l.boxes(event), func(c *container) bool { return showVia(containerVia+c.number) == a.Via })
		if box < 0 {
			fault("the event does not name the box")
		}
		if len(by.equipment) == 0 {
			fault("the event that made it so names no box")
		}
		return
	case trade.ByConveyance:
		if event.ship != a.Via {
			fault("the event does not name the conveyance")
		}
		if by.ship != a.Via || by.kind != loaded || !by.actual {
			fault("the event that made it so is no load on it")
		}
		return
	default:
		fault("there is no such rule")
	}
	if len(via) == 0 {
		fault("the event does not name the number")
	}
	names := slices.ContainsFunc(slices.Concat(l.refs(by), l.covered(by), l.replaced(by)), func(n *number) bool { return slices.Contains(via, n) })
	// A note's numbers are a bill's by an event that saw the box of both.
	if !names && (a.Steps == 0 || len(by.equipment) == 0) {
		fault("the event that made it so names neither the number nor a box")
	}
	if a.Steps == 0 && a.By != a.Event {
		fault("another event made it the document itself")
	}
}

// oneWith gives the number that is shown so, if it is among these, and all that events say to be one with it.
func (l *Linker) oneWith(among []*number, shown string) []*number {
	at := slices.IndexFunc(among, func(n *number) bool { return show(n.key) == shown })
	if at < 0 {
		return nil
	}
	found := []*number{among[at]}
	for i := 0; i < len(found); i++ {
		for m := range l.on(found[i]) {
			if g := l.of(m); g != nil {
				l.eachEqual(g, found[i], func(y *number) { found = appendNew(found, y) })
			}
		}
	}
	return found
}
