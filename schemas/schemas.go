// Package schemas holds the contracts that other programs rely on, embedded so that one binary carries them.
package schemas

import "embed"

// ClickHouse holds the numbered, forward-only migrations of the warehouse, in the folder clickhouse.
//
//go:embed clickhouse/*.sql
var ClickHouse embed.FS

// Events holds the JSON Schemas (2020-12) of the events, in the folder events: one per type, named
// `<domain>.<noun>.<verb>.json`, and the parts that they share. README.md tells how to read them.
//
//go:embed events/*.json
var Events embed.FS
