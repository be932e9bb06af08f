package record

import (
	"cmp"
	"slices"
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

// titleStep is a step of a document of title, as an actual event tells it.
type titleStep struct {
	state    titleState
	name     string // what the event is, in one word
	number   string // of the document; empty: not said
	replaced string // the number that it takes the place of
	platform string
	status   string

	actor, holder, beneficiary trade.PartyID

	bill   bool // of a bill of lading, which is a title; a waybill is none
	master bool // of a master document, which is no title to one consignment
	shared bool // it is about several consignments
	rank   rank
	at     int64
}

// actors are the roles of a party that makes a step of the title: PINT's, and those of paper.
var actors = [...]string{"actor", "transferor", "endorser"}

// addTitle keeps a step of the title.
func (b *Builder) addTitle(e *trade.Event, x extent, state titleState, r rank, at int64) {
	d := e.Data
	s := titleStep{
		state: state, name: stepNames[e.Type], rank: r, at: at, shared: x.shared,
		number: b.own(d.Document.Number), platform: b.own(d.Document.Platform), status: b.own(d.Document.Status),
		holder: b.ownParty(d.Document.Holder), beneficiary: b.ownParty(d.Document.Beneficiary),
	}
	if state == answered && refuses(s.status) {
		s.name = "refused"
	}
	for i := range d.Parties {
		if p := &d.Parties[i]; slices.Contains(actors[:], p.Role) && p.ID.Value != "" && (s.actor.Value == "" || p.ID.Value < s.actor.Value) {
			s.actor = b.ownParty(p.ID)
		}
	}
	for i := range d.Replaces {
		if roleOf(d.Replaces[i].Kind) != otherNumber && d.Replaces[i].Value != s.number && (s.replaced == "" || d.Replaces[i].Value < s.replaced) {
			s.replaced = b.own(d.Replaces[i].Value)
		}
	}
	switch trade.Kind(d.Document.Kind) {
	case trade.BL, trade.HouseBL:
		s.bill = true
	case trade.MasterBL, trade.MasterAirWaybill:
		s.master = true
	case "":
		s.bill = slices.ContainsFunc(d.References, func(r trade.Reference) bool { return r.Kind == trade.BL || r.Kind == trade.HouseBL })
	default:
	}
	b.examined.steps = append(b.examined.steps, s)
	b.stale |= staleMilestones
}

var stepNames = map[trade.Type]string{
	trade.TitleDrafted: "drafted", trade.TitleIssued: "issued", trade.TitleSwitched: "switched", trade.TitleAmended: "amended",
	trade.TitleConverted: "converted", trade.TitleTransferred: "transferred", trade.TitleEndorsed: "endorsed",
	trade.TitleSurrendered: "surrendered", trade.ReleaseAuthorised: "released", trade.TitleSurrenderAnswered: "accepted",
	trade.TitleVoided: "void",
}

func (b *Builder) ownParty(id trade.PartyID) trade.PartyID {
	return trade.PartyID{Kind: b.own(id.Kind), Value: b.own(id.Value)}
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

// forAmendment says whether a bill is given up to get another under its number: then it lives on.
func forAmendment(status string) bool {
	return strings.Contains(strings.ToUpper(status), "AMEND") || strings.EqualFold(status, "AREQ")
}

// titleOf is a document of title as its steps have left it.
type titleOf struct {
	number      string
	state       titleState
	before      titleState // what a refused surrender goes back to
	issue       *titleStep // the last issue
	end         *titleStep // the step that ended its life
	held        *titleStep // the step that gave it to its holder; nil: not known
	holder      trade.PartyID
	gave        trade.PartyID // its holder before it was surrendered
	beneficiary trade.PartyID
	platform    string
	last        int // its last step
	bill        bool
	master      bool
	replaced    bool // by another
	passed      bool // somebody passed it on: so it is a title, whatever the way
}

// conflict is a step that cannot follow those before it.
type conflict struct {
	with, step *titleStep
	was        string // what the one before had made of the title
}

// titles is what the steps come to.
type titles struct {
	docs      []titleOf
	conflicts []conflict
	refused   []bool // of the steps
	freed     int64  // when the goods were free to be given out; 0: not yet
}

// followTitles takes the steps in the order of their own times, so that the order of arrival is nothing. A step that cannot be is put
// down and changes nothing.
func (b *Builder) followTitles() {
	steps := b.examined.steps
	slices.SortFunc(steps, func(x, y titleStep) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.state, y.state), cmp.Compare(x.number, y.number), b.compare(x.rank, y.rank))
	})
	t := &b.titled
	*t = titles{docs: t.docs[:0], conflicts: t.conflicts[:0], refused: t.refused[:0]}
	for i := range steps {
		s := &steps[i]
		doc := t.find(s)
		with, was := b.take(doc, s)
		if s.shared {
			with = nil // which of the consignments it is about, it does not say
		}
		t.refused = append(t.refused, with != nil)
		if with != nil {
			t.conflicts = append(t.conflicts, conflict{with, s, was})
			continue
		}
		doc.last = i
		doc.bill, doc.master, doc.passed = doc.bill || s.bill, doc.master || s.master, doc.passed || s.state == transferred && !s.shared
		if s.replaced != "" {
			t.replace(s)
		}
		switch {
		case s.shared:
		case s.state == surrendered && t.freed == 0:
			t.freed = s.at
		case s.name == "refused":
			t.freed = 0
		}
	}
}

