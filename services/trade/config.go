package trade

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/standard/tradetrust"
	"oneorder/internal/standard/ubl"
	"oneorder/internal/trade"
)

// Config is what the service reads and where.
type Config struct {
	Formats   []standard.Format // documents it reads, from inbox.<org>.<format>
	Endpoints []intake.Endpoint // and over HTTP
	// PINTKey is the seed of the Ed25519 key that signs answers to transfers of bills (DCSA PINT), in Base64: 32 bytes.
	// Without it, one is made for each run.
	PINTKey string
}

// signer is the key that signs answers. The seed is what it should be, as Validate has seen.
func (c Config) signer() ed25519.PrivateKey {
	seed, err := base64.StdEncoding.DecodeString(c.PINTKey)
	if err != nil || len(seed) != ed25519.SeedSize {
		seed = make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // never fails
	}
	return ed25519.NewKeyFromSeed(seed)
}

// Default has the formats that this version reads.
func Default() Config {
	return Config{
		Formats: slices.Concat(
			standard.Of(trade.DomainTrade, dcsa.Formats()),
			tradetrust.Formats(),
			ubl.Formats(),
		),
		Endpoints: append(
			titleEndpoints(),
			intake.Endpoint{Path: "/documents/tradetrust", Format: "tradetrust"},
			intake.Endpoint{Path: "/documents/ubl", Format: "ubl"},
		),
	}
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	err := intake.ValidateFormats(c.Formats, c.Endpoints)
	if seed, decodeErr := base64.StdEncoding.DecodeString(c.PINTKey); c.PINTKey != "" && (decodeErr != nil || len(seed) != ed25519.SeedSize) {
		err = errors.Join(err, fmt.Errorf("key of the answers to transfers: want Base64 of %d bytes", ed25519.SeedSize))
	}
	return err
}
