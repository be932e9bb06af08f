-- How long goods stay where they change conveyance: from the arrival of one leg to the departure of the next at the
-- same UN/LOCODE (World Bank, container dwell time). Stays before the first and after the last leg are not of a node.
--
-- Counted when it is asked, over all chains: the view node_dwell shows it, or what node_dwell_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW node_dwell_live
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    unlocode LowCardinality(String) COMMENT 'The node: UN/LOCODE',
    from_mode LowCardinality(String) COMMENT 'Mode of transport that brought the goods',
    to_mode LowCardinality(String) COMMENT 'Mode of transport that took them on',
    stays UInt64 COMMENT 'Number of stays of which both ends are known',
    dwell_p50_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: the median; NULL: no chain has both ends',
    dwell_p90_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: nine of ten are within; NULL: no chain has both ends',
    dwell_p99_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    longest_hours Float64 COMMENT 'The longest stay, hours'
)
AS SELECT
    corridor, before.destination AS unlocode, before.mode AS from_mode, next.mode AS to_mode,
    count() AS stays,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', before.arrived_at, next.departed_at)) / 3600000 AS dwell_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', before.arrived_at, next.departed_at)) / 3600000 AS dwell_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', before.arrived_at, next.departed_at)) / 3600000 AS dwell_p99_hours,
    max(dateDiff('millisecond', before.arrived_at, next.departed_at)) / 3600000 AS longest_hours
FROM
(
    SELECT corridor, pair.1 AS before, pair.2 AS next
    FROM chain
    ARRAY JOIN arrayZip(arrayPopBack(legs), arrayPopFront(legs)) AS pair
    WHERE length(legs) > 1
)
WHERE before.destination != '' AND before.destination = next.origin AND before.arrived_at <= next.departed_at
GROUP BY corridor, unlocode, from_mode, to_mode
COMMENT 'Stays at the nodes where goods change conveyance, by node and modes: counted when it is asked';
