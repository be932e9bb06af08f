SELECT value, toString(kind) AS kind, toString(issuer) AS issuer, uniqExact(chain_id) AS chains
FROM
(
    SELECT value, kind, issuer, chain_id
    FROM chain_references FINAL
    WHERE value >= @from AND value < @until
      AND (@org = '' OR (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chains FINAL WHERE has(orgs, @org)))
    ORDER BY value, kind, issuer, chain_id
    LIMIT 200
)
GROUP BY value, kind, issuer
ORDER BY value, kind, issuer
LIMIT @most