// find gives the document of a step: by its number, else the one of the last step. What names the number of none says
// only what became of the title, if it is about several consignments.
func (t *titles) find(s *titleStep) *titleOf {
	last := -1
	for i := range t.docs {
		if doc := &t.docs[i]; doc.number == s.number && s.number != "" || doc.number == "" && !s.shared {
			doc.number = s.number
			return doc
		}
		if last < 0 || t.docs[i].last > t.docs[last].last {
			last = i
		}
	}
	if last >= 0 && (s.number == "" || s.shared) {
		return &t.docs[last]
	}
	t.docs = append(t.docs, titleOf{number: s.number})
	return &t.docs[len(t.docs)-1]
}

// replace ends the document that the step's takes the place of.
func (t *titles) replace(s *titleStep) {
	for i := range t.docs {
		if old := &t.docs[i]; old.number == s.replaced && old.number != s.number {
			old.end, old.replaced = s, true
		}
	}
}

// take lets the step change the document; or gives the step that it cannot follow, and what that had made of the title.
func (b *Builder) take(doc *titleOf, s *titleStep) (with *titleStep, was string) {
	switch s.state {
	case drafted:
		doc.state = max(doc.state, drafted)
	case issued:
		return b.takeIssue(doc, s)
	case amended:
		if doc.end != nil && s.name == "converted" {
			return doc.end, doc.ended()
		}
		if doc.state <= drafted || doc.end != nil {
			doc.state = issued
		}
		doc.end = nil
		if doc.platform = cmp.Or(s.platform, doc.platform); s.name == "converted" {
			doc.platform = s.platform // empty: it is on paper now
		}
		doc.hold(s, s.holder)
	case transferred:
		return b.takeTransfer(doc, s)
	case surrendered:
		return b.takeSurrender(doc, s)
	case answered:
		if s.name == "refused" {
			if doc.state == surrendered || doc.state == answered {
				doc.state = doc.before
			}
			doc.end = nil
			doc.hold(s, cmp.Or(s.holder, doc.gave))
			break
		}
		doc.state = answered
		if doc.end == nil {
			doc.end = s
		}
	case void:
		doc.state, doc.end = void, s
	case noTitle, titleCount:
	}
	return nil, ""
}

// ended says how the document's life ended.
func (t *titleOf) ended() string {
	if t.replaced {
		return "replaced by"
	}
	return titleNames[t.end.state]
}

// hold says who has the document now.
func (t *titleOf) hold(s *titleStep, holder trade.PartyID) {
	if holder.Value != "" {
		t.holder, t.held = holder, s
	}
}

func (b *Builder) takeIssue(doc *titleOf, s *titleStep) (*titleStep, string) {
	live := doc.issue != nil && doc.end == nil
	switch first := doc.issue; {
	case live && s.number != "" && first.platform != s.platform && first.platform != "" && s.platform != "":
		return first, "issued on " + first.platform
	case live && s.number != "" && b.others(first.holder, s.holder, first, s):
		return first, "issued to " + shown(first.holder)
	case live: // the same issue, told again
		if !doc.passed {
			doc.hold(s, s.holder)
		}
		doc.platform = cmp.Or(doc.platform, s.platform)
		return nil, ""
	case first != nil && s.holder.Value != "" && doc.end.state == surrendered && !forAmendment(doc.end.status):
		return doc.end, doc.ended()
	}
	doc.issue, doc.end, doc.state = s, nil, issued
	doc.holder, doc.held, doc.beneficiary, doc.platform = trade.PartyID{}, nil, s.beneficiary, s.platform
	doc.hold(s, s.holder)
	return nil, ""
}

