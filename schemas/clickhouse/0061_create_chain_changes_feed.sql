-- Copies what is inserted into chains to chain_changes, in the same insert and under its token.
--
-- SELECT *: a column that both tables have is copied, whenever it was added.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS chain_changes_feed TO chain_changes
(
    chain_id FixedString(16) COMMENT 'As in chain_changes, and so are all others',
    version UInt64 COMMENT 'As in chain_changes'
)
AS SELECT *, now64(3, 'UTC') AS written_at, (SELECT max(rebuild) FROM chain_changes) AS rebuild
FROM chains
COMMENT 'Copies each version of a chain to chain_changes';
