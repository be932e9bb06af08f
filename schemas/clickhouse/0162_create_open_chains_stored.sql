-- What open_chains_live shows, as of the last refresh: few of all chains are open, and they lie anywhere among them, so a table of their own
-- spares whoever asks what is late the reading of all. Figures: docs/decisions/0027-what-waits-is-stored.md.
--
-- Plain MergeTree: a refresh replaces the whole content at once. ORDER BY the corridor, which is what is asked for. No partition, no TTL: it
-- has what stands. index_granularity 1024: the chains of a corridor or of one id are read alone.
-- +goose Up
CREATE TABLE IF NOT EXISTS open_chains_stored
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
    as_of DateTime64(3, 'UTC') COMMENT 'When this was read from the chains; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (corridor, chain_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024
COMMENT 'Chains that are not closed, as of the last refresh; the view open_chains shows what stands';
