package warehouse

import (
	"fmt"
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/failure"
	"oneorder/internal/trade"
)

// Block is rows of one table, in columns, that one insert writes whole. This package has one for each table.
// A block is not for concurrent use; Append copies what it is given.
type Block interface {
	Table() string
	Len() int
	Reset() // forgets the rows and keeps the memory

	input() proto.Input
	fault() error
}

// rows is what all blocks have in common.
type rows struct {
	table   string
	columns proto.Input
	reset   []resettable
	n       int
	bad     error // the first row that the table can't hold
}

func newRows(table string) rows { return rows{table: table} }

func (b *rows) column(name string, c resettable) {
	b.columns = append(b.columns, proto.InputColumn{Name: name, Data: c})
	b.reset = append(b.reset, c)
}

// Table is the table's name.
func (b *rows) Table() string { return b.table }

// Len is the number of rows.
func (b *rows) Len() int { return b.n }

// Reset forgets the rows and keeps the memory.
func (b *rows) Reset() {
	for _, c := range b.reset {
		c.Reset()
	}
	b.n, b.bad = 0, nil
}

func (b *rows) input() proto.Input { return b.columns }
func (b *rows) fault() error       { return b.bad }

// refuse remembers that a row can't be stored: Insert returns it as permanent.
func (b *rows) refuse(what string, v any) {
	if b.bad == nil {
		b.bad = &failure.Error{Err: fmt.Errorf("row %d of %s: %s does not fit: %v", b.n, b.table, what, v), Row: rowFault}
	}
}

// chainRows is what blocks of rows about a chain have in common: the chain, and whether the row stands at its version.
type chainRows struct {
	rows
	id      fixed
	founded proto.ColUInt16
	version proto.ColUInt64
	deleted proto.ColUInt8
}

// init names the table and has the columns that all of them have.
func (b *chainRows) init(table string) {
	b.rows = newRows(table)
	b.column("chain_id", &b.id)
	b.column("founded_on", as{&b.founded, "Date"})
	b.column("version", &b.version)
	b.column("is_deleted", &b.deleted)
}

// of says of which chain the row is that is being appended, and whether it stands at this version.
func (b *chainRows) of(chain string, foundedOn time.Time, version uint64, deleted uint8) {
	b.chainID(&b.id, chain)
	b.founded = append(b.founded, day(foundedOn))
	b.version = append(b.version, version)
	b.deleted = append(b.deleted, deleted)
}

func milliseconds(t time.Time) (int64, bool) { return t.UnixMilli(), !t.IsZero() }

// day is the number of the date since 1970-01-01, as a column of Date holds it.
func day(t time.Time) uint16 { return uint16(t.Unix() / (24 * 60 * 60)) } // until 2149

// decimal appends an amount, NULL when it is not given.
func (b *rows) decimal(c *optional, what string, d trade.Decimal) {
	if d == "" {
		c.append(0, false)
		return
	}
	v, err := d.Scaled()
	if err != nil {
		b.refuse(what, d)
	}
	c.append(v, err == nil)
}

func (b *rows) chainID(c *fixed, id string) {
	if !c.append(id) {
		b.refuse("chain id", id)
	}
}
