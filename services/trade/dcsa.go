package trade

import (
	"net/http"
	"time"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

const (
	formatEBL = "dcsa-ebl"
	// versionEBL is that of the DCSA eBL standard whose answers these are.
	versionEBL = "3.0.4"
)

// titleEndpoints are the paths of the DCSA eBL standard by which a consumer is told of bills: the notifications, the
// issuance and its answer, the surrender and its answer. Each takes the message of its own kind only.
func titleEndpoints() []intake.Endpoint {
	var all []intake.Endpoint
	for _, e := range [...]struct{ method, path, message string }{
		{http.MethodPost, "/v3/shipping-instructions-notifications", "ShippingInstructionsNotification"},
		{http.MethodPost, "/v3/transport-document-notifications", "TransportDocumentNotification"},
		{http.MethodPut, "/v3/ebl-issuance-requests", "IssuanceRequest"},
		{http.MethodPost, "/v3/ebl-issuance-responses", "IssuanceResponse"},
		{http.MethodPost, "/v3/ebl-surrender-requests", "SurrenderRequest"},
		{http.MethodPost, "/v3/ebl-surrender-responses", "SurrenderAnswer"},
	} {
		all = append(all, intake.Endpoint{
			Method: e.method, Path: e.path, Format: formatEBL, Convert: dcsa.Accept(e.message), Reply: acknowledged, Refuse: refused,
		})
	}
	return all
}

// acknowledged answers as the eBL standard says of each of these messages: 204.
func acknowledged(w http.ResponseWriter, _ intake.Taken) {
	w.Header().Set("API-Version", versionEBL)
	w.WriteHeader(http.StatusNoContent)
}

// refused answers with the standard's ErrorResponse.
func refused(w http.ResponseWriter, r *http.Request, p service.Problem) { refuse(w, r, versionEBL, p) }

func refuse(w http.ResponseWriter, r *http.Request, version string, p service.Problem) {
	faults, _ := p.Faults.(trade.Faults)
	answer(w, p.Status, version, dcsa.Refusal{
		Method: r.Method, URI: r.URL.RequestURI(), Status: p.Status, Text: http.StatusText(p.Status), Why: p.Title + " " + p.Detail,
		At: time.Now(), Faults: faults,
	}.JSON())
}

func answer(w http.ResponseWriter, status int, version string, body []byte) {
	w.Header().Set("API-Version", version)
	service.WriteBody(w, status, service.JSONMedia, body)
}
