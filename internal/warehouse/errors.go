package warehouse

import (
	"errors"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/clickhouse-go/v2"

	"oneorder/internal/failure"
)

// rowFault is the row of the failure table for a value that the table can't hold, found before the insert.
var rowFault = failure.Row{Name: "a value that does not fit", Class: failure.Permanent, Do: "nothing: the event is refused"}

// classed ties an error of the server's to its row of the failure table. Every other error is one of reaching
// the server, which is tried again.
func classed(err error) error {
	var native *ch.Exception
	if errors.As(err, &native) {
		return &failure.Error{Err: err, Row: failure.ClickHouse(int(native.Code), native.Message)}
	}
	var other *clickhouse.Exception
	if errors.As(err, &other) {
		return &failure.Error{Err: err, Row: failure.ClickHouse(int(other.Code), other.Message)}
	}
	return err
}
