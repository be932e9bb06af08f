// Package deploy holds what a deployment configures and a default of it is built in.
package deploy

import _ "embed"

// Corridors is the built-in corridors.yaml: the corridors with their nodes, modes and normal times.
//
//go:embed corridors.yaml
var Corridors []byte

// Exports is nats/exports.conf: what the broker's account ONEORDER offers to the accounts of organisations.
//
//go:embed nats/exports.conf
var Exports string

// FreeTime is the built-in free_time.yaml: what is free of demurrage and detention.
//
//go:embed free_time.yaml
var FreeTime []byte

// Tolerances is the built-in tolerances.yaml: how far reports may differ before it is a finding.
//
//go:embed tolerances.yaml
var Tolerances []byte

// Retention is the built-in retention.yaml: how long ClickHouse keeps what it has.
//
//go:embed retention.yaml
var Retention []byte
