-- One booking in two hundred has a remark of joining.
INSERT INTO event_flags (event_key, version, is_deleted, flags)
SELECT reinterpretAsUUID(sipHash128(n, 1)), bitShiftLeft(toUInt64(1), 48) + n * 10 + 8, 0, ['unclear']
FROM (SELECT number AS n FROM numbers({from:UInt64}, {count:UInt64}) WHERE number % 200 = 9)
