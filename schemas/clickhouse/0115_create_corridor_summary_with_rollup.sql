-- The corridors side by side. A chain counts for the median of a span when both of its ends are reached.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW corridor_summary
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    chains UInt64 COMMENT 'Number of chains',
    delivered UInt64 COMMENT 'Number of chains of which the cargo was delivered',
    containers UInt64 COMMENT 'Number of different containers; from the rollup within 1 %',
    gross_kg Decimal(38, 4) COMMENT 'Gross weight in kilograms, of the chains that know theirs',
    value_usd Decimal(38, 4) COMMENT 'Value in US dollars, of the chains that know theirs',
    median_transit_hours Nullable(Float64) COMMENT 'Median of arrived_at less departed_at, hours; NULL: no chain has both',
    median_clearance_hours Nullable(Float64) COMMENT 'Median of import_cleared_at less import_lodged_at, hours; NULL: no chain has both',
    events UInt64 COMMENT 'Number of events attributed to the chains',
    complete_share Float64 COMMENT 'Share of the chains of which trade, customs, logistics and finance all reached every expected milestone: the one order is complete; 0 to 1',
    contradicted_share Float64 COMMENT 'Share of the chains with a finding, 0 to 1',
    presented UInt64 COMMENT 'Number of documents presented for recognition across the border',
    recognised_share Nullable(Float64) COMMENT 'Share of them that were recognised, 0 to 1; NULL: none was presented',
    recognised_by_digest_share Nullable(Float64) COMMENT 'Share of them that were recognised by the digest of a version that another event reports, 0 to 1; NULL: none was presented',
    co2e_g_per_tkm Nullable(Float64) COMMENT 'Grams CO2e well-to-wheel a tonne-kilometre, of the chains that know theirs; NULL: none does',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are counted: now, or the last refresh of the rollup; UTC, milliseconds'
)
AS SELECT
    corridor,
    count() AS chains,
    sum(of.delivered) AS delivered,
    uniqExactArray(of.containers) AS containers,
    sum(ifNull(of.gross_kg, 0)) AS gross_kg,
    sum(ifNull(of.value_usd, 0)) AS value_usd,
    quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000 AS median_transit_hours,
    quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000 AS median_clearance_hours,
    sum(of.events) AS events,
    sum(of.complete) / count() AS complete_share,
    sum(of.contradicted) / count() AS contradicted_share,
    sum(of.presented) AS presented,
    if(sum(of.presented) = 0, NULL, sum(of.recognised) / sum(of.presented)) AS recognised_share,
    if(sum(of.presented) = 0, NULL, sum(of.recognised_by_digest) / sum(of.presented)) AS recognised_by_digest_share,
    if(sum(ifNull(of.tonne_km, 0)) = 0, NULL, 1000 * toFloat64(sum(ifNull(of.co2e_kg, 0))) / sum(ifNull(of.tonne_km, 0))) AS co2e_g_per_tkm,
    now64(3, 'UTC') AS as_of
FROM chain_spans AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
GROUP BY corridor
UNION ALL
WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.transit_q) AS transit,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.clear_q) AS clearance
SELECT
    corridor,
    sum(of.chains) AS chains,
    sum(of.delivered) AS delivered,
    uniqCombined64Merge(17)(of.containers) AS containers,
    sum(of.gross_kg) AS gross_kg,
    sum(of.value_usd) AS value_usd,
    if(isNaN(transit[1]), NULL, transit[1]) AS median_transit_hours,
    if(isNaN(clearance[1]), NULL, clearance[1]) AS median_clearance_hours,
    sum(of.events) AS events,
    sum(of.complete) / sum(of.chains) AS complete_share,
    sum(of.contradicted) / sum(of.chains) AS contradicted_share,
    sum(of.presented) AS presented,
    if(sum(of.presented) = 0, NULL, sum(of.recognised) / sum(of.presented)) AS recognised_share,
    if(sum(of.presented) = 0, NULL, sum(of.recognised_by_digest) / sum(of.presented)) AS recognised_by_digest_share,
    if(sum(of.tonne_km) = 0, NULL, 1000 * toFloat64(sum(of.co2e_kg)) / sum(of.tonne_km)) AS co2e_g_per_tkm,
    max(of.refreshed_at) AS as_of
FROM corridor_rollup AS of
WHERE of.slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
GROUP BY corridor
COMMENT 'Corridors side by side: chains, containers, value, median transit and clearance, completeness, recognition, CO2e a tonne-kilometre';
