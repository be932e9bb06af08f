package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// settled is what became of one message.
type settled struct {
	status   Status
	sequence uint64
	reason   string       // of a failure
	faults   trade.Faults // of a refusal
}

// publish stores the messages and says of each what became of it, in their order. It blocks until all are
// settled or ctx ends.
func (d *Desk) publish(ctx context.Context, messages []stream.Outgoing) []settled {
	if len(messages) == 0 {
		return nil
	}
	receipts, err := d.publisher.Publish(ctx, messages)
	all := make([]settled, len(messages))
	for i := range all {
		switch {
		case i < len(receipts):
			all[i] = settle(receipts[i])
		case err != nil:
			all[i] = settled{status: Failed, reason: err.Error()}
		default:
			all[i] = settled{status: Failed, reason: "the broker gave no receipt"}
		}
	}
	return all
}

func settle(r stream.Receipt) settled {
	switch {
	case r.Err == nil && r.Duplicate:
		return settled{status: Duplicate, sequence: r.Sequence}
	case r.Err == nil:
		return settled{status: Accepted, sequence: r.Sequence}
	case errors.Is(r.Err, stream.ErrTooLarge):
		return settled{status: Rejected, faults: trade.Faults{{
			Code: "too_large", Value: r.Err.Error(), Message: "an event that the broker takes: its limit is max_payload",
		}}}
	case errors.Is(r.Err, stream.ErrRefused):
		return settled{status: Rejected, faults: trade.Faults{{
			Code: "publish_refused", Value: r.Err.Error(), Message: "an event that the broker takes",
		}}}
	default:
		return settled{status: Failed, reason: r.Err.Error()}
	}
}

// headerFaults holds every fault of a rejected document as a JSON array, where there is more than the one
// that the other headers name.
const headerFaults = "Oneorder-Faults"

// Bounds of what a rejection's headers may take: a thousand faults help nobody.
const (
	maxHeaderFaults = 32
	maxHeaderText   = 512
)

// reject stores the document as it came, with the reason, for its sender to read.
func (d *Domain) reject(ctx context.Context, m stream.InboxMessage, org string, faults trade.Faults) error {
	rejection := stream.Rejection{
		Org: org, Stage: d.name,
		Code: faults[0].Code, Pointer: line(faults[0].Pointer), Message: line(message(faults[0])),
		Subject: m.Subject, Sequence: m.Sequence, Data: bytes.Clone(m.Data),
	}
	outgoing := rejection.Outgoing()
	if len(faults) > 1 {
		outgoing.Header[headerFaults] = every(faults)
	}
	s := d.desk.publish(ctx, []stream.Outgoing{outgoing})[0]
	if s.status == Rejected {
		// The headers made it too large. Its sender has the document; the reason is what matters.
		rejection.Data = nil
		rejection.Message += fmt.Sprintf(" (the document, %d bytes, is too large to be sent back; it is inbox message %d)", len(m.Data), m.Sequence)
		s = d.desk.publish(ctx, []stream.Outgoing{rejection.Outgoing()})[0]
	}
	if s.status != Accepted && s.status != Duplicate {
		return fmt.Errorf("store the refusal of %s message %d: %s%w", m.Subject, m.Sequence, s.reason, s.faults)
	}
	return nil
}

func message(f trade.Fault) string {
	if f.Value == "" {
		return f.Message
	}
	return f.Message + " (found " + f.Value + ")"
}

// line makes the text fit one header line.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxHeaderText {
		s = strings.ToValidUTF8(s[:maxHeaderText], "") + "…"
	}
	return s
}

func every(faults trade.Faults) string {
	short := make(trade.Faults, 0, maxHeaderFaults)
	for _, f := range faults[:min(len(faults), maxHeaderFaults)] {
		short = append(short, trade.Fault{Code: f.Code, Pointer: line(f.Pointer), Value: line(f.Value), Message: line(f.Message)})
	}
	text, _ := json.Marshal(short) // strings always marshal
	return string(text)
}

var errDocumentFailed = errors.New("not every event of the document is known to be stored")
