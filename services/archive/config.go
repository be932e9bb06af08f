package archive

import (
	"errors"

	"oneorder/internal/erasure"
	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// Config is what the service needs.
type Config struct {
	Stream    *stream.Conn
	Warehouse *warehouse.Warehouse
	Tables    *refdata.Tables
	Erasures  *erasure.List // what is taken out of all that is read; nil: nothing
	Reader    string        // names the reader's record; default "archive"
}

func (c Config) withDefaults() Config {
	if c.Reader == "" {
		c.Reader = "archive"
	}
	return c
}

// fingerprint names what the service makes of a message.
func (c Config) fingerprint() string {
	fingerprint := mapping + "/" + c.Tables.Digest()
	if c.Erasures.Len() > 0 {
		fingerprint += "/" + c.Erasures.Digest()
	}
	return fingerprint
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	var err error
	if c.Stream == nil {
		err = errors.Join(err, errors.New("archive needs a stream"))
	}
	if c.Warehouse == nil {
		err = errors.Join(err, errors.New("archive needs a warehouse"))
	}
	if c.Tables == nil {
		err = errors.Join(err, errors.New("archive needs reference tables"))
	}
	return err
}
