package warehouse

import (
	"context"

	"github.com/ClickHouse/ch-go/proto"
)

// Positions is a block of reader_positions.
type Positions struct {
	rows
	reader              codes
	version, generation proto.ColUInt64
}

// NewPositions makes an empty block of reader_positions.
func NewPositions() *Positions {
	b := &Positions{rows: newRows("reader_positions")}
	b.column("reader", &b.reader)
	b.column("version", &b.version)
	b.column("generation", &b.generation)
	return b
}

// Append says that everything up to a version has been written, or will have been with the batch that this row is of.
func (b *Positions) Append(reader string, version, generation uint64) {
	b.reader.append(reader)
	b.version = append(b.version, version)
	b.generation = append(b.generation, generation)
	b.n++
}

// Position is the version up to which this database has everything that the reader wrote; 0: nothing. It is not known
// of a database that was filled by a program that did not note it.
func (w *Warehouse) Position(ctx context.Context, reader string) (version uint64, known bool, err error) {
	var stored bool
	err = w.rowsOf(ctx, "position", func(scan func(...any) error) error { return scan(&version, &stored) }, named("reader", reader))
	return version, version > 0 || !stored, err
}

// LastVersion is the highest version that anything in the database has; 0: it is empty.
func (w *Warehouse) LastVersion(ctx context.Context) (version uint64, err error) {
	err = w.rowsOf(ctx, "last_version", func(scan func(...any) error) error { return scan(&version) })
	return version, err
}
