INSERT INTO chain_stay_changes (chain_id, conveyance, aboard_from, aboard_until, version, is_deleted, steps, by, rebuild, copy_rank)
SELECT chain_id, conveyance, aboard_from, aboard_until, version, is_deleted, steps, by, (SELECT max(rebuild) FROM chain_changes) + 1, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC'))))
FROM chain_stays FINAL
