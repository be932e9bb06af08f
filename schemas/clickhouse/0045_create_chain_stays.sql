-- When each chain was aboard which conveyance (docs/joining.md, rule 6): from a load to the next discharge.
--
-- ENGINE as in chains. ORDER BY the chain first, as chain_events; conveyance and aboard_from make the key.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_stays
(
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chains',
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    conveyance String COMMENT 'Conveyance: kind:number, such as vessel:9793911' CODEC(ZSTD(1)),
    aboard_from DateTime64(3, 'UTC') COMMENT 'From when it was aboard; UTC, milliseconds' CODEC(LZ4),
    aboard_until DateTime64(3, 'UTC') COMMENT 'Until when: its next discharge, or 60 days after the load; UTC, milliseconds' CODEC(LZ4),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: it was not aboard then',
    steps UInt16 COMMENT 'Number of events between the number of the load and the document of the consignment',
    by UUID COMMENT 'Identity of the load' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (founded_on, chain_id, conveyance, aboard_from)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'When each chain was aboard which conveyance, a row a version: read it with FINAL';
