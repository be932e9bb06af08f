-- Chains as a corridor of two years has them: one of 60 organisations a role, times that follow each other, a tenth with a finding. One in
-- twenty stands still on its way, whenever it began, with two milestones overdue; the others of the last two months are as far as their
-- times are past at {until}, and wait for what comes next.
INSERT INTO chains
(
    chain_id, founded_on, version, is_deleted, corridor, origin, destination, mode_path, title, status, orgs, hs, containers, packages, gross_kg,
    value, currency, value_usd, ordered_at, invoiced_at, booked_at, title_issued_at, title_surrendered_at, export_lodged_at, export_cleared_at,
    departed_at, border_crossed_at, arrived_at, import_lodged_at, import_released_at, import_cleared_at, duty_paid_at, delivered_at,
    empty_returned_at, credit_issued_at, financed_at, repaid_at, paid_at, completeness_trade, completeness_customs, completeness_logistics,
    completeness_finance, findings, legs, parties, events, last_event_at, emissions, co2e_ttw_kg, co2e_kg, completeness, title_holder,
    title_steps, recognition, due, discharged_at, gated_out_at, boxes, export_boxes
)
WITH
    number AS n,
    (k -> sipHash64(n, k)) AS dice,
    {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered,
    n % 20 = 0 AS stands,
    (t -> if(t > {until:DateTime64(3, 'UTC')}, NULL, t)) AS past,
    (hours -> hours * 3600) AS h,
    (k, least, most) -> toIntervalSecond(h(least) + sipHash64(n, k) % h(most - least)) AS span,
    transform(n % 25, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ['land-sea', 'land-sea', 'land-sea', 'land-sea', 'land-sea', 'europe-rail', 'europe-rail', 'europe-rail', 'yangtze', 'air', 'asean-road'],
        transform(n % 5, [0, 1, 2], ['land-sea', 'europe-rail', 'yangtze'], 'air')) AS lane,
    ordered + span(1, 24, 240) AS departed,
    departed + span(2, 40, 90) AS hub,
    hub + span(3, 12, 96) AS left,
    left + span(4, 100, 300) AS arrived,
    ['CNCKG', 'CNCKG', 'CNCHQ', 'CNCKG', 'CNCKG'] AS froms,
    ['SGSIN', 'DEDUI', 'SGSIN', 'SGSIN', 'VNHAN'] AS tos,
    indexOf(['land-sea', 'europe-rail', 'yangtze', 'air', 'asean-road'], lane) AS l,
    ['rail>sea', 'rail>rail', 'barge>sea', 'air', 'road'] AS paths,
    toDecimal64(5000 + dice(5) % 20000, 4) AS kg,
    toDecimal64(10000 + dice(6) % 400000, 4) + toDecimal64(dice(7) % 100, 4) / 100 AS usd,
    arrived + span(11, 30, 50) AS cleared,
    arrived + span(12, 50, 120) AS delivered,
    arrived + span(13, 120, 220) AS returned,
    arrived + span(17, 6, 20) AS discharged,
    delivered - toIntervalHour(5) AS out,
    arrived + span(15, 200, 900) AS paid,
    ((t) -> if(stands, NULL, past(t))) AS reached,
    multiIf(stands, 'in_transit', isNull(past(departed)), 'open', isNull(past(arrived)), 'in_transit', isNull(past(delivered)), 'arrived',
        isNull(past(paid)) OR isNull(past(returned)), 'delivered', 'closed') AS state,
    ((least) -> toIntervalHour(toInt64(least + sipHash64(n, 30) % 120) - 12)) AS slack
SELECT
    leftPad(hex(sipHash64(n)), 16, '0'), toDate(ordered), bitShiftLeft(toUInt64(1), 48) + n * 10 + 10, 0, lane, froms[l], tos[l], paths[l],
    if(isNull(reached(arrived + toIntervalHour(30))), 'issued', 'accomplished'), state,
    arraySort(arrayDistinct(arrayMap(k -> concat('org-', toString(k * 10 + sipHash64(n, 10 + k) % 10)), range(6)))),
    [leftPad(toString(100000 + sipHash64(n, 20) % 870000), 6, '0')],
    [concat('SITU', leftPad(toString(n % 10000000), 7, '0'))], 10 + dice(8) % 900, kg, usd, 'USD', usd,
    ordered, past(ordered + toIntervalHour(20)), past(ordered + toIntervalHour(10)), past(departed + toIntervalHour(9)), reached(arrived + toIntervalHour(30)),
    past(departed - toIntervalHour(20)), past(departed - toIntervalHour(12)), past(departed), NULL, reached(arrived), reached(arrived + span(9, 1, 12)),
    reached(arrived + span(10, 12, 30)), reached(cleared), reached(arrived + toIntervalHour(31)),
    reached(delivered), if(lane = 'air', NULL, reached(returned)), NULL,
    if(n % 7 = 0, past(departed + toIntervalHour(30)), NULL), if(n % 7 = 0, reached(departed + span(14, 400, 1200)), NULL), reached(paid),
    1, 1, if(state = 'closed', 1, 0.5), if(state = 'closed', 1, 0.5), multiIf(n % 50 = 3, ['value_mismatch', 'weight_mismatch'], n % 10 = 3, ['weight_mismatch'], []),
    [
        tuple('rail', 'CRCT', 'X9041', froms[l], 'CNQZH', departed, past(departed), hub, past(hub)),
        tuple('sea', 'SITC', toString(9793000 + n % 300), 'CNQZH', tos[l], left, past(left), arrived - toIntervalHour(6), reached(arrived))
    ],
    [
        tuple('shipper', 'uscc', concat('91500000MA', leftPad(toString(n % 5000), 8, '0')), concat('Shipper ', toString(n % 5000)), 'CN'),
        tuple('consignee', 'uen', concat('2010', leftPad(toString(n % 4000), 5, '0'), 'K'), concat('Consignee ', toString(n % 4000)), 'SG')
    ],
    10, if(stands, left, least(greatest(returned, paid), {until:DateTime64(3, 'UTC')})),
    [tuple(toDecimal64(1100, 4), 'great_circle', 'default', '2026-1', kg / 40, kg / 35), tuple(toDecimal64(2400, 4), 'great_circle', 'default', '2026-1', kg / 30, kg / 25)],
    kg / 17, kg / 15, if(state = 'closed', 1, 0.75), 'lei:529900T8BM49AURSDO55',
    [
        tuple(departed - toIntervalHour(30), 'drafted', 'SITG1', '', '', '', '', 'org-1', reinterpretAsUUID(sipHash128(n, 0)), false),
        tuple(departed + toIntervalHour(9), 'issued', 'SITG1', '', '', '', '', 'org-1', reinterpretAsUUID(sipHash128(n, 1)), false)
    ],
    if(n % 3 = 0, [
        tuple(arrived, 'presented', 'origin', 'CO1', '', 'none', 'org-2', reinterpretAsUUID(sipHash128(n, 2))),
        tuple(arrived + toIntervalHour(5), 'recognised', 'origin', 'CO1', '', 'digest', 'org-3', reinterpretAsUUID(sipHash128(n, 3)))
    ], []),
    multiIf(
        stands, [tuple('arrived', left + toIntervalHour(300)), tuple('title_surrendered', left + toIntervalHour(330))],
        state = 'open', [tuple('departed', departed + slack(0))],
        state = 'in_transit', [tuple('arrived', arrived + slack(0)), tuple('paid', paid + slack(12))],
        state = 'arrived', [tuple('delivered', delivered + slack(0)), tuple('paid', paid + slack(12))],
        state = 'delivered', [tuple('empty_returned', returned + slack(0)), tuple('paid', paid + slack(12))],
        []),
    reached(discharged), reached(out),
    if(lane = 'air', [], [tuple(concat('SITU', leftPad(toString(n % 10000000), 7, '0')), '45G1', tos[l], reached(discharged), reached(out), reached(returned))]),
    if(lane = 'air', [], [tuple(concat('SITU', leftPad(toString(n % 10000000), 7, '0')), '45G1', froms[l], past(departed - span(16, 60, 200)),
        past(departed - toIntervalHour(12)), past(departed - toIntervalHour(4)))])
FROM numbers({from:UInt64}, {count:UInt64})
