-- What comes with a later version of the chain than the one shown is written before it, and is not taken.
-- An event without a history, from before there was one, or when that is over, is in the chain as it is today: as of version 0.
SELECT event_key, type, occurred_at, rule, via, steps, by, version
FROM
(
    SELECT *
    FROM
    (
        SELECT event_key, version, is_deleted, type, occurred_at, rule, via, steps, by
        FROM chain_event_changes
        WHERE chain_id = @chain AND rebuild = @rebuild AND written_at <= @at AND version < @next
        UNION ALL
        SELECT event_key, 0 AS version, is_deleted, type, occurred_at, rule, via, steps, by
        FROM chain_events FINAL
        PREWHERE founded_on = @founded AND chain_id = @chain
        WHERE @newest AND event_key NOT IN (SELECT event_key FROM chain_event_changes WHERE chain_id = @chain AND rebuild = @rebuild)
    )
    ORDER BY version DESC
    LIMIT 1 BY event_key
)
WHERE NOT is_deleted
