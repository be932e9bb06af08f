-- Every version of every row that was ever written to chain_stays, as chain_event_changes has those of chain_events.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_stay_changes
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    conveyance String COMMENT 'Conveyance: kind:number, such as vessel:9793911' CODEC(ZSTD(1)),
    aboard_from DateTime64(3, 'UTC') COMMENT 'From when it was aboard; UTC, milliseconds' CODEC(LZ4),
    aboard_until DateTime64(3, 'UTC') COMMENT 'Until when: its next discharge, or 60 days after the load; UTC, milliseconds' CODEC(LZ4),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: with this version it was known not to have been aboard then',
    steps UInt16 COMMENT 'Number of events between the number of the load and the document of the consignment',
    by UUID COMMENT 'Identity of the load' CODEC(LZ4),
    rebuild UInt32 COMMENT 'Number of rebuilds of the chains before this version was written: as in chain_changes',
    copy_rank UInt64 COMMENT 'Complement of written_at in milliseconds since 1970: of several copies of a version the first one wins' CODEC(Delta(8), LZ4),
    written_at DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC') COMMENT 'When this version could first be seen here, by the clock of the warehouse; UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(copy_rank)
PARTITION BY rebuild
ORDER BY (chain_id, conveyance, aboard_from, version)
TTL toDateTime(fromUnixTimestamp64Milli(toInt64(bitNot(copy_rank)), 'UTC'), 'UTC') + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'When each chain was known to be aboard which conveyance: versions of the rows of chain_stays, for 400 days';
