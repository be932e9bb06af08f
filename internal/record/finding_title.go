package record

import (
	"cmp"
	"slices"
	"strings"

	"oneorder/internal/trade"
)

// titleStep is a step of the title document.
type titleStep struct {
	state    titleState
	refuses  bool // an answer that refuses a surrender
	release  bool // release authorised without the document
	bill     bool // of a bill of lading, which is a title; a waybill is none
	number   string
	platform string
	rank     rank
	at       int64
}

func (b *Builder) examineTitle(e *trade.Event, x extent, state titleState, r rank, at int64) {
	d := e.Data
	if x.shared {
		return
	}
	s := titleStep{
		state: state, rank: r, at: at, release: e.Type == trade.ReleaseAuthorised,
		refuses: state == answered && refuses(d.Document.Status),
		number:  b.own(d.Document.Number), platform: b.own(d.Document.Platform),
	}
	switch trade.Kind(d.Document.Kind) {
	case trade.BL, trade.HouseBL:
		s.bill = true
	case "":
		s.bill = slices.ContainsFunc(d.References, func(r trade.Reference) bool { return r.Kind == trade.BL || r.Kind == trade.HouseBL })
	default:
	}
	b.examined.steps = append(b.examined.steps, s)
}

// titleFindings follows the title document through its steps in order of time: what was surrendered or voided can no
// longer be passed on, what was issued on one platform cannot be issued on another, and nobody may have the goods before the
// bill is given up or its carrier has authorised the release.
func (b *Builder) titleFindings(list []trade.Finding) []trade.Finding {
	steps := b.examined.steps
	slices.SortFunc(steps, func(x, y titleStep) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.state, y.state), cmp.Compare(x.number, y.number), b.compare(x.rank, y.rank))
	})
	var issue, end *titleStep // the last issue; the step that ended the title's life
	var freed int64           // when the goods were free to be given out; 0: not yet
	passed := false           // somebody passed it on: so it is a title, whatever the way
	for i := range steps {
		s := &steps[i]
		conflict := func(with *titleStep, was string) {
			list = append(list, trade.Finding{Code: trade.FoundTitleConflict, Severity: trade.Critical, Sides: [2]trade.Side{
				b.side(with.rank.by, strings.TrimSpace(was+" "+with.number)+" at "+moment(with.at), titleNames[with.state], unitText),
				b.side(s.rank.by, strings.TrimSpace(titleNames[s.state]+" "+s.number)+" at "+moment(s.at), titleNames[s.state], unitText),
			}})
		}
		switch s.state {
		case issued:
			if issue != nil && end == nil && issue.number == s.number && s.number != "" && issue.platform != s.platform && issue.platform != "" && s.platform != "" {
				conflict(issue, "issued on "+issue.platform)
			}
			issue, end = s, nil
		case amended:
			end = nil
		case transferred:
			passed = true
			if end != nil && (end.number == s.number || end.number == "" || s.number == "") {
				conflict(end, titleNames[end.state])
			}
		case surrendered:
			if end != nil && end.state == void {
				conflict(end, titleNames[end.state])
			}
			if !s.release {
				end = s
			}
			if freed == 0 {
				freed = s.at
			}
		case answered:
			if s.refuses {
				end, freed = nil, 0
			}
		case void:
			end = s
		case noTitle, drafted, titleCount:
		}
	}
	delivered := b.examined.deliveries
	if issue != nil && issue.bill && (passed || b.bySea()) && delivered.known() && (freed == 0 || delivered.at < freed) {
		list = append(list, trade.Finding{Code: trade.FoundReleasedWithoutTitle, Severity: trade.Critical, Sides: [2]trade.Side{
			b.side(issue.rank.by, "bill "+issue.number+" issued at "+moment(issue.at)+", not surrendered by then", instant(issue.at), unitTime),
			b.side(delivered.rank.by, "delivered at "+moment(delivered.at), instant(delivered.at), unitTime),
		}})
	}
	return list
}

// bySea says whether the goods went by ship: only then is a bill of lading a document of title by itself. A forwarder's
// bill over a railway is one only where somebody passed it on.
func (b *Builder) bySea() bool {
	return slices.ContainsFunc(b.chain.Legs, func(l trade.Leg) bool { return l.Mode == trade.Sea || l.Mode == trade.Barge })
}
