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
)
GROUP BY id, name
