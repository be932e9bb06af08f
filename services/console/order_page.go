package console

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

type orderView struct {
	frame
	Order  *Order // nil: nothing was known of it at the time asked for
	Past   past
	Route  []stopView
	Lanes  []lanesView
	ByLeg  []legView
	Events []eventView
	Flags  []string // that any of them has
}

type legView struct {
	Leg        string
	Percent    int
	Milestones []Milestone
}

// eventView is an event of the chain with what its row shows.
type eventView struct {
	*Entry
	Mark   string // actual, estimated, planned
	MadeBy *Entry // the other event that made it the chain's; nil: none that is shown
	Raw    bool   // who asks may read it
}

// order shows one chain. An id that it had before leads to the one it has.
func (s *Service) order(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	found, around, err := s.open(r, id)
	if err != nil {
		s.showFound(w, r, id, nil, err)
		return
	}
	of, shown, err := s.then(r, id, found)
	var past past
	if err == nil && of != "" {
		past, err = s.past(r, of, named(found, of) == nil, around)
	}
	switch {
	case err != nil:
		s.showFound(w, r, id, nil, err)
		return
	case of == "":
		s.showFound(w, r, id, found, nil)
		return
	case of != id:
		http.Redirect(w, r, "/chains/"+of+past.Query(), http.StatusSeeOther)
		return
	}
	if change, err := strconv.Atoi(r.URL.Query().Get("change")); err == nil {
		// The form without script says which change is meant. The address to share says when.
		http.Redirect(w, r, past.address(change), http.StatusSeeOther)
		return
	}
	view := orderView{frame: s.frame(r, ""), Past: past}
	if shown == nil {
		view.Title = id + " · OneOrder"
		s.show(w, "order", http.StatusOK, &view.frame, view)
		return
	}
	order, err := s.read(r, shown, around)
	if err != nil {
		s.showFound(w, r, id, nil, err)
		return
	}
	order.AsOf, order.Changes = past.At, past.Changes
	view.Order = &order
	view.Title = order.title() + " · OneOrder"
	view.Route = newRoute(&order.Chain, s.placeName)
	view.Lanes = newLanes(order.Timeline, order.Milestones, view.L)
	view.ByLeg = order.byLeg()
	view.Events = order.events(view.Who.scope())
	view.Flags = order.flags()
	s.show(w, "order", http.StatusOK, &view.frame, view)
}

// title names the order on a tab and in a bookmark.
func (o *Order) title() string {
	if o.Origin == "" && o.Destination == "" {
		return o.ID
	}
	return fmt.Sprintf("%s – %s, %s", o.Origin, o.Destination, o.ID)
}

func (o *Order) byLeg() []legView {
	var all []legView
	for i, leg := range legs {
		l := legView{Leg: leg, Percent: int(100*o.Completeness[i].Share + 0.5)}
		for _, m := range o.Milestones {
			if m.Leg == leg {
				l.Milestones = append(l.Milestones, m)
			}
		}
		all = append(all, l)
	}
	return all
}

func (o *Order) events(scope string) []eventView {
	at := make(map[string]*Entry, len(o.Timeline))
	for i := range o.Timeline {
		at[o.Timeline[i].Event] = &o.Timeline[i]
	}
	all := make([]eventView, len(o.Timeline))
	for i := range o.Timeline {
		e := &o.Timeline[i]
		all[i] = eventView{Entry: e, Mark: kindOfMark(e.Classifier), Raw: e.ID != "" && (scope == "" || e.Org == scope)}
		if e.By != e.Event {
			all[i].MadeBy = at[e.By]
		}
	}
	return all
}

// flags are those that any event of the order has, each once.
func (o *Order) flags() []string {
	var all []string
	for i := range o.Timeline {
		all = append(all, o.Timeline[i].Flags...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
