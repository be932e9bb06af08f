package intake_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/embedded"
	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

const (
	goodMoves = "SITU9070320;BL1;2026-09-11T08:15:00Z\nSITU9070336;BL2;2026-09-11T09:15:00Z\n"
	badMoves  = "SITU9070320;BL1;2026-09-11T08:15:00Z\nno move\nSITU9070336;BL2;yesterday\n"
)

func TestADocumentBecomesEventsOfItsSender(t *testing.T) {
	b := newBench(t, intake.Config{Org: "home"})
	status, _, text := b.post("/moves", "text/plain", goodMoves)
	if status != http.StatusOK || text != `{"events":2,"duplicate":0}`+"\n" {
		t.Fatalf("status %d: %s", status, text)
	}
	if status, _, text = b.post("/moves", "text/plain", goodMoves); status != http.StatusOK || text != `{"events":2,"duplicate":2}`+"\n" {
		t.Errorf("again: status %d: %s", status, text)
	}
	if status, _, text = b.post("/moves?org=sitc", "text/plain", goodMoves); status != http.StatusOK || text != `{"events":2,"duplicate":0}`+"\n" {
		t.Errorf("of another: status %d: %s", status, text)
	}
	subjects := make([]string, 0, 4)
	for _, m := range b.stored(4) {
		subjects = append(subjects, m.Subject)
	}
	home, sitc := "events.home.logistics.equipment.loaded", "events.sitc.logistics.equipment.loaded"
	if diff := cmp.Diff([]string{home, home, sitc, sitc}, subjects); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADocumentAtFaultIsNotTakenInPart(t *testing.T) {
	b := newBench(t, intake.Config{})
	status, header, text := b.post("/moves", "text/plain", badMoves)
	if status != http.StatusBadRequest || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, %s", status, header.Get("Content-Type"))
	}
	for _, want := range []string{`"pointer":"/1"`, `"pointer":"/2"`, "line_malformed", "no move"} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not hold %s: %s", want, text)
		}
	}
	// A document whose events break the event contract is at fault as well.
	status, _, text = b.post("/moves", "text/plain", ";;2026-09-11T08:15:00Z")
	if status != http.StatusBadRequest || !strings.Contains(text, "in event 1 made from the document") {
		t.Errorf("status %d: %s", status, text)
	}
	for _, broken := range []string{"panic", "odd"} {
		if status, _, text = b.post("/moves", "text/plain", broken); status != http.StatusBadRequest || !strings.Contains(text, "conversion_failed") {
			t.Errorf("%s: status %d: %s", broken, status, text)
		}
	}
	if n := b.count(stream.Events); n != 0 {
		t.Errorf("%d events stored", n)
	}
	// Who pushes documents often reads no answers: each is kept, as it came, with all its faults.
	kept := map[string]stream.Rejection{}
	for _, r := range b.rejections(4) {
		kept[string(r.Data)] = r
		if r.Org != "local" || r.Stage != "logistics" || r.Subject != "inbox.local.moves" || r.Sequence != 0 {
			t.Errorf("kept %+v", r)
		}
	}
	if r := kept[badMoves]; len(kept) != 4 || len(r.Faults) != 2 || r.Code != "line_malformed" {
		t.Errorf("%d kept; %+v", len(kept), r)
	}
}

