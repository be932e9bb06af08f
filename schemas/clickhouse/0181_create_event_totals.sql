-- How many events stand: the rows of the view events. To count them, every event is compared with its head, which takes a second of processor
-- time for ten million of them: too long for a page, so it is done anew five minutes after the last time, in one thread.
--
-- ENGINE: plain MergeTree of one row, which a refresh replaces. It counts everybody's events, so organisations are not given it.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS event_totals
REFRESH AFTER 5 MINUTE
(
    events UInt64 COMMENT 'Number of events that stand: of each the revision that counts, none that was taken back',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY as_of
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT count() AS events, now64(3, 'UTC') AS as_of
FROM events
SETTINGS max_threads = 1
COMMENT 'Number of events that stand, counted anew every five minutes';
