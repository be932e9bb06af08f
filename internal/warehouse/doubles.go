package warehouse

import "context"

// Doubles counts what is there more than once: events, events of a chain, chains, refused messages. It is 0.
func (w *Warehouse) Doubles(ctx context.Context) (n uint64, err error) {
	err = w.rowsOf(ctx, "doubles", func(scan func(...any) error) error { return scan(&n) })
	return n, err
}
