package stream

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"oneorder/internal/failure"
)

// What a publisher may be told of one message.
var (
	// ErrStreamFull says that the stream has reached its limit and refuses new messages. Nothing was stored.
	ErrStreamFull = errors.New("stream full")
	// ErrTooLarge says that the message is larger than the broker or the stream takes. Nothing was stored.
	ErrTooLarge = errors.New("message too large")
	// ErrRefused says that the broker refused the message for good for another reason, which is wrapped.
	ErrRefused = errors.New("message refused")
	// ErrUnsettled says that the caller's context ended before the broker answered: the message may or may not be
	// stored, and publishing it again under the same MsgID is safe.
	ErrUnsettled = errors.New("message unsettled")
)

// What a reader may stop with. None of them cures itself.
var (
	// ErrFenced says that another reader of the same name has taken over. What this one was doing is done by the other.
	ErrFenced = errors.New("another reader of this name has taken over")
	// ErrGap is what errors.Is finds in a [GapError].
	ErrGap = errors.New("stream_gap")
	// ErrFork is what errors.Is finds in a [ForkError].
	ErrFork = errors.New("stream_fork")
)

// GapError says that messages this reader has not read are no longer in the stream.
type GapError struct {
	Reader, Stream string
	First, Last    uint64 // the missing sequences
}

func (e *GapError) Error() string {
	return fmt.Sprintf("stream_gap: reader %s: messages %d-%d of %s were removed unread; fill them from the stored events or accept the gap",
		e.Reader, e.First, e.Last, e.Stream)
}

// Is makes errors.Is(err, ErrGap) hold.
func (e *GapError) Is(target error) bool { return target == ErrGap }

// Permanent says that retrying does not help.
func (e *GapError) Permanent() bool { return true }

// ForkError says that the stream is not the one the reader has read: it was made anew, or lost its tail.
type ForkError struct {
	Reader, Stream string
	Sequence       uint64 // the last message the reader has read
	Reason         string
}

func (e *ForkError) Error() string {
	return fmt.Sprintf("stream_fork: reader %s: %s at message %d of %s", e.Reader, e.Reason, e.Sequence, e.Stream)
}

// Is makes errors.Is(err, ErrFork) hold.
func (e *ForkError) Is(target error) bool { return target == ErrFork }

// Permanent says that retrying does not help.
func (e *ForkError) Permanent() bool { return true }

// permanent says whether err marks itself as one that retrying does not cure.
func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// rowOf is the row of the failure table for an error of the broker or of its client.
func rowOf(err error) failure.Row {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return failure.Broker(int(api.ErrorCode), api.Description)
	}
	for _, known := range []error{
		nats.ErrTimeout, nats.ErrNoResponders, nats.ErrNoServers, nats.ErrDisconnected, nats.ErrConnectionClosed, nats.ErrStaleConnection,
		nats.ErrSlowConsumer, nats.ErrMaxPayload, nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrPermissionViolation,
	} {
		if errors.Is(err, known) {
			return failure.Client(known.Error())
		}
	}
	return failure.Client("")
}

// fatal marks err as one that retrying does not cure.
func fatal(err error) error { return fatalError{err} }

type fatalError struct{ error }

func (e fatalError) Unwrap() error { return e.error }
func (fatalError) Permanent() bool { return true }
