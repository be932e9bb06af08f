package finance

import (
	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/standard/iso20022"
)

// Config is what the service reads and where.
type Config struct {
	Formats   []standard.Format // documents it reads, from inbox.<org>.<format>
	Endpoints []intake.Endpoint // and over HTTP
}

// Default has the formats that this version reads.
func Default() Config {
	formats := iso20022.Formats()
	return Config{Formats: formats, Endpoints: intake.DocumentEndpoints(formats)}
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error { return intake.ValidateFormats(c.Formats, c.Endpoints) }
