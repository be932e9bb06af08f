package logistics

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"oneorder/internal/intake"
)

var (
	errUnsigned  = errors.New("the header Notification-Signature is missing, or is not sha256=<hex>")
	errSignature = errors.New("the header Notification-Signature was not made with this subscription's secret over this body")
)

// notificationSignature checks the header Notification-Signature: "sha256=" and the HMAC of the whole
// body in hex (DCSA Track & Trace 2.2, event callback). Without a secret there is nothing to check; of several, separated by commas,
// any will do, since the publisher takes a new one at a time of its own. They are Base64, as Config.Validate has seen.
func notificationSignature(encoded string) func(*http.Request, []byte) error {
	var secrets [][]byte
	for secret, err := range intake.Secrets(encoded) {
		if err != nil {
			return func(*http.Request, []byte) error { return errSignature }
		}
		secrets = append(secrets, secret)
	}
	if len(secrets) == 0 {
		return nil
	}
	return func(r *http.Request, body []byte) error {
		algorithm, text, ok := strings.Cut(strings.TrimSpace(r.Header.Get("Notification-Signature")), "=")
		got, err := hex.DecodeString(text)
		if !ok || err != nil || algorithm != "sha256" {
			return errUnsigned
		}
		for _, secret := range secrets {
			mac := hmac.New(sha256.New, secret)
			mac.Write(body)
			if hmac.Equal(got, mac.Sum(nil)) {
				return nil
			}
		}
		return errSignature
	}
}
