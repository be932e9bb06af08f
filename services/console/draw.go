package console

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

var legs = []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance}

type homeView struct {
	Failure                          string
	Counts                           *Counts
	Corridors                        []Corridor
	LongestTransit, LongestClearance float64
}

type lookupView struct {
	Heading, Number, Failure string
	Chains                   []chainView
}

// chainView is a chain with what is drawn from it.
type chainView struct {
	*Chain
	Open  bool
	ByLeg []legView
	Lanes []lanesView // for a wide page and for a narrow one; none without events
}

type legView struct {
	Leg, Percent string
	Milestones   []Milestone
}

func newChainView(c *Chain, open bool) chainView {
	v := chainView{Chain: c, Open: open, Lanes: newLanes(c.Timeline)}
	for _, leg := range legs {
		l := legView{Leg: leg}
		for _, m := range c.Milestones {
			if m.Leg == leg {
				l.Milestones = append(l.Milestones, m)
			}
		}
		for _, share := range c.Completeness {
			if share.Leg == leg {
				l.Percent = fmt.Sprintf("%.0f %%", 100*share.Share)
			}
		}
		v.ByLeg = append(v.ByLeg, l)
	}
	return v
}

// lanesView is a drawing of the events over time, a lane per leg.
type lanesView struct {
	geometry
	Height, Bottom int
	Lanes          []laneView
	Dots           []dotView
	Ticks          []tickView
}

// geometry is where things stand in a drawing, in its own units. A drawing for a wide page, made small,
// could not be read on a phone, so there are two.
type geometry struct {
	Page         string // "wide" or "narrow"
	Width, Lane  int    // of the drawing; where the lanes begin
	Radius, Most int    // of a dot; dates beside the first at most
	left, right  float64
}

var pageGeometries = []geometry{
	{Page: "wide", Width: 1000, Lane: 140, Radius: 6, Most: 5, left: 150, right: 985},
	{Page: "narrow", Width: 400, Lane: 74, Radius: 4, Most: 1, left: 82, right: 390},
}

type laneView struct {
	Leg      string
	Y, TextY int
}

type dotView struct {
	Leg, Text string
	X         string
	Y         int
	Plan      bool
}

type tickView struct{ X, Text, Anchor string }

// The lanes' places, in the units of the drawing.
const laneTop, laneHeight = 38, 30

func newLanes(timeline []Entry) []lanesView {
	if len(timeline) == 0 {
		return nil
	}
	all := make([]lanesView, len(pageGeometries))
	for i, g := range pageGeometries {
		all[i] = drawLanes(g, timeline)
	}
	return all
}

func drawLanes(g geometry, timeline []Entry) lanesView {
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
	v := lanesView{geometry: g, Bottom: laneTop + laneHeight*(len(legs)-1) + 12}
	v.Height = v.Bottom + 2
	for i, leg := range legs {
		y := laneTop + i*laneHeight
		v.Lanes = append(v.Lanes, laneView{Leg: leg, Y: y, TextY: y + 5})
	}
	for i := range timeline {
		e := &timeline[i]
		lane := slices.Index(legs, e.Leg)
		if lane < 0 {
			continue
		}
		v.Dots = append(v.Dots, dotView{
			Leg: e.Leg, X: coordinate(x(e.At)), Y: v.Lanes[lane].Y,
			Plan: e.Classifier == string(trade.Planned) || e.Classifier == string(trade.Estimated),
			Text: what(e.Type) + " · " + moment(e.At) + " · " + e.Org,
		})
	}
	v.Ticks = ticks(first, last, g.Most, x)
	return v
}

