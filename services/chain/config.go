package chain

import (
	"errors"
	"fmt"
	"time"

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
	Data      string        // folder of the state; made if it is missing
	Reader    string        // names the reader's record; default "chain"
	Archive   string        // the reader that stores the events, which a rebuild may take from there; default "archive"
	// Shadow names a second version of chain, which runs beside the first: its rows go to tables of its own, which are
	// called as the first one's with __ and this name behind. It needs a reader and a folder of its own too.
	Shadow string
	// Notices gives the organisations that asked for notices of their chains, and stream.AllOrgs if operators asked for those of
	// all. It is asked at each batch, and what it gives is not changed. Nil: nobody asked.
	Notices func() map[string]bool
	// OverdueEvery is how often milestones are looked for that became overdue, of which notices are sent. Default a minute.
	OverdueEvery time.Duration
	// LinkerBytes is the memory that the linker may hold, about. Default 96 MiB.
	LinkerBytes int
	// RecordBytes is the memory for records that are held, of the chains that are moving; it may be about twice
	// that. Default 48 MiB.
	RecordBytes int
}

const defaultReader = "chain"

func (c Config) withDefaults() Config {
	if c.Reader == "" {
		c.Reader = defaultReader
	}
	if c.Archive == "" {
		c.Archive = "archive"
	}
	if c.OverdueEvery == 0 {
		c.OverdueEvery = overdueEvery
	}
	if c.LinkerBytes == 0 {
		c.LinkerBytes = 96 << 20
	}
	if c.RecordBytes == 0 {
		c.RecordBytes = 48 << 20
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
	if c.Shadow != "" && !warehouse.ValidShadow(c.Shadow) {
		err = errors.Join(err, fmt.Errorf("name %q of a second version: want 1 to 30 lower-case letters, digits and _, a letter first", c.Shadow))
	}
	if c.Shadow != "" && c.Reader == defaultReader {
		err = errors.Join(err, fmt.Errorf("a second version of chain needs a reader of its own, not %q", c.Reader))
	}
	if c.Data == "" {
		err = errors.Join(err, errors.New("chain needs a folder for its state"))
	}
	return err
}
