package console

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

var legs = []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance}

// lanesView is a drawing of the events over time, a lane per leg.
type lanesView struct {
	geometry
	Height, Bottom int
	Lanes          []laneView
	Marks          []markView
	Ticks          []tickView
	Posts          []postView
}

// geometry is where things stand in a drawing, in its own units. A drawing for a wide page, made small,
// could not be read on a phone, so there are two.
type geometry struct {
	Page         string // "wide" or "narrow"
	Width, Lane  int    // of the drawing; where the lanes begin
	Radius, Most int    // of a mark; dates beside the first at most
	left, right  float64
}

var pageGeometries = []geometry{
	{Page: "wide", Width: 1000, Lane: 112, Radius: 6, Most: 6, left: 126, right: 985},
	{Page: "narrow", Width: 400, Lane: 74, Radius: 5, Most: 2, left: 84, right: 390},
}

type laneView struct {
	Leg                 string
	Top, Height, Middle int
}

// markView is one event: a disc when it happened, a ring when it is estimated, a diamond when it is planned.
type markView struct {
	Leg, Kind, Anchor, Text string
	X, Y                    string
	Diamond                 string // its points
}

type tickView struct{ X, Text, Anchor string }

// postView is a milestone of the journey, drawn through all lanes.
type postView struct {
	X, Text, Anchor string
	Y               int
}

// The lanes' places, in the units of the drawing. Marks that would lie on one another go to further rows of their lane.
const (
	laneTop  = 30
	rowSpace = 16
	lanePad  = 20
	mostRows = 4
	postRows = 2
)

func newLanes(timeline []Entry, milestones []Milestone, l *language) []lanesView {
	if len(timeline) == 0 {
		return nil
	}
	all := make([]lanesView, len(pageGeometries))
	for i, g := range pageGeometries {
		all[i] = drawLanes(g, timeline, milestones, l)
	}
	return all
}

func drawLanes(g geometry, timeline []Entry, milestones []Milestone, l *language) lanesView {
	first, last := timeline[0].At, timeline[0].At
	for i := range timeline {
		if at := timeline[i].At; at.Before(first) {
			first = at
		} else if at.After(last) {
			last = at
		}
	}
	span := last.Sub(first)
	x := func(at time.Time) float64 {
		if span == 0 {
			return (g.left + g.right) / 2
		}
		return g.left + (g.right-g.left)*float64(at.Sub(first))/float64(span)
	}
	rows, counts := stack(timeline, x, float64(2*g.Radius+2))
	v := lanesView{geometry: g}
	top := laneTop
	for i, leg := range legs {
		height := lanePad + rowSpace*max(1, counts[i])
		v.Lanes = append(v.Lanes, laneView{Leg: leg, Top: top, Height: height, Middle: top + height/2})
		top += height
	}
	v.Bottom = top
	for i := range timeline {
		e := &timeline[i]
		lane := slices.Index(legs, e.Leg)
		if lane < 0 {
			continue
		}
		y := float64(v.Lanes[lane].Middle) + (float64(rows[i])-float64(counts[lane]-1)/2)*rowSpace
		v.Marks = append(v.Marks, newMark(e, g.Radius, x(e.At), y, l))
	}
	v.Ticks = ticks(first, last, g.Most, x, l)
	v.Posts = posts(milestones, first, last, x, g, v.Bottom, l)
	v.Height = v.Bottom + 4 + 14*postRows
	return v
}

// stack gives each event a row of its lane, so that none lies on another while there are rows, and the rows that each lane has.
func stack(timeline []Entry, x func(time.Time) float64, space float64) (rows []int, counts [4]int) {
	order := make([]int, len(timeline))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return timeline[a].At.Compare(timeline[b].At) })
	rows = make([]int, len(timeline))
	var ends [4][mostRows]float64
	for i := range ends {
		for j := range ends[i] {
			ends[i][j] = math.Inf(-1)
		}
	}
	for _, i := range order {
		lane := slices.Index(legs, timeline[i].Leg)
		if lane < 0 {
			continue
		}
		at, row := x(timeline[i].At), 0
		for row < mostRows-1 && ends[lane][row]+space > at {
			row++
		}
		ends[lane][row], rows[i] = at, row
		counts[lane] = max(counts[lane], row+1)
	}
	return rows, counts
}

func newMark(e *Entry, radius int, x, y float64, l *language) markView {
	m := markView{
		Leg: e.Leg, Kind: kindOfMark(e.Classifier), Anchor: anchor(e.Event), X: coordinate(x), Y: coordinate(y),
		Text: l.say(what(e.Type)) + " · " + l.momentOf(e.At) + " UTC · " + e.Org,
	}
	if m.Kind != "actual" {
		m.Text += " · " + l.say(m.Kind)
	}
	if m.Kind == "planned" {
		r := float64(radius) + 1
		m.Diamond = fmt.Sprintf("%s,%s %s,%s %s,%s %s,%s", coordinate(x-r), coordinate(y), coordinate(x), coordinate(y-r),
			coordinate(x+r), coordinate(y), coordinate(x), coordinate(y+r))
	}
	return m
}

