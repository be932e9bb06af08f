package logistics_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"oneorder/services/logistics"
)

const observed = `{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"ObjectEvent",
 "eventID":"urn:uuid:8f1f2ad2-6f1e-4f0c-9c5b-0f3a4f0a7b11","eventTime":"2026-09-11T08:15:00Z","eventTimeZoneOffset":"+08:00",
 "action":"OBSERVE","bizStep":"arriving","epcList":["urn:epc:id:bic:SITU9070320"]}`

func (b *bench) send(method, path, body string) *httptest.ResponseRecorder {
	b.t.Helper()
	request := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/ld+json")
	answer := httptest.NewRecorder()
	b.mux.ServeHTTP(answer, request)
	return answer
}

func TestACaptureIsAcceptedAndItsJobCanBeAskedAfter(t *testing.T) {
	b := newBench(t, logistics.Default())
	answer := b.send(http.MethodPost, logistics.Capture, observed)
	if answer.Code != http.StatusAccepted || answer.Header().Get("GS1-EPCIS-Version") == "" {
		t.Fatalf("capture: %d %v\n%s", answer.Code, answer.Header(), answer.Body)
	}
	b.waitFor("EVENTS", 1)
	job := b.send(http.MethodGet, answer.Header().Get("Location"), "")
	var told struct {
		CaptureID string
		Running   *bool
		Success   bool
		Errors    []string
	}
	if err := json.Unmarshal(job.Body.Bytes(), &told); err != nil || job.Code != http.StatusOK {
		t.Fatalf("job: %d, %v\n%s", job.Code, err, job.Body)
	}
	if told.Running == nil || *told.Running || !told.Success || told.Errors == nil || !strings.HasSuffix(answer.Header().Get("Location"), told.CaptureID) {
		t.Errorf("job: %s", job.Body)
	}
	if unknown := b.send(http.MethodGet, logistics.Capture+"/nothing", ""); unknown.Code != http.StatusNotFound {
		t.Errorf("unknown job: %d", unknown.Code)
	}
}

func TestAWrongCaptureStoresNothing(t *testing.T) {
	b := newBench(t, logistics.Default())
	answer := b.send(http.MethodPost, logistics.Capture, strings.Replace(observed, "OBSERVE", "CREATE", 1))
	if answer.Code != http.StatusBadRequest || !strings.Contains(answer.Body.String(), `"pointer":"/action"`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestDocumentsComeInAtThePathsOfTheirStandards(t *testing.T) {
	b := newBench(t, logistics.Default())
	departed := `{"@context":{"cargo":"https://onerecord.iata.org/ns/cargo#"},"@type":"cargo:LogisticsEvent","cargo:eventDate":"2026-09-11T10:38:00Z",
	 "cargo:eventCode":{"@id":"https://onerecord.iata.org/ns/code-lists/StatusCode#DEP"},"cargo:eventFor":{"@type":"cargo:Shipment","@id":"https://1r.example/s-1"}}`
	for i, c := range []struct {
		path, body string
		want       int
	}{
		{logistics.CaptureEvent, observed, http.StatusCreated},
		{strings.Replace(logistics.ObjectEvents, "{id}", "s-1", 1), departed, http.StatusCreated},
		{logistics.Objects, strings.Replace(departed, "10:38", "10:39", 1), http.StatusCreated},
		{logistics.Notifications, `{"@type":"api:Notification","api:hasLogisticsObject":{"@type":"cargo:Shipment","cargo:events":[` + strings.Replace(departed, "10:38", "10:40", 1) + `]}}`, http.StatusNoContent},
	} {
		if answer := b.send(http.MethodPost, c.path, c.body); answer.Code != c.want {
			t.Errorf("%s: %d, want %d\n%s", c.path, answer.Code, c.want, answer.Body)
		}
		b.waitFor("EVENTS", uint64(i+1))
	}
}
