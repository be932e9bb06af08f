-- How many chains of each corridor are in each state, and how many have each finding: what the overview shows beside corridor_rollup where
-- there are too many chains to count them for every page.
--
-- A minute lies between the end of one counting and the beginning of the next, and one thread does it. A chain has one state and any number
-- of findings, so findings are not to be summed to chains.
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands. It counts everybody's chains, so organisations are not given it.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS corridor_states
REFRESH AFTER 1 MINUTE
(
    what LowCardinality(String) COMMENT 'status or finding',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    value LowCardinality(String) COMMENT 'The status: open, in_transit, arrived, delivered or closed; or the code of the finding',
    chains UInt64 COMMENT 'Number of chains that have it',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (what, corridor, value)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT
    one.1 AS what, corridor, one.2 AS value, count() AS chains, now64(3, 'UTC') AS as_of
FROM
(
    SELECT
        corridor,
        arrayConcat([('status', toString(status))], arrayMap(f -> ('finding', toString(f)), arrayDistinct(findings))) AS ones
    FROM chain
) AS of
ARRAY JOIN ones AS one
GROUP BY what, corridor, value
SETTINGS max_threads = 1
COMMENT 'Chains of each corridor by status and by finding, counted anew every minute';
