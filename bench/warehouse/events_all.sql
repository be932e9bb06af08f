INSERT INTO events_all
(
    type, occurred_at, event_key, revision, digest, source, id, org, classifier, recorded_at, retracted, references, containers, unlocode, country,
    mode, carrier, conveyance, voyage, territory, direction, amount, currency, flags, payload, copy_rank
)
WITH
    toDateTime64('2024-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered,
    ordered + toIntervalSecond(i * 86400 + sipHash64(n, i) % 86400) AS occurred,
    ['trade.order.placed', 'logistics.booking.confirmed', 'trade.invoice.issued', 'customs.declaration.lodged', 'logistics.equipment.loaded',
     'logistics.conveyance.departed', 'trade.origin.certified', 'logistics.temperature.read', 'customs.goods.cleared', 'finance.payment.settled'][i + 1] AS typ,
    concat('org-', toString(i % 6 * 10 + sipHash64(n, 10 + i % 6) % 10)) AS sender,
    concat('SITG', leftPad(toString(n), 10, '0')) AS bill,
    concat('SITU', leftPad(toString(n % 10000000), 7, '0')) AS box,
    concat(lower(hex(sipHash64(n, 99))), '-', toString(i)) AS name
SELECT
    typ, occurred, reinterpretAsUUID(sipHash128(n, i)), 0, sipHash64(n, i, 1), concat('urn:oneorder:org:', sender), name,
    sender, 'ACT', occurred + toIntervalSecond(sipHash64(n, i, 2) % 20000), false,
    [tuple('bl', bill, 'SITC'), tuple('booking', concat('BK', toString(sipHash64(n, 'booking') % 10000000000)), 'SITC')], [box],
    ['CNCKG', 'CNQZH', 'SGSIN', 'CNSHA'][n % 4 + 1], ['CN', 'CN', 'SG', 'CN'][n % 4 + 1], if(i IN (4, 5), 'sea', ''), if(i IN (4, 5), 'SITC', ''),
    if(i IN (4, 5), toString(9793000 + n % 300), ''), if(i IN (4, 5), concat('26', toString(n % 50), 'S'), ''), if(i IN (3, 8), 'SG', ''), if(i IN (3, 8), 'import', ''),
    if(i IN (2, 9), toDecimal64(10000 + sipHash64(n, 6) % 400000, 4), NULL), if(i IN (2, 9), 'USD', ''), [],
    concat('{"data":{"classifier":"ACT","equipment":[{"iso_type":"45G1","kind":"container","number":"', box, '","seal":"CN', toString(sipHash64(n, 7) % 1000000),
        '","state":"laden"}],"parties":[{"country":"CN","id":{"kind":"uscc","value":"91500000MA', leftPad(toString(n % 5000), 8, '0'), '"},"name":"Shipper ', toString(n % 5000),
        '","role":"shipper"}],"place":{"name":"Port","unlocode":"CNQZH"},"references":[{"issuer":"SITC","kind":"bl","value":"', bill,
        '"}],"temperature_c":"', toString(-18 - sipHash64(n, i, 3) % 40 / 10), '"},"id":"', name, '","recorded":"', toString(occurred), '","source":"urn:oneorder:org:', sender,
        '","specversion":"1.0","time":"', toString(occurred), '","type":"', typ, '"}'),
    bitNot(bitShiftLeft(toUInt64(1), 48) + n * 10 + i + 1)
FROM (SELECT number AS n, arrayJoin(range(10)) AS i FROM numbers({from:UInt64}, {count:UInt64}))
