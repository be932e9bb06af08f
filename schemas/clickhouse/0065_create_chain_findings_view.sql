-- The findings of the chains that are, those that were cleared too. Made as
-- chain_numbers is, and for the same reason: the key of findings has numbers in it.
-- +goose Up
CREATE OR REPLACE VIEW chain_findings
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chain',
    code LowCardinality(String) COMMENT 'Kind of the finding (docs/findings.md), such as value_mismatch',
    severity LowCardinality(String) COMMENT 'notice: worth a look; warning: somebody must correct a document; critical: goods or money are at stake now',
    about String COMMENT 'Container, loan, document or place that it is about, where two events can contradict each other in several; else empty',
    left_says String COMMENT 'What the first side says, for people',
    left_value String COMMENT 'What the first side says, for programs: in left_unit',
    left_unit LowCardinality(String) COMMENT 'Unit of left_value: kg, packages, hs, country, container, seal, date, time, °C, an ISO 4217 currency; empty: a text',
    right_says String COMMENT 'What the second side says, for people',
    right_value String COMMENT 'What the second side says, for programs: in right_unit',
    right_unit LowCardinality(String) COMMENT 'Unit of right_value: as left_unit',
    events Array(UUID) COMMENT 'Keys of all events that make the finding, those of the two sides first',
    opened_at DateTime64(3, 'UTC') COMMENT 'From when on it stood, by the clock of the broker; UTC, milliseconds',
    closed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was cleared, by the clock of the broker; UTC, milliseconds; NULL: it stands'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    chain_id, founded_on, code, severity, about, left_says, left_value, left_unit, right_says, right_value, right_unit,
    events, opened_at, closed_at
FROM findings FINAL
COMMENT 'Contradictions within the chains, those that were cleared too, with both sides';
