-- What origin_preference_live shows, as of its last refresh: for where there are more chains than counted_from says. One thread counts.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS origin_preference_stored
REFRESH AFTER 10 MINUTE
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin_country LowCardinality(String) COMMENT 'Country where the journey begins: ISO 3166-1 alpha-2',
    destination_country LowCardinality(String) COMMENT 'Country where it ends: ISO 3166-1 alpha-2',
    hs_chapter LowCardinality(String) COMMENT 'Chapter of the Harmonized System: two digits; empty: not known',
    chains UInt64 COMMENT 'Number of chains between the two parties; one with goods of several chapters counts in each',
    certified UInt64 COMMENT 'Number of them with a certificate of origin',
    certified_share Float64 COMMENT 'Their share, 0 to 1',
    certified_usd Decimal(38, 4) COMMENT 'Value in US dollars of the certified chains, of those that know theirs',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (corridor, origin_country, destination_country, hs_chapter)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT corridor, origin_country, destination_country, hs_chapter, chains, certified, certified_share, certified_usd, now64(3, 'UTC') AS as_of
FROM origin_preference_live
SETTINGS max_threads = 1
COMMENT 'What origin_preference shows where there are many chains, as of its last refresh';
