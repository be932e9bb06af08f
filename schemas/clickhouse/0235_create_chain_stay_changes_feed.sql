-- Copies what is inserted into chain_stays to chain_stay_changes, in the same insert and under its token.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS chain_stay_changes_feed TO chain_stay_changes
(
    chain_id FixedString(16) COMMENT 'As in chain_stay_changes, and so are all others',
    conveyance String COMMENT 'As in chain_stay_changes',
    aboard_from DateTime64(3, 'UTC') COMMENT 'As in chain_stay_changes',
    aboard_until DateTime64(3, 'UTC') COMMENT 'As in chain_stay_changes',
    version UInt64 COMMENT 'As in chain_stay_changes',
    is_deleted UInt8 COMMENT 'As in chain_stay_changes',
    steps UInt16 COMMENT 'As in chain_stay_changes',
    by UUID COMMENT 'As in chain_stay_changes',
    rebuild UInt32 COMMENT 'As in chain_stay_changes',
    copy_rank UInt64 COMMENT 'As in chain_stay_changes'
)
AS SELECT chain_id, conveyance, aboard_from, aboard_until, version, is_deleted, steps, by,
    (SELECT max(rebuild) FROM chain_changes) AS rebuild, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC')))) AS copy_rank
FROM chain_stays
COMMENT 'Copies each version of a row of chain_stays to chain_stay_changes';
