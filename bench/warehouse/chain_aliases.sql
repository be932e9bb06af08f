-- Two ids a chain: its own, and one that its booking makes.
INSERT INTO chain_aliases (alias, chain_id, kind, founded_on, version, is_deleted)
SELECT
    if(k = 'chain', leftPad(hex(sipHash64(n)), 16, '0'), leftPad(hex(sipHash64(n, k)), 16, '0')), leftPad(hex(sipHash64(n)), 16, '0'), k,
    toDate({start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64}))), bitShiftLeft(toUInt64(1), 48) + n * 10 + 10, 0
FROM (SELECT number AS n, arrayJoin(['chain', 'booking']) AS k FROM numbers({from:UInt64}, {count:UInt64}))
