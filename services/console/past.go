package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/warehouse"
)

var errTime = errors.New("as_of is a time such as 2026-09-11T08:15:00Z, or a day")

// asOf is the time for which the record is asked, "as it was known on …"; nil: now. A day means its end.
func asOf(r *http.Request) (*time.Time, error) {
	text := r.URL.Query().Get("as_of")
	if text == "" {
		return nil, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		day = day.AddDate(0, 0, 1).Add(-time.Millisecond)
		return &day, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 1970 || at.Year() > 2200 {
		return nil, errTime
	}
	at = at.UTC()
	return &at, nil
}

// past is what a page shows of the history of a chain.
type past struct {
	ID      string
	At      *time.Time  // asked for; nil: now
	Changes []time.Time // since when it was another each time, oldest first
}

// past gives the chain as it was at the time that is asked for, nil if nothing was known of it, or as it is; and its history, which is
// asked for if what is around the chain is nil.
func (s *Service) past(r *http.Request, today *warehouse.ChainView, around *warehouse.Around) (*warehouse.ChainView, past, error) {
	p := past{ID: today.ID, Changes: []time.Time{}}
	at, err := asOf(r)
	if err != nil {
		return nil, p, err
	}
	if around != nil {
		p.At, p.Changes = at, list(around.Changes)
		return today, p, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	changes, err := s.warehouse.Changes(ctx, today.ID, callerOf(r).scope())
	s.asked("changes", err)
	if err != nil {
		return nil, p, err
	}
	p.At, p.Changes = at, list(changes)
	shown, err := s.shown(r, today)
	return shown, p, err
}

// shown is the chain as it was at the time that is asked for, nil if nothing was known of it, or as it is.
func (s *Service) shown(r *http.Request, today *warehouse.ChainView) (*warehouse.ChainView, error) {
	at, err := asOf(r)
	if err != nil || at == nil {
		return today, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	then, known, err := s.warehouse.AsOf(ctx, today, *at)
	s.asked("as of", err)
	if err != nil || !known || !sees(r, then.Orgs) {
		return nil, err
	}
	return &then, nil
}

// Position is the change that stands, counted from 1; 0: it is before all of them.
func (p past) Position() int {
	if p.At == nil {
		return len(p.Changes)
	}
	n, _ := slices.BinarySearchFunc(p.Changes, *p.At, func(change, at time.Time) int {
		if change.After(at) {
			return 1
		}
		return -1
	})
	return n
}

// Shown is the time that the slider tells.
func (p past) Shown() *time.Time {
	if p.At != nil {
		return p.At
	}
	if len(p.Changes) == 0 {
		return nil
	}
	return &p.Changes[len(p.Changes)-1]
}

// address is that of the page after a change, counted from 1; of the last one it is that of now.
func (p past) address(change int) string {
	if change < 1 || change >= len(p.Changes) {
		return "/chains/" + p.ID
	}
	return "/chains/" + p.ID + "?as_of=" + url.QueryEscape(timeText(p.Changes[change-1]))
}

// timeText is exact, so that a change is seen at its own time.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// Earlier is the address of the change before the one that stands; "": there is none.
func (p past) Earlier() string {
	if n := p.Position(); n > 1 {
		return p.address(n - 1)
	}
	return ""
}

// Later is the address of the next change; "": there is none.
func (p past) Later() string {
	if n := p.Position(); n < len(p.Changes) {
		return p.address(n + 1)
	}
	return ""
}

// Times are the changes in milliseconds since 1970, for the script.
func (p past) Times() string {
	var b strings.Builder
	for i, at := range p.Changes {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(at.UnixMilli(), 10))
	}
	return b.String()
}

// Query is what an address of the past has at its end.
func (p past) Query() string {
	if p.At == nil {
		return ""
	}
	return "?as_of=" + url.QueryEscape(timeText(*p.At))
}
