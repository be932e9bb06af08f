INSERT INTO chain_event_changes (chain_id, event_key, version, is_deleted, type, occurred_at, rule, via, steps, by, rebuild, copy_rank)
SELECT chain_id, event_key, version, is_deleted, type, occurred_at, rule, via, steps, by, (SELECT max(rebuild) FROM chain_changes) + 1, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC'))))
FROM chain_events FINAL
