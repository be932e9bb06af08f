package stream

import (
	"context"
	"strconv"
)

// Batch is a contiguous range of a stream. Each message is the one before it plus one.
type Batch struct {
	First, Last uint64
	Epoch       uint64 // of the stream's history, 16 bits
	Generation  uint64 // of what the reader makes of it
	Messages    []Message
}

// Version is the version of a row that message seq of this batch was the last to change.
func (b Batch) Version(seq uint64) uint64 { return Version(b.Epoch, seq) }

// Version is epoch<<48 | seq: rows compare by the history first, then by the place in it.
func Version(epoch, seq uint64) uint64 { return epoch<<48 | seq&(1<<48-1) }

// Claim is the right to let messages First to Last take effect, as the shared record has it.
// The same claim comes again after a crash and on a retry.
type Claim struct {
	Reader      string
	Epoch       uint64
	Generation  uint64
	First, Last uint64
	Safe        uint64 // as in Position
}

// Token names what this claim writes into one table: "reader/epoch/generation/table/first/last".
// Equal tokens mean equal rows.
func (c Claim) Token(table string) string {
	b := make([]byte, 0, len(c.Reader)+len(table)+48)
	b = append(b, c.Reader...)
	b = append(b, '/')
	b = strconv.AppendUint(b, c.Epoch, 10)
	b = append(b, '/')
	b = strconv.AppendUint(b, c.Generation, 10)
	b = append(b, '/')
	b = append(b, table...)
	b = append(b, '/')
	b = strconv.AppendUint(b, c.First, 10)
	b = append(b, '/')
	b = strconv.AppendUint(b, c.Last, 10)
	return string(b)
}

// Version is the version of a row that message seq was the last to change.
func (c Claim) Version(seq uint64) uint64 { return Version(c.Epoch, seq) }

// Position is where the shared record of a reader stands.
type Position struct {
	Epoch      uint64
	Generation uint64
	Written    uint64 // every message up to this one has taken effect
	First      uint64 // First to Last were under way, and may have taken effect in part; both 0: nothing was
	Last       uint64
	Since      uint64 // the epoch has everything after this message; what is up to it is of an earlier one
	// Safe is the last message whose effect the sink's store cannot lose any more. What took effect after it may be asked for
	// once more, should the store's machine lose power.
	Safe uint64
}

// Pending is a prepared batch that has not taken effect yet.
type Pending interface {
	// Commit lets the batch take effect, durably. It must be safe to call again with the same claim, also when the
	// call before returned an error after having had some effect. What becomes of an error says its class
	// (internal/failure): retryable, it is retried with back-off until it is gone; permanent, the message at fault is
	// looked for, if the Pending is Divisible; fatal, or with an error in its chain that has a method Permanent() bool that
	// returns true, the reader stops. When the reader is asked to stop, ctx ends after its grace period.
	Commit(ctx context.Context, c Claim) error
}

// Divisible is a Pending of which one message can be refused so that the others take effect. Its methods are called from
// the goroutine of Commit, never during one.
type Divisible interface {
	Pending
	// Split gives what the messages up to mid come to, and those after it.
	Split(mid uint64) (left, right Pending, err error)
	// Refuse gives what the only message comes to if it is refused for that reason.
	Refuse(reason error) (Pending, error)
}

// Sink is what a reader feeds. The reader calls Start and Prepare from one goroutine at a time and Commit from
// another: Prepare of a batch runs while the batch before it is being committed.
type Sink interface {
	// Start is called each time that Run has claimed the shared record, before the first batch, with where that
	// stands. A sink with a state of its own returns the last message it has applied and, when
	// that is beyond pos.Written, the Pending that emits all of (pos.Written, applied]. A sink without one
	// returns pos.Written and nil.
	//
	// The next batch begins after applied. If that is behind pos.Written, the batches up to there are prepared
	// and never committed.
	Start(ctx context.Context, pos Position) (applied uint64, p Pending, err error)

	// Prepare is called for each batch in order. It may keep the batch's memory. An error stops the reader: what
	// Prepare has done to the sink's own state by then is for the next Start to tell.
	Prepare(ctx context.Context, b Batch) (Pending, error)
}
