-- Fills discrepancies_stored anew, a minute after the last time, in one thread.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS discrepancies_refresh
REFRESH AFTER 1 MINUTE TO discrepancies_stored
(
    finding LowCardinality(String) COMMENT 'As in discrepancies_stored',
    chain_id FixedString(16) COMMENT 'As in discrepancies_stored',
    corridor LowCardinality(String) COMMENT 'As in discrepancies_stored',
    origin LowCardinality(String) COMMENT 'As in discrepancies_stored',
    destination LowCardinality(String) COMMENT 'As in discrepancies_stored',
    status LowCardinality(String) COMMENT 'As in discrepancies_stored',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'As in discrepancies_stored',
    orgs Array(LowCardinality(String)) COMMENT 'As in discrepancies_stored',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'As in discrepancies_stored',
    as_of DateTime64(3, 'UTC') COMMENT 'As in discrepancies_stored'
)
AS SELECT finding, chain_id, corridor, origin, destination, status, value_usd, orgs, last_event_at, now64(3, 'UTC') AS as_of
FROM discrepancies_live
SETTINGS max_threads = 1
COMMENT 'Fills discrepancies_stored anew every minute';
