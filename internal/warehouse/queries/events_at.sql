SELECT
    event_key, source, id, org, revision, classifier, unlocode, country, mode, conveyance,
    references.kind, references.value, references.issuer, arrayConcat(flags, joining_flags)
FROM events_all
LEFT ANY JOIN
(
    SELECT event_key, flags AS joining_flags FROM event_flags FINAL WHERE event_key IN (SELECT toUUID(arrayJoin(@keys)))
) AS remarks USING (event_key)
WHERE (type, occurred_at, event_key) IN
    (SELECT row.1, fromUnixTimestamp64Milli(row.2, 'UTC'), toUUID(row.3) FROM (SELECT arrayJoin(arrayZip(@types, @times, @keys)) AS row))
    AND version <= @upto
ORDER BY revision DESC, digest, copy_rank DESC
LIMIT 1 BY event_key
