package customs_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/services/customs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const data = `{"references":[{"kind":"declaration","value":"800120260000123456"}],"customs":{"territory":"CN","direction":"export"}}`

func connect(t *testing.T) *stream.Conn {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: "customs"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{EventsBytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestTakesTheEventsOfItsDomainAndNoOthers(t *testing.T) {
	conn := connect(t)
	config := customs.Default()
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	desk := intake.New(intake.Config{}, slog.New(slog.DiscardHandler), conn)
	var component service.Component = customs.New(config, desk)
	mux := http.NewServeMux()
	desk.Routes(mux)
	component.(service.Router).Routes(mux)

	for eventType, want := range map[string]int{"customs.goods.cleared": http.StatusAccepted, "finance.payment.settled": http.StatusBadRequest} {
		body := fmt.Sprintf(`{"specversion":"1.0","id":"1","source":"urn:oneorder:org:acme","type":%q,"time":"2026-09-11T08:15:00Z","data":%s}`, eventType, data)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/events", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/cloudevents+json")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("%s: status %d, want %d: %s", eventType, answer.Code, want, answer.Body)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := component.Run(ctx); err != nil {
		t.Errorf("run: %v", err)
	}
	if err := component.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
	if component.Name() != "customs" {
		t.Errorf("name %q", component.Name())
	}
}

func TestEachFormatHasItsRoute(t *testing.T) {
	config := customs.Default()
	if len(config.Formats) == 0 || len(config.Endpoints) != len(config.Formats) {
		t.Fatalf("%d formats, %d routes", len(config.Formats), len(config.Endpoints))
	}
	conn := connect(t)
	mux := http.NewServeMux()
	customs.New(config, intake.New(intake.Config{Org: "broker"}, slog.New(slog.DiscardHandler), conn)).Routes(mux)
	const response = `<Response><FunctionCode>09</FunctionCode><FunctionalReferenceID>1</FunctionalReferenceID>` +
		`<IssueDateTime>20260917083005Z</IssueDateTime><Declaration><ID>26DE4851AAAAAAAAA8</ID></Declaration></Response>`
	for path, want := range map[string]string{
		"/documents/wco-response":    `{"events":1,"duplicate":0}`,
		"/documents/wco-declaration": "not_an_event_document",
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(response))
		request.Header.Set("Content-Type", "application/xml")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%s: status %d, want %s: %s", path, answer.Code, want, answer.Body)
		}
	}
}
