package warehouse

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// columnsOfRecord stands in queries for those of a chain's record, which are in record.sql.
const columnsOfRecord = "    -- record\n"

// statement is the text of a query in the folder queries.
func statement(name string) (string, error) {
	text, err := queryFiles.ReadFile("queries/" + name + ".sql")
	if err != nil || !bytes.Contains(text, []byte(columnsOfRecord)) {
		return string(text), err
	}
	columns, err := queryFiles.ReadFile("queries/record.sql")
	return strings.Replace(string(text), columnsOfRecord, string(columns), 1), err
}

// rowsOf runs the named query and calls each for every row. It reads the answer to its end: the
// connection of a reader that leaves early is lost.
func (w *Warehouse) rowsOf(ctx context.Context, name string, each func(scan func(...any) error) error, args ...any) (err error) {
	text, err := statement(name)
	if err != nil {
		return err
	}
	rows, err := w.reader.Query(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("query %s: %w", name, classed(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return fmt.Errorf("query %s: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("query %s: %w", name, classed(err))
	}
	return nil
}

// Counts says how much is stored.
type Counts struct {
	Stored       uint64 // different events ever stored, by source and id
	Current      uint64 // events that stand: what the view events shows
	Chains       uint64
	Attributions uint64 // pairs of event and chain
	Attributed   uint64 // events in one chain or more
	Unattributed uint64 // events that wait for something that leads them to a chain
	Rejected     uint64 // messages refused
}

// Counts counts what stands.
func (w *Warehouse) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := w.rowsOf(ctx, "counts", func(scan func(...any) error) error {
		return scan(&c.Stored, &c.Current, &c.Chains, &c.Attributions, &c.Attributed, &c.Unattributed, &c.Rejected)
	})
	return c, err
}

func hours(h *float64) time.Duration {
	if h == nil {
		return 0
	}
	return time.Duration(math.Round(*h*3600_000)) * time.Millisecond
}

// Attribution says that a standing event is in a chain; Chain is "" for one that is in none.
type Attribution struct {
	Source, ID, Chain string
}

// Attributions yields every standing event with each of its chains, by source, id and chain. The second
// value ends the sequence with an error. Leaving early closes the connection.
func (w *Warehouse) Attributions(ctx context.Context) iter.Seq2[Attribution, error] {
	return func(yield func(Attribution, error) bool) {
		err := w.rowsOf(ctx, "attributions", func(scan func(...any) error) error {
			var a Attribution
			if err := scan(&a.Source, &a.ID, &a.Chain); err != nil {
				return err
			}
			if !yield(a, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Attribution{}, err)
		}
	}
}

var errEnough = errors.New("the caller has enough")

// named binds the parameters of a query: name, value, name, value …
func named(name string, value any) any { return clickhouse.Named(name, value) }

// numbersOf gives the forms under which a number typed by a person may be stored: upper case, and that
// without the characters that documents and containers lose (docs/joining.md).
func numbersOf(number string) []string {
	upper := strings.ToUpper(strings.TrimSpace(number))
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -/.", r) {
			return -1
		}
		return r
	}, upper)
	if bare == upper || bare == "" {
		return []string{upper}
	}
	return []string{upper, bare}
}