func kindOfMark(c string) string {
	switch trade.Classifier(c) {
	case trade.Planned:
		return "planned"
	case trade.Estimated:
		return "estimated"
	default:
		return "actual"
	}
}

// anchor is the id of an event's row on the page.
func anchor(key string) string { return "e-" + key }

// ticks marks the first and the last day and, when most is above 1, most-1 in between.
func ticks(first, last time.Time, most int, x func(time.Time) float64, l *language) []tickView {
	out := []tickView{{coordinate(x(first)), l.dayOf(first), "middle"}}
	days := int(last.Sub(first).Hours() / 24)
	if days < 1 {
		return out
	}
	parts := min(most, days)
	for i := 1; i < parts; i++ {
		at := first.Add(last.Sub(first) * time.Duration(i) / time.Duration(parts))
		out = append(out, tickView{coordinate(x(at)), l.dayOf(at), "middle"})
	}
	return append(out, tickView{coordinate(x(last)), l.dayOf(last), "end"})
}

// posts are the departure, the arrival and the delivery, as far as their names do not run into one another.
func posts(milestones []Milestone, first, last time.Time, x func(time.Time) float64, g geometry, bottom int, l *language) []postView {
	var out []postView
	room := [postRows]float64{}
	for _, m := range milestones {
		if m.At == nil || m.Leg != trade.DomainLogistics || m.At.Before(first) || m.At.After(last) {
			continue
		}
		switch m.Name {
		case trade.Departed.String(), trade.AtBorder.String(), trade.Arrived.String(), trade.Delivered.String():
		default:
			continue
		}
		p := postView{X: coordinate(x(*m.At)), Anchor: "middle"}
		text := l.code(m.Name)
		half := 4 * float64(len([]rune(text))) // of 12 px letters, about
		begin, end := x(*m.At)-half, x(*m.At)+half
		if end > g.right {
			p.Anchor, begin, end = "end", x(*m.At)-2*half, x(*m.At)
		}
		for row := range room {
			if begin >= room[row] {
				p.Text, p.Y, room[row] = text, bottom+14+row*14, end+8
				break
			}
		}
		out = append(out, p)
	}
	return out
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// stopView is a place on the way, with the movement that leads on from it.
type stopView struct {
	Place, Name    string
	State          string // passed, here, ahead
	On             *Movement
	OnState        string // of the movement: done, moving, ahead
	Arrived, Left  *time.Time
	ArrivalPlanned bool // Arrived is planned or estimated
	LeftPlanned    bool
}

// newRoute strings the movements together. Where one begins elsewhere than the one before ended, the way there is not known.
func newRoute(c *Chain, name func(string) string) []stopView {
	var stops []stopView
	at := func(place string) *stopView {
		if n := len(stops); n == 0 || stops[n-1].Place != place {
			stops = append(stops, stopView{Place: place, Name: name(place), State: "ahead"})
		}
		return &stops[len(stops)-1]
	}
	for i := range c.Movements {
		m := &c.Movements[i]
		from := at(m.From)
		from.On, from.OnState = m, "ahead"
		from.Left, from.LeftPlanned = cmp.Or(m.Departed, m.PlannedDeparture), m.Departed == nil
		switch {
		case m.Arrived != nil:
			from.OnState = "done"
		case m.Departed != nil:
			from.OnState = "moving"
		}
		to := at(m.To)
		to.Arrived, to.ArrivalPlanned = cmp.Or(m.Arrived, m.PlannedArrival), m.Arrived == nil
	}
	if len(stops) == 0 {
		for _, place := range []string{c.Origin, c.Destination} {
			if place != "" {
				at(place)
			}
		}
	}
	markStops(stops)
	return stops
}

// markStops says of each stop whether the goods have passed it, are there, or are yet to come. What lies before a stop that was reached
// has been passed, reported or not.
func markStops(stops []stopView) {
	reached, left := -1, false
	for i := range stops {
		s := &stops[i]
		if s.Left != nil && !s.LeftPlanned {
			reached, left = i, true
		} else if s.Arrived != nil && !s.ArrivalPlanned {
			reached, left = i, false
		}
	}
	for i := range stops {
		switch {
		case i < reached:
			stops[i].State, stops[i].OnState = "passed", "done"
		case i == reached && left:
			stops[i].State = "passed"
		case i == reached:
			stops[i].State = "here"
		}
	}
}

// what is the type without its domain, as words: "equipment gated in".
func what(eventType string) string {
	_, name, ok := strings.Cut(eventType, ".")
	if !ok {
		name = eventType
	}
	return strings.NewReplacer(".", " ", "_", " ").Replace(name)
}
