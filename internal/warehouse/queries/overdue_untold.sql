-- Which chains can have something to tell is asked of the due times of all versions alone: those that were due since the last look, and those of chains
-- that were written since. FINAL then reads these chains, and no others.
SELECT
    toString(chain_id), founded_on, version, corridor, origin, destination, mode_path, status, title, orgs, next.1, next.2
FROM chains FINAL
ARRAY JOIN due AS next
WHERE (founded_on, chain_id) IN (
        SELECT founded_on, chain_id
        FROM chains
        WHERE arrayExists(at -> at <= fromUnixTimestamp64Milli(@at, 'UTC') AND (at > fromUnixTimestamp64Milli(@since, 'UTC') OR version > @seen), due.due_at)
    )
    AND status != 'closed' AND next.2 <= fromUnixTimestamp64Milli(@at, 'UTC') AND (@all OR hasAny(orgs, @orgs))
    AND (chain_id, next.1) NOT IN (SELECT chain_id, milestone FROM overdue_notices)
ORDER BY next.2, chain_id, next.1
LIMIT @most
