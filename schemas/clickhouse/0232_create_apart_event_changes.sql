-- Every version of every row that was ever written to apart_events, as chain_event_changes has those of chain_events.
--
-- ORDER BY, and the bloom index, as in apart_events.
-- +goose Up
CREATE TABLE IF NOT EXISTS apart_event_changes
(
    conveyance String COMMENT 'Conveyance that the event is about: kind:number; empty when it is about the chains it lists' CODEC(ZSTD(1)),
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: with this version the event no longer stood here',
    type LowCardinality(String) COMMENT 'Type of the event as it was then',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event as it was then; UTC, milliseconds' CODEC(LZ4),
    chain_ids Array(FixedString(16)) COMMENT 'Identities of the chains that the event was in; none where there is a conveyance' CODEC(LZ4),
    evidence Array(Tuple(founded_on Date, rule LowCardinality(String), via String, steps UInt16, by UUID)) COMMENT 'Date and evidence for each of them: as in chain_events' CODEC(LZ4),
    rebuild UInt32 COMMENT 'Number of rebuilds of the chains before this version was written: as in chain_changes',
    copy_rank UInt64 COMMENT 'Complement of written_at in milliseconds since 1970: of several copies of a version the first one wins' CODEC(Delta(8), LZ4),
    written_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC') COMMENT 'When this version could first be seen here, by the clock of the warehouse; UTC, milliseconds',
    INDEX chain_ids_bloom chain_ids TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(copy_rank)
PARTITION BY rebuild
ORDER BY (conveyance, event_key, version)
TTL toDateTime(fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC'), 'UTC') + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Events that were stored once instead of in each of their chains: versions of the rows of apart_events, for 400 days';
