// Package logistics is the logistics leg: bookings, equipment moves, conveyances, cargo, readings. It
// takes canonical events of its domain at the desk, and DCSA Track & Trace messages: what a subscriber of
// that standard is pushed, over HTTP and from the inbox.
package logistics

import (
	"net/http"

	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// TrackAndTrace is the path that a DCSA Track & Trace 2.2 publisher is given as its callbackUrl.
const TrackAndTrace = "/dcsa/tnt/v2/events"

// Service is the logistics leg. It is a service.Component with routes and metrics.
type Service struct{ *intake.Domain }

// New opens the logistics domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	endpoints := []intake.Endpoint{{
		Path: TrackAndTrace, Format: formatTrackAndTrace,
		Verify: notificationSignature(config.Secret),
		Reply:  accepted,
	}}
	return &Service{desk.Open(trade.DomainLogistics, newMetrics(), config.Formats, endpoints)}
}

// Routes registers the document routes, and the probe by which some publishers test a callback.
func (s *Service) Routes(mux *http.ServeMux) {
	s.Domain.Routes(mux)
	mux.HandleFunc("HEAD "+TrackAndTrace, func(w http.ResponseWriter, _ *http.Request) { accepted(w, intake.Taken{}) })
}

// accepted answers as DCSA Track & Trace 2.2 says of a callback: "Your server returns this code if it
// accepts the callback", 204.
func accepted(w http.ResponseWriter, _ intake.Taken) {
	w.Header().Set("API-Version", "2.2.0")
	w.WriteHeader(http.StatusNoContent)
}
