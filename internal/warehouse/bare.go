package warehouse

import (
	"context"
	"time"

	"github.com/ClickHouse/ch-go/proto"
	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// Bare is a block of the table that bench measures against: thirteen plain columns of a plain MergeTree, the
// least that a reader can store. It is made with ch-go's own columns, as anybody would make it.
type Bare struct {
	rows
	typ, source, org, unlocode, carrier *proto.ColLowCardinality[string]
	id, reference, container, payload   proto.ColStr
	key                                 proto.ColUUID
	occurred, recorded                  proto.ColDateTime64
	sequence                            proto.ColUInt64
}

const bareTable = "bench_floor"

// CreateBare makes the table of Bare, empty.
func (w *Warehouse) CreateBare(ctx context.Context) error {
	if err := w.DropBare(ctx); err != nil {
		return err
	}
	return w.Exec(ctx, "CREATE TABLE "+bareTable+` (
		event_key UUID, id String, source LowCardinality(String), type LowCardinality(String), org LowCardinality(String),
		occurred_at DateTime64(3, 'UTC'), recorded_at DateTime64(3, 'UTC'), unlocode LowCardinality(String),
		carrier LowCardinality(String), reference String, container String, payload String, stream_seq UInt64)
		ENGINE = MergeTree ORDER BY (type, occurred_at) SETTINGS non_replicated_deduplication_window = 10000`)
}

// DropBare removes the table of Bare.
func (w *Warehouse) DropBare(ctx context.Context) error {
	return w.Exec(ctx, "DROP TABLE IF EXISTS "+bareTable+" SYNC")
}

// NewBare makes an empty block of that table.
func NewBare() *Bare {
	code := func() *proto.ColLowCardinality[string] { return new(proto.ColStr).LowCardinality() }
	b := &Bare{
		rows: newRows(bareTable), typ: code(), source: code(), org: code(), unlocode: code(), carrier: code(),
	}
	b.occurred.WithPrecision(proto.PrecisionMilli).WithLocation(time.UTC)
	b.recorded.WithPrecision(proto.PrecisionMilli).WithLocation(time.UTC)
	b.column("event_key", &b.key)
	b.column("id", &b.id)
	b.column("source", b.source)
	b.column("type", b.typ)
	b.column("org", b.org)
	b.column("occurred_at", &b.occurred)
	b.column("recorded_at", &b.recorded)
	b.column("unlocode", b.unlocode)
	b.column("carrier", b.carrier)
	b.column("reference", &b.reference)
	b.column("container", &b.container)
	b.column("payload", &b.payload)
	b.column("stream_seq", &b.sequence)
	return b
}

// Append adds the event.
func (b *Bare) Append(e *trade.Event, row *EventRow) {
	d := e.Data
	if d == nil {
		d = &noData
	}
	b.key = append(b.key, uuid.UUID(row.Key))
	b.id.Append(e.ID)
	b.source.Append(e.Source)
	b.typ.Append(string(e.Type))
	b.org.Append(row.Org)
	b.occurred.Append(e.Time)
	b.recorded.Append(e.Recorded)
	b.unlocode.Append(d.Place.UNLOCODE)
	b.carrier.Append(d.Transport.Carrier)
	reference, container := "", ""
	if len(d.References) > 0 {
		reference = d.References[0].Value
	}
	if len(d.Equipment) > 0 {
		container = d.Equipment[0].Number
	}
	b.reference.Append(reference)
	b.container.Append(container)
	b.payload.AppendBytes(row.Payload)
	b.sequence = append(b.sequence, row.Version)
	b.n++
}
