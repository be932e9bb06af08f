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
	Lanes *lanesView // nil without events
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
	Height, Bottom int
	Lanes          []laneView
	Dots           []dotView
	Ticks          []tickView
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

type tickView struct {
	X, Text, Anchor string
	Between         bool // neither the first nor the last: a narrow page leaves it out
}

// Geometry of the drawing, in its own units.
const (
	laneLeft, laneRight = 150.0, 985.0
	laneTop, laneHeight = 38, 30
)

func newLanes(timeline []Entry) *lanesView {
	if len(timeline) == 0 {
		return nil
	}
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
			return (laneLeft + laneRight) / 2
		}
		return laneLeft + (laneRight-laneLeft)*float64(at.Sub(first))/float64(span)
	}
	v := &lanesView{Bottom: laneTop + laneHeight*(len(legs)-1) + 12}
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
	v.Ticks = ticks(first, last, x)
	return v
}

// ticks marks the first and the last day and up to four in between.
func ticks(first, last time.Time, x func(time.Time) float64) []tickView {
	out := []tickView{{coordinate(x(first)), day(&first), "middle", false}}
	days := int(last.Sub(first).Hours() / 24)
	if days < 1 {
		return out
	}
	parts := min(5, days)
	for i := 1; i < parts; i++ {
		at := first.Add(last.Sub(first) * time.Duration(i) / time.Duration(parts))
		out = append(out, tickView{coordinate(x(at)), day(&at), "middle", true})
	}
	return append(out, tickView{coordinate(x(last)), day(&last), "end", false})
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// placeView is a UN/LOCODE and its name, either may be empty.
type placeView struct{ Code, Name string }

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

// milestoneLegs says which leg reports a milestone.
var milestoneLegs = [trade.MilestoneCount]string{
	trade.Ordered: trade.DomainTrade, trade.Invoiced: trade.DomainTrade,
	trade.TitleIssuedAt: trade.DomainTrade, trade.TitleSurrenderedAt: trade.DomainTrade,
	trade.ExportLodged: trade.DomainCustoms, trade.ExportCleared: trade.DomainCustoms,
	trade.ImportLodged: trade.DomainCustoms, trade.ImportReleased: trade.DomainCustoms,
	trade.ImportCleared: trade.DomainCustoms, trade.DutyPaidAt: trade.DomainCustoms,
	trade.Booked: trade.DomainLogistics, trade.Departed: trade.DomainLogistics,
	trade.AtBorder: trade.DomainLogistics, trade.Arrived: trade.DomainLogistics,
	trade.Delivered: trade.DomainLogistics, trade.EmptyReturnedAt: trade.DomainLogistics,
	trade.CreditIssuedAt: trade.DomainFinance, trade.Financed: trade.DomainFinance,
	trade.Repaid: trade.DomainFinance, trade.Paid: trade.DomainFinance,
}
