INSERT INTO apart_event_changes (conveyance, event_key, version, is_deleted, type, occurred_at, chain_ids, evidence, rebuild, copy_rank)
SELECT conveyance, event_key, version, is_deleted, type, occurred_at, chain_ids, evidence, (SELECT max(rebuild) FROM chain_changes) + 1, bitNot(toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC'))))
FROM apart_events FINAL
