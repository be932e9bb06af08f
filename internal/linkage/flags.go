package linkage

import "oneorder/internal/trade"

// flagsOf says what joining remarks on an event: what it names that joins less than it seems to, and whether what it says
// is disputed.
func (l *Linker) flagsOf(f *fact) trade.Flags {
	if f.retracted {
		return 0
	}
	var flags trade.Flags
	if f.conflict {
		flags |= trade.FlagRevisionConflict
	}
	for _, list := range [...][]*number{l.refs(f), l.covered(f), l.replaced(f)} {
		for _, n := range list {
			if n.wide {
				flags |= trade.FlagWide
			}
			if n.suspect {
				flags |= trade.FlagLinkSuspect
			}
		}
	}
	for _, list := range [...][]ref{f.refs, f.covers, f.replaces} {
		for _, r := range list {
			if r.issuer == "" && len(l.valueOf(r).issuers) > 1 {
				flags |= trade.FlagUnclear
			}
		}
	}
	return flags
}

// flagAgain keeps the event's flags.
func (l *Linker) flagAgain(f *fact) {
	if flags := l.flagsOf(f); flags != f.flags {
		f.flags = flags
		l.markFact(f)
		l.work.flagged = append(l.work.flagged, f.key)
	}
}

// Flags gives what joining remarks on an event.
func (l *Linker) Flags(key trade.EventKey) trade.Flags {
	if f := l.fact(key); f != nil {
		return f.flags
	}
	return 0
}

// doubt notes that the number is of a group past belief, or is so no more. It says whether that changed.
func (l *Linker) doubt(n *number, suspect bool) bool {
	if n.suspect == suspect {
		return false
	}
	n.suspect = suspect
	l.markNumber(n)
	return true
}
