package trade_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/intake"
	"oneorder/internal/stream"
	"oneorder/services/trade"
)

// platform is the service as a platform or a carrier sees it.
type platform struct {
	t    *testing.T
	conn *stream.Conn
	mux  *http.ServeMux
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	return platformWith(t, trade.Default())
}

func platformWith(t *testing.T, config trade.Config) *platform {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: "trade"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{EventsBytes: 64 << 20, InboxBytes: 32 << 20, RejectedBytes: 32 << 20}); err != nil {
		t.Fatal(err)
	}
	p := &platform{t: t, conn: conn, mux: http.NewServeMux()}
	desk := intake.New(intake.Config{Org: "bole"}, slog.New(slog.DiscardHandler), conn)
	trade.New(config, desk).Routes(p.mux)
	return p
}

func (p *platform) send(method, path, body string) *httptest.ResponseRecorder {
	p.t.Helper()
	request := httptest.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	p.mux.ServeHTTP(answer, request)
	return answer
}

// events counts the stored events.
func (p *platform) events() uint64 {
	p.t.Helper()
	streams, err := p.conn.Streams(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range streams {
		if s.Name == stream.Events {
			return s.Messages
		}
	}
	return 0
}

// said verifies a signed answer by the key that the service tells, and gives its payload.
func (p *platform) said(answer *httptest.ResponseRecorder) map[string]any {
	p.t.Helper()
	var keys struct{ Keys []struct{ X, Kid string } }
	if err := json.Unmarshal(p.send(http.MethodGet, "/v3/envelopes/keys", "").Body.Bytes(), &keys); err != nil || len(keys.Keys) == 0 {
		p.t.Fatalf("keys: %v, %v", keys, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(keys.Keys[0].X)
	if err != nil {
		p.t.Fatal(err)
	}
	var compact string
	if err := json.Unmarshal(answer.Body.Bytes(), &compact); err != nil {
		p.t.Fatalf("answer %d is no signed text: %s", answer.Code, answer.Body)
	}
	parts := strings.Split(compact, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature) {
		p.t.Fatalf("the signature of %s does not fit: %v", compact, err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		p.t.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(payload, &said); err != nil {
		p.t.Fatal(err)
	}
	return said
}

// fixture reads a message of the adapter's own.
func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "internal", "standard", "dcsa", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestEachMessageAboutABillIsAnsweredAsTheStandardSays(t *testing.T) {
	p := newPlatform(t)
	for _, c := range []struct{ method, path, file string }{
		{http.MethodPost, "/v3/shipping-instructions-notifications", "instructions"},
		{http.MethodPost, "/v3/transport-document-notifications", "bill"},
		{http.MethodPut, "/v3/ebl-issuance-requests", "issuance"},
		{http.MethodPost, "/v3/ebl-issuance-responses", "issuance-response"},
		{http.MethodPost, "/v3/ebl-surrender-requests", "surrender"},
		{http.MethodPost, "/v3/ebl-surrender-responses", "surrender-answer"},
	} {
		before := p.events()
		answer := p.send(c.method, c.path, fixture(t, c.file))
		if answer.Code != http.StatusNoContent || answer.Body.Len() != 0 || answer.Header().Get("API-Version") != "3.0.4" {
			t.Errorf("%s: %d %v %s", c.path, answer.Code, answer.Header(), answer.Body)
		}
		if p.events() == before {
			t.Errorf("%s stored no event", c.path)
		}
		other := "bill"
		if c.file == "bill" {
			other = "surrender"
		}
		refused := p.send(c.method, c.path, fixture(t, other))
		var body struct {
			HTTPMethod, RequestURI, StatusCodeText, ErrorDateTime string
			StatusCode                                            int
			Errors                                                []struct{ ErrorCodeText, ErrorCodeMessage string }
		}
		if err := json.Unmarshal(refused.Body.Bytes(), &body); err != nil || refused.Code != http.StatusBadRequest || body.StatusCode != 400 ||
			body.HTTPMethod != c.method || body.RequestURI != c.path || body.ErrorDateTime == "" || len(body.Errors) != 1 || body.Errors[0].ErrorCodeText != "not_an_event_document" {
			t.Errorf("%s with another message: %d %s, %v", c.path, refused.Code, refused.Body, err)
		}
	}
}

func TestATransferIsAnsweredAsAReceivingPlatformDoes(t *testing.T) {
	p := newPlatform(t)
	whole := fixture(t, "envelope")
	first := p.send(http.MethodPost, "/v3/envelopes", whole)
	if said := p.said(first); first.Code != http.StatusOK || said["responseCode"] != "RECE" {
		t.Fatalf("first: %d %v", first.Code, said)
	}
	stored := p.events()
	if stored != 5 {
		t.Errorf("%d events, want 4 transactions and the envelope", stored)
	}
	again := p.send(http.MethodPost, "/v3/envelopes", whole)
	if said := p.said(again); again.Code != http.StatusOK || said["responseCode"] != "DUPE" || said["duplicateOfAcceptedEnvelopeTransferChainEntrySignedContent"] == "" {
		t.Errorf("again: %d %v", again.Code, said)
	}
	if p.events() != stored {
		t.Errorf("the same envelope made %d events more", p.events()-stored)
	}
	var envelope map[string]any
	if err := json.Unmarshal([]byte(whole), &envelope); err != nil {
		t.Fatal(err)
	}
	chain := envelope["envelopeTransferChain"].([]any)
	envelope["envelopeTransferChain"] = []any{chain[1], chain[0]}
	turned, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	bad := p.send(http.MethodPost, "/v3/envelopes", string(turned))
	if said := p.said(bad); bad.Code != http.StatusUnprocessableEntity || said["responseCode"] != "BENV" || !strings.Contains(said["reason"].(string), "chain_broken") {
		t.Errorf("turned around: %d %v", bad.Code, said)
	}
	if none := p.send(http.MethodPost, "/v3/envelopes", `{"limit":1}`); none.Code != http.StatusBadRequest || !strings.Contains(none.Body.String(), `"errors":[`) {
		t.Errorf("none: %d %s", none.Code, none.Body)
	}
	if p.events() != stored {
		t.Errorf("bad envelopes made events")
	}
	if unknown := p.send(http.MethodPost, "/v3/receiver-validation", `{"codeListProvider":"GLEIF","partyCode":"1"}`); unknown.Code != http.StatusNotFound {
		t.Errorf("receiver: %d %s", unknown.Code, unknown.Body)
	}
}

// announcing is an envelope whose manifest announces a file, and the checksum of the file.
func announcing(t *testing.T, file string) (body, checksum string) {
	t.Helper()
	var envelope map[string]any
	if err := json.Unmarshal([]byte(fixture(t, "envelope-first")), &envelope); err != nil {
		t.Fatal(err)
	}
	manifest := strings.Split(envelope["envelopeManifestSignedContent"].(string), ".")
	payload, err := base64.RawURLEncoding.DecodeString(manifest[1])
	if err != nil {
		t.Fatal(err)
	}
	announced := strings.TrimSuffix(string(payload), "}") + `,"supportingDocuments":[{"name":"a.pdf","size":22,"mediaType":"application/pdf","documentChecksum":"` + digestOf(file) + `"}]}`
	envelope["envelopeManifestSignedContent"] = manifest[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(announced)) + "." + manifest[2]
	text, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), digestOf(file)
}

func TestATransferWithDocumentsIsFinishedWhenTheyAreAllThere(t *testing.T) {
	p := newPlatform(t)
	const file = "%PDF-1.7 an inspection"
	body, _ := announcing(t, file)
	started := p.send(http.MethodPost, "/v3/envelopes", body)
	var start struct {
		EnvelopeReference                  string
		MissingAdditionalDocumentChecksums []string
	}
	if err := json.Unmarshal(started.Body.Bytes(), &start); err != nil || started.Code != http.StatusCreated || len(start.MissingAdditionalDocumentChecksums) != 1 {
		t.Fatalf("started: %d %s, %v", started.Code, started.Body, err)
	}
	at := "/v3/envelopes/" + start.EnvelopeReference
	early := p.send(http.MethodPut, at+"/finish-transfer", "")
	if said := p.said(early); early.Code != http.StatusConflict || said["responseCode"] != "MDOC" {
		t.Errorf("too early: %d %v", early.Code, said)
	}
	document := at + "/additional-documents/" + digestOf(file)
	wrong := p.send(http.MethodPut, document, `"`+base64.StdEncoding.EncodeToString([]byte("another"))+`"`)
	if said := p.said(wrong); wrong.Code != http.StatusConflict || said["responseCode"] != "INCD" {
		t.Errorf("another document: %d %v", wrong.Code, said)
	}
	stray := p.send(http.MethodPut, at+"/additional-documents/"+digestOf("stray"), `"c3RyYXk="`)
	if said := p.said(stray); stray.Code != http.StatusConflict || said["responseCode"] != "INCD" {
		t.Errorf("not announced: %d %v", stray.Code, said)
	}
	for range 2 {
		if sent := p.send(http.MethodPut, document, `"`+base64.StdEncoding.EncodeToString([]byte(file))+`"`); sent.Code != http.StatusNoContent {
			t.Errorf("document: %d %s", sent.Code, sent.Body)
		}
	}
	done := p.send(http.MethodPut, at+"/finish-transfer", "")
	if said := p.said(done); done.Code != http.StatusOK || said["responseCode"] != "RECE" || len(said["receivedAdditionalDocumentChecksums"].([]any)) != 1 {
		t.Errorf("done: %d %v", done.Code, said)
	}
	if lost := p.send(http.MethodPut, "/v3/envelopes/nowhere/finish-transfer", ""); lost.Code != http.StatusNotFound {
		t.Errorf("unknown: %d %s", lost.Code, lost.Body)
	}
}

// What was signed before can still be verified by who asks for the keys afterwards.
func TestWhileTheKeyIsRotatedBothAreToldAndTheNewOneSigns(t *testing.T) {
	seeds := []string{strings.Repeat("n", 32), strings.Repeat("o", 32)}
	config := trade.Default()
	config.PINTKey = base64.StdEncoding.EncodeToString([]byte(seeds[0])) + "," + base64.StdEncoding.EncodeToString([]byte(seeds[1]))
	p := platformWith(t, config)
	var keys struct{ Keys []struct{ X, Kid string } }
	if err := json.Unmarshal(p.send(http.MethodGet, "/v3/envelopes/keys", "").Body.Bytes(), &keys); err != nil || len(keys.Keys) != 2 || keys.Keys[0].Kid == keys.Keys[1].Kid {
		t.Fatalf("keys: %v, %v", keys, err)
	}
	for i, seed := range seeds {
		if want := base64.RawURLEncoding.EncodeToString(ed25519.NewKeyFromSeed([]byte(seed)).Public().(ed25519.PublicKey)); keys.Keys[i].X != want {
			t.Errorf("key %d is %s, want %s", i, keys.Keys[i].X, want)
		}
	}
	if said := p.said(p.send(http.MethodPost, "/v3/envelopes", fixture(t, "envelope"))); said["responseCode"] != "RECE" { // by the first key
		t.Errorf("answered %v", said)
	}
}

func TestAKeyThatIsNoneIsTold(t *testing.T) {
	seed := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for key, sound := range map[string]bool{"": true, "AAAA": false, "?": false, seed: true, seed + "," + seed: true, seed + ",": false, seed + ",AAAA": false} {
		config := trade.Default()
		config.PINTKey = key
		if err := config.Validate(); (err == nil) != sound {
			t.Errorf("%q: %v", key, err)
		}
	}
}
