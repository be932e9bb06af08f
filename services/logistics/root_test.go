package logistics_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/intake"
	"oneorder/internal/stream"
	"oneorder/services/logistics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pushed is what a carrier pushes to a subscriber of Track & Trace 2.2: a load and a departure.
const pushed = `[
 {
  "eventID": "6d0f6b1e-52a4-4f0c-9a53-1f0f3f1c9d01",
  "eventType": "EQUIPMENT",
  "eventCreatedDateTime": "2026-09-11T08:20:11Z",
  "eventClassifierCode": "ACT",
  "eventDateTime": "2026-09-11T16:15:00+08:00",
  "equipmentEventTypeCode": "LOAD",
  "equipmentReference": "SITU9070320",
  "ISOEquipmentCode": "45G1",
  "emptyIndicatorCode": "LADEN",
  "documentReferences": [
   {"documentReferenceType": "BKG", "documentReferenceValue": "BK7700123"},
   {"documentReferenceType": "TRD", "documentReferenceValue": "SITGCKSG026001"}
  ],
  "transportCall": {
   "transportCallID": "SITC-MINHE-2617S-CNQZH",
   "exportVoyageNumber": "2617S",
   "UNLocationCode": "CNQZH",
   "modeOfTransport": "VESSEL",
   "vessel": {"vesselIMONumber": "9793911", "vesselName": "SITC MINHE"}
  }
 },
 {
  "eventID": "6d0f6b1e-52a4-4f0c-9a53-1f0f3f1c9d02",
  "eventType": "TRANSPORT",
  "eventCreatedDateTime": "2026-09-12T02:00:00Z",
  "eventClassifierCode": "ACT",
  "eventDateTime": "2026-09-12T09:40:00+08:00",
  "transportEventTypeCode": "DEPA",
  "documentReferences": [{"documentReferenceType": "TRD", "documentReferenceValue": "SITGCKSG026001"}],
  "transportCall": {
   "transportCallID": "SITC-MINHE-2617S-CNQZH",
   "exportVoyageNumber": "2617S",
   "UNLocationCode": "CNQZH",
   "modeOfTransport": "VESSEL",
   "vessel": {"vesselIMONumber": "9793911", "vesselName": "SITC MINHE"}
  }
 }
]`

type bench struct {
	t       *testing.T
	conn    *stream.Conn
	service *logistics.Service
	mux     *http.ServeMux
}

func newBench(t *testing.T, config logistics.Config) *bench {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: "logistics"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{EventsBytes: 64 << 20, InboxBytes: 32 << 20, RejectedBytes: 32 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	desk := intake.New(intake.Config{Org: "sitc"}, slog.New(slog.DiscardHandler), conn)
	b := &bench{t: t, conn: conn, service: logistics.New(config, desk), mux: http.NewServeMux()}
	desk.Routes(b.mux)
	b.service.Routes(b.mux)
	return b
}

func (b *bench) push(method, body string, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	request := httptest.NewRequestWithContext(b.t.Context(), method, logistics.TrackAndTrace, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	b.mux.ServeHTTP(answer, request)
	return answer
}

// waitFor polls until the stream holds n messages.
func (b *bench) waitFor(name string, n uint64) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	for {
		streams, err := b.conn.Streams(deadline)
		if err != nil {
			b.t.Fatal(err)
		}
		var have uint64
		for _, s := range streams {
			if s.Name == name {
				have = s.Messages
			}
		}
		if have == n {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.Done():
			b.t.Fatalf("%s holds %d messages, want %d", name, have, n)
		}
	}
}

func TestAPushIsAnsweredAsTheStandardSays(t *testing.T) {
	b := newBench(t, logistics.Default())
	answer := b.push(http.MethodPost, pushed)
	if answer.Code != http.StatusNoContent || answer.Body.Len() != 0 || answer.Header().Get("API-Version") != "2.2.0" {
		t.Fatalf("status %d, %v: %s", answer.Code, answer.Header(), answer.Body)
	}
	b.waitFor(stream.Events, 2)
	if again := b.push(http.MethodPost, pushed); again.Code != http.StatusNoContent {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	b.waitFor(stream.Events, 2)
	if probe := b.push(http.MethodHead, ""); probe.Code != http.StatusNoContent {
		t.Errorf("probe: %d", probe.Code)
	}
}

func TestAWrongPushIsAnsweredWithEachFaultAndNotTaken(t *testing.T) {
	b := newBench(t, logistics.Default())
	wrong := strings.Replace(strings.Replace(pushed, `"LOAD"`, `17`, 1), `"2026-09-12T09:40:00+08:00"`, `"soon"`, 1)
	answer := b.push(http.MethodPost, wrong)
	if answer.Code != http.StatusBadRequest {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	for _, want := range []string{"/0/equipmentEventTypeCode", "/1/eventDateTime"} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("the answer does not name %s: %s", want, answer.Body)
		}
	}
	b.waitFor(stream.Events, 0)
}

func TestASubscriptionWithASecretTakesSignedPushesOnly(t *testing.T) {
	secret := []byte("a secret of the subscription")
	config := logistics.Default()
	config.Secret = base64.StdEncoding.EncodeToString(secret)
	b := newBench(t, config)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(pushed))
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for _, c := range []struct {
		name, body string
		header     []string
		want       int
	}{
		{"unsigned", pushed, nil, http.StatusUnauthorized},
		{"signed with another algorithm", pushed, []string{"Notification-Signature", "md5=00"}, http.StatusUnauthorized},
		{"signed, then changed", pushed + " ", []string{"Notification-Signature", signature}, http.StatusUnauthorized},
		{"signed", pushed, []string{"Notification-Signature", signature}, http.StatusNoContent},
	} {
		t.Run(c.name, func(t *testing.T) {
			if answer := b.push(http.MethodPost, c.body, c.header...); answer.Code != c.want {
				t.Errorf("status %d, want %d: %s", answer.Code, c.want, answer.Body)
			}
		})
	}
}

