-- What is stored once: three readings of each reefer, which every tenth chain is, and a position of a vessel for every tenth of the others.
INSERT INTO apart_events (conveyance, event_key, version, is_deleted, type, occurred_at, chain_ids, evidence)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    if(i = 13, concat('vessel:', toString(9793000 + intDiv(n, 10) % 300)), ''), reinterpretAsUUID(sipHash128(n, i)), bitShiftLeft(toUInt64(1), 48) + n * 10 + 9, 0,
    if(i = 13, 'logistics.position.read', 'logistics.temperature.read'), ordered + toIntervalSecond(i * 86400 + sipHash64(n, i) % 86400),
    if(i = 13, [], [leftPad(hex(sipHash64(n)), 16, '0')]),
    if(i = 13, [], [tuple(toDate(ordered), 'container', concat('container:SITU', leftPad(toString(n % 10000000), 7, '0')), 1, reinterpretAsUUID(sipHash128(n, 4)))])
FROM (SELECT number AS n, arrayJoin(multiIf(n % 10 = 1, [10, 11, 12], n % 10 = 2, [13], [])) AS i FROM numbers({from:UInt64}, {count:UInt64}))
