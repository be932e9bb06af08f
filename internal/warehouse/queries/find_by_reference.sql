SELECT DISTINCT founded_on, toString(chain_id) AS chain
FROM chain_references FINAL
WHERE value IN @numbers
ORDER BY founded_on, chain
LIMIT @most
