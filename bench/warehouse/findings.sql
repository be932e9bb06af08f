-- A tenth of the chains with a finding that stands, one in fifty with a second one, and one in twenty-five with one that was cleared.
INSERT INTO findings
(
    founded_on, chain_id, code, left_event, right_event, about, version, is_deleted, severity, left_says, left_value, left_unit, right_says,
    right_value, right_unit, events, opened_at, closed_at
)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    toDate(ordered), leftPad(hex(sipHash64(n)), 16, '0'), if(k = 0, 'weight_mismatch', 'value_mismatch'), reinterpretAsUUID(sipHash128(n, 2)), reinterpretAsUUID(sipHash128(n, 3)), '',
    bitShiftLeft(toUInt64(1), 48) + n * 10 + 10, 0, if(k = 0, 'warning', 'critical'),
    concat('the packing list says ', toString(n % 20000), ' kg'), toString(n % 20000), if(k = 0, 'kg', 'USD'), concat('the declaration says ', toString(n % 21000), ' kg'),
    toString(n % 21000), if(k = 0, 'kg', 'USD'), [reinterpretAsUUID(sipHash128(n, 2)), reinterpretAsUUID(sipHash128(n, 3))],
    ordered + toIntervalDay(4), if(k = 2, ordered + toIntervalDay(9), NULL)
FROM (SELECT number AS n, arrayJoin(multiIf(n % 50 = 3, [0, 1], n % 10 = 3, [0], n % 25 = 4, [2], [])) AS k FROM numbers({from:UInt64}, {count:UInt64}))
