package warehouse

import (
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// UnattributedRow is an event that waits for something that leads it to a chain.
type UnattributedRow struct {
	Event      trade.EventKey
	Type       trade.Type
	OccurredAt time.Time
	Org        string
	Since      time.Time // broker timestamp of the message from which on it waits
	Version    uint64
}

// UnattributedEvents is a block of unattributed_events.
type UnattributedEvents struct {
	rows
	key             proto.ColUUID
	version         proto.ColUInt64
	deleted         proto.ColUInt8
	typ, org        codes
	occurred, since proto.ColInt64
}

// NewUnattributedEvents makes an empty block of unattributed_events.
func NewUnattributedEvents() *UnattributedEvents {
	b := &UnattributedEvents{rows: newRows("unattributed_events")}
	b.column("event_key", &b.key)
	b.column("version", &b.version)
	b.column("is_deleted", &b.deleted)
	b.column("type", &b.typ)
	b.column("occurred_at", as{&b.occurred, typeTime})
	b.column("org", &b.org)
	b.column("since", as{&b.since, typeTime})
	return b
}

// Append says that the event waits.
func (b *UnattributedEvents) Append(row *UnattributedRow) { b.add(row, 0) }

// Delete says that the event no longer waits at this version. Of the row only the event and the version matter.
func (b *UnattributedEvents) Delete(row *UnattributedRow) { b.add(row, 1) }

func (b *UnattributedEvents) add(row *UnattributedRow, deleted uint8) {
	b.key = append(b.key, [16]byte(row.Event))
	b.version = append(b.version, row.Version)
	b.deleted = append(b.deleted, deleted)
	b.typ.append(string(row.Type))
	b.occurred = append(b.occurred, unixMilli(row.OccurredAt))
	b.org.append(row.Org)
	b.since = append(b.since, unixMilli(row.Since))
	b.n++
}

// RejectedRow is a message that was refused, and why.
type RejectedRow struct {
	Org      string
	Stage    string    // archive, or the domain service
	Subject  string    // that it came on
	Sequence uint64    // in the stream that it came on
	Received time.Time // broker timestamp
	Faults   trade.Faults
	Payload  []byte // as it came
	Version  uint64
}

// RejectedEvents is a block of rejected_events.
type RejectedEvents struct {
	rows
	org, stage, subject, code      codes
	received                       proto.ColInt64
	sequence, version              proto.ColUInt64
	pointer, value, message, bytes text
	faults                         *list
}

// NewRejectedEvents makes an empty block of rejected_events.
func NewRejectedEvents() *RejectedEvents {
	b := &RejectedEvents{rows: newRows("rejected_events")}
	b.faults = newList("Array(Tuple(code LowCardinality(String), pointer String, value String, message String))",
		&b.code, &b.pointer, &b.value, &b.message)
	b.column("org", &b.org)
	b.column("received_at", as{&b.received, typeTime})
	b.column("stage", &b.stage)
	b.column("stream_seq", &b.sequence)
	b.column("subject", &b.subject)
	b.column("faults", b.faults)
	b.column("payload", &b.bytes)
	b.column("version", &b.version)
	return b
}

// Append adds one refused message.
func (b *RejectedEvents) Append(row *RejectedRow) {
	b.org.append(row.Org)
	b.received = append(b.received, unixMilli(row.Received))
	b.stage.append(row.Stage)
	b.sequence = append(b.sequence, row.Sequence)
	b.subject.append(row.Subject)
	for i := range row.Faults {
		b.code.append(row.Faults[i].Code)
		b.pointer.append(row.Faults[i].Pointer)
		b.value.append(row.Faults[i].Value)
		b.message.append(row.Faults[i].Message)
	}
	b.faults.end()
	b.bytes.appendBytes(row.Payload)
	b.version = append(b.version, row.Version)
	b.n++
}
