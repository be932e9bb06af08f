package intake

import (
	"errors"
	"net/http"

	"oneorder/internal/trade"
)

// Authenticate tells which organisation a request comes from. The empty organisation is a caller on this
// machine who showed no credential and may speak for any. An error refuses the request.
type Authenticate func(r *http.Request) (org string, err error)

var errOrg = errors.New("org is not of the form [a-z0-9][a-z0-9-]{1,30}")

// ByParameter takes the organisation from the query parameter org, where there is one. It believes what
// it reads: who may reach it at all is decided before (service.Shell).
func ByParameter(r *http.Request) (string, error) {
	org := r.URL.Query().Get("org")
	if org != "" && !trade.ValidOrg(org) {
		return "", errOrg
	}
	return org, nil
}

// authorise gives the organisation that an event's subject is to name. caller may be empty.
func authorise(e *trade.Event, caller string) (string, *trade.Fault) {
	org := e.Org()
	if org != "" && (caller == "" || caller == org) {
		return org, nil
	}
	right := caller
	if right == "" {
		right = "<org>"
	}
	return "", &trade.Fault{
		Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
		Message: trade.SourcePrefix + right + ", the publisher's own",
	}
}
