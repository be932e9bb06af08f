package chain

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
	Data      string // folder of the state; made if it is missing
	Reader    string // names the reader's record; default "chain"
	// LinkerBytes is the memory that the linker may hold, about. Default 256 MiB.
	LinkerBytes int
	// RecordBytes is the memory for records that are held, of the chains that are moving; it may be about twice
	// that. Default 64 MiB.
	RecordBytes int
}

func (c Config) withDefaults() Config {
	if c.Reader == "" {
		c.Reader = "chain"
	}
	if c.LinkerBytes == 0 {
		c.LinkerBytes = 256 << 20
	}
	if c.RecordBytes == 0 {
		c.RecordBytes = 64 << 20
	}
	return c
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	var err error
	if c.Stream == nil {
		err = errors.Join(err, errors.New("chain needs a stream"))
	}
	if c.Warehouse == nil {
		err = errors.Join(err, errors.New("chain needs a warehouse"))
	}
	if c.Tables == nil {
		err = errors.Join(err, errors.New("chain needs reference tables"))
	}
	if c.Data == "" {
		err = errors.Join(err, errors.New("chain needs a folder for its state"))
	}
	return err
}