func TestWhileTheSecretIsRotatedThatOfBeforeIsTakenToo(t *testing.T) {
	secrets := [][]byte{[]byte("a new secret of the subscription"), []byte("a secret of the subscription"), []byte("a secret of long before")}
	config := logistics.Default()
	config.Secret = base64.StdEncoding.EncodeToString(secrets[0]) + "," + base64.StdEncoding.EncodeToString(secrets[1])
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, config)
	for i, want := range []int{http.StatusNoContent, http.StatusNoContent, http.StatusUnauthorized} {
		mac := hmac.New(sha256.New, secrets[i])
		mac.Write([]byte(pushed))
		if answer := b.push(http.MethodPost, pushed, "Notification-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil))); answer.Code != want {
			t.Errorf("signed with secret %d: status %d, want %d: %s", i, answer.Code, want, answer.Body)
		}
	}
	for _, bad := range []string{config.Secret + ",", config.Secret + ",c2hvcnQ=", "?," + config.Secret} {
		config := logistics.Default()
		config.Secret = bad
		if err := config.Validate(); err == nil {
			t.Errorf("the secrets %q are taken", bad)
		}
	}
}

func TestTheInboxTakesTheSameMessages(t *testing.T) {
	b := newBench(t, logistics.Default())
	receipts, err := b.conn.Publisher(stream.PublisherConfig{}).Publish(t.Context(), []stream.Outgoing{
		{Subject: "inbox.sitc.dcsa-tnt", Data: []byte(pushed)},
		{Subject: "inbox.sitc.dcsa-tnt", Data: []byte(`{"errors": []}`)},
	})
	if err != nil || receipts[0].Err != nil || receipts[1].Err != nil {
		t.Fatal(err, receipts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.service.Run(ctx) }()
	b.waitFor(stream.Events, 2)
	b.waitFor(stream.Rejected, 1)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCorpusMessagesArePushed(t *testing.T) {
	corpus := os.Getenv("ONEORDER_CORPUS")
	if corpus == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("ONEORDER_CORPUS is not set")
		}
		t.Skip("ONEORDER_CORPUS is not set: no DCSA messages that others wrote are pushed")
	}
	b := newBench(t, logistics.Default())
	body, err := os.ReadFile(filepath.Join(corpus, "dcsa", "conformance-messages", "tnt", "tnt-220-response.json"))
	if err != nil {
		t.Fatal(err)
	}
	if answer := b.push(http.MethodPost, string(body)); answer.Code != http.StatusNoContent {
		t.Errorf("status %d: %s", answer.Code, answer.Body)
	}
}

func TestConfigFaultsAreNamed(t *testing.T) {
	for secret, want := range map[string]string{"c2hvcnQ=": "has 5 bytes", "???": "illegal base64"} {
		config := logistics.Default()
		config.Secret = secret
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", secret, err)
		}
	}
	if err := (logistics.Config{}).Validate(); err == nil {
		t.Error("a service without its format is taken")
	}
}
