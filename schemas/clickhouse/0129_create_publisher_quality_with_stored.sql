-- publisher_quality_live while chains are few, else what publisher_quality_stored has of it: the same to the last digit, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW publisher_quality
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
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT org, events, flagged_share, revised, retracted, late_p50_hours, late_p90_hours, rejected, unattributed, last_recorded_at, now64(3, 'UTC') AS as_of
FROM publisher_quality_live
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
UNION ALL
SELECT org, events, flagged_share, revised, retracted, late_p50_hours, late_p90_hours, rejected, unattributed, last_recorded_at, as_of
FROM publisher_quality_stored
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
COMMENT 'Quality of what each organisation publishes: lateness, remarks, revisions, refusals';
