-- Events that were stored once: those that list the chain, and those of the conveyances that it was aboard, as members reads them.
-- What has no history is as it is today, as in members_at.
WITH
    mentioned AS
    (
        SELECT event_key
        FROM apart_event_changes
        WHERE conveyance = '' AND rebuild = @rebuild AND has(chain_ids, toFixedString(@chain, 16))
    ),
    listed AS
    (
        SELECT *
        FROM
        (
            SELECT event_key, version, is_deleted, type, occurred_at, chain_ids, evidence
            FROM apart_event_changes
            WHERE conveyance = '' AND rebuild = @rebuild AND written_at <= @at AND event_key IN (SELECT event_key FROM mentioned)
            UNION ALL
            SELECT event_key, 0 AS version, is_deleted, type, occurred_at, chain_ids, evidence
            FROM apart_events FINAL
            WHERE @newest AND conveyance = '' AND has(chain_ids, toFixedString(@chain, 16)) AND event_key NOT IN (SELECT event_key FROM mentioned)
        )
        ORDER BY version DESC
        LIMIT 1 BY event_key
    ),
    known_stays AS
    (
        SELECT conveyance, aboard_from, version, is_deleted, aboard_until, steps, by, written_at
        FROM chain_stay_changes
        WHERE chain_id = @chain AND rebuild = @rebuild
    ),
    stays AS
    (
        SELECT *
        FROM
        (
            SELECT conveyance, aboard_from, version, is_deleted, aboard_until, steps, by
            FROM known_stays
            WHERE written_at <= @at
            UNION ALL
            SELECT conveyance, aboard_from, 0 AS version, is_deleted, aboard_until, steps, by
            FROM chain_stays FINAL
            PREWHERE founded_on = @founded AND chain_id = @chain
            WHERE @newest AND (conveyance, aboard_from) NOT IN (SELECT conveyance, aboard_from FROM known_stays)
        )
        ORDER BY version DESC
        LIMIT 1 BY conveyance, aboard_from
    ),
    known_calls AS
    (
        SELECT conveyance, event_key, version, is_deleted, type, occurred_at, written_at
        FROM apart_event_changes
        WHERE conveyance IN (SELECT conveyance FROM stays WHERE NOT is_deleted) AND rebuild = @rebuild
    ),
    calls AS
    (
        SELECT *
        FROM
        (
            SELECT conveyance, event_key, version, is_deleted, type, occurred_at
            FROM known_calls
            WHERE written_at <= @at
            UNION ALL
            SELECT conveyance, event_key, 0 AS version, is_deleted, type, occurred_at
            FROM apart_events FINAL
            WHERE @newest AND conveyance IN (SELECT conveyance FROM stays WHERE NOT is_deleted)
                AND (conveyance, event_key) NOT IN (SELECT conveyance, event_key FROM known_calls)
        )
        ORDER BY version DESC
        LIMIT 1 BY conveyance, event_key
    )
SELECT event_key, type, occurred_at, why.rule AS rule, why.via AS via, why.steps AS steps, why.by AS by, version
FROM (SELECT *, evidence[indexOf(chain_ids, toFixedString(@chain, 16))] AS why FROM listed)
WHERE NOT is_deleted AND has(chain_ids, toFixedString(@chain, 16))
UNION ALL
SELECT calls.event_key, calls.type, calls.occurred_at, toLowCardinality('conveyance'), calls.conveyance, stays.steps, stays.by, calls.version
FROM calls
INNER JOIN stays ON stays.conveyance = calls.conveyance
WHERE NOT calls.is_deleted AND NOT stays.is_deleted AND calls.occurred_at >= stays.aboard_from AND calls.occurred_at <= stays.aboard_until
