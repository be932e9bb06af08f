-- Every version of every row that was ever written to chain_events, where merges leave only the newest: which event was in which chain
-- at a time, why, and of which type and time it was then. The page of a chain as it was known reads it.
--
-- chain_event_changes_feed copies each row that is inserted into chain_events. Clock, engine, partition, TTL and granularity as in
-- chain_changes; chain_id first for the same reason, and written_at stands in copy_rank alone.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_event_changes
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: with this version the event was no longer in the chain',
    type LowCardinality(String) COMMENT 'Type of the event as it was then',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event as it was then; UTC, milliseconds' CODEC(LZ4),
    rule LowCardinality(String) COMMENT 'Rule of joining that put the event into the chain: as in chain_events',
    via String COMMENT 'Number that it went through: kind:value@issuer' CODEC(ZSTD(1)),
    steps UInt16 COMMENT 'Number of events between the number of the event and the document of the consignment',
    by UUID COMMENT 'Identity of the event that made the membership' CODEC(ZSTD(1)),
    rebuild UInt32 COMMENT 'Number of rebuilds of the chains before this version was written: as in chain_changes',
    copy_rank UInt64 COMMENT 'Complement of written_at in milliseconds since 1970: of several copies of a version the first one wins' CODEC(Delta(8), LZ4),
    written_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC') COMMENT 'When this version could first be seen here, by the clock of the warehouse; UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(copy_rank)
PARTITION BY rebuild
ORDER BY (chain_id, event_key, version)
TTL toDateTime(fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC'), 'UTC') + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Which event was in which chain, and why: versions of the rows of chain_events, for 400 days';
