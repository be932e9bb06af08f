package trade

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"slices"
	"sync"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

const (
	formatPINT = "dcsa-pint"
	// pint is the version of the DCSA PINT standard whose answers these are.
	pint = intake.DCSA("3.0.0")
	// maxTransfers is how many transfers are remembered. The sender of a forgotten one starts it again, as the standard
	// has it of a receiver that knows nothing of it.
	maxTransfers = 10_000
)

// transfers are the envelopes whose documents are still coming in, and those that were accepted. They are remembered in
// this process only.
type transfers struct {
	keys   []ed25519.PrivateKey // the first signs
	domain *intake.Domain

	mu    sync.Mutex
	known *intake.Recent[*transfer] // by the checksum of the chain's last entry, which is also the envelope's reference
}

type transfer struct {
	dcsa.Transfer
	received []string
	accepted bool
}

func (t *transfer) missing() []string {
	return slices.DeleteFunc(slices.Clone(t.Additional), func(sum string) bool { return slices.Contains(t.received, sum) })
}

// routes are those of a receiving platform (DCSA PINT 3.0), and the keys that verify its answers.
func (t *transfers) routes(mux *http.ServeMux) {
	t.domain.Handle(mux, "POST /v3/envelopes", pint.Refuse, t.start)
	t.domain.Handle(mux, "PUT /v3/envelopes/{envelopeReference}/additional-documents/{documentChecksum}", pint.Refuse, t.additional)
	t.domain.Handle(mux, "PUT /v3/envelopes/{envelopeReference}/finish-transfer", pint.Refuse, t.finish)
	t.domain.Handle(mux, "POST /v3/receiver-validation", pint.Refuse, unknownReceiver)
	mux.HandleFunc("GET /v3/envelopes/keys", func(w http.ResponseWriter, _ *http.Request) {
		pint.Answer(w, http.StatusOK, dcsa.KeySet(t.keys...))
	})
}

// start takes an envelope. Its events are stored before it is answered.
func (t *transfers) start(w http.ResponseWriter, r *http.Request, org string, body []byte) {
	read, err := dcsa.ReadTransfer(body)
	if err == nil {
		_, err = t.domain.Take(r.Context(), formatPINT, org, body)
	}
	var faults trade.Faults
	switch {
	case errors.As(err, &faults) && read.LastChecksum != "":
		t.say(w, http.StatusUnprocessableEntity, dcsa.TransferAnswer{LastChecksum: read.LastChecksum, Code: "BENV", Reason: faults[0].Error()})
		return
	case errors.As(err, &faults):
		pint.Refuse(w, r, service.Problem{Status: http.StatusBadRequest, Title: "this is no envelope", Faults: faults})
		return
	case err != nil:
		w.Header().Set("Retry-After", "2")
		pint.Refuse(w, r, service.Problem{Status: http.StatusServiceUnavailable, Title: "send the envelope again", Detail: err.Error()})
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.remember(read)
	switch missing := held.missing(); {
	case held.accepted:
		t.say(w, http.StatusOK, dcsa.TransferAnswer{
			LastChecksum: read.LastChecksum, Code: "DUPE", DuplicateOf: held.LastEntry, Received: held.received,
		})
	case len(missing) > 0:
		pint.Answer(w, http.StatusCreated, dcsa.TransferStarted(read.LastChecksum, read, missing))
	default:
		held.accepted = true
		t.say(w, http.StatusOK, dcsa.TransferAnswer{LastChecksum: read.LastChecksum, Code: "RECE", Received: held.received})
	}
}

// remember gives what is known of a transfer. One that is not yet accepted and is started again has its documents as
// the new manifest says. The lock is held.
func (t *transfers) remember(read dcsa.Transfer) *transfer {
	held, known := t.known.Value(read.LastChecksum)
	switch {
	case !known:
		held = &transfer{Transfer: read}
		t.known.Remember(read.LastChecksum, held)
	case !held.accepted:
		held.Transfer = read
	}
	return held
}

// additional takes a document that the manifest announced. Only its checksum is kept.
func (t *transfers) additional(w http.ResponseWriter, r *http.Request, _ string, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, known := t.known.Value(r.PathValue("envelopeReference"))
	if !known {
		unknownTransfer(w, r)
		return
	}
	sum := r.PathValue("documentChecksum")
	reason := ""
	switch {
	case !slices.Contains(held.Additional, sum):
		reason = "the manifest does not announce this document"
	case dcsa.AdditionalDocument(body) != sum:
		reason = "the document has another checksum"
	}
	if reason != "" {
		t.say(w, http.StatusConflict, dcsa.TransferAnswer{LastChecksum: held.LastChecksum, Code: "INCD", Reason: reason})
		return
	}
	if !slices.Contains(held.received, sum) {
		held.received = append(held.received, sum)
	}
	pint.Answer(w, http.StatusNoContent, nil)
}

// finish accepts a transfer whose documents are all here.
func (t *transfers) finish(w http.ResponseWriter, r *http.Request, _ string, _ []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, known := t.known.Value(r.PathValue("envelopeReference"))
	if !known {
		unknownTransfer(w, r)
		return
	}
	if missing := held.missing(); len(missing) > 0 {
		t.say(w, http.StatusConflict, dcsa.TransferAnswer{LastChecksum: held.LastChecksum, Code: "MDOC", Missing: missing})
		return
	}
	held.accepted = true
	t.say(w, http.StatusOK, dcsa.TransferAnswer{LastChecksum: held.LastChecksum, Code: "RECE", Received: held.received})
}

func (t *transfers) say(w http.ResponseWriter, status int, a dcsa.TransferAnswer) {
	pint.Answer(w, status, a.Signed(t.keys[0]))
}

func unknownTransfer(w http.ResponseWriter, r *http.Request) {
	pint.Refuse(w, r, service.Problem{
		Status: http.StatusNotFound, Title: "there is no such transfer", Detail: "start it again with POST /v3/envelopes",
	})
}

// unknownReceiver answers a query after a party: this address holds no accounts.
func unknownReceiver(w http.ResponseWriter, r *http.Request, _ string, _ []byte) {
	pint.Refuse(w, r, service.Problem{Status: http.StatusNotFound, Title: "Unknown party", Detail: "this address holds no accounts"})
}
