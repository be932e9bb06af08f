package trade

import (
	"fmt"
	"slices"
	"sync"

	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// maxTitles is how many issuances, and how many surrenders, are remembered.
const maxTitles = 10_000

// titles are the bills whose issuance was asked for, and the surrenders that were answered: the standard has a platform
// take each of them once. They are remembered in this process only, so that a repeat after a restart is taken; it makes
// the same events again.
type titles struct {
	mu       sync.Mutex
	issued   *intake.Recent[struct{}] // by the number of the bill
	bills    *intake.Recent[string]   // the number of the bill, by the reference of the request to surrender it
	answered *intake.Recent[struct{}] // by that reference
}

func newTitles() *titles {
	return &titles{
		issued: intake.NewRecent[struct{}](maxTitles), bills: intake.NewRecent[string](maxTitles), answered: intake.NewRecent[struct{}](maxTitles),
	}
}

// claims has those endpoints ask that take a message once.
func (t *titles) claims(endpoints []intake.Endpoint) []intake.Endpoint {
	endpoints = slices.Clone(endpoints)
	for i := range endpoints {
		switch endpoints[i].Path {
		case issuanceRequests:
			endpoints[i].Claim = t.issuance
		case surrenderResponses:
			endpoints[i].Claim = t.answer
		}
	}
	return endpoints
}

// issuance claims a request to issue a bill. There may be another once the platform has refused to issue it, or the
// carrier has the bill back.
func (t *titles) issuance(events []*trade.Event) (func(bool), error) {
	var number string
	for _, e := range events {
		if slices.Contains([]trade.Type{trade.TitleIssued, trade.TitleSwitched, trade.TitleAmended}, e.Type) {
			number = e.Data.Document.Number
		}
	}
	return t.once(t.issued, number, "the issuance of the transport document %s was asked for before: it is issued, or will be answered at /v3/ebl-issuance-responses")
}

// answer claims the answer to a request to surrender a bill.
func (t *titles) answer(events []*trade.Event) (func(bool), error) {
	var reference string
	for _, e := range events {
		reference = surrender(e)
	}
	return t.once(t.answered, reference, "the surrender request %s was answered before")
}

// once claims a key that has not been claimed, or gives the error that it has.
func (t *titles) once(of *intake.Recent[struct{}], key, before string) (func(bool), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, taken := of.Value(key); taken {
		return nil, fmt.Errorf(before, trade.Quote(key))
	}
	of.Remember(key, struct{}{})
	return func(stored bool) {
		if !stored {
			t.mu.Lock()
			defer t.mu.Unlock()
			of.Forget(key)
		}
	}, nil
}

// surrender is the reference of the request to surrender a bill that an event is of.
func surrender(e *trade.Event) string {
	if e.Data == nil {
		return ""
	}
	for _, r := range e.Data.References {
		if r.Kind == trade.Shipment {
			return r.Value
		}
	}
	return ""
}

// stored lets a bill be issued again whose issuance was refused, or that the carrier has back.
func (t *titles) stored(events []*trade.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range events {
		if e.Data == nil || e.Data.Document.Kind != string(trade.BL) {
			continue
		}
		switch d := e.Data.Document; {
		case e.Type == trade.DocumentRefused && (d.Status == "BREQ" || d.Status == "REFU"), e.Type == trade.TitleVoided:
			t.issued.Forget(d.Number)
		case e.Type == trade.TitleSurrendered && d.Number != "" && surrender(e) != "":
			t.bills.Remember(surrender(e), d.Number)
		case e.Type == trade.TitleSurrenderAnswered && d.Status == "SURR":
			if number, known := t.bills.Value(surrender(e)); known {
				t.issued.Forget(number)
			}
		}
	}
}
