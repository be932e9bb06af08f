-- Greenhouse gases of the legs by corridor, ends, mode and carrier, counted anew every five minutes: what the view leg_emissions shows where there are
-- more chains than counted_from says. Definitions stand there. It counts everybody's chains, so organisations have no row of it.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has what
-- stands. One thread counts, so that many chains do not take the machine from those who ask.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS leg_emissions_stored
REFRESH AFTER 5 MINUTE
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the leg begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the leg ends: UN/LOCODE',
    mode LowCardinality(String) COMMENT 'sea, rail, road, air or barge',
    carrier LowCardinality(String) COMMENT 'Carrier: SCAC, IATA designator or railway code',
    factors LowCardinality(String) COMMENT 'Version of the factors; empty: of legs whose emissions are not known',
    legs UInt64 COMMENT 'Number of legs whose emissions are known',
    unknown UInt64 COMMENT 'Number of legs whose emissions are not known: without a weight, a known place or a mode',
    tonne_km Float64 COMMENT 'Tonnes times kilometres, of the legs whose emissions are known',
    ttw_kg Decimal(38, 4) COMMENT 'Kilograms CO2e, tank-to-wheel',
    wtw_kg Decimal(38, 4) COMMENT 'Kilograms CO2e, well-to-wheel',
    refreshed_at DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (corridor, origin, destination, mode, carrier, factors)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT
    corridor, origin, destination, mode, carrier, factors,
    countIf(isNotNull(of.wtw_kg)) AS legs,
    countIf(isNull(of.wtw_kg)) AS unknown,
    sum(if(isNull(of.wtw_kg), 0, ifNull(of.tonnes * toFloat64(of.km), 0))) AS tonne_km,
    sum(ifNull(of.ttw_kg, 0)) AS ttw_kg,
    sum(ifNull(of.wtw_kg, 0)) AS wtw_kg,
    now64(3, 'UTC') AS refreshed_at
FROM emissions AS of
GROUP BY corridor, origin, destination, mode, carrier, factors
SETTINGS max_threads = 1
COMMENT 'Greenhouse gases of the legs by corridor, ends, mode and carrier, counted anew every five minutes';
