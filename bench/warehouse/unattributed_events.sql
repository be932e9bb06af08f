-- One event in fifty chains' worth waits for something that leads it to a chain.
INSERT INTO unattributed_events (event_key, version, is_deleted, type, occurred_at, org, since)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    reinterpretAsUUID(sipHash128(n, 20)), bitShiftLeft(toUInt64(1), 48) + n * 10 + 7, 0, 'finance.payment.settled', ordered + toIntervalSecond(sipHash64(n, 20) % 86400),
    concat('org-', toString(20 + n % 10)), ordered
FROM (SELECT number AS n FROM numbers({from:UInt64}, {count:UInt64}) WHERE number % 50 = 7)
