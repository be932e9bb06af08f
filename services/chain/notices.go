package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// Those who asked for notices hear of a chain after its rows are in the warehouse, so that whoever is told finds what it is told of.
// A batch that is done again after a death tells again: at least once.

// Summary is the body of a notice: what every organisation of a chain may know of it, but for what others wrote. Times are UTC.
type Summary struct {
	Chain   string `json:"chain"`
	Version uint64 `json:"version,string"`       // beyond what a JSON number holds exactly
	Gone    bool   `json:"gone,omitempty"`       // the chain is no more, or has nothing of the organisation any more
	Was     string `json:"was,omitempty"`        // the id that the chain had before this version
	Founded string `json:"founded_on,omitempty"` // the day

	Corridor     string               `json:"corridor,omitempty"`
	Origin       string               `json:"origin,omitempty"`      // UN/LOCODE
	Destination  string               `json:"destination,omitempty"` // UN/LOCODE
	ModePath     string               `json:"mode_path,omitempty"`
	Status       string               `json:"status,omitempty"`
	Title        string               `json:"title,omitempty"`
	Documents    []trade.Reference    `json:"documents,omitempty"`  // transport documents, the first 20
	Containers   []string             `json:"containers,omitempty"` // the first 20
	Milestones   map[string]time.Time `json:"milestones,omitempty"` // reached
	Due          map[string]time.Time `json:"due,omitempty"`        // what comes next, and when it normally does
	Completeness map[string]float32   `json:"completeness,omitempty"`
	Findings     []string             `json:"findings,omitempty"` // codes
	Events       uint32               `json:"events,omitempty"`
	LastEvent    *time.Time           `json:"last_event,omitempty"`

	Raised  []string `json:"raised,omitempty"`  // codes of findings that this version has and the one before had not
	Changed []string `json:"changed,omitempty"` // codes of findings that say something else than before
	Cleared []string `json:"cleared,omitempty"` // codes of findings that are no more

	Overdue *Awaited `json:"overdue,omitempty"` // in a notice that a milestone is overdue
}

// mostListed bounds the lists of a summary. Who needs all of a chain reads it.
const mostListed = 20

// outline is what every notice of a chain tells of it.
func outline(c *trade.Chain) Summary {
	return Summary{
		Chain: c.ID, Version: c.Version, Founded: c.FoundedOn.Format(time.DateOnly), Corridor: c.Corridor, Origin: c.Origin,
		Destination: c.Destination, ModePath: c.ModePath, Status: c.Status, Title: c.Title,
	}
}

// summaryOf is what is told of a chain that changed.
func summaryOf(c *trade.Chain, was string) Summary {
	s := outline(c)
	s.Was, s.Events, s.Findings = was, c.Events, c.Findings
	s.Containers = c.Containers[:min(len(c.Containers), mostListed)]
	s.Milestones, s.Completeness = map[string]time.Time{}, map[string]float32{}
	for _, r := range c.References {
		if r.Kind.Class() == trade.ClassDocument && len(s.Documents) < mostListed {
			s.Documents = append(s.Documents, r)
		}
	}
	for m, at := range c.Milestones {
		if !at.IsZero() {
			s.Milestones[trade.Milestone(m).String()] = at.UTC()
		}
	}
	for _, d := range c.Due {
		if s.Due == nil {
			s.Due = map[string]time.Time{}
		}
		s.Due[d.Milestone.String()] = d.At.UTC()
	}
	for i, leg := range []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance} {
		s.Completeness[leg] = c.Completeness[i]
	}
	if !c.LastEvent.IsZero() {
		last := c.LastEvent.UTC()
		s.LastEvent = &last
	}
	return s
}

// noticeKey: at most one notice a chain, batch and organisation.
type noticeKey struct{ org, chain string }

// notices are what is told of one batch, to those who asked.
type notices struct {
	asked map[string]bool // organisations, and stream.AllOrgs
	list  []stream.Notice
	at    map[noticeKey]int
}

// begin forgets what was told, and takes who asks now.
func (n *notices) begin(asked map[string]bool) {
	n.asked = asked
	clear(n.list)
	n.list = n.list[:0]
	clear(n.at)
}

// put tells org. What is told later of the same chain is what stands.
func (n *notices) put(org string, tells string, s *Summary, body []byte) {
	notice := stream.Notice{Org: org, Tells: tells, Chain: s.Chain, Version: s.Version, Body: body}
	key := noticeKey{org, s.Chain}
	if i, told := n.at[key]; told {
		n.list[i] = notice
		return
	}
	if n.at == nil {
		n.at = make(map[noticeKey]int)
	}
	n.at[key] = len(n.list)
	n.list = append(n.list, notice)
}

// changed tells those who asked, and reported of the chain, of its record.
func (n *notices) changed(c *trade.Chain, was string, found news) error {
	if len(n.asked) == 0 {
		return nil
	}
	var s Summary
	var body []byte
	tell := func(org string) (err error) {
		if !n.asked[org] {
			return nil
		}
		if body == nil {
			s = summaryOf(c, was)
			s.Raised, s.Changed, s.Cleared = found.raised, found.changed, found.cleared
			if body, err = json.Marshal(s); err != nil {
				return fmt.Errorf("notice of chain %s: %w", c.ID, err)
			}
		}
		n.put(org, stream.NoticeChanged, &s, body)
		return nil
	}
	for _, org := range c.Orgs {
		if err := tell(strings.Clone(org)); err != nil { // it lies in memory of an event
			return err
		}
	}
	return tell(stream.AllOrgs)
}

// gone tells org, if it asked, that a chain is no more, or no longer its own. Of a chain that this batch tells it of, it is.
func (n *notices) gone(org, chain string, version uint64) {
	if !n.asked[org] {
		return
	}
	if _, told := n.at[noticeKey{org, chain}]; told {
		return
	}
	s := Summary{Chain: chain, Version: version, Gone: true}
	body, _ := json.Marshal(s) // texts and a number always marshal
	n.put(org, stream.NoticeGone, &s, body)
}

// tell publishes what is told of a batch whose rows are written.
func (s *sink) tell(ctx context.Context, n *notices) error {
	if len(n.list) == 0 {
		return nil
	}
	if err := s.publisher.Notify(ctx, n.list); err != nil {
		return err
	}
	for i := range n.list {
		s.metrics.notices.WithLabelValues(n.list[i].Tells).Inc()
	}
	return nil
}

// asked is who asked for notices. A second version of chain, and a rebuild, tell nobody.
func (s *sink) asked() map[string]bool {
	if s.config.Notices == nil || s.config.Shadow != "" || s.publisher == nil {
		return nil
	}
	return s.config.Notices()
}
