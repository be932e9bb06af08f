package warehouse

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/trade"
)

// MostFound bounds the chains that Lookup returns for one number.
const MostFound = 100

// ChainView is a chain as a look-up shows it.
type ChainView struct {
	trade.Chain               // References are those of the events that are stored
	Timeline    []TimelineRow // in order of time
	Found       []FoundRow    // those that stand first, then those that were cleared; each by code
	Upto        uint64        // version of the last message that it knows of; Newest: of all
}

// Newest is above every version.
const Newest = math.MaxUint64

// FoundRow is a finding of a chain.
type FoundRow struct {
	Chain    string
	Code     trade.FindingCode
	Severity trade.Severity
	About    string
	Sides    [2]FoundSide
	Events   []trade.EventKey // all that make it
	Opened   time.Time
	Closed   time.Time // zero: it stands
}

// FoundSide is a side of a finding; a zero Event: it is of no one event.
type FoundSide struct {
	Says, Value, Unit string
	Event             trade.EventKey
}

// TimelineRow is an event of a chain, and why it is there. Of an event that archive has not stored yet only
// the key, type, time and evidence are known; then Source is "".
type TimelineRow struct {
	trade.Attribution
	Type       trade.Type
	Time       time.Time
	Source, ID string
	Org        string
	Revision   uint32
	Classifier trade.Classifier
	UNLOCODE   string
	Country    string
	Mode       string
	Conveyance string
	References []trade.Reference
	Flags      trade.Flags // what is remarked on it, when it was read or joined
}

// Lookup finds the chains that a number leads to: any reference, a container, a chain id, one that the chain had
// before or one that a number of it makes, in any case and with or without spaces and dashes. None is no error.
func (w *Warehouse) Lookup(ctx context.Context, number string) ([]ChainView, error) {
	return w.LookupFor(ctx, "", number)
}

// LookupFor is Lookup among the chains that org reported of; "": among all.
func (w *Warehouse) LookupFor(ctx context.Context, org, number string) ([]ChainView, error) {
	found, err := w.find(ctx, org, numbersOf(number))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return w.views(ctx, found, nil)
}

// Around is what the page of one chain has beside its record.
type Around struct {
	Payloads map[trade.EventKey][]byte // its events in canonical JSON, whoever published them; those that archive has not stored are missing
	Changes  []time.Time               // as [Warehouse.Changes] gives them
}

// OrderFor is LookupFor with what is around the chain, asked for at the same time; nil if the number does not lead to one chain.
func (w *Warehouse) OrderFor(ctx context.Context, org, number string) ([]ChainView, *Around, error) {
	found, err := w.find(ctx, org, numbersOf(number))
	if err != nil || len(found) == 0 {
		return nil, nil, err
	}
	if len(found) > 1 {
		views, err := w.views(ctx, found, nil)
		return views, nil, err
	}
	var (
		around Around
		views  []ChainView
	)
	g, both := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		views, err = w.views(both, found, func(rows []TimelineRow) (err error) {
			around.Payloads, err = w.Payloads(both, rows, Newest)
			return err
		})
		return err
	})
	g.Go(func() (err error) { around.Changes, err = w.Changes(both, found[0].id, org); return err })
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return views, &around, nil
}

// views reads these chains. What is to be done with the keys of their events, if anything, is done beside it.
func (w *Warehouse) views(ctx context.Context, chains []foundChain, beside func([]TimelineRow) error) ([]ChainView, error) {
	var (
		views    []ChainView
		timeline []TimelineRow
		found    []FoundRow
	)
	g, both := errgroup.WithContext(ctx)
	g.Go(func() (err error) { views, err = w.chains(both, chains); return err })
	g.Go(func() (err error) { timeline, err = w.timeline(both, chains, beside); return err })
	g.Go(func() (err error) { found, err = w.found(both, chains); return err })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	at := make(map[string]*ChainView, len(views))
	for i := range views {
		at[views[i].ID] = &views[i]
	}
	for _, row := range timeline {
		if v := at[row.Chain]; v != nil {
			v.Timeline = append(v.Timeline, row)
			v.References = append(v.References, row.References...)
		}
	}
	for _, row := range found {
		if v := at[row.Chain]; v != nil {
			v.Found = append(v.Found, row)
		}
	}
	for i := range views {
		views[i].References = sortReferences(views[i].References)
	}
	return views, nil
}

// foundChain is a chain by its key: the day of its founding beside its id.
type foundChain struct{ day, id string }

// keysOf gives the keys of chains as queries name them: @chains.
func keysOf(chains []foundChain) any {
	keys := make([]clickhouse.GroupSet, len(chains))
	for i, c := range chains {
		keys[i].Value = []any{c.day, c.id}
	}
	return named("chains", keys)
}

