package logistics

import (
	"encoding/base64"
	"errors"
	"fmt"

	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
)

// formatTrackAndTrace names the format that TrackAndTrace takes.
const formatTrackAndTrace = "dcsa-tnt"

// minSecret is the shortest secret taken, in bytes: a shorter one could be guessed.
const minSecret = 16

// Config is what the service reads, and how it knows a publisher.
type Config struct {
	Formats []standard.Format // documents it reads, from inbox.<org>.<format>
	// Secret is that of the Track & Trace subscription, in Base64 as the standard writes it. When it is set,
	// a push must carry the Notification-Signature made with it.
	Secret string
}

// Default has the formats that this version reads, and no secret.
func Default() Config {
	return Config{Formats: dcsa.Formats()}
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	err := intake.ValidateFormats(c.Formats, []intake.Endpoint{{Path: TrackAndTrace, Format: formatTrackAndTrace}})
	secret, decodeErr := base64.StdEncoding.DecodeString(c.Secret)
	switch {
	case decodeErr != nil:
		err = errors.Join(err, fmt.Errorf("secret of the track and trace subscription: %w", decodeErr))
	case c.Secret != "" && len(secret) < minSecret:
		err = errors.Join(err, fmt.Errorf("secret of the track and trace subscription has %d bytes: at least %d", len(secret), minSecret))
	}
	return err
}
