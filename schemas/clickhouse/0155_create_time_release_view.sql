-- The steps of a time release study on import: arrival of the goods, discharge, lodging of the declaration, release by customs, gate-out of
-- the terminal (WCO, Guide to Measure the Time Required for the Release of Goods, version 3: from the arrival of the goods until they are
-- physically released into the economy). Of several containers the last one counts. A chain is in a step when both of its ends are known.
-- Above counted_from chains from span_rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW time_release
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    country LowCardinality(String) COMMENT 'Country of import: ISO 3166-1 alpha-2',
    step LowCardinality(String) COMMENT 'arrived-discharged, arrived-lodged, lodged-released, released-gated_out: the steps in their order; discharged-gated_out: the stay in the terminal; arrived-gated_out: the whole',
    chains UInt64 COMMENT 'Number of chains of which both ends are known',
    mean_hours Float64 COMMENT 'Mean, hours',
    p50_hours Nullable(Float64) COMMENT 'The median, hours; less than 0: the later step came first, such as a declaration before the arrival',
    p90_hours Nullable(Float64) COMMENT 'Nine of ten are within, hours',
    p99_hours Nullable(Float64) COMMENT 'Ninety-nine of a hundred are within, hours',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of span_rollup; UTC, milliseconds'
)
AS SELECT
    corridor, country, s.1 AS step,
    count() AS chains,
    avg(assumeNotNull(s.2)) AS mean_hours,
    quantileExactInclusiveOrNull(0.5)(assumeNotNull(s.2)) AS p50_hours,
    quantileExactInclusiveOrNull(0.9)(assumeNotNull(s.2)) AS p90_hours,
    quantileExactInclusiveOrNull(0.99)(assumeNotNull(s.2)) AS p99_hours,
    now64(3, 'UTC') AS as_of
FROM
(
    SELECT
        corridor, substring(destination, 1, 2) AS country,
        arrayJoin(arrayFilter(s -> isNotNull(s.2), [
                ('arrived-discharged', dateDiff('millisecond', arrived_at, discharged_at) / 3600000),
                ('arrived-lodged', dateDiff('millisecond', arrived_at, import_lodged_at) / 3600000),
                ('lodged-released', dateDiff('millisecond', import_lodged_at, import_released_at) / 3600000),
                ('released-gated_out', dateDiff('millisecond', import_released_at, gated_out_at) / 3600000),
                ('discharged-gated_out', dateDiff('millisecond', discharged_at, gated_out_at) / 3600000),
                ('arrived-gated_out', dateDiff('millisecond', arrived_at, gated_out_at) / 3600000)])) AS s
    FROM chain
    WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
)
GROUP BY corridor, country, step
UNION ALL
WITH quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.quantiles) AS q
SELECT
    corridor, of.destination AS country, of.span AS step,
    sum(of.spans) AS chains,
    sum(of.total) / sum(of.spans) AS mean_hours,
    q[1] AS p50_hours, q[2] AS p90_hours, q[3] AS p99_hours,
    max(of.refreshed_at) AS as_of
FROM span_rollup AS of
WHERE of.slice = 'release' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
GROUP BY corridor, country, step
COMMENT 'Steps of a time release study on import, by corridor and country: arrival, discharge, lodging, release, gate-out';
