package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// Order is a chain with what its events say beyond the record: the one order.
type Order struct {
	Chain
	AsOf           *time.Time      `json:"as_of"`   // as it was known then; nil: now
	Changes        []time.Time     `json:"changes"` // since when the record was another each time, oldest first
	Contradictions []Contradiction `json:"contradictions"`
	Statements     []Statement     `json:"statements"`  // of goods and money, in order of time
	TitleSteps     []TitleStep     `json:"title_steps"` // in order of time
	Papers         []Paper         `json:"recognition"` // documents that were presented, recognised or refused, in order of time
}

// Contradiction is a finding with what each side says.
type Contradiction struct {
	Code     string `json:"code"`
	Severity string `json:"severity"` // "": the sides are not shown to who asks
	Sides    []Side `json:"sides"`
}

// Side is one side of a finding. Org and Event are "" when it is of no one event.
type Side struct {
	Says  string `json:"says"`
	Org   string `json:"org"`
	Event string `json:"event_key"`
}

// Statement is what one event says of the goods and of money.
type Statement struct {
	At         time.Time `json:"at"`
	Type       string    `json:"type"`
	Leg        string    `json:"leg"`
	Org        string    `json:"org"`
	Event      string    `json:"event_key"`
	HS         []string  `json:"hs"`
	Goods      []string  `json:"goods"` // descriptions
	Origins    []string  `json:"origins"`
	Packages   uint64    `json:"packages"`
	GrossKG    string    `json:"gross_kg"`
	Basis      string    `json:"basis"`
	Amount     string    `json:"amount"` // of the event, else of the goods when they are in one currency
	Currency   string    `json:"currency"`
	Instrument string    `json:"instrument"`
}

// TitleStep is a step of the title document.
type TitleStep struct {
	At          time.Time `json:"at"`
	Type        string    `json:"type"`
	Org         string    `json:"org"`
	Event       string    `json:"event_key"`
	Kind        string    `json:"kind"`
	Number      string    `json:"number"`
	Holder      string    `json:"holder"`
	Beneficiary string    `json:"beneficiary"`
	Platform    string    `json:"platform"`
	Digest      string    `json:"digest"`
}

// Paper is a document that somebody presented, recognised or refused, held against what the others of the chain say of it.
type Paper struct {
	At     time.Time `json:"at"`
	Act    string    `json:"act"` // presented, recognised or refused
	Org    string    `json:"org"`
	Event  string    `json:"event_key"` // "": it is not on the timeline
	Kind   string    `json:"kind"`
	Number string    `json:"number"`
	Digest string    `json:"digest"`
	Match  string    `json:"match"` // digest, number, other or none: see trade.MatchDigest
}

// newOrder reads what the events say. Of the events without a payload only the record speaks.
func newOrder(chain *warehouse.ChainView, payloads map[trade.EventKey][]byte, scope string) Order {
	orgs := make(map[trade.EventKey]string, len(chain.Timeline)) // who reported the events of the timeline
	for i := range chain.Timeline {
		orgs[chain.Timeline[i].Event] = chain.Timeline[i].Org
	}
	o := Order{
		Chain: chainOf(chain), Contradictions: contradictions(chain, orgs, scope), Papers: papersOf(chain.Recognition, orgs),
		Statements: []Statement{}, TitleSteps: []TitleStep{}, Changes: []time.Time{},
	}
	names := newNames(&chain.Chain)
	for i := range chain.Timeline {
		row := &chain.Timeline[i]
		event, err := wire.Decode(payloads[row.Event])
		if err != nil || event.Data == nil {
			continue // not stored yet, or not to be seen by who asks
		}
		entry := &o.Timeline[i]
		if s, says := statementOf(entry, event); says {
			o.Statements = append(o.Statements, s)
		}
		if strings.HasPrefix(entry.Type, "trade.title.") {
			o.TitleSteps = append(o.TitleSteps, titleStepOf(entry, event, names))
		}
	}
	return o
}

