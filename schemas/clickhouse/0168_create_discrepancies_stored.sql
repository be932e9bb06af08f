-- What discrepancies_live shows, as of the last refresh: chains with a contradiction are few of all, and lie anywhere among them.
--
-- Plain MergeTree: a refresh replaces the whole content at once. ORDER BY the code, then the corridor, which is what is asked for. No partition,
-- no TTL: it has what stands. index_granularity 1024: the findings of a code and a corridor are read alone.
-- +goose Up
CREATE TABLE IF NOT EXISTS discrepancies_stored
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
    as_of DateTime64(3, 'UTC') COMMENT 'When this was read from the chains; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (finding, corridor, chain_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Contradictions between the legs, as of the last refresh; the view discrepancies shows what stands';
