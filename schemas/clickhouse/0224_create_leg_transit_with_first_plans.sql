-- The legs of the corridors: how long each takes, against its plan, and how long goods stay at its origin before it (dwell, as in node_dwell).
-- On time: schedule reliability against the plan or estimate that was known last, and against the plan that was recorded first, with a day of grace.
-- Slip: how much later the last plan or estimate is than the first plan.
-- Above counted_from chains from span_rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW leg_transit
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the leg begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where it ends: UN/LOCODE',
    mode LowCardinality(String) COMMENT 'Mode of transport',
    carrier LowCardinality(String) COMMENT 'Carrier; empty: not said',
    legs UInt64 COMMENT 'Number of legs of which departure and arrival are known',
    transit_p50_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: the median; NULL: none is known',
    transit_p90_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: nine of ten are within; NULL: none is known',
    transit_p99_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: ninety-nine of a hundred are within; NULL: none is known',
    planned_p50_hours Nullable(Float64) COMMENT 'Planned or estimated departure to arrival, hours: the median; NULL: none is known',
    planned UInt64 COMMENT 'Number of legs that arrived and had a plan',
    on_time_share Nullable(Float64) COMMENT 'Share of them that arrived no later than a day after it, 0 to 1; NULL: none had one',
    arrival_delay_p50_hours Nullable(Float64) COMMENT 'Planned or estimated arrival, as it was known last, to arrival, hours: the median; NULL: none is known',
    arrival_delay_p90_hours Nullable(Float64) COMMENT 'Planned or estimated arrival, as it was known last, to arrival, hours: nine of ten are within; NULL: none is known',
    arrival_delay_p99_hours Nullable(Float64) COMMENT 'Planned or estimated arrival, as it was known last, to arrival, hours: ninety-nine of a hundred are within; NULL: none is known',
    first_planned UInt64 COMMENT 'Number of legs that arrived and had a first plan',
    first_on_time_share Nullable(Float64) COMMENT 'Share of them that arrived no later than a day after it, 0 to 1; NULL: none had one',
    first_arrival_delay_p50_hours Nullable(Float64) COMMENT 'First planned arrival to arrival, hours: the median; NULL: none is known',
    first_arrival_delay_p90_hours Nullable(Float64) COMMENT 'First planned arrival to arrival, hours: nine of ten are within; NULL: none is known',
    first_arrival_delay_p99_hours Nullable(Float64) COMMENT 'First planned arrival to arrival, hours: ninety-nine of a hundred are within; NULL: none is known',
    arrival_slip_p50_hours Nullable(Float64) COMMENT 'First planned arrival to the one planned or estimated last, hours, below 0: earlier: the median; NULL: none is known',
    arrival_slip_p90_hours Nullable(Float64) COMMENT 'First planned arrival to the one planned or estimated last, hours, below 0: earlier: nine of ten are within; NULL: none is known',
    arrival_slip_p99_hours Nullable(Float64) COMMENT 'First planned arrival to the one planned or estimated last, hours, below 0: earlier: ninety-nine of a hundred are within; NULL: none is known',
    stays UInt64 COMMENT 'Number of stays at its origin before it, of goods that another leg had brought there',
    dwell_p50_hours Nullable(Float64) COMMENT 'Arrival at the origin by the leg before, to departure, hours: the median; NULL: none is known',
    dwell_p90_hours Nullable(Float64) COMMENT 'Arrival at the origin by the leg before, to departure, hours: nine of ten are within; NULL: none is known',
    dwell_p99_hours Nullable(Float64) COMMENT 'Arrival at the origin by the leg before, to departure, hours: ninety-nine of a hundred are within; NULL: none is known',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of span_rollup; UTC, milliseconds'
)
AS SELECT
    corridor, origin, destination, mode, carrier,
    countIf(s.1 = 'transit') AS legs,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'transit') AS transit_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(s.2, s.1 = 'transit') AS transit_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(s.2, s.1 = 'transit') AS transit_p99_hours,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'planned') AS planned_p50_hours,
    countIf(s.1 = 'arrival_delay') AS planned,
    if(planned = 0, NULL, countIf(s.1 = 'arrival_delay' AND s.2 <= 24) / planned) AS on_time_share,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'arrival_delay') AS arrival_delay_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(s.2, s.1 = 'arrival_delay') AS arrival_delay_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(s.2, s.1 = 'arrival_delay') AS arrival_delay_p99_hours,
    countIf(s.1 = 'first_arrival_delay') AS first_planned,
    if(first_planned = 0, NULL, countIf(s.1 = 'first_arrival_delay' AND s.2 <= 24) / first_planned) AS first_on_time_share,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'first_arrival_delay') AS first_arrival_delay_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(s.2, s.1 = 'first_arrival_delay') AS first_arrival_delay_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(s.2, s.1 = 'first_arrival_delay') AS first_arrival_delay_p99_hours,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'arrival_slip') AS arrival_slip_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(s.2, s.1 = 'arrival_slip') AS arrival_slip_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(s.2, s.1 = 'arrival_slip') AS arrival_slip_p99_hours,
    countIf(s.1 = 'dwell') AS stays,
    quantileExactInclusiveOrNullIf(0.5)(s.2, s.1 = 'dwell') AS dwell_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(s.2, s.1 = 'dwell') AS dwell_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(s.2, s.1 = 'dwell') AS dwell_p99_hours,
    now64(3, 'UTC') AS as_of
