-- The heads of the orders that were revised (one in forty chains) and of the events that were taken back (one in four hundred).
INSERT INTO event_heads (event_key, revision, digest, version)
SELECT reinterpretAsUUID(sipHash128(n, i)), 1, sipHash64(n, i, 11), bitShiftLeft(toUInt64(1), 48) + n * 10 + 8
FROM (SELECT number AS n, arrayJoin(multiIf(n % 40 = 2, [0], n % 400 = 6, [21], [])) AS i FROM numbers({from:UInt64}, {count:UInt64}))
