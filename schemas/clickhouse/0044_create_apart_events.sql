-- Events that are stored once instead of in each of their chains (docs/joining.md, rule 7): what happens to a conveyance, readings,
-- and what belongs to more than 64 chains. chain_members shows them in each chain.
--
-- ENGINE as in chains: an event that is taken back, or stands in its chains again, ends with a deleted row.
-- ORDER BY conveyance first, since a chain's time aboard leads to all that happened to the conveyance; event_key makes the key.
-- An event about no conveyance lists its chains: the bloom index leads from a chain to the few granules that may have it.
-- +goose Up
CREATE TABLE IF NOT EXISTS apart_events
(
    conveyance String COMMENT 'Conveyance that the event is about: kind:number; empty when it is about the chains it lists' CODEC(ZSTD(1)),
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the event no longer stands here',
    type LowCardinality(String) COMMENT 'Type of the event: as in events',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event: as in events; UTC, milliseconds' CODEC(LZ4),
    chain_ids Array(FixedString(16)) COMMENT 'Identities of the chains that the event is in; none where there is a conveyance' CODEC(LZ4),
    evidence Array(Tuple(founded_on Date, rule LowCardinality(String), via String, steps UInt16, by UUID)) COMMENT 'Date and evidence for each of them: as in chain_events' CODEC(LZ4),
    INDEX chain_ids_bloom chain_ids TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (conveyance, event_key)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Events that are stored once instead of in each of their chains, a row a version: read it with FINAL';
