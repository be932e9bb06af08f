WITH
    wanted AS (SELECT toDate(pair.1) AS founded_on, toFixedString(pair.2, 16) AS chain_id FROM (SELECT arrayJoin(arrayZip(@days, @ids)) AS pair)),
    stays AS
    (
        SELECT chain_id, conveyance, aboard_from, aboard_until, steps, by
        FROM chain_stays FINAL
        PREWHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM wanted)
    )
SELECT toString(member.chain_id), member.event_key, member.type, member.occurred_at, member.rule, member.via, member.steps, member.by
FROM
(
    SELECT chain_id, event_key, type, occurred_at, rule, via, steps, by
    FROM chain_events FINAL
    PREWHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM wanted)
    UNION ALL
    SELECT chain AS chain_id, event_key, type, occurred_at, why.rule AS rule, why.via AS via, why.steps AS steps, why.by AS by
    FROM (SELECT event_key, type, occurred_at, chain_ids, evidence FROM apart_events FINAL WHERE conveyance = '' AND hasAny(chain_ids, @ids)) AS apart
    ARRAY JOIN chain_ids AS chain, evidence AS why
    WHERE chain IN @ids
    UNION ALL
    SELECT stays.chain_id AS chain_id, apart.event_key AS event_key, apart.type AS type, apart.occurred_at AS occurred_at,
        toLowCardinality('conveyance') AS rule, apart.conveyance AS via, stays.steps AS steps, stays.by AS by
    FROM (SELECT conveyance, event_key, type, occurred_at FROM apart_events FINAL WHERE conveyance IN (SELECT conveyance FROM stays)) AS apart
    INNER JOIN stays ON stays.conveyance = apart.conveyance
    WHERE apart.occurred_at >= stays.aboard_from AND apart.occurred_at <= stays.aboard_until
) AS member
ORDER BY member.chain_id, member.occurred_at, member.type, member.event_key
