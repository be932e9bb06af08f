package failure

import "strings"

// What to do, where several rows say the same.
const (
	waits     = "nothing: it goes on by itself"
	makeRoom  = "make room on the disk of ClickHouse"
	refused   = "nothing: the event is in rejected_events and in REJECTED, with the reason"
	migrate   = "run oneorder migrate with this version of the program"
	whoWrites = "set ONEORDER_CLICKHOUSE_USER and ONEORDER_CLICKHOUSE_PASSWORD to a user who may write (deploy/clickhouse/users.d)"
	newer     = "use ClickHouse 25.8 or later, with the settings of deploy/clickhouse"
	sender    = "nothing: the sender is told"
)

// ClickHouseRows are ClickHouse's exception codes that are told apart.
var ClickHouseRows = []Row{
	{3, "UNEXPECTED_END_OF_FILE", "", Retryable, waits},
	{32, "ATTEMPT_TO_READ_AFTER_EOF", "", Retryable, waits},
	{74, "CANNOT_READ_FROM_FILE_DESCRIPTOR", "", Retryable, "look after the disk of ClickHouse"},
	{75, "CANNOT_WRITE_TO_FILE_DESCRIPTOR", "", Retryable, makeRoom},
	{76, "CANNOT_OPEN_FILE", "", Retryable, "look after the disk of ClickHouse"},
	{159, "TIMEOUT_EXCEEDED", "", Retryable, waits},
	{160, "TOO_SLOW", "", Retryable, waits},
	{164, "READONLY", "", Retryable, "ClickHouse takes no writes: end its read-only mode, or use a user who may write"},
	{201, "QUOTA_EXCEEDED", "", Retryable, "take the services' user out of the quota"},
	{202, "TOO_MANY_SIMULTANEOUS_QUERIES", "", Retryable, waits},
	{203, "NO_FREE_CONNECTION", "", Retryable, waits},
	{209, "SOCKET_TIMEOUT", "", Retryable, waits},
	{210, "NETWORK_ERROR", "", Retryable, waits},
	{218, "TABLE_IS_DROPPED", "", Retryable, waits},
	{225, "NO_ZOOKEEPER", "", Retryable, "look after Keeper"},
	{236, "ABORTED", "", Retryable, waits},
	{241, "MEMORY_LIMIT_EXCEEDED", "", Retryable, "give ClickHouse more memory if it stays"},
	{242, "TABLE_IS_READ_ONLY", "", Retryable, "look after Keeper"},
	{243, "NOT_ENOUGH_SPACE", "", Retryable, makeRoom},
	{252, "TOO_MANY_PARTS", "max_partitions_per_insert_block", Permanent, refused},
	{252, "TOO_MANY_PARTS", "", Retryable, "nothing, unless it stays: then look after merges"},
	{285, "TOO_FEW_LIVE_REPLICAS", "", Retryable, "start the replicas"},
	{286, "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", "", Retryable, "start the replicas"},
	{289, "REPLICA_IS_NOT_IN_QUORUM", "", Retryable, waits},
	{319, "UNKNOWN_STATUS_OF_INSERT", "", Retryable, "nothing: the token makes the repeat safe"},
	{394, "QUERY_WAS_CANCELLED", "", Retryable, waits},
	{425, "SYSTEM_ERROR", "", Retryable, waits},
	{439, "CANNOT_SCHEDULE_TASK", "", Retryable, waits},
	{473, "DEADLOCK_AVOIDED", "", Retryable, waits},
	{499, "S3_ERROR", "", Retryable, waits},
	{733, "TABLE_IS_BEING_RESTARTED", "", Retryable, waits},
	{999, "KEEPER_EXCEPTION", "", Retryable, "look after Keeper"},

	{6, "CANNOT_PARSE_TEXT", "", Permanent, refused},
	{27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED", "", Permanent, refused},
	{38, "CANNOT_PARSE_DATE", "", Permanent, refused},
	{41, "CANNOT_PARSE_DATETIME", "", Permanent, refused},
	{69, "ARGUMENT_OUT_OF_BOUND", "", Permanent, refused},
	{70, "CANNOT_CONVERT_TYPE", "", Permanent, refused},
	{72, "CANNOT_PARSE_NUMBER", "", Permanent, refused},
	{117, "INCORRECT_DATA", "", Permanent, refused},
	{128, "TOO_LARGE_ARRAY_SIZE", "", Permanent, refused},
	{131, "TOO_LARGE_STRING_SIZE", "", Permanent, refused},
	{321, "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE", "", Permanent, refused},
	{349, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN", "", Permanent, refused},
	{407, "DECIMAL_OVERFLOW", "", Permanent, refused},
	{469, "VIOLATED_CONSTRAINT", "", Permanent, refused},

	{16, "NO_SUCH_COLUMN_IN_TABLE", "", Fatal, migrate},
	{20, "NUMBER_OF_COLUMNS_DOESNT_MATCH", "", Fatal, migrate},
	{47, "UNKNOWN_IDENTIFIER", "", Fatal, migrate},
	{48, "NOT_IMPLEMENTED", "", Fatal, newer},
	{50, "UNKNOWN_TYPE", "", Fatal, newer},
	{53, "TYPE_MISMATCH", "", Fatal, migrate},
	{60, "UNKNOWN_TABLE", "", Fatal, migrate},
	{62, "SYNTAX_ERROR", "", Fatal, newer},
	{81, "UNKNOWN_DATABASE", "", Fatal, migrate},
	{115, "UNKNOWN_SETTING", "", Fatal, newer},
	{192, "UNKNOWN_USER", "", Fatal, whoWrites},
	{193, "WRONG_PASSWORD", "", Fatal, whoWrites},
	{194, "REQUIRED_PASSWORD", "", Fatal, whoWrites},
	{195, "IP_ADDRESS_NOT_ALLOWED", "", Fatal, "let the user come from this machine's address (networks, in deploy/clickhouse/users.d)"},
	{291, "DATABASE_ACCESS_DENIED", "", Fatal, whoWrites},
	{344, "SUPPORT_IS_DISABLED", "", Fatal, newer},
	{452, "SETTING_CONSTRAINT_VIOLATION", "", Fatal, "let the services' user set async_insert, insert_deduplicate and insert_deduplication_token"},
	{497, "ACCESS_DENIED", "", Fatal, whoWrites},
	{516, "AUTHENTICATION_FAILED", "", Fatal, whoWrites},
}

// BrokerRows are the broker's answers and its client's errors that are told apart.
var BrokerRows = []Row{
	{10002, "JSAccountResourcesExceededErr", "", Permanent, "raise the account's limit; " + sender},
	{10008, "JSClusterNotAvailErr", "", Retryable, waits},
	{10009, "JSClusterNotLeaderErr", "", Retryable, waits},
	{10023, "JSInsufficientResourcesErr", "", Retryable, "make room on the disk of the broker"},
	{10028, "JSMemoryResourcesExceededErr", "", Retryable, "raise max_memory_store"},
	{10039, "JSNotEnabledForAccountErr", "", Retryable, "enable JetStream for the account"},
	{10047, "JSStorageResourcesExceededErr", "", Permanent, "raise max_file_store, or make room; " + sender},
	{10054, "JSStreamMessageExceedsMaximumErr", "", Permanent, sender},
	{10059, "JSStreamNotFoundErr", "", Retryable, "start any service again: it makes the stream"},
	{10076, "JSNotEnabledErr", "", Retryable, "enable JetStream, unless it is only starting"},
	{10077, "JSStreamStoreFailedF", "maximum", Permanent, "raise the limit of the stream, or let the readers catch up; " + sender},
	{10077, "JSStreamStoreFailedF", "too large", Permanent, sender},
	{10077, "JSStreamStoreFailedF", "", Retryable, "make room on the disk of the broker"},
	{10097, "JSStreamHeaderExceedsMaximumErr", "", Permanent, sender},
	{10158, "JSAtomicPublishDuplicateErr", "", Retryable, "nothing: the messages are sent one by one"},
	{10210, "JSAtomicPublishTooManyInflight", "", Retryable, waits},

	{0, "nats: timeout", "", Retryable, waits},
	{0, "nats: no responders available for request", "", Retryable, waits},
	{0, "nats: no servers available for connection", "", Retryable, "start the broker"},
	{0, "nats: server is disconnected", "", Retryable, waits},
	{0, "nats: connection closed", "", Retryable, waits},
	{0, "nats: stale connection", "", Retryable, "nothing: a new connection is made"},
	{0, "nats: slow consumer, messages dropped", "", Retryable, "nothing: what was dropped is read again"},
	{0, "nats: maximum payload exceeded", "", Permanent, sender},
	{0, "nats: authorization violation", "", Fatal, "set ONEORDER_NATS_USER and ONEORDER_NATS_PASSWORD"},
	{0, "nats: authentication expired", "", Fatal, "renew the credentials"},
	{0, "nats: permissions violation", "", Fatal, "let the user of this service use its subjects (deploy/nats)"},
}

// ClickHouse is the row of an exception of ClickHouse.
func ClickHouse(code int, message string) Row { return find(ClickHouseRows, code, "", message) }

// Broker is the row of an answer of the broker.
func Broker(code int, description string) Row { return find(BrokerRows, code, "", description) }

// Client is the row of an error of the broker's client, by its text.
func Client(text string) Row { return find(BrokerRows, 0, text, "") }

func find(rows []Row, code int, name, says string) Row {
	for _, row := range rows {
		if row.Code == code && (name == "" || row.Name == name) && strings.Contains(says, row.Says) {
			return row
		}
	}
	return Row{Code: code, Name: name, Class: Retryable, Do: "look at what it says"}
}