// find looks for a number among the references; failing that, what can be an id, among the aliases, and then among the ids, through a bloom index.
// Of such a number all three are asked at once: it is mostly an id.
func (w *Warehouse) find(ctx context.Context, org string, numbers []string) ([]foundChain, error) {
	queries := []string{"find_by_reference"}
	asked := [][]string{numbers}
	if forms := slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return !chainIDForm(n) }); len(forms) > 0 {
		queries, asked = append(queries, "find_by_alias", "find_by_id"), append(asked, forms, forms)
	}
	found := make([][]foundChain, len(queries))
	g, ctx := errgroup.WithContext(ctx)
	for i, query := range queries {
		g.Go(func() error {
			return w.rowsOf(ctx, query, func(scan func(...any) error) error {
				var (
					day time.Time
					id  string
				)
				err := scan(&day, &id)
				found[i] = append(found[i], foundChain{day.Format(time.DateOnly), id})
				return err
			}, named("numbers", asked[i]), named("org", org), named("most", MostFound))
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, f := range found {
		if len(f) > 0 {
			return f, nil
		}
	}
	return nil, nil
}

// chainIDForm says whether the number can be a chain id: 16 characters of Crockford base32.
func chainIDForm(number string) bool {
	return len(number) == fixedSize && strings.Trim(number, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}

func (w *Warehouse) chains(ctx context.Context, chains []foundChain) ([]ChainView, error) {
	var views []ChainView
	err := w.rowsOf(ctx, "chains", func(scan func(...any) error) error {
		var r chainRecord
		if err := scan(r.into()...); err != nil {
			return err
		}
		views = append(views, ChainView{Chain: r.chain(), Upto: Newest})
		return nil
	}, keysOf(chains))
	return views, err
}

// found reads the findings of the chains.
func (w *Warehouse) found(ctx context.Context, chains []foundChain) ([]FoundRow, error) {
	var all []FoundRow
	err := w.rowsOf(ctx, "findings", func(scan func(...any) error) error {
		var (
			r              FoundRow
			code, severity string
			left, right    uuid.UUID
			events         []uuid.UUID
			closed         *time.Time
		)
		x, y := &r.Sides[0], &r.Sides[1]
		err := scan(&r.Chain, &code, &severity, &r.About, &x.Says, &x.Value, &x.Unit, &left, &y.Says, &y.Value, &y.Unit, &right,
			&events, &r.Opened, &closed)
		if err != nil {
			return err
		}
		r.Code, r.Severity, r.Closed = trade.FindingCode(code), trade.Severity(severity), timeOr(closed)
		x.Event, y.Event = trade.EventKey(left), trade.EventKey(right)
		for _, key := range events {
			r.Events = append(r.Events, trade.EventKey(key))
		}
		all = append(all, r)
		return nil
	}, keysOf(chains))
	return all, err
}

// sortReferences sorts by kind, value and issuer, unknown kinds (order -1) last, and leaves out repeats.
func sortReferences(refs []trade.Reference) []trade.Reference {
	slices.SortFunc(refs, func(a, b trade.Reference) int {
		return cmp.Or(cmp.Compare(uint(a.Kind.Order()), uint(b.Kind.Order())),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Issuer, b.Issuer))
	})
	return slices.Compact(refs)
}

// chainRecord is a row of the query chains.
type chainRecord struct {
	c                                                      trade.Chain
	kg, value, usd                                         *string
	milestones, planned, departed, plannedArrival, arrived []*time.Time
	completeness                                           []float32
	last                                                   *time.Time
	mode, carrier, conveyance, from, to                    []string
	due                                                    []string
	dueAt                                                  []time.Time
	km, legTTW, legWTW                                     []*string
	distance, tier, factors                                []string
	ttw, wtw                                               *string
	role, kind, id, name, country                          []string
	holder, beneficiary                                    string
	steps                                                  titleStepRecord
	acts                                                   recognitionRecord
	perUSD                                                 *int64
	boxes                                                  boxRecord
	exports                                                boxRecord    // picked up, gated in, loaded
	firstDeparture, firstArrival                           []*time.Time // of the legs; of a chain that was written before they were kept, none
}

// boxRecord has the members of the column boxes, or export_boxes: three times each, in the order of the journey.
type boxRecord struct {
	number, isoType, terminal []string
	first, second, third      []*time.Time
}

// titleStepRecord has the members of the column title_steps, and recognitionRecord those of recognition.
type titleStepRecord struct {
	at                                                      []time.Time
	step, number, actor, holder, beneficiary, platform, org []string
	event                                                   []uuid.UUID
	refused                                                 []bool
}

type recognitionRecord struct {
	at                                    []time.Time
	act, kind, number, digest, match, org []string
	event                                 []uuid.UUID
}

func (r *chainRecord) into() []any {
	c := &r.c
	return []any{
		&c.ID, &c.FoundedOn, &c.Version, &c.Orgs, &c.Corridor, &c.Origin, &c.Destination, &c.ModePath,
		&c.HS, &c.Containers, &c.Packages, &r.kg, &r.value, &c.Value.Currency, &r.usd, &r.milestones,
		&c.Title, &r.completeness, &c.Status, &c.Findings, &c.Events, &r.last,
		&r.mode, &r.carrier, &r.conveyance, &r.from, &r.to, &r.planned, &r.departed, &r.plannedArrival, &r.arrived,
		&r.due, &r.dueAt, &r.km, &r.distance, &r.tier, &r.factors, &r.legTTW, &r.legWTW, &r.ttw, &r.wtw,
		&r.role, &r.kind, &r.id, &r.name, &r.country,
		&c.Complete, &r.holder, &r.beneficiary, &c.TitlePlatform,
		&r.steps.at, &r.steps.step, &r.steps.number, &r.steps.actor, &r.steps.holder, &r.steps.beneficiary, &r.steps.platform, &r.steps.org,
		&r.steps.event, &r.steps.refused,
		&r.acts.at, &r.acts.act, &r.acts.kind, &r.acts.number, &r.acts.digest, &r.acts.match, &r.acts.org, &r.acts.event,
		&r.perUSD, &c.ValueRate.Of, &c.ValueRate.Source, &c.Rails, &c.Green,
		&r.boxes.number, &r.boxes.isoType, &r.boxes.terminal, &r.boxes.first, &r.boxes.second, &r.boxes.third, &c.Zones,
		&r.firstDeparture, &r.firstArrival,
		&r.exports.number, &r.exports.isoType, &r.exports.terminal, &r.exports.first, &r.exports.second, &r.exports.third,
	}
}

func (r *chainRecord) chain() trade.Chain {
	c := r.c
	c.GrossKG, c.Value.Amount, c.ValueUSD = decimalOr(r.kg), decimalOr(r.value), decimalOr(r.usd)
	for i := range c.Milestones {
		c.Milestones[i] = timeOr(r.milestones[i])
	}
	copy(c.Completeness[:], r.completeness)
	c.LastEvent = timeOr(r.last)
	for i := range r.mode {
		c.Legs = append(c.Legs, trade.Leg{
			Mode: r.mode[i], Carrier: r.carrier[i], Conveyance: r.conveyance[i], From: r.from[i], To: r.to[i],
			Departed: timeOr(r.departed[i]), Arrived: timeOr(r.arrived[i]),
			PlannedDeparture: timeOr(r.planned[i]), PlannedArrival: timeOr(r.plannedArrival[i]),
		})
		if i < len(r.firstDeparture) {
			c.Legs[i].FirstDeparture, c.Legs[i].FirstArrival = timeOr(r.firstDeparture[i]), timeOr(r.firstArrival[i])
		}
	}
	for i := range r.boxes.number {
		x := &r.boxes
		c.Boxes = append(c.Boxes, trade.Box{
			Number: x.number[i], ISOType: x.isoType[i], Terminal: x.terminal[i],
			Discharged: timeOr(x.first[i]), GatedOut: timeOr(x.second[i]), Returned: timeOr(x.third[i]),
		})
	}
	for i := range r.exports.number {
		x := &r.exports
		c.ExportBoxes = append(c.ExportBoxes, trade.ExportBox{
			Number: x.number[i], ISOType: x.isoType[i], Terminal: x.terminal[i],
			PickedUp: timeOr(x.first[i]), GatedIn: timeOr(x.second[i]), Loaded: timeOr(x.third[i]),
		})
	}
	for i := range r.due {
		if m, ok := trade.MilestoneNamed(r.due[i]); ok {
			c.Due = append(c.Due, trade.Due{Milestone: m, At: r.dueAt[i].UTC()})
		}
	}
	for i := range r.km {
		c.Emissions = append(c.Emissions, trade.Emission{
			KM: decimalOr(r.km[i]), Distance: r.distance[i], Tier: r.tier[i], Factors: r.factors[i],
			TTW: decimalOr(r.legTTW[i]), WTW: decimalOr(r.legWTW[i]),
		})
	}
	c.CO2eTTW, c.CO2e = decimalOr(r.ttw), decimalOr(r.wtw)
	for i := range r.role {
		c.Parties = append(c.Parties, trade.Party{
			Role: r.role[i], ID: trade.PartyID{Kind: r.kind[i], Value: r.id[i]}, Name: r.name[i], Country: r.country[i],
		})
	}
	r.title(&c)
	if r.perUSD != nil {
		c.ValueRate.PerUSD = *r.perUSD
	}
	return c
}

func (r *chainRecord) title(c *trade.Chain) {
	c.TitleHolder, c.TitleBeneficiary = identified(r.holder), identified(r.beneficiary)
	s := &r.steps
	for i := range s.step {
		c.TitleSteps = append(c.TitleSteps, trade.TitleStep{
			At: s.at[i].UTC(), Step: s.step[i], Number: s.number[i], Actor: identified(s.actor[i]), Holder: identified(s.holder[i]),
			Beneficiary: identified(s.beneficiary[i]), Platform: s.platform[i], Org: s.org[i], Event: trade.EventKey(s.event[i]), Refused: s.refused[i],
		})
	}
	a := &r.acts
	for i := range a.act {
		c.Recognition = append(c.Recognition, trade.Recognition{
			At: a.at[i].UTC(), Act: a.act[i], Kind: a.kind[i], Number: a.number[i], Digest: a.digest[i], Match: a.match[i], Org: a.org[i],
			Event: trade.EventKey(a.event[i]),
		})
	}
}

func decimalOr(s *string) trade.Decimal {
	if s == nil {
		return ""
	}
	return trade.Decimal(*s)
}

func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
