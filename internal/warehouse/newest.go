package warehouse

import "context"

// NewestVersion is the highest version that any row of chains has; 0: there is none. A chain that an event
// of that stream sequence, or an earlier one, changed is visible.
func (w *Warehouse) NewestVersion(ctx context.Context) (version uint64, err error) {
	err = w.rowsOf(ctx, "newest_version", func(scan func(...any) error) error { return scan(&version) })
	return version, err
}
