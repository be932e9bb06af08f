package trade

import (
	"crypto/ed25519"
	"crypto/rand"
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
	// PINTKey is the seed of the Ed25519 key that signs answers to transfers of bills (DCSA PINT), in Base64: 32 bytes. Of several,
	// separated by commas, the first signs, and the public halves of all are told. Without any, one is made for each run.
	PINTKey string
}

// keys are the one that signs answers, and those that did. The seeds are what they should be, as Validate has seen.
func (c Config) keys() []ed25519.PrivateKey {
	var keys []ed25519.PrivateKey
	for seed, err := range intake.Secrets(c.PINTKey) {
		if err == nil && len(seed) == ed25519.SeedSize {
			keys = append(keys, ed25519.NewKeyFromSeed(seed))
		}
	}
	if len(keys) == 0 {
		seed := make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // never fails
		keys = append(keys, ed25519.NewKeyFromSeed(seed))
	}
	return keys
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
	for seed, decodeErr := range intake.Secrets(c.PINTKey) {
		if decodeErr != nil || len(seed) != ed25519.SeedSize {
			return errors.Join(err, fmt.Errorf("key of the answers to transfers: want Base64 of %d bytes, or several separated by commas, the one that signs first", ed25519.SeedSize))
		}
	}
	return err
}
