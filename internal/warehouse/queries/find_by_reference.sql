SELECT DISTINCT founded_on, toString(chain_id) AS chain
FROM chain_references FINAL
WHERE value IN @numbers
    AND (@org = '' OR (founded_on, chain_id) IN
    (
        SELECT founded_on, chain_id
        FROM chains FINAL
        WHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chain_references FINAL WHERE value IN @numbers) AND has(orgs, @org)
    ))
ORDER BY founded_on, chain
LIMIT @most
