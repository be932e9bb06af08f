package intake

import (
	"context"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// StageIntake is the stage of REJECTED where events are that were refused over HTTP, beside those of the archive and of the domain
// services.
const StageIntake = "intake"

// rejection makes the rejection of an event that came over HTTP, of which as much was read as could be.
func (d *Desk) rejection(text []byte, e *trade.Event, caller Caller, faults trade.Faults) stream.Rejection {
	org := caller.Org
	if org == "" {
		org = e.Org()
	}
	if org == "" {
		org = d.config.Org
	}
	m := stream.Refused{Data: text}
	if e.Type.Known() {
		m.Subject = stream.EventSubject(org, e.Type)
	}
	return stream.Reject(org, StageIntake, faults, m)
}

// keep puts what was refused into REJECTED, for those who read no answers and for the operator. It counts for more than what
// is taken: an organisation that sends garbage must not fill REJECTED, which has room for so much of all of them.
func (d *Desk) keep(ctx context.Context, caller Caller, refused []stream.Rejection) {
	if len(refused) == 0 {
		return
	}
	cost := 0
	for i := range refused {
		cost += refusedCost + len(refused[i].Data)/refusedBytes
	}
	if !caller.Operator {
		d.rates.charge(caller, cost)
	}
	if err := d.publisher.Reject(ctx, refused); err != nil {
		d.log.Warn("refused events are not kept, but their sender has the answer", "events", len(refused), "error", err)
	}
}

// A refused event takes as much of an organisation's rate as so many that are taken, and as one more for so many bytes.
const (
	refusedCost  = 10
	refusedBytes = 100
)
