-- One voyage a chain, aboard one of 300 vessels for nine days.
INSERT INTO chain_stays (founded_on, chain_id, conveyance, aboard_from, aboard_until, version, is_deleted, steps, by)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    toDate(ordered), leftPad(hex(sipHash64(n)), 16, '0'), concat('vessel:', toString(9793000 + n % 300)), ordered + toIntervalDay(12), ordered + toIntervalDay(21),
    bitShiftLeft(toUInt64(1), 48) + n * 10 + 10, 0, 1, reinterpretAsUUID(sipHash128(n, 4))
FROM (SELECT number AS n FROM numbers({from:UInt64}, {count:UInt64}))
