-- Copies what is inserted into apart_events to apart_event_changes, in the same insert and under its token.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS apart_event_changes_feed TO apart_event_changes
(
    conveyance String COMMENT 'As in apart_event_changes, and so are all others',
    event_key UUID COMMENT 'As in apart_event_changes',
    version UInt64 COMMENT 'As in apart_event_changes',
    is_deleted UInt8 COMMENT 'As in apart_event_changes',
    type LowCardinality(String) COMMENT 'As in apart_event_changes',
    occurred_at DateTime64(3, 'UTC') COMMENT 'As in apart_event_changes',
    chain_ids Array(FixedString(16)) COMMENT 'As in apart_event_changes',
    evidence Array(Tuple(founded_on Date, rule LowCardinality(String), via String, steps UInt16, by UUID)) COMMENT 'As in apart_event_changes',
    rebuild UInt32 COMMENT 'As in apart_event_changes',
    copy_rank UInt64 COMMENT 'As in apart_event_changes'
)
AS SELECT conveyance, event_key, version, is_deleted, type, occurred_at, chain_ids, evidence,
    (SELECT max(rebuild) FROM chain_changes) AS rebuild, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC')))) AS copy_rank
FROM apart_events
COMMENT 'Copies each version of a row of apart_events to apart_event_changes';