// ticks marks the first and the last day and, when most is above 1, most-1 in between.
func ticks(first, last time.Time, most int, x func(time.Time) float64) []tickView {
	out := []tickView{{coordinate(x(first)), day(&first), "middle"}}
	days := int(last.Sub(first).Hours() / 24)
	if days < 1 {
		return out
	}
	parts := min(most, days)
	for i := 1; i < parts; i++ {
		at := first.Add(last.Sub(first) * time.Duration(i) / time.Duration(parts))
		out = append(out, tickView{coordinate(x(at)), day(&at), "middle"})
	}
	return append(out, tickView{coordinate(x(last)), day(&last), "end"})
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// placeView is a UN/LOCODE and its name, either may be empty.
type placeView struct{ Code, Name string }

// evidenceView says in words why an event is in a chain: how it is tied to it, and by which number.
type evidenceView struct {
	Tie, Kind, Value, Via string
	Steps                 string // events between the number and the chain's document; "" when it is the document's own
}

// evidence puts an entry's rule, number and steps into words.
func evidence(e *Entry) evidenceView {
	numberKind, rest, _ := strings.Cut(e.Via, ":")
	v := evidenceView{Kind: kind(numberKind), Value: rest, Via: e.Via}
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		v.Value = rest[:i]
	}
	switch trade.Rule(e.Rule) {
	case trade.ByReference:
		v.Tie = "names the"
		if e.Steps > 0 {
			v.Steps = steps(e.Steps) + " from the document"
		}
	case trade.ByCovers:
		v.Tie = "covers the"
	case trade.ByContainer:
		v.Tie = "saw the"
	case trade.ByBundle:
		v.Tie = "under the"
	case trade.ByConveyance:
		v.Tie = "moved the"
	default:
		v.Tie = strings.ReplaceAll(e.Rule, "_", " ")
	}
	return v
}

func steps(n uint16) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// barView is a duration with its share of the longest beside it.
type barView struct {
	Known       bool
	Width, Text string
}

// words are the functions of the templates.
var words = template.FuncMap{
	"count":      func(n uint64) string { return grouped(strconv.FormatUint(n, 10)) },
	"money":      money,
	"quantity":   quantity,
	"day":        day,
	"moment":     moment,
	"what":       what,
	"words":      func(s string) string { return strings.ReplaceAll(s, "_", " ") },
	"kind":       kind,
	"classifier": classifier,
	"evidence":   func(e Entry) evidenceView { return evidence(&e) },
	"named":      func(code, name string) placeView { return placeView{code, name} },
	"bar": func(hours *float64, longest float64) barView {
		if hours == nil {
			return barView{}
		}
		width := 0.0
		if longest > 0 {
			width = max(2, 100**hours/longest)
		}
		return barView{Known: true, Width: coordinate(width), Text: duration(*hours)}
	},
}

// grouped puts a narrow space between every three digits.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return sign + digits
}

// money writes a decimal without its fraction.
func money(decimal string) string {
	whole, _, _ := strings.Cut(decimal, ".")
	return grouped(whole)
}

// quantity writes a decimal without the zeros at its end.
func quantity(decimal string) string {
	whole, fraction, _ := strings.Cut(decimal, ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return grouped(whole)
	}
	return grouped(whole) + "." + fraction
}

func day(t *time.Time) string   { return t.UTC().Format("2 Jan 2006") }
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04") }
func value(hours *float64) float64 {
	if hours == nil {
		return 0
	}
	return *hours
}

// duration writes hours as people speak of them.
func duration(hours float64) string {
	switch {
	case hours < 1:
		return fmt.Sprintf("%.0f min", hours*60)
	case hours < 48:
		return fmt.Sprintf("%.1f h", hours)
	default:
		return fmt.Sprintf("%.1f days", hours/24)
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

// kind names the kind of a number.
func kind(k string) string {
	switch trade.Kind(k) {
	case trade.BL:
		return "bill of lading"
	case trade.HouseBL:
		return "house bill of lading"
	case trade.MasterBL:
		return "master bill of lading"
	case trade.UCR:
		return "unique consignment reference"
	default:
		return strings.ReplaceAll(k, "_", " ")
	}
}

func classifier(c string) string {
	switch trade.Classifier(c) {
	case trade.Planned:
		return "planned"
	case trade.Estimated:
		return "estimated"
	case trade.Actual:
		return "actual"
	default:
		return c
	}
}
