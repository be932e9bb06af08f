package intake

import (
	"net/http"

	"oneorder/internal/service"
	"oneorder/internal/trade"
)

// Status is what became of one event.
type Status string

// The statuses.
const (
	Accepted  Status = "accepted"  // stored by the broker
	Duplicate Status = "duplicate" // stored before, by an earlier request
	Rejected  Status = "rejected"  // the event is at fault; Faults say why
	Failed    Status = "failed"    // not known to be stored; send it again, repeats are harmless
)

// Outcome is what became of one event of a request.
type Outcome struct {
	Index    int          `json:"index"` // place in the request, from 0
	ID       string       `json:"id,omitempty"`
	Source   string       `json:"source,omitempty"`
	Status   Status       `json:"status"`
	Sequence uint64       `json:"sequence,omitempty"` // in the stream EVENTS
	Reason   string       `json:"reason,omitempty"`   // of a failure
	Faults   trade.Faults `json:"faults,omitempty"`
}

// Answer is the body of an answer to POST /events. With status 202 every event that is not rejected has
// been stored; with 400 none was; with 503 some are not known to be. Title and Code make the error answers
// RFC 9457 problem details.
type Answer struct {
	Title     string    `json:"title,omitempty"`
	Code      int       `json:"status,omitempty"`
	Accepted  int       `json:"accepted"`
	Duplicate int       `json:"duplicate"`
	Rejected  int       `json:"rejected"`
	Failed    int       `json:"failed"`
	Events    []Outcome `json:"events"`
}

func answer(outcomes []Outcome) Answer {
	a := Answer{Events: outcomes}
	for i := range outcomes {
		switch outcomes[i].Status {
		case Accepted:
			a.Accepted++
		case Duplicate:
			a.Duplicate++
		case Rejected:
			a.Rejected++
		case Failed:
			a.Failed++
		}
	}
	switch {
	case a.Failed > 0:
		a.Title, a.Code = "not every event is known to be stored: send the request again", http.StatusServiceUnavailable
	case a.Accepted+a.Duplicate == 0:
		a.Title, a.Code = "no event was accepted", http.StatusBadRequest
	}
	return a
}

// write answers with the outcomes.
func (a Answer) write(w http.ResponseWriter) {
	status := a.Code
	media := service.ProblemMedia
	if status == 0 {
		status, media = http.StatusAccepted, service.JSONMedia
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", seconds(behind))
	}
	service.WriteJSON(w, status, media, a)
}
