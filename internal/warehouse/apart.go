package warehouse

import (
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// ApartRow is an event that is stored once instead of in each of its chains: about a conveyance, or with its chains.
type ApartRow struct {
	Event      trade.EventKey
	Conveyance string
	Type       trade.Type // of the event as it stands
	OccurredAt time.Time  // of the event as it stands
	Version    uint64
}

// ApartEvents is a block of apart_events.
type ApartEvents struct {
	rows
	conveyance, via text
	key, by         proto.ColUUID
	version         proto.ColUInt64
	deleted         proto.ColUInt8
	typ, rule       codes
	occurred        proto.ColInt64
	id              fixed
	founded, steps  proto.ColUInt16
	ids, evidence   *list
}

// NewApartEvents makes an empty block of apart_events.
func NewApartEvents() *ApartEvents {
	b := &ApartEvents{rows: newRows("apart_events")}
	b.ids = newList("Array(FixedString(16))", &b.id)
	b.evidence = newList("Array(Tuple(founded_on Date, rule LowCardinality(String), via String, steps UInt16, by UUID))",
		as{&b.founded, "Date"}, &b.rule, &b.via, &b.steps, &b.by)
	b.column("conveyance", &b.conveyance)
	b.column("event_key", &b.key)
	b.column("version", &b.version)
	b.column("is_deleted", &b.deleted)
	b.column("type", &b.typ)
	b.column("occurred_at", as{&b.occurred, typeTime})
	b.column("chain_ids", b.ids)
	b.column("evidence", b.evidence)
	return b
}

// In adds a chain to those of the row that is appended next.
func (b *ApartEvents) In(a *trade.Attribution, foundedOn time.Time) {
	b.chainID(&b.id, a.Chain)
	b.founded = append(b.founded, day(foundedOn))
	b.rule.append(string(a.Rule))
	b.via.append(a.Via)
	b.steps = append(b.steps, a.Steps)
	b.by = append(b.by, [16]byte(a.By))
}

// Append adds the event as it is at its version, in the chains that In gave it.
func (b *ApartEvents) Append(row *ApartRow) { b.add(row, 0) }

// Delete says that the event no longer stands once at this version, about this conveyance. The type and time do not matter.
func (b *ApartEvents) Delete(row *ApartRow) { b.add(row, 1) }

func (b *ApartEvents) add(row *ApartRow, deleted uint8) {
	b.conveyance.append(row.Conveyance)
	b.key = append(b.key, [16]byte(row.Event))
	b.version = append(b.version, row.Version)
	b.deleted = append(b.deleted, deleted)
	b.typ.append(string(row.Type))
	b.occurred = append(b.occurred, unixMilli(row.OccurredAt))
	b.ids.end()
	b.evidence.end()
	b.n++
}

// StayRow says that a chain was aboard a conveyance.
type StayRow struct {
	Chain       string
	FoundedOn   time.Time // of the chain
	Conveyance  string
	From, Until time.Time
	Steps       uint16
	By          trade.EventKey // the load
	Version     uint64
}

// ChainStays is a block of chain_stays.
type ChainStays struct {
	chainRows
	conveyance  text
	from, until proto.ColInt64
	steps       proto.ColUInt16
	by          proto.ColUUID
}

// NewChainStays makes an empty block of chain_stays.
func NewChainStays() *ChainStays {
	b := &ChainStays{}
	b.init("chain_stays")
	b.column("conveyance", &b.conveyance)
	b.column("aboard_from", as{&b.from, typeTime})
	b.column("aboard_until", as{&b.until, typeTime})
	b.column("steps", &b.steps)
	b.column("by", &b.by)
	return b
}

// Append says that the chain was aboard, at this version.
func (b *ChainStays) Append(row *StayRow) { b.add(row, 0) }

// Delete says that the chain was not aboard at this version. Of the row only the chain, its date, the conveyance, the
// beginning and the version matter.
func (b *ChainStays) Delete(row *StayRow) { b.add(row, 1) }

func (b *ChainStays) add(row *StayRow, deleted uint8) {
	b.of(row.Chain, row.FoundedOn, row.Version, deleted)
	b.conveyance.append(row.Conveyance)
	b.from = append(b.from, unixMilli(row.From))
	b.until = append(b.until, unixMilli(row.Until))
	b.steps = append(b.steps, row.Steps)
	b.by = append(b.by, [16]byte(row.By))
	b.n++
}
