-- open_chains_live while chains are few, else what open_chains_stored has of it, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW open_chains
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
    due Array(Tuple(milestone LowCardinality(String), due_at DateTime64(3, 'UTC'))) COMMENT 'The next milestones, and when they are normally reached: UTC, milliseconds',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT chain_id, corridor, status, reached, follows, last_event_at, origin, destination, value_usd, orgs, due, now64(3, 'UTC') AS as_of
FROM open_chains_live
WHERE NOT (SELECT many FROM chains_are_many)
UNION ALL
SELECT chain_id, corridor, status, reached, follows, last_event_at, origin, destination, value_usd, orgs, due, as_of
FROM open_chains_stored
WHERE (SELECT many FROM chains_are_many)
COMMENT 'Chains that are not closed, with what was reached and what is due';
