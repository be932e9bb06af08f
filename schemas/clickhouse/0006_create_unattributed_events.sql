-- Events that belong to no chain yet: nothing they name leads to a consignment.
--
-- ORDER BY event_key: an event waits once, and leaves with a deleted row when something attributes it.
-- +goose Up
CREATE TABLE IF NOT EXISTS unattributed_events
(
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the event is attributed by now, or was taken back',
    type LowCardinality(String) COMMENT 'Type of the event: as in events',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event: as in events; UTC, milliseconds' CODEC(LZ4),
    org LowCardinality(String) COMMENT 'Organisation that published the event',
    since DateTime64(3, 'UTC') COMMENT 'When the broker took the message from which on the event waits; UTC, milliseconds' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY event_key
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1
COMMENT 'Events that belong to no chain yet, a row a version: read it with FINAL';
