package intake

import (
	"errors"
	"net/http"

	"oneorder/internal/service"
	"oneorder/internal/trade"
)

// Caller is who makes a request.
type Caller struct {
	Org      string // whose events and documents it sends; "": an operator that named nobody, who may send anyone's
	Operator bool   // may send what only operators may
}

// Door says who calls. The zero Door knows nobody: it lets this machine in, and nobody else.
type Door struct {
	// Token is the operator's; "": there is none.
	Token string
	// Org gives the organisation whose token this is; nil: nobody is registered.
	Org func(token string) (org string, ok bool)
	// Registered says whether anyone is. While nobody is, and the operator has no token, a caller on this machine
	// needs no credential.
	Registered func() bool
}

var (
	errOrg        = errors.New("org is not of the form [a-z0-9][a-z0-9-]{1,30}")
	errNoToken    = errors.New("send Authorization: Bearer TOKEN, or basic authentication with the organisation and its token (`oneorder org add` gives one)")
	errWrongToken = errors.New("the token belongs to no organisation that is registered: it may have been rotated or removed")
	errForeign    = errors.New("the token is of another organisation than the parameter org names")
)

func (d Door) open() bool {
	return d.Token == "" && (d.Registered == nil || !d.Registered())
}

// caller says who makes the request. Its error refuses it.
func (d Door) caller(r *http.Request, local bool) (Caller, error) {
	named := r.URL.Query().Get("org")
	if named != "" && !trade.ValidOrg(named) {
		return Caller{}, errOrg
	}
	user, token := service.Shown(r)
	if token == "" {
		if local && d.open() {
			return Caller{Org: named, Operator: true}, nil
		}
		return Caller{}, errNoToken
	}
	if d.Token != "" && service.SameSecret(token, d.Token) {
		return Caller{Org: named, Operator: true}, nil
	}
	if d.Org == nil {
		return Caller{}, errWrongToken
	}
	org, ok := d.Org(token)
	switch {
	case !ok || user != "" && user != org:
		return Caller{}, errWrongToken
	case named != "" && named != org:
		return Caller{}, errForeign
	}
	return Caller{Org: org}, nil
}

// turnAway is the answer to a caller that is not let in. It sets the headers of that answer.
func turnAway(w http.ResponseWriter, err error) service.Problem {
	switch {
	case errors.Is(err, errForeign):
		return service.Problem{Status: http.StatusForbidden, Title: "not your organisation", Detail: err.Error()}
	case errors.Is(err, errOrg):
		return service.Problem{Status: http.StatusBadRequest, Title: "the parameter org names no organisation", Detail: err.Error()}
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="oneorder", Basic realm="oneorder", charset="UTF-8"`)
		return service.Problem{Status: http.StatusUnauthorized, Title: "the organisation is not known", Detail: err.Error()}
	}
}

// authorise says what is wrong with an event's source, or with its type, for this caller.
func authorise(e *trade.Event, c Caller) trade.Faults {
	var faults trade.Faults
	if org := e.Org(); org == "" || c.Org != "" && c.Org != org {
		right := c.Org
		if right == "" {
			right = "<org>"
		}
		faults = append(faults, trade.Fault{
			Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
			Message: trade.SourcePrefix + right + ", the publisher's own",
		})
	}
	if (e.Type == trade.LinkAsserted || e.Type == trade.LinkDenied) && !c.Operator {
		faults = append(faults, trade.Fault{
			Code: "operator_only", Pointer: "/type", Value: trade.Quote(string(e.Type)),
			Message: "a type of your own: what links numbers by hand is the operator's to say",
		})
	}
	return faults
}
