-- What is erased wherever events are decoded: a list of digests of names and other personal data, none of which stands here. The
-- broker has the same list; either of the two can be lost or restored from an older copy without bringing back what was erased.
--
-- ENGINE: ReplacingMergeTree on texts, so that of several lists, each of which has all of the one before, the longest stands.
-- ORDER BY: one row.
-- +goose Up
CREATE TABLE IF NOT EXISTS erasures
(
    list String COMMENT 'The list as JSON: its key, and a keyed digest of each text (docs/decisions/0018-erasure.md)' CODEC(ZSTD(1)),
    texts UInt32 COMMENT 'Number of texts that the list names',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When the list was written; UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(texts)
ORDER BY tuple()
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'List of what is erased wherever events are decoded';
