package warehouse

import (
	"strings"
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// Chains is a block of chains.
type Chains struct {
	chainRows
	corridor, origin, destination, modePath, title, status codes
	org, heading, finding, currency                        codes
	container                                              text
	orgs, hs, containers, findings                         *list
	packages, events                                       proto.ColUInt32
	grossKG, value, valueUSD, last                         optional
	milestones                                             [trade.MilestoneCount]optional
	completeness                                           [4]proto.ColFloat32
	legs                                                   legs
	parties                                                parties
	due                                                    dues
	emissions                                              emissions
	ttw, wtw                                               optional
	complete                                               proto.ColFloat32
	holder, beneficiary                                    text
	platform, rateOf, rateSource, rail, zone               codes
	steps                                                  titleSteps
	recognition                                            recognition
	perUSD                                                 optional
	rails, zones                                           *list
	green                                                  proto.ColBool
	boxes                                                  boxes
	first                                                  firstPlans
	exports                                                boxes
}

type titleSteps struct {
	*list
	at                                 proto.ColInt64
	step, platform, org                codes
	number, actor, holder, beneficiary text
	event                              proto.ColUUID
	refused                            proto.ColBool
}

type recognition struct {
	*list
	at                    proto.ColInt64
	act, kind, match, org codes
	number, digest        text
	event                 proto.ColUUID
}

type dues struct {
	*list
	milestone codes
	at        proto.ColInt64
}

type emissions struct {
	*list
	distance, tier, factors codes
	km, ttw, wtw            optional
}

type boxes struct {
	*list
	number               text
	isoType, terminal    codes
	first, second, third optional // times
}

type legs struct {
	*list
	mode, carrier, origin, destination                  codes
	conveyance                                          text
	plannedDeparture, departed, plannedArrival, arrived optional
}

type firstPlans struct {
	*list
	departure, arrival optional
}

type parties struct {
	*list
	role, kind, country codes
	id, name            text
}

// NewChains makes an empty block of chains.
func NewChains() *Chains {
	b := &Chains{
		grossKG: optional{typ: typeMoney}, value: optional{typ: typeMoney}, valueUSD: optional{typ: typeMoney}, last: optional{typ: typeTime},
	}
	b.init("chains")
	b.orgs = newList("Array(LowCardinality(String))", &b.org)
	b.hs = newList("Array(LowCardinality(String))", &b.heading)
	b.containers = newList("Array(String)", &b.container)
	b.findings = newList("Array(LowCardinality(String))", &b.finding)
	b.legs.init()
	b.parties.init()
	b.due.list = newList("Array(Tuple(milestone LowCardinality(String), due_at DateTime64(3, 'UTC')))", &b.due.milestone, as{&b.due.at, typeTime})
	b.emissions.init()
	b.ttw.typ, b.wtw.typ = typeMoney, typeMoney

	b.column("corridor", &b.corridor)
	b.column("origin", &b.origin)
	b.column("destination", &b.destination)
	b.column("mode_path", &b.modePath)
	b.column("title", &b.title)
	b.column("status", &b.status)
	b.column("orgs", b.orgs)
	b.column("hs", b.hs)
	b.column("containers", b.containers)
	b.column("packages", &b.packages)
	b.column("gross_kg", &b.grossKG)
	b.column("value", &b.value)
	b.column("currency", &b.currency)
	b.column("value_usd", &b.valueUSD)
	for m := range b.milestones {
		b.milestones[m].typ = typeTime
		b.column(trade.Milestone(m).String()+"_at", &b.milestones[m])
	}
	for i, leg := range [...]string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance} {
		b.column("completeness_"+leg, &b.completeness[i])
	}
	b.column("findings", b.findings)
	b.column("legs", b.legs.list)
	b.column("parties", b.parties.list)
	b.column("events", &b.events)
	b.column("last_event_at", &b.last)
	b.column("due", b.due.list)
	b.column("emissions", b.emissions.list)
	b.column("co2e_ttw_kg", &b.ttw)
	b.column("co2e_kg", &b.wtw)
	b.initTitle()
	b.boxes.init("discharged_at", "gated_out_at", "returned_at")
	b.column("boxes", b.boxes.list)
	b.first.init()
	b.column("first_plans", b.first.list)
	b.exports.init("picked_up_at", "gated_in_at", "loaded_at")
	b.column("export_boxes", b.exports.list)
	return b
}

