-- Every number that leads to a chain: references, containers (kind container) and aliases (kind chain).
--
-- ORDER BY value first: people look up a number without knowing its kind or issuer.
-- index_granularity 1024: a look-up reads one granule a part, and granules of a few bytes a row are cheap.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_references
(
    value String COMMENT 'The number in its normal form' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'Kind of the number: bl, booking, invoice …; container for a container, chain for an id that the chain had before',
    issuer LowCardinality(String) COMMENT 'Who gave the number: SCAC, LEI, USCC, UEN or another code; empty when not known',
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chains',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the number no longer leads to the chain'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (value, kind, issuer, chain_id)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Numbers that lead to each chain, containers and former ids included, a row a version: read it with FINAL';
