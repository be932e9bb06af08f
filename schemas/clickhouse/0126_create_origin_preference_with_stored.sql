-- origin_preference_live while chains are few, else what origin_preference_stored has of it: the same to the last digit, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW origin_preference
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin_country LowCardinality(String) COMMENT 'Country where the journey begins: ISO 3166-1 alpha-2',
    destination_country LowCardinality(String) COMMENT 'Country where it ends: ISO 3166-1 alpha-2',
    hs_chapter LowCardinality(String) COMMENT 'Chapter of the Harmonized System: two digits; empty: not known',
    chains UInt64 COMMENT 'Number of chains between the two parties; one with goods of several chapters counts in each',
    certified UInt64 COMMENT 'Number of them with a certificate of origin',
    certified_share Float64 COMMENT 'Their share, 0 to 1',
    certified_usd Decimal(38, 4) COMMENT 'Value in US dollars of the certified chains, of those that know theirs',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT corridor, origin_country, destination_country, hs_chapter, chains, certified, certified_share, certified_usd, now64(3, 'UTC') AS as_of
FROM origin_preference_live
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
UNION ALL
SELECT corridor, origin_country, destination_country, hs_chapter, chains, certified, certified_share, certified_usd, as_of
FROM origin_preference_stored
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
COMMENT 'Use of the RCEP preference: chains between its parties, and those with a certificate of origin';
