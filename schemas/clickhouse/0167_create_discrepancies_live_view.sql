-- The contradictions between the legs, one a row, with what the chain is worth, read from all chains when it is asked: the view
-- discrepancies shows it, or what discrepancies_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW discrepancies_live
(
    finding LowCardinality(String) COMMENT 'Code of the contradiction',
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived, delivered or closed',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds'
)
AS SELECT finding, chain_id, corridor, origin, destination, status, value_usd, orgs, last_event_at
FROM chain
ARRAY JOIN findings AS finding
COMMENT 'Contradictions found between the legs of a chain, one a row: read from all chains when it is asked';
