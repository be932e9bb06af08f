-- What export_boxes_live shows, as of the last refresh, and which of it several chains share.
-- How, and why: import_boxes_stored (0261).
--
-- Plain MergeTree: a refresh replaces the whole content at once. ORDER BY whether it is shared, then the corridor and the terminal, which is what is
-- asked for; bloom filters find a container and a chain. No partition, no TTL: it has what stands. index_granularity 1024: those of one
-- terminal, or the one of a number, are read alone.
-- +goose Up
CREATE TABLE IF NOT EXISTS export_boxes_stored
(
    shared Bool COMMENT 'Another chain had its goods in it at the same terminal and time: these rows are one container. What only looks alike (by a hash) says so too',
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the first leg begins; of a container that is not in yet, the origin of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor of the chain by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the first leg of the chain, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'The one chain whose goods were in it',
    picked_up_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Pick-up of the empty from a depot; UTC, milliseconds; NULL: not reported',
    gated_in_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-in of the terminal, laden; UTC, milliseconds; NULL: not reported',
    loaded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Loading onto the conveyance of the first leg; UTC, milliseconds; NULL: not reported',
    departed Bool COMMENT 'The goods of the chain departed',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported in the chain, sorted',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was read from the chains; UTC, milliseconds',
    INDEX container container TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX chains chains TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (shared, corridor, unlocode, container)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Containers chain by chain, as of the last refresh; the view demurrage_detention_export shows what stands';
