package stream

import (
	"errors"
	"strings"
	"time"
)

// Message is one message of a stream as a reader hands it to its sink. It belongs to the sink.
type Message struct {
	Sequence uint64
	Time     time.Time // the broker's timestamp, UTC
	Subject  string
	Header   Header
	Data     []byte
}

// Header holds a message's headers. Names are case-sensitive. A nil Header is empty.
type Header map[string][]string

// Value is the first value of the named header, or "".
func (h Header) Value(name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// The broker's headers that concern us (nats.io, ADR-4 and ADR-50).
const (
	headerMsgID         = "Nats-Msg-Id"
	headerBatchID       = "Nats-Batch-Id"
	headerBatchSequence = "Nats-Batch-Sequence"
	headerBatchCommit   = "Nats-Batch-Commit"
	headerStatus        = "Status"
	headerDescription   = "Description"
	headerLastStream    = "Nats-Last-Stream" // of a heartbeat
)

// delivery is what the reply subject of a delivered message says (ADR-15).
type delivery struct {
	sequence  uint64 // in the stream
	delivered uint64 // how often
	pending   uint64 // messages after this one, when it was sent
	nanos     int64  // Unix time of storing
}

var errNoDelivery = errors.New("reply subject is no acknowledgement subject")

// parseDelivery reads `$JS.ACK.<stream>.<consumer>.<delivered>.<sseq>.<dseq>.<nanos>.<pending>`, or the form
// with `<domain>.<account hash>` after ACK, and possibly one more token at its end.
func parseDelivery(reply string) (delivery, error) {
	const prefix = "$JS.ACK."
	if !strings.HasPrefix(reply, prefix) {
		return delivery{}, errNoDelivery
	}
	rest := reply[len(prefix):]
	var ends [12]int
	n := 0
	for i := range len(rest) {
		if rest[i] == '.' {
			if n == len(ends)-1 {
				break
			}
			ends[n] = i
			n++
		}
	}
	ends[n] = len(rest)
	n++
	at := 2 // the token of the delivery count
	switch {
	case n == 7:
	case n >= 9:
		at = 4
	default:
		return delivery{}, errNoDelivery
	}
	var values [5]uint64
	for i := range values {
		v, ok := parseUint(rest[ends[at+i-1]+1 : ends[at+i]])
		if !ok {
			return delivery{}, errNoDelivery
		}
		values[i] = v
	}
	return delivery{delivered: values[0], sequence: values[1], nanos: int64(values[3]), pending: values[4]}, nil // nanoseconds since 1970 fit until 2262
}

func parseUint(s string) (uint64, bool) {
	if s == "" || len(s) > 19 {
		return 0, false
	}
	var v uint64
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + uint64(c)
	}
	return v, true
}
