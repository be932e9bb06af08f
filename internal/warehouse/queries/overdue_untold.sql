SELECT
    toString(chain_id), founded_on, version, corridor, origin, destination, mode_path, status, title, orgs, next.1, next.2
FROM chains FINAL
ARRAY JOIN due AS next
WHERE status != 'closed' AND next.2 <= fromUnixTimestamp64Milli(@at, 'UTC') AND (@all OR hasAny(orgs, @orgs))
    AND (chain_id, next.1) NOT IN (SELECT chain_id, milestone FROM overdue_notices)
ORDER BY next.2, chain_id, next.1
LIMIT @most
