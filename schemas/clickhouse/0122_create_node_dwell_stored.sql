-- What node_dwell_live shows, as of its last refresh: for where there are more chains than counted_from says. One thread counts.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS node_dwell_stored
REFRESH AFTER 5 MINUTE
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
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (corridor, unlocode, from_mode, to_mode)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT corridor, unlocode, from_mode, to_mode, stays, dwell_p50_hours, dwell_p90_hours, dwell_p99_hours, longest_hours, now64(3, 'UTC') AS as_of
FROM node_dwell_live
SETTINGS max_threads = 1
COMMENT 'What node_dwell shows where there are many chains, as of its last refresh';
