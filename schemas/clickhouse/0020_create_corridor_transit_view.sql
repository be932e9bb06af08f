-- How long the corridors take, by their ends and modes, and how far plans held.
-- Transit is from the departure of the first conveyance to the arrival of the last, lead time from the order (else the
-- booking) to the delivery. A chain is on time when it arrived no later than 24 hours after the arrival planned for its
-- last leg; chains without a plan are not counted for that.
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
    lead_p50_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: the median; NULL: no chain has both ends',
    lead_p90_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: nine of ten are within; NULL: no chain has both ends',
    lead_p99_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    planned UInt64 COMMENT 'Number of arrived chains that had a plan for the arrival',
    on_time_share Nullable(Float64) COMMENT 'Share of these that arrived no later than 24 hours after the plan, 0 to 1; NULL: none had a plan'
)
AS SELECT
    corridor, origin, destination, mode_path,
    count() AS chains,
    countIf(isNotNull(departed_at) AND isNotNull(arrived_at)) AS arrived,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000 AS transit_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000 AS transit_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000 AS transit_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', coalesce(ordered_at, booked_at), delivered_at)) / 3600000 AS lead_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', coalesce(ordered_at, booked_at), delivered_at)) / 3600000 AS lead_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', coalesce(ordered_at, booked_at), delivered_at)) / 3600000 AS lead_p99_hours,
    countIf(isNotNull(arrived_at) AND isNotNull(planned_arrival_at)) AS planned,
    if(planned = 0, NULL, countIf(arrived_at <= planned_arrival_at + toIntervalHour(24)) / planned) AS on_time_share
FROM (SELECT *, legs[-1].planned_arrival_at AS planned_arrival_at FROM chain)
GROUP BY corridor, origin, destination, mode_path
COMMENT 'Transit and lead times by corridor, ends and modes, and the share that arrived on time';
