-- The chains that are not closed, with what overdue and stuck_chains are made of, read from all chains when it is asked: the view
-- open_chains shows it, or what open_chains_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW open_chains_live
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived or delivered',
    reached LowCardinality(String) COMMENT 'The last milestone reached, in the order of a usual journey; empty: none',
    follows LowCardinality(String) COMMENT 'The milestone after it in that order; empty: none',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    due Array(Tuple(milestone LowCardinality(String), due_at DateTime64(3, 'UTC'))) COMMENT 'The next milestones, and when they are normally reached: UTC, milliseconds'
)
AS WITH
    ['booked', 'title_issued', 'export_lodged', 'export_cleared', 'departed', 'arrived', 'import_lodged', 'import_released', 'import_cleared', 'delivered', 'empty_returned', 'paid'] AS names,
    arrayLastIndex(t -> isNotNull(t), [booked_at, title_issued_at, export_lodged_at, export_cleared_at, departed_at, arrived_at, import_lodged_at, import_released_at, import_cleared_at, delivered_at, empty_returned_at, paid_at]) AS last
SELECT
    chain_id, corridor, status, if(last = 0, '', names[last]) AS reached, names[last + 1] AS follows,
    last_event_at, origin, destination, value_usd, orgs, due
FROM chain
WHERE status != 'closed'
COMMENT 'Chains that are not closed, with what was reached and what is due: read from all chains when it is asked';
