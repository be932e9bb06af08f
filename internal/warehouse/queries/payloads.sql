SELECT event_key, payload, recorded_at
FROM events_all
WHERE (type, occurred_at, event_key) IN (@rows)
    AND version <= @upto
ORDER BY revision DESC, digest, copy_rank DESC
LIMIT 1 BY event_key
