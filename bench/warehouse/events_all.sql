-- The events behind the other tables. i is the place of an event in its chain: 0 to 9 are those of every chain, 10 to 13 are stored once
-- (apart_events.sql), 20 waits, 21 was taken back, 30 is of a corridor, and 40 is the order again, revised.
-- The payload is short: what views read of it, and no more.
INSERT INTO events_all
(
    type, occurred_at, event_key, revision, digest, source, id, org, classifier, recorded_at, retracted, references, containers, unlocode, country,
    mode, carrier, conveyance, voyage, territory, direction, amount, currency, flags, payload, copy_rank
)
WITH
    {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered,
    if(i = 40, 0, i) AS k,
    toUInt32(i IN (21, 40)) AS revised,
    ordered + toIntervalSecond(k % 20 * 86400 + sipHash64(n, k) % 86400) AS occurred,
    multiIf(i = 6 AND n % 2 = 0, 'logistics.equipment.gated_in', i = 13, 'logistics.position.read', i = 30, 'finance.bond.priced', i >= 20 AND i < 30, 'finance.payment.settled',
        i >= 10 AND i < 13, 'logistics.temperature.read', transform(k, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ['trade.order.placed', 'logistics.booking.confirmed', 'trade.invoice.issued', 'customs.declaration.lodged',
        'logistics.equipment.loaded', 'logistics.conveyance.departed', 'trade.origin.certified', 'logistics.equipment.discharged',
        'customs.goods.cleared', 'finance.payment.settled'], '')) AS typ,
    concat('org-', toString(k % 6 * 10 + sipHash64(n, 10 + k % 6) % 10)) AS sender,
    concat('SITG', leftPad(toString(n), 10, '0')) AS bill,
    concat('SITU', leftPad(toString(n % 10000000), 7, '0')) AS box
SELECT
    typ, occurred, reinterpretAsUUID(sipHash128(n, k)), revised, sipHash64(n, k, 10 + revised), concat('urn:oneorder:org:', sender),
    concat(lower(hex(sipHash64(n, 99))), '-', toString(k)), sender, 'ACT', occurred + toIntervalSecond(sipHash64(n, k, 2) % 20000), i = 21,
    if(i = 30, [], [tuple('bl', bill, 'SITC'), tuple('booking', concat('BK', toString(sipHash64(n, 'booking') % 10000000000)), 'SITC')]), if(i = 30, [], [box]),
    ['CNCKG', 'CNQZH', 'SGSIN', 'CNSHA'][n % 4 + 1], ['CN', 'CN', 'SG', 'CN'][n % 4 + 1], if(k IN (4, 5), 'sea', ''), if(k IN (4, 5), 'SITC', ''),
    if(k IN (4, 5), toString(9793000 + n % 300), ''), if(k IN (4, 5), concat('26', toString(n % 50), 'S'), ''), if(k IN (3, 8), 'SG', ''), if(k IN (3, 8), 'import', ''),
    if(k IN (2, 9, 30), toDecimal64(10000 + sipHash64(n, 6) % 400000, 4), NULL), if(k IN (2, 9, 30), 'USD', ''), if(sipHash64(n, k, 4) % 100 = 0, ['identifier_invalid'], []),
    if(typ = 'logistics.temperature.read', concat('{"data":{"temperature_c":"', toString(-18 - sipHash64(n, i, 3) % 40 / 10), '"}}'), '{}'),
    bitNot(bitShiftLeft(toUInt64(1), 48) + n * 10 + k + 1)
FROM
(
    SELECT
        number AS n,
        arrayJoin(arrayConcat(range(10), multiIf(n % 10 = 1, [10, 11, 12], n % 10 = 2, [13], []), if(n % 50 = 7, [20], []), if(n % 400 = 6, [21], []),
            if(n % 1000 = 5, [30], []), if(n % 40 = 2, [40], []))) AS i
    FROM numbers({from:UInt64}, {count:UInt64})
)
