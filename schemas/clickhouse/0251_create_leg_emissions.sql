-- Greenhouse gases of the legs by corridor, ends, mode and carrier, with the intensity of the transport (ISO 14083): sums of the view emissions. Figures
-- of different factors stand in rows of their own: they are not to be compared.
-- Above counted_from chains from leg_emissions_stored, as of its last refresh.
-- +goose Up
CREATE OR REPLACE VIEW leg_emissions
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
    co2e_g_per_tkm Nullable(Float64) COMMENT 'Grams CO2e well-to-wheel a tonne-kilometre; NULL: of no leg known',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of leg_emissions_stored; UTC, milliseconds'
)
AS SELECT
    corridor, origin, destination, mode, carrier, factors,
    countIf(isNotNull(of.wtw_kg)) AS legs,
    countIf(isNull(of.wtw_kg)) AS unknown,
    sum(if(isNull(of.wtw_kg), 0, ifNull(of.tonnes * toFloat64(of.km), 0))) AS tonne_km,
    sum(ifNull(of.ttw_kg, 0)) AS ttw_kg,
    sum(ifNull(of.wtw_kg, 0)) AS wtw_kg,
    if(tonne_km = 0, NULL, 1000 * toFloat64(wtw_kg) / tonne_km) AS co2e_g_per_tkm,
    now64(3, 'UTC') AS as_of
FROM emissions AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
GROUP BY corridor, origin, destination, mode, carrier, factors
UNION ALL
SELECT
    corridor, origin, destination, mode, carrier, factors, legs, unknown, tonne_km, ttw_kg, wtw_kg,
    if(tonne_km = 0, NULL, 1000 * toFloat64(wtw_kg) / tonne_km) AS co2e_g_per_tkm,
    refreshed_at AS as_of
FROM leg_emissions_stored
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
COMMENT 'Greenhouse gases of the legs by corridor, ends, mode and carrier, and grams CO2e a tonne-kilometre';
