-- What contradicts what in a chain, with both sides (docs/findings.md). A finding that is no more keeps its row, with the time when it
-- was cleared; the rows of a chain that was merged into another, or split away, end deleted.
--
-- ENGINE: ReplacingMergeTree(version, is_deleted), as that of chains.
-- ORDER BY the chain first, as chain_events: a look-up and a view of one chain read one place; then what tells the
-- findings of one chain apart: the code, the events of both sides, and what it is about.
-- No partition, for the same reason as chains.
-- +goose Up
CREATE TABLE IF NOT EXISTS findings
(
    founded_on Date COMMENT 'Founding date of the chain, UTC',
    chain_id FixedString(16) COMMENT 'Identity of the chain' CODEC(NONE),
    code LowCardinality(String) COMMENT 'Kind of the finding (docs/findings.md), such as value_mismatch',
    left_event UUID COMMENT 'Key of the event behind the first side; zero: it is of no one event',
    right_event UUID COMMENT 'Key of the event behind the second side; zero: it is of no one event',
    about String COMMENT 'Container, loan, document or place that it is about, where two events can contradict each other in several; else empty',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the finding in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: its chain is no more',
    severity LowCardinality(String) COMMENT 'notice: worth a look; warning: somebody must correct a document; critical: goods or money are at stake now',
    left_says String COMMENT 'What the first side says, for people',
    left_value String COMMENT 'What the first side says, for programs: a number, a date, or several values joined by a comma; in left_unit',
    left_unit LowCardinality(String) COMMENT 'Unit of left_value: kg, packages, hs, country, container, seal, date, time, °C, an ISO 4217 currency; empty: a text',
    right_says String COMMENT 'What the second side says, for people',
    right_value String COMMENT 'What the second side says, for programs: a number, a date, or several values joined by a comma; in right_unit',
    right_unit LowCardinality(String) COMMENT 'Unit of right_value: as left_unit',
    events Array(UUID) COMMENT 'Keys of all events that make the finding, those of the two sides first',
    opened_at DateTime64(3, 'UTC') COMMENT 'Broker''s time of the latest of its events: from then on it stood; UTC, milliseconds',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Broker''s time of the message with which it was cleared; UTC, milliseconds; NULL: it stands'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (founded_on, chain_id, code, left_event, right_event, about)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Contradictions within the chains, each with both sides, their events, and when it was opened and cleared';
