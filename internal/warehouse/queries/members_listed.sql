-- The events of very many chains list them.
SELECT event_key, type, occurred_at, why.rule, why.via, why.steps, why.by, toString(chain)
FROM
(
    SELECT event_key, type, occurred_at, chain_ids, evidence
    FROM apart_events FINAL
    WHERE conveyance = '' AND hasAny(chain_ids, @ids)
)
ARRAY JOIN chain_ids AS chain, evidence AS why
WHERE chain IN @ids
