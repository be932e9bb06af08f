// Package logistics is the logistics leg: bookings, equipment moves, conveyances, cargo, readings. It
// takes canonical events of its domain at the desk, and the documents of its standards from the inbox and over
// HTTP, where each standard says: DCSA Track & Trace and bookings as their consumers are pushed them, EPCIS at a capture
// interface, ONE Record as events are posted to a logistics object.
package logistics

import (
	"net/http"

	"oneorder/internal/intake"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

// The paths that documents are posted to.
const (
	// TrackAndTrace is what a DCSA Track & Trace 2.2 publisher is given as its callbackUrl.
	TrackAndTrace = "/dcsa/tnt/v2/events"
	// Events is that of a Track & Trace 3.0 event consumer, BookingNotifications that of a DCSA Booking 2.0 consumer.
	Events               = "/v3/events"
	BookingNotifications = "/v2/booking-notifications"
	// Capture and CaptureEvent are those of the EPCIS 2.0 capture interface (12.6 and 12.7).
	Capture      = "/epcis/v2/capture"
	CaptureEvent = "/epcis/v2/events"
	// Objects, ObjectEvents and Notifications are those of the ONE Record API 2.x.
	Objects       = "/onerecord/logistics-objects"
	ObjectEvents  = "/onerecord/logistics-objects/{id}/logistics-events"
	Notifications = "/onerecord/notifications"
)

// Service is the logistics leg. It is a service.Component with routes and metrics.
type Service struct {
	*intake.Domain
	jobs jobs
}

// New opens the logistics domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	s := &Service{jobs: jobs{known: intake.NewRecent[captureJob](maxJobs)}}
	s.Domain = desk.Open(trade.DomainLogistics, newMetrics(), config.Formats, endpoints(config, &s.jobs))
	return s
}

// endpoints are the routes that documents come in by.
func endpoints(config Config, jobs *jobs) []intake.Endpoint {
	return []intake.Endpoint{
		{Path: TrackAndTrace, Format: formatTrackAndTrace, Verify: notificationSignature(config.Secret), Reply: events2.Acknowledge},
		{Path: Events, Format: formatTrackAndTrace, Partial: true, Reply: fedBack, Refuse: refusedEvents},
		{
			Path: BookingNotifications, Format: formatBooking, Convert: dcsa.Accept("BookingNotification"),
			Reply: booking.Acknowledge, Refuse: booking.Refuse,
		},
		{Path: Capture, Format: formatEPCIS, Reply: jobs.captured},
		{Path: CaptureEvent, Format: formatEPCIS, Reply: created},
		{Path: ObjectEvents, Format: formatOneRecord, Reply: created},
		{Path: Objects, Format: formatOneRecord, Reply: created},
		{Path: Notifications, Format: formatOneRecord, Reply: noContent},
	}
}

// Routes registers the document routes, the answers about capture jobs, and the probe by which some publishers
// test a callback.
func (s *Service) Routes(mux *http.ServeMux) {
	s.Domain.Routes(mux)
	mux.HandleFunc("HEAD "+TrackAndTrace, func(w http.ResponseWriter, _ *http.Request) { events2.Acknowledge(w, intake.Taken{}) })
	mux.HandleFunc("GET "+Capture+"/{id}", s.jobs.job)
}

// created answers as EPCIS 2.0 (12.7) and the ONE Record API say of one event or object that was made.
func created(w http.ResponseWriter, _ intake.Taken) { w.WriteHeader(http.StatusCreated) }

// noContent answers as the ONE Record API says of a notification that was received.
func noContent(w http.ResponseWriter, _ intake.Taken) { w.WriteHeader(http.StatusNoContent) }
