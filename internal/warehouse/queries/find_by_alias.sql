SELECT DISTINCT founded_on, toString(chain_id) AS chain
FROM chain_aliases FINAL
WHERE alias IN @numbers
ORDER BY founded_on, chain
LIMIT @most
