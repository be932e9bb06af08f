package tradetrust_test

import (
	"testing"

	"oneorder/internal/standard/conformance"
	"oneorder/internal/standard/tradetrust"
)

func TestHostileDocumentsAreHeldInBounds(t *testing.T) {
	const link = `{"type":"INITIAL","timestamp":1700000000000,"holder":"0x1","owner":"0x2"}`
	for _, u := range [][3]string{
		{`{"document":{"version":"https://schema.openattestation.com/3.0/schema.json","@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential","OpenAttestationCredential"],"issuanceDate":"2026-09-11T08:15:00Z","credentialSubject":{"blNumber":"BL123456"},"proof":{"type":"OpenAttestationMerkleProofSignature2018"}},"endorsementChain":[` + link, `,` + link, `]}`},
		{`{"credentialSubject":[{}`, `,{}`, `]}`},
	} {
		conformance.Bounded(t, tradetrust.Formats()[0], u[0], u[1], u[2])
	}
}
