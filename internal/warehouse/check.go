package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// maxSkew is how far the clocks of this machine and of ClickHouse may be apart.
	maxSkew = 30 * time.Second
	// minFree is what the disk of ClickHouse must have free for a service to start: merges need room before they make any.
	minFree = 256 << 20
)

// Check says everything about the server for which a service must not start: clocks that disagree, a disk that is
// full. AwaitSchema says what is wrong with the tables.
func (w *Warehouse) Check(ctx context.Context) error {
	var now time.Time
	var disk string
	var free uint64
	before := time.Now()
	err := w.rowsOf(ctx, "machine", func(scan func(...any) error) error { return scan(&now, &disk, &free) })
	if err != nil {
		return fmt.Errorf("check clickhouse: %w", err)
	}
	return checkMachine(before, time.Now(), now, disk, free)
}

func checkMachine(before, after, now time.Time, disk string, free uint64) error {
	var faults []error
	if skew := max(before.Sub(now), now.Sub(after)); skew > maxSkew {
		faults = append(faults, fmt.Errorf("the clocks of ClickHouse and of this machine are %s apart, at most %s is allowed: set the clocks", skew.Round(time.Second), maxSkew))
	}
	if free < minFree {
		faults = append(faults, fmt.Errorf("the disk %s of ClickHouse has %d MiB free, want %d MiB or more: make room", disk, free>>20, minFree>>20))
	}
	return errors.Join(faults...)
}
