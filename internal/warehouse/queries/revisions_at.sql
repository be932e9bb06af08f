-- A revision may be of another time, and where it was is known by no key: of the types named, which the table is sorted by first, the
-- column event_key is read.
SELECT
    event_key, source, id, org, revision, classifier, unlocode, country, mode, conveyance,
    references.kind, references.value, references.issuer, arrayConcat(flags, joining_flags), occurred_at, retracted
FROM events_all
LEFT ANY JOIN
(
    SELECT event_key, flags AS joining_flags FROM event_flags FINAL WHERE event_key IN (SELECT toUUID(arrayJoin(@keys)))
) AS remarks USING (event_key)
PREWHERE type IN @types AND event_key IN (SELECT toUUID(arrayJoin(@keys)))
WHERE version <= @upto
ORDER BY revision DESC, digest, copy_rank DESC
LIMIT 1 BY event_key
