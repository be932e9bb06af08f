SELECT min(written_at) AS at
FROM chain_changes
WHERE chain_id = @chain AND (@org = '' OR has(orgs, @org))
GROUP BY rebuild, version
HAVING argMin(is_deleted, written_at) = 0
ORDER BY at DESC
LIMIT @most
