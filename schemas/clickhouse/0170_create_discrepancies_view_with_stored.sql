-- discrepancies_live while chains are few, else what discrepancies_stored has of it, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW discrepancies
(
    finding LowCardinality(String) COMMENT 'Code of the contradiction',
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived, delivered or closed',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT finding, chain_id, corridor, origin, destination, status, value_usd, orgs, last_event_at, now64(3, 'UTC') AS as_of
FROM discrepancies_live
WHERE NOT (SELECT many FROM chains_are_many)
UNION ALL
SELECT finding, chain_id, corridor, origin, destination, status, value_usd, orgs, last_event_at, as_of
FROM discrepancies_stored
WHERE (SELECT many FROM chains_are_many)
COMMENT 'Contradictions found between the legs of a chain, one a row';