func (b *Chains) initTitle() {
	s, r := &b.steps, &b.recognition
	s.list = newList("Array(Tuple(at DateTime64(3, 'UTC'), step LowCardinality(String), number String, actor String, holder String, "+
		"beneficiary String, platform LowCardinality(String), org LowCardinality(String), event_key UUID, refused Bool))",
		as{&s.at, typeTime}, &s.step, &s.number, &s.actor, &s.holder, &s.beneficiary, &s.platform, &s.org, &s.event, &s.refused)
	r.list = newList("Array(Tuple(at DateTime64(3, 'UTC'), act LowCardinality(String), kind LowCardinality(String), number String, "+
		"digest String, match LowCardinality(String), org LowCardinality(String), event_key UUID))",
		as{&r.at, typeTime}, &r.act, &r.kind, &r.number, &r.digest, &r.match, &r.org, &r.event)
	b.rails, b.zones = newList("Array(LowCardinality(String))", &b.rail), newList("Array(LowCardinality(String))", &b.zone)
	b.perUSD.typ = "Decimal(18, 8)"
	b.column("completeness", &b.complete)
	b.column("title_holder", &b.holder)
	b.column("title_beneficiary", &b.beneficiary)
	b.column("title_platform", &b.platform)
	b.column("title_steps", s.list)
	b.column("recognition", r.list)
	b.column("value_per_usd", &b.perUSD)
	b.column("value_rate_of", &b.rateOf)
	b.column("value_rate_source", &b.rateSource)
	b.column("rails", b.rails)
	b.column("green", &b.green)
	b.column("zones", b.zones)
}

// identity writes a company's number with its register.
func identity(id trade.PartyID) string {
	if id.Value == "" {
		return ""
	}
	return id.Kind + ":" + id.Value
}

// identified reads what identity wrote.
func identified(s string) trade.PartyID {
	kind, value, _ := strings.Cut(s, ":")
	return trade.PartyID{Kind: kind, Value: value}
}

func (b *Chains) appendTitle(c *trade.Chain) {
	b.complete = append(b.complete, c.Complete)
	b.holder.append(identity(c.TitleHolder))
	b.beneficiary.append(identity(c.TitleBeneficiary))
	b.platform.append(c.TitlePlatform)
	s := &b.steps
	for i := range c.TitleSteps {
		from := &c.TitleSteps[i]
		s.at = append(s.at, unixMilli(from.At))
		s.step.append(from.Step)
		s.number.append(from.Number)
		s.actor.append(identity(from.Actor))
		s.holder.append(identity(from.Holder))
		s.beneficiary.append(identity(from.Beneficiary))
		s.platform.append(from.Platform)
		s.org.append(from.Org)
		s.event = append(s.event, [16]byte(from.Event))
		s.refused = append(s.refused, from.Refused)
	}
	s.end()
	r := &b.recognition
	for i := range c.Recognition {
		from := &c.Recognition[i]
		r.at = append(r.at, unixMilli(from.At))
		r.act.append(from.Act)
		r.kind.append(from.Kind)
		r.number.append(from.Number)
		r.digest.append(from.Digest)
		r.match.append(from.Match)
		r.org.append(from.Org)
		r.event = append(r.event, [16]byte(from.Event))
	}
	r.end()
	b.perUSD.append(c.ValueRate.PerUSD, c.ValueRate.PerUSD != 0)
	b.rateOf.append(c.ValueRate.Of)
	b.rateSource.append(c.ValueRate.Source)
	appendCodes(b.rails, &b.rail, c.Rails)
	b.green = append(b.green, c.Green)
	appendCodes(b.zones, &b.zone, c.Zones)
}

func (x *boxes) init(first, second, third string) {
	x.first.typ, x.second.typ, x.third.typ = typeTime, typeTime, typeTime
	const at = " Nullable(DateTime64(3, 'UTC'))"
	x.list = newList(proto.ColumnType("Array(Tuple(container String, iso_type LowCardinality(String), unlocode LowCardinality(String), "+first+at+", "+second+at+", "+third+at+"))"),
		&x.number, &x.isoType, &x.terminal, &x.first, &x.second, &x.third)
}

func (x *boxes) append(number, isoType, terminal string, first, second, third time.Time) {
	x.number.append(number)
	x.isoType.append(isoType)
	x.terminal.append(terminal)
	x.first.append(milliseconds(first))
	x.second.append(milliseconds(second))
	x.third.append(milliseconds(third))
}

func (l *legs) init() {
	l.plannedDeparture.typ, l.departed.typ, l.plannedArrival.typ, l.arrived.typ = typeTime, typeTime, typeTime, typeTime
	l.list = newList("Array(Tuple(mode LowCardinality(String), carrier LowCardinality(String), conveyance String, "+
		"origin LowCardinality(String), destination LowCardinality(String), "+
		"planned_departure_at Nullable(DateTime64(3, 'UTC')), departed_at Nullable(DateTime64(3, 'UTC')), "+
		"planned_arrival_at Nullable(DateTime64(3, 'UTC')), arrived_at Nullable(DateTime64(3, 'UTC'))))",
		&l.mode, &l.carrier, &l.conveyance, &l.origin, &l.destination,
		&l.plannedDeparture, &l.departed, &l.plannedArrival, &l.arrived)
}

