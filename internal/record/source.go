package record

import (
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Source says which event a field of the record is from, of all that report it. A field that is counted or derived from others has those.
type Source struct {
	Field  string
	Value  string
	Source string // of the event; empty: it is derived from what Value says
	ID     string
}

// sourcing collects sources.
type sourcing struct {
	b    *Builder
	list []Source
}

func (s *sourcing) from(field, value string, r rank) {
	if value == "" || r.class == 0 {
		return
	}
	m := &s.b.members[r.by]
	s.list = append(s.list, Source{field, value, s.b.sources[m.source].uri, m.id})
}

func (s *sourcing) derived(field, value string) {
	if value != "" {
		s.list = append(s.list, Source{Field: field, Value: value})
	}
}

// Sources tells of each field of the last Chain which event it is from, in the order of the record.
func (b *Builder) Sources() []Source {
	s := &sourcing{b: b}
	c := &b.chain
	for _, r := range c.References {
		for i := range b.references {
			if n := &b.references[i]; n.ref == r {
				s.from("reference "+string(r.Kind), strings.TrimSuffix(r.Value+"@"+r.Issuer, "@"), n.rank)
			}
		}
	}
	for _, p := range c.Parties {
		for i := range b.parties {
			if held := &b.parties[i]; held.party == p {
				s.from("party "+p.Role, strings.TrimSpace(p.Name+" "+strings.TrimSpace(p.ID.Kind+" "+p.ID.Value)), held.rank)
			}
		}
	}
	for _, number := range c.Containers {
		for i := range b.containers {
			if b.containers[i].number == number {
				s.from("container", number, b.containers[i].rank)
			}
		}
	}
	s.boxes(c)
	s.journey(c)
	s.goods(c)
	for m := range b.marks {
		s.from(trade.Milestone(m).String(), instantOf(c.Milestones[m]), b.marks[m].rank)
	}
	s.title(c)
	s.derived("status", c.Status)
	for i, domain := range domains {
		s.derived("completeness "+domain, strconv.FormatFloat(float64(c.Completeness[i]), 'g', 2, 32))
	}
	s.derived("completeness", strconv.FormatFloat(float64(c.Complete), 'g', 2, 32))
	for _, d := range c.Due {
		s.derived("due "+d.Milestone.String(), instantOf(d.At))
	}
	return s.list
}

func instantOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// journey tells of the ends and the legs. An end is the leg's, or that of the document that says more.
func (s *sourcing) journey(c *trade.Chain) {
	b := s.b
	end := func(field, place string, leg *trade.Leg, kind move, at string) {
		if leg != nil && at == place {
			if r := b.callOf(kind, place); r.class != 0 {
				s.from(field, place, r)
				return
			}
		}
		for i := range b.spans {
			if sp := &b.spans[i]; kind == departure && sp.from == place || kind == arrival && sp.to == place {
				s.from(field, place, sp.rank)
				return
			}
		}
		s.derived(field, place)
	}
	var first, last *trade.Leg
	from, to := "", ""
	if n := len(c.Legs); n > 0 {
		first, last = &c.Legs[0], &c.Legs[n-1]
		from, to = first.From, last.To
	}
	end("origin", c.Origin, first, departure, from)
	end("destination", c.Destination, last, arrival, to)
	s.derived("corridor", c.Corridor)
	s.derived("mode_path", c.ModePath)
	for i := range c.Legs {
		l := &c.Legs[i]
		name := "leg " + strconv.Itoa(i+1)
		what := strings.TrimSpace(strings.Join([]string{l.Mode, l.Carrier, l.Conveyance}, " "))
		s.from(name+" from", strings.TrimSpace(l.From+" "+what), b.callOf(departure, l.From))
		s.from(name+" departed", instantOf(l.Departed), b.callAt(departure, l.From, l.Departed).rank)
		s.from(name+" to", strings.TrimSpace(l.To+" "+what), b.callOf(arrival, l.To))
		s.from(name+" arrived", instantOf(l.Arrived), b.callAt(arrival, l.To, l.Arrived).rank)
		s.from(name+" first planned departure", instantOf(l.FirstDeparture), b.firstAt(departure, l.From, l.FirstDeparture).rank)
		s.from(name+" first planned arrival", instantOf(l.FirstArrival), b.firstAt(arrival, l.To, l.FirstArrival).rank)
	}
}

// firstAt gives the report that first planned a call at a place for a time.
func (b *Builder) firstAt(kind move, place string, when time.Time) stamp {
	var best stamp
	for i := range b.calls {
		c := &b.calls[i]
		if c.move == kind && c.place == place && c.first.known() && c.first.at == when.UnixNano() {
			b.offerFirst(&best, c.first.rank, c.first.at)
		}
	}
	return best
}

// callOf gives the best report that a conveyance called at the place: actual, else planned, else that goods were loaded there.
func (b *Builder) callOf(kind move, place string) (best rank) {
	for i := range b.calls {
		c := &b.calls[i]
		if c.move != kind || c.place != place {
			continue
		}
		for _, s := range [...]stamp{c.actual, c.planned, c.near} {
			if s.known() && b.beats(s.rank, best) {
				best = s.rank
			}
		}
	}
	return best
}

func (s *sourcing) goods(c *trade.Chain) {
	b := s.b
	s.from("hs", strings.Join(c.HS, " "), b.codes.rank)
	if c.Packages > 0 {
		s.from("packages", strconv.FormatUint(uint64(c.Packages), 10), b.packages.rank)
	}
	s.from("gross_kg", string(c.GrossKG), b.gross.rank)
	s.from("value", strings.TrimSpace(string(c.Value.Amount)+" "+c.Value.Currency), b.value.rank)
	if c.ValueRate.PerUSD != 0 {
		s.derived("value_usd", string(c.ValueUSD)+", by the rate of "+c.ValueRate.Of+" ("+c.ValueRate.Source+")")
	} else {
		s.derived("value_usd", string(c.ValueUSD))
	}
	s.derived("co2e_kg", string(c.CO2e))
}

func (s *sourcing) title(c *trade.Chain) {
	if len(s.b.examined.steps) == 0 {
		return
	}
	doc := s.b.titled.standing()
	step := &s.b.examined.steps[doc.last]
	s.from("title", c.Title, step.rank)
	if doc.held != nil {
		s.from("title_holder", shown(c.TitleHolder), doc.held.rank)
	}
	s.derived("title_beneficiary", strings.TrimSpace(shown(c.TitleBeneficiary)))
	s.derived("title_platform", c.TitlePlatform)
	for i := range c.Recognition {
		r := &c.Recognition[i]
		s.from("recognition", strings.TrimSpace(r.Act+" "+r.Kind+" "+r.Number), s.b.examined.acts[i].rank)
	}
}