func (b *Builder) takeTransfer(doc *titleOf, s *titleStep) (*titleStep, string) {
	switch {
	case doc.end != nil:
		return doc.end, doc.ended()
	case b.others(doc.holder, s.actor, doc.held, s):
		return doc.held, "held by " + shown(doc.holder) + " since"
	case s.name == "endorsed" && s.holder != s.beneficiary && b.others(doc.holder, s.holder, doc.held, s):
		// An endorsement leaves the document where it is, so this is a second holder.
		return doc.held, "held by " + shown(doc.holder) + " since"
	}
	doc.state = transferred
	doc.hold(s, s.holder)
	if s.beneficiary.Value != "" {
		doc.beneficiary = s.beneficiary
	}
	doc.platform = cmp.Or(s.platform, doc.platform)
	return nil, ""
}

func (b *Builder) takeSurrender(doc *titleOf, s *titleStep) (*titleStep, string) {
	release := s.name == "released" // without the document: it stays with its holder
	switch {
	case doc.end != nil && doc.end.state == void, doc.end != nil && doc.replaced:
		return doc.end, doc.ended()
	case doc.end != nil && !release && b.others(doc.end.actor, s.actor, doc.end, s):
		return doc.end, doc.ended()
	case doc.end == nil && !release && b.others(doc.holder, s.actor, doc.held, s):
		return doc.held, "held by " + shown(doc.holder) + " since"
	}
	if doc.state != surrendered && doc.state != answered {
		doc.before = doc.state
	}
	if doc.state != answered {
		doc.state = surrendered
	}
	if release || doc.end != nil {
		return nil, ""
	}
	doc.end, doc.gave = s, doc.holder
	doc.hold(s, s.holder)
	return nil, ""
}

// others says whether two identities are of two companies for sure: numbers of one register that differ. What is in no public
// register, as an account on a ledger, is only compared where one source or one platform names both.
func (b *Builder) others(x, y trade.PartyID, of, in *titleStep) bool {
	if x.Value == "" || y.Value == "" || x.Kind != y.Kind || strings.EqualFold(x.Value, y.Value) || of == nil || in == nil {
		return false
	}
	if x.Kind != "" && x.Kind != "other" {
		return true
	}
	return b.members[of.rank.by].source == b.members[in.rank.by].source || of.platform != "" && of.platform == in.platform
}

func shown(id trade.PartyID) string { return strings.TrimPrefix(id.Kind+" "+id.Value, " ") }

// firstIssue gives the first report that the title was issued, by time: after a surrender for amendment there is another.
func (b *Builder) firstIssue() (first stamp) {
	for i := range b.examined.steps {
		if s := &b.examined.steps[i]; s.state == issued {
			b.earlier(&first, stamp{rank: s.rank, at: s.at})
		}
	}
	return first
}

// standing gives the document that the consignment's title is: a bill before others and never a master if there is another, not
// one that was replaced, then that of the last step.
func (t *titles) standing() *titleOf {
	var best *titleOf
	for i := range t.docs {
		doc := &t.docs[i]
		switch {
		case best == nil:
		case best.replaced != doc.replaced:
			if doc.replaced {
				continue
			}
		case best.master != doc.master:
			if doc.master {
				continue
			}
		case best.bill != doc.bill:
			if best.bill {
				continue
			}
		case best.last > doc.last:
			continue
		}
		best = doc
	}
	return best
}

// makeTitle fills in the title. Delivery of the goods against a surrendered title accomplishes it.
func (b *Builder) makeTitle(c *trade.Chain) {
	c.Title, c.TitleHolder, c.TitleBeneficiary, c.TitlePlatform, c.TitleSteps = titleNames[noTitle], trade.PartyID{}, trade.PartyID{}, "", nil
	if len(b.examined.steps) == 0 {
		b.titled = titles{docs: b.titled.docs[:0], conflicts: b.titled.conflicts[:0], refused: b.titled.refused[:0]}
		return
	}
	b.followTitles()
	doc := b.titled.standing()
	state := doc.state
	if state == surrendered && !c.Milestones[trade.Delivered].IsZero() {
		state = answered
	}
	c.Title, c.TitleHolder, c.TitleBeneficiary, c.TitlePlatform = titleNames[state], doc.holder, doc.beneficiary, doc.platform
	list := empty(b, b.steps, len(b.examined.steps))
	for i := range b.examined.steps {
		s := &b.examined.steps[i]
		from := &b.sources[b.members[s.rank.by].source]
		list = append(list, trade.TitleStep{
			At: (stamp{rank: s.rank, at: s.at}).time(), Step: s.name, Number: s.number, Actor: s.actor, Holder: s.holder, Beneficiary: s.beneficiary,
			Platform: s.platform, Org: from.org, Event: b.keyOf(s.rank.by), Refused: b.titled.refused[i],
		})
	}
	b.steps, c.TitleSteps = list, list
}
