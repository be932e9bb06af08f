package warehouse

import (
	"encoding/binary"
	"time"

	"github.com/ClickHouse/ch-go/proto"
	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// EventRow is what a row of events_all holds beside the event itself.
type EventRow struct {
	Key      trade.EventKey
	Digest   [32]byte    // SHA-256 of Payload
	Org      string      // of the subject that the event came on
	Country  string      // of the place: ISO 3166-1 alpha-2, or ""
	Flags    trade.Flags // beside the event's own
	Payload  []byte      // canonical JSON of the event
	Received time.Time   // the broker's timestamp: recorded_at where the event has none
	Version  uint64      // epoch<<48 | stream sequence
}

// Events is a block of events_all.
type Events struct {
	rows
	typ, source, org, classifier                 codes
	unlocode, country, mode, carrier, conveyance codes
	voyage, territory, direction, currency       codes
	occurred, recorded                           proto.ColInt64
	key                                          proto.ColUUID
	revision                                     proto.ColUInt32
	digest, rank                                 proto.ColUInt64
	retracted                                    proto.ColUInt8
	id, payload, referenceValue, container       text
	referenceKind, referenceIssuer, flag         codes
	references, containers, flags                *list
	amount                                       optional
}

// NewEvents makes an empty block of events_all.
func NewEvents() *Events {
	b := &Events{rows: newRows("events_all"), amount: optional{typ: typeMoney}}
	b.references = newList("Array(Tuple(kind LowCardinality(String), value String, issuer LowCardinality(String)))",
		&b.referenceKind, &b.referenceValue, &b.referenceIssuer)
	b.containers = newList("Array(String)", &b.container)
	b.flags = newList("Array(LowCardinality(String))", &b.flag)
	b.column("type", &b.typ)
	b.column("occurred_at", as{&b.occurred, typeTime})
	b.column("event_key", &b.key)
	b.column("revision", &b.revision)
	b.column("digest", &b.digest)
	b.column("source", &b.source)
	b.column("id", &b.id)
	b.column("org", &b.org)
	b.column("classifier", &b.classifier)
	b.column("recorded_at", as{&b.recorded, typeTime})
	b.column("retracted", as{&b.retracted, "Bool"})
	b.column("references", b.references)
	b.column("containers", b.containers)
	b.column("unlocode", &b.unlocode)
	b.column("country", &b.country)
	b.column("mode", &b.mode)
	b.column("carrier", &b.carrier)
	b.column("conveyance", &b.conveyance)
	b.column("voyage", &b.voyage)
	b.column("territory", &b.territory)
	b.column("direction", &b.direction)
	b.column("amount", &b.amount)
	b.column("currency", &b.currency)
	b.column("flags", b.flags)
	b.column("payload", &b.payload)
	b.column("copy_rank", &b.rank)
	return b
}

var noData trade.Data

// Append adds one copy of one event.
func (b *Events) Append(e *trade.Event, row *EventRow) {
	d := e.Data
	if d == nil { // a retraction
		d = &noData
	}
	b.typ.append(string(e.Type))
	b.occurred = append(b.occurred, e.Time.UnixMilli())
	b.key = append(b.key, uuid.UUID(row.Key))
	b.revision = append(b.revision, e.Revision)
	b.digest = append(b.digest, digestPrefix(&row.Digest))
	b.source.append(e.Source)
	b.id.append(e.ID)
	b.org.append(row.Org)
	b.classifier.append(string(d.Classifier))
	recorded := e.Recorded
	if recorded.IsZero() {
		recorded = row.Received
	}
	b.recorded = append(b.recorded, recorded.UnixMilli())
	b.retracted = append(b.retracted, bit(e.Retracted))
	for i := range d.References {
		b.referenceKind.append(string(d.References[i].Kind))
		b.referenceValue.append(d.References[i].Value)
		b.referenceIssuer.append(d.References[i].Issuer)
	}
	b.references.end()
	b.appendContainers(d)
	b.unlocode.append(d.Place.UNLOCODE)
	b.country.append(row.Country)
	b.mode.append(d.Transport.Mode)
	b.carrier.append(d.Transport.Carrier)
	b.conveyance.append(d.Transport.Conveyance)
	b.voyage.append(d.Transport.Voyage)
	b.territory.append(d.Customs.Territory)
	b.direction.append(d.Customs.Direction)
	b.decimal(&b.amount, "amount", d.Amount.Amount)
	b.currency.append(d.Amount.Currency)
	if flags := e.Flags | row.Flags; flags != 0 {
		for _, name := range flags.Names() {
			b.flag.append(name)
		}
	}
	b.flags.end()
	b.payload.appendBytes(row.Payload)
	b.rank = append(b.rank, ^row.Version)
	b.n++
}

func (b *Events) appendContainers(d *trade.Data) {
	for i := range d.Equipment {
		if d.Equipment[i].Kind == trade.Container {
			b.container.append(d.Equipment[i].Number)
		}
	}
	for _, number := range d.Transfer.From {
		b.container.append(number)
	}
	for _, number := range d.Transfer.To {
		b.container.append(number)
	}
	b.containers.end()
}

// digestPrefix is what the warehouse keeps of a SHA-256: enough to tell the contents of one event apart,
// in an order that agrees with the order of the whole.
func digestPrefix(d *[32]byte) uint64 { return binary.BigEndian.Uint64(d[:8]) }

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// EventHeads is a block of event_heads.
type EventHeads struct {
	rows
	key             proto.ColUUID
	revision        proto.ColUInt32
	digest, version proto.ColUInt64
}

// NewEventHeads makes an empty block of event_heads.
func NewEventHeads() *EventHeads {
	b := &EventHeads{rows: newRows("event_heads")}
	b.column("event_key", &b.key)
	b.column("revision", &b.revision)
	b.column("digest", &b.digest)
	b.column("version", &b.version)
	return b
}

// Append says that the event has this content. Of all contents said, the highest revision stands and, at
// equal revisions, the smallest digest, whatever the order in which they are inserted.
func (b *EventHeads) Append(key trade.EventKey, revision uint32, digest *[32]byte, version uint64) {
	b.key = append(b.key, uuid.UUID(key))
	b.revision = append(b.revision, revision)
	b.digest = append(b.digest, digestPrefix(digest))
	b.version = append(b.version, version)
	b.n++
}
