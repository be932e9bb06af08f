-- How good what each organisation sends is: how late, how often flagged, revised, taken back, refused, or without a chain.
--
-- Counted when it is asked, over all chains: the view publisher_quality shows it, or what publisher_quality_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW publisher_quality_live
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
    last_recorded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it reported last; UTC, milliseconds'
)
AS SELECT
    org,
    sum(standing) AS events,
    if(events = 0, 0, sum(flagged) / events) AS flagged_share,
    sum(revisions) AS revised,
    sum(gone) AS retracted,
    anyIf(p50, isNotNull(p50)) AS late_p50_hours,
    anyIf(p90, isNotNull(p90)) AS late_p90_hours,
    sum(refused) AS rejected,
    sum(waiting) AS unattributed,
    max(latest) AS last_recorded_at
FROM
(
    SELECT
        org, count() AS standing, countIf(notEmpty(flags)) AS flagged, countIf(revision > 0) AS revisions, 0 AS gone,
        quantileExactInclusiveOrNull(0.5)(if(classifier IN ('', 'ACT'), dateDiff('millisecond', occurred_at, recorded_at), NULL)) / 3600000 AS p50,
        quantileExactInclusiveOrNull(0.9)(if(classifier IN ('', 'ACT'), dateDiff('millisecond', occurred_at, recorded_at), NULL)) / 3600000 AS p90,
        0 AS refused, 0 AS waiting, toNullable(max(recorded_at)) AS latest
    FROM events
    GROUP BY org
    UNION ALL
    SELECT org, 0, 0, 0, uniqExact(event_key), NULL, NULL, 0, 0, NULL FROM events_all WHERE retracted GROUP BY org
    UNION ALL
    SELECT org, 0, 0, 0, 0, NULL, NULL, count(), 0, NULL FROM rejected_events FINAL GROUP BY org
    UNION ALL
    SELECT org, 0, 0, 0, 0, NULL, NULL, 0, count(), NULL FROM unattributed_events FINAL GROUP BY org
)
GROUP BY org
COMMENT 'Quality of what each organisation publishes: lateness, remarks, revisions, refusals: counted when it is asked';
