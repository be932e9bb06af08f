package console

import (
	"context"
	"iter"
	"math"
	"strings"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// Warehouse is what the console reads; *warehouse.Warehouse is one.
type Warehouse interface {
	// LookupFor gives the chains that a number of any kind, a container or a chain id leads to, of those that org reported of, or of
	// all if it is "".
	LookupFor(ctx context.Context, org, number string) ([]warehouse.ChainView, error)
	// OrderFor is LookupFor with the events and the changes of the chain, if the number leads to one.
	OrderFor(ctx context.Context, org, number string) ([]warehouse.ChainView, *warehouse.Around, error)
	// Changes gives the times since which the chain could be seen as another; AsOf gives the one that had the id as it could be seen at a time.
	Changes(ctx context.Context, chain, org string) ([]time.Time, error)
	AsOf(ctx context.Context, id string, at time.Time) (warehouse.ChainView, bool, error)
	// Corridors gives the corridors side by side, and Overviews their last weeks and findings too.
	Corridors(ctx context.Context) ([]warehouse.Overview, error)
	Load(ctx context.Context) (warehouse.Load, error)
	Overviews(ctx context.Context, weeks int) ([]warehouse.Overview, error)
	// Stuck and Unattributed give what is of org, or all if it is "", and how many there are.
	Stuck(ctx context.Context, org string, most int) ([]warehouse.StuckChain, uint64, error)
	Unattributed(ctx context.Context, org string, most int) ([]warehouse.WaitingEvent, uint64, error)
	Totals(ctx context.Context) (warehouse.Totals, error)
	// Payloads gives the events of a timeline as canonical JSON, as they were up to a version; those that are not stored yet are missing.
	Payloads(ctx context.Context, timeline []warehouse.TimelineRow, upto uint64) (map[trade.EventKey][]byte, error)
	// Suggest gives numbers that begin as typed, of the chains that org reported of, or of all if it is "".
	Suggest(ctx context.Context, typed, org string, most int) ([]warehouse.Suggestion, error)
}

// Stream is what the console asks of the broker; *stream.Conn is one.
type Stream interface {
	Streams(ctx context.Context) ([]stream.StreamInfo, error)
	Readers(ctx context.Context) ([]stream.ReaderInfo, error)
	// Pause lets a reader rest until Resume.
	Pause(ctx context.Context, reader, by string, now time.Time) (stream.Pause, error)
	Resume(ctx context.Context, reader string) error
	// Rejected yields the rejections of org, or of all if it is "*", oldest first.
	Rejected(ctx context.Context, org string, since time.Time) iter.Seq2[stream.Rejection, error]
	Rejection(ctx context.Context, org string, id uint64) (stream.Rejection, error)
	Resolved(ctx context.Context, org string, since time.Time) (stream.Resolutions, error)
	// Retry sends a rejection's message again and resolves it; Resolve only says that it is resolved.
	Retry(ctx context.Context, r stream.Rejection) (stream.Receipt, error)
	Resolve(ctx context.Context, org string, id uint64, by stream.Resolution) error
}

// Counts are the totals of the warehouse.
type Counts struct {
	Chains       uint64 `json:"chains"`
	Events       uint64 `json:"events"`       // that stand, by source and id
	Unattributed uint64 `json:"unattributed"` // events that no chain holds yet
	Rejected     uint64 `json:"rejected"`

	AsOf *time.Time `json:"as_of"` // up to when chains and events are counted; nil: now
}

// Corridor is one line of the corridor table. A median is nil when no chain has both ends.
type Corridor struct {
	ID             string   `json:"id"`
	Chains         uint64   `json:"chains"`
	Delivered      uint64   `json:"delivered"`
	Containers     uint64   `json:"containers"`
	ValueUSD       string   `json:"value_usd"`
	TransitHours   *float64 `json:"median_transit_hours"`   // departed to arrived
	ClearanceHours *float64 `json:"median_clearance_hours"` // import lodged to import cleared
}

// Chain is one trade chain with its timeline.
type Chain struct {
	ID          string `json:"id"`
	Corridor    string `json:"corridor"`
	Origin      string `json:"origin"`
	Destination string `json:"destination"`

	OriginName      string `json:"origin_name,omitempty"`
	DestinationName string `json:"destination_name,omitempty"`

	Modes        []string    `json:"modes"`
	Movements    []Movement  `json:"movements"`
	Status       string      `json:"status"`
	Title        string      `json:"title"`
	Orgs         []string    `json:"orgs"`
	HS           []string    `json:"hs"`
	HSNames      []string    `json:"hs_names"` // of the headings, as hs has the codes; "": not known
	Containers   []string    `json:"containers"`
	Packages     uint32      `json:"packages"`
	GrossKG      string      `json:"gross_kg"`
	Value        string      `json:"value"`
	Currency     string      `json:"currency"`
	ValueUSD     string      `json:"value_usd"`
	Parties      []Party     `json:"parties"`
	Numbers      []Number    `json:"numbers"`
	Milestones   []Milestone `json:"milestones"`
	Findings     []string    `json:"findings"`
	Completeness []Share     `json:"completeness"`
	Timeline     []Entry     `json:"timeline"`
}

// Movement is the way between two places by one mode. A time is nil while it is not known.
type Movement struct {
	Mode             string     `json:"mode"`
	Carrier          string     `json:"carrier"`
	Conveyance       string     `json:"conveyance"`
	From             string     `json:"from"`
	To               string     `json:"to"`
	PlannedDeparture *time.Time `json:"planned_departure"` // planned or estimated
	Departed         *time.Time `json:"departed"`
	PlannedArrival   *time.Time `json:"planned_arrival"` // planned or estimated
	Arrived          *time.Time `json:"arrived"`
}

// Party is an organisation in a role.
type Party struct {
	Role    string `json:"role"`
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"`
}

// Number is a reference of the chain.
type Number struct {
	Kind   string `json:"kind"`
	Value  string `json:"value"`
	Issuer string `json:"issuer,omitempty"`
}

// Milestone is a point of the journey; At is nil while it is not reached.
type Milestone struct {
	Name string     `json:"name"`
	Leg  string     `json:"leg"`
	At   *time.Time `json:"at"`
}

// Share is how much of what a leg should report has been reported, 0 to 1.
type Share struct {
	Leg   string  `json:"leg"`
	Share float64 `json:"share"`
}

// Entry is one event of a chain, and why it is there.
type Entry struct {
	At         time.Time `json:"at"`
	Type       string    `json:"type"`
	Leg        string    `json:"leg"`
	Classifier string    `json:"classifier"`
	Org        string    `json:"org"`
	Place      string    `json:"place"`
	PlaceName  string    `json:"place_name,omitempty"`
	Country    string    `json:"country"`
	Mode       string    `json:"mode,omitempty"`
	Conveyance string    `json:"conveyance,omitempty"`
	Rule       string    `json:"rule"`
	Via        string    `json:"via"`
	Steps      uint16    `json:"steps"`
	Event      string    `json:"event_key"`
	By         string    `json:"by"`
	ID         string    `json:"id"` // "": archive has not stored it yet
	Revision   uint32    `json:"revision"`
	Flags      []string  `json:"flags"` // what is remarked on it, when it was read or joined
}

// corridorsOf turns the warehouse's corridors into the console's, and says up to when they are counted; nil: now.
func corridorsOf(all []warehouse.Overview) ([]Corridor, *time.Time) {
	out := make([]Corridor, len(all))
	for i := range all {
		c := &all[i]
		out[i] = Corridor{
			ID: c.ID, Chains: c.Chains, Delivered: c.Delivered, Containers: c.Containers, ValueUSD: string(c.ValueUSD),
			TransitHours: hoursOf(c.TransitP50), ClearanceHours: hoursOf(c.ClearP50),
		}
	}
	return out, countedAt(all)
}

// countedAt is when the corridors were counted; nil: when they were asked for. They are counted all at once.
func countedAt(all []warehouse.Overview) *time.Time {
	if len(all) == 0 {
		return nil
	}
	return known(all[0].AsOf)
}

func hoursOf(d time.Duration) *float64 {
	if d == 0 {
		return nil
	}
	h := math.Round(d.Hours()*1000) / 1000
	return &h
}

func countsOf(t warehouse.Totals) Counts {
	return Counts{Chains: t.Chains, Events: t.Events, Unattributed: t.Unattributed, Rejected: t.Rejected, AsOf: known(t.AsOf)}
}

// chainOf turns a chain of the warehouse into one of the console.
func chainOf(v *warehouse.ChainView) Chain {
	c := Chain{
		ID: v.ID, Corridor: v.Corridor, Origin: v.Origin, Destination: v.Destination,
		Modes: []string{}, Status: v.Status, Title: v.Title,
		Orgs: list(v.Orgs), HS: list(v.HS), Containers: list(v.Containers),
		Packages: v.Packages, GrossKG: string(v.GrossKG), ValueUSD: string(v.ValueUSD),
		Value: string(v.Value.Amount), Currency: v.Value.Currency,
		Movements: make([]Movement, len(v.Legs)), Parties: make([]Party, len(v.Parties)),
		Numbers: make([]Number, len(v.References)), Findings: list(v.Findings),
		Timeline: make([]Entry, len(v.Timeline)),
	}
	if v.ModePath != "" {
		c.Modes = strings.Split(v.ModePath, ">")
	}
	for i := range v.Legs {
		leg := &v.Legs[i]
		c.Movements[i] = Movement{
			Mode: leg.Mode, Carrier: leg.Carrier, Conveyance: leg.Conveyance, From: leg.From, To: leg.To,
			PlannedDeparture: known(leg.PlannedDeparture), Departed: known(leg.Departed),
			PlannedArrival: known(leg.PlannedArrival), Arrived: known(leg.Arrived),
		}
	}
	for i, p := range v.Parties {
		c.Parties[i] = Party{Role: p.Role, Kind: p.ID.Kind, ID: p.ID.Value, Name: p.Name, Country: p.Country}
	}
	for i, r := range v.References {
		c.Numbers[i] = Number{Kind: string(r.Kind), Value: r.Value, Issuer: r.Issuer}
	}
	for m, at := range v.Milestones {
		name := trade.Milestone(m)
		c.Milestones = append(c.Milestones, Milestone{Name: name.String(), Leg: name.Domain(), At: known(at)})
	}
	for i, leg := range legs {
		c.Completeness = append(c.Completeness, Share{Leg: leg, Share: float64(v.Completeness[i])})
	}
	for i := range v.Timeline {
		c.Timeline[i] = entryOf(&v.Timeline[i])
	}
	return c
}

// known is nil for a time that is not.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func entryOf(r *warehouse.TimelineRow) Entry {
	return Entry{
		At: r.Time, Type: string(r.Type), Leg: r.Type.Domain(), Classifier: string(r.Classifier), Org: r.Org,
		Place: r.UNLOCODE, Country: r.Country, Mode: r.Mode, Conveyance: r.Conveyance,
		Rule: string(r.Rule), Via: r.Via, Steps: r.Steps, Event: r.Event.String(), By: r.By.String(), ID: r.ID, Revision: r.Revision,
		Flags: list(r.Flags.Names()),
	}
}
