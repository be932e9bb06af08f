package logistics

import (
	"net/http"
	"time"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

// The versions of the standards whose answers these are.
const (
	versionEvents  = "3.0.0"
	versionBooking = "2.0.0"
)

// fedBack answers as Track & Trace 3.0 says of events that were sent: 200, with a feedback element for each fault of an
// event that was left out.
func fedBack(w http.ResponseWriter, taken intake.Taken) {
	write(w, http.StatusOK, versionEvents, dcsa.Feedback(taken.Faults))
}

// refusedEvents answers as Track & Trace 3.0 says when nothing was taken.
func refusedEvents(w http.ResponseWriter, _ *http.Request, p service.Problem) {
	faults, _ := p.Faults.(trade.Faults)
	if len(faults) == 0 {
		write(w, p.Status, versionEvents, dcsa.Failure(p.Title+" "+p.Detail))
		return
	}
	write(w, p.Status, versionEvents, dcsa.Feedback(faults))
}

// notified answers as Booking 2.0 says of a notification: 204.
func notified(w http.ResponseWriter, _ intake.Taken) {
	w.Header().Set("API-Version", versionBooking)
	w.WriteHeader(http.StatusNoContent)
}

func refusedNotification(w http.ResponseWriter, r *http.Request, p service.Problem) {
	faults, _ := p.Faults.(trade.Faults)
	write(w, p.Status, versionBooking, dcsa.Refusal{
		Method: r.Method, URI: r.URL.RequestURI(), Status: p.Status, Text: http.StatusText(p.Status), Why: p.Title + " " + p.Detail,
		At: time.Now(), Faults: faults,
	}.JSON())
}

func write(w http.ResponseWriter, status int, version string, body []byte) {
	w.Header().Set("API-Version", version)
	service.WriteBody(w, status, service.JSONMedia, body)
}
