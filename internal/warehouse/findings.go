package warehouse

import (
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// FindingRow is a finding of a chain.
type FindingRow struct {
	trade.Finding
	Chain     string
	FoundedOn time.Time // of the chain
	Opened    time.Time // broker timestamp of the latest of its events
	Closed    time.Time // broker timestamp of the message with which it was cleared; zero: it stands
	Version   uint64
}

// Findings is a block of findings.
type Findings struct {
	chainRows
	code, severity codes
	about          text
	sides          [2]sideColumns
	event          proto.ColUUID
	events         *list
	opened         proto.ColInt64
	closed         optional
}

type sideColumns struct {
	event       proto.ColUUID
	says, value text
	unit        codes
}

// NewFindings makes an empty block of findings.
func NewFindings() *Findings {
	b := &Findings{closed: optional{typ: typeTime}}
	b.init("findings")
	b.events = newList("Array(UUID)", &b.event)
	b.column("code", &b.code)
	b.column("about", &b.about)
	b.column("severity", &b.severity)
	for i, side := range [...]string{"left", "right"} {
		s := &b.sides[i]
		b.column(side+"_event", &s.event)
		b.column(side+"_says", &s.says)
		b.column(side+"_value", &s.value)
		b.column(side+"_unit", &s.unit)
	}
	b.column("events", b.events)
	b.column("opened_at", as{&b.opened, typeTime})
	b.column("closed_at", &b.closed)
	return b
}

// Append adds the finding as it is at its version.
func (b *Findings) Append(row *FindingRow) { b.add(row, 0) }

// Delete says that the finding's chain is no more at this version.
func (b *Findings) Delete(row *FindingRow) { b.add(row, 1) }

func (b *Findings) add(row *FindingRow, deleted uint8) {
	b.of(row.Chain, row.FoundedOn, row.Version, deleted)
	b.code.append(string(row.Code))
	b.about.append(row.About)
	b.severity.append(string(row.Severity))
	for i := range row.Sides {
		from, to := &row.Sides[i], &b.sides[i]
		key := from.Key()
		to.event = append(to.event, [16]byte(key))
		to.says.append(from.Says)
		to.value.append(from.Value)
		to.unit.append(from.Unit)
		if key != (trade.EventKey{}) {
			b.event = append(b.event, [16]byte(key))
		}
	}
	for _, key := range row.Others {
		b.event = append(b.event, [16]byte(key))
	}
	b.events.end()
	b.opened = append(b.opened, unixMilli(row.Opened))
	b.closed.append(milliseconds(row.Closed))
	b.n++
}
