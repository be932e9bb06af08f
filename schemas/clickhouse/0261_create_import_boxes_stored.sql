-- What import_boxes_live shows, as of the last refresh, and which of it several chains share.
-- To bring the containers of ten million chains together takes most of a minute, so it is not done by whoever asks for one of them. A row is of one chain, so
-- a row policy shows an organisation its own; the few that several chains share are brought together when it is asked (shared), the others are
-- whole as they lie. Figures: docs/decisions/0043-containers-are-stored.md.
--
-- Plain MergeTree: a refresh replaces the whole content at once. ORDER BY whether it is shared, then the corridor and the terminal, which is what is
-- asked for; bloom filters find a container and a chain. No partition, no TTL: it has what stands. index_granularity 1024: those of one
-- terminal, or the one of a number, are read alone.
-- +goose Up
CREATE TABLE IF NOT EXISTS import_boxes_stored
(
    shared Bool COMMENT 'Another chain had its goods in it at the same terminal and time: these rows are one container. What only looks alike (by a hash) says so too',
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the last leg ends',
    corridor LowCardinality(String) COMMENT 'Corridor of the chain by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg of the chain, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'The one chain whose goods were in it',
    discharged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Discharge from the conveyance of the last leg; UTC, milliseconds; NULL: not reported',
    gated_out_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-out of the terminal, laden; UTC, milliseconds; NULL: not reported',
    returned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Return of the empty to a depot; UTC, milliseconds; NULL: not reported',
    delivered Bool COMMENT 'The goods of the chain were delivered',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported in the chain, sorted',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was read from the chains; UTC, milliseconds',
    INDEX container container TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX chains chains TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (shared, corridor, unlocode, container)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Containers chain by chain, as of the last refresh; the view demurrage_detention shows what stands';
