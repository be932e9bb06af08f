package trade

import (
	"net/http"

	"oneorder/internal/intake"
	"oneorder/internal/standard/dcsa"
)

const (
	formatEBL = "dcsa-ebl"
	// eBL is the version of the DCSA eBL standard whose answers these are.
	eBL = intake.DCSA("3.0.4")

	issuanceRequests   = "/v3/ebl-issuance-requests"
	surrenderResponses = "/v3/ebl-surrender-responses"
)

// titleEndpoints are the paths of the DCSA eBL standard by which a consumer is told of bills: the notifications, the
// issuance and its answer, the surrender and its answer. Each takes the message of its own kind only, and answers as the
// standard says of each: 204, or an ErrorResponse.
func titleEndpoints() []intake.Endpoint {
	var all []intake.Endpoint
	for _, e := range [...]struct{ method, path, message string }{
		{http.MethodPost, "/v3/shipping-instructions-notifications", "ShippingInstructionsNotification"},
		{http.MethodPost, "/v3/transport-document-notifications", "TransportDocumentNotification"},
		{http.MethodPut, issuanceRequests, "IssuanceRequest"},
		{http.MethodPost, "/v3/ebl-issuance-responses", "IssuanceResponse"},
		{http.MethodPost, "/v3/ebl-surrender-requests", "SurrenderRequest"},
		{http.MethodPost, surrenderResponses, "SurrenderAnswer"},
	} {
		all = append(all, intake.Endpoint{
			Method: e.method, Path: e.path, Format: formatEBL, Convert: dcsa.Accept(e.message), Reply: eBL.Acknowledge, Refuse: eBL.Refuse,
		})
	}
	return all
}