func (l *legs) append(of []trade.Leg) {
	for i := range of {
		leg := &of[i]
		l.mode.append(leg.Mode)
		l.carrier.append(leg.Carrier)
		l.conveyance.append(leg.Conveyance)
		l.origin.append(leg.From)
		l.destination.append(leg.To)
		l.plannedDeparture.append(milliseconds(leg.PlannedDeparture))
		l.departed.append(milliseconds(leg.Departed))
		l.plannedArrival.append(milliseconds(leg.PlannedArrival))
		l.arrived.append(milliseconds(leg.Arrived))
	}
	l.end()
}

func (p *firstPlans) init() {
	p.departure.typ, p.arrival.typ = typeTime, typeTime
	p.list = newList("Array(Tuple(departure_at Nullable(DateTime64(3, 'UTC')), arrival_at Nullable(DateTime64(3, 'UTC'))))", &p.departure, &p.arrival)
}

func (p *firstPlans) append(of []trade.Leg) {
	for i := range of {
		p.departure.append(milliseconds(of[i].FirstDeparture))
		p.arrival.append(milliseconds(of[i].FirstArrival))
	}
	p.end()
}

func (e *emissions) init() {
	e.km.typ, e.ttw.typ, e.wtw.typ = typeMoney, typeMoney, typeMoney
	e.list = newList("Array(Tuple(km Nullable(Decimal(18, 4)), distance LowCardinality(String), tier LowCardinality(String), "+
		"factors LowCardinality(String), ttw_kg Nullable(Decimal(18, 4)), wtw_kg Nullable(Decimal(18, 4))))",
		&e.km, &e.distance, &e.tier, &e.factors, &e.ttw, &e.wtw)
}

func (b *Chains) appendEmissions(of []trade.Emission) {
	e := &b.emissions
	for i := range of {
		b.decimal(&e.km, "emissions.km", of[i].KM)
		e.distance.append(of[i].Distance)
		e.tier.append(of[i].Tier)
		e.factors.append(of[i].Factors)
		b.decimal(&e.ttw, "emissions.ttw_kg", of[i].TTW)
		b.decimal(&e.wtw, "emissions.wtw_kg", of[i].WTW)
	}
	e.end()
}

func (p *parties) init() {
	p.list = newList("Array(Tuple(role LowCardinality(String), id_kind LowCardinality(String), id String, "+
		"name String, country LowCardinality(String)))", &p.role, &p.kind, &p.id, &p.name, &p.country)
}

func (p *parties) append(of []trade.Party) {
	for i := range of {
		p.role.append(of[i].Role)
		p.kind.append(of[i].ID.Kind)
		p.id.append(of[i].ID.Value)
		p.name.append(of[i].Name)
		p.country.append(of[i].Country)
	}
	p.end()
}

// Append adds the chain as it is at its version.
func (b *Chains) Append(c *trade.Chain) { b.add(c, 0) }

// Delete says that the chain is no more at this version.
func (b *Chains) Delete(id string, foundedOn time.Time, version uint64) {
	b.add(&trade.Chain{ID: id, FoundedOn: foundedOn, Version: version}, 1)
}

func (b *Chains) add(c *trade.Chain, deleted uint8) {
	b.of(c.ID, c.FoundedOn, c.Version, deleted)
	b.corridor.append(c.Corridor)
	b.origin.append(c.Origin)
	b.destination.append(c.Destination)
	b.modePath.append(c.ModePath)
	b.title.append(c.Title)
	b.status.append(c.Status)
	appendCodes(b.orgs, &b.org, c.Orgs)
	appendCodes(b.hs, &b.heading, c.HS)
	for _, number := range c.Containers {
		b.container.append(number)
	}
	b.containers.end()
	b.packages = append(b.packages, c.Packages)
	b.decimal(&b.grossKG, "gross_kg", c.GrossKG)
	b.decimal(&b.value, "value", c.Value.Amount)
	b.currency.append(c.Value.Currency)
	b.decimal(&b.valueUSD, "value_usd", c.ValueUSD)
	for m := range b.milestones {
		b.milestones[m].append(milliseconds(c.Milestones[m]))
	}
	for i := range b.completeness {
		b.completeness[i] = append(b.completeness[i], c.Completeness[i])
	}
	appendCodes(b.findings, &b.finding, c.Findings)
	b.legs.append(c.Legs)
	b.parties.append(c.Parties)
	b.events = append(b.events, c.Events)
	b.last.append(milliseconds(c.LastEvent))
	for i := range c.Due {
		b.due.milestone.append(c.Due[i].Milestone.String())
		b.due.at = append(b.due.at, c.Due[i].At.UnixMilli())
	}
	b.due.end()
	b.appendEmissions(c.Emissions)
	b.decimal(&b.ttw, "co2e_ttw_kg", c.CO2eTTW)
	b.decimal(&b.wtw, "co2e_kg", c.CO2e)
	b.appendTitle(c)
	for i := range c.Boxes {
		x := &c.Boxes[i]
		b.boxes.append(x.Number, x.ISOType, x.Terminal, x.Discharged, x.GatedOut, x.Returned)
	}
	b.boxes.end()
	b.first.append(c.Legs)
	for i := range c.ExportBoxes {
		x := &c.ExportBoxes[i]
		b.exports.append(x.Number, x.ISOType, x.Terminal, x.PickedUp, x.GatedIn, x.Loaded)
	}
	b.exports.end()
	b.n++
}

