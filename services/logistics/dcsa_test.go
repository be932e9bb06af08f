package logistics_test

import (
	"net/http"
	"strings"
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/stream"
	"oneorder/services/logistics"
)

const (
	departure3 = `{"eventID":"d-1","eventDateTime":"2026-09-12T01:40:00Z","eventUpdatedDateTime":"2026-09-12T02:00:00Z",` +
		`"eventClassification":{"eventTypeCode":"TRANSPORT","eventClassifierCode":"ACT","transportEventTypeCode":"DEPA"},` +
		`"shipmentDetails":{"documentReference":{"typeCode":"TRD","reference":"SITGCKSG026001"}}}`
	confirmed = `{"specversion":"1.0","id":"n-1","source":"https://carrier.example","type":"org.dcsa.booking.v2","time":"2026-09-01T02:00:00Z",` +
		`"datacontenttype":"application/json","subscriptionReference":"s-1","data":{"bookingStatus":"CONFIRMED","carrierBookingReference":"BK7700123"}}`
)

func TestEventsOfVersion3AreTakenInPart(t *testing.T) {
	b := newBench(t, logistics.Default())
	wrong := strings.Replace(departure3, `"2026-09-12T01:40:00Z"`, `"soon"`, 1)
	for _, c := range []struct {
		fact, body string
		status     int
		holds      []string
		events     uint64
	}{
		{"a sound event", `{"events":[` + departure3 + `]}`, http.StatusOK, []string{`{"feedbackElements":[]}`}, 1},
		{"none", `{"events":[]}`, http.StatusOK, []string{`{"feedbackElements":[]}`}, 1},
		{
			"a sound and a wrong one", `{"events":[` + strings.Replace(departure3, "d-1", "d-2", 1) + `,` + wrong + `]}`, http.StatusOK,
			[]string{`"severity":"ERROR"`, `"propertyPath":"$.events[1].eventDateTime"`, `time_malformed`},
			2,
		},
		{"a wrong one", `{"events":[` + wrong + `]}`, http.StatusBadRequest, []string{`"propertyPath":"$.events[0].eventDateTime"`}, 2},
		{"no events", `{"limit":1}`, http.StatusBadRequest, []string{`not_an_event_document`, `"severity":"ERROR"`}, 2},
		{"no JSON", `{`, http.StatusBadRequest, []string{`json_syntax`}, 2},
	} {
		t.Run(c.fact, func(t *testing.T) {
			answer := b.send(http.MethodPost, logistics.Events, c.body)
			if answer.Code != c.status || answer.Header().Get("API-Version") != "3.0.0" || answer.Header().Get("Content-Type") != "application/json" {
				t.Errorf("status %d, %v: %s", answer.Code, answer.Header(), answer.Body)
			}
			for _, part := range c.holds {
				if !strings.Contains(answer.Body.String(), part) {
					t.Errorf("no %s in %s", part, answer.Body)
				}
			}
			b.waitFor(stream.Events, c.events)
		})
	}
}

func TestABookingNotificationIsAnsweredAsItsStandardSays(t *testing.T) {
	b := newBench(t, logistics.Default())
	if answer := b.send(http.MethodPost, logistics.BookingNotifications, confirmed); answer.Code != http.StatusNoContent || answer.Body.Len() != 0 {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	b.waitFor(stream.Events, 1)
	answer := b.send(http.MethodPost, logistics.BookingNotifications, strings.Replace(confirmed, `"CONFIRMED"`, `1`, 1))
	for _, part := range []string{
		`"httpMethod":"POST"`, `"requestUri":"/v2/booking-notifications"`, `"statusCode":400`, `"statusCodeText":"Bad Request"`,
		`"jsonPath":"$.data.bookingStatus"`, `"errorCodeText":"mistyped"`,
	} {
		if !strings.Contains(answer.Body.String(), part) {
			t.Errorf("no %s in %s", part, answer.Body)
		}
	}
	if other := b.send(http.MethodPost, logistics.BookingNotifications, departure3); other.Code != http.StatusBadRequest {
		t.Errorf("an event is no booking notification: %d %s", other.Code, other.Body)
	}
	b.waitFor(stream.Events, 1)
}

func TestEachAnswerToEventsIsOneOfTheDefinition(t *testing.T) {
	api := conformance.Definition(t, "TNT_v3.0.0.yaml")
	b := newBench(t, logistics.Default())
	wrong := strings.Replace(departure3, `"2026-09-12T01:40:00Z"`, `"soon"`, 1)
	for _, body := range []string{
		`{"events":[` + departure3 + `]}`, `{"events":[]}`, `{"events":[` + departure3 + `,` + wrong + `]}`, `{"events":[` + wrong + `]}`, `{"limit":1}`, `{`,
	} {
		answer := b.send(http.MethodPost, logistics.Events, body)
		api.Answered(t, http.MethodPost, "/events", answer.Result(), answer.Body.Bytes())
	}
}
