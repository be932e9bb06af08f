-- How far each reader has written, as this database knows it. The record in the broker says the same; where this says less, the
-- database was restored from an older copy, or lost its last writes, and the reader writes them again.
--
-- ENGINE and ORDER BY: one row a reader, the furthest standing.
-- +goose Up
CREATE TABLE IF NOT EXISTS reader_positions
(
    reader LowCardinality(String) COMMENT 'Reader of the stream EVENTS: archive, chain',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the last message of a batch in the lower 48',
    generation UInt64 COMMENT 'Generation of what the reader makes of the stream'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY reader
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'How far each reader has written';
