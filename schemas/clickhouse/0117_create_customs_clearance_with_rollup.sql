-- The steps of a time release study (WCO Guide to Measure the Time Required for the Release of Goods, version 3) as the
-- milestones tell them, by country and direction: arrival, lodging, release, clearance, delivery. Of an export, release is clearance.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW customs_clearance
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    country LowCardinality(String) COMMENT 'Country of the customs office, as that of the origin (export) or destination (import): ISO 3166-1 alpha-2',
    direction LowCardinality(String) COMMENT 'export or import',
    chains UInt64 COMMENT 'Number of chains with a declaration',
    cleared UInt64 COMMENT 'Number of them that were cleared',
    lodged_after_arrival_p50_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration (import only), hours: the median; NULL: no chain has both ends',
    lodged_after_arrival_p90_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration (import only), hours: nine of ten are within; NULL: no chain has both ends',
    lodged_after_arrival_p99_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration (import only), hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    released_after_lodging_p50_hours Nullable(Float64) COMMENT 'Lodging to release, hours: the median; NULL: no chain has both ends',
    released_after_lodging_p90_hours Nullable(Float64) COMMENT 'Lodging to release, hours: nine of ten are within; NULL: no chain has both ends',
    released_after_lodging_p99_hours Nullable(Float64) COMMENT 'Lodging to release, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    cleared_after_lodging_p50_hours Nullable(Float64) COMMENT 'Lodging to clearance, hours: the median; NULL: no chain has both ends',
    cleared_after_lodging_p90_hours Nullable(Float64) COMMENT 'Lodging to clearance, hours: nine of ten are within; NULL: no chain has both ends',
    cleared_after_lodging_p99_hours Nullable(Float64) COMMENT 'Lodging to clearance, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    delivered_after_release_p50_hours Nullable(Float64) COMMENT 'Release to delivery (import only), hours: the median; NULL: no chain has both ends',
    delivered_after_release_p90_hours Nullable(Float64) COMMENT 'Release to delivery (import only), hours: nine of ten are within; NULL: no chain has both ends',
    delivered_after_release_p99_hours Nullable(Float64) COMMENT 'Release to delivery (import only), hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are counted: now, or the last refresh of the rollup; UTC, milliseconds'
)
AS SELECT
    corridor, country, direction, count() AS chains, sum(is_cleared) AS cleared,
    quantileExactInclusiveOrNull(0.5)(lodge_ms) / 3600000 AS lodged_after_arrival_p50_hours,
    quantileExactInclusiveOrNull(0.9)(lodge_ms) / 3600000 AS lodged_after_arrival_p90_hours,
    quantileExactInclusiveOrNull(0.99)(lodge_ms) / 3600000 AS lodged_after_arrival_p99_hours,
    quantileExactInclusiveOrNull(0.5)(release_ms) / 3600000 AS released_after_lodging_p50_hours,
    quantileExactInclusiveOrNull(0.9)(release_ms) / 3600000 AS released_after_lodging_p90_hours,
    quantileExactInclusiveOrNull(0.99)(release_ms) / 3600000 AS released_after_lodging_p99_hours,
    quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000 AS cleared_after_lodging_p50_hours,
    quantileExactInclusiveOrNull(0.9)(clear_ms) / 3600000 AS cleared_after_lodging_p90_hours,
    quantileExactInclusiveOrNull(0.99)(clear_ms) / 3600000 AS cleared_after_lodging_p99_hours,
    quantileExactInclusiveOrNull(0.5)(deliver_ms) / 3600000 AS delivered_after_release_p50_hours,
    quantileExactInclusiveOrNull(0.9)(deliver_ms) / 3600000 AS delivered_after_release_p90_hours,
    quantileExactInclusiveOrNull(0.99)(deliver_ms) / 3600000 AS delivered_after_release_p99_hours,
    now64(3, 'UTC') AS as_of
FROM
(
    SELECT
        corridor, substring(destination, 1, 2) AS country, 'import' AS direction, import_cleared AS is_cleared,
        lodge_ms, release_ms, clear_ms, deliver_ms
    FROM chain_spans
    WHERE import_lodged AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
    UNION ALL
    SELECT corridor, substring(origin, 1, 2), 'export', export_cleared, CAST(NULL, 'Nullable(Int64)'), export_ms, export_ms, CAST(NULL, 'Nullable(Int64)')
    FROM chain_spans
    WHERE export_lodged AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
)
GROUP BY corridor, country, direction
UNION ALL
WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.lodge_q) AS lodged_after_arrival,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.release_q) AS released_after_lodging,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.clear_q) AS cleared_after_lodging,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.deliver_q) AS delivered_after_release
SELECT
    corridor, country, direction, sum(of.declared) AS chains, sum(of.is_cleared) AS cleared,
    if(isNaN(lodged_after_arrival[1]), NULL, lodged_after_arrival[1]) AS lodged_after_arrival_p50_hours,
    if(isNaN(lodged_after_arrival[2]), NULL, lodged_after_arrival[2]) AS lodged_after_arrival_p90_hours,
    if(isNaN(lodged_after_arrival[3]), NULL, lodged_after_arrival[3]) AS lodged_after_arrival_p99_hours,
    if(isNaN(released_after_lodging[1]), NULL, released_after_lodging[1]) AS released_after_lodging_p50_hours,
    if(isNaN(released_after_lodging[2]), NULL, released_after_lodging[2]) AS released_after_lodging_p90_hours,
    if(isNaN(released_after_lodging[3]), NULL, released_after_lodging[3]) AS released_after_lodging_p99_hours,
    if(isNaN(cleared_after_lodging[1]), NULL, cleared_after_lodging[1]) AS cleared_after_lodging_p50_hours,
    if(isNaN(cleared_after_lodging[2]), NULL, cleared_after_lodging[2]) AS cleared_after_lodging_p90_hours,
    if(isNaN(cleared_after_lodging[3]), NULL, cleared_after_lodging[3]) AS cleared_after_lodging_p99_hours,
    if(isNaN(delivered_after_release[1]), NULL, delivered_after_release[1]) AS delivered_after_release_p50_hours,
    if(isNaN(delivered_after_release[2]), NULL, delivered_after_release[2]) AS delivered_after_release_p90_hours,
    if(isNaN(delivered_after_release[3]), NULL, delivered_after_release[3]) AS delivered_after_release_p99_hours,
    max(of.refreshed_at) AS as_of
FROM
(
    SELECT
        corridor, substring(destination, 1, 2) AS country, 'import' AS direction, import_lodged AS declared, import_cleared AS is_cleared,
        lodge_q, release_q, clear_q, deliver_q, refreshed_at
    FROM corridor_rollup
    WHERE slice = 'ends' AND import_lodged > 0 AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
    UNION ALL
    SELECT
        corridor, substring(origin, 1, 2), 'export', export_lodged, export_cleared,
        initializeAggregation('quantilesDDState(0.005, 0.5, 0.9, 0.99)', CAST(NULL, 'Nullable(Float64)')), export_q, export_q,
        initializeAggregation('quantilesDDState(0.005, 0.5, 0.9, 0.99)', CAST(NULL, 'Nullable(Float64)')), refreshed_at
    FROM corridor_rollup
    WHERE slice = 'ends' AND export_lodged > 0 AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
) AS of
GROUP BY corridor, country, direction
COMMENT 'Steps of customs clearance by country and direction, as a time release study measures them';