func TestTheInboxIsReadAndRefusalsGoBackWithTheOriginal(t *testing.T) {
	b := newBench(t, intake.Config{})
	b.send("sitc", "moves", goodMoves)
	b.send("sitc", "moves", badMoves)
	b.send("cosco", "moves", "panic")
	b.send("cosco", "other", "a format that nobody reads here")
	b.start()
	got := b.rejections(2)
	want := []stream.Rejection{
		{
			Org: "sitc", Stage: "logistics", Code: "line_malformed", Pointer: "/1", Message: `CONTAINER;BL;time (found "no move")`,
			Faults: trade.Faults{
				{Code: "line_malformed", Pointer: "/1", Value: `"no move"`, Message: "CONTAINER;BL;time"},
				{Code: "line_malformed", Pointer: "/2", Value: `"SITU9070336;BL2;yesterday"`, Message: "CONTAINER;BL;time"},
			},
			Subject: "inbox.sitc.moves", Sequence: 2, Data: []byte(badMoves),
		},
		{
			Org: "cosco", Stage: "logistics", Code: "conversion_failed", Message: "a document that this version can read; please report it",
			Faults:  trade.Faults{{Code: "conversion_failed", Message: "a document that this version can read; please report it"}},
			Subject: "inbox.cosco.moves", Sequence: 3, Data: []byte("panic"),
		},
	}
	options := cmp.Options{
		cmpopts.IgnoreFields(stream.Rejection{}, "ID", "Time", "Received"),
		cmpopts.SortSlices(func(a, b stream.Rejection) bool { return a.Sequence < b.Sequence }),
	}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
	if events := b.stored(2); len(events) != 2 {
		t.Errorf("stored %+v", events)
	}
}

func TestARefusalTooLargeForTheBrokerStillGoesBack(t *testing.T) {
	b := newBench(t, intake.Config{})
	document := "bad;" + strings.Repeat("x", int(b.conn.MaxPayload())-len("bad;")-8)
	b.send("sitc", "moves", document)
	b.start()
	got := b.rejections(1)
	if len(got[0].Data) != 0 || !strings.Contains(got[0].Message, fmt.Sprintf("the message, %d bytes, is too large to be sent back", len(document))) {
		t.Errorf("%d bytes, %q", len(got[0].Data), got[0].Message)
	}
}

func TestAnEndpointChecksWhoSignedAndRepliesItsOwnWay(t *testing.T) {
	conn := connect(t)
	desk := intake.New(intake.Config{}, slog.New(slog.DiscardHandler), conn)
	domain := desk.Open(trade.DomainLogistics, intake.NewMetrics("logistics"), []standard.Format{moves}, []intake.Endpoint{{
		Path: "/moves", Format: moves.Name,
		Verify: func(r *http.Request, _ []byte) error {
			if r.Header.Get("Signed") == "" {
				return errors.New("not signed")
			}
			return nil
		},
		Reply: func(w http.ResponseWriter, taken intake.Taken) { w.WriteHeader(http.StatusNoContent - taken.Duplicate) },
	}})
	mux := http.NewServeMux()
	domain.Routes(mux)
	for i, c := range []struct {
		signed string
		want   int
	}{{"", http.StatusUnauthorized}, {"yes", http.StatusNoContent}} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/moves", strings.NewReader(goodMoves))
		request.Header.Set("Signed", c.signed)
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, request)
		if recorder.Code != c.want {
			t.Errorf("%d: status %d, want %d: %s", i, recorder.Code, c.want, recorder.Body)
		}
	}
}

func TestABrokerThatIsAwayIsToldAndNothingIsLost(t *testing.T) {
	dir := t.TempDir()
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := stream.Connect(t.Context(), stream.Config{URL: broker.URL(), Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{EventsBytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	desk := intake.New(intake.Config{PublishWithin: 200 * time.Millisecond}, slog.New(slog.DiscardHandler), conn)
	desk.Open(trade.DomainLogistics, intake.NewMetrics("logistics"), []standard.Format{moves}, nil)
	mux := http.NewServeMux()
	desk.Routes(mux)
	broker.Stop()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/events", strings.NewReader(loaded("sitc", "e1")))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusServiceUnavailable || recorder.Header().Get("Retry-After") == "" || !strings.Contains(recorder.Body.String(), `"status":"failed"`) {
		t.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
	if desk.Health() == nil {
		t.Error("health says nothing of the broker")
	}
}

func TestConfigurationFaultsAreJoined(t *testing.T) {
	if err := (intake.Config{}).Validate(); err != nil {
		t.Error(err)
	}
	err := intake.Config{Org: "No!", MaxBody: 1, MaxEvents: -1}.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v", err)
	}
	err = intake.ValidateFormats([]standard.Format{moves, moves, {Name: "empty"}}, []intake.Endpoint{{Path: "x", Format: "none"}})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v", err)
	}
}
