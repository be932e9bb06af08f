package dcsa

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Transfer is what the receiving platform of PINT has to know of an envelope to answer it.
type Transfer struct {
	LastEntry        string   // of the chain, as it was signed
	LastChecksum     string   // SHA-256 of it in hex
	DocumentChecksum string   // of the bill, as the manifest has it
	Additional       []string // checksums of the documents that the manifest announces, each once
}

// ReadTransfer reads an envelope. Beside its structure it holds the checksums against each other that link the
// manifest to the chain and the chain's entries to one another; the signatures are not verified. A trade.Faults says
// what is wrong; LastEntry and LastChecksum are there all the same where the chain has a last entry.
func ReadTransfer(data []byte) (Transfer, error) {
	var t Transfer
	v, fault := jsondoc.Read(data, standard.MaxDocumentBytes)
	if fault != nil {
		return t, trade.Faults{*fault}
	}
	if v.Kind() != jsondoc.Structure {
		return t, trade.Faults{{Code: "mistyped", Value: v.Shown(), Message: envelopes.wanted}}
	}
	a := assembly{converter: &converter{}, root: v.Open(nil), text: v}
	compact := texts(a.root, "envelopeTransferChain")
	if len(compact) > 0 {
		t.LastEntry = compact[len(compact)-1]
		t.LastChecksum = jws{compact: t.LastEntry}.digest()
	}
	ck := checker{log: &a.log}
	if ck.object(a.root, defined("EblEnvelope")); a.log.Len() > 0 {
		return t, a.log.Faults()
	}
	manifest := a.signed(a.root, "envelopeManifestSignedContent", "EnvelopeManifest")
	a.linked(compact, manifest)
	if faults := a.log.Faults(); faults != nil {
		return t, faults
	}
	t.DocumentChecksum = manifest.Text("transportDocumentChecksum")
	t.Additional = announced(manifest)
	return t, nil
}

// linked puts down where a checksum does not name what it should: the last entry, or the one before.
func (a *assembly) linked(compact []string, manifest *jsondoc.Object) {
	at := a.root.At.Member("envelopeTransferChain")
	before := ""
	for i, text := range compact {
		entry, ok := a.decode(text, at.Element(i), "EnvelopeTransferChainEntry")
		if !ok {
			return
		}
		if given := entry.object.Text("previousEnvelopeTransferChainEntrySignedContentChecksum"); given != before {
			a.log.Add(trade.Fault{
				Code: "chain_broken", Pointer: at.Element(i).Member("previousEnvelopeTransferChainEntrySignedContentChecksum").String(),
				Value: trade.Quote(given), Message: "the SHA-256 of the entry before, none in the first entry",
			})
		}
		before = entry.digest()
	}
	if manifest != nil && manifest.Text(lastChecksum) != before {
		a.log.Add(trade.Fault{
			Code: "chain_broken", Pointer: "/envelopeManifestSignedContent/" + lastChecksum,
			Value: trade.Quote(manifest.Text(lastChecksum)), Message: "the SHA-256 of the chain's last entry",
		})
	}
}

func announced(manifest *jsondoc.Object) []string {
	var all []string
	documents := append([]*jsondoc.Object{manifest.Object("eBLVisualisationByCarrier")}, manifest.Objects("supportingDocuments")...)
	seen := map[string]bool{}
	for _, o := range documents {
		if sum := o.Text("documentChecksum"); sum != "" && !seen[sum] {
			seen[sum] = true
			all = append(all, sum)
		}
	}
	return all
}

// TransferStarted is the body that says which documents are still to be sent.
func TransferStarted(reference string, t Transfer, missing []string) []byte {
	text, _ := json.Marshal(struct { // strings always marshal
		Reference        string   `json:"envelopeReference"`
		DocumentChecksum string   `json:"transportDocumentChecksum"`
		LastChecksum     string   `json:"lastEnvelopeTransferChainEntrySignedContentChecksum"`
		Missing          []string `json:"missingAdditionalDocumentChecksums"`
	}{reference, t.DocumentChecksum, t.LastChecksum, missing})
	return text
}

// TransferAnswer is what the receiving platform says of a transfer: RECE, DUPE, BENV, INCD or MDOC.
type TransferAnswer struct {
	LastChecksum string   `json:"lastEnvelopeTransferChainEntrySignedContentChecksum"`
	Code         string   `json:"responseCode"`
	DuplicateOf  string   `json:"duplicateOfAcceptedEnvelopeTransferChainEntrySignedContent,omitempty"`
	Reason       string   `json:"reason,omitempty"`
	Missing      []string `json:"missingAdditionalDocumentChecksums,omitempty"`
	Received     []string `json:"receivedAdditionalDocumentChecksums,omitempty"`
}

// maxReason is how long the standard lets a reason be.
const maxReason = 255

// Signed is the body of the answer: a JSON string that is a JWS, signed with EdDSA (RFC 8037).
func (t TransferAnswer) Signed(key ed25519.PrivateKey) []byte {
	t.Reason = cut(t.Reason, maxReason)
	payload, _ := json.Marshal(t) // strings always marshal
	header := `{"alg":"EdDSA","kid":"` + KeyID(key) + `"}`
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature := ed25519.Sign(key, []byte(signed))
	return jsondoc.AppendString(nil, signed+"."+base64.RawURLEncoding.EncodeToString(signature))
}

// KeyID names the key by the thumbprint of its public half (RFC 7638, RFC 8037 appendix A.3).
func KeyID(key ed25519.PrivateKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + publicHalf(key) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// KeySet is the public halves of the keys as a JWK set (RFC 7517), for those who verify the answers.
func KeySet(keys ...ed25519.PrivateKey) []byte {
	told := make([]string, len(keys))
	for i, key := range keys {
		told[i] = `{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"` + KeyID(key) + `","x":"` + publicHalf(key) + `"}`
	}
	return []byte(`{"keys":[` + strings.Join(told, ",") + `]}`)
}

func publicHalf(key ed25519.PrivateKey) string {
	return base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// AdditionalDocument reads a document that is sent beside an envelope, a JSON string in Base64 or the bytes
// themselves, and gives its checksum.
func AdditionalDocument(body []byte) string {
	if v, fault := jsondoc.Read(body, len(body)); fault == nil && v.Kind() == jsondoc.String {
		if content, err := base64.StdEncoding.DecodeString(v.Text()); err == nil {
			body = content
		}
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
