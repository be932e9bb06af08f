-- The head of each event that has more than one content: its standing revision and digest.
--
-- ENGINE: ReplacingMergeTree on rank, which grows with the revision and, at equal revisions, with smaller
-- digests. So a row is right whoever writes it in whatever order: archive writes one for each event of a
-- revision above 0 before the event itself, chain one for each event of which two contents share a revision.
-- ORDER BY event_key: one head an event; look-ups and joins are by key.
-- No partition: the table holds the few events that were ever revised.
-- +goose Up
CREATE TABLE IF NOT EXISTS event_heads
(
    event_key UUID COMMENT 'Identity of the event: as in events_all' CODEC(NONE),
    revision UInt32 COMMENT 'The highest revision seen',
    digest UInt64 COMMENT 'The smallest digest seen at that revision: first eight bytes of SHA-256, big-endian' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that made this row in the lower 48',
    rank UInt128 MATERIALIZED bitShiftLeft(toUInt128(revision), 64) + bitNot(digest) COMMENT 'Order of the contents of one event: revision, then the complement of digest' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY event_key
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1
COMMENT 'Standing revision and digest of each event that has more than one content';
