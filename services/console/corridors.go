package console

import (
	"context"
	"net/http"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// CorridorOverview is a corridor at a glance. What no chain tells is nil.
type CorridorOverview struct {
	ID           string         `json:"id"`
	Chains       uint64         `json:"chains"`
	Moving       uint64         `json:"in_transit"`
	Delivered    uint64         `json:"delivered"`
	Containers   uint64         `json:"containers"`
	GrossKG      string         `json:"gross_kg"`
	ValueUSD     string         `json:"value_usd"`
	TransitP50   *float64       `json:"transit_p50_hours"`
	TransitP90   *float64       `json:"transit_p90_hours"`
	ClearP50     *float64       `json:"clearance_p50_hours"`
	ClearP90     *float64       `json:"clearance_p90_hours"`
	OnTime       *float64       `json:"on_time_share"`       // of the arrivals that had a plan, by the last one
	FirstOnTime  *float64       `json:"first_on_time_share"` // likewise by the first one
	Contradicted float64        `json:"finding_share"`
	Complete     float64        `json:"completeness"`
	Weeks        []Week         `json:"weeks"`
	Findings     []FindingCount `json:"findings"`
}

// Week is what departed and was delivered in the seven days from a Monday.
type Week struct {
	Monday    string `json:"monday"`
	Departed  uint64 `json:"departed"`
	Delivered uint64 `json:"delivered"`
}

// FindingCount is how many chains have a finding.
type FindingCount struct {
	Code   string `json:"code"`
	Chains uint64 `json:"chains"`
}

// Waiting is what does not go on.
type Waiting struct {
	StuckTotal  uint64         `json:"stuck_total"`
	Stuck       []Stuck        `json:"stuck"` // those that wait longest
	EventsTotal uint64         `json:"unattributed_total"`
	Events      []WaitingEvent `json:"unattributed"` // the latest
}

// Stuck is a chain of which nothing was heard for two weeks.
type Stuck struct {
	ID          string    `json:"id"`
	Corridor    string    `json:"corridor"`
	Status      string    `json:"status"`
	Reached     string    `json:"reached"`
	WaitsFor    string    `json:"waits_for"`
	Whom        string    `json:"waits_for_whom"` // who reports that milestone
	IdleHours   float64   `json:"idle_hours"`
	LastEvent   time.Time `json:"last_event"`
	Origin      string    `json:"origin"`
	Destination string    `json:"destination"`
	ValueUSD    string    `json:"value_usd"`
}

// WaitingEvent is an event of no chain, with the numbers that lead nowhere yet.
type WaitingEvent struct {
	Event   string    `json:"event_key"`
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
	Org     string    `json:"org"`
	Since   time.Time `json:"since"`
	Numbers []Number  `json:"numbers"`
}

const (
	weeksShown  = 16
	mostWaiting = 100
)

// whom says who reports a milestone; "" for what is none.
func whom(milestone string) string {
	m, ok := trade.MilestoneNamed(milestone)
	if !ok {
		return ""
	}
	return m.Reporter()
}

func overviewOf(o *warehouse.Overview) CorridorOverview {
	c := CorridorOverview{
		ID: o.ID, Chains: o.Chains, Moving: o.Moving, Delivered: o.Delivered, Containers: o.Containers,
		GrossKG: string(o.GrossKG), ValueUSD: string(o.ValueUSD), TransitP50: hoursOf(o.TransitP50), TransitP90: hoursOf(o.TransitP90),
		ClearP50: hoursOf(o.ClearP50), ClearP90: hoursOf(o.ClearP90), Complete: o.Complete, Weeks: []Week{}, Findings: []FindingCount{},
	}
	c.OnTime, c.FirstOnTime = shareOfPlanned(o.OnTime, o.Planned), shareOfPlanned(o.FirstOnTime, o.FirstPlanned)
	if o.Chains > 0 {
		c.Contradicted = float64(o.Contradicted) / float64(o.Chains)
	}
	for _, w := range o.Weeks {
		c.Weeks = append(c.Weeks, Week{w.Monday.Format(time.DateOnly), w.Departed, w.Delivered})
	}
	for _, f := range o.Findings {
		c.Findings = append(c.Findings, FindingCount{string(f.Code), f.Chains})
	}
	return c
}

// shareOfPlanned is the share of the arrivals with a plan that were on time; nil: none had one.
func shareOfPlanned(onTime, planned uint64) *float64 {
	if planned == 0 {
		return nil
	}
	share := float64(onTime) / float64(planned)
	return &share
}

// Overviews is the answer of /api/v1/overview.
type Overviews struct {
	AsOf      *time.Time         `json:"as_of"` // up to when chains are counted; nil: now
	Corridors []CorridorOverview `json:"corridors"`
}

func (s *Service) overviews(r *http.Request) (Overviews, error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.warehouse.Overviews(ctx, weeksShown)
	s.asked("overviews", err)
	all := Overviews{countedAt(found), make([]CorridorOverview, len(found))}
	for i := range found {
		all.Corridors[i] = overviewOf(&found[i])
	}
	return all, err
}

type corridorsView struct {
	frame
	AsOf                  *time.Time // up to when chains are counted; nil: now
	Corridors             []corridorView
	MostTransit, MostWait float64
}

type corridorView struct {
	CorridorOverview
	Transit, Clearance rangeView
	Bars               []weekBar
	Begin, End         string // of the weeks
}

// rangeView is a duration: half of the chains within the first mark, nine of ten within the second.
type rangeView struct {
	Known        bool
	Half, Nine   string // widths, of 100
	Text, Beyond string
}

// weekBar is what departed in a week, as high as it is to the most.
type weekBar struct{ X, Y, Height, Text string }

func newRange(l *language, half, nine *float64, most float64) rangeView {
	if half == nil || nine == nil || most <= 0 {
		return rangeView{}
	}
	return rangeView{
		Known: true, Half: coordinate(max(1, 100**half/most)), Nine: coordinate(max(1, 100**nine/most)),
		Text: l.duration(*half), Beyond: l.duration(*nine),
	}
}

// weekBars draws the weeks as bars, 300 wide and 60 high, over the weeks up to the last one of any corridor, so that the corridors can be
// compared. A week without a departure has a place and no bar.
func weekBars(l *language, weeks []Week, last time.Time) (bars []weekBar, begin, end string) {
	var most uint64 = 1
	for _, w := range weeks {
		most = max(most, w.Departed)
	}
	if last.IsZero() {
		return nil, "", ""
	}
	for _, w := range weeks {
		monday, err := time.Parse(time.DateOnly, w.Monday)
		if err != nil {
			continue
		}
		place := weeksShown - 1 - int(last.Sub(monday).Hours()/(7*24))
		if place < 0 || w.Departed == 0 {
			continue
		}
		height := 58 * float64(w.Departed) / float64(most)
		bars = append(bars, weekBar{
			X: coordinate(float64(place) * 300 / weeksShown), Y: coordinate(60 - height), Height: coordinate(height),
			Text: l.say("week of %s: %d departed, %d delivered", l.dayOf(monday), w.Departed, w.Delivered),
		})
	}
	return bars, l.dayOf(last.AddDate(0, 0, -7*(weeksShown-1))), l.dayOf(last)
}

// lastWeek is the latest Monday that any corridor tells of; zero: none does.
func lastWeek(all []CorridorOverview) time.Time {
	var last time.Time
	for i := range all {
		for _, w := range all[i].Weeks {
			if monday, err := time.Parse(time.DateOnly, w.Monday); err == nil && monday.After(last) {
				last = monday
			}
		}
	}
	return last
}

func (s *Service) corridorsPage(w http.ResponseWriter, r *http.Request) {
	view := corridorsView{frame: s.frame(r, "Corridors")}
	view.Section = "corridors"
	all, err := s.overviews(r)
	status := http.StatusOK
	if err != nil {
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	}
	view.AsOf = all.AsOf
	last := lastWeek(all.Corridors)
	for _, c := range all.Corridors {
		view.MostTransit, view.MostWait = max(view.MostTransit, value(c.TransitP90)), max(view.MostWait, value(c.ClearP90))
	}
	for _, c := range all.Corridors {
		v := corridorView{CorridorOverview: c}
		v.Transit = newRange(view.L, c.TransitP50, c.TransitP90, view.MostTransit)
		v.Clearance = newRange(view.L, c.ClearP50, c.ClearP90, view.MostWait)
		v.Bars, v.Begin, v.End = weekBars(view.L, c.Weeks, last)
		view.Corridors = append(view.Corridors, v)
	}
	s.show(w, "corridors", status, &view.frame, view)
}

func (s *Service) overviewJSON(w http.ResponseWriter, r *http.Request) {
	all, err := s.overviews(r)
	answer(w, all, err)
}

func (s *Service) waiting(r *http.Request) (Waiting, error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	out := Waiting{Stuck: []Stuck{}, Events: []WaitingEvent{}}
	scope := callerOf(r).scope()
	stuck, total, err := s.warehouse.Stuck(ctx, scope, mostWaiting)
	s.asked("stuck", err)
	if err != nil {
		return out, err
	}
	out.StuckTotal = total
	for i := range stuck {
		c := &stuck[i]
		out.Stuck = append(out.Stuck, Stuck{
			ID: c.ID, Corridor: c.Corridor, Status: c.Status, Reached: c.Reached, WaitsFor: c.WaitsFor, Whom: whom(c.WaitsFor),
			IdleHours: c.Idle.Hours(), LastEvent: c.LastEvent, Origin: c.Origin, Destination: c.Destination, ValueUSD: string(c.ValueUSD),
		})
	}
	events, total, err := s.warehouse.Unattributed(ctx, scope, mostWaiting)
	if err == nil {
		out.EventsTotal = total
		out.Events, err = s.numbersOf(ctx, events)
	}
	s.asked("unattributed", err)
	return out, err
}

// numbersOf adds the numbers that the events name.
func (s *Service) numbersOf(ctx context.Context, events []warehouse.WaitingEvent) ([]WaitingEvent, error) {
	rows := make([]warehouse.TimelineRow, len(events))
	for i, e := range events {
		rows[i] = warehouse.TimelineRow{Attribution: trade.Attribution{Event: e.Event}, Type: e.Type, Time: e.Time}
	}
	payloads, err := s.warehouse.Payloads(ctx, rows, warehouse.Newest)
	out := make([]WaitingEvent, len(events))
	for i, e := range events {
		out[i] = WaitingEvent{Event: e.Event.String(), Type: string(e.Type), At: e.Time, Org: e.Org, Since: e.Since, Numbers: []Number{}}
		event, undecoded := wire.Decode(payloads[e.Event])
		if undecoded != nil || event.Data == nil {
			continue
		}
		for _, refs := range [][]trade.Reference{event.Data.References, event.Data.Covers} {
			for _, ref := range refs[:min(len(refs), 6)] {
				out[i].Numbers = append(out[i].Numbers, Number{Kind: string(ref.Kind), Value: ref.Value, Issuer: ref.Issuer})
			}
		}
		for _, eq := range event.Data.Equipment[:min(len(event.Data.Equipment), 6)] {
			out[i].Numbers = append(out[i].Numbers, Number{Kind: string(eq.Kind), Value: eq.Number})
		}
	}
	return out, err
}

type waitingView struct {
	frame
	Waiting
}

func (s *Service) waitingPage(w http.ResponseWriter, r *http.Request) {
	view := waitingView{frame: s.frame(r, "Waiting")}
	view.Section = "waiting"
	found, err := s.waiting(r)
	status := http.StatusOK
	if err != nil {
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	}
	view.Waiting = found
	s.show(w, "waiting", status, &view.frame, view)
}

func (s *Service) waitingJSON(w http.ResponseWriter, r *http.Request) {
	found, err := s.waiting(r)
	answer(w, found, err)
}
