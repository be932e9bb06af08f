-- One refusal in a hundred chains' worth of events.
INSERT INTO rejected_events (org, received_at, stage, stream_seq, subject, faults, payload, version)
WITH {start:DateTime64(3, 'UTC')} + toIntervalSecond(intDiv(n * 63072000, {chains:UInt64})) AS ordered
SELECT
    concat('org-', toString(n % 60)) AS sender, ordered, 'archive', n * 10, concat('events.', sender, '.trade.order.placed'),
    [tuple('missing', '/data/references', '', 'at least one reference')], '{}', bitShiftLeft(toUInt64(1), 48) + n * 10
FROM (SELECT number AS n FROM numbers({from:UInt64}, {count:UInt64}) WHERE number % 100 = 3)
