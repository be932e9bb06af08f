WITH members AS
(
    SELECT founded_on, chain_id, event_key, type, occurred_at, rule, via, steps, by
    FROM chain_events FINAL
    WHERE (founded_on, chain_id) IN (SELECT toDate(day), toFixedString(id, 16) FROM (SELECT arrayJoin(arrayZip(@days, @ids)) AS pair, pair.1 AS day, pair.2 AS id))
)
SELECT
    toString(members.chain_id), members.event_key, members.type, members.occurred_at,
    members.rule, members.via, members.steps, members.by,
    stored.source, stored.id, stored.org, stored.revision, stored.classifier,
    stored.unlocode, stored.country, stored.mode, stored.conveyance,
    stored.references.kind, stored.references.value, stored.references.issuer
FROM members
LEFT ANY JOIN
(
    SELECT event_key, source, id, org, revision, classifier, unlocode, country, mode, conveyance, references
    FROM events_all
    WHERE (type, occurred_at, event_key) IN (SELECT type, occurred_at, event_key FROM members)
    ORDER BY revision DESC, digest, copy_rank DESC
    LIMIT 1 BY event_key
) AS stored ON stored.event_key = members.event_key
ORDER BY members.founded_on, members.chain_id, members.occurred_at, members.type, members.event_key
