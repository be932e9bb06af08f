-- What publisher_quality_live shows, as of its last refresh: for where there are more chains than counted_from says. One thread counts.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS publisher_quality_stored
REFRESH AFTER 1 HOUR
(
    org LowCardinality(String) COMMENT 'Organisation that publishes',
    events UInt64 COMMENT 'Number of its events that stand',
    flagged_share Float64 COMMENT 'Share of them with a remark such as identifier_invalid, 0 to 1',
    revised UInt64 COMMENT 'Number of them that were revised',
    retracted UInt64 COMMENT 'Number of its events that were taken back',
    late_p50_hours Nullable(Float64) COMMENT 'Time from the event to its report, of actual events, hours: the median; NULL: none',
    late_p90_hours Nullable(Float64) COMMENT 'The same: nine of ten are within',
    rejected UInt64 COMMENT 'Number of its messages that were refused',
    unattributed UInt64 COMMENT 'Number of its events that belong to no chain yet',
    last_recorded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it reported last; UTC, milliseconds',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (org)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT org, events, flagged_share, revised, retracted, late_p50_hours, late_p90_hours, rejected, unattributed, last_recorded_at, now64(3, 'UTC') AS as_of
FROM publisher_quality_live
SETTINGS max_threads = 1
COMMENT 'What publisher_quality shows where there are many chains, as of its last refresh';
