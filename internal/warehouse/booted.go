package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneorder/internal/failure"
)

// unknownTable is the code of the server's answer about a table that it does not have.
const unknownTable = 60

// measuredAfter is how long a server that has just started may take until it knows how long its machine has been up.
const measuredAfter = time.Minute

// Booted is when the machine that ClickHouse runs on booted, to some seconds; zero: the server cannot tell. ClickHouse does not
// wait for the disk, so what it took shortly before such a time may be lost. The engine of the one-machine default is told by
// its configuration; a server measures how long its machine has been up.
func (w *Warehouse) Booted(ctx context.Context) (time.Time, error) {
	var seconds int64
	err := w.rowsOf(ctx, "booted", func(scan func(...any) error) error { return scan(&seconds) })
	if err == nil && seconds == 0 {
		seconds, err = w.measured(ctx)
	}
	if err != nil || seconds <= 0 {
		return time.Time{}, err
	}
	return time.Unix(seconds, 0), nil
}

func (w *Warehouse) measured(ctx context.Context) (seconds int64, err error) {
	var known bool
	var up uint32
	err = w.rowsOf(ctx, "uptime", func(scan func(...any) error) error { return scan(&known, &seconds, &up) })
	var thrown *failure.Error
	switch {
	case errors.As(err, &thrown) && thrown.Row.Code == unknownTable:
		return 0, nil // it measures nothing
	case err != nil:
		return 0, err
	case known:
		return seconds, nil
	case time.Duration(up)*time.Second < measuredAfter:
		return 0, fmt.Errorf("clickhouse started %d s ago and does not know yet how long its machine has been up", up)
	}
	return 0, nil
}
