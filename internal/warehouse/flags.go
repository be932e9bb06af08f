package warehouse

import (
	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// EventFlags is a block of event_flags.
type EventFlags struct {
	rows
	key     proto.ColUUID
	version proto.ColUInt64
	deleted proto.ColUInt8
	flag    codes
	flags   *list
}

// NewEventFlags makes an empty block of event_flags.
func NewEventFlags() *EventFlags {
	b := &EventFlags{rows: newRows("event_flags")}
	b.flags = newList("Array(LowCardinality(String))", &b.flag)
	b.column("event_key", &b.key)
	b.column("version", &b.version)
	b.column("is_deleted", &b.deleted)
	b.column("flags", b.flags)
	return b
}

// Append says what joining remarks on the event at this version; no flags: nothing any more.
func (b *EventFlags) Append(event trade.EventKey, flags trade.Flags, version uint64) {
	b.key = append(b.key, [16]byte(event))
	b.version = append(b.version, version)
	deleted := uint8(1)
	for _, name := range flags.Names() {
		b.flag.append(name)
		deleted = 0
	}
	b.flags.end()
	b.deleted = append(b.deleted, deleted)
	b.n++
}
