package console

import (
	"errors"
	"time"
)

// Config bounds what a page may cost.
type Config struct {
	AnswerWithin time.Duration                // how long a page waits for the warehouse
	PlaceName    func(unlocode string) string // of a UN/LOCODE, "" if it is not known; may be nil
	HSName       func(code string) string     // of the heading of an HS code, "" if it is not known; may be nil
	Door         Door                         // says who may look
	Rate         float64                      // requests a second from one address, on average; 50
}

// Default waits ten seconds, and lets this machine in.
func Default() Config { return Config{AnswerWithin: 10 * time.Second, Rate: 50} }

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	if c.AnswerWithin <= 0 {
		return errors.New("the console must wait longer than 0 s for the warehouse")
	}
	if c.Rate <= 0 {
		return errors.New("the console must let more than 0 requests a second in")
	}
	return nil
}
