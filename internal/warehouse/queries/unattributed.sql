SELECT event_key, type, occurred_at, org, since, count() OVER () AS total
FROM unattributed_events FINAL
WHERE @org = '' OR org = @org
ORDER BY since DESC, event_key
LIMIT @most
