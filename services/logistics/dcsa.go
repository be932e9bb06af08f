package logistics

import (
	"net/http"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

// The versions of the standards whose answers these are.
const (
	events3 = intake.DCSA("3.0.0")
	booking = intake.DCSA("2.0.0")
	events2 = intake.DCSA("2.2.0")
)

// fedBack answers as Track & Trace 3.0 says of events that were sent: 200, with a feedback element for each fault of an
// event that was left out.
func fedBack(w http.ResponseWriter, taken intake.Taken) {
	events3.Answer(w, http.StatusOK, dcsa.Feedback(taken.Faults))
}

// refusedEvents answers as Track & Trace 3.0 says when nothing was taken.
func refusedEvents(w http.ResponseWriter, _ *http.Request, p service.Problem) {
	faults, _ := p.Faults.(trade.Faults)
	if len(faults) == 0 {
		events3.Answer(w, p.Status, dcsa.Failure(p.Title+" "+p.Detail))
		return
	}
	events3.Answer(w, p.Status, dcsa.Feedback(faults))
}
