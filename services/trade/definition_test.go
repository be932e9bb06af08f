package trade_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"oneorder/internal/standard/conformance"
)

func TestEachAnswerIsOneOfTheDefinitions(t *testing.T) {
	bill, issuance := conformance.Definition(t, "EBL_v3.0.4.yaml"), conformance.Definition(t, "EBL_ISS_v3.0.4.yaml")
	surrender := conformance.Definition(t, "EBL_SUR_v3.0.4.yaml")
	p := newPlatform(t)
	for _, c := range []struct {
		api                conformance.API
		method, path, file string
		again              int // the status of the same message once more
	}{
		{bill, http.MethodPost, "/v3/shipping-instructions-notifications", "instructions", http.StatusNoContent},
		{bill, http.MethodPost, "/v3/transport-document-notifications", "bill", http.StatusNoContent},
		{issuance, http.MethodPut, "/v3/ebl-issuance-requests", "issuance", http.StatusConflict},
		{issuance, http.MethodPost, "/v3/ebl-issuance-responses", "issuance-response", http.StatusNoContent},
		{surrender, http.MethodPost, "/v3/ebl-surrender-requests", "surrender", http.StatusNoContent},
		{surrender, http.MethodPost, "/v3/ebl-surrender-responses", "surrender-answer", http.StatusConflict},
	} {
		message := fixture(t, c.file)
		bodies := []struct {
			text string
			want int
		}{
			{message, http.StatusNoContent},
			{message, c.again},
			{`{"limit":1}`, http.StatusBadRequest},
			{`{`, http.StatusBadRequest},
			{strings.Replace(message, `"`, `"\ud800`, 1), http.StatusBadRequest},
			{strings.Repeat(" ", 9<<20), http.StatusRequestEntityTooLarge},
		}
		for _, b := range bodies {
			answer := p.send(c.method, c.path, b.text)
			if answer.Code != b.want {
				t.Errorf("%s: %d, want %d: %s", c.path, answer.Code, b.want, answer.Body)
			}
			c.api.Answered(t, c.method, c.path, answer.Result(), answer.Body.Bytes())
		}
	}
}

func TestABillIsIssuedOnceUntilThePlatformRefusesOrTheCarrierHasItBack(t *testing.T) {
	p := newPlatform(t)
	request := fixture(t, "issuance")
	var read struct {
		Document struct{ TransportDocumentReference string }
	}
	if err := json.Unmarshal([]byte(request), &read); err != nil {
		t.Fatal(err)
	}
	number := read.Document.TransportDocumentReference
	send := func(method, path, body string, want int) {
		t.Helper()
		if answer := p.send(method, path, body); answer.Code != want {
			t.Fatalf("%s: %d, want %d: %s", path, answer.Code, want, answer.Body)
		}
	}
	issue := func(want int) {
		t.Helper()
		send(http.MethodPut, "/v3/ebl-issuance-requests", request, want)
	}
	surrender := func(reference, verdict string, want int) {
		t.Helper()
		send(http.MethodPost, "/v3/ebl-surrender-responses", `{"surrenderRequestReference":"`+reference+`","action":"`+verdict+`"}`, want)
	}
	respond := func(code string) {
		t.Helper()
		send(http.MethodPost, "/v3/ebl-issuance-responses", `{"transportDocumentReference":"`+number+`","issuanceResponseCode":"`+code+`"}`, http.StatusNoContent)
	}
	send(http.MethodPut, "/v3/ebl-issuance-requests", strings.Replace(request, `"carrierCode"`, `"x"`, 1), http.StatusBadRequest)
	issue(http.StatusNoContent)
	issue(http.StatusConflict)
	respond("REFU")
	issue(http.StatusNoContent)
	respond("ISSU")
	issue(http.StatusConflict)

	var asked map[string]any
	if err := json.Unmarshal([]byte(fixture(t, "surrender")), &asked); err != nil {
		t.Fatal(err)
	}
	for _, reference := range []string{"SRR-00001", "SRR-00002"} {
		asked["transportDocumentReference"], asked["surrenderRequestReference"] = number, reference
		body, err := json.Marshal(asked)
		if err != nil {
			t.Fatal(err)
		}
		send(http.MethodPost, "/v3/ebl-surrender-requests", string(body), http.StatusNoContent)
	}
	surrender("SRR-00001", "SREJ", http.StatusNoContent)
	surrender("SRR-00001", "SURR", http.StatusConflict)
	issue(http.StatusConflict)
	surrender("SRR-00002", "SURR", http.StatusNoContent)
	issue(http.StatusNoContent)
}

func TestEachAnswerToATransferIsOneOfTheDefinition(t *testing.T) {
	api := conformance.Definition(t, "EBL_PINT_v3.0.0.yaml")
	p := newPlatform(t)
	const envelopes = "/v3/envelopes"
	check := func(method, path string, answer *httptest.ResponseRecorder, want int) {
		t.Helper()
		if answer.Code != want {
			t.Errorf("%s: %d, want %d: %s", path, answer.Code, want, answer.Body)
		}
		api.Answered(t, method, path, answer.Result(), answer.Body.Bytes())
		var compact string
		if json.Unmarshal(answer.Body.Bytes(), &compact) == nil {
			payload, err := base64.RawURLEncoding.DecodeString(strings.Split(compact, ".")[1])
			if err != nil {
				t.Fatal(err)
			}
			api.Valid(t, "EnvelopeTransferFinishedResponse", payload)
		}
	}
	whole := fixture(t, "envelope")
	for _, c := range []struct {
		body string
		want int
	}{
		{whole, http.StatusOK}, {whole, http.StatusOK}, {`{}`, http.StatusBadRequest}, {`[`, http.StatusBadRequest},
	} {
		check(http.MethodPost, envelopes, p.send(http.MethodPost, envelopes, c.body), c.want)
	}
	body, file := announcing(t, "%PDF-1.7 an inspection")
	started := p.send(http.MethodPost, envelopes, body)
	check(http.MethodPost, envelopes, started, http.StatusCreated)
	var start struct{ EnvelopeReference string }
	if err := json.Unmarshal(started.Body.Bytes(), &start); err != nil {
		t.Fatal(err)
	}
	const documents, finish = envelopes + "/{envelopeReference}/additional-documents/{documentChecksum}", envelopes + "/{envelopeReference}/finish-transfer"
	for _, c := range []struct {
		path, reference, body string
		want                  int
	}{
		{finish, start.EnvelopeReference, "", http.StatusConflict},
		{documents, start.EnvelopeReference, `"YW5vdGhlcg=="`, http.StatusConflict},
		{documents, "nowhere", `"YW5vdGhlcg=="`, http.StatusNotFound},
		{documents, start.EnvelopeReference, `"` + base64.StdEncoding.EncodeToString([]byte("%PDF-1.7 an inspection")) + `"`, http.StatusNoContent},
		{finish, start.EnvelopeReference, "", http.StatusOK},
		{finish, "nowhere", "", http.StatusNotFound},
	} {
		path := strings.NewReplacer("{envelopeReference}", c.reference, "{documentChecksum}", file).Replace(c.path)
		check(http.MethodPut, c.path, p.send(http.MethodPut, path, c.body), c.want)
	}
	const receivers = "/v3/receiver-validation"
	check(http.MethodPost, receivers, p.send(http.MethodPost, receivers, `{"codeListProvider":"GLEIF","partyCode":"1"}`), http.StatusNotFound)
}
