package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"oneorder/internal/service"
	"oneorder/internal/warehouse"
)

// Found is the answer of /api/v1/lookup.
type Found struct {
	Number string  `json:"number"`
	Chains []Chain `json:"chains"`
}

// Suggested is the answer of /api/v1/suggest.
type Suggested struct {
	Typed       string       `json:"typed"`
	Suggestions []Suggestion `json:"suggestions"`
}

// Suggestion is a number that begins as it was typed.
type Suggestion struct {
	Number
	Label  string `json:"label"` // the kind, in the language of who asks
	Chains uint64 `json:"chains"`
}

// Corridors is the answer of /api/v1/corridors.
type Corridors struct {
	AsOf      *time.Time `json:"as_of"` // up to when chains are counted; nil: now
	Corridors []Corridor `json:"corridors"`
}

// mostSuggestions is how many are offered while somebody types.
const mostSuggestions = 8

func (s *Service) lookupJSON(w http.ResponseWriter, r *http.Request) {
	number := strings.TrimSpace(r.URL.Query().Get("q"))
	if number == "" {
		service.Problem{Status: http.StatusBadRequest, Title: "which number?", Detail: "/api/v1/lookup?q=NUMBER"}.Write(w)
		return
	}
	found, err := s.find(r, number)
	chains := make([]Chain, len(found))
	for i := range found {
		chains[i] = chainOf(&found[i])
		s.name(&chains[i])
	}
	answer(w, Found{Number: number, Chains: chains}, err)
}

func (s *Service) suggestJSON(w http.ResponseWriter, r *http.Request) {
	typed := strings.TrimSpace(r.URL.Query().Get("q"))
	if len(typed) > maxNumber {
		answer(w, nil, errNumber)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.warehouse.Suggest(ctx, typed, callerOf(r).scope(), mostSuggestions)
	s.asked("suggestions", err)
	l := languageOf(r)
	body := Suggested{Typed: typed, Suggestions: make([]Suggestion, len(found))}
	for i, f := range found {
		body.Suggestions[i] = Suggestion{Number: Number{Kind: string(f.Kind), Value: f.Value, Issuer: f.Issuer}, Label: l.say(kind(string(f.Kind))), Chains: f.Chains}
	}
	answer(w, body, err)
}

func (s *Service) orderJSON(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	found, around, err := s.open(r, id)
	if err != nil {
		answer(w, nil, err)
		return
	}
	of, shown, err := s.then(r, id, found)
	switch {
	case err == nil && of == "":
		noChain.Write(w)
		return
	case err == nil && shown == nil:
		notYet.Write(w)
		return
	}
	var past past
	if err == nil {
		past, err = s.past(r, of, named(found, of) == nil, around)
	}
	var order Order
	if err == nil {
		order, err = s.read(r, shown, around)
	}
	order.AsOf, order.Changes = past.At, past.Changes
	answer(w, order, err)
}

var (
	noChain = service.Problem{Status: http.StatusNotFound, Title: "no such chain"}
	notYet  = service.Problem{Status: http.StatusNotFound, Title: "nothing was known of the chain yet"}
	noEvent = service.Problem{Status: http.StatusNotFound, Title: "no such event of the chain"}
)

func (s *Service) eventJSON(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	found, err := s.find(r, id)
	var payload []byte
	var shown *warehouse.ChainView
	if err == nil {
		var of string
		if of, shown, err = s.then(r, id, found); err == nil && of == "" {
			noChain.Write(w)
			return
		}
	}
	if err == nil && shown != nil {
		payload, err = s.payloadOf(r, shown, r.PathValue("key"))
	}
	switch {
	case err != nil:
		answer(w, nil, err)
	case payload == nil:
		noEvent.Write(w)
	default:
		secure(w)
		service.WriteBody(w, http.StatusOK, service.JSONMedia, payload)
	}
}

func (s *Service) corridorsJSON(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.warehouse.Corridors(ctx)
	s.asked("corridors", err)
	corridors, at := corridorsOf(found)
	answer(w, Corridors{at, corridors}, err)
}

func (s *Service) countsJSON(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	totals, err := s.warehouse.Totals(ctx)
	s.asked("totals", err)
	answer(w, countsOf(totals), err)
}

func answer(w http.ResponseWriter, body any, err error) {
	switch {
	case errors.Is(err, errNumber), errors.Is(err, errTime):
		service.Problem{Status: http.StatusBadRequest, Title: err.Error()}.Write(w)
	case err != nil:
		service.Problem{Status: http.StatusServiceUnavailable, Title: "the warehouse does not answer"}.Write(w)
	default:
		secure(w)
		service.WriteJSON(w, http.StatusOK, service.JSONMedia, body)
	}
}