FROM
(
    SELECT
        corridor, leg.origin AS origin, leg.destination AS destination, leg.mode AS mode, leg.carrier AS carrier,
        arrayJoin(arrayFilter(s -> isNotNull(s.2), [
                ('transit', dateDiff('millisecond', leg.departed_at, leg.arrived_at) / 3600000),
                ('planned', dateDiff('millisecond', leg.planned_departure_at, leg.planned_arrival_at) / 3600000),
                ('departure_delay', dateDiff('millisecond', leg.planned_departure_at, leg.departed_at) / 3600000),
                ('arrival_delay', dateDiff('millisecond', leg.planned_arrival_at, leg.arrived_at) / 3600000),
                ('first_departure_delay', dateDiff('millisecond', first.departure_at, leg.departed_at) / 3600000),
                ('first_arrival_delay', dateDiff('millisecond', first.arrival_at, leg.arrived_at) / 3600000),
                ('departure_slip', dateDiff('millisecond', first.departure_at, leg.planned_departure_at) / 3600000),
                ('arrival_slip', dateDiff('millisecond', first.arrival_at, leg.planned_arrival_at) / 3600000),
                ('dwell', if(before.destination = leg.origin AND leg.origin != '', dateDiff('millisecond', before.arrived_at, leg.departed_at) / 3600000, NULL))])) AS s
    FROM
        (
            SELECT corridor, leg, before, first
            FROM chain
            ARRAY JOIN legs AS leg, arrayResize(arrayPushFront(legs, legs[length(legs) + 1]), length(legs)) AS before,
                arrayResize(first_plans, length(legs)) AS first
        )
    WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
)
GROUP BY corridor, origin, destination, mode, carrier
UNION ALL
SELECT
    corridor, origin, destination, mode, carrier,
    sumIf(of.spans, of.span = 'transit') AS legs,
    if(countIf(of.span = 'transit') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'transit')[1]) AS transit_p50_hours,
    if(countIf(of.span = 'transit') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'transit')[2]) AS transit_p90_hours,
    if(countIf(of.span = 'transit') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'transit')[3]) AS transit_p99_hours,
    if(countIf(of.span = 'planned') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'planned')[1]) AS planned_p50_hours,
    sumIf(of.spans, of.span = 'arrival_delay') AS planned,
    if(planned = 0, NULL, (planned - sumIf(of.beyond, of.span = 'arrival_delay')) / planned) AS on_time_share,
    if(countIf(of.span = 'arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_delay')[1]) AS arrival_delay_p50_hours,
    if(countIf(of.span = 'arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_delay')[2]) AS arrival_delay_p90_hours,
    if(countIf(of.span = 'arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_delay')[3]) AS arrival_delay_p99_hours,
    sumIf(of.spans, of.span = 'first_arrival_delay') AS first_planned,
    if(first_planned = 0, NULL, (first_planned - sumIf(of.beyond, of.span = 'first_arrival_delay')) / first_planned) AS first_on_time_share,
    if(countIf(of.span = 'first_arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'first_arrival_delay')[1]) AS first_arrival_delay_p50_hours,
    if(countIf(of.span = 'first_arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'first_arrival_delay')[2]) AS first_arrival_delay_p90_hours,
    if(countIf(of.span = 'first_arrival_delay') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'first_arrival_delay')[3]) AS first_arrival_delay_p99_hours,
    if(countIf(of.span = 'arrival_slip') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_slip')[1]) AS arrival_slip_p50_hours,
    if(countIf(of.span = 'arrival_slip') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_slip')[2]) AS arrival_slip_p90_hours,
    if(countIf(of.span = 'arrival_slip') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'arrival_slip')[3]) AS arrival_slip_p99_hours,
    sumIf(of.spans, of.span = 'dwell') AS stays,
    if(countIf(of.span = 'dwell') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'dwell')[1]) AS dwell_p50_hours,
    if(countIf(of.span = 'dwell') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'dwell')[2]) AS dwell_p90_hours,
    if(countIf(of.span = 'dwell') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'dwell')[3]) AS dwell_p99_hours,
    max(of.refreshed_at) AS as_of
FROM span_rollup AS of
WHERE of.slice = 'leg' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
GROUP BY corridor, origin, destination, mode, carrier
COMMENT 'Legs by corridor, ends, mode and carrier: transit against the plan known last and the first, and the stay before it';
