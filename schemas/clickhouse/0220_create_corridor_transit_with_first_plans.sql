-- How long the corridors take, by their ends and modes, and how far plans held.
-- Transit is from the departure of the first conveyance to the arrival of the last, lead time from the order (else the
-- booking) to the delivery. A chain is on time when it arrived no later than 24 hours after the arrival planned for its
-- last leg as it was known last, and on time by the first plan when it did so of the plan that was recorded first; chains without a plan are
-- not counted for that. How far the plan slipped is how much later the last plan or estimate is than the first plan.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW corridor_transit
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    mode_path LowCardinality(String) COMMENT 'Modes in order of travel, such as rail>sea',
    chains UInt64 COMMENT 'Number of chains',
    arrived UInt64 COMMENT 'Number of chains of which departure and arrival are known',
    transit_p50_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: the median; NULL: no chain has both ends',
    transit_p90_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: nine of ten are within; NULL: no chain has both ends',
    transit_p99_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    lead_p50_hours Nullable(Float64) COMMENT 'Order or booking to delivery, hours: the median; NULL: no chain has both ends',
    lead_p90_hours Nullable(Float64) COMMENT 'Order or booking to delivery, hours: nine of ten are within; NULL: no chain has both ends',
    lead_p99_hours Nullable(Float64) COMMENT 'Order or booking to delivery, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    planned UInt64 COMMENT 'Number of chains that arrived and had a plan',
    on_time_share Nullable(Float64) COMMENT 'Share of them that arrived no later than a day after it, 0 to 1; NULL: none had one',
    first_planned UInt64 COMMENT 'Number of chains that arrived and had a first plan',
    first_on_time_share Nullable(Float64) COMMENT 'Share of them that arrived no later than a day after it, 0 to 1; NULL: none had one',
    slip_mean_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours, below 0: earlier: the mean; NULL: no chain has a plan',
    slip_p50_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours: the median; NULL: no chain has a plan',
    slip_p90_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours: nine of ten are within; NULL: no chain has a plan',
    slip_p99_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours: ninety-nine of a hundred are within; NULL: no chain has a plan',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are counted: now, or the last refresh of the rollup; UTC, milliseconds'
)
AS SELECT
    corridor, origin, destination, mode_path,
    count() AS chains,
    countIf(isNotNull(transit_ms)) AS arrived,
    quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000 AS transit_p50_hours,
    quantileExactInclusiveOrNull(0.9)(transit_ms) / 3600000 AS transit_p90_hours,
    quantileExactInclusiveOrNull(0.99)(transit_ms) / 3600000 AS transit_p99_hours,
    quantileExactInclusiveOrNull(0.5)(lead_ms) / 3600000 AS lead_p50_hours,
    quantileExactInclusiveOrNull(0.9)(lead_ms) / 3600000 AS lead_p90_hours,
    quantileExactInclusiveOrNull(0.99)(lead_ms) / 3600000 AS lead_p99_hours,
    countIf(isNotNull(on_time)) AS planned,
    if(countIf(isNotNull(on_time)) = 0, NULL, countIf(on_time = 1) / countIf(isNotNull(on_time))) AS on_time_share,
    countIf(isNotNull(first_on_time)) AS first_planned,
    if(countIf(isNotNull(first_on_time)) = 0, NULL, countIf(first_on_time = 1) / countIf(isNotNull(first_on_time))) AS first_on_time_share,
    avgOrNull(slip_ms) / 3600000 AS slip_mean_hours,
    quantileExactInclusiveOrNull(0.5)(slip_ms) / 3600000 AS slip_p50_hours,
    quantileExactInclusiveOrNull(0.9)(slip_ms) / 3600000 AS slip_p90_hours,
    quantileExactInclusiveOrNull(0.99)(slip_ms) / 3600000 AS slip_p99_hours,
    now64(3, 'UTC') AS as_of
FROM chain_spans AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
GROUP BY corridor, origin, destination, mode_path
UNION ALL
WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.transit_q) AS transit,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.lead_q) AS lead,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.slip_q) AS slip
SELECT
    corridor, origin, destination, mode_path,
    sum(of.chains) AS chains,
    sum(of.moved) AS arrived,
    if(isNaN(transit[1]), NULL, transit[1]) AS transit_p50_hours,
    if(isNaN(transit[2]), NULL, transit[2]) AS transit_p90_hours,
    if(isNaN(transit[3]), NULL, transit[3]) AS transit_p99_hours,
    if(isNaN(lead[1]), NULL, lead[1]) AS lead_p50_hours,
    if(isNaN(lead[2]), NULL, lead[2]) AS lead_p90_hours,
    if(isNaN(lead[3]), NULL, lead[3]) AS lead_p99_hours,
    sum(of.planned) AS planned,
    if(sum(of.planned) = 0, NULL, sum(of.punctual) / sum(of.planned)) AS on_time_share,
    sum(of.first_planned) AS first_planned,
    if(sum(of.first_planned) = 0, NULL, sum(of.first_punctual) / sum(of.first_planned)) AS first_on_time_share,
    if(sum(of.slipped) = 0, NULL, sum(of.slip_hours) / sum(of.slipped)) AS slip_mean_hours,
    if(isNaN(slip[1]), NULL, slip[1]) AS slip_p50_hours,
    if(isNaN(slip[2]), NULL, slip[2]) AS slip_p90_hours,
    if(isNaN(slip[3]), NULL, slip[3]) AS slip_p99_hours,
    max(of.refreshed_at) AS as_of
FROM corridor_rollup AS of
WHERE of.slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
GROUP BY corridor, origin, destination, mode_path
COMMENT 'Transit and lead times by corridor, ends and modes, the share that arrived on time by the last plan and by the first, and how far plans slipped';
