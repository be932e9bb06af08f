SELECT
    event_key, source, id, org, revision, classifier, unlocode, country, mode, conveyance,
    references.kind, references.value, references.issuer, flags
FROM events_all
WHERE (type, occurred_at, event_key) IN (@rows) AND version <= @upto
ORDER BY revision DESC, digest, copy_rank DESC
LIMIT 1 BY event_key
