-- Ten attributions a chain. Half of the chains have a certificate of origin.
INSERT INTO chain_events (chain_id, founded_on, event_key, version, is_deleted, type, occurred_at, rule, via, steps, by)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    leftPad(hex(sipHash64(n)), 16, '0'), toDate(ordered), reinterpretAsUUID(sipHash128(n, i)), bitShiftLeft(toUInt64(1), 48) + n * 10 + i + 1, 0,
    if(i = 6 AND n % 2 = 0, 'logistics.equipment.gated_in', transform(i, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ['trade.order.placed', 'logistics.booking.confirmed', 'trade.invoice.issued', 'customs.declaration.lodged',
        'logistics.equipment.loaded', 'logistics.conveyance.departed', 'trade.origin.certified', 'logistics.equipment.discharged',
        'customs.goods.cleared', 'finance.payment.settled'], '')),
    ordered + toIntervalSecond(i * 86400 + sipHash64(n, i) % 86400),
    if(i % 3 = 0, 'container', 'reference'),
    if(i % 3 = 0, concat('container:SITU', leftPad(toString(n % 10000000), 7, '0')), concat('bl:SITG', leftPad(toString(n), 10, '0'), '@SITC')),
    i % 3, reinterpretAsUUID(sipHash128(n, 4))
FROM (SELECT number AS n, arrayJoin(range(10)) AS i FROM numbers({from:UInt64}, {count:UInt64}))
