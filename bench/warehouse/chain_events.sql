INSERT INTO chain_events (chain_id, founded_on, event_key, version, is_deleted, type, occurred_at, rule, via, steps, by)
WITH
    toDateTime64('2024-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered,
    reinterpretAsUUID(sipHash128(n, i)) AS key
SELECT
    leftPad(hex(sipHash64(n)), 16, '0'), toDate(ordered), key, bitShiftLeft(toUInt64(1), 48) + n * 10 + i + 1, 0,
    ['trade.order.placed', 'logistics.booking.confirmed', 'trade.invoice.issued', 'customs.declaration.lodged', 'logistics.equipment.loaded',
     'logistics.conveyance.departed', 'trade.origin.certified', 'logistics.temperature.read', 'customs.goods.cleared', 'finance.payment.settled'][i + 1],
    ordered + toIntervalSecond(i * 86400 + sipHash64(n, i) % 86400),
    if(i % 3 = 0, 'container', 'reference'),
    if(i % 3 = 0, concat('container:SITU', leftPad(toString(n % 10000000), 7, '0')), concat('bl:SITG', leftPad(toString(n), 10, '0'), '@SITC')),
    i % 3, reinterpretAsUUID(sipHash128(n, 4))
FROM (SELECT number AS n, arrayJoin(range(10)) AS i FROM numbers({from:UInt64}, {count:UInt64}))
