-- The spans of legs, of releases and of containers at both ends, counted anew every five minutes: what the views leg_transit, time_release and
-- demurrage_summary show where there are more chains than counted_from says, and what can be summed to other measures of them: by month,
-- by carrier, over several corridors, with quantiles that stay true (quantilesDDMerge). Definitions stand at those views.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY the slice, then its keys. index_granularity 256: a row has
-- kilobytes of states. No partition, no TTL: it has what stands. One thread counts, so that many chains do not take the machine from those who ask,
-- and groups past a gigabyte go to disk. Where chains are many, containers come from what import_boxes_refresh and export_boxes_refresh stored.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS span_rollup
REFRESH AFTER 5 MINUTE
(
    slice LowCardinality(String) COMMENT 'leg: movements between two places; release: imports; container: containers at the terminal of destination; export: containers before it, at the terminal where the first leg begins',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the leg begins, or the terminal of the export: UN/LOCODE; empty in the other slices',
    destination LowCardinality(String) COMMENT 'Where the leg ends, or the terminal: UN/LOCODE; of a release the country of import: ISO 3166-1 alpha-2',
    mode LowCardinality(String) COMMENT 'Mode of the leg; empty in the other slices',
    carrier LowCardinality(String) COMMENT 'Carrier of the leg, or of the last leg, before the export of the first; empty: not said, or slice release',
    month Date COMMENT 'First day of the month (UTC) of the departure of the leg, the arrival of the goods, the discharge of the container, or before the export its loading; 1970-01-01: not known',
    span LowCardinality(String) COMMENT 'Of a leg: transit, planned, departure_delay, arrival_delay (against the last plan), first_departure_delay, first_arrival_delay (against the first), departure_slip, arrival_slip (first plan to last), dwell (at its origin, before it); of a release: its steps, such as lodged-released; of containers, and before the export: terminal, outside, total (hours), demurrage, detention, combined (days), and containers, in_terminal, outside_now (counted only)',
    spans UInt64 COMMENT 'Number of spans of which both ends are known, or of what is counted',
    total Float64 COMMENT 'Sum of them, hours; of demurrage, detention and combined days',
    beyond UInt64 COMMENT 'Number of delays of more than a day; of demurrage, detention and combined the number of containers that have any',
    quantiles AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Float64) COMMENT 'State of the quantiles, hours or days, for quantilesDDMerge(0.005, 0.5, 0.9, 0.99): within 0.5 % of the value at the rank, whatever is merged with what',
    refreshed_at DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: when this was counted, of containers when those were stored; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (slice, corridor, destination, origin, mode, carrier, month, span)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256
AS SELECT slice, corridor, origin, destination, mode, carrier, month, s.1 AS span,
    count() AS spans, sum(s.2) AS total,
    countIf(s.1 IN ('departure_delay', 'arrival_delay', 'first_departure_delay', 'first_arrival_delay') AND s.2 > 24 OR s.1 IN ('demurrage', 'detention', 'combined') AND s.2 > 0) AS beyond,
    quantilesDDState(0.005, 0.5, 0.9, 0.99)(assumeNotNull(s.2)) AS quantiles,
    min(known_at) AS refreshed_at
FROM
(
    SELECT
        now64(3, 'UTC') AS known_at, 'leg' AS slice, corridor, leg.origin AS origin, leg.destination AS destination, leg.mode AS mode, leg.carrier AS carrier,
        toStartOfMonth(ifNull(leg.departed_at, toDateTime64(0, 3, 'UTC'))) AS month,
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
    UNION ALL
    SELECT
        now64(3, 'UTC'), 'release', corridor, '', substring(destination, 1, 2), '', '', toStartOfMonth(ifNull(arrived_at, toDateTime64(0, 3, 'UTC'))),
        arrayJoin(arrayFilter(s -> isNotNull(s.2), [
                ('arrived-discharged', dateDiff('millisecond', arrived_at, discharged_at) / 3600000),
                ('arrived-lodged', dateDiff('millisecond', arrived_at, import_lodged_at) / 3600000),
                ('lodged-released', dateDiff('millisecond', import_lodged_at, import_released_at) / 3600000),
                ('released-gated_out', dateDiff('millisecond', import_released_at, gated_out_at) / 3600000),
                ('discharged-gated_out', dateDiff('millisecond', discharged_at, gated_out_at) / 3600000),
                ('arrived-gated_out', dateDiff('millisecond', arrived_at, gated_out_at) / 3600000)]))
    FROM chain
    UNION ALL
    SELECT as_of, 'container', corridor, '', unlocode, '', carrier, month, (span, toNullable(amount))
    FROM demurrage_spans
    UNION ALL
    SELECT as_of, 'export', corridor, unlocode, '', '', carrier, month, (span, toNullable(amount))
    FROM demurrage_spans_export
)
GROUP BY slice, corridor, origin, destination, mode, carrier, month, span
SETTINGS max_threads = 1, max_bytes_before_external_group_by = 1000000000
COMMENT 'Spans of legs, releases and containers, with quantile states, counted anew every five minutes';
