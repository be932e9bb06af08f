package linkage

import "slices"

// Work counts what a batch made the linker do to events that had come before it.
type Work struct {
	Arrived int // events whose content is new: what the work is for
	Placed  int // others that were placed again, since what they name might lead elsewhere now
	Told    int // of these, and of those whose chain has another id: told again, since anything about them changed
	Moved   int // of these, those in other chains than before; the others have another reason only
}

// count counts the events that the batch told again. It must know the consignments' ids of before and of now: had
// has those of before.
func (l *Linker) count() Work {
	w := l.work.done
	var in []string
	for _, f := range l.work.moved {
		if f.fresh || !f.calls() && (f.about() || f.wasOn != "") {
			continue // whoever is aboard has it, or had
		}
		w.Told++
		if in = l.chainsOf(f.placed, in[:0]); !slices.Equal(in, f.hadIn) {
			w.Moved++
		}
	}
	for _, f := range l.work.renamed {
		if !f.fresh && !f.moved {
			f.moved = true // so it is counted once
			w.Told++
			w.Moved++
		}
	}
	for _, f := range l.work.renamed {
		f.moved = false
	}
	return w
}

// chainsOf adds the ids of the chains that placements lead to, sorted.
func (l *Linker) chainsOf(placed []placement, to []string) []string {
	for i := range placed {
		if id := l.consignment(placed[i].root).id; id != "" {
			to = append(to, id)
		}
	}
	slices.Sort(to)
	return to
}
