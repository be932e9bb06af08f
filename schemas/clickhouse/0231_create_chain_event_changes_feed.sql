-- Copies what is inserted into chain_events to chain_event_changes, in the same insert and under its token.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS chain_event_changes_feed TO chain_event_changes
(
    chain_id FixedString(16) COMMENT 'As in chain_event_changes, and so are all others',
    event_key UUID COMMENT 'As in chain_event_changes',
    version UInt64 COMMENT 'As in chain_event_changes',
    is_deleted UInt8 COMMENT 'As in chain_event_changes',
    type LowCardinality(String) COMMENT 'As in chain_event_changes',
    occurred_at DateTime64(3, 'UTC') COMMENT 'As in chain_event_changes',
    rule LowCardinality(String) COMMENT 'As in chain_event_changes',
    via String COMMENT 'As in chain_event_changes',
    steps UInt16 COMMENT 'As in chain_event_changes',
    by UUID COMMENT 'As in chain_event_changes',
    rebuild UInt32 COMMENT 'As in chain_event_changes',
    copy_rank UInt64 COMMENT 'As in chain_event_changes'
)
AS SELECT chain_id, event_key, version, is_deleted, type, occurred_at, rule, via, steps, by,
    (SELECT max(rebuild) FROM chain_changes) AS rebuild, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC')))) AS copy_rank
FROM chain_events
COMMENT 'Copies each version of a row of chain_events to chain_event_changes';
