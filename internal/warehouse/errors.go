package warehouse

import (
	"errors"
	"strings"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
)

// rowError is a row that the table can't hold; the same row will fail again.
type rowError struct{ error }

func (e *rowError) Unwrap() error { return e.error }

// Permanent says that the rows themselves are at fault, so that the same insert fails whenever it is tried:
// find the row, refuse it and store the others. Everything else is worth a retry, or waits for an operator
// (a missing table, a wrong password, a full disk), and must never cost an event.
func Permanent(err error) bool {
	var row *rowError
	if errors.As(err, &row) {
		return true
	}
	code, message := exception(err)
	// The code of a table that has too many parts for the moment also says that the times of the rows span
	// too many partitions, which no waiting cures.
	if code == proto.ErrTooManyParts {
		return strings.Contains(message, "max_partitions_per_insert_block")
	}
	return rowsAtFault[code]
}

// exception is ClickHouse's own code and words for the error; 0 when it is not the server's.
func exception(err error) (proto.Error, string) {
	var native *ch.Exception
	if errors.As(err, &native) {
		return native.Code, native.Message
	}
	var other *clickhouse.Exception
	if errors.As(err, &other) {
		return proto.Error(other.Code), other.Message
	}
	return 0, ""
}

// rowsAtFault are the exception codes (ClickHouse, src/Common/ErrorCodes.cpp) of values that no retry makes
// acceptable.
var rowsAtFault = map[proto.Error]bool{
	proto.ErrCannotParseText:                  true,
	proto.ErrArgumentOutOfBound:               true,
	proto.ErrCannotConvertType:                true,
	proto.ErrIncorrectData:                    true,
	proto.ErrTooLargeArraySize:                true,
	proto.ErrTooLargeStringSize:               true,
	proto.ErrValueIsOutOfRangeOfDataType:      true,
	proto.ErrCannotInsertNullInOrdinaryColumn: true,
	proto.ErrDecimalOverflow:                  true,
}
