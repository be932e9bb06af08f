-- The places that the programs know, for whoever asks with SQL. Ask the dictionary `places`.
--
-- archive writes a version of it when it starts with reference data that the table has not: one insert, all rows of a version with its digest.
-- ENGINE: plain MergeTree; a version is written once. PARTITION BY digest: the versions before go at once, by dropping their partitions.
-- ORDER BY what is looked up. No TTL: it has what is in force.
-- +goose Up
CREATE TABLE IF NOT EXISTS reference_places
(
    digest LowCardinality(String) COMMENT 'Digest of the reference data that the row is of, as `oneorder refdata show` says',
    code LowCardinality(String) COMMENT 'UN/LOCODE, or the code of a facility that no UN/LOCODE stands for',
    name String COMMENT 'Name in Latin letters',
    country LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2',
    country_name LowCardinality(String) COMMENT 'Name of the country, in English',
    latitude Nullable(Float64) COMMENT 'Degrees north, WGS 84; NULL: not known',
    longitude Nullable(Float64) COMMENT 'Degrees east, WGS 84; NULL: not known',
    functions LowCardinality(String) COMMENT 'What is there: 1 port, 2 rail, 3 road, 4 airport, 5 post, 6 inland depot, B border crossing',
    node LowCardinality(String) COMMENT 'Node of the first corridor that has the place; empty: it is on none',
    loaded_at DateTime64(3, 'UTC') COMMENT 'When archive wrote this version; UTC, milliseconds'
)
ENGINE = MergeTree
PARTITION BY digest
ORDER BY (code)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Places and facilities of the reference data that is in force';
