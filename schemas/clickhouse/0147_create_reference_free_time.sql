-- What is free of demurrage and detention (deploy/free_time.yaml), for the view `demurrage_detention`.
--
-- archive writes a version of it when it starts with reference data that the table has not: one insert, all rows of a version with its digest.
-- ENGINE: plain MergeTree; a version is written once. PARTITION BY digest: the versions before go at once, by dropping their partitions.
-- ORDER BY what is looked up. No TTL: it has what is in force.
-- +goose Up
CREATE TABLE IF NOT EXISTS reference_free_time
(
    digest LowCardinality(String) COMMENT 'Digest of the reference data that the row is of, as `oneorder refdata show` says',
    rule UInt16 COMMENT 'Number of the rule from 1: the first that fits counts',
    tariff LowCardinality(String) COMMENT 'Name of the tariff; example: the built-in one, which is nobody''s',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg that it fits; empty: any',
    corridor LowCardinality(String) COMMENT 'Corridor that it fits; empty: any',
    places Array(LowCardinality(String)) COMMENT 'Places of terminals that it fits; empty, and so countries: any',
    countries Array(LowCardinality(String)) COMMENT 'Countries of terminals that it fits: ISO 3166-1 alpha-2; empty, and so places: any',
    demurrage_free_days Nullable(UInt16) COMMENT 'Free days in the terminal, from discharge to gate-out; NULL: combined',
    detention_free_days Nullable(UInt16) COMMENT 'Free days out of it, from gate-out to the return of the empty; NULL: combined',
    combined_free_days Nullable(UInt16) COMMENT 'Free days of both as one, from discharge to the return of the empty; NULL: the two have their own',
    next_day Bool COMMENT 'The day after the discharge, or after the gate-out, is the first; else that day itself',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When archive wrote this version; UTC, milliseconds'
)
ENGINE = MergeTree
PARTITION BY digest
ORDER BY (rule)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Free time before demurrage and detention, of the tariff that is in force';
