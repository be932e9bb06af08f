-- The steps of a time release study (WCO Guide to Measure the Time Required for the Release of Goods, version 3) as the
-- milestones tell them, by country and direction.
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
    delivered_after_release_p99_hours Nullable(Float64) COMMENT 'Release to delivery (import only), hours: ninety-nine of a hundred are within; NULL: no chain has both ends'
)
AS SELECT
    corridor, country, direction,
    count() AS chains,
    countIf(isNotNull(cleared_at)) AS cleared,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', arrived_at, lodged_at)) / 3600000 AS lodged_after_arrival_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', arrived_at, lodged_at)) / 3600000 AS lodged_after_arrival_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', arrived_at, lodged_at)) / 3600000 AS lodged_after_arrival_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', lodged_at, released_at)) / 3600000 AS released_after_lodging_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', lodged_at, released_at)) / 3600000 AS released_after_lodging_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', lodged_at, released_at)) / 3600000 AS released_after_lodging_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', lodged_at, cleared_at)) / 3600000 AS cleared_after_lodging_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', lodged_at, cleared_at)) / 3600000 AS cleared_after_lodging_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', lodged_at, cleared_at)) / 3600000 AS cleared_after_lodging_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', released_at, delivered_at)) / 3600000 AS delivered_after_release_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', released_at, delivered_at)) / 3600000 AS delivered_after_release_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', released_at, delivered_at)) / 3600000 AS delivered_after_release_p99_hours
FROM
(
    SELECT
        corridor, substring(destination, 1, 2) AS country, 'import' AS direction, arrived_at, import_lodged_at AS lodged_at,
        import_released_at AS released_at, import_cleared_at AS cleared_at, delivered_at
    FROM chain
    WHERE isNotNull(import_lodged_at)
    UNION ALL
    SELECT
        corridor, substring(origin, 1, 2), 'export', CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))'), export_lodged_at,
        export_cleared_at, export_cleared_at, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))')
    FROM chain
    WHERE isNotNull(export_lodged_at)
)
GROUP BY corridor, country, direction
COMMENT 'Steps of customs clearance by country and direction, as a time release study measures them';
