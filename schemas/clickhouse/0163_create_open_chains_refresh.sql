-- Fills open_chains_stored anew, a minute after the last time, in one thread.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS open_chains_refresh
REFRESH AFTER 1 MINUTE TO open_chains_stored
(
    chain_id FixedString(16) COMMENT 'As in open_chains_stored',
    corridor LowCardinality(String) COMMENT 'As in open_chains_stored',
    status LowCardinality(String) COMMENT 'As in open_chains_stored',
    reached LowCardinality(String) COMMENT 'As in open_chains_stored',
    follows LowCardinality(String) COMMENT 'As in open_chains_stored',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'As in open_chains_stored',
    origin LowCardinality(String) COMMENT 'As in open_chains_stored',
    destination LowCardinality(String) COMMENT 'As in open_chains_stored',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'As in open_chains_stored',
    orgs Array(LowCardinality(String)) COMMENT 'As in open_chains_stored',
    due Array(Tuple(milestone LowCardinality(String), due_at DateTime64(3, 'UTC'))) COMMENT 'As in open_chains_stored',
    as_of DateTime64(3, 'UTC') COMMENT 'As in open_chains_stored'
)
AS SELECT chain_id, corridor, status, reached, follows, last_event_at, origin, destination, value_usd, orgs, due, now64(3, 'UTC') AS as_of
FROM open_chains_live
SETTINGS max_threads = 1
COMMENT 'Fills open_chains_stored anew every minute';
