SELECT DISTINCT founded_on, toString(chain_id) AS chain
FROM chain_references FINAL
PREWHERE value IN @numbers
WHERE (@org = '' OR (founded_on, chain_id) IN
    (
        SELECT founded_on, chain_id
        FROM chains FINAL
        PREWHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chain_references FINAL PREWHERE value IN @numbers)
        WHERE has(orgs, @org)
    ))
ORDER BY founded_on, chain
LIMIT @most
