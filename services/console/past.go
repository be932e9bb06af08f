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
	Gone    bool        // there is no such chain today
	At      *time.Time  // asked for; nil: now
	Changes []time.Time // since when it was another each time, oldest first
}

// past gives what a page shows of the history of a chain, which is asked for if what is around the chain is nil.
func (s *Service) past(r *http.Request, id string, gone bool, around *warehouse.Around) (past, error) {
	at, err := asOf(r)
	p := past{ID: id, Gone: gone, At: at, Changes: []time.Time{}}
	if err != nil {
		return p, err
	}
	if around != nil {
		p.Changes = list(around.Changes)
		return p, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	changes, err := s.warehouse.Changes(ctx, id, callerOf(r).scope())
	s.asked("changes", err)
	p.Changes = list(changes)
	return p, err
}

// shown is the chain of an id as it was at the time that is asked for, nil if nothing was known of it, or as it is today.
func (s *Service) shown(r *http.Request, id string, today *warehouse.ChainView) (*warehouse.ChainView, error) {
	at, err := asOf(r)
	if err != nil || at == nil {
		return today, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	then, known, err := s.warehouse.AsOf(ctx, id, *at)
	s.asked("as of", err)
	if err != nil || !known || !sees(r, then.Orgs) {
		return nil, err
	}
	return &then, nil
}

// named is the chain that has the id itself; nil: none has, whatever it leads to.
func named(found []warehouse.ChainView, id string) *warehouse.ChainView {
	if len(found) == 1 && found[0].ID == id {
		return &found[0]
	}
	return nil
}

// then gives what an id stands for at the time that is asked for, of what it leads to today: the chain that had it then or, if there was
// none, the one that it leads to, nil if nothing was known of that either. The id is "" if it leads nowhere.
func (s *Service) then(r *http.Request, id string, found []warehouse.ChainView) (string, *warehouse.ChainView, error) {
	today := named(found, id)
	shown, err := s.shown(r, id, today)
	if err != nil || shown != nil || today != nil {
		return id, shown, err
	}
	if len(found) != 1 {
		return "", nil, nil
	}
	shown, err = s.shown(r, found[0].ID, &found[0])
	return found[0].ID, shown, err
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

// address is that of the page after a change, counted from 1; of the last one it is that of now, if the chain is there now.
func (p past) address(change int) string {
	if change < 1 || change > len(p.Changes) || change == len(p.Changes) && !p.Gone {
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
