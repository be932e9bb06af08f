-- The chapters and headings of the Harmonized System with names, for whoever asks with SQL. Ask the dictionary `hs`.
--
-- archive writes a version of it when it starts with reference data that the table has not: one insert, all rows of a version with its digest.
-- ENGINE: plain MergeTree; a version is written once. PARTITION BY digest: the versions before go at once, by dropping their partitions.
-- ORDER BY what is looked up. No TTL: it has what is in force.
-- +goose Up
CREATE TABLE IF NOT EXISTS reference_hs
(
    digest LowCardinality(String) COMMENT 'Digest of the reference data that the row is of, as `oneorder refdata show` says',
    code String COMMENT 'Chapter of two digits, heading of four, or what a list of the operator divides further',
    name String COMMENT 'Short name, in English',
    chapter LowCardinality(String) COMMENT 'Chapter that it is of, two digits',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When archive wrote this version; UTC, milliseconds'
)
ENGINE = MergeTree
PARTITION BY digest
ORDER BY (code)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Codes of the Harmonized System of the reference data that is in force, with names';
