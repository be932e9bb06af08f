package wco

import (
	"strings"
	"time"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// stamp is a moment as a message has it.
type stamp struct {
	at    time.Time
	day   bool // known to the day only
	local bool // without an offset: taken as UTC
}

func (s stamp) known() bool { return !s.at.IsZero() }

// wholeDay says whether the stamp is a day, though it has the form of a moment: systems write midnight where they
// know no more.
func (s stamp) wholeDay() bool {
	return s.day || s.at.Second() == 0 && s.at.Minute() == 0 && (s.at.Hour() == 0 || s.at.Hour() == 23)
}

// formats of UN/EDIFACT code list 2379, by the code.
var dateFormats = map[string]string{"102": "20060102", "203": "200601021504", "204": "20060102150405"}

const wantTime = "a DateTimeString by its formatCode: 102 CCYYMMDD, 203 CCYYMMDDHHMM, 204 CCYYMMDDHHMMSS or 304 CCYYMMDDHHMMSS and an offset (UN/EDIFACT 2379), or ISO 8601"

// stamp reads a date and time element; one that is there and can't be read is a fault.
func (m *message) stamp(e xmldoc.Element) stamp {
	if !e.Exists() {
		return stamp{}
	}
	text := e.Child("DateTimeString")
	for _, name := range []string{"DateTime", "DateString", "Date"} {
		if !text.Exists() {
			text = e.Child(name)
		}
	}
	if !text.Exists() {
		text = e
	}
	if text.Text() == "" {
		return stamp{}
	}
	s, ok := parseStamp(text.Text(), text.Attr("formatCode"))
	switch {
	case !ok || text.HasChildren():
		m.wrong(text, "time_malformed", wantTime)
		return stamp{}
	case s.at.Year() < trade.FirstYear || s.at.Year() > trade.LastYear:
		m.wrong(text, "time_implausible", "a year from 1980 to 2079")
		return stamp{}
	}
	return s
}

func parseStamp(text, format string) (stamp, bool) {
	if layout, ok := dateFormats[format]; ok {
		t, err := time.Parse(layout, text)
		return stamp{at: t, day: format == "102", local: format != "102"}, err == nil
	}
	if format != "304" && strings.Contains(text, "-") {
		if t, local, ok := xmldoc.Instant(text); ok {
			return stamp{at: t, local: local}, true
		}
		if t, ok := xmldoc.Day(text); ok {
			return stamp{at: t, day: true}, true
		}
	}
	const moment = len("20060102150405")
	if format != "" && format != "304" {
		return stamp{}, false
	}
	if len(text) > moment {
		for _, zone := range []string{"Z07", "Z0700", "Z07:00"} {
			if t, err := time.Parse("20060102150405"+zone, text); err == nil {
				return stamp{at: t.UTC()}, true
			}
		}
		return stamp{}, false
	}
	if format == "304" {
		t, err := time.Parse("20060102150405", text)
		return stamp{at: t, local: true}, err == nil
	}
	for _, layout := range dateFormats {
		if len(layout) != len(text) {
			continue
		}
		if t, err := time.Parse(layout, text); err == nil {
			return stamp{at: t, day: len(text) == len("20060102"), local: len(text) > len("20060102")}, true
		}
	}
	return stamp{}, false
}
