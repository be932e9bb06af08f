-- The corridors that the programs know, for whoever asks with SQL. Ask the dictionary `corridors`.
--
-- archive writes a version of it when it starts with reference data that the table has not: one insert, all rows of a version with its digest.
-- ENGINE: plain MergeTree; a version is written once. PARTITION BY digest: the versions before go at once, by dropping their partitions.
-- ORDER BY what is looked up. No TTL: it has what is in force.
-- +goose Up
CREATE TABLE IF NOT EXISTS reference_corridors
(
    digest LowCardinality(String) COMMENT 'Digest of the reference data that the row is of, as `oneorder refdata show` says',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    name String COMMENT 'Its name',
    nodes Array(LowCardinality(String)) COMMENT 'Names of its nodes, in order',
    modes Array(LowCardinality(String)) COMMENT 'Modes from each node to the next: one fewer',
    leg_hours Array(UInt32) COMMENT 'Normal times from each node to the next, hours',
    dwell_hours Array(UInt32) COMMENT 'Normal stays at the nodes, hours; 0: none is said',
    expected Array(LowCardinality(String)) COMMENT 'Milestones that a complete record has',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When archive wrote this version; UTC, milliseconds'
)
ENGINE = MergeTree
PARTITION BY digest
ORDER BY (corridor)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Corridors of the reference data that is in force';