func appendCodes(l *list, of *codes, values []string) {
	for _, v := range values {
		of.append(v)
	}
	l.end()
}

// ChainEventRow says that an event is in a chain, and why.
type ChainEventRow struct {
	trade.Attribution
	FoundedOn  time.Time  // of the chain
	Type       trade.Type // of the event as it stands
	OccurredAt time.Time  // of the event as it stands
	Version    uint64
}

// ChainEvents is a block of chain_events.
type ChainEvents struct {
	chainRows
	key, by   proto.ColUUID
	typ, rule codes
	occurred  proto.ColInt64
	via       text
	steps     proto.ColUInt16
}

// NewChainEvents makes an empty block of chain_events.
func NewChainEvents() *ChainEvents {
	b := &ChainEvents{}
	b.init("chain_events")
	b.column("event_key", &b.key)
	b.column("type", &b.typ)
	b.column("occurred_at", as{&b.occurred, typeTime})
	b.column("rule", &b.rule)
	b.column("via", &b.via)
	b.column("steps", &b.steps)
	b.column("by", &b.by)
	return b
}

// Append adds the attribution as it is at its version.
func (b *ChainEvents) Append(row *ChainEventRow) { b.add(row, 0) }

// Delete says that the event is no longer in the chain at this version. Of the row only the event, the
// chain, its date and the version matter.
func (b *ChainEvents) Delete(row *ChainEventRow) { b.add(row, 1) }

func (b *ChainEvents) add(row *ChainEventRow, deleted uint8) {
	b.of(row.Chain, row.FoundedOn, row.Version, deleted)
	b.key = append(b.key, [16]byte(row.Event))
	b.typ.append(string(row.Type))
	b.occurred = append(b.occurred, unixMilli(row.OccurredAt))
	b.rule.append(string(row.Rule))
	b.via.append(row.Via)
	b.steps = append(b.steps, row.Steps)
	b.by = append(b.by, [16]byte(row.By))
	b.n++
}

// unixMilli is 0 for the zero time, which a column of DateTime64 can't hold.
func unixMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// KindContainer and KindChain are kinds of chain_references beside those of trade.Kinds: a container, and an
// id that the chain had before. KindNumber is one of chain_aliases: of a number that leads to the chain, but that none of its
// events names.
const (
	KindContainer trade.Kind = "container"
	KindChain     trade.Kind = "chain"
	KindNumber    trade.Kind = "number"
)

// ChainReferenceRow says that a number leads to a chain.
type ChainReferenceRow struct {
	trade.Reference
	Chain     string
	FoundedOn time.Time // of the chain
	Version   uint64
}

// ChainReferences is a block of chain_references.
type ChainReferences struct {
	chainRows
	value        text
	kind, issuer codes
}

// NewChainReferences makes an empty block of chain_references.
func NewChainReferences() *ChainReferences {
	b := &ChainReferences{}
	b.init("chain_references")
	b.column("value", &b.value)
	b.column("kind", &b.kind)
	b.column("issuer", &b.issuer)
	return b
}

// Append says that the number leads to the chain at this version.
func (b *ChainReferences) Append(row *ChainReferenceRow) { b.add(row, 0) }

// Delete says that the number no longer leads to the chain at this version.
func (b *ChainReferences) Delete(row *ChainReferenceRow) { b.add(row, 1) }

func (b *ChainReferences) add(row *ChainReferenceRow, deleted uint8) {
	b.of(row.Chain, row.FoundedOn, row.Version, deleted)
	b.value.append(row.Value)
	b.kind.append(string(row.Kind))
	b.issuer.append(row.Issuer)
	b.n++
}
