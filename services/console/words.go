package console

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// words are the functions of the templates in a language.
func (l *language) functions() template.FuncMap {
	return template.FuncMap{
		"t":        l.say,
		"code":     l.code,
		"count":    func(n uint64) string { return grouped(strconv.FormatUint(n, 10)) },
		"money":    money,
		"quantity": quantity,
		"day":      func(t *time.Time) string { return l.dayOf(*t) },
		"moment":   l.momentOf,
		"precise":  func(t *time.Time) string { return l.preciseOf(*t) },
		"instant":  func(t *time.Time) string { return timeText(*t) },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"what":     func(eventType string) string { return l.say(what(eventType)) },
		"kind":     func(k string) string { return l.say(kind(k)) },
		"anchor":   anchor,
		"match":    func(m string) string { return l.say(trade.Agreement(m)) },
		"flag":     func(name string) string { return l.say(flagTexts[name]) },
		"evidence": func(e *Entry) evidenceView { return l.evidence(e) },
		"named":    func(code, name string) placeView { return placeView{code, name} },
		"bar":      l.bar,
		"at":       func(t *time.Time) timeView { return l.timeView(t) },
		"atDay":    func(t *time.Time) timeView { v := l.timeView(t); v.Text, v.Day = l.dayOf(*t), true; return v },
		"say":      func(r Remark) string { return l.say(r.Text, r.Args...) },
		"rate":     func(v float64) string { return rateText(v) + " " + l.say("a second") },
		"bytes":    bytesText,
		"ago":      func(t *time.Time, now time.Time) string { return l.ago(*t, now) },
		"ago2":     l.ago,
		"spark":    newSpark,
		"duration": l.duration,
		"share":    func(v *float64) string { return percent(*v) },
		"shareOf":  percent,
		"percent":  func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) },
	}
}

// timeView is a moment: in UTC as it leaves here, which the script turns into the viewer's zone.
type timeView struct {
	ISO, Text, UTC string
	Day            bool
}

func (l *language) timeView(t *time.Time) timeView {
	if t == nil {
		return timeView{}
	}
	return timeView{ISO: t.UTC().Format(time.RFC3339), Text: l.momentOf(*t), UTC: l.momentOf(*t) + " UTC"}
}

// placeView is a UN/LOCODE and its name, either may be empty.
type placeView struct{ Code, Name string }

// evidenceView says in words why an event is in a chain: how it is tied to it, and by which number.
type evidenceView struct {
	Tie, Kind, Value, Via string
	Steps                 string // events between the number and the chain's document; "" when it is the document's own
}

// evidence puts an entry's rule, number and steps into words.
func (l *language) evidence(e *Entry) evidenceView {
	numberKind, rest, _ := strings.Cut(e.Via, ":")
	v := evidenceView{Kind: l.say(kind(numberKind)), Value: rest, Via: e.Via}
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		v.Value = rest[:i]
	}
	switch trade.Rule(e.Rule) {
	case trade.ByReference:
		v.Tie = l.say("names the")
		switch {
		case e.Steps == 1:
			v.Steps = l.say("1 step from the document")
		case e.Steps > 1:
			v.Steps = l.say("%d steps from the document", e.Steps)
		}
	case trade.ByCovers:
		v.Tie = l.say("covers the")
	case trade.ByContainer:
		v.Tie = l.say("saw the")
	case trade.ByBundle:
		v.Tie = l.say("under the")
	case trade.ByConveyance:
		v.Tie = l.say("moved the")
	default:
		v.Tie = l.code(e.Rule)
	}
	return v
}

// flagTexts says what each flag of an event means.
var flagTexts = map[string]string{
	"identifier_invalid": "the check digit or the form of a number is not right; many real numbers fail theirs",
	"unknown_kind":       "a reference is of a kind that is in no list; it joins nothing",
	"placeholder":        "a placeholder such as N/A or TBA was dropped from the numbers",
	"unknown_place":      "the UN/LOCODE is in no table of places",
	"unknown_code":       "a code, country or currency is in no list",
	"revision_conflict":  "two contents came under one revision; one of them stands, by its digest",
	"unknown_hs":         "a code of goods has a heading or chapter that is none of the Harmonized System",
	"rekinded":           "the form of a number shows another kind than it came as",
	"wide":               "a number of it stands beside more than 64 others of one kind, so it joins nothing",
	"link_suspect":       "a number of it is in a group of more than 500 without a document, so each of them stands alone",
	"unclear":            "a number of it has no issuer and several are known, so it counts as a number of its own",
}

// barView is a duration with its share of the longest beside it.
type barView struct {
	Known       bool
	Width, Text string
}

func (l *language) bar(hours *float64, longest float64) barView {
	if hours == nil {
		return barView{}
	}
	width := 0.0
	if longest > 0 {
		width = max(2, 100**hours/longest)
	}
	return barView{Known: true, Width: coordinate(width), Text: l.duration(*hours)}
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

func value(hours *float64) float64 {
	if hours == nil {
		return 0
	}
	return *hours
}

// duration writes hours as people speak of them.
func (l *language) duration(hours float64) string {
	switch {
	case hours < 1:
		return fmt.Sprintf("%.0f ", hours*60) + l.say("min")
	case hours < 48:
		return fmt.Sprintf("%.1f ", hours) + l.say("h")
	default:
		return fmt.Sprintf("%.1f ", hours/24) + l.say("days")
	}
}

// ago says how long before now a moment was.
func (l *language) ago(t, now time.Time) string {
	seconds := max(0, now.Sub(t).Seconds())
	switch {
	case seconds < 1:
		return l.say("just now")
	case seconds < 120:
		return l.say("%d s ago", int(seconds))
	default:
		return l.say("%s ago", l.duration(seconds/3600))
	}
}

func rateText(v float64) string {
	if v > 0 && v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return grouped(strconv.FormatFloat(v, 'f', 0, 64))
}

// bytesText writes a size in binary units.
func bytesText(n any) string {
	var size float64
	switch n := n.(type) {
	case uint64:
		size = float64(n)
	case int64:
		size = float64(n)
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	for size >= 1024 && len(units) > 1 {
		size, units = size/1024, units[1:]
	}
	if units[0] == "B" {
		return fmt.Sprintf("%.0f B", size)
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }

// sparkView is a history drawn small: 300 wide, 46 high.
type sparkView struct{ Line, Area string }

func newSpark(history []float64) *sparkView {
	if len(history) < 2 {
		return nil
	}
	most := 1.0
	for _, v := range history {
		most = max(most, v)
	}
	var line strings.Builder
	step := 300 / float64(max(len(history)-1, 20))
	begin := 300 - step*float64(len(history)-1)
	for i, v := range history {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&line, "%s%s %s", letter, coordinate(begin+step*float64(i)), coordinate(43-40*v/most))
	}
	return &sparkView{Line: line.String(), Area: line.String() + "L300 46L" + coordinate(begin) + " 46Z"}
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
