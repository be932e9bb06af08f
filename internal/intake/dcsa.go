package intake

import (
	"net/http"
	"time"

	"oneorder/internal/service"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

// DCSA is a version of an API of DCSA, whose answers have common forms.
type DCSA string

// Answer answers with a JSON body; without one the status alone.
func (v DCSA) Answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("API-Version", string(v))
	if body == nil {
		w.WriteHeader(status)
		return
	}
	service.WriteBody(w, status, service.JSONMedia, body)
}

// Acknowledge answers that a message was taken: 204.
func (v DCSA) Acknowledge(w http.ResponseWriter, _ Taken) { v.Answer(w, http.StatusNoContent, nil) }

// Refuse answers with the ErrorResponse of the definitions.
func (v DCSA) Refuse(w http.ResponseWriter, r *http.Request, p service.Problem) {
	faults, _ := p.Faults.(trade.Faults)
	v.Answer(w, p.Status, dcsa.Refusal{
		Method: r.Method, URI: r.URL.RequestURI(), Status: p.Status, Text: http.StatusText(p.Status), Why: p.Title + " " + p.Detail,
		At: time.Now(), Faults: faults,
	}.JSON())
}
