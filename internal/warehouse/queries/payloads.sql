SELECT event_key, payload, recorded_at
FROM events_all
WHERE (type, occurred_at, event_key) IN
    (SELECT row.1, fromUnixTimestamp64Milli(row.2, 'UTC'), toUUID(row.3) FROM (SELECT arrayJoin(arrayZip(@types, @times, @keys)) AS row))
    AND version <= @upto
ORDER BY revision DESC, digest, copy_rank DESC
LIMIT 1 BY event_key
