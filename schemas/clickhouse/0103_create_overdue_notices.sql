-- Milestones of which notices were sent that they are overdue: each is told once, whichever process of chain tells, and however often it
-- is started or its state is made anew.
--
-- ENGINE: ReplacingMergeTree: what is told again after a death between telling and noting is one row.
-- ORDER BY what is looked for: whether a milestone of a chain was told.
-- TTL: longer than chains are open.
-- +goose Up
CREATE TABLE IF NOT EXISTS overdue_notices
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: 16 characters of Crockford base32' CODEC(LZ4),
    milestone LowCardinality(String) COMMENT 'The milestone that was not reached in time',
    due_at DateTime64(3, 'UTC') COMMENT 'When it was normally to be reached; UTC, milliseconds',
    told_at DateTime64(3, 'UTC') COMMENT 'When the notice was sent, by the clock of the program chain; UTC, milliseconds',
    orgs Array(LowCardinality(String)) COMMENT 'Whom it was sent to; all: the operators'
)
ENGINE = ReplacingMergeTree
ORDER BY (chain_id, milestone)
TTL toDateTime(told_at, 'UTC') + toIntervalDay(1000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Milestones of which notices were sent that they are overdue, and to whom';
