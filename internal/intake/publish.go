package intake

import (
	"bytes"
	"context"
	"errors"

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

// reject stores a document as it came, with the reason, for its sender to read.
func (d *Domain) reject(ctx context.Context, org string, faults trade.Faults, m stream.Refused) error {
	m.Data = bytes.Clone(m.Data)
	return d.desk.publisher.Reject(ctx, []stream.Rejection{stream.Reject(org, d.name, faults, m)})
}

var errDocumentFailed = errors.New("not every event of the document is known to be stored")
