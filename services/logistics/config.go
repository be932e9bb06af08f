package logistics

import (
	"errors"
	"fmt"
	"slices"

	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/standard/epcis"
	"oneorder/internal/standard/onerecord"
	"oneorder/internal/trade"
)

// The formats that the endpoints take.
const (
	formatTrackAndTrace = "dcsa-tnt"
	formatBooking       = "dcsa-booking"
	formatEPCIS         = "epcis"
	formatOneRecord     = "onerecord"
)

// minSecret is the shortest secret taken, in bytes: a shorter one could be guessed.
const minSecret = 16

// Config is what the service reads, and how it knows a publisher.
type Config struct {
	Formats []standard.Format // documents it reads, from inbox.<org>.<format>
	// Secret is that of the Track & Trace subscription, in Base64 as the standard writes it. When it is set,
	// a push must carry the Notification-Signature made with it, or with one of several, separated by commas.
	Secret string
}

// Default has the formats that this version reads, and no secret.
func Default() Config {
	return Config{Formats: slices.Concat(
		standard.Of(trade.DomainLogistics, dcsa.Formats()),
		epcis.Formats(),
		onerecord.Formats(),
	)}
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	err := intake.ValidateFormats(c.Formats, endpoints(c, &jobs{}))
	for secret, decodeErr := range intake.Secrets(c.Secret) {
		switch {
		case decodeErr != nil:
			err = errors.Join(err, fmt.Errorf("secret of the track and trace subscription: %w", decodeErr))
		case len(secret) < minSecret:
			err = errors.Join(err, fmt.Errorf("secret of the track and trace subscription has %d bytes: at least %d", len(secret), minSecret))
		}
	}
	return err
}
