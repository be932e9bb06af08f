package trade

import (
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
func (c Config) Validate() error { return intake.ValidateFormats(c.Formats, c.Endpoints) }