// contradictions gives the chain's findings that stand, with their sides. An organisation sees the sides of those only that its own events
// make: what another one wrote is theirs.
func contradictions(c *warehouse.ChainView, orgs map[trade.EventKey]string, scope string) []Contradiction {
	foreign := func(key trade.EventKey) bool { return orgs[key] != scope }
	out := []Contradiction{}
	told := map[string]bool{}
	for i := range c.Found {
		f := &c.Found[i]
		if !f.Closed.IsZero() || !slices.Contains(c.Findings, string(f.Code)) {
			continue
		}
		if scope != "" && (len(f.Events) == 0 || slices.ContainsFunc(f.Events, foreign)) {
			continue
		}
		told[string(f.Code)] = true
		out = append(out, contradictionOf(f, orgs))
	}
	for _, code := range c.Findings {
		if !told[code] {
			out = append(out, Contradiction{Code: code, Sides: []Side{}})
		}
	}
	order := map[string]int{string(trade.Critical): 0, string(trade.Warning): 1, string(trade.Notice): 2, "": 3}
	slices.SortStableFunc(out, func(a, b Contradiction) int { return cmp.Compare(order[a.Severity], order[b.Severity]) })
	return out
}

func contradictionOf(f *warehouse.FoundRow, orgs map[trade.EventKey]string) Contradiction {
	c := Contradiction{Code: string(f.Code), Severity: string(f.Severity), Sides: []Side{}}
	for _, s := range f.Sides {
		if s == (warehouse.FoundSide{}) {
			continue
		}
		side := Side{Says: s.Says, Org: orgs[s.Event]}
		if side.Org != "" {
			side.Event = s.Event.String()
		}
		c.Sides = append(c.Sides, side)
	}
	return c
}

// statementOf says what the event states of goods and money, and whether it states anything.
func statementOf(entry *Entry, e *trade.Event) (Statement, bool) {
	d := e.Data
	s := Statement{
		At: entry.At, Type: entry.Type, Leg: entry.Leg, Org: entry.Org, Event: entry.Event,
		HS: []string{}, Goods: []string{}, Origins: []string{}, Instrument: d.Finance.Instrument,
		Amount: string(d.Amount.Amount), Currency: d.Amount.Currency,
	}
	var grams, values []trade.Decimal
	currencies := map[string]bool{}
	add := func(list []string, text string) []string {
		if text == "" || slices.Contains(list, text) {
			return list
		}
		return append(list, text)
	}
	for i := range d.Goods {
		g := &d.Goods[i]
		s.HS, s.Goods, s.Origins = add(s.HS, g.HS), add(s.Goods, g.Description), add(s.Origins, g.Origin)
		s.Packages += uint64(g.Packages)
		s.Basis = cmp.Or(s.Basis, g.Basis)
		grams = append(grams, g.GrossKG)
		if g.Value.Amount != "" {
			values = append(values, g.Value.Amount)
			currencies[g.Value.Currency] = true
		}
	}
	s.GrossKG = sum(grams)
	if s.Amount == "" && len(currencies) == 1 {
		s.Amount = sum(values)
		for currency := range currencies {
			s.Currency = currency
		}
	}
	return s, len(d.Goods) > 0 || s.Amount != ""
}

func titleStepOf(entry *Entry, e *trade.Event, names map[string]string) TitleStep {
	doc := &e.Data.Document
	return TitleStep{
		At: entry.At, Type: entry.Type, Org: entry.Org, Event: entry.Event, Kind: doc.Kind, Number: doc.Number,
		Holder: nameOf(doc.Holder, names), Beneficiary: nameOf(doc.Beneficiary, names), Platform: doc.Platform, Digest: doc.Digest,
	}
}

// papersOf gives who presented, recognised and refused which document. Of an event that is not on the timeline it has no key.
func papersOf(acts []trade.Recognition, orgs map[trade.EventKey]string) []Paper {
	papers := make([]Paper, len(acts))
	for i := range acts {
		r := &acts[i]
		papers[i] = Paper{At: r.At, Act: r.Act, Org: r.Org, Kind: r.Kind, Number: r.Number, Digest: r.Digest, Match: r.Match}
		if _, shown := orgs[r.Event]; shown {
			papers[i].Event = r.Event.String()
		}
	}
	return papers
}

// newNames maps the parties of a chain from kind and identifier to their names.
func newNames(c *trade.Chain) map[string]string {
	names := make(map[string]string, len(c.Parties))
	for _, p := range c.Parties {
		if p.Name != "" {
			names[p.ID.Kind+":"+p.ID.Value] = p.Name
		}
	}
	return names
}

func nameOf(id trade.PartyID, names map[string]string) string {
	return cmp.Or(names[id.Kind+":"+id.Value], id.Value)
}

// sum adds what can be added; "" when nothing is given.
func sum(all []trade.Decimal) string {
	var total int64
	given := false
	for _, d := range all {
		if n, err := d.Scaled(); err == nil {
			total += n
			given = true
		}
	}
	if !given {
		return ""
	}
	return string(trade.DecimalOf(total))
}
