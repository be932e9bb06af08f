-- node_dwell_live while chains are few, else what node_dwell_stored has of it: the same to the last digit, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW node_dwell
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    unlocode LowCardinality(String) COMMENT 'The node: UN/LOCODE',
    from_mode LowCardinality(String) COMMENT 'Mode of transport that brought the goods',
    to_mode LowCardinality(String) COMMENT 'Mode of transport that took them on',
    stays UInt64 COMMENT 'Number of stays of which both ends are known',
    dwell_p50_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: the median; NULL: no chain has both ends',
    dwell_p90_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: nine of ten are within; NULL: no chain has both ends',
    dwell_p99_hours Nullable(Float64) COMMENT 'Arrival to departure at the node, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    longest_hours Float64 COMMENT 'The longest stay, hours',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT corridor, unlocode, from_mode, to_mode, stays, dwell_p50_hours, dwell_p90_hours, dwell_p99_hours, longest_hours, now64(3, 'UTC') AS as_of
FROM node_dwell_live
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
UNION ALL
SELECT corridor, unlocode, from_mode, to_mode, stays, dwell_p50_hours, dwell_p90_hours, dwell_p99_hours, longest_hours, as_of
FROM node_dwell_stored
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
COMMENT 'Stays at the nodes where goods change conveyance, by node and modes';
