-- What joining remarks on events: it depends on what else is known, so it comes and goes, and is not of the event itself.
--
-- ORDER BY event_key: one row an event that was ever remarked on, few of all; what is no more ends with a deleted row.
-- No partition: the view events joins all of it.
-- +goose Up
CREATE TABLE IF NOT EXISTS event_flags
(
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: joining remarks nothing on the event any more',
    flags Array(LowCardinality(String)) COMMENT 'wide: a number beside too many others, which joins nothing; link_suspect: a number of a group too large to be believed; unclear: a number without issuer, of which several are known; revision_conflict: two contents at one revision'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY event_key
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1
COMMENT 'Remarks of joining on events, a row a version: read it with FINAL';
