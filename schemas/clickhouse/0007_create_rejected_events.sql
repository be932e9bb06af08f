-- What was refused and why, for analysts and publishers; the stream REJECTED holds the same for a retry.
--
-- ORDER BY org and time: a publisher reads its own latest. stage and stream_seq make the key, so that the
-- same message refused again after a crash is the same row.
-- +goose Up
CREATE TABLE IF NOT EXISTS rejected_events
(
    org LowCardinality(String) COMMENT 'Organisation that published the message',
    received_at DateTime64(3, 'UTC') COMMENT 'When the broker took the message; UTC, milliseconds' CODEC(Delta(8), LZ4),
    stage LowCardinality(String) COMMENT 'Who refused it: archive, or the domain service',
    stream_seq UInt64 COMMENT 'Sequence of the message in the stream that it came on' CODEC(Delta(8), LZ4),
    subject LowCardinality(String) COMMENT 'Subject that it came on',
    faults Array(Tuple(code LowCardinality(String), pointer String, value String, message String)) COMMENT 'What is wrong: stable code, JSON pointer or XML path, value found (shortened), what would be right' CODEC(ZSTD(1)),
    payload String COMMENT 'The message as it came' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message in the lower 48' CODEC(Delta(8), LZ4)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (org, received_at, stage, stream_seq)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1
COMMENT 'Messages that were refused, and why';
