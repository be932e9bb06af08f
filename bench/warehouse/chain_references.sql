-- Six numbers a chain.
INSERT INTO chain_references (value, kind, issuer, chain_id, founded_on, version, is_deleted)
SELECT
    if(k = 'container', concat('SITU', leftPad(toString(n % 10000000), 7, '0')),
        concat(upper(substring(k, 1, 4)), leftPad(toString(if(k = 'bl', n, sipHash64(n, k) % 10000000000)), 10, '0'))), k,
    if(k = 'container', '', 'SITC'), leftPad(hex(sipHash64(n)), 16, '0'),
    toDate({start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64}))), bitShiftLeft(toUInt64(1), 48) + n * 10 + 10, 0
FROM (SELECT number AS n, arrayJoin(['bl', 'booking', 'invoice', 'declaration', 'purchase_order', 'container']) AS k FROM numbers({from:UInt64}, {count:UInt64}))
