// Package schemas holds the contracts that other programs rely on, embedded so that one binary carries them.
package schemas

import "embed"

// ClickHouse holds the numbered, forward-only migrations of the warehouse, in the folder clickhouse.
//
//go:embed clickhouse/*.sql
var ClickHouse embed.FS
