-- What chain_timeline shows, with the chain:
--   SELECT * FROM chain_timeline_of(chain_id = '...')
-- It reads the tables as whoever made it, and organisations have a condition for its rows instead, as for chain_apart_of: the condition for events_all is a list
-- of all events of all their chains, and is made before one row is read.
-- +goose Up
CREATE OR REPLACE VIEW chain_timeline_of
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH members AS
(
    SELECT event_key, type, occurred_at, rule, via, steps, by
    FROM chain_events FINAL
    WHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chains FINAL WHERE chain_id = {chain_id:String})
    UNION ALL
    SELECT event_key, type, occurred_at, rule, via, steps, by
    FROM chain_apart_of(chain_id = {chain_id:String})
    WHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chains FINAL WHERE chain_id = {chain_id:String})
)
SELECT
    toFixedString({chain_id:String}, 16) AS chain_id,
    members.occurred_at AS occurred_at, members.type AS type, stored.classifier AS classifier,
    stored.unlocode AS unlocode, stored.country AS country, stored.mode AS mode, stored.conveyance AS conveyance,
    stored.org AS org, stored.source AS source, stored.id AS id, stored.references AS references,
    stored.containers AS containers, members.rule AS rule, members.via AS via, members.steps AS steps,
    members.by AS by, members.event_key AS event_key,
    arrayConcat(stored.flags, remarks.flags) AS flags
FROM members
LEFT ANY JOIN
(
    SELECT event_key, classifier, unlocode, country, mode, conveyance, org, source, id, references, containers, flags
    FROM events_all
    WHERE (type, occurred_at, event_key) IN (SELECT type, occurred_at, event_key FROM members)
    ORDER BY revision DESC, digest, copy_rank DESC
    LIMIT 1 BY event_key
) AS stored ON stored.event_key = members.event_key
LEFT ANY JOIN
(
    SELECT event_key, flags FROM event_flags FINAL WHERE event_key IN (SELECT event_key FROM members)
) AS remarks ON remarks.event_key = members.event_key
COMMENT 'Events of the chain given as chain_id, as chain_timeline has them, for whoever may see that chain';
