-- The ids that lead to a chain: those that its numbers make, of which one is its own, and those it had before.
--
-- ENGINE as in chains. ORDER BY alias first: it is what people have. kind, since an id that a chain had before may be one that a
-- number of it makes, and the one may end without the other.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_aliases
(
    alias FixedString(16) COMMENT 'Id that leads to the chain' CODEC(NONE),
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    kind LowCardinality(String) COMMENT 'Kind of the number that makes the id: bl, booking, invoice …; chain for one that the chain has or had',
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chains',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the id no longer leads to the chain'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (alias, chain_id, kind)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Ids that lead to each chain, a row a version: read it with FINAL';
