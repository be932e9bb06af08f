package archive

import (
	"errors"

	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// Config is what the service needs.
type Config struct {
	Stream    *stream.Conn
	Warehouse *warehouse.Warehouse
	Tables    *refdata.Tables
	Reader    string // names the reader's record; default "archive"
}

func (c Config) withDefaults() Config {
	if c.Reader == "" {
		c.Reader = "archive"
	}
	return c
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
