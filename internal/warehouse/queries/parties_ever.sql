SELECT id, name, count() AS rows
FROM
(
    SELECT tupleElement(party, 'id') AS id, tupleElement(party, 'name') AS name
    FROM chain_changes
    ARRAY JOIN parties AS party
    UNION ALL
    SELECT tupleElement(party, 'id') AS id, tupleElement(party, 'name') AS name
    FROM chains
    ARRAY JOIN parties AS party
    UNION ALL
    SELECT '' AS id, text AS name
    FROM chain_changes
    ARRAY JOIN arrayConcat([title_holder, title_beneficiary], title_steps.actor, title_steps.holder, title_steps.beneficiary) AS text
    UNION ALL
    SELECT '' AS id, text AS name
    FROM chains
    ARRAY JOIN arrayConcat([title_holder, title_beneficiary], title_steps.actor, title_steps.holder, title_steps.beneficiary) AS text
)
WHERE id != '' OR name != ''
GROUP BY id, name
