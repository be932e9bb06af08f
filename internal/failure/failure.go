// Package failure says what becomes of an error of ClickHouse or of the broker: whether it is tried again, costs the one
// message that is at fault, or stops the service. All of it is in one table, which docs/reliability.md shows.
package failure

import "errors"

// Class is what a failure leads to.
type Class int

// The classes.
const (
	// Retryable failures pass: the work is tried again, with growing pauses, the place is kept, and the service is
	// unhealthy meanwhile. Whatever is not in the table is of this class.
	Retryable Class = iota
	// Permanent failures are the input's own fault: the one message is found, refused with the reason, and the others go on.
	Permanent
	// Fatal failures wait for somebody: the service stops and says what to do. It has lost nothing, and goes on when it
	// is started again.
	Fatal
)

// String is the class in a word.
func (c Class) String() string {
	return [...]string{"retryable", "permanent", "fatal"}[c]
}

// Row is one line of the table.
type Row struct {
	Code  int    // of ClickHouse (src/Common/ErrorCodes.cpp) or of the broker (nats-server, errors.json); 0: the client's own error
	Name  string // as ClickHouse and the broker name it; of the client's errors the text
	Says  string // if not empty, only answers that contain it
	Class Class
	Do    string // for who runs it
}

// Error is an error with its row of the table.
type Error struct {
	Err error
	Row Row
}

// Error adds to the error what to do, where that does not go without saying.
func (e *Error) Error() string {
	if e.Row.Class != Fatal || e.Row.Do == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.Row.Do
}

// Unwrap gives the error itself.
func (e *Error) Unwrap() error { return e.Err }

// Of is the class of an error: that of the first Error in its chain, else Retryable.
func Of(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Row.Class
	}
	return Retryable
}
